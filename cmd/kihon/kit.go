package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"kihon/cmd/kihon/learner"
	"kihon/sandbox/engine"
	"kihon/sandbox/kit"
)

func (a *app) kitCommand() *cobra.Command {
	var fresh bool
	parent := a.group("kit", a.words.Say("cmd.kit"), a.words.Say("cmd.kit.examples"))
	build := a.below("build [IMAGE]...", a.words.Say("cmd.kit.build"), between(0, -1), func(ctx context.Context, args []string) error {
		return a.withKit(ctx, args, func(ctx context.Context, k *kit.Kit, e *engine.Engine, names []string) error {
			return k.Build(ctx, e, names, kit.BuildOptions{Fresh: fresh, Progress: a.kitProgress()})
		})
	})
	build.Flags().BoolVar(&fresh, "fresh", false, a.words.Say("flag.kit.fresh"))
	pull := a.below("pull [IMAGE]...", a.words.Say("cmd.kit.pull"), between(0, -1), func(ctx context.Context, args []string) error {
		return a.withKit(ctx, args, func(ctx context.Context, k *kit.Kit, e *engine.Engine, names []string) error {
			platform, err := kit.PlatformOf(ctx, e)
			if err != nil {
				return err
			}
			return k.Pull(ctx, names, kit.PullOptions{Registry: a.getenv("KIHON_REGISTRY"), Platform: platform, Progress: a.kitProgress()})
		})
	})
	load := a.below("load [FILE | IMAGE]...", a.words.Say("cmd.kit.load"), between(0, -1), a.kitLoad)
	save := a.below("save FILE", a.words.Say("cmd.kit.save"), between(1, 1), func(ctx context.Context, args []string) error {
		k, err := a.openKit()
		if err != nil {
			return err
		}
		if err := k.Save(ctx, args[0], a.kitProgress()); err != nil {
			return err
		}
		a.say(a.words.Say("kit.saved", "file", args[0]))
		return nil
	})
	parent.AddCommand(build, pull, load, save,
		a.below("verify", a.words.Say("cmd.kit.verify"), between(0, 0), a.kitVerify),
		a.below("list", a.words.Say("cmd.kit.list"), between(0, 0), a.kitList))
	return parent
}

// below makes a verb of a verb.
func (a *app) below(use, short string, args cobra.PositionalArgs, run func(ctx context.Context, args []string) error) *cobra.Command {
	return a.verb(use, short, "", args, run)
}

func (a *app) openKit() (*kit.Kit, error) {
	course, err := a.course()
	if err != nil {
		return nil, err
	}
	return kit.Open(a.paths.Cache, course.ID)
}

// withKit does something with the named images, or with all of the course's.
func (a *app) withKit(ctx context.Context, names []string, do func(context.Context, *kit.Kit, *engine.Engine, []string) error) error {
	k, err := a.openKit()
	if err != nil {
		return err
	}
	if len(names) == 0 {
		course, err := a.course()
		if err != nil {
			return err
		}
		for _, image := range course.Images {
			names = append(names, image.Name)
		}
	}
	e, err := a.connect(ctx)
	if err != nil {
		return err
	}
	defer e.Close()
	if err := e.Ping(ctx); err != nil {
		return err
	}
	if err := do(ctx, k, e, names); err != nil {
		return err
	}
	a.say(a.words.Say("kit.done", "dir", k.Dir()))
	return nil
}

// kitLoad puts the kit into the engine; a file is taken into the cache first.
func (a *app) kitLoad(ctx context.Context, args []string) error {
	k, err := a.openKit()
	if err != nil {
		return err
	}
	var names []string
	for _, arg := range args {
		if !isKitFile(arg) {
			names = append(names, arg)
			continue
		}
		if err := k.LoadFile(ctx, arg, a.kitProgress()); err != nil {
			return err
		}
		a.say(a.words.Say("kit.taken", "file", arg, "dir", k.Dir()))
	}
	e, err := a.connect(ctx)
	if err != nil {
		return err
	}
	defer e.Close()
	if err := e.Ping(ctx); err != nil {
		return err
	}
	results, err := k.Load(ctx, e, names, a.kitProgress())
	if err != nil {
		return err
	}
	a.noteLoaded(ctx, results)
	for _, r := range results {
		a.say(a.loadWord(r))
	}
	return nil
}

// isKitFile tells a file from an image's name: kits end in .tar, or have a
// path, and no image's name does.
func isKitFile(arg string) bool {
	return strings.HasSuffix(arg, ".tar") || strings.HasPrefix(arg, "/") || strings.HasPrefix(arg, ".")
}

func (a *app) loadWord(r kit.LoadResult) string {
	switch r.State {
	case kit.Loaded:
		return a.words.Say("kit.load.loaded", "image", shortName(r.Name))
	case kit.KeptYours:
		return a.words.Say("kit.load.kept", "image", shortName(r.Name))
	}
	return a.words.Say("kit.load.there", "image", shortName(r.Name))
}

// shortName is an image's name as people type it.
func shortName(full string) string {
	short := strings.TrimPrefix(strings.TrimPrefix(full, "docker.io/"), "library/")
	return strings.TrimSuffix(short, ":latest")
}

// The JSON of kihon kit list and verify.
type (
	kitItemJSON struct {
		Name     string `json:"name"`
		Origin   string `json:"origin"`
		ID       string `json:"id"`
		Digest   string `json:"digest"`
		Platform string `json:"platform"`
		Size     int64  `json:"size"`
		InEngine string `json:"in_engine"`
	}
	kitListJSON struct {
		FormatVersion int           `json:"format_version"`
		Directory     string        `json:"directory"`
		Size          int64         `json:"size"`
		Images        []kitItemJSON `json:"images"`
	}
	kitHealthJSON struct {
		Name  string `json:"name"`
		State string `json:"state"`
		Blob  string `json:"blob"`
	}
	kitVerifyJSON struct {
		FormatVersion int             `json:"format_version"`
		Outcome       string          `json:"outcome"`
		Images        []kitHealthJSON `json:"images"`
	}
)

