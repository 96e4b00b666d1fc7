package kit

import (
	"archive/tar"
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// Save writes the whole kit to one file, a tar of its image layout, for
// LoadFile on another computer. Every digest is checked on the way, and a file
// that is at path already is replaced only when the new one is complete.
// Errors to react to: ErrNoKit, *CorruptError.
func (k *Kit) Save(ctx context.Context, path string, progress Progress) error {
	report := newReporter(progress)
	entries, done, err := k.reading(ctx)
	if err != nil {
		return err
	}
	defer done()

	blobs := map[v1.Hash]v1.Descriptor{}
	for _, e := range entries {
		all, err := e.blobs(k.Dir())
		if err != nil {
			return err
		}
		for _, desc := range all {
			blobs[desc.Digest] = desc
		}
	}
	var ordered []v1.Descriptor
	step := Step{Stage: StageSave}
	for _, desc := range blobs {
		ordered = append(ordered, desc)
		step.Total += desc.Size
	}
	slices.SortFunc(ordered, func(a, b v1.Descriptor) int { return cmp.Compare(a.Digest.Hex, b.Digest.Hex) })

	finish := report.stage(step)
	meter := report.meter(step)
	err = replaceFile(path, func(file *os.File) error {
		w := tar.NewWriter(file)
		for _, name := range []string{"oci-layout", indexFile} {
			text, err := readLimited(filepath.Join(k.Dir(), name), manifestLimit)
			if err != nil {
				return err
			}
			if err := writeMember(w, name, int64(len(text)), func(w io.Writer) error {
				_, err := io.Copy(w, bytes.NewReader(text))
				return err
			}); err != nil {
				return err
			}
		}
		for _, desc := range ordered {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := writeMember(w, "blobs/sha256/"+desc.Digest.Hex, desc.Size, func(w io.Writer) error {
				return checkBlob(k.Dir(), desc, io.MultiWriter(w, meter))
			}); err != nil {
				return err
			}
		}
		return w.Close()
	})
	if err != nil {
		return fmt.Errorf("save the kit: %w", err)
	}
	finish()
	return nil
}

func writeMember(w *tar.Writer, name string, size int64, content func(io.Writer) error) error {
	if err := w.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: size}); err != nil {
		return err
	}
	return content(w)
}
