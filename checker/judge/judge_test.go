package judge_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kihon/checker"
	"kihon/checker/judge"
)

// patience is how long a judgement of these tests may take at the most. That it
// is over sooner is what some of them are about; they say so by its outcome.
const patience = time.Minute

// page is a task about a web server: its container runs and its page answers.
func (h *home) page(name string, port int, contains string) checker.Task {
	return checker.Task{ID: "a/page", Checks: []checker.Check{
		{Container: &checker.ContainerFact{Name: name, Image: "busybox", State: "running", By: checker.Learner}},
		{Port: &checker.PortFact{Container: name, Host: port, Inside: 80}},
		{HTTP: &checker.HTTPFact{URL: fmt.Sprintf("http://localhost:%d/", port), Container: name, Contains: contains}},
	}}
}

func (h *home) judge(task checker.Task, wait time.Duration) checker.Verdict {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(h.t.Context(), patience)
	defer cancel()
	v, err := judge.Judge(ctx, h.world(), task, judge.Options{Wait: wait})
	if err != nil {
		h.t.Fatal(err)
	}
	return v
}

func first(v checker.Verdict) string {
	if len(v.Findings) == 0 {
		return ""
	}
	return v.Findings[0].Code
}

// untilLooked is a shell's wait for the file that lookedAt makes.
const untilLooked = "until [ -e /tmp/looked ]; do sleep 0.05; done; "

// lookedAt lets a program that runs untilLooked go on when it has been looked
// at for the third time: what follows happens in the middle of a judgement,
// however slow the machine is.
func (h *home) lookedAt(name string) {
	h.engine.onFacts = func(n int) {
		if n == 3 {
			docker(h.t, "exec", name, "touch", "/tmp/looked")
		}
	}
}

func TestAServerThatNeedsItsTimeIsGivenIt(t *testing.T) {
	h := newHome(t)
	port := freePort(t)
	name, _ := h.run("web", "-p", fmt.Sprintf("%d:80", port), "busybox", "sh", "-c",
		untilLooked+"echo sakura > /tmp/index.html; exec httpd -f -p 80 -h /tmp")
	h.lookedAt(name)
	v := h.judge(h.page(name, port, "sakura"), patience)
	if v.Outcome != checker.Passed || len(v.Findings) > 0 || v.Pending {
		t.Errorf("%s because of %s", v.Outcome, first(v))
	}
	if n := h.engine.facts(name); n < 3 {
		t.Errorf("it was looked at %d times", n)
	}
	if v.Duration <= 0 || len(v.Evidence) != 3 {
		t.Errorf("duration %v, evidence %v", v.Duration, v.Evidence)
	}
}

// The page may be there and become right a moment later.
func TestAPageThatBecomesRightIsGivenItsTime(t *testing.T) {
	h := newHome(t)
	port := freePort(t)
	name, _ := h.run("web", "-p", fmt.Sprintf("%d:80", port), "busybox", "sh", "-c",
		"echo not yet > /tmp/index.html; httpd -p 80 -h /tmp; "+untilLooked+"echo sakura > /tmp/index.html; exec sleep 600")
	h.lookedAt(name)
	if v := h.judge(h.page(name, port, "sakura"), patience); v.Outcome != checker.Passed {
		t.Errorf("%s because of %s", v.Outcome, first(v))
	}
}

// With a patience of an hour, only the container's end can end this.
func TestAContainerThatEndsEndsTheWait(t *testing.T) {
	h := newHome(t)
	port := freePort(t)
	name, _ := h.run("web", "-p", fmt.Sprintf("%d:80", port), "busybox", "sh", "-c", untilLooked+"echo no such page >&2; exit 3")
	h.lookedAt(name)
	v := h.judge(h.page(name, port, ""), time.Hour)
	if v.Outcome != checker.NotYet || first(v) != checker.ContainerCrashed || v.Pending {
		t.Fatalf("%s because of %s, pending %v", v.Outcome, first(v), v.Pending)
	}
	if log := v.Findings[0].Args["log"]; log != "no such page" {
		t.Errorf("its last words are %q", log)
	}
	// The pauses grow, so that waiting costs the engine little.
	if n := h.engine.facts(name); n < 3 || n > 40 {
		t.Errorf("it was looked at %d times", n)
	}
}

