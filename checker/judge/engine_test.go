package judge_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/image"

	"kihon/checker"
	"kihon/checker/gather"
	"kihon/sandbox/engine"
)

// here is an engine that counts how often each container was looked at.
type here struct {
	*engine.Engine
	// onFacts is told how often any container was looked at by name.
	onFacts func(n int)

	mu     sync.Mutex
	looked map[string]int
	all    int
}

func newEngine(t *testing.T, host string) *here {
	t.Helper()
	env := os.Getenv
	if host != "" {
		dir := t.TempDir()
		env = func(key string) string { return map[string]string{"DOCKER_HOST": host, "DOCKER_CONFIG": dir}[key] }
	}
	found, err := engine.Find(env)
	if err != nil {
		t.Fatal(err)
	}
	e, err := engine.Connect(t.Context(), found)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	return &here{Engine: e, looked: map[string]int{}}
}

func (h *here) ContainerInspect(ctx context.Context, name string) (container.InspectResponse, error) {
	h.mu.Lock()
	h.looked[name]++
	h.all++
	n := h.all
	h.mu.Unlock()
	if h.onFacts != nil {
		h.onFacts(n)
	}
	return h.Engine.ContainerInspect(ctx, name)
}

func (h *here) InspectImage(ctx context.Context, reference string) (image.InspectResponse, error) {
	return h.ImageInspect(ctx, reference)
}

// facts is how often a container was looked at by its name: once a round. The
// clues look at it by its ID.
func (h *here) facts(name string) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.looked[name]
}

// home is a learner's home whose record knows whose each container is.
type home struct {
	t      *testing.T
	engine *here
	makers map[string]string
	events []checker.Event
	prefix string
}

func newHome(t *testing.T) *home {
	t.Helper()
	h := &home{t: t, engine: newEngine(t, ""), makers: map[string]string{}, prefix: "kihontest-" + strings.ToLower(rand.Text()[:8])}
	t.Cleanup(func() {
		if ids := strings.Fields(docker(t, "ps", "-aq", "--filter", "name="+h.prefix)); len(ids) > 0 {
			docker(t, append([]string{"rm", "-fv"}, ids...)...)
		}
	})
	return h
}

func (h *home) world() gather.World { return gather.World{Engine: h.engine, History: h, Originals: h} }

func (h *home) Events(context.Context, int64) ([]checker.Event, error) { return h.events, nil }

func (h *home) Maker(_ context.Context, c container.InspectResponse) (string, error) {
	return h.makers[c.ID], nil
}

func (h *home) Answer(context.Context, string) (string, bool, error) { return "", false, nil }

func (h *home) Original(context.Context, string, string) (string, error) { return "", nil }

func (h *home) KeepOriginal(context.Context, string, string, string) error { return nil }

// docker types a docker command as a user of this machine does.
func docker(t *testing.T, args ...string) string {
	t.Helper()
	out, err := exec.Command("docker", args...).CombinedOutput()
	if err != nil {
		t.Fatalf("docker %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

// run makes a container of the learner's in the background.
func (h *home) run(name string, args ...string) (full, id string) {
	h.t.Helper()
	full = h.prefix + name
	id = docker(h.t, append([]string{"run", "-d", "--name", full}, args...)...)
	h.makers[id] = checker.Learner
	return full, id
}

// freePort is a port of this computer that nobody has, of those for tests.
func freePort(t *testing.T) int {
	t.Helper()
	for port := 22000 + os.Getpid()%900; port < 23000; port++ {
		if l, err := net.Listen("tcp", fmt.Sprintf(":%d", port)); err == nil {
			l.Close()
			return port
		}
	}
	t.Fatal("no port from 22000 to 22999 is free")
	return 0
}

// The faults of a wire.
const (
	stall  = "stall"   // no further answer comes
	hangUp = "hang up" // the connection is closed
)

// wire leads to this machine's engine and, after some answers, has a fault.
type wire struct {
	answers int
	fault   string

	mu sync.Mutex
}

// lay opens the wire and returns the path of its socket.
func (w *wire) lay(t *testing.T) string {
	t.Helper()
	to := newEngine(t, "").Endpoint
	path := filepath.Join(t.TempDir(), "wire.sock")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	t.Cleanup(func() {
		close(done)
		l.Close()
	})
	go func() {
		for {
			near, err := l.Accept()
			if err != nil {
				return
			}
			go w.carry(near, to, done)
		}
	}()
	return path
}

// carry passes requests on and their answers back, one write of the engine's
// being one answer.
func (w *wire) carry(near net.Conn, to engine.Endpoint, done chan struct{}) {
	defer near.Close()
	far, err := to.Dial(context.Background())
	if err != nil {
		return
	}
	defer far.Close()
	go io.Copy(far, near)
	buffer := make([]byte, 1<<20)
	for {
		n, err := far.Read(buffer)
		if err != nil {
			return
		}
		w.mu.Lock()
		w.answers--
		over := w.answers < 0
		w.mu.Unlock()
		switch {
		case over && w.fault == stall:
			<-done
			return
		case over:
			return
		}
		if _, err := near.Write(buffer[:n]); err != nil {
			return
		}
	}
}
