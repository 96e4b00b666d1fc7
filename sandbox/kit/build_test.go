package kit

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/filters"
	"github.com/docker/docker/api/types/image"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/mutate"

	"kihon/sandbox/engine"
)

const hello = "docker.io/library/hello-world:latest"

// quick is a recipe that is built in a moment, and does what the others do: a
// stage upon the base that asks the mirror, and one upon nothing.
const quick = "docker.io/library/quick:latest"

var quickRecipe = fstest.MapFS{"images/quick/Dockerfile": {Data: []byte(`ARG BASE
FROM ${BASE} AS maker
RUN echo at work; apt-get update || exit 90; echo made >/made
FROM scratch
COPY --from=maker /made /made
CMD ["/made"]
`)}}

// kitOfQuick returns an empty kit that has a base, and quick as its recipe.
func kitOfQuick(t *testing.T) *Kit {
	t.Helper()
	k := kitWithBase(t)
	k.recipes = quickRecipe
	return k
}

// TestMain lets the test binary be the process that a test kills in the middle
// of a build: KIHONTEST_BUILD names its cache directory.
func TestMain(m *testing.M) {
	cache := os.Getenv("KIHONTEST_BUILD")
	if cache == "" {
		os.Exit(m.Run())
	}
	if err := buildAndSay(cache); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

// buildAndSay builds quick and writes "building" once its command runs.
func buildAndSay(cache string) error {
	ctx := context.Background()
	k, err := Open(cache, "course")
	if err != nil {
		return err
	}
	k.recipes = quickRecipe
	endpoint, err := engine.Find(os.Getenv)
	if err != nil {
		return err
	}
	eng, err := engine.Connect(ctx, endpoint)
	if err != nil {
		return err
	}
	return k.Build(ctx, eng, []string{quick}, BuildOptions{Progress: func(s Step) {
		if s.Detail == "at work" {
			fmt.Println("building")
		}
	}})
}

func TestABuildLeavesTheEngineAsItWas(t *testing.T) {
	eng, k := here(t), kitWithBase(t)
	untouched := bystanders(t, eng)
	var steps recorder
	if err := k.Build(t.Context(), eng, []string{"hello-world"}, BuildOptions{Progress: steps.progress}); err != nil {
		t.Fatal(err)
	}
	nothingOf(t, eng, k)
	goneAgain(t, eng, &steps)
	untouched()
	if got := names(t, k); !slices.Equal(got, []string{hello}) {
		t.Errorf("names %v", got)
	}
	if got, want := steps.stages(), []Stage{StageSweep, StageImport, StageBuild, StageExport}; !slices.Equal(got, want) {
		t.Errorf("stages %v, want %v", got, want)
	}
	list, err := k.List(t.Context(), eng)
	if err != nil {
		t.Fatal(err)
	}
	release, err := k.machine.mirror()
	if err != nil {
		t.Fatal(err)
	}
	if got := list.Items[0]; got.Origin != release.release.origin() || got.Platform != "linux/"+k.machine.arch {
		t.Errorf("listed %+v", got)
	}
}

func TestAnImageWithoutARecipeIsRefusedBeforeAnythingIsDone(t *testing.T) {
	eng, k := here(t), newKit(t)
	err := k.Build(t.Context(), eng, []string{"hello-world", "nosuch"}, BuildOptions{})
	var unknown *UnknownImageError
	if !errors.As(err, &unknown) || unknown.Name != "docker.io/library/nosuch:latest" || !slices.Contains(unknown.Known, hello) {
		t.Errorf("error %v, want an *UnknownImageError", err)
	}
	if left := files(t, k.cache); len(left) != 0 {
		t.Errorf("made: %v", left)
	}
}

// Whenever Ctrl-C comes: when Build is back, nothing is left of it.
func TestAnInterruptedBuildLeavesNothing(t *testing.T) {
	moments := map[string]func(Step) bool{
		"while the base is sent":    func(s Step) bool { return s.Stage == StageImport && s.State == Running },
		"once the base is there":    func(s Step) bool { return s.Stage == StageImport && s.State == Finished },
		"while a command runs":      func(s Step) bool { return s.Detail == "at work" },
		"between two stages":        func(s Step) bool { return strings.HasPrefix(s.Detail, "FROM scratch") },
		"when the image has a name": func(s Step) bool { return strings.HasPrefix(s.Detail, "Successfully tagged") },
		"while the image comes out": func(s Step) bool { return s.Stage == StageExport && s.State == Running },
	}
	for name, moment := range moments {
		t.Run(name, func(t *testing.T) {
			eng, k := here(t), kitOfQuick(t)
			untouched := bystanders(t, eng)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			var once sync.Once
			reached := false
			var steps recorder
			err := k.Build(ctx, eng, []string{quick}, BuildOptions{Progress: func(s Step) {
				steps.progress(s)
				if moment(s) {
					once.Do(func() { reached = true; cancel() })
				}
			}})
			nothingOf(t, eng, k)
			goneAgain(t, eng, &steps)
			if !reached || !errors.Is(err, context.Canceled) {
				t.Errorf("error %v, want context.Canceled; reached %v", err, reached)
			}
			if k.Exists() {
				t.Error("there is a kit")
			}
			untouched()
		})
	}
}

// A process that is killed cannot clear up. The next build does, and a build
// with another cache does not take it for its own.
func TestWhatAKilledBuildLeftIsRemovedByTheNext(t *testing.T) {
	eng, k := here(t), kitOfQuick(t)
	untouched := bystanders(t, eng)
	victim := exec.CommandContext(t.Context(), os.Args[0])
	victim.Env = append(os.Environ(), "KIHONTEST_BUILD="+k.cache)
	output, err := victim.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := victim.Start(); err != nil {
		t.Fatal(err)
	}
	said := make([]byte, len("building"))
	if _, err := output.Read(said); err != nil || string(said) != "building" {
		t.Fatalf("the build said %q, %v", said, err)
	}
	if err := victim.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = victim.Wait() // killed
	if left := leftoversOf(t, eng, k); len(left) == 0 {
		t.Fatal("the killed build has left nothing to remove")
	}
	other := &builder{kit: newKit(t), engine: eng, report: newReporter(nil)}
	other.owner = other.kit.owner()
	if err := other.sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if left := leftoversOf(t, eng, k); len(left) == 0 {
		t.Error("a build with another cache has removed what was not its own")
	}
	if err := k.Build(t.Context(), eng, []string{quick}, BuildOptions{}); err != nil {
		t.Fatal(err)
	}
	nothingOf(t, eng, k)
	untouched()
	if got := names(t, k); !slices.Equal(got, []string{quick}) {
		t.Errorf("names %v", got)
	}
}

// Two caches, so two builds at the same time in one engine.
func TestTwoBuildsDoNotDisturbEachOther(t *testing.T) {
	eng := here(t)
	kits := []*Kit{kitOfQuick(t), kitOfQuick(t)}
	untouched := bystanders(t, eng)
	var builds sync.WaitGroup
	for _, k := range kits {
		builds.Go(func() {
			if err := k.Build(t.Context(), eng, []string{quick}, BuildOptions{}); err != nil {
				t.Error(err)
			}
		})
	}
	builds.Wait()
	for _, k := range kits {
		names(t, k)
		nothingOf(t, eng, k)
	}
	untouched()
}

// Two sessions begin at the same time with an empty kit: one builds, the other
// waits and finds the image there.
func TestTwoWhoNeedTheSameImageBuildItOnce(t *testing.T) {
	eng, k := here(t), kitOfQuick(t)
	var sessions sync.WaitGroup
	var recorders [2]recorder
	for n := range recorders {
		sessions.Go(func() {
			err := k.provide(t.Context(), eng, []string{quick}, EnsureOptions{Registry: "registry.invalid"}, newReporter(recorders[n].progress))
			if err != nil {
				t.Error(err)
			}
		})
	}
	sessions.Wait()
	built := 0
	for n := range recorders {
		if slices.Contains(recorders[n].stages(), StageBuild) {
			built++
		}
		if got := recorders[n].reasons(); len(got) != 1 || got[0] != ReasonNoRegistry {
			t.Errorf("reasons %v, want %s", got, ReasonNoRegistry)
		}
	}
	if built != 1 {
		t.Errorf("it was built %d times", built)
	}
	if got := names(t, k); !slices.Equal(got, []string{quick}) {
		t.Errorf("names %v", got)
	}
}

// noDistribution is an engine that has no image to make a base of, whatever
// the real one has.
type noDistribution struct{ Engine }

func (e noDistribution) ImageList(ctx context.Context, opts image.ListOptions) ([]image.Summary, error) {
	images, err := e.Engine.ImageList(ctx, opts)
	return slices.DeleteFunc(images, func(img image.Summary) bool { return slices.ContainsFunc(img.RepoTags, isDistribution) }), err
}

func TestWithoutRootTheErrorSaysWhatToType(t *testing.T) {
	eng, k := here(t), newKit(t)
	k.machine.isRoot, k.recipes = false, quickRecipe
	err := k.Build(t.Context(), noDistribution{eng}, []string{quick}, BuildOptions{})
	var root *NeedsRootError
	if !errors.Is(err, ErrNeedsRoot) || !errors.As(err, &root) {
		t.Fatalf("error %v, want ErrNeedsRoot", err)
	}
	want := "sudo env KIHON_CACHE=" + k.cache + " kihon kit build"
	if got := strings.Join(root.Command, " "); got != want || !strings.Contains(err.Error(), want) {
		t.Errorf("command %q in %q, want %q", got, err, want)
	}
	nothingOf(t, eng, k)
}

// distribution gives the engine an image called debian, of this machine's
// release, and an engine that sees no other one.
func distribution(t *testing.T, eng *engine.Engine, k *Kit) (only Engine, ref string) {
	t.Helper()
	m, err := k.machine.mirror()
	if err != nil {
		t.Fatal(err)
	}
	b, ok, err := k.cachedBase(m)
	if err != nil || !ok {
		t.Fatalf("no base: %v", err)
	}
	file, err := os.Open(b.path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	ref = unique() + "/debian:stable"
	forget(t, eng, ref)
	answer, err := eng.ImageImport(t.Context(), image.ImportSource{Source: file, SourceName: "-"}, ref, image.ImportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := readMessages(answer, func(message) {}); err != nil {
		t.Fatal(err)
	}
	// The cached base would be the first choice.
	if err := os.RemoveAll(filepath.Join(k.cache, "base")); err != nil {
		t.Fatal(err)
	}
	return onlyImage{Engine: eng, ref: ref}, ref
}

// onlyImage is an engine that has one image of a distribution.
type onlyImage struct {
	Engine
	ref string
}

func (e onlyImage) ImageList(ctx context.Context, opts image.ListOptions) ([]image.Summary, error) {
	images, err := e.Engine.ImageList(ctx, opts)
	return slices.DeleteFunc(images, func(img image.Summary) bool {
		return slices.ContainsFunc(img.RepoTags, isDistribution) && !slices.Contains(img.RepoTags, e.ref)
	}), err
}

func TestWithoutRootAnImageOfTheEngineIsTheBase(t *testing.T) {
	eng, k := here(t), kitOfQuick(t)
	only, ref := distribution(t, eng, k)
	untouched := bystanders(t, eng)
	id := has(t, eng, ref)
	k.machine.isRoot = false
	if err := k.Build(t.Context(), only, []string{quick}, BuildOptions{}); err != nil {
		t.Fatal(err)
	}
	if got := names(t, k); !slices.Equal(got, []string{quick}) {
		t.Errorf("names %v", got)
	}
	nothingOf(t, eng, k)
	if got := has(t, eng, ref); got != id {
		t.Errorf("%s is %q now, it was %q", ref, got, id)
	}
	untouched()
}

// withMirror makes the machine believe that its packages come from this URL.
func withMirror(t *testing.T, k *Kit, url string) {
	t.Helper()
	m, err := k.machine.mirror()
	if err != nil {
		t.Fatal(err)
	}
	text, err := fs.ReadFile(k.machine.root, "etc/os-release")
	if err != nil {
		t.Fatal(err)
	}
	k.machine.root = fstest.MapFS{
		"etc/os-release": {Data: text},
		"etc/apt/sources.list": {Data: []byte(fmt.Sprintf("deb [signed-by=%s] %s %s main\n",
			"/usr/share/keyrings/"+m.release.id+"-archive-keyring.gpg", url, m.release.codename))},
	}
}

func TestAMirrorThatCannotBeReachedIsToldWithWhatWasTried(t *testing.T) {
	eng, k := here(t), kitOfQuick(t)
	only, _ := distribution(t, eng, k)
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	withMirror(t, k, closed.URL+"/debian")

	t.Run("from containers", func(t *testing.T) {
		k.machine.isRoot = false
		untouched := bystanders(t, eng)
		var steps recorder
		err := k.Build(t.Context(), only, []string{quick}, BuildOptions{Progress: steps.progress})
		var network *NetworkError
		if !errors.Is(err, ErrNoNetwork) || !errors.As(err, &network) || network.Host != closed.URL+"/debian" || len(network.Tried) != 2 {
			t.Fatalf("error %v, want a *NetworkError for %s with two attempts", err, closed.URL)
		}
		if got := steps.reasons(); !slices.Equal(got, []Reason{ReasonHostNetwork}) {
			t.Errorf("reasons %v", got)
		}
		nothingOf(t, eng, k)
		untouched()
	})
	t.Run("from this machine", func(t *testing.T) {
		if os.Geteuid() != 0 {
			t.Skip("debootstrap runs as root only")
		}
		k.machine.isRoot = true
		err := k.Build(t.Context(), eng, []string{quick}, BuildOptions{})
		var network *NetworkError
		if !errors.As(err, &network) || network.Host != closed.URL+"/debian" || !strings.Contains(network.Tried[0], "debootstrap") {
			t.Fatalf("error %v, want a *NetworkError for %s", err, closed.URL)
		}
		if left := files(t, filepath.Join(k.cache, "base")); len(left) != 0 {
			t.Errorf("left: %v", left)
		}
	})
}

// The mirror answers on this machine's loopback only: containers reach it on
// the host's network and not on the engine's default one.
func TestABuildFallsBackToTheHostsNetwork(t *testing.T) {
	eng, k := here(t), kitOfQuick(t)
	m, err := k.machine.mirror()
	if err != nil {
		t.Fatal(err)
	}
	upstream, err := url.Parse(m.base.uris[0])
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.Out.URL.Path = strings.TrimPrefix(r.In.URL.Path, "/debian")
		r.SetURL(upstream)
	}})
	t.Cleanup(server.Close)
	only, _ := distribution(t, eng, k)
	withMirror(t, k, server.URL+"/debian")
	k.machine.isRoot = false
	var steps recorder
	if err := k.Build(t.Context(), only, []string{quick}, BuildOptions{Progress: steps.progress}); err != nil {
		t.Fatal(err)
	}
	if got := steps.reasons(); !slices.Equal(got, []Reason{ReasonHostNetwork}) {
		t.Errorf("reasons %v", got)
	}
	if got := names(t, k); !slices.Equal(got, []string{quick}) {
		t.Errorf("names %v", got)
	}
	nothingOf(t, eng, k)
}

