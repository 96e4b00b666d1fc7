// Package inventory says what is on an engine, before and after, and takes
// away what the course has made.
package inventory

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/image"
	"github.com/docker/docker/api/types/network"
	"github.com/docker/docker/api/types/volume"
)

// Engine is what taking an inventory asks of the Docker Engine.
type Engine interface {
	ContainerList(ctx context.Context, options container.ListOptions) ([]container.Summary, error)
	ImageList(ctx context.Context, options image.ListOptions) ([]image.Summary, error)
	VolumeList(ctx context.Context, options volume.ListOptions) (volume.ListResponse, error)
	NetworkList(ctx context.Context, options network.ListOptions) ([]network.Summary, error)
}

// Inventory is what an engine holds, as lines that can be compared.
type Inventory struct {
	// Containers, Volumes and Networks map IDs (of volumes: names) to names;
	// Images maps references, and the IDs of images without one, to IDs.
	Containers, Images, Volumes, Networks map[string]string
}

// Take asks the engine what it holds.
func Take(ctx context.Context, engine Engine) (Inventory, error) {
	inv := Inventory{Containers: map[string]string{}, Images: map[string]string{}, Volumes: map[string]string{}, Networks: map[string]string{}}
	containers, err := engine.ContainerList(ctx, container.ListOptions{All: true})
	if err != nil {
		return inv, fmt.Errorf("listing containers: %w", err)
	}
	for _, c := range containers {
		inv.Containers[c.ID] = nameOf(c)
	}
	images, err := engine.ImageList(ctx, image.ListOptions{})
	if err != nil {
		return inv, fmt.Errorf("listing images: %w", err)
	}
	for _, i := range images {
		names := slices.DeleteFunc(slices.Clone(i.RepoTags), func(t string) bool { return t == "<none>:<none>" })
		if len(names) == 0 {
			inv.Images[i.ID] = i.ID
		}
		for _, name := range names {
			inv.Images[name] = i.ID
		}
	}
	volumes, err := engine.VolumeList(ctx, volume.ListOptions{})
	if err != nil {
		return inv, fmt.Errorf("listing volumes: %w", err)
	}
	for _, v := range volumes.Volumes {
		inv.Volumes[v.Name] = v.Name
	}
	networks, err := engine.NetworkList(ctx, network.ListOptions{})
	if err != nil {
		return inv, fmt.Errorf("listing networks: %w", err)
	}
	for _, n := range networks {
		inv.Networks[n.ID] = n.Name
	}
	return inv, nil
}

func nameOf(c container.Summary) string {
	if len(c.Names) == 0 {
		return c.ID
	}
	return c.Names[0][1:]
}

// Diff returns what the engine has gained and lost, as lines such as
// "container apa000ex1", sorted.
func Diff(before, after Inventory) (gained, lost []string) {
	for _, kind := range []struct {
		name string
		a, b map[string]string
	}{
		{"container", before.Containers, after.Containers}, {"image", before.Images, after.Images},
		{"volume", before.Volumes, after.Volumes}, {"network", before.Networks, after.Networks},
	} {
		gained = append(gained, only(kind.name, kind.b, kind.a)...)
		lost = append(lost, only(kind.name, kind.a, kind.b)...)
	}
	return gained, lost
}

// only lists what is in a and not, or otherwise, in b.
func only(kind string, a, b map[string]string) []string {
	var out []string
	for _, id := range slices.Sorted(maps.Keys(a)) {
		if value, there := b[id]; !there || kind == "image" && value != a[id] {
			name := a[id]
			if kind == "image" {
				name = id
			}
			out = append(out, kind+" "+name)
		}
	}
	return out
}
