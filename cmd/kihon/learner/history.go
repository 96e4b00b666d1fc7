package learner

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/events"

	"kihon/checker"
	"kihon/sandbox/journal"
	"kihon/store"
)

// history is the learner's record as package gather reads it.
type history struct {
	l       *Learner
	attempt store.Attempt
}

// Events returns the journal after seq. On the engine as it is, without a
// guard, the engine's own events stand in for the calls.
func (h *history) Events(ctx context.Context, seq int64) ([]checker.Event, error) {
	entries, err := h.l.Store.Since(ctx, seq)
	if err != nil {
		return nil, err
	}
	out := make([]checker.Event, 0, len(entries))
	for _, e := range entries {
		out = append(out, fromEntry(e))
	}
	if !h.l.HostEngine {
		return out, nil
	}
	seen, err := h.hostEvents(ctx)
	return append(out, withoutKihon(seen, entries)...), err
}

// ownStep is how far the engine's time of an event may be from ours of the
// call that was behind it; stopping a container may take its ten seconds.
const ownStep = 15 * time.Second

// clockSlack is how far the two clocks may be apart.
const clockSlack = 200 * time.Millisecond

// withoutKihon leaves out the events of kihon's own calls, which are nobody's
// exercise.
func withoutKihon(seen []checker.Event, entries []journal.Entry) []checker.Event {
	used := map[int64]bool{}
	return slices.DeleteFunc(seen, func(e checker.Event) bool {
		for _, own := range entries {
			// The event comes before the answer that we note; what comes after
			// it is somebody else's.
			ago := own.Time.Sub(e.Time)
			if own.Actor == journal.Kihon && own.ID == e.ID && own.Action == e.Action && !used[own.Seq] && ago > -clockSlack && ago < ownStep {
				used[own.Seq] = true
				return true
			}
		}
		return false
	})
}

func fromEntry(e journal.Entry) checker.Event {
	return checker.Event{
		Seq: e.Seq, Time: e.Time, Actor: string(e.Actor), Kind: string(e.Source), Object: e.Object, Action: e.Action,
		ID: e.ID, Name: e.Name, Image: e.Image, Command: e.Command, Error: e.Error, Status: e.Status, ExitCode: e.ExitCode,
	}
}

// hostEvents asks the engine what happened since the attempt began. Whoever
// did it, on the host's engine it counts as the learner's.
func (h *history) hostEvents(ctx context.Context) ([]checker.Event, error) {
	now, err := h.l.Engine.Now(ctx)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	messages, failures := h.l.Engine.Events(ctx, events.ListOptions{
		Since: stamp(h.since()), Until: stamp(now),
	})
	var out []checker.Event
	for {
		select {
		case m := <-messages:
			if m.Type == events.ContainerEventType {
				out = append(out, checker.Event{
					Time: time.Unix(0, m.TimeNano), Actor: checker.Learner, Kind: "call", Object: "container",
					Action: string(m.Action), ID: m.Actor.ID, Name: m.Actor.Attributes["name"], Image: m.Actor.Attributes["image"],
				})
			}
		case err := <-failures:
			if err == nil || errors.Is(err, io.EOF) {
				return out, nil
			}
			return nil, fmt.Errorf("asking the engine what happened: %w", err)
		}
	}
}

func stamp(t time.Time) string { return fmt.Sprintf("%d.%09d", t.Unix(), t.Nanosecond()) }

// since is when the attempt began, by the engine's clock where it is known.
func (h *history) since() time.Time {
	if !h.attempt.EngineTime.IsZero() {
		return h.attempt.EngineTime
	}
	return h.attempt.Started
}

// Maker says through whose hand of this home a container was made.
func (h *history) Maker(ctx context.Context, c container.InspectResponse) (string, error) {
	maker, err := h.l.Stage().Maker(ctx, c)
	if err != nil || maker != "" || !h.l.HostEngine {
		return string(maker), err
	}
	created, err := time.Parse(time.RFC3339Nano, c.Created)
	if err != nil {
		return "", fmt.Errorf("when container %.12s was made: %w", c.ID, err)
	}
	if created.Before(h.since()) {
		return "", nil
	}
	return checker.Learner, nil
}

// Answer returns the answer typed since the attempt began.
func (h *history) Answer(ctx context.Context, taskID string) (string, bool, error) {
	return h.l.Store.Answer(ctx, taskID)
}

func evidence(v checker.Verdict) json.RawMessage {
	if len(v.Evidence) == 0 {
		return nil
	}
	// Evidence is two strings; it cannot fail to be written.
	data, _ := json.Marshal(v.Evidence)
	return data
}

// originals keeps digests of images' files among the home's settings.
type originals struct{ store *store.DB }

func originalKey(imageID, path string) string { return "original/" + imageID + path }

func (o originals) Original(ctx context.Context, imageID, path string) (string, error) {
	digest, _, err := o.store.Setting(ctx, originalKey(imageID, path))
	return digest, err
}

func (o originals) KeepOriginal(ctx context.Context, imageID, path, digest string) error {
	return o.store.SetSetting(ctx, originalKey(imageID, path), digest)
}

// settingKnown is the key of the engine's time up to which its events are in
// the journal.
const settingKnown = "events.known"

// KnownUntil returns the engine's time up to which its events are known: since
// when they have to be fetched.
func (l *Learner) KnownUntil(ctx context.Context) (time.Time, error) {
	text, have, err := l.Store.Setting(ctx, settingKnown)
	if err != nil || !have {
		return l.Store.FirstUse(), err
	}
	known, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return l.Store.FirstUse(), nil
	}
	return known, nil
}

// KeepKnown notes up to when the engine's events are known.
func (l *Learner) KeepKnown(ctx context.Context, known time.Time) error {
	if known.IsZero() {
		return nil
	}
	return l.Store.SetSetting(ctx, settingKnown, known.Format(time.RFC3339Nano))
}

// CatchUp fetches what happened on the engine while no process of this home
// was listening.
func (l *Learner) CatchUp(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	since, err := l.KnownUntil(ctx)
	if err != nil {
		return err
	}
	recorder := journal.NewRecorder(journal.Config{Engine: l.Engine, Journal: l.Store})
	if err := recorder.CatchUp(ctx, since); err != nil {
		return err
	}
	return l.KeepKnown(ctx, recorder.Known())
}
