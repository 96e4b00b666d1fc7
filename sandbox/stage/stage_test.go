package stage_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/image"

	"kihon/sandbox/engine"
	"kihon/sandbox/journal"
	"kihon/sandbox/stage"
)

// here is this machine's engine as the stage asks for it.
type here struct{ *engine.Engine }

func (h here) InspectImage(ctx context.Context, reference string) (image.InspectResponse, error) {
	return h.ImageInspect(ctx, reference)
}

// owners are what a journal in memory says of who made what.
type owners struct{ journal.Memory }

func (o *owners) Owner(ctx context.Context, object, id string) (journal.Entry, bool, error) {
	entries, err := o.Since(ctx, 0)
	var found journal.Entry
	for _, e := range entries {
		if e.Object != object || e.ID != id || !e.OK() {
			continue
		}
		switch e.Action {
		case "create":
			found = e
		case "destroy":
			found = journal.Entry{}
		}
	}
	return found, found.ID != "", err
}

// home is one learner's stage on this machine's engine.
type home struct {
	*stage.Stage
	t       *testing.T
	engine  here
	journal *owners
	prefix  string
}

func newHome(t *testing.T) *home {
	t.Helper()
	found, err := engine.Find(os.Getenv)
	if err != nil {
		t.Fatal(err)
	}
	e, err := engine.Connect(t.Context(), found)
	if err != nil {
		t.Fatal(err)
	}
	h := &home{t: t, engine: here{e}, journal: &owners{}, prefix: "kihontest-" + strings.ToLower(rand.Text()[:8])}
	h.Stage = &stage.Stage{Engine: h.engine, Journal: h.journal, Owners: h.journal, HomeID: h.prefix}
	t.Cleanup(func() {
		if ids := strings.Fields(docker(t, "ps", "-aq", "--filter", "name="+h.prefix)); len(ids) > 0 {
			docker(t, append([]string{"rm", "-fv"}, ids...)...)
		}
		e.Close()
	})
	return h
}

