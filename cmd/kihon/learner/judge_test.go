package learner_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"kihon/checker"
	"kihon/cmd/kihon/learner"
	"kihon/lessons"
	"kihon/sandbox/engine"
	"kihon/sandbox/journal"
	"kihon/store"
)

// patience is how long a server of these tests may take to answer.
const patience = 30 * time.Second

func TestWhatIsMadeInTheSandboxCounts(t *testing.T) {
	h := newHome(t)
	h.expect("one/run", checker.ContainerMissing)
	h.inside("run", "--name", h.box, "-d", "httpd")
	h.expect("one/run", "passed")
	h.inside("rm", "-f", h.box)
	h.outside("run", "--name", h.box, "-d", "httpd")
	h.expect("one/run", checker.EngineOutsideSandbox)
}

func TestTwoHomesDoNotCountEachOthersContainers(t *testing.T) {
	mine := newHome(t)
	theirs := homeWith(t, mine.values)
	mine.drawn("one/run")
	theirs.drawn("one/run") // both were drawn while the name was free
	theirs.inside("run", "--name", theirs.box, "-d", "httpd")
	theirs.expect("one/run", "passed")
	mine.expect("one/run", checker.EngineOutsideSandbox)
	// A reset of mine finds me another name and leaves theirs alone.
	if got := mine.reset("one/run", nil).Plain()["box"]; got != mine.box+"-2" {
		t.Errorf("the name is %s", got)
	}
	mine.expect("one/run", checker.ContainerMissing)
	theirs.expect("one/run", "passed")
}

// Nor do a neighbour's containers explain what is wrong with mine.
func TestAnotherHomesContainersExplainNothing(t *testing.T) {
	mine := newHome(t)
	theirs := homeWith(t, mine.values)
	theirs.inside("run", "--name", theirs.box+"x", "-d", "httpd") // near the name
	mine.expect("one/run", checker.ContainerMissing)
	mine.inside("run", "--name", mine.box+"y", "-d", "httpd")
	mine.expect("one/run", checker.ContainerNearName)
}

// docker commit writes the labels of a container into the image, and the engine
// those of the image into every container that anybody makes of it.
func TestALabelThatCameWithAnImageIsNotTheLearners(t *testing.T) {
	h := newHome(t)
	h.drawn("one/word") // while its name is free
	h.inside("run", "--name", h.web, "-d", "httpd")
	image := strings.TrimSuffix(h.box, "-box")
	h.inside("commit", h.web, image)
	h.outside("run", "--name", h.box, "-d", image)
	if got := h.inspect(h.box).Config.Labels[journal.LabelHome]; got != h.Store.HomeID() {
		t.Fatalf("the label is %q; then there is nothing to hold", got)
	}
	h.expect("one/word", checker.EngineOutsideSandbox)
	h.outside("rm", "-f", h.box)
	h.inside("run", "--name", h.box, "-d", image)
	h.expect("one/word", checker.FileMissing)
}

// Between the engine's answer and our writing it down the machine may have died.
func TestALabelStandsInForALostEntry(t *testing.T) {
	h := newHome(t)
	h.outside("run", "--name", h.box, "-d", "--label", journal.LabelHome+"="+h.Store.HomeID(), "--label", journal.LabelActor+"=learner", "httpd")
	h.expect("one/run", "passed")
}

