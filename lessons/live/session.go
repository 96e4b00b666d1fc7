// Package live is the live session: where the learner is in a lesson, what is
// true of the exercise they are at, and what has changed since they last
// looked. Faces (a terminal, later a page) show it; they do not judge.
//
// One goroutine judges. It is woken when something happened on the engine and,
// while a program that runs may still become what is wanted, by growing pauses.
// Nothing else polls.
package live

import (
	"context"
	"slices"
	"sync"
	"time"

	"kihon/checker"
)

// Judge judges one exercise as the engine is now, without waiting. It is
// called from one goroutine at a time.
type Judge func(ctx context.Context, exercise string) (checker.Verdict, error)

// Pauses between two looks at a fact that makes no event.
const (
	firstPause   = 20 * time.Millisecond
	longestPause = time.Second
)

// News is what changed for the learner between two moments.
type News struct {
	// Exercise is the full id.
	Exercise string
	// True are the checks that have become true, by their place.
	True []int
	// Passed says that the exercise has just passed.
	Passed bool
	// Verdict is the latest one.
	Verdict checker.Verdict
	// Finding is the first finding when it is another one than before; nil
	// otherwise. Away is set when it says that the engine is gone, Back when
	// the engine has come back.
	Finding    *checker.Finding
	Away, Back bool
}

// Empty reports whether there is nothing to tell.
func (n News) Empty() bool {
	return len(n.True) == 0 && !n.Passed && n.Finding == nil && !n.Away && !n.Back
}

// settling is how long a fact that makes no event may take to become true after
// something has changed; then what is missing is news, although it may still come.
const settling = 3 * time.Second

// State is what a session publishes.
type State struct {
	FormatVersion int    `json:"format_version"`
	Lesson        string `json:"lesson"`
	// Section is the place in the lesson's text, from 0.
	Section int `json:"section"`
	// Exercise is the full id of the exercise at hand; empty between exercises.
	Exercise string          `json:"exercise"`
	Outcome  checker.Outcome `json:"outcome"`
	// Checks says which of the exercise's checks are true.
	Checks []bool `json:"checks"`
	// Finding is the code of the first finding.
	Finding string `json:"finding"`
	// Judged counts the judgements of the session.
	Judged int `json:"judged"`
}

// Session is a live session. Its methods are safe for use by several goroutines.
type Session struct {
	judge  Judge
	onNews func()
	wake   chan struct{}

	mu       sync.Mutex
	settled  *sync.Cond
	state    State
	verdict  checker.Verdict
	asked    int       // how often something may have changed
	answered int       // up to which of those the verdict speaks
	changed  time.Time // when something last changed
	waited   bool      // the verdict has had its time to settle
	told     told
	err      error
	done     bool
}

// told is what the learner has been told of the exercise at hand.
type told struct {
	exercise string
	checks   []bool
	passed   bool
	finding  string
	away     bool
}

// New returns a session. onNews is called, from any goroutine, when News has
// something to tell; it must not block.
func New(judge Judge, onNews func()) *Session {
	s := &Session{judge: judge, onNews: onNews, wake: make(chan struct{}, 1), state: State{FormatVersion: 1}}
	s.settled = sync.NewCond(&s.mu)
	return s
}

// Move puts the learner at a place of a lesson. exercise is the full id, or
// empty. What has been told of the exercise before is forgotten only when it
// is another one.
func (s *Session) Move(lesson string, section int, exercise string) {
	s.mu.Lock()
	s.state.Lesson, s.state.Section = lesson, section
	if s.state.Exercise != exercise {
		s.state.Exercise, s.state.Outcome, s.state.Checks, s.state.Finding = exercise, "", nil, ""
		s.verdict = checker.Verdict{}
		away := s.told.away
		s.told = told{exercise: exercise, away: away}
	}
	s.mu.Unlock()
	s.Changed()
}

// Forget lets everything about the exercise be told anew, as after a reset.
func (s *Session) Forget() {
	s.mu.Lock()
	s.told = told{exercise: s.state.Exercise, away: s.told.away}
	s.mu.Unlock()
	s.Changed()
}

// Changed says that something happened that may change the verdict.
func (s *Session) Changed() {
	s.mu.Lock()
	s.asked++
	s.changed, s.waited = time.Now(), false
	s.mu.Unlock()
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// State returns what is published.
func (s *Session) State() State {
	s.mu.Lock()
	defer s.mu.Unlock()
	state := s.state
	state.Checks = slices.Clone(s.state.Checks)
	return state
}

// Run judges until ctx ends.
func (s *Session) Run(ctx context.Context) {
	defer s.finish()
	pause := firstPause
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.wake:
			pause = firstPause
		case <-timer.C:
		}
		pending := s.look(ctx)
		if ctx.Err() != nil {
			return
		}
		if pending {
			timer.Reset(pause)
			pause = min(pause*2, longestPause)
		} else {
			timer.Stop()
		}
	}
}

