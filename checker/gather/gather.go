// Package gather asks the engine, the journal and the learner's own ports for
// what the checks of a task name, and for nothing else.
//
// It works in two rounds. Facts is what the checks need; when all hold, that
// was all. Clues is asked for afterwards, and only if something does not hold:
// the other containers of this home, what an image declares, the last lines of
// a program that ended.
package gather

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"time"

	"github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/filters"
	"github.com/docker/docker/api/types/image"
	"golang.org/x/sync/errgroup"

	"kihon/checker"
)

// Engine is what gathering asks of the Docker Engine.
type Engine interface {
	ContainerInspect(ctx context.Context, nameOrID string) (container.InspectResponse, error)
	ContainerList(ctx context.Context, options container.ListOptions) ([]container.Summary, error)
	ContainerDiff(ctx context.Context, nameOrID string) ([]container.FilesystemChange, error)
	ContainerLogs(ctx context.Context, nameOrID string, options container.LogsOptions) (io.ReadCloser, error)
	CopyFromContainer(ctx context.Context, nameOrID, path string) (io.ReadCloser, container.PathStat, error)
	// InspectImage is an image inspect that fails with a not-found error
	// (errdefs) where the engine has no such image.
	InspectImage(ctx context.Context, reference string) (image.InspectResponse, error)
}

// History is what gathering asks of the record.
type History interface {
	// Events returns what happened after the entry seq, in order.
	Events(ctx context.Context, seq int64) ([]checker.Event, error)
	// Maker says through whose hand of this home a container was made
	// (checker.Learner, checker.Kihon), or "" when it is not of this home.
	Maker(ctx context.Context, c container.InspectResponse) (string, error)
	// Answer returns the answer typed since the task's attempt began.
	Answer(ctx context.Context, taskID string) (answer string, answered bool, err error)
}

// RecordError says that it was the learner's record that could not be read, and
// not the engine that could not be asked.
type RecordError struct{ Err error }

func (e *RecordError) Error() string { return e.Err.Error() }

func (e *RecordError) Unwrap() error { return e.Err }

// Originals remembers what a file in an image is like, so that the engine need
// not compare a whole container with its image each time: its answer to "what
// has changed" takes some hundred milliseconds.
type Originals interface {
	// Original returns the digest kept for the file; "" when there is none.
	Original(ctx context.Context, imageID, path string) (string, error)
	KeepOriginal(ctx context.Context, imageID, path, digest string) error
}

// World is everything outside that gathering looks at.
type World struct {
	Engine    Engine
	History   History
	Originals Originals
	// Mine narrows a container list to what may be of this home; the makers
	// are still asked for one by one. Its zero value lists all.
	Mine filters.Args
}

// maxFile caps how much of a file or a body is read, in bytes.
const maxFile = 1 << 20

// Facts gathers what the task's checks need. The error says that the engine or
// the record could not be asked; a missing object is no error.
func Facts(ctx context.Context, w World, task checker.Task) (*checker.Snapshot, error) {
	snap := &checker.Snapshot{
		Time:       time.Now(),
		Containers: map[string]*checker.Container{},
		Images:     map[string]*image.InspectResponse{},
		HTTP:       map[string]checker.HTTPAnswer{},
		Files:      map[checker.FileKey]checker.File{},
		Originals:  map[checker.FileKey]string{},
	}
	var err error
	if snap.Events, err = w.History.Events(ctx, task.FromSeq); err != nil {
		return nil, &RecordError{fmt.Errorf("reading the record: %w", err)}
	}
	if snap.Answer, snap.Answered, err = w.History.Answer(ctx, task.ID); err != nil {
		return nil, &RecordError{fmt.Errorf("reading the answer: %w", err)}
	}
	for name := range names(task) {
		if err := inspect(ctx, w, snap, name); err != nil {
			return nil, err
		}
	}
	if err := references(ctx, w, snap, task); err != nil {
		return nil, err
	}
	return snap, inside(ctx, w, snap, task)
}

