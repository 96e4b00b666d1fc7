// Package inventory knows what is on the engine, what of it this home has
// made, and how to take exactly that away again.
//
// What a home has made is known from two sides. The journal has the call that
// created each thing; containers, volumes and networks also carry a label with
// the home's ID, which holds where the journal was cut short. Neither is
// believed alone where it can deceive: a container inherits the labels of an
// image that the learner committed, whoever runs it, and a volume's name can
// come back as somebody else's volume.
package inventory

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/image"
	"github.com/docker/docker/api/types/network"
	"github.com/docker/docker/api/types/volume"
	"golang.org/x/sync/errgroup"
)

// The kinds of things.
const (
	Container = "container"
	Image     = "image"
	Volume    = "volume"
	Network   = "network"
)

// Thing is one thing on an engine. An image with several names is as many
// things; one without a name is one whose Name is empty.
type Thing struct {
	// Object is Container, Image, Volume or Network.
	Object string
	// ID is the full ID; for a volume, which has none, its name.
	ID string
	// Name is without a leading slash; for an image, a reference with a tag.
	Name string
}

// Inventory is what an engine holds, in the order of kinds, names and IDs.
type Inventory []Thing

// Lister is what taking an inventory asks of an engine; the Docker client fits.
type Lister interface {
	ContainerList(context.Context, container.ListOptions) ([]container.Summary, error)
	ImageList(context.Context, image.ListOptions) ([]image.Summary, error)
	VolumeList(context.Context, volume.ListOptions) (volume.ListResponse, error)
	NetworkList(context.Context, network.ListOptions) ([]network.Summary, error)
}

// lists is an engine's lists as they came.
type lists struct {
	containers []container.Summary
	images     []image.Summary
	volumes    []*volume.Volume
	networks   []network.Summary
}

// list asks for the four lists at once.
func list(ctx context.Context, engine Lister) (all lists, err error) {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() (err error) {
		all.containers, err = engine.ContainerList(ctx, container.ListOptions{All: true})
		return err
	})
	group.Go(func() (err error) {
		all.images, err = engine.ImageList(ctx, image.ListOptions{All: true})
		return err
	})
	group.Go(func() error {
		answer, err := engine.VolumeList(ctx, volume.ListOptions{})
		all.volumes = answer.Volumes
		return err
	})
	group.Go(func() (err error) {
		all.networks, err = engine.NetworkList(ctx, network.ListOptions{})
		return err
	})
	if err := group.Wait(); err != nil {
		return lists{}, fmt.Errorf("ask the engine what it holds: %w", err)
	}
	return all, nil
}

// Take lists everything on the engine, also the images that docker images
// hides: those between the steps of a build.
func Take(ctx context.Context, engine Lister) (Inventory, error) {
	all, err := list(ctx, engine)
	if err != nil {
		return nil, err
	}
	var taken Inventory
	for _, c := range all.containers {
		taken = append(taken, Thing{Container, c.ID, nameOf(c)})
	}
	for _, i := range all.images {
		names := namesOf(i)
		for _, name := range names {
			taken = append(taken, Thing{Image, i.ID, name})
		}
		if len(names) == 0 {
			taken = append(taken, Thing{Image, i.ID, ""})
		}
	}
	for _, v := range all.volumes {
		taken = append(taken, Thing{Volume, v.Name, v.Name})
	}
	for _, n := range all.networks {
		taken = append(taken, Thing{Network, n.ID, n.Name})
	}
	slices.SortFunc(taken, order)
	return taken, nil
}

func order(a, b Thing) int {
	return cmp.Or(cmp.Compare(a.Object, b.Object), cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
}

// nameOf is a container's own name; links show as further names, with a second
// slash.
func nameOf(c container.Summary) string {
	for _, name := range c.Names {
		if name = strings.TrimPrefix(name, "/"); !strings.Contains(name, "/") {
			return name
		}
	}
	return ""
}

// namesOf are an image's names. Engines before 25 say <none>:<none> for no name.
func namesOf(i image.Summary) []string {
	return slices.DeleteFunc(slices.Clone(i.RepoTags), func(name string) bool { return name == "<none>:<none>" })
}

// Diff compares two inventories. A thing that got another name, and a name
// that leads to another thing, are in both lists. A volume that was removed and
// made anew under its name is in neither, since it has no other identity.
func Diff(before, after Inventory) (added, removed []Thing) {
	return without(after, before), without(before, after)
}

func without(all, known Inventory) (rest []Thing) {
	there := make(map[Thing]bool, len(known))
	for _, t := range known {
		there[t] = true
	}
	for _, t := range all {
		if !there[t] {
			rest = append(rest, t)
		}
	}
	return rest
}
