package kit

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/partial"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// layoutWriter collects images in a layout that is not the kit yet.
type layoutWriter struct {
	dir    string
	path   layout.Path
	images []v1.Descriptor // with the kit's annotations
}

func newLayoutWriter(dir string) (*layoutWriter, error) {
	path, err := layout.Write(dir, empty.Index)
	if err != nil {
		return nil, fmt.Errorf("write the kit: %w", err)
	}
	if err := os.MkdirAll(filepath.Join(dir, "blobs", "sha256"), 0o755); err != nil {
		return nil, fmt.Errorf("write the kit: %w", err)
	}
	return &layoutWriter{dir: dir, path: path}, nil
}

// add writes an image's blobs and remembers its descriptor.
func (w *layoutWriter) add(img v1.Image, name, origin string) error {
	if err := w.path.WriteImage(img); err != nil {
		return fmt.Errorf("write %s into the kit: %w", name, err)
	}
	desc, err := partial.Descriptor(img)
	if err != nil {
		return fmt.Errorf("write %s into the kit: %w", name, err)
	}
	config, err := img.ConfigFile()
	if err != nil {
		return fmt.Errorf("write %s into the kit: %w", name, err)
	}
	desc.Platform = config.Platform()
	desc.Annotations = map[string]string{annotationName: name, annotationOrigin: origin}
	w.images = append(w.images, *desc)
	return nil
}

// adopt moves the blobs of w into the kit, then replaces the index, then drops
// blobs that no image names any more. The caller holds the writers' lock.
func (k *Kit) adopt(ctx context.Context, w *layoutWriter) error {
	unlock, err := k.lockBlobs(ctx, exclusive)
	if err != nil {
		return err
	}
	defer unlock()

	dir := k.Dir()
	images, err := k.merged(w.images)
	if err != nil {
		return err
	}
	from, to := filepath.Join(w.dir, "blobs", "sha256"), filepath.Join(dir, "blobs", "sha256")
	if err := k.makeDir(to); err != nil {
		return err
	}
	if err := removeMatching(dir, stagingPrefix); err != nil {
		return err
	}
	blobs, err := os.ReadDir(from)
	if err != nil {
		return fmt.Errorf("write the kit: %w", err)
	}
	// A blob that the kit has is replaced all the same: this one was checked
	// as it was written, the old one may have been damaged since.
	for _, blob := range blobs {
		file := filepath.Join(from, blob.Name())
		// Temporary files are private; a kit is shared by all homes.
		if err := errors.Join(os.Chmod(file, 0o644), os.Rename(file, filepath.Join(to, blob.Name()))); err != nil {
			return fmt.Errorf("write the kit: %w", err)
		}
	}
	if err := os.Rename(filepath.Join(w.dir, "oci-layout"), filepath.Join(dir, "oci-layout")); err != nil {
		return fmt.Errorf("write the kit: %w", err)
	}
	if err := writeIndex(dir, images); err != nil {
		return err
	}
	if err := dropUnnamed(dir, images); err != nil {
		return err
	}
	return ownTreeLike(dir, k.cache)
}

// merged returns the kit's descriptors with the new ones in the place of those
// of the same name, sorted by name. An index that cannot be read counts as
// none: it is about to be replaced.
func (k *Kit) merged(added []v1.Descriptor) ([]v1.Descriptor, error) {
	images := slices.Clone(added)
	isNew := func(name string) bool {
		return slices.ContainsFunc(added, func(d v1.Descriptor) bool { return d.Annotations[annotationName] == name })
	}
	entries, err := index(k.Dir())
	var corrupt *CorruptError
	if err != nil && !errors.Is(err, ErrNoKit) && !errors.As(err, &corrupt) {
		return nil, err
	}
	for _, e := range entries {
		if !isNew(e.name) {
			images = append(images, e.desc)
		}
	}
	slices.SortFunc(images, func(a, b v1.Descriptor) int {
		return cmp.Compare(a.Annotations[annotationName], b.Annotations[annotationName])
	})
	return images, nil
}

// writeIndex replaces the index in one step, after it has reached the disk.
func writeIndex(dir string, images []v1.Descriptor) error {
	raw, err := json.MarshalIndent(v1.IndexManifest{
		SchemaVersion: 2,
		MediaType:     types.OCIImageIndex,
		Manifests:     images,
	}, "", "  ")
	if err != nil {
		return fmt.Errorf("write the kit's index: %w", err)
	}
	return replaceFile(filepath.Join(dir, indexFile), func(file *os.File) error {
		_, err := file.Write(raw)
		return err
	})
}

// replaceFile writes a new file beside path and renames it to path once it is
// complete. When write fails, what was at path stays.
func replaceFile(path string, write func(*os.File) error) (err error) {
	file, err := os.CreateTemp(filepath.Dir(path), stagingPrefix+"*")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("write %s: %w", path, err), os.Remove(file.Name()))
		}
	}()
	err = errors.Join(write(file), file.Chmod(0o644), file.Sync(), file.Close())
	if err != nil {
		return err
	}
	return os.Rename(file.Name(), path)
}

// dropUnnamed removes the blobs that none of the images names. A damaged image
// keeps the kit from knowing what it names, so then everything stays.
func dropUnnamed(dir string, images []v1.Descriptor) error {
	named := map[string]bool{}
	for _, desc := range images {
		blobs, err := entry{desc: desc}.blobs(dir)
		if err != nil {
			return nil
		}
		for _, blob := range blobs {
			named[blob.Digest.Hex] = true
		}
	}
	folder := filepath.Join(dir, "blobs", "sha256")
	files, err := os.ReadDir(folder)
	if err != nil {
		return fmt.Errorf("tidy the kit: %w", err)
	}
	for _, file := range files {
		if named[file.Name()] {
			continue
		}
		if err := os.Remove(filepath.Join(folder, file.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("tidy the kit: %w", err)
		}
	}
	return nil
}

// lockBlobs is held, shared, by those who read blobs, so that no writer drops
// them meanwhile. There are two locks, since one alone would let readers that
// come and go keep a writer out for good: everybody passes the gate, and a
// writer who waits for the readers inside keeps it shut.
func (k *Kit) lockBlobs(ctx context.Context, kind lockKind) (unlock func(), err error) {
	path := filepath.Join(k.cache, "kits", k.course)
	open, err := lockFile(ctx, path+".gate", kind, func() {})
	if err != nil {
		return nil, err
	}
	defer open()
	return lockFile(ctx, path+".lock", kind, func() {})
}

// reading opens the kit for reading: entries stays true until done is called.
func (k *Kit) reading(ctx context.Context) (entries []entry, done func(), err error) {
	unlock, err := k.lockBlobs(ctx, shared)
	if err != nil {
		return nil, nil, err
	}
	entries, err = index(k.Dir())
	if err != nil {
		unlock()
		return nil, nil, err
	}
	return entries, unlock, nil
}