// names returns the container names that the checks mention.
func names(task checker.Task) map[string]bool {
	set := map[string]bool{}
	add := func(name string) {
		if name != "" {
			set[name] = true
		}
	}
	for _, c := range task.Checks {
		add(c.ContainerName())
		if c.Answer != nil {
			add(c.Answer.ContainerID)
		}
	}
	return set
}

func inspect(ctx context.Context, w World, snap *checker.Snapshot, name string) error {
	c, err := w.Engine.ContainerInspect(ctx, name)
	if errdefs.IsNotFound(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("inspecting container %s: %w", name, err)
	}
	// A name may also be the beginning of somebody's container ID.
	if c.ContainerJSONBase == nil || c.Name != "/"+name {
		return nil
	}
	maker, err := w.History.Maker(ctx, c)
	if err != nil {
		return fmt.Errorf("looking up who made container %s: %w", name, err)
	}
	snap.Containers[name] = &checker.Container{InspectResponse: c, Maker: maker}
	return nil
}

func references(ctx context.Context, w World, snap *checker.Snapshot, task checker.Task) error {
	wanted := map[string]bool{}
	for _, c := range task.Checks {
		if c.Image != nil {
			wanted[c.Image.Reference] = true
		}
		// The name on the container is enough in most cases; where it is
		// another one, the IDs decide.
		if f := c.Container; f != nil && f.Image != "" {
			if have := snap.Containers[f.Name]; have != nil && have.Config != nil && !checker.SameReference(have.Config.Image, f.Image) {
				wanted[f.Image] = true
			}
		}
	}
	for ref := range wanted {
		img, err := w.Engine.InspectImage(ctx, ref)
		if errdefs.IsNotFound(err) || errdefs.IsInvalidArgument(err) {
			continue
		}
		if err != nil {
			return fmt.Errorf("inspecting image %s: %w", ref, err)
		}
		snap.Images[ref] = &img
	}
	return nil
}

// inside gathers what costs a round trip into a container, side by side.
func inside(ctx context.Context, w World, snap *checker.Snapshot, task checker.Task) error {
	type read struct {
		key  checker.FileKey
		file checker.File
	}
	type asked struct {
		url    string
		answer checker.HTTPAnswer
	}
	var (
		reads []*read
		asks  []*asked
	)
	group, gctx := errgroup.WithContext(ctx)
	wantFile := func(name, file string, compare bool) {
		c := snap.Containers[name]
		if c == nil || c.Maker == "" {
			return
		}
		r := &read{key: checker.FileKey{Container: name, Path: file}}
		reads = append(reads, r)
		group.Go(func() (err error) {
			r.file, err = readFile(gctx, w, c, file, compare)
			return err
		})
	}
	for _, check := range task.Checks {
		switch {
		case check.HTTP != nil:
			h := check.HTTP
			c := snap.Containers[h.Container]
			if c == nil || c.Maker == "" || c.State == nil || !c.State.Running {
				continue // nothing of the learner's can answer there
			}
			a := &asked{url: h.URL}
			asks = append(asks, a)
			group.Go(func() error {
				a.answer = ask(gctx, h.URL)
				return nil
			})
			if h.SameAs == "" {
				continue
			}
			if h.FromImage {
				original, err := w.Originals.Original(ctx, c.Image, path.Clean(h.SameAs))
				if err != nil {
					_ = group.Wait() // what was begun must not outlive us
					return &RecordError{fmt.Errorf("looking up %s of the image: %w", h.SameAs, err)}
				}
				if original != "" {
					snap.Originals[checker.FileKey{Container: h.Container, Path: h.SameAs}] = original
					continue
				}
			}
			wantFile(h.Container, h.SameAs, h.FromImage)
		case check.File != nil:
			wantFile(check.File.Container, check.File.Path, false)
		}
	}
	if err := group.Wait(); err != nil {
		return err
	}
	for _, r := range reads {
		snap.Files[r.key] = r.file
	}
	for _, a := range asks {
		snap.HTTP[a.url] = a.answer
	}
	// A request that the deadline cut off says nothing about the port.
	if err := ctx.Err(); err != nil && !errors.Is(err, fs.ErrClosed) {
		return fmt.Errorf("gathering: %w", context.Cause(ctx))
	}
	return nil
}
