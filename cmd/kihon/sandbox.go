package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"kihon/cmd/kihon/learner"
	"kihon/sandbox/inventory"
)

func (a *app) sandboxCommand() *cobra.Command {
	var images bool
	parent := a.verb("sandbox", a.words.Say("cmd.sandbox"), a.words.Say("cmd.sandbox.examples"), between(0, 0), nil)
	parent.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
	clean := a.below("clean", a.words.Say("cmd.sandbox.clean"), between(0, 0), func(ctx context.Context, _ []string) error {
		return a.sandboxClean(ctx, images)
	})
	clean.Flags().BoolVar(&images, "images", false, a.words.Say("flag.clean.images"))
	parent.AddCommand(clean, a.below("status", a.words.Say("cmd.sandbox.status"), between(0, 0), a.sandboxStatus))
	return parent
}

// The JSON of kihon sandbox status and clean.
type (
	objectJSON struct {
		Kind   string `json:"kind"`
		Name   string `json:"name"`
		ID     string `json:"id"`
		Reason string `json:"reason,omitempty"`
	}
	statusJSON struct {
		FormatVersion int          `json:"format_version"`
		Objects       []objectJSON `json:"objects"`
	}
	cleanedJSON struct {
		FormatVersion int          `json:"format_version"`
		Removed       []objectJSON `json:"removed"`
		Left          []objectJSON `json:"left"`
	}
)

func objectsJSON(objects []inventory.Object) []objectJSON {
	out := []objectJSON{}
	for _, o := range objects {
		out = append(out, objectJSON{o.Kind, o.Name, o.ID, o.Reason})
	}
	return out
}

func (a *app) sandboxStatus(ctx context.Context, _ []string) error {
	if err := a.formats("text", "json"); err != nil {
		return err
	}
	l, err := a.open(ctx)
	if err != nil {
		return err
	}
	defer l.Close()
	objects, err := inventory.Status(ctx, l.Engine, l.Store, l.Store.HomeID())
	if err != nil {
		return err
	}
	if a.flags.format == "json" {
		return a.writeJSON(statusJSON{1, objectsJSON(objects)})
	}
	f := a.face()
	if len(objects) == 0 {
		f.item(a.streams.Out, "", a.words.Say("sandbox.empty"))
	}
	for _, o := range objects {
		fmt.Fprintf(a.streams.Out, "%-10s %s\n", o.Kind, o.Name)
	}
	return nil
}

func (a *app) sandboxClean(ctx context.Context, images bool) error {
	if err := a.formats("text", "json"); err != nil {
		return err
	}
	l, err := a.open(ctx)
	if err != nil {
		return err
	}
	defer l.Close()
	objects, err := inventory.Status(ctx, l.Engine, l.Store, l.Store.HomeID())
	if err != nil {
		return err
	}
	if len(objects) > 0 {
		var names []string
		for _, o := range objects {
			names = append(names, o.Kind+" "+o.Name)
		}
		if sure, err := a.sure(ctx, a.words.Say("sandbox.clean.ask", "names", strings.Join(names, ", ")), true); err != nil || !sure {
			return err
		}
	}
	report, err := a.clean(ctx, l, images)
	if err != nil {
		return err
	}
	if a.session != nil {
		_ = a.session.changed(ctx)
	}
	if a.flags.format == "json" {
		return a.writeJSON(cleanedJSON{1, objectsJSON(report.Removed), objectsJSON(report.Left)})
	}
	a.sayCleaned(report)
	return nil
}

// clean takes away what this home has made.
func (a *app) clean(ctx context.Context, l *learner.Learner, images bool) (inventory.Report, error) {
	return inventory.Clean(ctx, l.Engine, l.Store, l.Store.HomeID(), inventory.Options{Images: images})
}

func (a *app) sayCleaned(r inventory.Report) {
	for _, o := range r.Left {
		a.say(a.words.Say("sandbox.clean.left", "kind", o.Kind, "name", o.Name, "reason", o.Reason))
	}
	a.say(a.words.Say("sandbox.clean.done", "removed", len(r.Removed), "left", len(r.Left)))
}

// madeByCourse counts what this home has on the engine.
func (a *app) madeByCourse(ctx context.Context, l *learner.Learner) (int, error) {
	objects, err := inventory.Status(ctx, l.Engine, l.Store, l.Store.HomeID())
	return len(objects), err
}
