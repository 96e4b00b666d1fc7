package store

import (
	"context"
	"encoding/json"
	"reflect"
	"testing"
	"time"
)

func TestTheRecordGivesBackWhatItWasGiven(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	clock := newClock()
	db := open(t, dir, WithClock(clock.now))
	start := clock.t
	events := []Event{
		{Time: start, Exercise: "ports/reach-apache", Kind: KindAttempt, Outcome: "not_yet", Finding: "port.reversed",
			CourseID: "docker-basics", CourseVersion: "2026.1", Engine: "20.10.24"},
		{Time: start.Add(time.Minute), Exercise: "ports/reach-apache", Kind: KindHint, CourseID: "docker-basics"},
		{Time: start.Add(2 * time.Minute), Exercise: "ports/reach-apache", Kind: KindPassed, Outcome: "passed", CourseID: "docker-basics",
			CourseVersion: "2026.1", Engine: "20.10.24", Evidence: json.RawMessage(`[{"fact": "きほん", "value": "<b>"}]`)},
		{Time: start.Add(3 * time.Minute), Exercise: "ports-more/x", Kind: KindSolution, CourseID: "docker-basics"},
		{Time: start.Add(4 * time.Minute), Exercise: "ports/which-side", Kind: KindAnswer, CourseID: "mine"},
		{Time: start.Add(5 * time.Minute), Exercise: "ports/which-side", Kind: KindReset, CourseID: "mine"},
	}
	for _, e := range events[:5] {
		must(t, db.Record(ctx, e))
	}
	// Without a time it is now.
	clock.move(5 * time.Minute)
	untimed := events[5]
	untimed.Time = time.Time{}
	must(t, db.Record(ctx, untimed))

	again := open(t, dir)
	tests := map[string]struct {
		filter Filter
		want   []Event
	}{
		"all":                   {Filter{}, events},
		"of a lesson":           {Filter{Lesson: "ports"}, []Event{events[0], events[1], events[2], events[4], events[5]}},
		"of a course":           {Filter{CourseID: "mine"}, events[4:]},
		"since":                 {Filter{Since: events[2].Time}, events[2:]},
		"all three":             {Filter{Since: events[1].Time, Lesson: "ports", CourseID: "docker-basics"}, events[1:3]},
		"of an unknown lesson":  {Filter{Lesson: "volumes"}, nil},
		"since a later time":    {Filter{Since: events[5].Time.Add(1)}, nil},
		"since before the home": {Filter{Since: start.AddDate(-1, 0, 0)}, events},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := value(again.Events(ctx, test.filter))(t); !reflect.DeepEqual(got, test.want) {
				t.Errorf("events\n%+v, want\n%+v", got, test.want)
			}
		})
	}
}

func TestARecordIsNeverChangedOrRemoved(t *testing.T) {
	ctx := context.Background()
	db := open(t, t.TempDir())
	must(t, db.Record(ctx, passedEvent("ports/reach-apache")))
	before := value(db.Events(ctx, Filter{}))(t)
	for _, statement := range []string{
		`UPDATE progress SET outcome = 'not_yet'`,
		`UPDATE OR REPLACE progress SET seq = 7`,
		`DELETE FROM progress`,
		`INSERT OR REPLACE INTO progress SELECT seq, 0, 'x', 'reset', '', '', NULL, '', '', '' FROM progress`,
	} {
		if _, err := db.sql.Exec(statement); err == nil {
			t.Errorf("%s: was carried out", statement)
		}
	}
	if after := value(db.Events(ctx, Filter{}))(t); !reflect.DeepEqual(after, before) {
		t.Errorf("the record became %+v, want %+v", after, before)
	}
	must(t, db.Record(ctx, passedEvent("ports/which-side")))
}

func TestAnEventThatSaysNothingIsRefused(t *testing.T) {
	ctx := context.Background()
	db := open(t, t.TempDir())
	good := passedEvent("ports/reach-apache")
	for name, event := range map[string]Event{
		"no kind":      {Exercise: "ports/reach-apache"},
		"unknown kind": {Exercise: "ports/reach-apache", Kind: "pased"},
		"no exercise":  {Kind: KindPassed},
		"not JSON":     {Exercise: "ports/reach-apache", Kind: KindPassed, Evidence: []byte("{")},
	} {
		if err := db.Record(ctx, event); err == nil {
			t.Errorf("%s: was recorded", name)
		}
		if err := db.RecordCheck(ctx, 1, good, event); err == nil {
			t.Errorf("%s: was recorded with a check", name)
		}
	}
	if got := value(db.Events(ctx, Filter{}))(t); len(got) != 0 {
		t.Errorf("the record has %+v, want nothing", got)
	}
}

