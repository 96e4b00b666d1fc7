package kit

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/filters"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/mutate"

	"kihon/sandbox/engine"
)

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

// Whenever Ctrl-C comes: when Build is back, nothing is left of it.
func TestAnInterruptedBuildLeavesNothing(t *testing.T) {
	moments := map[string]func(Step) bool{
		"while a command runs":      func(s Step) bool { return s.Detail == "at work" },
		"while the image comes out": func(s Step) bool { return s.Stage == StageExport && s.State == Running },
	}
	if os.Getenv("FULL") != "" {
		moments["while the base is sent"] = func(s Step) bool { return s.Stage == StageImport && s.State == Running }
		moments["once the base is there"] = func(s Step) bool { return s.Stage == StageImport && s.State == Finished }
		moments["between two stages"] = func(s Step) bool { return strings.HasPrefix(s.Detail, "FROM scratch") }
		moments["when the image has a name"] = func(s Step) bool { return strings.HasPrefix(s.Detail, "Successfully tagged") }
	}
	for name, moment := range moments {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
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
	t.Parallel()
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

// A user has put a name on what an interrupted build has left: it is theirs
// now, and a sweep does not wait for it.
func TestWhatAUserHasNamedIsNotSweptAway(t *testing.T) {
	t.Parallel()
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
	t.Parallel()
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