func (s *Session) finish() {
	s.mu.Lock()
	s.done = true
	s.mu.Unlock()
	s.settled.Broadcast()
}

// look judges once and reports whether it is worth looking again.
func (s *Session) look(ctx context.Context) bool {
	s.mu.Lock()
	exercise, asked := s.state.Exercise, s.asked
	s.mu.Unlock()
	var v checker.Verdict
	var err error
	if exercise != "" {
		v, err = s.judge(ctx, exercise)
	}
	s.mu.Lock()
	if s.state.Exercise == exercise {
		s.answered = asked
		s.waited = s.asked == asked && time.Since(s.changed) >= settling
		s.err = err
		if err == nil {
			s.take(v)
		}
	}
	news := !s.news().Empty()
	s.mu.Unlock()
	s.settled.Broadcast()
	if news {
		s.onNews()
	}
	// An engine that is away is asked again: nothing tells of its return when
	// it is the event stream that is broken.
	return err == nil && (v.Pending || v.Outcome == checker.CouldNotCheck)
}

func (s *Session) take(v checker.Verdict) {
	s.verdict = v
	s.state.Outcome = v.Outcome
	s.state.Judged++
	s.state.Finding = ""
	if len(v.Findings) > 0 {
		s.state.Finding = v.Findings[0].Code
	}
	if len(v.Results) > 0 {
		s.state.Checks = make([]bool, len(v.Results))
		for i, r := range v.Results {
			s.state.Checks[i] = r.OK
		}
	}
}

// Settle waits until the verdict speaks of everything that has changed up to
// now, and, while the verdict may still change by itself, up to patience.
func (s *Session) Settle(ctx context.Context, patience time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	stop := context.AfterFunc(ctx, s.settled.Broadcast)
	defer stop()
	s.mu.Lock()
	defer s.mu.Unlock()
	target := s.asked
	for !s.done && ctx.Err() == nil && (s.answered < target || s.verdict.Pending && s.err == nil) {
		s.settled.Wait()
	}
	return s.err
}

// Fresh reports whether the verdict speaks of everything that has changed up to
// now and will not change by itself.
func (s *Session) Fresh() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.answered >= s.asked && (!s.verdict.Pending || s.waited)
}

// Take returns the news and takes them as told. With findings it includes why
// the exercise has not passed; without, only what is good, and outages.
func (s *Session) Take(findings bool) News {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := s.news()
	if !findings && !n.Away {
		n.Finding = nil
	}
	if s.told.checks == nil && len(s.state.Checks) > 0 {
		s.told.checks = make([]bool, len(s.state.Checks))
	}
	copy(s.told.checks, s.state.Checks)
	s.told.passed = s.told.passed || n.Passed
	if s.verdict.Outcome != "" {
		s.told.away = s.verdict.Outcome == checker.CouldNotCheck
	}
	if n.Finding != nil {
		s.told.finding = key(*n.Finding)
	}
	if s.verdict.Outcome == checker.Passed {
		s.told.finding = ""
	}
	return n
}

// Repeat lets the present finding be told once more.
func (s *Session) Repeat() {
	s.mu.Lock()
	s.told.finding = ""
	s.mu.Unlock()
}

func (s *Session) news() News {
	n := News{Exercise: s.state.Exercise, Verdict: s.verdict}
	v := s.verdict
	if v.Outcome == "" {
		return n
	}
	n.Back = s.told.away && v.Outcome != checker.CouldNotCheck
	if v.Outcome == checker.CouldNotCheck {
		n.Away = !s.told.away
		if n.Away && len(v.Findings) > 0 {
			n.Finding = &v.Findings[0]
		}
		return n
	}
	for i, r := range v.Results {
		if r.OK && (i >= len(s.told.checks) || !s.told.checks[i]) {
			n.True = append(n.True, i)
		}
	}
	n.Passed = v.Outcome == checker.Passed && !s.told.passed
	// Who has passed may go on trying things, or tidy up.
	if len(v.Findings) > 0 && !s.told.passed && key(v.Findings[0]) != s.told.finding && (!v.Pending || s.waited) {
		n.Finding = &v.Findings[0]
	}
	return n
}

// key tells findings apart: another found value is another finding.
func key(f checker.Finding) string { return f.Code + "\x00" + f.Subject + "\x00" + f.Found }
