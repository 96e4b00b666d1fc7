//go:build unix

package journal_test

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/docker/docker/api/types/events"

	"kihon/sandbox/engine"
	"kihon/sandbox/guard"
	"kihon/sandbox/journal"
)

const busybox = "busybox:latest"

// home is one learner with a journal, a guard and a recorder, on this machine's engine.
type home struct {
	t       *testing.T
	id      string
	journal *journal.Memory
	engine  *engine.Engine
	seen    atomic.Int64 // events that were told of
}

func newHome(t *testing.T) *home {
	t.Helper()
	b := make([]byte, 4)
	rand.Read(b)
	h := &home{t: t, id: "kihontest-" + hex.EncodeToString(b), journal: &journal.Memory{}}
	found, err := engine.Find(os.Getenv)
	if err != nil {
		t.Fatal(err)
	}
	h.engine, err = engine.Connect(t.Context(), found)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, id := range strings.Fields(docker("", "ps", "-aq", "--filter", "name="+h.id)) {
			docker("", "rm", "-f", "-v", id)
		}
		for _, name := range strings.Fields(docker("", "volume", "ls", "-q", "--filter", "name="+h.id)) {
			docker("", "volume", "rm", "-f", name)
		}
		docker("", "network", "rm", h.id)
		h.engine.Close()
	})
	return h
}

// guarded opens a guard and gives its address.
func (h *home) guarded() (host string, g *guard.Guard) {
	h.t.Helper()
	g = guard.New(guard.Config{Dial: h.engine.Endpoint.Dial, Journal: h.journal, HomeID: h.id})
	dir, err := os.MkdirTemp("", "kt")
	if err != nil {
		h.t.Fatal(err)
	}
	l, path, err := guard.Listen(filepath.Join(dir, "s"))
	if err != nil {
		h.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		g.Serve(ctx, l)
		close(ended)
	}()
	h.t.Cleanup(func() {
		cancel()
		<-ended
		os.RemoveAll(dir)
	})
	return "unix://" + path, g
}

// record runs a recorder until the test, or end, ends it.
func (h *home) record(config journal.Config) (r *journal.Recorder, end func()) {
	h.t.Helper()
	if config.Engine == nil {
		config.Engine = h.engine
	}
	config.Journal = h.journal
	seen := config.Seen
	config.Seen = func(m events.Message) {
		h.seen.Add(1)
		if seen != nil {
			seen(m)
		}
	}
	r = journal.NewRecorder(config)
	if err := r.CatchUp(h.t.Context(), time.Time{}); err != nil {
		h.t.Fatal(err)
	}
	return r, h.run(r)
}

func (h *home) run(r *journal.Recorder) (end func()) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- r.Run(ctx) }()
	end = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			h.t.Error("the recorder ended with", err)
		}
	})
	h.t.Cleanup(end)
	return end
}

// docker runs a command at host ("" is past the guard) and gives what it printed.
func docker(host string, args ...string) string {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "docker", args...)
	cmd.Env = os.Environ()
	if host != "" {
		cmd.Env = append(cmd.Env, "DOCKER_HOST="+host)
	}
	out, _ := cmd.Output()
	return strings.TrimSpace(string(out))
}

// fromEvents are the entries that came from events: "container die NAME 137".
func (h *home) fromEvents() []string {
	entries, _ := h.journal.Since(context.Background(), 0)
	var lines []string
	for _, e := range entries {
		if e.Source == journal.Call {
			continue
		}
		if e.Actor != journal.Other {
			h.t.Errorf("an event with the actor %s: %+v", e.Actor, e)
		}
		line := e.Object + " " + e.Action + " " + e.Name
		if e.ExitCode != nil {
			line += fmt.Sprint(" ", *e.ExitCode)
		}
		lines = append(lines, line)
	}
	return lines
}

