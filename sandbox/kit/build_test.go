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
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/docker/docker/api/types/image"

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

func TestABuildLeavesTheEngineAsItWas(t *testing.T) {
	t.Parallel()
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
	t.Parallel()
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

// Two caches, so two builds at the same time in one engine.
func TestTwoBuildsDoNotDisturbEachOther(t *testing.T) {
	t.Parallel()
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
	t.Parallel()
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
	t.Parallel()
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
	t.Parallel()
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
	t.Parallel()
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
	t.Parallel()
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
	t.Parallel()
	eng, k := here(t), newKit(t)
	k.machine.arch, k.recipes = "s390x", quickRecipe
	if err := k.Build(t.Context(), eng, []string{quick}, BuildOptions{}); !errors.Is(err, ErrPlatform) {
		t.Errorf("error %v, want ErrPlatform", err)
	}
}
