package learner_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"kihon/checker"
	"kihon/sandbox/journal"
	"kihon/sandbox/stage"
	"kihon/store"
)

// did is what the journal has of one container, as "actor action".
func (h *home) did(name string) []string {
	h.t.Helper()
	entries, err := h.Store.Since(h.t.Context(), 0)
	if err != nil {
		h.t.Fatal(err)
	}
	var out []string
	for _, e := range entries {
		if e.Object == "container" && e.Name == name {
			out = append(out, string(e.Actor)+" "+e.Action)
		}
	}
	return out
}

func TestReachingAnExerciseMakesItsStart(t *testing.T) {
	h := newHome(t)
	if made := h.start("one/page"); !slices.Equal(made, []string{h.web, "site/index.html"}) {
		t.Errorf("made %v", made)
	}
	c := h.inspect(h.web)
	if !c.State.Running || c.Config.Labels[journal.LabelHome] != h.Store.HomeID() || c.Config.Labels[journal.LabelActor] != "kihon" {
		t.Errorf("%+v %v", c.State, c.Config.Labels)
	}
	if got := h.did(h.web); !slices.Equal(got, []string{"kihon create", "kihon start"}) {
		t.Errorf("the journal has %q", got)
	}
	if got, want := h.file("site/index.html"), "<h1>"+h.drawn("one/page")["word"]+"</h1>\n"; got != want {
		t.Errorf("the file is %q, want %q", got, want)
	}
	if info, err := os.Stat(filepath.Join(h.Paths.Workspace, "site/index.html")); err != nil || info.Mode().Perm() != 0o644 {
		t.Errorf("%v, %v", info, err)
	}
	// A second time there is nothing to do.
	if made := h.start("one/page"); len(made) != 0 || h.inspect(h.web).ID != c.ID {
		t.Errorf("made %v", made)
	}
	h.expect("one/page", checker.HTTPWrongBody)
}

func TestWhatTheLearnerMadeBeforeIsUsed(t *testing.T) {
	h := newHome(t)
	h.inside("run", "--name", h.box, "-d", "busybox", "sleep", "600")
	id := h.inspect(h.box).ID
	if made := h.start("one/stop"); len(made) != 0 || h.inspect(h.box).ID != id {
		t.Errorf("made %v", made)
	}
	h.inside("stop", "-t", "0", h.box)
	if made := h.start("one/stop"); !slices.Equal(made, []string{h.box}) || h.inspect(h.box).ID != id || !h.inspect(h.box).State.Running {
		t.Errorf("made %v, %+v", made, h.inspect(h.box).State)
	}
}

// What kihon made for the exercise before is in the way of who is to make it.
func TestKihonsOwnLeftoversAreClearedAway(t *testing.T) {
	h := newHome(t)
	h.start("one/stop")
	h.expect("one/run", checker.StartMissing)
	if made := h.start("one/run"); len(made) != 0 || h.there(h.box) {
		t.Errorf("made %v, and it is there: %v", made, h.there(h.box))
	}
	// The learner's own is theirs.
	h.inside("run", "--name", h.box, "-d", "httpd")
	id := h.inspect(h.box).ID
	h.start("one/run")
	if h.inspect(h.box).ID != id {
		t.Error("the learner's container is another one")
	}
	h.expect("one/run", "passed")
}

func TestTheStartOfAStoppedContainerIsNotTheLearnersDoing(t *testing.T) {
	h := newHome(t)
	h.start("one/restart")
	if c := h.inspect(h.box); c.State.Running || c.State.ExitCode != 0 {
		t.Errorf("%+v", c.State)
	}
	if got := h.did(h.box); !slices.Equal(got, []string{"kihon create", "kihon start", "kihon stop"}) {
		t.Errorf("the journal has %q", got)
	}
	h.expect("one/restart", checker.HistoryMissingStep)
	h.inside("start", h.box)
	h.inside("stop", "-t", "1", h.box)
	h.expect("one/restart", "passed")
}

// Whoever comes with a container of that name after the name was drawn.
func TestAStartUnderSomebodyElsesNameIsRefused(t *testing.T) {
	h := newHome(t)
	h.drawn("one/stop")
	id := h.outside("create", "--name", h.box, "busybox")
	if _, _, err := h.Start(t.Context(), "one/stop"); !errors.Is(err, stage.ErrNameTaken) {
		t.Errorf("%v", err)
	}
	h.expect("one/stop", checker.EngineOutsideSandbox)
	// A reset finds another name, and leaves theirs alone.
	if got := h.reset("one/stop", nil).Plain()["box"]; got != h.box+"-2" || !h.inspect(h.box+"-2").State.Running {
		t.Errorf("the name is %s", got)
	}
	if h.inspect(h.box).ID != id {
		t.Error("somebody else's container is another one")
	}
}

