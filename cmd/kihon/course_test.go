package main

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"kihon/lessons"
	"kihon/sandbox/engine"
	"kihon/sandbox/inventory"
)

// binary is the built command; see TestMain.
var binary string

// player types commands as a learner of its own does, with the built command
// on the real engine.
type learnerAt struct {
	t    *testing.T
	home string
	work string
	env  []string
	mark string // ends the names of this learner's containers
	port int    // this learner's host port
}

func newLearner(t *testing.T) *learnerAt {
	t.Helper()
	dir := t.TempDir()
	l := &learnerAt{t: t, home: filepath.Join(dir, "home"), work: filepath.Join(dir, "work"),
		mark: strings.ToLower(rand.Text()[:6]), port: 23100 + int(ports.Add(1))}
	if err := os.MkdirAll(l.work, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, pair := range os.Environ() {
		name, _, _ := strings.Cut(pair, "=")
		if !strings.HasPrefix(name, "KIHON_") && name != "PATH" {
			l.env = append(l.env, pair)
		}
	}
	l.env = append(l.env, "KIHON_HOME="+l.home, "KIHON_WORKSPACE="+l.work, "KIHON_LANG=en",
		"PATH="+filepath.Dir(binary)+":"+os.Getenv("PATH"))
	t.Cleanup(func() { l.kihon("sandbox", "clean") })
	return l
}

// kihon runs the command and returns its standard output and exit code.
func (l *learnerAt) kihon(args ...string) (string, int) {
	l.t.Helper()
	cmd := exec.Command(binary, args...)
	cmd.Env, cmd.Dir = l.env, l.work
	var out, talk bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &talk
	err := cmd.Run()
	if cmd.ProcessState == nil {
		l.t.Fatalf("kihon %v: %v", args, err)
	}
	// What docker says is a lesson's affair; what kihon says is ours.
	if code := cmd.ProcessState.ExitCode(); code != 0 && (strings.Contains(talk.String(), "kihon: ") || args[0] == "reset") {
		l.t.Fatalf("kihon %v: exit %d: %s", args, code, talk.String())
	}
	return out.String(), cmd.ProcessState.ExitCode()
}

// types runs one line of a lesson in a shell inside the sandbox.
func (l *learnerAt) types(line string) {
	l.t.Helper()
	l.kihon("run", "--", "sh", "-c", line)
}

func (l *learnerAt) check(id string, more ...string) exerciseJSON {
	l.t.Helper()
	out, _ := l.kihon(append([]string{"check", id, "--format", "json"}, more...)...)
	var report reportJSON
	if err := json.Unmarshal([]byte(out), &report); err != nil {
		l.t.Fatalf("kihon check %s: %v\n%s", id, err, out)
	}
	if len(report.Exercises) != 1 {
		l.t.Fatalf("kihon check %s: %d exercises", id, len(report.Exercises))
	}
	return report.Exercises[0]
}

func code(e exerciseJSON) string {
	if len(e.Findings) == 0 {
		return ""
	}
	return e.Findings[0].Code
}

// begin starts an attempt, makes sure that nothing passes before the learner
// has acted, and returns the exercise with the values this learner has.
func (l *learnerAt) begin(id string) lessons.Exercise {
	l.t.Helper()
	// The workspace is as empty as on the first day.
	entries, _ := os.ReadDir(l.work)
	for _, e := range entries {
		if err := os.RemoveAll(filepath.Join(l.work, e.Name())); err != nil {
			l.t.Fatal(err)
		}
	}
	l.kihon("sandbox", "clean")
	l.kihon(append([]string{"reset", id}, l.own(id)...)...)
	e := l.check(id, "--wait", "0")
	if e.Outcome != "not_yet" {
		l.t.Fatalf("%s is %s before anything was typed", id, e.Outcome)
	}
	return l.resolve(id, e)
}

// own fixes the exercise's names and ports to ones that nobody else uses, so
// that learners who play side by side do not draw the same.
func (l *learnerAt) own(id string) []string {
	l.t.Helper()
	lessonID, short := lessons.SplitID(id)
	have := lesson(l.t, lessonID)
	var out []string
	for _, name := range have.Uses(short) {
		switch v := have.Variables[name]; v.Kind {
		case lessons.ContainerKind:
			out = append(out, "--set", fmt.Sprintf("%s=%s-%s", name, v.Default, l.mark))
		case lessons.PortKind:
			out = append(out, "--set", fmt.Sprintf("%s=%d", name, l.port))
		}
	}
	return out
}

// ports hands out host ports that no other test uses.
var ports atomic.Int32

// resolve returns the exercise with the values this learner has.
func (l *learnerAt) resolve(id string, e exerciseJSON) lessons.Exercise {
	l.t.Helper()
	values := map[string]string{lessons.Workspace: l.work}
	for name, v := range e.Variables {
		values[name] = fmt.Sprint(v.Value)
		if n, isNumber := v.Value.(float64); isNumber {
			values[name] = fmt.Sprint(int(n))
		}
	}
	lessonID, short := lessons.SplitID(id)
	exercise, err := lesson(l.t, lessonID).Resolve(short, values)
	if err != nil {
		l.t.Fatal(err)
	}
	return exercise
}

func lesson(t *testing.T, id string) *lessons.Lesson {
	t.Helper()
	course := embedded(t)
	have, err := course.Lesson(id)
	if err != nil {
		t.Fatal(err)
	}
	return have
}

func embedded(t *testing.T) *lessons.Course {
	t.Helper()
	a := &app{getenv: func(string) string { return "" }}
	a.setLanguage(lessons.English)
	course, err := a.course()
	if err != nil {
		t.Fatal(err)
	}
	return course
}

// TestCourseOnTheRealEngine holds every exercise of the built-in course: it is
// not yet before the learner acts, each right route passes, each known mistake
// is not yet with its code, and typing what the first finding says leads to a
// pass.
func TestCourseOnTheRealEngine(t *testing.T) {
	before := take(t)
	t.Run("exercises", func(t *testing.T) {
		for _, lessonID := range embedded(t).LessonIDs() {
			for _, e := range lesson(t, lessonID).Exercises {
				t.Run(lessonID+"/"+e.ID, func(t *testing.T) {
					t.Parallel() // each is a learner of its own, with names and ports of its own
					playExercise(t, lessonID+"/"+e.ID, e)
				})
			}
		}
	})
	gained, lost := inventory.Diff(before, take(t))
	if gained, lost = ours(gained), ours(lost); len(gained)+len(lost) > 0 {
		t.Errorf("the engine's inventory differs: gained %v, lost %v", gained, lost)
	}
}

// ours leaves out what other tests do to the same engine meanwhile.
func ours(things []inventory.Thing) []inventory.Thing {
	return slices.DeleteFunc(things, func(t inventory.Thing) bool {
		return !strings.Contains(t.Name, "apa000") && !slices.Contains([]string{"httpd:latest", "busybox:latest", "hello-world:latest"}, t.Name)
	})
}

func take(t *testing.T) inventory.Inventory {
	t.Helper()
	endpoint, err := engine.Find(os.Getenv)
	if err != nil {
		t.Fatal(err)
	}
	e, err := engine.Connect(t.Context(), endpoint)
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	inv, err := inventory.Take(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	return inv
}

func playExercise(t *testing.T, id string, shape lessons.Exercise) {
	l := newLearner(t)
	if shape.Kind == lessons.Quiz {
		playQuiz(t, l, id)
		return
	}
	routes := append([]lessons.Route{{Name: "solution", Commands: shape.Solution}}, shape.Routes...)
	for i, route := range routes {
		t.Run("route/"+route.Name, func(t *testing.T) {
			l.t = t
			e := l.begin(id)
			commands := e.Solution
			if i > 0 {
				commands = e.Routes[i-1].Commands
			}
			for _, line := range commands {
				l.types(line)
			}
			if got := l.check(id); got.Outcome != "passed" || len(got.Evidence) == 0 || len(got.Findings) > 0 {
				t.Errorf("after %q: %s, %s", commands, got.Outcome, dump(got))
			}
		})
	}
	for i, mistake := range shape.Mistakes {
		t.Run("mistake/"+mistake.Name, func(t *testing.T) {
			l.t = t
			e := l.begin(id)
			for _, line := range e.Mistakes[i].Commands {
				l.types(line)
			}
			got := l.check(id, "--wait", "1s")
			if got.Outcome != "not_yet" || code(got) != mistake.Code {
				t.Fatalf("after %q: %s, want not_yet with %s: %s", e.Mistakes[i].Commands, got.Outcome, mistake.Code, dump(got))
			}
			if got.Findings[0].Message == "" || got.Findings[0].Next == "" {
				t.Errorf("the finding says too little: %s", dump(got))
			}
			if mistake.Advice != "manual" {
				l.follow(id, got)
			}
		})
	}
}

// follow types what the first finding says, again after each check and at most
// three times.
func (l *learnerAt) follow(id string, got exerciseJSON) {
	l.t.Helper()
	var typed []string
	for range 3 {
		for _, line := range got.Findings[0].Commands {
			typed = append(typed, line)
			l.types(line)
		}
		if got = l.check(id); got.Outcome == "passed" {
			return
		}
	}
	l.t.Errorf("the advice %q does not lead to a pass: %s", typed, dump(got))
}

func dump(e exerciseJSON) string {
	data, _ := json.Marshal(e.Findings)
	return string(data)
}

// playQuiz gives every choice: the right one passes, each other one is not yet
// with an explanation of its own.
func playQuiz(t *testing.T, l *learnerAt, id string) {
	exercise := l.begin(id)
	answer := exercise.Checks[0].Answer
	said := map[string]bool{}
	for n := 1; n <= answer.Of; n++ {
		out, exit := l.kihon("answer", id, fmt.Sprint(n))
		right := slices.Equal(answer.Choices, []int{n})
		if right != (exit == exitOK) {
			t.Errorf("choice %d: exit %d", n, exit)
		}
		if said[out] || len(out) < 40 {
			t.Errorf("choice %d has no explanation of its own: %q", n, out)
		}
		said[out] = true
	}
	l.kihon("answer", id, fmt.Sprint(answer.Choices[0]))
	if got := l.check(id); got.Outcome != "passed" {
		t.Errorf("after the right choice: %s", dump(got))
	}
	l.kihon("reset", id)
	if got := l.check(id, "--wait", "0"); got.Outcome != "not_yet" {
		t.Errorf("after a reset it is %s", got.Outcome)
	}
}

// TestResetBringsTheStartBack: a container of the starting state that the
// learner has changed is made anew, and what the learner made is gone.
func TestResetBringsTheStartBack(t *testing.T) {
	l := newLearner(t)
	const id = "create-and-remove/stop-apache"
	for _, line := range l.begin(id).Solution {
		l.types(line)
	}
	if got := l.check(id); got.Outcome != "passed" {
		t.Fatalf("the solution does not pass: %s", dump(got))
	}
	l.kihon("reset", id)
	if got := l.check(id, "--wait", "0"); got.Outcome != "not_yet" || got.PassedAt == nil || code(got) != "container.still_running" {
		t.Errorf("after reset: %s %s", got.Outcome, dump(got))
	}
}
