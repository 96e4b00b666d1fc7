package inventory

import (
	"context"
	"fmt"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/filters"

	"kihon/sandbox/journal"
)

// Object is something on the engine that the course has made.
type Object struct{ Kind, Name, ID, Reason string }

// Options say how much Clean takes away.
type Options struct{ Images bool }

// Report says what Clean did.
type Report struct{ Removed, Left []Object }

// Status lists what this home has made.
func Status(ctx context.Context, engine Engine, record journal.Journal, homeID string) ([]Object, error) {
	list, err := engine.ContainerList(ctx, container.ListOptions{All: true, Filters: filters.NewArgs(filters.Arg("label", journal.LabelHome+"="+homeID))})
	if err != nil {
		return nil, fmt.Errorf("listing containers: %w", err)
	}
	var out []Object
	for _, c := range list {
		out = append(out, Object{Kind: "container", Name: nameOf(c), ID: c.ID})
	}
	return out, nil
}

// Remover is what Clean asks of the engine besides.
type Remover interface {
	Engine
	ContainerRemove(ctx context.Context, id string, options container.RemoveOptions) error
}

// Clean removes what this home has made.
func Clean(ctx context.Context, engine Remover, record journal.Journal, homeID string, options Options) (Report, error) {
	objects, err := Status(ctx, engine, record, homeID)
	if err != nil {
		return Report{}, err
	}
	var r Report
	for _, o := range objects {
		if err := engine.ContainerRemove(ctx, o.ID, container.RemoveOptions{Force: true, RemoveVolumes: true}); err != nil {
			o.Reason = err.Error()
			r.Left = append(r.Left, o)
			continue
		}
		r.Removed = append(r.Removed, o)
	}
	return r, nil
}