func TestACheckIsRecordedAndMarkedAtOnce(t *testing.T) {
	ctx := context.Background()
	db := open(t, t.TempDir())
	notYet := Event{Exercise: "ports/which-side", Kind: KindAttempt, Outcome: "not_yet", Finding: "answer.missing"}
	must(t, db.RecordCheck(ctx, 42, passedEvent("ports/reach-apache"), notYet))
	if got := value(db.Events(ctx, Filter{}))(t); len(got) != 2 {
		t.Errorf("%d events, want 2", len(got))
	}
	for _, id := range []string{"ports/reach-apache", "ports/which-side"} {
		if got := value(db.Attempt(ctx, id))(t); got.LastCheckSeq != 42 {
			t.Errorf("%s was last checked at %d, want 42", id, got.LastCheckSeq)
		}
	}
}

func TestPassesTellTheFirstTimeAndAttemptedTheLastOutcome(t *testing.T) {
	ctx := context.Background()
	clock := newClock()
	db := open(t, t.TempDir(), WithClock(clock.now))
	record := func(course, exercise string, kind Kind, outcome string) time.Time {
		now := clock.move(time.Minute)
		must(t, db.Record(ctx, Event{Exercise: exercise, Kind: kind, Outcome: outcome, CourseID: course}))
		return now
	}
	record("docker-basics", "ports/reach-apache", KindAttempt, "not_yet")
	apache := record("docker-basics", "ports/reach-apache", KindPassed, "passed")
	clock.move(-24 * time.Hour) // a clock that is set back does not change which one was first
	record("docker-basics", "ports/reach-apache", KindPassed, "passed")
	side := record("docker-basics", "ports/which-side", KindPassed, "passed")
	record("docker-basics", "ports/which-side", KindReset, "")
	record("docker-basics", "ports/which-side", KindAttempt, "could_not_check")
	record("docker-basics", "ports/two", KindAttempt, "not_yet")
	record("docker-basics", "ports/three", KindHint, "")
	record("mine", "ports/three", KindPassed, "passed")

	wantPasses := map[string]time.Time{"ports/reach-apache": apache, "ports/which-side": side}
	if got := value(db.Passes(ctx, "docker-basics"))(t); !reflect.DeepEqual(got, wantPasses) {
		t.Errorf("passes %v, want %v", got, wantPasses)
	}
	wantOutcomes := map[string]string{"ports/reach-apache": "passed", "ports/which-side": "could_not_check", "ports/two": "not_yet"}
	if got := value(db.Attempted(ctx, "docker-basics"))(t); !reflect.DeepEqual(got, wantOutcomes) {
		t.Errorf("attempted %v, want %v", got, wantOutcomes)
	}
	if got := value(db.Passes(ctx, "unknown"))(t); len(got) != 0 {
		t.Errorf("passes of an unknown course: %v", got)
	}
}

func TestHintsAreCountedFromTheAttemptsBeginning(t *testing.T) {
	ctx := context.Background()
	db := open(t, t.TempDir())
	hint := func(exercise string) {
		t.Helper()
		must(t, db.Record(ctx, Event{Exercise: exercise, Kind: KindHint}))
	}
	want := func(n int) {
		t.Helper()
		if got := value(db.HintsShown(ctx, "ports/reach-apache"))(t); got != n {
			t.Errorf("%d hints were shown, want %d", got, n)
		}
	}
	want(0)
	hint("ports/reach-apache")
	hint("ports/which-side")
	hint("ports/reach-apache")
	must(t, db.Record(ctx, Event{Exercise: "ports/reach-apache", Kind: KindSolution}))
	want(2)
	must(t, db.BeginAttempt(ctx, "ports/reach-apache", 0, time.Time{}))
	want(0)
	hint("ports/reach-apache")
	want(1)
}
