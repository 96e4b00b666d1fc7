package kit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// The annotations of a kit's descriptors.
const (
	annotationName   = "org.opencontainers.image.ref.name" // full name of the image
	annotationOrigin = "dev.kihon.origin"                  // "built from Debian bookworm packages", "pulled from HOST"
	annotationRecipe = "dev.kihon.recipe"                  // digest of the recipe, of built images only
)

const (
	indexFile = "index.json"
	// manifestLimit is the most bytes read of an index or a manifest. Real
	// ones have a few thousand; a kit may come from a stranger.
	manifestLimit = 4 << 20
)

// entry is one image of a kit.
type entry struct {
	name   string
	origin string
	desc   v1.Descriptor
}

// index returns the images of a layout in the order of its index. The error is
// ErrNoKit or a *CorruptError.
func index(dir string) ([]entry, error) {
	path := filepath.Join(dir, indexFile)
	raw, err := readLimited(path, manifestLimit)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w in %s", ErrNoKit, dir)
	} else if err != nil {
		return nil, err
	}
	var manifest v1.IndexManifest
	if err := json.Unmarshal(raw, &manifest); err != nil {
		return nil, &CorruptError{Path: path, Err: err}
	}
	var entries []entry
	for _, desc := range manifest.Manifests {
		e, err := entryOf(desc)
		if err != nil {
			return nil, &CorruptError{Path: path, Err: err}
		}
		entries = append(entries, e)
	}
	return entries, nil
}

// entryOf checks what others will rely on: a full name, one image and not a
// list of them, a digest that can be a file name.
func entryOf(desc v1.Descriptor) (entry, error) {
	name := desc.Annotations[annotationName]
	full, err := FullName(name)
	if err != nil {
		return entry{}, err
	}
	if full != name {
		return entry{}, fmt.Errorf("%q is not the full name of an image", name)
	}
	if desc.MediaType != types.OCIManifestSchema1 && desc.MediaType != types.DockerManifestSchema2 {
		return entry{}, fmt.Errorf("%s has the media type %s, which is not an image's", name, desc.MediaType)
	}
	if err := checkDescriptor(desc); err != nil {
		return entry{}, fmt.Errorf("%s: %w", name, err)
	}
	return entry{name: name, origin: desc.Annotations[annotationOrigin], desc: desc}, nil
}

func checkDescriptor(desc v1.Descriptor) error {
	// ParseHash of v1.Hash has run at decoding; it lets other algorithms by.
	if desc.Digest.Algorithm != "sha256" || len(desc.Digest.Hex) != 64 {
		return fmt.Errorf("%q is not a sha256 digest", desc.Digest)
	}
	if desc.Size < 0 {
		return fmt.Errorf("blob %s has a negative size", desc.Digest)
	}
	return nil
}

// find returns the entry with this full name.
func find(entries []entry, name string) (entry, bool) {
	for _, e := range entries {
		if e.name == name {
			return e, true
		}
	}
	return entry{}, false
}

// blobPath returns the file of a blob.
func blobPath(dir string, digest v1.Hash) string {
	return filepath.Join(dir, "blobs", digest.Algorithm, digest.Hex)
}

// blobs returns the descriptors of an image's blobs: its manifest, its
// configuration, its layers. The manifest is read and its digest checked, so
// that the rest of the list can be trusted. The error is a *CorruptError.
func (e entry) blobs(dir string) ([]v1.Descriptor, error) {
	path := blobPath(dir, e.desc.Digest)
	if err := checkBlob(dir, e.desc, io.Discard); err != nil {
		return nil, err
	}
	raw, err := readLimited(path, manifestLimit)
	if err != nil {
		return nil, err
	}
	corrupt := func(err error) error {
		return &CorruptError{Path: path, Blob: e.desc.Digest.String(), Err: err}
	}
	var manifest v1.Manifest
	if err := json.Unmarshal(raw, &manifest); err != nil {
		return nil, corrupt(err)
	}
	all := append([]v1.Descriptor{e.desc, manifest.Config}, manifest.Layers...)
	for _, desc := range all {
		if err := checkDescriptor(desc); err != nil {
			return nil, corrupt(err)
		}
	}
	return all, nil
}

