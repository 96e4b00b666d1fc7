package kit

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/docker/docker/api/types/build"
	"github.com/docker/docker/api/types/image"
	"golang.org/x/sync/errgroup"
)

// BuildOptions says how Build works.
type BuildOptions struct {
	// Fresh makes the base anew, although the cache has one.
	Fresh bool
	// Progress may be nil.
	Progress Progress

	onlyLacking bool
}

// Build makes the images out of the distribution's packages and puts them into
// the kit, in the place of images of the same names. The engine does the work;
// afterwards it has what it had before. Names are taken as the engine takes
// them (httpd). Errors to react to: *UnknownImageError, ErrNoSources,
// ErrNeedsRoot, ErrNoNetwork, ErrPlatform, *BuildError. When ctx ends, what the
// build has left in the engine is removed before Build returns, which takes
// ten seconds at most.
func (k *Kit) Build(ctx context.Context, eng Engine, names []string, opts BuildOptions) error {
	return k.build(ctx, eng, names, opts, newReporter(opts.Progress))
}

func (k *Kit) build(ctx context.Context, eng Engine, names []string, opts BuildOptions, report reporter) error {
	names, err := fullNames(names)
	if err != nil {
		return err
	}
	recipes, err := k.recipesFor(names)
	if err != nil || len(recipes) == 0 {
		return err
	}
	platform, err := PlatformOf(ctx, eng)
	if err != nil {
		return err
	}
	if platform.OS != "linux" || platform.Architecture != k.machine.arch {
		return fmt.Errorf("%w: it has %s, a build here is for linux/%s", ErrPlatform, platform, k.machine.arch)
	}
	return k.write(ctx, report, func(w *layoutWriter) (err error) {
		if opts.onlyLacking {
			// Somebody else may have built them while we waited.
			if names, err = k.lacking(ctx, names, report); err != nil {
				return err
			}
			if recipes, err = k.recipesFor(names); err != nil || len(recipes) == 0 {
				return err
			}
		}
		b := &builder{kit: k, engine: eng, report: report, owner: k.owner(), options: opts}
		if err := b.sweep(ctx); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, tidy(ctx, b.removeOwn)) }()
		if err := b.prepare(ctx); err != nil {
			return err
		}
		if err := b.buildAll(ctx, recipes); err != nil {
			return err
		}
		return b.export(ctx, recipes, w)
	})
}

// builder is one build in an engine.
type builder struct {
	kit     *Kit
	engine  Engine
	report  reporter
	owner   string
	options BuildOptions

	baseRef string // the base's name in the engine
	base    base   // without a path when the base is an image of the engine
	network string // network mode of the builds, empty: the engine's choice
	mirror  string // for messages
}

// buildAll builds the images, two at a time: one waits for the mirror while
// the other unpacks.
func (b *builder) buildAll(ctx context.Context, recipes []recipe) error {
	first := b.buildEach(ctx, recipes)
	if !isMirrorError(first) {
		return first
	}
	// Some engines have no way out for containers on their default network.
	b.network = "host"
	b.report(Step{Stage: StageBuild, State: Running, Reason: ReasonHostNetwork, Detail: lastLine(first)})
	second := b.buildEach(ctx, recipes)
	if !isMirrorError(second) {
		return second
	}
	return &NetworkError{Host: b.mirror, Tried: []string{
		"from a container on the engine's default network: " + lastLine(first),
		"from a container on the host's network: " + lastLine(second),
	}}
}

func (b *builder) buildEach(ctx context.Context, recipes []recipe) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(2)
	for _, r := range recipes {
		group.Go(func() error {
			archive, err := r.context(ownerLabel+"="+b.owner, time.Now())
			if err != nil {
				return err
			}
			return b.buildOne(ctx, r.name, b.ref(r), archive)
		})
	}
	return group.Wait()
}

// ref is the name that an image has in the engine while it is built.
func (b *builder) ref(r recipe) string { return privateRef(r.short, b.owner) }

// stepLine is how the classic builder announces an instruction.
var stepLine = regexp.MustCompile(`^Step (\d+)/(\d+) : (.*)`)

// colour is what the builder puts around lines of a command's standard error.
var colour = regexp.MustCompile("\x1b\\[[0-9;]*m")

