package kit

import (
	"archive/tar"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// What a kit's file may hold at most. The limits are far above any course's
// kit, and below what fills a disk.
const (
	memberLimit = 10_000
	byteLimit   = 32 << 30
)

// blobName is how a kit's file names its blobs.
var blobName = regexp.MustCompile(`^blobs/sha256/([0-9a-f]{64})$`)

// LoadFile takes the images of a file written by Save into the kit, in the
// place of images of the same names. The file may be anybody's: it can only
// name blobs, each must have the digest that its name says, and nothing is
// taken over unless all is well. The error is a *CorruptError that names the
// file, and the blob at fault where it is one's.
func (k *Kit) LoadFile(ctx context.Context, path string, progress Progress) error {
	report := newReporter(progress)
	file, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("open the kit's file: %w", err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return fmt.Errorf("open the kit's file: %w", err)
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("open the kit's file: %s is not a file", path)
	}
	step := Step{Stage: StageUnpack, Total: info.Size()}
	return k.write(ctx, report, func(w *layoutWriter) error {
		finish := report.stage(step)
		u := unpacker{dir: w.dir, path: path, limit: byteLimit, seen: map[string]bool{}}
		if err := u.unpack(ctx, io.TeeReader(file, report.meter(step))); err != nil {
			return err
		}
		if w.images, err = u.check(ctx); err != nil {
			return err
		}
		finish()
		return nil
	})
}

// unpacker reads a kit's file into an empty layout.
type unpacker struct {
	dir   string
	path  string // of the file, for errors
	limit int64  // bytes still allowed
	seen  map[string]bool
}

func (u *unpacker) corrupt(blob string, err error) error {
	return &CorruptError{Path: u.path, Blob: blob, Err: err}
}

func (u *unpacker) unpack(ctx context.Context, r io.Reader) error {
	archive := tar.NewReader(r)
	for members := 0; ; members++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return u.corrupt("", fmt.Errorf("read as a tar: %w", err))
		}
		if members >= memberLimit {
			return u.corrupt("", fmt.Errorf("it has more than %d members", memberLimit))
		}
		if err := u.member(header, archive); err != nil {
			return err
		}
	}
}

// member takes one member of the tar. Only what a layout has is taken: any
// other name, and whatever is not a plain file, ends the reading. So no path
// is ever made from what the file says.
func (u *unpacker) member(header *tar.Header, content io.Reader) error {
	name := strings.TrimPrefix(header.Name, "./")
	if header.Typeflag == tar.TypeDir && (name == "" || name == "blobs/" || name == "blobs/sha256/") {
		return nil
	}
	blob := blobName.FindStringSubmatch(name)
	switch {
	case header.Typeflag != tar.TypeReg:
		return u.corrupt("", fmt.Errorf("its member %q is not a plain file", header.Name))
	case blob == nil && name != indexFile && name != "oci-layout":
		return u.corrupt("", fmt.Errorf("its member %q does not belong into a kit", header.Name))
	case u.seen[name]:
		return u.corrupt("", fmt.Errorf("its member %q is there twice", header.Name))
	case header.Size > u.limit || (blob == nil && header.Size > manifestLimit):
		return u.corrupt("", fmt.Errorf("its member %q is too big: %d bytes", header.Name, header.Size))
	}
	u.seen[name] = true
	u.limit -= header.Size

	var digest string
	if blob != nil {
		digest = "sha256:" + blob[1]
	}
	target, err := os.Create(filepath.Join(u.dir, filepath.FromSlash(name)))
	if err != nil {
		return fmt.Errorf("unpack the kit: %w", err)
	}
	defer target.Close()
	sum := sha256.New()
	if _, err := io.Copy(io.MultiWriter(target, sum), content); err != nil {
		var full *os.PathError
		if errors.As(err, &full) {
			return fmt.Errorf("unpack the kit: %w", err)
		}
		return u.corrupt(digest, fmt.Errorf("it ends too early or cannot be read: %w", err))
	}
	if err := target.Close(); err != nil {
		return fmt.Errorf("unpack the kit: %w", err)
	}
	if found := hex.EncodeToString(sum.Sum(nil)); blob != nil && found != blob[1] {
		return u.corrupt(digest, fmt.Errorf("its content has the digest sha256:%s", found))
	}
	return nil
}

// check reads the layout as a kit is read, and returns its images when all
// that they name is there.
func (u *unpacker) check(ctx context.Context) ([]v1.Descriptor, error) {
	if !u.seen[indexFile] || !u.seen["oci-layout"] {
		return nil, u.corrupt("", errors.New("it is not a kit, or not all of one: it has no index"))
	}
	var version struct {
		Version string `json:"imageLayoutVersion"`
	}
	raw, err := readLimited(filepath.Join(u.dir, "oci-layout"), manifestLimit)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(raw, &version); err != nil || version.Version != "1.0.0" {
		return nil, u.corrupt("", fmt.Errorf("its layout has the version %q instead of 1.0.0", version.Version))
	}
	entries, err := index(u.dir)
	if err != nil {
		return nil, u.inFile(err)
	}
	if len(entries) == 0 {
		return nil, u.corrupt("", errors.New("there is no image in it"))
	}
	var images []v1.Descriptor
	names := map[string]bool{}
	for _, e := range entries {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if names[e.name] {
			return nil, u.corrupt("", fmt.Errorf("%s is in it twice", e.name))
		}
		names[e.name] = true
		if err := e.check(u.dir, func(Step) {}); err != nil {
			return nil, u.inFile(err)
		}
		images = append(images, e.desc)
	}
	return images, nil
}

// inFile makes an error about the unpacked copy one about the file.
func (u *unpacker) inFile(err error) error {
	var corrupt *CorruptError
	if !errors.As(err, &corrupt) {
		return err
	}
	reason := corrupt.Err
	if corrupt.Missing {
		reason = errors.New("it is not in the file")
	}
	return &CorruptError{Path: u.path, Blob: corrupt.Blob, Missing: corrupt.Missing, Err: reason}
}
