package kit

import (
	"archive/tar"
	"context"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"time"

	cerrdefs "github.com/containerd/errdefs"
	"github.com/distribution/reference"
	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/image"
)

// baseFromImage uses an image of Debian or Ubuntu that the engine has as the
// base, which needs no root. It reports whether there is one. The image and
// its names stay as they are: the base is a child of it.
func (b *builder) baseFromImage(ctx context.Context, m mirror) (bool, error) {
	images, err := b.engine.ImageList(ctx, image.ListOptions{})
	if err != nil {
		return false, fmt.Errorf("look for a debian or ubuntu image: %w", err)
	}
	for _, img := range images {
		if !slices.ContainsFunc(img.RepoTags, isDistribution) {
			continue
		}
		r, err := b.releaseOf(ctx, img.ID)
		if err != nil {
			return false, err
		}
		if r.codename == "" || (r.id != "debian" && r.id != "ubuntu") {
			continue
		}
		if err := b.deriveBase(ctx, img.ID, r, m); err != nil {
			return false, err
		}
		return true, nil
	}
	return false, nil
}

// isDistribution reports whether a reference is called debian or ubuntu, on
// whatever registry.
func isDistribution(ref string) bool {
	named, err := reference.ParseNormalizedNamed(ref)
	if err != nil {
		return false
	}
	name := path.Base(named.Name())
	return name == "debian" || name == "ubuntu"
}

// releaseOf reads os-release in an image. An image without the file has the
// zero release.
func (b *builder) releaseOf(ctx context.Context, id string) (release, error) {
	created, err := b.engine.ContainerCreate(ctx, &container.Config{
		Image:  id,
		Cmd:    []string{"true"}, // it is never started
		Labels: map[string]string{ownerLabel: b.owner},
	}, nil, nil, nil, "")
	if err != nil {
		return release{}, fmt.Errorf("look into image %s: %w", id, err)
	}
	defer func() {
		// What remains, removeOwn removes by its label.
		_ = b.engine.ContainerRemove(ctx, created.ID, container.RemoveOptions{Force: true})
	}()
	// The file in /etc is a link to this one.
	content, _, err := b.engine.CopyFromContainer(ctx, created.ID, "/usr/lib/os-release")
	if cerrdefs.IsNotFound(err) {
		return release{}, nil
	} else if err != nil {
		return release{}, fmt.Errorf("look into image %s: %w", id, err)
	}
	defer content.Close()
	archive := tar.NewReader(content)
	if _, err := archive.Next(); err != nil {
		return release{}, fmt.Errorf("look into image %s: %w", id, err)
	}
	text, err := io.ReadAll(io.LimitReader(archive, 64<<10))
	if err != nil {
		return release{}, fmt.Errorf("look into image %s: %w", id, err)
	}
	return parseRelease(string(text)), nil
}

// deriveBase builds the base upon an image: our files, and this machine's
// sources where they are for the same release.
func (b *builder) deriveBase(ctx context.Context, id string, r release, m mirror) error {
	b.base = base{meta: baseMeta{Origin: r.origin()}}
	b.baseRef = privateRef("base", b.owner)

	files, err := readFiles(baseFiles, "base")
	if err != nil {
		return fmt.Errorf("prepare the base: %w", err)
	}
	dockerfile := "FROM " + id + "\nCOPY etc/ /etc/\n"
	if m.release == r && len(m.all) > 0 {
		dockerfile = "FROM " + id + "\nRUN rm -rf /etc/apt/sources.list /etc/apt/sources.list.d/*\nCOPY etc/ /etc/\n"
		files[sourcesFile] = []byte(m.deb822(func(keyring string) bool {
			// Every such image has its distribution's keys at the same path.
			return strings.HasPrefix(path.Base(keyring), r.id+"-archive-")
		}))
	}
	if b.mirror == "" || m.release != r {
		b.mirror = fmt.Sprintf("the mirror of the image %s", id)
	}
	files["Dockerfile"] = labelStages([]byte(dockerfile), ownerLabel+"="+b.owner)
	archive, err := tarOf(files, time.Now())
	if err != nil {
		return fmt.Errorf("prepare the base: %w", err)
	}
	if err := b.buildOne(ctx, "", b.baseRef, archive); err != nil {
		return fmt.Errorf("prepare the base: %w", err)
	}
	return nil
}
