package journal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync/atomic"
	"time"

	"github.com/docker/docker/api/types/events"
)

// Engine is what a Recorder needs of an engine. Package engine's Engine fits.
type Engine interface {
	// Events streams the engine's events, as the Docker client does.
	Events(ctx context.Context, options events.ListOptions) (<-chan events.Message, <-chan error)
	// Now is the engine's own time.
	Now(ctx context.Context) (time.Time, error)
	// Started is when the engine's process began; zero when that cannot be known.
	Started(ctx context.Context) (time.Time, error)
}

// Config is what a Recorder works with. Engine and Journal are required; the
// functions are called from the goroutine of Run or CatchUp, and must not block.
type Config struct {
	Engine  Engine
	Journal Journal
	// Busy reports whether a call that may concern the object of this full ID
	// is on its way, as guard.Guard.Busy does.
	Busy func(id string) bool
	// Seen is told of every event that tells of a change, anybody's, as soon
	// as it comes: a container of somebody else may have freed a port.
	Seen func(events.Message)
	// Stored is told of each entry after it has been stored, without its Seq.
	Stored func(Entry)
	// Down is told once when the stream of events has broken off, and Up when
	// it is back.
	Down func(error)
	Up   func()
}

// Recorder listens to the engine and stores the events about this home's
// objects that no call in the journal explains.
//
// An object is this home's when the journal has the call that created it, by
// the learner or by kihon. What a call explains is not stored a second time;
// die, oom and health_status are stored always, since no call tells them.
//
// An event often overtakes the call that caused it: docker stop answers ten
// seconds after its kill event, and another process's guard stores its call
// when it likes. So an event that nothing explains yet waits: while the guard
// has a call on its way that may concern the object; for two seconds in any
// case; and a kill until the container's end is two seconds past, or for
// fifteen seconds. Then it is stored with the actor Other and its own time.
//
// A Recorder is for one goroutine: CatchUp, then Run. Known may be asked by any.
type Recorder struct {
	config Config

	read  int64           // the journal has been read up to this Seq
	owned map[string]bool // "container ID"
	calls []call          // the latest, oldest first
	ends  map[string]time.Time
	known map[key]bool // events that are in the journal, or were explained
	limit int          // of known and ends together

	last    time.Time // the engine's time up to which events are known
	pending []waiting
	settled atomic.Int64 // Known, in nanoseconds
}

// Known is the time, by the engine's clock, up to which the journal has all
// that is to be had: what CatchUp of a later process is to be given. It is zero
// before the engine has answered.
func (r *Recorder) Known() time.Time {
	if nano := r.settled.Load(); nano != 0 {
		return time.Unix(0, nano)
	}
	return time.Time{}
}

func (r *Recorder) tell() {
	known := r.last
	for _, w := range r.pending {
		if at := eventTime(w.message); at.Before(known) {
			known = at
		}
	}
	if !known.IsZero() {
		r.settled.Store(known.UnixNano())
	}
}

// call is a call with the events that it has explained.
type call struct {
	Entry
	used map[events.Action]bool
}

// waiting is an event that nothing explains yet.
type waiting struct {
	message events.Message
	came    time.Time
}

const (
	patience     = 2 * time.Second
	killPatience = 15 * time.Second
	// glance is how often the journal is read while an event waits.
	glance = 50 * time.Millisecond
	// maxCalls and maxPending bound what is remembered.
	maxCalls   = 512
	maxPending = 2048
	// bufferSize is how many events the engine keeps for those who ask later
	// (moby daemon/events, eventsLimit).
	bufferSize = 256
)

// NewRecorder returns a recorder that has asked nobody anything.
func NewRecorder(config Config) *Recorder {
	return &Recorder{
		config: config,
		owned:  make(map[string]bool),
		ends:   make(map[string]time.Time),
		known:  make(map[key]bool),
	}
}

// Run listens until ctx ends, and returns nil then. After CatchUp it misses
// nothing in between. When the stream breaks off it tries again, after 100 ms
// and then less and less often, up to every 2 s, and catches up. Its error is
// one of the journal.
func (r *Recorder) Run(ctx context.Context) error {
	if err := r.learn(ctx); err != nil {
		return ended(ctx, err)
	}
	down := false
	for pause := 100 * time.Millisecond; ; pause = min(2*pause, 2*time.Second) {
		connected, err := r.listen(ctx, down)
		if ctx.Err() != nil {
			// What still waits is decided now: no call is on its way any more.
			return r.settle(context.WithoutCancel(ctx), true)
		}
		var fault *journalError
		if errors.As(err, &fault) {
			return err
		}
		if connected {
			pause, down = 100*time.Millisecond, false
		}
		if !down && r.config.Down != nil {
			r.config.Down(err)
		}
		down = true
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
	}
}

// journalError is a fault of our own record, which no waiting mends.
type journalError struct{ err error }

func (e *journalError) Error() string { return e.err.Error() }
func (e *journalError) Unwrap() error { return e.err }

