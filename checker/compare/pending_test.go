package compare_test

import (
	"testing"
	"time"

	"kihon/checker"
	"kihon/checker/compare"
)

func ago(d time.Duration) func(*checker.Container) { return startedAt(now.Add(-d)) }

// Pending says that it is worth looking again: a fact that makes no event may
// still become true.
func TestItIsWorthWaitingOnlyForWhatMayStillComeTrue(t *testing.T) {
	exits := task("a/ends", containerCheck(checker.ContainerFact{Name: box, Image: "httpd", State: "exited"}))
	withHistory := task("a/both", append([]checker.Check{historyCheck(web, "restart")}, reachApache.Checks...)...)
	for _, c := range []struct {
		name string
		task checker.Task
		scene
		outcome checker.Outcome
		pending bool
	}{
		{"a server that has just started", runApache, there(made(box, ago(10*time.Millisecond))), checker.NotYet, true},
		{"a server that has run long enough", runApache, there(made(box, ago(300*time.Millisecond))), checker.Passed, false},
		{"a server of an engine whose clock is ahead", runApache, there(made(box, ago(-time.Minute))), checker.Passed, false},
		{"a server whose start the engine does not tell", runApache, there(made(box, func(c *checker.Container) { c.State.StartedAt = "" })), checker.Passed, false},
		{"a program that has ended", runApache, there(made(box, lived(0, time.Millisecond), ago(2*time.Millisecond))), checker.NotYet, false},
		{"a server from the wrong image that has just started", runApache, there(made(box, from("busybox"), ago(10*time.Millisecond))), checker.NotYet, false},
		{"a server of kihon's own that has just started", runApache, there(made(box, by(checker.Kihon), ago(10*time.Millisecond))), checker.NotYet, false},
		{"a program that should have been stopped has just started", exits, there(made(box, ago(10*time.Millisecond))), checker.NotYet, false},
		{"the page answers, though the server has just started", reachApache, works().with(made(web, publish("8080:80"), ago(time.Millisecond))), checker.Passed, false},
		{"the page does not answer yet", reachApache, silentPort("connection refused").with(made(web, publish("8080:80"))), checker.NotYet, true},
		{"the page is not right yet", reachApache, answers(503, "", checker.File{}).with(made(web, publish("8080:80"))), checker.NotYet, true},
		{"the server of the page has ended", reachApache, silentPort("connection refused").with(made(web, publish("8080:80"), exited(0))), checker.NotYet, false},
		{"the server of the page is paused", reachApache, silentPort("connection refused").with(made(web, publish("8080:80"), paused)), checker.NotYet, false},
		{"the server of the page is started over and over", reachApache, silentPort("connection refused").with(made(web, publish("8080:80"), restarting)), checker.NotYet, false},
		{"no port leads to the page", reachApache, silentPort("connection refused").with(made(web)), checker.NotYet, false},
		{"a step is missing besides the page", withHistory, silentPort("connection refused").with(made(web, publish("8080:80"))), checker.NotYet, false},
		{"nothing is there", reachApache, scene{}, checker.NotYet, false},
		{"an answer is missing", whichSide, scene{}, checker.NotYet, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := compare.Compare(c.task, c.seen(c.task))
			if v.Outcome != c.outcome || v.Pending != c.pending {
				t.Errorf("%s, pending %v, want %s, pending %v", v.Outcome, v.Pending, c.outcome, c.pending)
			}
		})
	}
}

// Patience may be over before a program has run long enough.
func TestAServerThatHasJustStartedIsNoFaultOfTheLearners(t *testing.T) {
	tell(t, []story{{
		name: "asked once, at once", task: runApache, scene: there(made(box, ago(10*time.Millisecond))),
		code: checker.ContainerNotRunning, found: "running since a moment ago",
	}})
}

// Without clues it is only said that something is missing, not why.
func TestWithoutCluesThereAreNoFindings(t *testing.T) {
	s := there(made(web))
	s.noClues = true
	v := compare.Compare(reachApache, s.seen(reachApache))
	if v.Outcome != checker.NotYet || len(v.Findings) > 0 || len(v.Results) != 3 || !v.Results[0].OK || v.Results[1].OK || v.Results[2].OK {
		t.Errorf("%s, findings %v, results %v", v.Outcome, v.Findings, v.Results)
	}
}

// A tick needs one result for each check, in the order of the exercise, also
// when the whole has not passed.
func TestEachCheckHasItsResult(t *testing.T) {
	for name, c := range map[string]struct {
		scene
		want [3]bool
	}{
		"nothing":      {scene{}, [3]bool{}},
		"a container":  {there(made(web)), [3]bool{true, false, false}},
		"and its port": {silentPort("EOF").with(made(web, publish("8080:80"))), [3]bool{true, true, false}},
		"and its page": {works().with(made(web, publish("8080:80"))), [3]bool{true, true, true}},
	} {
		v := compare.Compare(reachApache, c.seen(reachApache))
		for i, r := range v.Results {
			if r.OK != c.want[i] {
				t.Errorf("%s: check %d holds: %v, want %v", name, i+1, r.OK, c.want[i])
			}
		}
	}
}