func TestAPassIsRecordedWithItsEvidence(t *testing.T) {
	h := newHome(t)
	h.inside("run", "--name", h.box, "-d", "httpd")
	for _, id := range []string{"one/run", "one/which"} {
		_, v, err := h.Judge(t.Context(), id, patience)
		if err != nil {
			t.Fatal(err)
		}
		if err := h.Record(t.Context(), id, v); err != nil {
			t.Fatal(err)
		}
	}
	events, err := h.Store.Events(t.Context(), store.Filter{})
	if err != nil || len(events) != 2 {
		t.Fatalf("%v, %v", events, err)
	}
	passed, missing := events[0], events[1]
	if passed.Kind != store.KindPassed || passed.Outcome != "passed" || !strings.Contains(string(passed.Evidence), "container "+h.box) || passed.CourseID != "test" || passed.CourseVersion != "7" || passed.Engine == "" {
		t.Errorf("%+v", passed)
	}
	if missing.Kind != store.KindAttempt || missing.Outcome != "not_yet" || missing.Finding != checker.AnswerMissing || len(missing.Evidence) > 0 {
		t.Errorf("%+v", missing)
	}
	last, err := h.Store.LastSeq(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if attempt, err := h.Store.Attempt(t.Context(), "one/run"); err != nil || attempt.LastCheckSeq != last || last == 0 {
		t.Errorf("%+v, the journal is at %d, %v", attempt, last, err)
	}
}

// nothing.changed speaks of what was typed since the last check.
func TestASilentCommandIsSilentSinceTheLastCheck(t *testing.T) {
	h := newHome(t)
	typed := func() {
		t.Helper()
		if _, err := h.Store.Append(t.Context(), journal.Entry{Time: time.Now(), Actor: journal.Learner, Source: journal.Command, Command: []string{"docker rum"}}); err != nil {
			t.Fatal(err)
		}
	}
	h.inside("create", "--name", h.box, "httpd")
	typed()
	h.expect("one/run", checker.ContainerNotStarted)
	_, v, err := h.Judge(t.Context(), "one/run", 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Record(t.Context(), "one/run", v); err != nil {
		t.Fatal(err)
	}
	h.expect("one/run", checker.ContainerNotStarted)
	typed()
	h.expect("one/run", checker.NothingChanged)
	h.reset("one/run", nil)
	h.expect("one/run", checker.ContainerMissing)
	typed()
	h.expect("one/run", checker.NothingChanged)
}

// onHost is the same home on the engine as it is: whoever types, and without a
// guard.
func (h *home) onHost() *home {
	other := *h
	other.Learner = &learner.Learner{Paths: h.Paths, Course: h.Course, Store: h.Store, Engine: h.Engine, HostEngine: true}
	now, err := h.Engine.Now(h.t.Context())
	if err != nil {
		h.t.Fatal(err)
	}
	if err := h.Store.NoteEngineTime(h.t.Context(), now); err != nil {
		h.t.Fatal(err)
	}
	return &other
}

func TestOnTheEngineAsItIsOnlyWhatIsNewCounts(t *testing.T) {
	h := newHome(t)
	h.drawn("one/run")
	h.outside("run", "--name", h.box, "-d", "httpd")
	host := h.onHost()
	host.reset("one/run", map[string]string{"box": h.box}) // it was there before the attempt
	host.expect("one/run", checker.EngineOutsideSandbox)
	h.outside("rm", "-f", h.box)
	h.outside("run", "--name", h.box, "-d", "httpd")
	host.expect("one/run", "passed")
	h.expect("one/run", checker.EngineOutsideSandbox) // to a learner with a sandbox it is somebody else's
}

func TestOnTheEngineAsItIsTheEnginesEventsAreTheHistory(t *testing.T) {
	h := newHome(t)
	host := h.onHost()
	host.reset("one/stop", nil)
	host.expect("one/stop", checker.ContainerStillRunning)
	h.outside("stop", h.box)
	host.expect("one/stop", "passed")
	host.reset("one/stop", nil)
	host.expect("one/stop", checker.ContainerStillRunning)
}

// What kihon makes never counts for a history fact, whatever engine it is on.
func TestOnTheEngineAsItIsKihonsOwnStepsDoNotCount(t *testing.T) {
	h := newHome(t)
	host := h.onHost()
	host.reset("one/restart", nil) // kihon starts it and stops it
	host.expect("one/restart", checker.HistoryMissingStep)
	h.outside("start", h.box)
	host.expect("one/restart", checker.HistoryMissingStep)
	h.outside("stop", "-t", "1", h.box)
	host.expect("one/restart", "passed")
}

// A near name may explain, if it is new.
func TestOnTheEngineAsItIsNewContainersExplain(t *testing.T) {
	h := newHome(t)
	h.outside("run", "--name", h.box+"y", "-d", "httpd")
	host := h.onHost()
	host.reset("one/run", nil)
	host.expect("one/run", checker.ContainerMissing)
	h.outside("run", "--name", h.box+"x", "-d", "httpd")
	host.expect("one/run", checker.ContainerNearName)
}

func TestAnEngineThatIsAwayCouldNotBeAsked(t *testing.T) {
	h := newHome(t)
	h.drawn("one/run")
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	dir := t.TempDir()
	found, err := engine.Find(func(key string) string {
		return map[string]string{"DOCKER_HOST": "tcp://" + l.Addr().String(), "DOCKER_CONFIG": dir}[key]
	})
	if err != nil {
		t.Fatal(err)
	}
	gone, err := engine.Connect(t.Context(), found)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { gone.Close() })
	away := &learner.Learner{Paths: h.Paths, Course: h.Course, Store: h.Store, Engine: gone}
	if _, v, err := away.Judge(t.Context(), "one/run", patience); err != nil || v.Outcome != checker.CouldNotCheck || v.Findings[0].Code != checker.EngineUnreachable {
		t.Errorf("%+v, %v", v, err)
	}
	// Nothing can be drawn either, and the error says why.
	_, err = away.Ready(t.Context(), "one/page")
	if v, is := learner.Outage(err); !is || v.Findings[0].Code != checker.EngineUnreachable {
		t.Errorf("%v", err)
	}
	// A reset that cannot reach the engine has not begun an attempt.
	before, err := h.Store.Attempt(t.Context(), "one/run")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := away.Reset(t.Context(), "one/run", nil); err == nil {
		t.Error("a reset without an engine went well")
	}
	if after, err := h.Store.Attempt(t.Context(), "one/run"); err != nil || after.Started != before.Started || after.FromSeq != before.FromSeq || len(after.Variables) != 1 {
		t.Errorf("%+v, before %+v, %v", after, before, err)
	}
	for _, err := range []error{nil, errors.New("the disk is full"), fmt.Errorf("reading: %w", context.Canceled)} {
		if v, is := learner.Outage(err); is {
			t.Errorf("%v is taken for an engine that is away: %+v", err, v)
		}
	}
}

func TestWhatAnExerciseNeedsAndIsNotHere(t *testing.T) {
	for _, c := range []struct {
		needs []string
		host  bool
		want  []string
	}{
		{nil, false, nil},
		{[]string{"guard"}, false, nil},
		{[]string{"guard"}, true, []string{"guard"}},
		{[]string{"private-engine"}, false, []string{"private-engine"}},
		{[]string{"guard", "private-engine"}, true, []string{"guard", "private-engine"}},
	} {
		l := &learner.Learner{HostEngine: c.host}
		if got := l.Missing(lessons.Exercise{Needs: c.needs}); !slices.Equal(got, c.want) {
			t.Errorf("%v, on the host's engine %v: missing are %v, want %v", c.needs, c.host, got, c.want)
		}
	}
}