// check computes the digests of all the image's blobs again. The error is a
// *CorruptError.
func (e entry) check(dir string, report reporter) error {
	blobs, err := e.blobs(dir)
	if err != nil {
		return err
	}
	step := Step{Stage: StageVerify, Image: e.name}
	for _, desc := range blobs {
		step.Total += desc.Size
	}
	meter := report.meter(step)
	for _, desc := range blobs {
		if err := checkBlob(dir, desc, meter); err != nil {
			return err
		}
	}
	return nil
}

// image returns the image of an entry, after checking it: what an engine says
// about a damaged layer helps nobody.
func (e entry) image(dir string, report reporter) (*kitImage, error) {
	if err := e.check(dir, report); err != nil {
		return nil, err
	}
	path, err := layout.FromPath(dir)
	if err != nil {
		return nil, fmt.Errorf("open the kit: %w", err)
	}
	img, err := path.Image(e.desc.Digest)
	if err != nil {
		return nil, fmt.Errorf("open %s in the kit: %w", e.name, err)
	}
	return &kitImage{Image: img}, nil
}

// kitImage is an image whose layers are files. The writer of archives does not
// close what it has read, so the image remembers what was opened.
type kitImage struct {
	v1.Image
	mu     sync.Mutex
	opened []io.Closer
}

// Layers returns the layers, from the lowest up.
func (i *kitImage) Layers() ([]v1.Layer, error) {
	layers, err := i.Image.Layers()
	if err != nil {
		return nil, err
	}
	own := make([]v1.Layer, len(layers))
	for n, layer := range layers {
		own[n] = kitLayer{Layer: layer, image: i}
	}
	return own, nil
}

// close closes the files of the layers that were read.
func (i *kitImage) close() {
	i.mu.Lock()
	defer i.mu.Unlock()
	for _, file := range i.opened {
		_ = file.Close() // it was only read
	}
}

type kitLayer struct {
	v1.Layer
	image *kitImage
}

// Compressed opens the layer's file.
func (l kitLayer) Compressed() (io.ReadCloser, error) {
	file, err := l.Layer.Compressed()
	if err == nil {
		l.image.mu.Lock()
		defer l.image.mu.Unlock()
		l.image.opened = append(l.image.opened, file)
	}
	return file, err
}

// config returns the image ID, which is the digest of the configuration, and
// the configuration. The error is a *CorruptError.
func (e entry) config(dir string) (v1.Hash, *v1.ConfigFile, error) {
	blobs, err := e.blobs(dir)
	if err != nil {
		return v1.Hash{}, nil, err
	}
	desc := blobs[1]
	if err := checkBlob(dir, desc, io.Discard); err != nil {
		return v1.Hash{}, nil, err
	}
	raw, err := readLimited(blobPath(dir, desc.Digest), manifestLimit)
	if err != nil {
		return v1.Hash{}, nil, err
	}
	config, err := v1.ParseConfigFile(bytes.NewReader(raw))
	if err != nil {
		return v1.Hash{}, nil, &CorruptError{Path: blobPath(dir, desc.Digest), Blob: desc.Digest.String(), Err: err}
	}
	return desc.Digest, config, nil
}

// checkBlob computes a blob's digest again, and copies the blob to w on the
// way. The error is a *CorruptError.
func checkBlob(dir string, desc v1.Descriptor, w io.Writer) error {
	path := blobPath(dir, desc.Digest)
	corrupt := &CorruptError{Path: path, Blob: desc.Digest.String()}
	file, err := os.Open(path)
	if err != nil {
		corrupt.Missing, corrupt.Err = errors.Is(err, fs.ErrNotExist), err
		return corrupt
	}
	defer file.Close()
	digest, size, err := v1.SHA256(io.TeeReader(file, w))
	switch {
	case err != nil:
		corrupt.Err = err
	case size != desc.Size:
		corrupt.Err = fmt.Errorf("it has %d bytes instead of %d", size, desc.Size)
	case digest != desc.Digest:
		corrupt.Err = fmt.Errorf("its content has the digest %s", digest)
	default:
		return nil
	}
	return corrupt
}

// readLimited reads a file of at most limit bytes.
func readLimited(path string, limit int64) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	raw, err := io.ReadAll(io.LimitReader(file, limit+1))
	if err != nil {
		return nil, &CorruptError{Path: path, Err: err}
	}
	if int64(len(raw)) > limit {
		return nil, &CorruptError{Path: path, Err: fmt.Errorf("it has more than %d bytes", limit)}
	}
	return raw, nil
}
