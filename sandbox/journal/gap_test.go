package journal_test

import (
	"context"
	"io"
	"testing"
	"time"

	"github.com/docker/docker/api/types/events"

	"kihon/sandbox/journal"
)

// forgetful is an engine that remembers so many events and has been started at
// a time; a real one can be restarted only under everybody's feet.
type forgetful struct {
	remembers int
	now       time.Time
	started   time.Time
}

func (f forgetful) Now(context.Context) (time.Time, error)     { return f.now, nil }
func (f forgetful) Started(context.Context) (time.Time, error) { return f.started, nil }

func (f forgetful) Events(ctx context.Context, _ events.ListOptions) (<-chan events.Message, <-chan error) {
	messages, faults := make(chan events.Message), make(chan error, 1)
	go func() {
		for i := range f.remembers {
			m := events.Message{
				Type: events.ContainerEventType, Action: events.ActionDestroy,
				Actor: events.Actor{ID: "somebody else's"}, TimeNano: f.now.Add(time.Duration(i) * time.Millisecond).UnixNano(),
			}
			select {
			case messages <- m:
			case <-ctx.Done():
				return
			}
		}
		faults <- io.EOF
	}()
	return messages, faults
}

func TestAGapIsMarkedWhereEventsMayBeLost(t *testing.T) {
	now := time.Now()
	since := now.Add(-time.Hour)
	for name, c := range map[string]struct {
		engine forgetful
		since  time.Time
		gap    bool
	}{
		"nothing happened":             {forgetful{0, now, since.Add(-time.Hour)}, since, false},
		"a little happened":            {forgetful{255, now, since.Add(-time.Hour)}, since, false},
		"the engine's buffer is full":  {forgetful{256, now, since.Add(-time.Hour)}, since, true},
		"the engine was restarted":     {forgetful{3, now, since.Add(time.Minute)}, since, true},
		"its start cannot be known":    {forgetful{3, now, time.Time{}}, since, false},
		"nothing of ours was here yet": {forgetful{256, now, now}, time.Time{}, false},
	} {
		t.Run(name, func(t *testing.T) {
			var kept journal.Memory
			r := journal.NewRecorder(journal.Config{Engine: c.engine, Journal: &kept})
			if err := r.CatchUp(t.Context(), c.since); err != nil {
				t.Fatal(err)
			}
			entries, _ := kept.Since(t.Context(), 0)
			if got := len(entries) == 1 && entries[0].Source == journal.Gap && entries[0].Time.Equal(c.since); got != c.gap || len(entries) > 1 {
				t.Errorf("%+v, want a gap: %v", entries, c.gap)
			}
		})
	}
}

func TestMemoryGivesBackWhatItWasGivenInOrder(t *testing.T) {
	var m journal.Memory
	for i, name := range []string{"a", "b", "c"} {
		if seq, err := m.Append(t.Context(), journal.Entry{Name: name}); err != nil || seq != int64(i)+1 {
			t.Errorf("seq %d %v", seq, err)
		}
	}
	for seq, want := range []int{3, 2, 1, 0, 0} {
		got, err := m.Since(t.Context(), int64(seq))
		if err != nil || len(got) != want || want > 0 && got[0].Seq != int64(seq)+1 {
			t.Errorf("since %d: %+v %v", seq, got, err)
		}
	}
}
