package journal

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/docker/docker/api/types/events"
)

// Creates reports whether an entry is a call by which this home came to have
// the object: an object made by the learner or by kihon.
func Creates(e Entry) bool {
	if e.Source != Call || e.Actor == Other || !e.OK() || e.ID == "" {
		return false
	}
	switch e.Object {
	case "image":
		switch e.Action {
		case "build", "commit", "import", "load", "tag", "pull":
			return true
		}
		return false
	default:
		return e.Action == "create"
	}
}

// CatchUp stores what happened to this home's objects since a time of the
// engine's clock while no process of ours was listening; Known is what to give
// here. It stores a Gap before that when the engine may have forgotten some: it
// keeps the last 256 events, and none across its own restart. Run then goes on
// where CatchUp ended.
//
// A zero since means that nothing has been before. Events that are in the
// journal already are not stored again. One that is younger than two seconds,
// and may yet be explained, waits for Run or for the next CatchUp.
func (r *Recorder) CatchUp(ctx context.Context, since time.Time) error {
	if err := r.learn(ctx); err != nil {
		return err
	}
	until, err := r.config.Engine.Now(ctx)
	if err != nil {
		return fmt.Errorf("catch up with the engine's events: %w", err)
	}
	if !since.IsZero() {
		if err := r.replay(ctx, since, until); err != nil {
			return err
		}
	}
	r.last = until
	return r.settle(ctx, false)
}

// replay notes the events between two times of the engine's clock, the later
// of which is now.
func (r *Recorder) replay(ctx context.Context, since, until time.Time) error {
	skew := time.Since(until)
	missed, err := r.between(ctx, since, until)
	if err != nil {
		return fmt.Errorf("catch up with the engine's events: %w", err)
	}
	if err := r.gap(ctx, since, len(missed)); err != nil {
		return err
	}
	for _, m := range missed {
		r.take(m, eventTime(m).Add(skew))
	}
	return nil
}

func (r *Recorder) between(ctx context.Context, since, until time.Time) ([]events.Message, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	messages, faults := r.config.Engine.Events(ctx, events.ListOptions{
		Since: since.UTC().Format(time.RFC3339Nano), Until: until.UTC().Format(time.RFC3339Nano),
	})
	var all []events.Message
	for {
		select {
		case m := <-messages:
			all = append(all, m)
		case err := <-faults:
			if err == nil || err == io.EOF {
				return all, nil
			}
			return nil, err
		}
	}
}

// gap stores a Gap when the engine may have forgotten events since then.
func (r *Recorder) gap(ctx context.Context, since time.Time, remembered int) error {
	started, err := r.config.Engine.Started(ctx)
	if err != nil {
		return fmt.Errorf("catch up with the engine's events: %w", err)
	}
	if remembered < bufferSize && !started.After(since) {
		return nil
	}
	return r.store(ctx, []Entry{{Time: since, Actor: Other, Source: Gap}})
}
