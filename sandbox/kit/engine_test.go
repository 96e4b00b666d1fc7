package kit

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	cerrdefs "github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/filters"
	"github.com/docker/docker/api/types/image"
	"github.com/docker/docker/pkg/stdcopy"
	"github.com/docker/go-connections/nat"
	v1 "github.com/google/go-containerregistry/pkg/v1"

	"kihon/sandbox/engine"
)

// here returns the engine that the Docker CLI would use.
func here(t *testing.T) *engine.Engine {
	t.Helper()
	endpoint, err := engine.Find(os.Getenv)
	if err != nil {
		t.Fatal(err)
	}
	eng, err := engine.Connect(t.Context(), endpoint)
	if err != nil {
		t.Fatal(err)
	}
	if err := eng.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { eng.Close() })
	return eng
}

// forget removes an image's name at the end of the test, and the image with
// its last name.
func forget(t *testing.T, eng *engine.Engine, ref string) {
	t.Helper()
	t.Cleanup(func() {
		_, err := eng.ImageRemove(context.Background(), ref, image.RemoveOptions{Force: true, PruneChildren: true})
		if err != nil && !cerrdefs.IsNotFound(err) {
			t.Error(err)
		}
	})
}

// courseKit returns the kit of the images that can be built, in the cache that
// the environment names, so that they are built once for many runs. What is
// missing, or was built from another state of the recipes, is built.
var courseKit = sync.OnceValues(func() (*Kit, error) {
	cache, err := CacheDir(os.Getenv)
	if err != nil {
		return nil, err
	}
	k, err := Open(cache, "docker-basics")
	if err != nil {
		return nil, err
	}
	entries, err := index(k.Dir())
	if err != nil && !errors.Is(err, ErrNoKit) {
		return nil, err
	}
	var stale []string
	recipes, err := readRecipes(k.recipes)
	if err != nil {
		return nil, err
	}
	for _, r := range recipes {
		digest, err := r.digest()
		if err != nil {
			return nil, err
		}
		if e, ok := find(entries, r.name); !ok || e.desc.Annotations[annotationRecipe] != digest {
			stale = append(stale, r.name)
		}
	}
	endpoint, err := engine.Find(os.Getenv)
	if err != nil {
		return nil, err
	}
	eng, err := engine.Connect(context.Background(), endpoint)
	if err != nil {
		return nil, err
	}
	defer eng.Close()
	return k, k.Build(context.Background(), eng, stale, BuildOptions{})
})

