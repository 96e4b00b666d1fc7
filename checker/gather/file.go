package gather

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"path"

	"github.com/containerd/errdefs"

	"kihon/checker"
)

// readFile reads one regular file out of a container, running or stopped. With
// compare it also asks whether the file is still the image's own.
func readFile(ctx context.Context, engine Engine, id, name string, compare bool) (checker.File, error) {
	body, _, err := engine.CopyFromContainer(ctx, id, name)
	if errdefs.IsNotFound(err) {
		return checker.File{}, nil
	}
	if err != nil {
		return checker.File{}, fmt.Errorf("reading %s in container %.12s: %w", name, id, err)
	}
	defer body.Close()
	archive := tar.NewReader(body)
	header, err := archive.Next()
	if errors.Is(err, io.EOF) {
		return checker.File{}, nil
	}
	if err != nil {
		return checker.File{}, fmt.Errorf("reading %s in container %.12s: %w", name, id, err)
	}
	file := checker.File{Exists: true}
	if header.Typeflag == tar.TypeReg {
		if file.Content, err = io.ReadAll(io.LimitReader(archive, maxFile)); err != nil {
			return checker.File{}, fmt.Errorf("reading %s in container %.12s: %w", name, id, err)
		}
	}
	if !compare {
		return file, nil
	}
	changes, err := engine.ContainerDiff(ctx, id)
	if err != nil {
		return checker.File{}, fmt.Errorf("asking what changed in container %.12s: %w", id, err)
	}
	for _, c := range changes {
		if c.Path == path.Clean(name) {
			file.Changed = true
		}
	}
	return file, nil
}

// emptyFolder reports whether a path in a container is a folder with nothing
// in it.
func emptyFolder(ctx context.Context, engine Engine, id, name string) (bool, error) {
	body, stat, err := engine.CopyFromContainer(ctx, id, name)
	if errdefs.IsNotFound(err) {
		return false, nil
	}
	if err != nil {
		if ctx.Err() != nil {
			return false, fmt.Errorf("reading %s in container %.12s: %w", name, id, err)
		}
		return false, nil // a container that was never started may have no such place
	}
	defer body.Close()
	if !stat.Mode.IsDir() {
		return false, nil
	}
	archive := tar.NewReader(body)
	if _, err := archive.Next(); err != nil { // the folder itself
		return false, nil
	}
	_, err = archive.Next()
	return errors.Is(err, io.EOF), nil
}