func TestAResetRemovesOnlyWhatTheExerciseNamesAndThisHomeMade(t *testing.T) {
	h := newHome(t)
	h.start("one/stop")                                                 // kihon's box
	h.inside("run", "--name", h.web, "-d", "busybox", "sleep", "600")   // the learner's, of another exercise
	h.inside("create", "--name", h.box+"-mine", "busybox")              // the learner's, of none
	theirs := h.outside("create", "--name", h.box+"-theirs", "busybox") // somebody else's
	box := h.inspect(h.box).ID
	h.reset("one/stop", nil)
	if c := h.inspect(h.box); c.ID == box || !c.State.Running {
		t.Errorf("the start was not made anew: %+v", c.State)
	}
	for _, name := range []string{h.web, h.box + "-mine", h.box + "-theirs"} {
		if !h.there(name) {
			t.Errorf("%s is gone", name)
		}
	}
	if h.inspect(h.box+"-theirs").ID != theirs {
		t.Error("somebody else's container is another one")
	}
	// The learner's own counts as this home's.
	h.inside("rm", "-f", h.box)
	h.inside("create", "--name", h.box, "busybox")
	h.reset("one/run", nil)
	if h.there(h.box) {
		t.Error("the learner's container is still in the way")
	}
}

func TestAResetBeginsANewAttempt(t *testing.T) {
	h := newHome(t)
	h.start("one/stop")
	h.inside("stop", h.box)
	h.expect("one/stop", "passed")
	h.reset("one/stop", nil)
	h.expect("one/stop", checker.ContainerStillRunning)
	h.outside("stop", h.box) // what was done before the reset does not count any more
	if outcome, code := h.judged("one/stop", func(checker.Verdict) bool { return true }); outcome != checker.NotYet || code == checker.ContainerStillRunning {
		t.Errorf("%s because of %s", outcome, code)
	}
	h.inside("start", h.box)
	h.inside("stop", h.box)
	h.expect("one/stop", "passed")

	if err := h.Store.SetAnswer(t.Context(), "one/which", "2"); err != nil {
		t.Fatal(err)
	}
	h.expect("one/which", "passed")
	h.reset("one/which", nil)
	h.expect("one/which", checker.AnswerMissing)

	events, err := h.Store.Events(t.Context(), store.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	var resets []string
	for _, e := range events {
		if e.Kind == store.KindReset {
			resets = append(resets, e.Exercise)
		}
	}
	if !slices.Equal(resets, []string{"one/stop", "one/which"}) {
		t.Errorf("the record has the resets %v", resets)
	}
}

// A file that the learner has worked on is theirs.
func TestAFileOfTheLearnersIsKeptAside(t *testing.T) {
	h := newHome(t)
	h.write("site/index.html", "my homework")
	h.start("one/page")
	laid := h.file("site/index.html")
	if h.file("site/index.html.before-1") != "my homework" || laid == "my homework" {
		t.Errorf("the file is %q", laid)
	}
	h.write("site/index.html", "my second page")
	h.reset("one/page", nil)
	if got := h.file("site/index.html.before-2"); got != "my second page" || h.file("site/index.html.before-1") != "my homework" {
		t.Errorf("kept aside is %q", got)
	}
	// What kihon laid itself, and nobody has touched, is not worth keeping.
	for word := h.drawn("one/page")["word"]; h.reset("one/page", nil).Plain()["word"] == word; {
	}
	if _, err := os.Stat(filepath.Join(h.Paths.Workspace, "site/index.html.before-3")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("kept aside is kihon's own file as well: %v", err)
	}
	// One that cannot be read by the server was chmodded by a mistake of the lesson.
	if err := os.Chmod(filepath.Join(h.Paths.Workspace, "site/index.html"), 0o600); err != nil {
		t.Fatal(err)
	}
	h.start("one/page")
	if info, err := os.Stat(filepath.Join(h.Paths.Workspace, "site/index.html")); err != nil || info.Mode().Perm() != 0o644 {
		t.Errorf("%v, %v", info, err)
	}
}

// A folder of the workspace may be a link to anywhere.
func TestNoFileIsLaidOutsideTheWorkspace(t *testing.T) {
	h := newHome(t)
	outside := t.TempDir()
	if err := os.MkdirAll(h.Paths.Workspace, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(h.Paths.Workspace, "site")); err != nil {
		t.Fatal(err)
	}
	if _, _, err := h.Start(t.Context(), "one/page"); err == nil {
		t.Error("the file was laid through a link")
	}
	if entries, err := os.ReadDir(outside); err != nil || len(entries) > 0 {
		t.Errorf("outside is %v, %v", entries, err)
	}
}

func TestAStartThatCannotBeMadeSaysWhy(t *testing.T) {
	h := newHome(t)
	h.drawn("one/page")
	holdPort(t, "tcp", ":"+h.port)
	if _, _, err := h.Start(t.Context(), "one/page"); err == nil {
		t.Error("a taken port is no trouble")
	}
	// A reset draws another port, and the half-made container is out of the way.
	r := h.reset("one/page", nil)
	if r.Plain()["port"] == h.port || !h.inspect(h.web).State.Running {
		t.Errorf("%v", r.Plain())
	}
}