// kitWithBase returns an empty kit whose cache has the base of courseKit's.
func kitWithBase(t *testing.T) *Kit {
	t.Helper()
	course, err := courseKit()
	if err != nil {
		t.Fatal(err)
	}
	m, err := course.machine.mirror()
	if err != nil {
		t.Fatal(err)
	}
	b, ok, err := course.cachedBase(m)
	if err != nil {
		t.Fatal(err)
	}
	if !ok {
		unlock, err := course.lockForWriting(t.Context(), newReporter(nil))
		if err != nil {
			t.Fatal(err)
		}
		defer unlock()
		if b, err = course.makeBase(t.Context(), m, b, newReporter(nil)); err != nil {
			t.Fatal(err)
		}
	}
	k := newKit(t)
	if err := os.Mkdir(filepath.Join(k.cache, "base"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{b.path, b.metaPath()} {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(k.cache, "base", filepath.Base(path)), text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return k
}

// loaded puts an image of the course's kit into the engine under a name of the
// test's own, and returns that name.
func loaded(t *testing.T, eng *engine.Engine, short string) string {
	t.Helper()
	course, err := courseKit()
	if err != nil {
		t.Fatal(err)
	}
	entries, err := index(course.Dir())
	if err != nil {
		t.Fatal(err)
	}
	full, err := FullName(short)
	if err != nil {
		t.Fatal(err)
	}
	e, ok := find(entries, full)
	if !ok {
		t.Fatalf("%s is not in the kit", full)
	}
	img, err := e.image(course.Dir(), newReporter(nil))
	if err != nil {
		t.Fatal(err)
	}
	defer img.close()
	name := unique() + ":latest"
	k := newKit(t)
	put(t, k, map[string]v1.Image{"docker.io/library/" + name: img})
	forget(t, eng, name)
	results, err := k.Load(t.Context(), eng, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if results[0].State != Loaded {
		t.Fatalf("load: %+v", results[0])
	}
	return name
}

// box is a running container of a test.
type box struct {
	t   *testing.T
	eng *engine.Engine
	id  string
}

// start runs a container of the image with its own command, or with cmd, and
// with port published on a free port of 127.0.0.1 unless it is empty.
func start(t *testing.T, eng *engine.Engine, ref, port string, cmd ...string) box {
	t.Helper()
	config, host := &container.Config{Image: ref, Cmd: cmd}, &container.HostConfig{}
	if port != "" {
		host.PortBindings = anyPort(port)
	}
	created, err := eng.ContainerCreate(t.Context(), config, host, nil, nil, unique())
	if err != nil {
		t.Fatal(err)
	}
	return adopt(t, eng, created.ID)
}

// adopt starts a container that the test has created.
func adopt(t *testing.T, eng *engine.Engine, id string) box {
	t.Helper()
	b := box{t: t, eng: eng, id: id}
	t.Cleanup(b.remove)
	if err := eng.ContainerStart(t.Context(), id, container.StartOptions{}); err != nil {
		t.Fatal(err)
	}
	return b
}

func (b box) remove() {
	err := b.eng.ContainerRemove(context.Background(), b.id, container.RemoveOptions{Force: true, RemoveVolumes: true})
	if err != nil && !cerrdefs.IsNotFound(err) {
		b.t.Error(err)
	}
}

// anyPort publishes a port on a free port of 127.0.0.1.
func anyPort(port string) nat.PortMap {
	return nat.PortMap{nat.Port(port): {{HostIP: "127.0.0.1"}}}
}

func (b box) inspect() container.InspectResponse {
	b.t.Helper()
	info, err := b.eng.ContainerInspect(b.t.Context(), b.id)
	if err != nil {
		b.t.Fatal(err)
	}
	return info
}

// address returns where a published port can be reached.
func (b box) address(port string) string {
	b.t.Helper()
	bindings := b.inspect().NetworkSettings.Ports[nat.Port(port)]
	if len(bindings) == 0 {
		b.t.Fatalf("port %s is not published", port)
	}
	return bindings[0].HostIP + ":" + bindings[0].HostPort
}

// logs returns what the container has written so far.
func (b box) logs() (stdout, stderr string) {
	b.t.Helper()
	stream, err := b.eng.ContainerLogs(b.t.Context(), b.id, container.LogsOptions{ShowStdout: true, ShowStderr: true})
	if err != nil {
		b.t.Fatal(err)
	}
	defer stream.Close()
	return split(b.t, stream)
}

// wait waits for the end of the container and returns its exit code.
func (b box) wait() int64 {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.t.Context(), time.Minute)
	defer cancel()
	ended, failed := b.eng.ContainerWait(ctx, b.id, container.WaitConditionNotRunning)
	select {
	case end := <-ended:
		return end.StatusCode
	case err := <-failed:
		b.t.Fatal(err)
		return -1
	}
}

// exec runs a command in the container.
func (b box) exec(cmd ...string) (output string, code int, err error) {
	b.t.Helper()
	created, err := b.eng.ContainerExecCreate(b.t.Context(), b.id, container.ExecOptions{Cmd: cmd, AttachStdout: true, AttachStderr: true})
	if err != nil {
		return "", 0, err
	}
	stream, err := b.eng.ContainerExecAttach(b.t.Context(), created.ID, container.ExecAttachOptions{})
	if err != nil {
		return "", 0, err
	}
	defer stream.Close()
	stdout, stderr := split(b.t, stream.Reader)
	info, err := b.eng.ContainerExecInspect(b.t.Context(), created.ID)
	return stdout + stderr, info.ExitCode, err
}

// must runs a command that has to succeed, and returns its trimmed output.
func (b box) must(cmd ...string) string {
	b.t.Helper()
	output, code, err := b.exec(cmd...)
	if err != nil || code != 0 {
		b.t.Fatalf("%s: exit code %d, error %v\n%s", strings.Join(cmd, " "), code, err, output)
	}
	return strings.TrimSpace(output)
}

func split(t *testing.T, stream io.Reader) (stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	if _, err := stdcopy.StdCopy(&out, &errs, stream); err != nil {
		t.Fatal(err)
	}
	return out.String(), errs.String()
}

// eventually asks again until ok, or fails after a minute.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !ok(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited a minute for: %s", what)
		}
	}
}

