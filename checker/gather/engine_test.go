package gather_test

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/image"

	"kihon/checker"
	"kihon/checker/gather"
	"kihon/sandbox/engine"
)

// here is this machine's engine, with a list of what it was asked.
type here struct {
	*engine.Engine

	mu    sync.Mutex
	calls []string
}

func newEngine(t *testing.T, env func(string) string) *here {
	t.Helper()
	found, err := engine.Find(env)
	if err != nil {
		t.Fatal(err)
	}
	e, err := engine.Connect(t.Context(), found)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	return &here{Engine: e}
}

func (h *here) note(format string, args ...any) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.calls = append(h.calls, fmt.Sprintf(format, args...))
}

// asked returns what was asked since the last time, sorted, since some of it is
// asked side by side.
func (h *here) asked() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	calls := h.calls
	h.calls = nil
	slices.Sort(calls)
	return calls
}

func (h *here) ContainerInspect(ctx context.Context, name string) (container.InspectResponse, error) {
	h.note("inspect %s", name)
	return h.Engine.ContainerInspect(ctx, name)
}

func (h *here) ContainerList(ctx context.Context, options container.ListOptions) ([]container.Summary, error) {
	h.note("list")
	return h.Engine.ContainerList(ctx, options)
}

func (h *here) ContainerDiff(ctx context.Context, id string) ([]container.FilesystemChange, error) {
	h.note("diff %s", id)
	return h.Engine.ContainerDiff(ctx, id)
}

func (h *here) ContainerLogs(ctx context.Context, id string, options container.LogsOptions) (io.ReadCloser, error) {
	h.note("logs %s", id)
	return h.Engine.ContainerLogs(ctx, id, options)
}

func (h *here) CopyFromContainer(ctx context.Context, id, path string) (io.ReadCloser, container.PathStat, error) {
	h.note("copy %s:%s", id, path)
	return h.Engine.CopyFromContainer(ctx, id, path)
}

func (h *here) InspectImage(ctx context.Context, reference string) (image.InspectResponse, error) {
	h.note("image %s", reference)
	return h.ImageInspect(ctx, reference)
}

// record is a home's record: whose each container is, by ID.
type record struct {
	makers   map[string]string
	events   []checker.Event
	answer   string
	answered bool
	err      error
}

func (r *record) Events(_ context.Context, seq int64) ([]checker.Event, error) {
	return slices.DeleteFunc(slices.Clone(r.events), func(e checker.Event) bool { return e.Seq <= seq }), r.err
}

func (r *record) Maker(_ context.Context, c container.InspectResponse) (string, error) {
	return r.makers[c.ID], r.err
}

func (r *record) Answer(context.Context, string) (string, bool, error) {
	return r.answer, r.answered, r.err
}

// kept are digests of images' files.
type kept struct {
	mu      sync.Mutex
	digests map[string]string
}

func (k *kept) Original(_ context.Context, imageID, path string) (string, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.digests[imageID+path], nil
}

func (k *kept) KeepOriginal(_ context.Context, imageID, path, digest string) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.digests[imageID+path] = digest
	return nil
}

// home is a learner's home beside this machine's engine.
type home struct {
	t      *testing.T
	engine *here
	record *record
	kept   *kept
	world  gather.World
	prefix string
}

func newHome(t *testing.T) *home {
	t.Helper()
	h := &home{
		t: t, engine: newEngine(t, os.Getenv), record: &record{makers: map[string]string{}}, kept: &kept{digests: map[string]string{}},
		prefix: "kihontest-" + strings.ToLower(rand.Text()[:8]),
	}
	h.world = gather.World{Engine: h.engine, History: h.record, Originals: h.kept}
	t.Cleanup(func() {
		if ids := strings.Fields(docker(t, "ps", "-aq", "--filter", "name="+h.prefix)); len(ids) > 0 {
			docker(t, append([]string{"rm", "-fv"}, ids...)...)
		}
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

// run makes a container of the learner's in the background; what stands before
// "busybox" or "httpd" are options. It returns its name and ID.
func (h *home) run(name string, args ...string) (full, id string) {
	h.t.Helper()
	full = h.prefix + name
	id = docker(h.t, append([]string{"run", "-d", "--name", full}, args...)...)
	h.record.makers[id] = checker.Learner
	return full, id
}

func (h *home) ended(name string, args ...string) (full, id string) {
	h.t.Helper()
	full, id = h.run(name, args...)
	docker(h.t, "wait", full)
	return full, id
}

// facts gathers for the checks.
func (h *home) facts(checks ...checker.Check) *checker.Snapshot {
	h.t.Helper()
	snap, err := gather.Facts(h.t.Context(), h.world, checker.Task{ID: "a/test", Checks: checks})
	if err != nil {
		h.t.Fatal(err)
	}
	return snap
}

// clues gathers facts, then clues.
func (h *home) clues(task checker.Task) *checker.Clues {
	h.t.Helper()
	snap := h.facts(task.Checks...)
	if err := gather.Clues(h.t.Context(), h.world, task, snap); err != nil {
		h.t.Fatal(err)
	}
	return snap.Clues
}

// file gathers one file of one container.
func (h *home) file(name, path string) checker.File {
	h.t.Helper()
	snap := h.facts(checker.Check{File: &checker.FileFact{Container: name, Path: path}})
	file, read := snap.Files[checker.FileKey{Container: name, Path: path}]
	if !read {
		h.t.Fatalf("%s of %s was not read", path, name)
	}
	return file
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

// elsewhere is an address of this computer that is not its loopback.
func elsewhere(t *testing.T) net.IP {
	t.Helper()
	addresses, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range addresses {
		if ip, ok := a.(*net.IPNet); ok && !ip.IP.IsLoopback() && ip.IP.To4() != nil {
			return ip.IP
		}
	}
	t.Fatal("this computer has no address but its loopback; one is needed to play another computer")
	return nil
}

// silent is an engine whose socket takes calls and never answers.
func silent(t *testing.T) *here {
	t.Helper()
	path := filepath.Join(t.TempDir(), "engine.sock")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return newEngine(t, func(key string) string {
		return map[string]string{"DOCKER_HOST": "unix://" + path, "DOCKER_CONFIG": filepath.Dir(path)}[key]
	})
}

func sorted[S ~[]E, E cmp.Ordered](list S) S {
	list = slices.Clone(list)
	slices.Sort(list)
	return list
}
