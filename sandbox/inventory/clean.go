package inventory

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/image"

	"kihon/sandbox/journal"
)

// Engine is what cleaning asks of an engine; the Docker client fits.
type Engine interface {
	Lister
	ContainerRemove(ctx context.Context, id string, options container.RemoveOptions) error
	ImageRemove(ctx context.Context, ref string, options image.RemoveOptions) ([]image.DeleteResponse, error)
	VolumeRemove(ctx context.Context, name string, force bool) error
	NetworkRemove(ctx context.Context, id string) error
}

// Options say what more to clean.
type Options struct {
	// Images asks for the loaded images too, as far as no container uses them.
	Images bool
}

// Report is what became of a cleaning.
type Report struct {
	// Removed is gone now, in the order in which it went.
	Removed []Thing
	// Left was to be removed, or looks as if it were, and stays.
	Left []Left
	// Kept are the loaded images, which nobody asked to remove.
	Kept []Made
}

// Count says how many things of a kind were removed.
func (r Report) Count(object string) (n int) {
	for _, t := range r.Removed {
		if t.Object == object {
			n++
		}
	}
	return n
}

// Clean removes what this home has made, and nothing else: containers with
// their volumes without a name, then networks, volumes, and the images that
// were built, committed, imported or named. Each removal is in the journal
// with the actor kihon as soon as it is done, so that a second Clean goes on
// where the first was cut off. When the engine goes away in between, the
// report says how far it came.
func Clean(ctx context.Context, engine Engine, j journal.Journal, homeID string, options Options) (Report, error) {
	o, err := look(ctx, engine, j, homeID)
	if err != nil {
		return Report{}, err
	}
	c := &cleaning{overview: o, engine: engine, journal: j, gone: make(map[string]bool)}
	c.report.Left = o.left
	for _, m := range o.made {
		if m.Loaded && !options.Images {
			c.report.Kept = append(c.report.Kept, m)
			continue
		}
		if err := c.remove(ctx, m); err != nil {
			return c.report, err
		}
	}
	return c.report, nil
}

// cleaning is one Clean under way.
type cleaning struct {
	*overview
	engine  Engine
	journal journal.Journal
	report  Report
	gone    map[string]bool // IDs
}

func (c *cleaning) remove(ctx context.Context, m Made) error {
	if m.Object == Image {
		return c.removeImage(ctx, m)
	}
	var err error
	switch m.Object {
	case Container:
		err = c.engine.ContainerRemove(ctx, m.ID, container.RemoveOptions{Force: true, RemoveVolumes: true})
	case Network:
		err = c.engine.NetworkRemove(ctx, m.ID)
	case Volume:
		err = c.engine.VolumeRemove(ctx, m.Name, false)
	}
	if err != nil && !gone(err) {
		return c.leave(m, err)
	}
	// What is gone already went with its container, or a moment ago.
	c.gone[m.ID] = true
	c.report.Removed = append(c.report.Removed, m.Thing)
	return c.note(ctx, journal.Entry{Object: m.Object, Action: "destroy", ID: m.ID, Name: m.Name, Status: http.StatusNoContent})
}

func gone(err error) bool {
	return errdefs.IsNotFound(err) || strings.Contains(err.Error(), "is already in progress")
}

// leave notes what the engine would not remove. An error that is no answer of
// the engine's ends the cleaning.
func (c *cleaning) leave(m Made, err error) error {
	switch {
	case errdefs.IsConflict(err), errdefs.IsPermissionDenied(err): // a network in use is forbidden to remove
		c.report.Left = append(c.report.Left, Left{m.Thing, InUse, err})
	case errdefs.IsInternal(err), errdefs.IsInvalidArgument(err):
		c.report.Left = append(c.report.Left, Left{m.Thing, Refused, err})
	default:
		return fmt.Errorf("remove %s %s: %w", m.Object, m.Name, err)
	}
	return nil
}

// removeImage takes a name off, and removes the image when that was its last.
func (c *cleaning) removeImage(ctx context.Context, m Made) error {
	ref := m.Name
	if ref == "" {
		ref = m.ID
	}
	if user := c.usedBy(m.ID, c.gone); m.Loaded && user != "" {
		c.report.Left = append(c.report.Left, Left{m.Thing, InUse, fmt.Errorf("container %s uses it", user)})
		return nil
	}
	// The engine's own way of removing parents would take an image of
	// somebody else's that has lost its name.
	changes, err := c.engine.ImageRemove(ctx, ref, image.RemoveOptions{})
	if err != nil && !gone(err) {
		return c.leave(m, err)
	}
	c.report.Removed = append(c.report.Removed, m.Thing)
	c.untagged[m.Name] = true
	if err := c.noteImage(ctx, m.ID, changes); err != nil || !deleted(changes, m.ID) {
		return err
	}
	return c.removeSteps(ctx, m.ID)
}

// removeSteps removes the images between the steps of a build whose result is gone.
func (c *cleaning) removeSteps(ctx context.Context, id string) error {
	for parent := c.parentOf(id); parent != ""; parent = c.parentOf(parent) {
		if !slices.ContainsFunc(c.images, func(i image.Summary) bool { return i.ID == parent && c.isStep(i) }) {
			return nil
		}
		changes, err := c.engine.ImageRemove(ctx, parent, image.RemoveOptions{})
		if err != nil {
			return nil // another image or a container is made from it
		}
		if err := c.noteImage(ctx, parent, changes); err != nil {
			return err
		}
	}
	return nil
}

func (c *cleaning) parentOf(id string) string {
	for _, i := range c.images {
		if i.ID == id {
			return i.ParentID
		}
	}
	return ""
}

func deleted(changes []image.DeleteResponse, id string) bool {
	for _, change := range changes {
		if change.Deleted == id {
			return true
		}
	}
	return false
}

func (c *cleaning) noteImage(ctx context.Context, id string, changes []image.DeleteResponse) error {
	var entries []journal.Entry
	for _, change := range changes {
		e := journal.Entry{Object: Image, Action: "delete", ID: change.Deleted, Status: http.StatusOK}
		if change.Untagged != "" {
			e.Action, e.ID, e.Name = "untag", id, change.Untagged
		}
		entries = append(entries, e)
	}
	return c.note(ctx, entries...)
}

// note writes removals down, also when ctx has ended meanwhile.
func (c *cleaning) note(ctx context.Context, entries ...journal.Entry) error {
	for i := range entries {
		entries[i].Time = time.Now()
		entries[i].Actor, entries[i].Source = journal.Kihon, journal.Call
	}
	if len(entries) == 0 {
		return nil
	}
	if _, err := c.journal.Append(context.WithoutCancel(ctx), entries...); err != nil {
		return fmt.Errorf("write the removal down: %w", err)
	}
	return nil
}
