package kit

import (
	"context"
	"errors"
	"os"
	"testing"

	cerrdefs "github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/image"
	v1 "github.com/google/go-containerregistry/pkg/v1"

	"kihon/sandbox/engine"
)

// has returns the ID that a name has in the engine, or nothing.
func has(t *testing.T, eng *engine.Engine, name string) string {
	t.Helper()
	info, err := eng.ImageInspect(t.Context(), name)
	if cerrdefs.IsNotFound(err) {
		return ""
	} else if err != nil {
		t.Fatal(err)
	}
	return info.ID
}

func idOf(t *testing.T, img v1.Image) string {
	t.Helper()
	id, err := img.ConfigName()
	if err != nil {
		t.Fatal(err)
	}
	return id.String()
}

func load1(t *testing.T, k *Kit, eng *engine.Engine, name string) LoadResult {
	t.Helper()
	results, err := k.Load(t.Context(), eng, []string{name}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(results) != 1 {
		t.Fatalf("%d results for one image", len(results))
	}
	return results[0]
}

func TestAnImageOfTheKitEntersTheEngineWithItsID(t *testing.T) {
	eng, k, short := here(t), newKit(t), unique()
	full := "docker.io/library/" + short + ":latest"
	img := tiny(t, map[string]string{"a": noise(t, 500_000)})
	put(t, k, map[string]v1.Image{full: img})
	forget(t, eng, short)

	var steps recorder
	results, err := k.Load(t.Context(), eng, nil, steps.progress)
	if err != nil {
		t.Fatal(err)
	}
	want := LoadResult{Name: full, State: Loaded, ID: idOf(t, img)}
	if len(results) != 1 || results[0] != want {
		t.Errorf("load: %+v, want %+v", results, want)
	}
	if got := has(t, eng, short); got != want.ID {
		t.Errorf("the engine has %q under %s, want %q", got, short, want.ID)
	}
	nothingOf(t, eng, k)
	var most Step
	for _, s := range steps.steps {
		if s.Stage == StageLoad && s.State == Running && s.Done > most.Done {
			most = s
		}
	}
	if most.Done < 400_000 || most.Total < most.Done {
		t.Errorf("progress went to %d of %d bytes", most.Done, most.Total)
	}

	want.State = AlreadyThere
	if got := load1(t, k, eng, short); got != want {
		t.Errorf("load again: %+v, want %+v", got, want)
	}
}

func TestANameThatTheUserHasStaysTheUsers(t *testing.T) {
	eng, short := here(t), unique()
	full := "docker.io/library/" + short + ":latest"
	theirs, ours := newKit(t), newKit(t)
	put(t, theirs, map[string]v1.Image{full: tiny(t, map[string]string{"a": "the user's"})})
	put(t, ours, map[string]v1.Image{full: tiny(t, map[string]string{"a": "the kit's"})})
	forget(t, eng, short)
	users := load1(t, theirs, eng, short)

	if got, want := load1(t, ours, eng, short), (LoadResult{Name: full, State: KeptYours, ID: users.ID}); got != want {
		t.Errorf("load: %+v, want %+v", got, want)
	}
	if got := has(t, eng, short); got != users.ID {
		t.Errorf("%s is %q now, it was %q", short, got, users.ID)
	}
	list, err := ours.List(t.Context(), eng)
	if err != nil {
		t.Fatal(err)
	}
	if got := list.Items[0]; got.InEngine != EngineOther || got.EngineID != users.ID {
		t.Errorf("listed %+v, want other with ID %s", got, users.ID)
	}
	nothingOf(t, eng, ours)
}

// Somebody names an image of their own in the moment between our look and our
// naming: the name stays theirs.
func TestAUserWhoIsFasterKeepsTheName(t *testing.T) {
	eng, short := here(t), unique()
	full := "docker.io/library/" + short + ":latest"
	other := unique()
	theirs, ours := newKit(t), newKit(t)
	put(t, theirs, map[string]v1.Image{"docker.io/library/" + other + ":latest": tiny(t, map[string]string{"a": "the user's"})})
	put(t, ours, map[string]v1.Image{full: tiny(t, map[string]string{"a": "the kit's"})})
	forget(t, eng, short)
	forget(t, eng, other)
	users := load1(t, theirs, eng, other)

	results, err := ours.Load(t.Context(), eng, []string{short}, func(s Step) {
		if s.Stage == StageLoad && s.State == Finished {
			if err := eng.ImageTag(context.Background(), other, short); err != nil {
				t.Error(err)
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if want := (LoadResult{Name: full, State: KeptYours, ID: users.ID}); results[0] != want {
		t.Errorf("load: %+v, want %+v", results[0], want)
	}
	nothingOf(t, eng, ours)
}

func TestAnImageThatLostItsNameGetsItBackWithoutATransfer(t *testing.T) {
	eng, k, short, keeper := here(t), newKit(t), unique(), unique()
	full := "docker.io/library/" + short + ":latest"
	img := tiny(t, map[string]string{"a": "one"})
	put(t, k, map[string]v1.Image{full: img})
	forget(t, eng, short)
	forget(t, eng, keeper)
	load1(t, k, eng, short)
	if err := eng.ImageTag(t.Context(), short, keeper); err != nil {
		t.Fatal(err)
	}
	if _, err := eng.ImageRemove(t.Context(), short, image.RemoveOptions{}); err != nil {
		t.Fatal(err)
	}
	var steps recorder
	results, err := k.Load(t.Context(), eng, []string{short}, steps.progress)
	if err != nil {
		t.Fatal(err)
	}
	if results[0].State != Loaded || has(t, eng, short) != idOf(t, img) {
		t.Errorf("load: %+v, the engine has %q", results[0], has(t, eng, short))
	}
	for _, s := range steps.steps {
		if s.Stage == StageLoad {
			t.Errorf("it was sent again: %+v", s)
		}
	}
}

func TestACancelledLoadLeavesNothing(t *testing.T) {
	eng, k, short := here(t), newKit(t), unique()
	put(t, k, map[string]v1.Image{"docker.io/library/" + short + ":latest": tiny(t, map[string]string{"a": noise(t, 5_000_000)})})
	forget(t, eng, short)
	untouched := bystanders(t, eng)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	_, err := k.Load(ctx, eng, nil, func(s Step) {
		if s.Stage == StageLoad && s.State == Running {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want context.Canceled", err)
	}
	if got := has(t, eng, short); got != "" {
		t.Errorf("the engine has %s as %s", short, got)
	}
	untouched()
	nothingOf(t, eng, k)
}

// A process that is killed between the transfer and the naming leaves a name
// that nobody asked for.
func TestWhatAKilledLoadLeftIsRemovedByTheNext(t *testing.T) {
	eng, k, short := here(t), newKit(t), unique()
	put(t, k, map[string]v1.Image{"docker.io/library/" + short + ":latest": tiny(t, map[string]string{"a": "one"})})
	forget(t, eng, short)
	load1(t, k, eng, short)
	if err := eng.ImageTag(t.Context(), short, privateRef("load0", k.owner()+"-dead")); err != nil {
		t.Fatal(err)
	}
	if left := leftoversOf(t, eng, k); len(left) != 1 {
		t.Fatalf("leftovers %v", left)
	}
	if got := load1(t, k, eng, short); got.State != AlreadyThere {
		t.Errorf("load: %+v", got)
	}
	nothingOf(t, eng, k)
}

func TestADamagedImageIsNotSentToTheEngine(t *testing.T) {
	eng, k, short := here(t), newKit(t), unique()
	put(t, k, map[string]v1.Image{"docker.io/library/" + short + ":latest": tiny(t, map[string]string{"a": noise(t, 50_000)})})
	forget(t, eng, short)
	entries, err := index(k.Dir())
	if err != nil {
		t.Fatal(err)
	}
	blobs, err := entries[0].blobs(k.Dir())
	if err != nil {
		t.Fatal(err)
	}
	flip(t, blobPath(k.Dir(), blobs[2].Digest))
	_, err = k.Load(t.Context(), eng, nil, nil)
	var corrupt *CorruptError
	if !errors.As(err, &corrupt) || corrupt.Blob != blobs[2].Digest.String() {
		t.Errorf("error %v, want a *CorruptError of %s", err, blobs[2].Digest)
	}
	if got := has(t, eng, short); got != "" {
		t.Errorf("the engine has %s as %s", short, got)
	}
}

func TestWhatTheKitDoesNotHaveIsNamed(t *testing.T) {
	eng, k, short := here(t), newKit(t), unique()
	if _, err := k.Load(t.Context(), eng, []string{short}, nil); !errors.Is(err, ErrNoKit) {
		t.Errorf("without a kit: %v, want ErrNoKit", err)
	}
	put(t, k, map[string]v1.Image{nameA: tiny(t, map[string]string{"a": "one"})})
	_, err := k.Load(t.Context(), eng, []string{short}, nil)
	var missing *NotInKitError
	if !errors.As(err, &missing) || missing.Name != "docker.io/library/"+short+":latest" {
		t.Errorf("error %v, want a *NotInKitError for %s", err, short)
	}
}

func TestEnsureTakesTheNearestCopy(t *testing.T) {
	eng, short := here(t), unique()
	full := "docker.io/library/" + short + ":latest"
	host := aRegistry(t)
	img := tiny(t, map[string]string{"a": "one"})
	push(t, host+"/"+short+":latest", img)
	k := newKit(t)
	forget(t, eng, short)
	platform, err := PlatformOf(t.Context(), eng)
	if err != nil || platform.OS != "linux" {
		t.Fatalf("platform %v, %v", platform, err)
	}
	ensure := func(registry string) (LoadResult, []Stage, error) {
		var steps recorder
		results, err := k.Ensure(t.Context(), eng, []string{short}, EnsureOptions{Registry: registry, Progress: steps.progress})
		if err != nil {
			return LoadResult{}, steps.stages(), err
		}
		return results[0], steps.stages(), nil
	}

	// Nowhere on this computer: from the registry.
	got, stages, err := ensure(host)
	if want := (LoadResult{Name: full, State: Loaded, ID: idOf(t, img)}); err != nil || got != want {
		t.Fatalf("from the registry: %+v, %v; want %+v", got, err, want)
	}
	if len(stages) != 2 || stages[0] != StagePull || stages[1] != StageLoad {
		t.Errorf("stages %v, want pull and load", stages)
	}
	// In the engine: nothing is done, nobody is asked.
	got, stages, err = ensure("registry.invalid")
	if err != nil || got.State != AlreadyThere || len(stages) != 0 {
		t.Errorf("in the engine: %+v after %v, %v", got, stages, err)
	}
	// In the kit: nobody is asked.
	if _, err := eng.ImageRemove(t.Context(), short, image.RemoveOptions{}); err != nil {
		t.Fatal(err)
	}
	got, stages, err = ensure("registry.invalid")
	if err != nil || got.State != Loaded || len(stages) != 1 || stages[0] != StageLoad {
		t.Errorf("in the kit: %+v after %v, %v", got, stages, err)
	}
	// In the kit, but damaged: from the registry again.
	if _, err := eng.ImageRemove(t.Context(), short, image.RemoveOptions{}); err != nil {
		t.Fatal(err)
	}
	entries, err := index(k.Dir())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(blobPath(k.Dir(), entries[0].desc.Digest)); err != nil {
		t.Fatal(err)
	}
	got, stages, err = ensure(host)
	if err != nil || got.State != Loaded || len(stages) != 2 || stages[0] != StagePull {
		t.Errorf("damaged: %+v after %v, %v", got, stages, err)
	}
}

// Neither a registry nor a recipe has it: the error says both.
func TestEnsureSaysWhyItCannotHelp(t *testing.T) {
	eng, k, short := here(t), newKit(t), unique()
	var steps recorder
	_, err := k.Ensure(t.Context(), eng, []string{short}, EnsureOptions{Registry: "registry.invalid", Progress: steps.progress})
	var unknown *UnknownImageError
	if !errors.As(err, &unknown) || !errors.Is(err, ErrNoNetwork) {
		t.Errorf("no registry: %v, want an *UnknownImageError and ErrNoNetwork", err)
	}
	if got := steps.reasons(); len(got) != 1 || got[0] != ReasonNoRegistry {
		t.Errorf("reasons %v, want %s", got, ReasonNoRegistry)
	}
	steps = recorder{}
	_, err = k.Ensure(t.Context(), eng, []string{short}, EnsureOptions{Registry: aRegistry(t), Progress: steps.progress})
	if !errors.As(err, &unknown) || errors.Is(err, ErrNoNetwork) {
		t.Errorf("a registry without it: %v, want an *UnknownImageError", err)
	}
	if got := steps.reasons(); len(got) != 1 || got[0] != ReasonPullFailed {
		t.Errorf("reasons %v, want %s", got, ReasonPullFailed)
	}
}