// docker types a docker command as a user of this machine does.
func docker(t *testing.T, args ...string) string {
	t.Helper()
	out, err := exec.Command("docker", args...).CombinedOutput()
	if err != nil {
		t.Fatalf("docker %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

func (h *home) inspect(name string) container.InspectResponse {
	h.t.Helper()
	c, err := h.engine.ContainerInspect(h.t.Context(), name)
	if err != nil {
		h.t.Fatal(err)
	}
	return c
}

func (h *home) there(name string) bool {
	h.t.Helper()
	return docker(h.t, "ps", "-aq", "--filter", "name=^"+name+"$") != ""
}

// made makes sure of a container and expects to have changed something, or not.
func (h *home) made(want stage.Container, changes bool) container.InspectResponse {
	h.t.Helper()
	changed, err := h.Make(h.t.Context(), want)
	if err != nil || changed != changes {
		h.t.Fatalf("made %s: changed %v, want %v, %v", want.Name, changed, changes, err)
	}
	return h.inspect(want.Name)
}

// wrote is what the journal holds, as "actor action name".
func (h *home) wrote() []string {
	h.t.Helper()
	entries, err := h.journal.Since(h.t.Context(), 0)
	if err != nil {
		h.t.Fatal(err)
	}
	var out []string
	for _, e := range entries {
		if e.Object != "container" || e.Source != journal.Call || e.ID == "" || !e.OK() {
			h.t.Errorf("entry %+v", e)
		}
		out = append(out, fmt.Sprintf("%s %s %s", e.Actor, e.Action, strings.TrimPrefix(e.Name, h.prefix)))
	}
	return out
}

var lastPort atomic.Int64

// freePort is a port of this computer that nobody has, of those for tests.
func freePort(t *testing.T) int {
	t.Helper()
	for range 1000 {
		port := 22000 + (os.Getpid()*7+int(lastPort.Add(1)))%1000
		if l, err := net.Listen("tcp", fmt.Sprintf(":%d", port)); err == nil {
			l.Close()
			return port
		}
	}
	t.Fatal("no port from 22000 to 22999 is free")
	return 0
}

func TestWhatIsMadeIsKihonsAndSaysSo(t *testing.T) {
	h := newHome(t)
	port := freePort(t)
	want := stage.Container{Name: h.prefix + "web", Image: "httpd", State: "running", Ports: []string{fmt.Sprintf("%d:80", port)}}
	c := h.made(want, true)
	if !c.State.Running || c.Config.Image != "httpd" || len(c.HostConfig.PortBindings["80/tcp"]) != 1 || c.HostConfig.PortBindings["80/tcp"][0].HostPort != fmt.Sprint(port) {
		t.Errorf("state %+v, image %s, ports %v", c.State, c.Config.Image, c.HostConfig.PortBindings)
	}
	if c.Config.Labels[journal.LabelHome] != h.prefix || c.Config.Labels[journal.LabelActor] != "kihon" {
		t.Errorf("labels %v", c.Config.Labels)
	}
	if got := h.wrote(); !slices.Equal(got, []string{"kihon create web", "kihon start web"}) {
		t.Errorf("the journal has %q", got)
	}
	if maker, err := h.Maker(t.Context(), c); maker != journal.Kihon || err != nil {
		t.Errorf("made by %q, %v", maker, err)
	}
}

// A learner who finds exit code 137 there would look for a crash.
func TestAStoppedContainerHasEndedInPeace(t *testing.T) {
	h := newHome(t)
	c := h.made(stage.Container{Name: h.prefix + "box", Image: "httpd", State: "exited"}, true)
	if c.State.Running || c.State.Status != container.StateExited || c.State.ExitCode != 0 {
		t.Errorf("%+v", c.State)
	}
	if got := h.wrote(); !slices.Equal(got, []string{"kihon create box", "kihon start box", "kihon stop box"}) {
		t.Errorf("the journal has %q", got)
	}
}

func TestAProgramThatEndsByItselfIsNoTrouble(t *testing.T) {
	h := newHome(t)
	if c := h.made(stage.Container{Name: h.prefix + "box", Image: "busybox", State: "exited"}, true); c.State.Running || c.State.ExitCode != 0 {
		t.Errorf("%+v", c.State)
	}
}

func TestWhatIsThereIsUsed(t *testing.T) {
	h := newHome(t)
	want := stage.Container{Name: h.prefix + "box", Image: "httpd", State: "running"}
	first := h.made(want, true)
	if again := h.made(want, false); again.ID != first.ID {
		t.Error("it was made anew")
	}
	docker(t, "stop", want.Name)
	if again := h.made(want, true); again.ID != first.ID || !again.State.Running {
		t.Errorf("it was not started: %+v", again.State)
	}
	// What is asked for is a beginning; who has gone further need not go back.
	want.State = "exited"
	if again := h.made(want, false); again.ID != first.ID || !again.State.Running {
		t.Errorf("it was stopped: %+v", again.State)
	}
	if got := h.wrote(); !slices.Equal(got, []string{"kihon create box", "kihon start box", "kihon start box"}) {
		t.Errorf("the journal has %q", got)
	}
}

// The learner's own container is used whatever it was made of.
func TestTheLearnersContainerIsUsedAsItIs(t *testing.T) {
	h := newHome(t)
	name := h.prefix + "box"
	id := docker(t, "create", "--name", name, "--label", journal.LabelHome+"="+h.prefix, "--label", journal.LabelActor+"=learner", "busybox", "sleep", "600")
	c := h.made(stage.Container{Name: name, Image: "httpd", State: "running"}, true)
	if c.ID != id || !c.State.Running {
		t.Errorf("%s %+v", c.ID, c.State)
	}
	if maker, err := h.Maker(t.Context(), c); maker != journal.Learner || err != nil {
		t.Errorf("made by %q, %v", maker, err)
	}
}

func TestSomebodyElsesContainerIsNotTouched(t *testing.T) {
	h := newHome(t)
	name := h.prefix + "box"
	for what, labels := range map[string][]string{
		"without a label":        nil,
		"of another home":        {"--label", journal.LabelHome + "=another", "--label", journal.LabelActor + "=learner"},
		"of another home, ours?": {"--label", journal.LabelHome + "=" + h.prefix + "0", "--label", journal.LabelActor + "=kihon"},
	} {
		t.Run(what, func(t *testing.T) {
			id := docker(t, append(append([]string{"create", "--name", name}, labels...), "busybox")...)
			defer docker(t, "rm", "-f", name)
			changed, err := h.Make(t.Context(), stage.Container{Name: name, Image: "busybox", State: "running"})
			if !errors.Is(err, stage.ErrNameTaken) || changed || !strings.Contains(err.Error(), name) {
				t.Errorf("changed %v, %v", changed, err)
			}
			if removed, err := h.Remove(t.Context(), []string{name}); len(removed) > 0 || err != nil {
				t.Errorf("removed %v, %v", removed, err)
			}
			if c := h.inspect(name); c.ID != id || c.State.Status != container.StateCreated {
				t.Errorf("it is another one now, or was started: %+v", c.State)
			}
			if got := h.wrote(); len(got) > 0 {
				t.Errorf("the journal has %q", got)
			}
		})
	}
}

// An image that the learner made of a container carries the container's labels
// to whatever anybody makes of it.
func TestALabelFromAnImageProvesNothing(t *testing.T) {
	h := newHome(t)
	first := h.made(stage.Container{Name: h.prefix + "first", Image: "busybox", State: "exited"}, true)
	tag := h.prefix + ":mine"
	docker(t, "commit", first.ID, tag)
	t.Cleanup(func() { docker(t, "rmi", "-f", tag) })
	docker(t, "create", "--name", h.prefix+"outside", tag)
	outside := h.inspect(h.prefix + "outside")
	if outside.Config.Labels[journal.LabelHome] != h.prefix {
		t.Fatal("the engine does not hand labels on; then there is nothing to hold")
	}
	if maker, err := h.Maker(t.Context(), outside); maker != "" || err != nil {
		t.Errorf("made by %q, %v", maker, err)
	}
	// The journal knows better than any label.
	inside := h.made(stage.Container{Name: h.prefix + "inside", Image: tag, State: "exited"}, true)
	if maker, err := h.Maker(t.Context(), inside); maker != journal.Kihon || err != nil {
		t.Errorf("made by %q, %v", maker, err)
	}
}

// A name may also be the beginning of an ID.
func TestANameThatBeginsAnIDIsNotThatContainer(t *testing.T) {
	h := newHome(t)
	c := h.made(stage.Container{Name: h.prefix + "box", Image: "busybox", State: "exited"}, true)
	if removed, err := h.Remove(t.Context(), []string{c.ID[:12]}); len(removed) > 0 || err != nil {
		t.Errorf("removed %v, %v", removed, err)
	}
	other := h.made(stage.Container{Name: c.ID[:12], Image: "busybox", State: "exited"}, true)
	t.Cleanup(func() { docker(t, "rm", "-f", other.ID) })
	if other.ID == c.ID {
		t.Error("the container was taken for another")
	}
}

func TestRemoveTakesAwayWhatIsOfThisHome(t *testing.T) {
	h := newHome(t)
	running := h.made(stage.Container{Name: h.prefix + "running", Image: "httpd", State: "running"}, true)
	stopped := h.made(stage.Container{Name: h.prefix + "stopped", Image: "busybox", State: "exited"}, true)
	kept := h.made(stage.Container{Name: h.prefix + "kept", Image: "busybox", State: "exited"}, true)
	learners := docker(t, "create", "--name", h.prefix+"learners", "--label", journal.LabelHome+"="+h.prefix, "--label", journal.LabelActor+"=learner", "-v", "/data", "busybox")
	volume := h.inspect(learners).Mounts[0].Name

	names := []string{h.prefix + "running", h.prefix + "none", h.prefix + "stopped", h.prefix + "learners"}
	removed, err := h.Remove(t.Context(), names)
	if want := slices.Delete(slices.Clone(names), 1, 2); err != nil || !slices.Equal(removed, want) {
		t.Errorf("removed %v, want %v, %v", removed, want, err)
	}
	for _, name := range names {
		if h.there(name) {
			t.Errorf("%s is still there", name)
		}
	}
	if !h.there(h.prefix+"kept") || h.inspect(h.prefix+"kept").ID != kept.ID {
		t.Error("what was not named is gone")
	}
	if docker(t, "volume", "ls", "-q", "--filter", "name="+volume) != "" {
		t.Error("the nameless volume is still there")
	}
	for _, c := range []container.InspectResponse{running, stopped} {
		if _, known, _ := h.journal.Owner(t.Context(), "container", c.ID); known {
			t.Errorf("the journal does not know that %s is gone", c.Name)
		}
	}
	if removed, err := h.Remove(t.Context(), names); len(removed) > 0 || err != nil {
		t.Errorf("removed a second time: %v, %v", removed, err)
	}
}

// What could not be started is there all the same, and is this home's.
func TestAHalfMadeContainerCanBeRemoved(t *testing.T) {
	h := newHome(t)
	l, err := net.Listen("tcp", ":0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	name := h.prefix + "web"
	changed, err := h.Make(t.Context(), stage.Container{Name: name, Image: "busybox", State: "running", Ports: []string{fmt.Sprintf("%d:80", l.Addr().(*net.TCPAddr).Port)}})
	if err == nil || !changed || !strings.Contains(err.Error(), "start of container "+name) {
		t.Errorf("changed %v, %v", changed, err)
	}
	if got := h.wrote(); !slices.Equal(got, []string{"kihon create web"}) {
		t.Errorf("the journal has %q", got)
	}
	if removed, err := h.Remove(t.Context(), []string{name}); err != nil || !slices.Equal(removed, []string{name}) || h.there(name) {
		t.Errorf("removed %v, %v", removed, err)
	}
}

func TestWhatCannotBeMadeLeavesNothingBehind(t *testing.T) {
	h := newHome(t)
	for what, want := range map[string]stage.Container{
		"an image that is not there": {Name: h.prefix + "box", Image: h.prefix + ":none", State: "running"},
		"a port that is none":        {Name: h.prefix + "box", Image: "busybox", State: "running", Ports: []string{"http:80"}},
		"a name that is none":        {Name: h.prefix + "/box", Image: "busybox", State: "running"},
	} {
		changed, err := h.Make(t.Context(), want)
		if err == nil || changed || !strings.Contains(err.Error(), want.Name) || h.there(h.prefix+"box") || len(h.wrote()) > 0 {
			t.Errorf("%s: changed %v, %v, journal %q", what, changed, err, h.wrote())
		}
	}
}

// full is a journal that cannot be written.
type full struct{ journal.Journal }

var errFull = errors.New("no space left")

func (full) Append(context.Context, ...journal.Entry) (int64, error) { return 0, errFull }

// Where the journal cannot be written, the label still says whose it is.
func TestAJournalThatCannotBeWrittenIsReported(t *testing.T) {
	h := newHome(t)
	h.Journal = full{}
	if _, err := h.Make(t.Context(), stage.Container{Name: h.prefix + "box", Image: "busybox", State: "exited"}); !errors.Is(err, errFull) {
		t.Errorf("%v", err)
	}
	if maker, err := h.Maker(t.Context(), h.inspect(h.prefix+"box")); maker != journal.Kihon || err != nil {
		t.Errorf("made by %q, %v", maker, err)
	}
}

// A busy machine starts a server slowly. It hears the signal to stop all the
// same, however early that came.
func TestManyStopInPeaceAtOnce(t *testing.T) {
	h := newHome(t)
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			want := stage.Container{Name: fmt.Sprintf("%sbox%d", h.prefix, i), Image: "httpd", State: "exited"}
			if _, err := h.Make(t.Context(), want); err != nil {
				t.Error(err)
				return
			}
			if c, err := h.engine.ContainerInspect(t.Context(), want.Name); err != nil || c.State.Running || c.State.ExitCode != 0 {
				t.Errorf("%+v, %v", c.State, err)
			}
		})
	}
	all.Wait()
}