func (h *home) eventually(what string, is func() bool) {
	h.t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for !is() {
		if time.Now().After(deadline) {
			h.t.Fatalf("not in time: %s; from events: %q", what, h.fromEvents())
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// expect waits until these lines, with N for the home's name, are what came
// from events, in any order.
func (h *home) expect(want ...string) {
	h.t.Helper()
	for i := range want {
		want[i] = strings.ReplaceAll(want[i], "N", h.id)
	}
	slices.Sort(want)
	h.eventually(fmt.Sprintf("%q", want), func() bool {
		got := h.fromEvents()
		slices.Sort(got)
		return slices.Equal(got, want)
	})
}

func TestWhatTheLearnerDidIsNotStoredASecondTime(t *testing.T) {
	h := newHome(t)
	host, g := h.guarded()
	_, end := h.record(journal.Config{Busy: g.Busy})

	// The container does not end by itself, so the kill comes two seconds
	// before the answer of the stop.
	docker(host, "network", "create", h.id)
	docker(host, "run", "-d", "--name", h.id, "--network", h.id, "-v", h.id+":/v", busybox, "sleep", "600")
	docker(host, "stop", "-t", "2", h.id)
	docker(host, "start", h.id)
	docker(host, "restart", "-t", "0", h.id)
	docker(host, "pause", h.id)
	docker(host, "unpause", h.id)
	docker(host, "rename", h.id, h.id+"-2")
	docker(host, "cp", "/etc/hostname", h.id+"-2:/x")
	docker(host, "exec", h.id+"-2", "true")
	docker(host, "commit", h.id+"-2", h.id)
	docker(host, "rm", "-f", h.id+"-2")
	docker(host, "rmi", h.id)
	docker(host, "network", "rm", h.id)
	docker(host, "volume", "rm", h.id)
	h.eventually("the last events", func() bool { return h.seen.Load() >= 30 })
	end() // decides on what still waits
	h.expect("container die N 137", "container die N 137", "container die N-2 137")
}

func TestWhatSomebodyElseDidToTheLearnersContainerIsStored(t *testing.T) {
	h := newHome(t)
	host, g := h.guarded()
	h.record(journal.Config{Busy: g.Busy})
	docker(host, "run", "-d", "--name", h.id, busybox, "sleep", "600")
	docker("", "stop", "-t", "0", h.id)
	docker("", "start", h.id)
	docker("", "rename", h.id, h.id+"-2")
	docker("", "rm", "-f", h.id+"-2")
	h.expect("container kill N", "container kill N", "container die N 137", "container stop N", "container start N",
		"container rename N-2", "container kill N-2", "container die N-2 137", "container destroy N-2")
}

func TestTheEndOfAProcessIsStoredWithItsExitCode(t *testing.T) {
	h := newHome(t)
	host, g := h.guarded()
	h.record(journal.Config{Busy: g.Busy})
	docker(host, "run", "--name", h.id, busybox, "sh", "-c", "exit 3")
	h.expect("container die N 3")
}

func TestThingsOfSomebodyElseAreToldOfAndNotStored(t *testing.T) {
	h := newHome(t)
	var freed atomic.Bool
	_, end := h.record(journal.Config{Seen: func(m events.Message) {
		if m.Action == events.ActionDie && m.Actor.Attributes["name"] == h.id {
			freed.Store(true)
		}
	}})
	docker("", "run", "-d", "--name", h.id, busybox, "true")
	h.eventually("the end of somebody else's container", freed.Load)
	end()
	h.expect()
}

// Another terminal's kihon run has a guard of its own, of which the recorder
// knows nothing.
func TestACallOfAnotherProcessExplainsItsEventsWhenItIsAnswered(t *testing.T) {
	h := newHome(t)
	host, _ := h.guarded()
	_, end := h.record(journal.Config{})
	docker(host, "run", "-d", "--name", h.id, busybox, "sleep", "600")
	docker(host, "stop", "-t", "4", h.id)
	h.expect("container die N 137")
	docker(host, "rm", h.id)
	end()
	h.expect("container die N 137")
}

func TestWhatHappenedBetweenTwoProcessesIsCaughtUpOnOnce(t *testing.T) {
	h := newHome(t)
	host, _ := h.guarded()
	since, err := h.engine.Now(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	docker(host, "run", "-d", "--name", h.id, busybox, "sleep", "600")
	docker(host, "stop", "-t", "0", h.id)
	docker("", "rm", h.id)
	h.eventually("both processes' events are old enough", func() bool {
		r := journal.NewRecorder(journal.Config{Engine: h.engine, Journal: h.journal})
		if err := r.CatchUp(t.Context(), since); err != nil {
			t.Fatal(err)
		}
		return len(h.fromEvents()) >= 2
	})
	h.expect("container die N 137", "container destroy N")

	r := journal.NewRecorder(journal.Config{Engine: h.engine, Journal: h.journal})
	if err := r.CatchUp(t.Context(), since); err != nil {
		t.Fatal(err)
	}
	h.expect("container die N 137", "container destroy N")
	if now, _ := h.engine.Now(t.Context()); r.Known().Before(since) || r.Known().After(now) {
		t.Errorf("known up to %v", r.Known())
	}
}

func TestAYoungEventWaitsForTheNextCatchUp(t *testing.T) {
	h := newHome(t)
	host, _ := h.guarded()
	docker(host, "create", "--name", h.id, busybox)
	since, err := h.engine.Now(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	docker("", "rm", h.id)
	r := journal.NewRecorder(journal.Config{Engine: h.engine, Journal: h.journal})
	if err := r.CatchUp(t.Context(), since); err != nil {
		t.Fatal(err)
	}
	if len(h.fromEvents()) == 0 && !r.Known().Before(time.Now().Add(-time.Millisecond)) || r.Known().Before(since) {
		t.Errorf("known up to %v, since %v", r.Known(), since)
	}
	h.eventually("the removal is stored", func() bool {
		if err := journal.NewRecorder(journal.Config{Engine: h.engine, Journal: h.journal}).CatchUp(t.Context(), r.Known()); err != nil {
			t.Fatal(err)
		}
		return len(h.fromEvents()) > 0
	})
	h.expect("container destroy N")
}

// wire carries connections to the engine until it is cut.
type wire struct {
	path string
	to   engine.Endpoint

	mu    sync.Mutex
	l     net.Listener
	conns []net.Conn
}

func (w *wire) lay(t *testing.T) {
	t.Helper()
	l, err := net.Listen("unix", w.path)
	if err != nil {
		t.Fatal(err)
	}
	w.mu.Lock()
	w.l = l
	w.mu.Unlock()
	go func() {
		for {
			near, err := l.Accept()
			if err != nil {
				return
			}
			far, err := w.to.Dial(context.Background())
			if err != nil {
				near.Close()
				continue
			}
			w.mu.Lock()
			w.conns = append(w.conns, near, far)
			w.mu.Unlock()
			go io.Copy(far, near)
			go io.Copy(near, far)
		}
	}()
}

func (w *wire) cut() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.l.Close()
	for _, c := range w.conns {
		c.Close()
	}
	w.conns = nil
}

func TestAfterAnOutageTheRecorderGoesOnWhereItWas(t *testing.T) {
	h := newHome(t)
	host, g := h.guarded()
	w := &wire{path: filepath.Join(t.TempDir(), "w"), to: h.engine.Endpoint}
	w.lay(t)
	defer w.cut()
	found, err := engine.Find(func(key string) string {
		return map[string]string{"DOCKER_HOST": "unix://" + w.path, "DOCKER_CONFIG": t.TempDir()}[key]
	})
	if err != nil {
		t.Fatal(err)
	}
	far, err := engine.Connect(t.Context(), found)
	if err != nil {
		t.Fatal(err)
	}
	defer far.Close()
	var downs, ups atomic.Int32
	h.record(journal.Config{
		Engine: far, Busy: g.Busy,
		Down: func(error) { downs.Add(1) }, Up: func() { ups.Add(1) },
	})
	docker(host, "run", "-d", "--name", h.id, busybox, "sleep", "600")
	h.eventually("the recorder listens", func() bool { return h.seen.Load() > 0 })

	w.cut()
	h.eventually("it is told that the engine is away", func() bool { return downs.Load() == 1 })
	docker("", "rm", "-f", h.id)
	w.lay(t)
	h.eventually("it is told that the engine is back", func() bool { return ups.Load() == 1 })
	h.expect("container kill N", "container die N 137", "container destroy N")
	if downs.Load() != 1 || ups.Load() != 1 {
		t.Errorf("told %d times of an outage and %d times of its end", downs.Load(), ups.Load())
	}
}