func TestAnEngineOfAnotherPlatformIsRefused(t *testing.T) {
	eng, k := here(t), newKit(t)
	k.machine.arch, k.recipes = "s390x", quickRecipe
	if err := k.Build(t.Context(), eng, []string{quick}, BuildOptions{}); !errors.Is(err, ErrPlatform) {
		t.Errorf("error %v, want ErrPlatform", err)
	}
}

// A user has put a name on what an interrupted build has left: it is theirs
// now, and a sweep does not wait for it.
func TestWhatAUserHasNamedIsNotSweptAway(t *testing.T) {
	eng, k, name := here(t), newKit(t), unique()
	forget(t, eng, name)
	img := tiny(t, map[string]string{"a": noise(t, 1000)})
	config, err := img.ConfigFile()
	if err != nil {
		t.Fatal(err)
	}
	config = config.DeepCopy()
	config.Config.Labels = map[string]string{ownerLabel: k.owner()}
	if img, err = mutate.ConfigFile(img, config); err != nil {
		t.Fatal(err)
	}
	labelled := newKit(t)
	put(t, labelled, map[string]v1.Image{"docker.io/library/" + name + ":latest": img})
	id := load1(t, labelled, eng, name).ID
	b := &builder{kit: k, engine: eng, report: newReporter(nil), owner: k.owner()}
	begin := time.Now()
	if err := b.sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(begin); took > settleTime {
		t.Errorf("the sweep took %s", took)
	}
	if got := has(t, eng, name); got != id {
		t.Errorf("%s is %q, it was %q", name, got, id)
	}
}