func (a *app) kitList(ctx context.Context, _ []string) error {
	if err := a.formats("text", "json"); err != nil {
		return err
	}
	k, err := a.openKit()
	if err != nil {
		return err
	}
	// What the engine has is said where one answers.
	var asked kit.Engine
	if e, err := a.connect(ctx); err == nil {
		defer e.Close()
		if e.Ping(ctx) == nil {
			asked = e
		}
	}
	listing, err := k.List(ctx, asked)
	if err != nil {
		return err
	}
	if a.flags.format == "json" {
		out := kitListJSON{FormatVersion: 1, Directory: k.Dir(), Size: listing.Size, Images: []kitItemJSON{}}
		for _, i := range listing.Items {
			out.Images = append(out.Images, kitItemJSON{shortName(i.Name), i.Origin, i.ID, i.Digest, i.Platform, i.Size, string(i.InEngine)})
		}
		return a.writeJSON(out)
	}
	f := a.face()
	for _, i := range listing.Items {
		f.item(a.streams.Out, "", f.style.Strong.Apply(shortName(i.Name))+"  "+megabytes(i.Size)+"  "+i.Origin+"  "+a.inEngine(i.InEngine))
	}
	f.item(a.streams.Out, "", f.style.Dim.Apply(a.words.Say("kit.total", "size", megabytes(listing.Size), "dir", k.Dir())))
	return nil
}

func (a *app) inEngine(state kit.InEngine) string {
	switch state {
	case kit.EngineSame:
		return a.words.Say("kit.engine.same")
	case kit.EngineOther:
		return a.words.Say("kit.engine.other")
	case kit.EngineNone:
		return a.words.Say("kit.engine.none")
	}
	return ""
}

func megabytes(n int64) string { return fmt.Sprintf("%.1f MB", float64(n)/1e6) }

func (a *app) kitVerify(ctx context.Context, _ []string) error {
	if err := a.formats("text", "json"); err != nil {
		return err
	}
	k, err := a.openKit()
	if err != nil {
		return err
	}
	results, err := k.Verify(ctx, a.kitProgress())
	if err != nil {
		return err
	}
	f, outcome := a.face(), "ok"
	out := kitVerifyJSON{FormatVersion: 1, Images: []kitHealthJSON{}}
	for _, r := range results {
		name := shortName(r.Name)
		out.Images = append(out.Images, kitHealthJSON{name, string(r.State), r.Blob})
		if r.State != kit.OK {
			outcome = "fault"
		}
		if a.flags.format == "json" {
			continue
		}
		if r.State == kit.OK {
			f.item(a.streams.Out, f.tick(), a.words.Say("kit.verify.ok", "image", name))
		} else {
			f.item(a.streams.Out, f.open(), a.words.Say("kit.verify.bad", "image", name, "blob", r.Blob))
		}
	}
	out.Outcome = outcome
	if a.flags.format == "json" {
		if err := a.writeJSON(out); err != nil {
			return err
		}
	}
	if outcome != "ok" {
		if a.flags.format != "json" {
			a.complain(a.words.Say("kit.verify.fault"), a.words.Say("kit.verify.fault.next"))
		}
		return &exitError{exitNotYet}
	}
	return nil
}

// ensureImages makes sure that the engine has the images a lesson needs, and
// tells what it costs.
func (a *app) ensureImages(ctx context.Context, l *learner.Learner, names []string) error {
	if len(names) == 0 {
		return nil
	}
	k, err := kit.Open(a.paths.Cache, l.Course.ID)
	if err != nil {
		return err
	}
	results, err := k.Ensure(ctx, l.Engine, names, kit.EnsureOptions{Registry: a.getenv("KIHON_REGISTRY"), Progress: a.kitProgress()})
	if err != nil {
		return err
	}
	return noteLoadedIn(ctx, l, results)
}

// kitTrouble puts the kit's errors into words; empty when err is none of them.
func (a *app) kitTrouble(err error) (message, next string) {
	var (
		root    *kit.NeedsRootError
		network *kit.NetworkError
		build   *kit.BuildError
		unknown *kit.UnknownImageError
		absent  *kit.NotInKitError
	)
	switch {
	case errors.As(err, &root):
		return a.words.Say("error.kit_root"), a.words.Say("error.kit_root.next", "command", strings.Join(root.Command, " "))
	case errors.As(err, &build):
		return a.words.Say("error.kit_build", "image", shortName(build.Image), "output", strings.Join(build.Output, " | ")), a.words.Say("error.kit_build.next")
	case errors.As(err, &network):
		return a.words.Say("error.kit_network", "host", network.Host), a.words.Say("error.kit_network.next")
	case errors.As(err, &unknown):
		return a.words.Say("error.kit_unknown", "image", shortName(unknown.Name)), a.words.Say("error.kit_unknown.next")
	case errors.As(err, &absent):
		return a.words.Say("error.kit_absent", "image", shortName(absent.Name)), a.words.Say("error.kit_absent.next")
	case errors.Is(err, kit.ErrNoKit):
		return a.words.Say("error.no_kit"), a.words.Say("error.no_kit.next")
	case errors.Is(err, kit.ErrNoSources), errors.Is(err, kit.ErrPlatform):
		return a.words.Say("error.kit_sources"), a.words.Say("error.kit_sources.next")
	}
	return "", ""
}