func TestWhatCannotBecomeTrueByItselfIsNotWaitedFor(t *testing.T) {
	h := newHome(t)
	port := freePort(t)
	bare, _ := h.run("bare", "busybox", "sleep", "600")
	stopped, _ := h.run("stopped", "-p", fmt.Sprintf("%d:80", port), "busybox", "false")
	docker(t, "wait", stopped)
	for name, code := range map[string]string{
		h.prefix + "none": checker.ContainerMissing,
		bare:              checker.PortNotPublished,
		stopped:           checker.ContainerCrashed,
	} {
		v := h.judge(h.page(name, port, ""), time.Hour)
		if v.Outcome != checker.NotYet || first(v) != code {
			t.Errorf("%s: %s because of %s, want %s", name, v.Outcome, first(v), code)
		}
		if n := h.engine.facts(name); n != 1 {
			t.Errorf("%s was looked at %d times", name, n)
		}
	}
}

func TestWithoutPatienceItIsAskedOnce(t *testing.T) {
	h := newHome(t)
	port := freePort(t)
	name, _ := h.run("web", "-p", fmt.Sprintf("%d:80", port), "busybox", "sleep", "600")
	v := h.judge(h.page(name, port, ""), 0)
	if v.Outcome != checker.NotYet || first(v) != checker.HTTPNoAnswer || !v.Pending {
		t.Errorf("%s because of %s, pending %v", v.Outcome, first(v), v.Pending)
	}
	if n := h.engine.facts(name); n != 1 {
		t.Errorf("it was looked at %d times", n)
	}
}

// When patience is over, the learner reads why.
func TestWhoWaitsInVainIsToldWhy(t *testing.T) {
	h := newHome(t)
	port := freePort(t)
	name, _ := h.run("web", "-p", fmt.Sprintf("%d:80", port), "busybox", "sleep", "600")
	v := h.judge(h.page(name, port, ""), 300*time.Millisecond)
	if v.Outcome != checker.NotYet || first(v) != checker.HTTPNoAnswer || len(v.Findings[0].Commands) == 0 {
		t.Errorf("%s because of %v", v.Outcome, v.Findings)
	}
	if n := h.engine.facts(name); n < 2 {
		t.Errorf("it was looked at %d times", n)
	}
}

func running(name string) checker.Task {
	return checker.Task{ID: "a/run", Checks: []checker.Check{{Container: &checker.ContainerFact{Name: name, Image: "busybox", State: "running", By: checker.Learner}}}}
}

// A shell in place of a server runs for some milliseconds, too.
func TestAProgramThatEndsAtOnceDoesNotPassWhileItRuns(t *testing.T) {
	h := newHome(t)
	for i := range 3 {
		name, _ := h.run(fmt.Sprint("shell", i), "busybox", "sh")
		if v := h.judge(running(name), patience); v.Outcome != checker.NotYet || first(v) != checker.ContainerExitedAtOnce {
			t.Errorf("%s because of %s", v.Outcome, first(v))
		}
	}
	name, _ := h.run("server", "busybox", "sleep", "600")
	if v := h.judge(running(name), patience); v.Outcome != checker.Passed {
		t.Errorf("a program that stays: %s because of %s", v.Outcome, first(v))
	}
}

func TestAnEngineThatDoesNotAnswerInTimeCouldNotBeAsked(t *testing.T) {
	for name, answers := range map[string]int{"from the beginning": 0, "in the middle": 1} {
		t.Run(name, func(t *testing.T) {
			h := newHome(t)
			box, _ := h.run("box", "busybox", "sleep", "600")
			h.engine = newEngine(t, "unix://"+(&wire{answers: answers, fault: stall}).lay(t))
			v, err := judge.Judge(t.Context(), h.world(), running(box), judge.Options{Wait: patience, Deadline: 300 * time.Millisecond})
			if err != nil || v.Outcome != checker.CouldNotCheck || first(v) != checker.EngineTimeout {
				t.Errorf("%s because of %s, %v", v.Outcome, first(v), err)
			}
		})
	}
}

