package kit

import (
	"context"
	"errors"
	"fmt"

	cerrdefs "github.com/containerd/errdefs"
)

// EnsureOptions says how Ensure gets images that are nowhere on this computer.
type EnsureOptions struct {
	// Registry is as in PullOptions.
	Registry string
	// Progress may be nil.
	Progress Progress
}

// Ensure makes sure that the engine has an image of each name, whoever's it
// is. What is missing comes from the kit; what the kit lacks, or has damaged,
// is pulled when a registry can be reached and built from packages otherwise,
// also when the registry refuses. The results are in the order of the names.
// Errors are those of Pull, Build and Load.
func (k *Kit) Ensure(ctx context.Context, eng Engine, names []string, opts EnsureOptions) ([]LoadResult, error) {
	names, err := fullNames(names)
	if err != nil {
		return nil, err
	}
	report := newReporter(opts.Progress)
	results := map[string]LoadResult{}
	var missing []string
	for _, name := range names {
		have, err := eng.ImageInspect(ctx, name)
		switch {
		case err == nil:
			results[name] = LoadResult{Name: name, State: AlreadyThere, ID: have.ID}
		case cerrdefs.IsNotFound(err):
			missing = append(missing, name)
		default:
			return nil, fmt.Errorf("ask the engine for %s: %w", name, err)
		}
	}
	if len(missing) > 0 {
		if err := k.provide(ctx, eng, missing, opts, report); err != nil {
			return nil, err
		}
		loaded, err := k.load(ctx, eng, missing, report)
		if err != nil {
			return nil, err
		}
		for _, result := range loaded {
			results[result.Name] = result
		}
	}
	ordered := make([]LoadResult, len(names))
	for i, name := range names {
		ordered[i] = results[name]
	}
	return ordered, nil
}

// provide makes sure that the kit has sound images of these names.
func (k *Kit) provide(ctx context.Context, eng Engine, names []string, opts EnsureOptions, report reporter) error {
	needed, err := k.lacking(ctx, names, report)
	if err != nil || len(needed) == 0 {
		return err
	}
	why, pullErr := ReasonNoRegistry, Reachable(ctx, opts.Registry)
	if pullErr == nil {
		platform, err := PlatformOf(ctx, eng)
		if err != nil {
			return err
		}
		why, pullErr = ReasonPullFailed, k.pull(ctx, needed, PullOptions{Registry: opts.Registry, Platform: platform, onlyLacking: true}, report)
		if pullErr == nil {
			return nil
		}
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	report(Step{Stage: StageBuild, State: Running, Reason: why, Detail: pullErr.Error()})
	if err := k.build(ctx, eng, needed, BuildOptions{onlyLacking: true}, report); err != nil {
		return errors.Join(err, pullErr)
	}
	return nil
}

// lacking returns those of the names for which the kit has no sound image.
func (k *Kit) lacking(ctx context.Context, names []string, report reporter) ([]string, error) {
	entries, done, err := k.reading(ctx)
	var corrupt *CorruptError
	switch {
	case errors.Is(err, ErrNoKit):
		return names, nil
	case errors.As(err, &corrupt):
		report(Step{Stage: StageVerify, State: Running, Reason: ReasonCorrupt, Detail: corrupt.Error()})
		return names, nil
	case err != nil:
		return nil, err
	}
	defer done()
	var needed []string
	for _, name := range names {
		e, ok := find(entries, name)
		if !ok {
			needed = append(needed, name)
			continue
		}
		if err := e.check(k.Dir(), report); errors.As(err, &corrupt) {
			report(Step{Stage: StageVerify, State: Running, Image: name, Reason: ReasonCorrupt, Detail: corrupt.Error()})
			needed = append(needed, name)
		} else if err != nil {
			return nil, err
		}
	}
	return needed, nil
}