// buildOne sends a build context to the classic builder and waits for the end.
// The error is a *BuildError when an instruction failed.
func (b *builder) buildOne(ctx context.Context, name, ref string, archive []byte) error {
	b.report(Step{Stage: StageBuild, State: Started, Image: name})
	args := b.kit.machine.buildArgs()
	args["BASE"] = &b.baseRef
	answer, err := b.engine.ImageBuild(ctx, bytes.NewReader(archive), build.ImageBuildOptions{
		// The classic builder is in every engine, and needs no session.
		Version:     build.BuilderV1,
		Tags:        []string{ref},
		BuildArgs:   args,
		NetworkMode: b.network,
		NoCache:     true,
		Remove:      true,
		ForceRemove: true,
	})
	if err != nil {
		return fmt.Errorf("build %s: %w", name, err)
	}
	step := Step{Stage: StageBuild, State: Running, Image: name}
	output := &lineWriter{keep: 15, each: func(line string) {
		step.Detail = line
		if found := stepLine.FindStringSubmatch(line); found != nil {
			step.Done, _ = strconv.ParseInt(found[1], 10, 64)
			step.Total, _ = strconv.ParseInt(found[2], 10, 64)
			step.Detail = found[3]
		}
		b.report(step)
	}}
	err = readMessages(answer.Body, func(m message) {
		io.WriteString(output, colour.ReplaceAllString(m.Stream, ""))
	})
	if err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	var failure *streamError
	if errors.As(err, &failure) {
		return &BuildError{Image: name, ExitCode: failure.code, Output: output.last, Err: failure}
	} else if err != nil {
		return fmt.Errorf("build %s: %w", name, err)
	}
	b.report(Step{Stage: StageBuild, State: Finished, Image: name, Done: step.Total, Total: step.Total})
	return nil
}

func isMirrorError(err error) bool {
	var failed *BuildError
	return errors.As(err, &failed) && failed.ExitCode == exitNoMirror
}

// lastLine returns the line in which apt says why it failed.
func lastLine(err error) string {
	var failed *BuildError
	if !errors.As(err, &failed) {
		return err.Error()
	}
	for _, line := range failed.Output {
		if strings.HasPrefix(line, "E: ") || strings.HasPrefix(line, "Err:") {
			return line
		}
	}
	return failed.Err.Error()
}

// prepare puts the base into the engine.
func (b *builder) prepare(ctx context.Context) error {
	m, err := b.kit.machine.mirror()
	if err == nil {
		b.mirror = m.base.uris[0]
		var cached bool
		if b.base, cached, err = b.kit.cachedBase(m); err != nil {
			return err
		}
		if cached && !b.options.Fresh {
			return b.importBase(ctx)
		}
		if b.kit.machine.isRoot && b.kit.machine.os == "linux" {
			if b.base, err = b.kit.makeBase(ctx, m, b.base, b.report); err != nil {
				return err
			}
			return b.importBase(ctx)
		}
		err = &NeedsRootError{Command: []string{"sudo", "env", "KIHON_CACHE=" + b.kit.cache, "kihon", "kit", "build"}}
	} else if !errors.Is(err, ErrNoSources) {
		return err
	}
	found, imageErr := b.baseFromImage(ctx, m)
	if imageErr != nil {
		return imageErr
	}
	if !found {
		return err
	}
	return nil
}

// importBase gives the engine the cached base under a private name.
func (b *builder) importBase(ctx context.Context) error {
	finish := b.report.stage(Step{Stage: StageImport, Total: b.base.meta.Size})
	file, err := os.Open(b.base.path)
	if err != nil {
		return fmt.Errorf("import the base: %w", err)
	}
	defer file.Close()
	b.baseRef = privateRef("base", b.owner)
	meter := b.report.meter(Step{Stage: StageImport, Total: b.base.meta.Size})
	answer, err := b.engine.ImageImport(ctx,
		image.ImportSource{Source: io.TeeReader(file, meter), SourceName: "-"}, b.baseRef,
		image.ImportOptions{Changes: []string{"LABEL " + ownerLabel + "=" + b.owner}})
	if err != nil {
		return fmt.Errorf("import the base: %w", err)
	}
	if err := readMessages(answer, func(message) {}); err != nil {
		return fmt.Errorf("import the base: %w", err)
	}
	finish()
	return nil
}