func TestAnEngineThatIsGoneCouldNotBeAsked(t *testing.T) {
	for name, host := range map[string]func(t *testing.T) string{
		"there is no socket":       func(t *testing.T) string { return "unix://" + filepath.Join(t.TempDir(), "none.sock") },
		"it hangs up":              func(t *testing.T) string { return "unix://" + (&wire{fault: hangUp}).lay(t) },
		"it hangs up in a while":   func(t *testing.T) string { return "unix://" + (&wire{answers: 1, fault: hangUp}).lay(t) },
		"nobody listens on a port": func(t *testing.T) string { return fmt.Sprintf("tcp://127.0.0.1:%d", freePort(t)) },
		"a name that is none":      func(t *testing.T) string { return "tcp://engine.invalid:2375" },
	} {
		t.Run(name, func(t *testing.T) {
			h := newHome(t)
			box, _ := h.run("box", "busybox", "sleep", "600")
			h.engine = newEngine(t, host(t))
			v := h.judge(running(box), patience)
			if v.Outcome != checker.CouldNotCheck || first(v) != checker.EngineUnreachable {
				t.Fatalf("%s because of %s", v.Outcome, first(v))
			}
			f := v.Findings[0]
			if f.Subject != "engine" || f.Found == "" || f.Args["error"] != f.Found || v.Pending || len(v.Results) > 0 || v.Duration <= 0 {
				t.Errorf("%+v", v)
			}
		})
	}
}

// An engine whose answer is an error has answered.
func TestAFaultyAnswerIsNotAnEngineThatIsGone(t *testing.T) {
	h := newHome(t)
	name, _ := h.run("box", "busybox", "sh", "-c", "echo hello > /tmp/page; sleep 600")
	task := checker.Task{ID: "a/file", Checks: []checker.Check{{File: &checker.FileFact{Container: name, Path: "/tmp/page/index.html"}}}}
	if v := h.judge(task, 0); v.Outcome != checker.NotYet || first(v) != checker.FileMissing {
		t.Errorf("a path below a file: %s because of %s (%s)", v.Outcome, first(v), v.Findings[0].Found)
	}
}

// The judge gives up when its caller does, and has no verdict then.
func TestWhoGivesUpGetsNoVerdict(t *testing.T) {
	h := newHome(t)
	port := freePort(t)
	name, _ := h.run("web", "-p", fmt.Sprintf("%d:80", port), "busybox", "sleep", "600")
	ctx, cancel := context.WithCancel(t.Context())
	h.engine.onFacts = func(n int) {
		if n == 3 {
			cancel()
		}
	}
	v, err := judge.Judge(ctx, h.world(), h.page(name, port, ""), judge.Options{Wait: time.Hour})
	if !errors.Is(err, context.Canceled) || v.Outcome != "" {
		t.Errorf("%s, %v", v.Outcome, err)
	}
	cause := errors.New("the learner went home")
	ctx, stop := context.WithCancelCause(t.Context())
	stop(cause)
	if _, err := judge.Judge(ctx, h.world(), h.page(name, port, ""), judge.Options{}); !errors.Is(err, cause) {
		t.Errorf("%v, want the caller's cause", err)
	}
}

// An error comes from anywhere and is shown to the learner.
func TestWhyItCouldNotBeCheckedCannotSteerTheTerminal(t *testing.T) {
	v := judge.CouldNot(errors.New("dial \x1b]0;owned\aengine\x1b[2J"))
	if f := v.Findings[0]; f.Found != "dial engine" || f.Args["error"] != "dial engine" {
		t.Errorf("%+v", f)
	}
}

func TestASocketThatMayNotBeOpenedIsAMatterOfPermission(t *testing.T) {
	err := fmt.Errorf("inspecting container web: %w", &os.PathError{Op: "open", Path: "/run/docker.sock", Err: os.ErrPermission})
	if v := judge.CouldNot(err); v.Outcome != checker.CouldNotCheck || first(v) != checker.EnginePermission || !strings.Contains(v.Findings[0].Found, "permission denied") {
		t.Errorf("%s because of %s", v.Outcome, first(v))
	}
}
