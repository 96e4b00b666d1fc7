package gather

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"

	"github.com/containerd/errdefs"

	"kihon/checker"
)

// readFile reads one regular file out of a container, running or stopped. With
// compare it also asks whether the file is still the image's own.
func readFile(ctx context.Context, w World, c *checker.Container, name string, compare bool) (checker.File, error) {
	body, err := openFile(ctx, w.Engine, c.ID, name)
	if err != nil {
		return checker.File{}, fmt.Errorf("reading %s in container %.12s: %w", name, c.ID, err)
	}
	if body == nil {
		return checker.File{}, nil
	}
	defer body.Close()
	archive := tar.NewReader(body)
	header, err := archive.Next()
	if errors.Is(err, io.EOF) {
		return checker.File{}, nil
	}
	if err != nil {
		return checker.File{}, fmt.Errorf("reading %s in container %.12s: %w", name, c.ID, err)
	}
	file := checker.File{Exists: true}
	if header.Typeflag == tar.TypeReg {
		if file.Content, err = io.ReadAll(io.LimitReader(archive, maxFile)); err != nil {
			return checker.File{}, fmt.Errorf("reading %s in container %.12s: %w", name, c.ID, err)
		}
	}
	if compare {
		file.Changed, err = changed(ctx, w, c, name, file.Content)
	}
	return file, err
}

// openFile opens what a program in the container finds under the name: links
// are followed, as the engine has resolved them. It returns nil when nothing
// is there.
func openFile(ctx context.Context, engine Engine, id, name string) (io.ReadCloser, error) {
	for range 8 {
		body, stat, err := engine.CopyFromContainer(ctx, id, name)
		if missing(err) {
			return nil, nil
		}
		if err != nil || stat.Mode&fs.ModeSymlink == 0 {
			return body, err
		}
		body.Close()
		name = stat.LinkTarget
	}
	return nil, nil
}

// missing reports whether the engine's error says that nothing has that name.
// A path through a file and links that lead in a circle have no kind of their
// own in the API (20.10 answers 500).
func missing(err error) bool {
	return err != nil && (errdefs.IsNotFound(err) || strings.Contains(err.Error(), "not a directory") || strings.Contains(err.Error(), "too many links"))
}

// changed reports whether a file differs from the image's own. What an image's
// file is like is found out once: in a container where the engine says that
// nobody has touched it.
func changed(ctx context.Context, w World, c *checker.Container, name string, content []byte) (bool, error) {
	name = path.Clean(name)
	changes, err := w.Engine.ContainerDiff(ctx, c.ID)
	if err != nil {
		return false, fmt.Errorf("asking what changed in container %.12s: %w", c.ID, err)
	}
	for _, change := range changes {
		if change.Path == name {
			return true, nil
		}
	}
	for _, m := range c.Mounts {
		if m.Destination == name || strings.HasPrefix(name, strings.TrimSuffix(m.Destination, "/")+"/") {
			return true, nil // what is mounted over it is no change of the container's
		}
	}
	if err := w.Originals.KeepOriginal(ctx, c.Image, name, checker.Digest(content)); err != nil {
		return false, fmt.Errorf("keeping %s of the image: %w", name, err)
	}
	return false, nil
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