// A label of ours on a container keeps it from nothing but a stranger's sweep:
// what is old enough goes.
func TestOldLeftoversOfOthersAreSweptAway(t *testing.T) {
	eng := here(t)
	ref := unique()
	k := newKit(t)
	put(t, k, map[string]v1.Image{"docker.io/library/" + ref + ":latest": tiny(t, map[string]string{"a": "one"})})
	forget(t, eng, ref)
	load1(t, k, eng, ref)
	mark := unique()
	created, err := eng.ContainerCreate(t.Context(), &container.Config{Image: ref, Labels: map[string]string{ownerLabel: mark}}, nil, nil, nil, unique())
	if err != nil {
		t.Fatal(err)
	}
	b := box{t: t, eng: eng, id: created.ID}
	t.Cleanup(b.remove)
	match := filters.NewArgs(filters.Arg("label", ownerLabel+"="+mark))
	for _, test := range []struct {
		old  bool
		want int
	}{{false, 1}, {true, 0}} {
		if err := removeLabelled(t.Context(), eng, match, func(int64) bool { return test.old }); err != nil {
			t.Fatal(err)
		}
		left, err := eng.ContainerList(t.Context(), container.ListOptions{All: true, Filters: match})
		if err != nil {
			t.Fatal(err)
		}
		if len(left) != test.want {
			t.Errorf("old is %v: %d left, want %d", test.old, len(left), test.want)
		}
	}
}