// bystanders gives the engine what a user may have in it: an image with a
// name, one without, and a container. The function that it returns asserts that
// they are as they were. (The whole inventory cannot be compared: other tests
// work with the same engine.)
func bystanders(t *testing.T, eng *engine.Engine) (untouched func()) {
	t.Helper()
	named, nameless := unique(), unique()
	k := newKit(t)
	put(t, k, map[string]v1.Image{
		"docker.io/library/" + named + ":latest":    tiny(t, map[string]string{"a": noise(t, 1000)}),
		"docker.io/library/" + nameless + ":latest": tiny(t, map[string]string{"a": noise(t, 1000)}),
	})
	forget(t, eng, named)
	id, dangling := load1(t, k, eng, named).ID, load1(t, k, eng, nameless).ID
	forget(t, eng, dangling)
	created, err := eng.ContainerCreate(t.Context(), &container.Config{Image: dangling}, nil, nil, nil, unique())
	if err != nil {
		t.Fatal(err)
	}
	b := box{t: t, eng: eng, id: created.ID}
	t.Cleanup(b.remove)
	// An image whose name goes to another one stays without.
	forget(t, eng, nameless)
	if err := eng.ImageTag(t.Context(), named, nameless); err != nil {
		t.Fatal(err)
	}
	return func() {
		t.Helper()
		if got := has(t, eng, named); got != id {
			t.Errorf("%s is %q, it was %q", named, got, id)
		}
		if got := has(t, eng, dangling); got != dangling {
			t.Errorf("the image %s is gone", dangling)
		}
		if got := b.inspect().State.Status; got != "created" {
			t.Errorf("the container is %s", got)
		}
	}
}

// imageLine is how the classic builder names what it has made.
var imageLine = regexp.MustCompile(`^(?:---> |Successfully built )([0-9a-f]{12})$`)

// goneAgain asserts that none of the images that a build has made, by its own
// words, is in the engine.
func goneAgain(t *testing.T, eng *engine.Engine, steps *recorder) {
	t.Helper()
	steps.mu.Lock()
	defer steps.mu.Unlock()
	for _, s := range steps.steps {
		if made := imageLine.FindStringSubmatch(s.Detail); made != nil && has(t, eng, made[1]) != "" {
			t.Errorf("the image %s is still in the engine", made[1])
		}
	}
}

// nothingOf asserts that the engine has nothing that a build or a load with
// this kit has made, at this moment.
func nothingOf(t *testing.T, eng *engine.Engine, k *Kit) {
	t.Helper()
	if left := leftoversOf(t, eng, k); len(left) > 0 {
		t.Errorf("left in the engine: %v", left)
	}
}

func leftoversOf(t *testing.T, eng *engine.Engine, k *Kit) []string {
	t.Helper()
	var left []string
	label := filters.NewArgs(filters.Arg("label", ownerLabel+"="+k.owner()))
	containers, err := eng.ContainerList(context.Background(), container.ListOptions{All: true, Filters: label})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range containers {
		left = append(left, "container "+c.ID)
	}
	images, err := eng.ImageList(context.Background(), image.ListOptions{All: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, img := range images {
		if img.Labels[ownerLabel] == k.owner() || slices.ContainsFunc(img.RepoTags, func(tag string) bool {
			return strings.HasPrefix(tag, privatePrefix) && strings.Contains(tag, ":"+k.owner())
		}) {
			left = append(left, "image "+img.ID+" "+strings.Join(img.RepoTags, " "))
		}
	}
	return left
}