func ended(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// listen follows one stream of events to its end. After an outage it catches
// up before it tells that the stream is back.
func (r *Recorder) listen(ctx context.Context, outage bool) (connected bool, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	// Asked first, since the client does not tell that a stream is open.
	now, err := r.config.Engine.Now(ctx)
	if err != nil {
		return false, err
	}
	if r.last.IsZero() {
		r.last = now
	}
	messages, faults := r.config.Engine.Events(ctx, events.ListOptions{Since: r.last.UTC().Format(time.RFC3339Nano)})
	if outage {
		if err := r.replay(ctx, r.last, now); err != nil {
			return false, err
		}
		if r.config.Up != nil {
			r.config.Up()
		}
	}
	tick := time.NewTicker(glance)
	defer tick.Stop()
	for {
		select {
		case m := <-messages:
			r.take(m, time.Now())
			err = r.settle(ctx, len(r.pending) > maxPending)
		case <-tick.C:
			err = r.settle(ctx, false)
		case err = <-faults:
			if err == nil {
				err = io.EOF
			}
			err = fmt.Errorf("the engine's events: %w", err)
		case <-ctx.Done():
			err = ctx.Err()
		}
		if err != nil {
			return true, err
		}
	}
}

// take notes one event, which came at this time of this computer's clock.
func (r *Recorder) take(m events.Message, came time.Time) {
	if at := eventTime(m); at.After(r.last) {
		r.last = at
	}
	if !changes(m) {
		return
	}
	e := eventEntry(m)
	if r.known[keyOf(e)] {
		return
	}
	r.known[keyOf(e)] = true
	r.forget(e.Time)
	if r.config.Seen != nil {
		r.config.Seen(m)
	}
	if e.Object == "container" && e.Action == "die" {
		r.ends[e.ID] = came
	}
	r.pending = append(r.pending, waiting{m, came})
}

// forget drops what no event from now on can be about. The engine repeats the
// last events when it is asked for those since a time, so a minute is kept.
func (r *Recorder) forget(now time.Time) {
	if len(r.known)+len(r.ends) < r.limit {
		return
	}
	limit := now.Add(-time.Minute)
	for k := range r.known {
		if k.nano < limit.UnixNano() {
			delete(r.known, k)
		}
	}
	for id, at := range r.ends {
		if time.Since(at) > time.Minute {
			delete(r.ends, id)
		}
	}
	r.limit = 2*(len(r.known)+len(r.ends)) + 4*bufferSize
}

// settle decides on the events that wait; all of them when it is the last time.
func (r *Recorder) settle(ctx context.Context, last bool) error {
	if len(r.pending) == 0 {
		r.tell()
		return nil
	}
	if err := r.learn(ctx); err != nil {
		return err
	}
	var store []Entry
	rest := r.pending[:0]
	for _, w := range r.pending {
		switch {
		case r.owns(w.message) && alwaysStored(w.message):
			store = append(store, eventEntry(w.message))
		case r.explained(w.message, w.came):
		case !last && !r.ripe(w):
			rest = append(rest, w)
		case r.owns(w.message):
			store = append(store, eventEntry(w.message))
		}
	}
	clear(r.pending[len(rest):])
	r.pending = rest
	r.tell()
	return r.store(ctx, store)
}

// ripe reports whether an event has waited long enough for its call.
func (r *Recorder) ripe(w waiting) bool {
	id := w.message.Actor.ID
	if r.config.Busy != nil && r.config.Busy(id) {
		return false
	}
	waited := time.Since(w.came)
	if w.message.Type == events.ContainerEventType && w.message.Action == events.ActionKill {
		end, ended := r.ends[id]
		return ended && time.Since(end) > patience || waited > killPatience
	}
	return waited > patience
}

func (r *Recorder) explained(m events.Message, came time.Time) bool {
	if m.Type == events.NetworkEventType && m.Action == events.ActionDisconnect {
		if _, ended := r.ends[m.Actor.Attributes["container"]]; ended {
			return true // a process that ends leaves its networks
		}
	}
	for _, c := range r.calls {
		if !explains(c.Entry, m, came) || c.used[m.Action] {
			continue
		}
		if onceOnly(m) {
			// Somebody else may do the same a moment later.
			c.used[m.Action] = true
		}
		return true
	}
	return false
}

func (r *Recorder) owns(m events.Message) bool {
	return r.owned[string(m.Type)+" "+m.Actor.ID]
}

// learn reads what is new in the journal, whoever has written it.
func (r *Recorder) learn(ctx context.Context) error {
	entries, err := r.config.Journal.Since(ctx, r.read)
	if err != nil {
		return &journalError{fmt.Errorf("read the journal: %w", err)}
	}
	for _, e := range entries {
		r.read = max(r.read, e.Seq)
		switch e.Source {
		case Event:
			r.known[keyOf(e)] = true
		case Call:
			r.calls = append(r.calls, call{e, make(map[events.Action]bool)})
		}
		if Creates(e) {
			r.owned[e.Object+" "+e.ID] = true
		}
	}
	if extra := len(r.calls) - maxCalls; extra > 0 {
		r.calls = append(r.calls[:0], r.calls[extra:]...)
	}
	return nil
}

func (r *Recorder) store(ctx context.Context, entries []Entry) error {
	if len(entries) == 0 {
		return nil
	}
	if _, err := r.config.Journal.Append(ctx, entries...); err != nil {
		return &journalError{fmt.Errorf("write events to the journal: %w", err)}
	}
	if r.config.Stored != nil {
		for _, e := range entries {
			r.config.Stored(e)
		}
	}
	return nil
}
