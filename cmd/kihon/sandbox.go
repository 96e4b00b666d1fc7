package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"kihon/cmd/kihon/learner"
	"kihon/lessons/render"
	"kihon/sandbox/inventory"
)

func (a *app) sandboxCommand() *cobra.Command {
	var images bool
	parent := a.group("sandbox", a.words.Say("cmd.sandbox"), a.words.Say("cmd.sandbox.examples"))
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
		By     string `json:"by,omitempty"`
		State  string `json:"state,omitempty"`
		Loaded bool   `json:"loaded,omitempty"`
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

func thingsJSON(things []inventory.Thing) []objectJSON {
	out := []objectJSON{}
	for _, t := range things {
		out = append(out, objectJSON{Kind: t.Object, Name: t.Name, ID: t.ID})
	}
	return out
}

func leftJSON(left []inventory.Left) []objectJSON {
	out := []objectJSON{}
	for _, l := range left {
		out = append(out, objectJSON{Kind: l.Object, Name: l.Name, ID: l.ID, Reason: string(l.Reason)})
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
	if err := l.Engine.Ping(ctx); err != nil {
		return err
	}
	made, left, err := inventory.Status(ctx, l.Engine, l.Store, l.Store.HomeID())
	if err != nil {
		return err
	}
	if a.flags.format == "json" {
		out := statusJSON{FormatVersion: 1, Objects: []objectJSON{}}
		for _, m := range made {
			out.Objects = append(out.Objects, objectJSON{Kind: m.Object, Name: m.Name, ID: m.ID, By: string(m.Actor), State: m.State, Loaded: m.Loaded})
		}
		return a.writeJSON(out)
	}
	f := a.face()
	if len(made) == 0 {
		f.item(a.streams.Out, "", a.words.Say("sandbox.empty"))
	}
	for _, m := range made {
		state := m.State
		if m.Loaded {
			state = a.words.Say("sandbox.loaded")
		}
		fmt.Fprintf(a.streams.Out, "%-10s %s  %s\n", m.Object, render.Strip(m.Name), f.style.Dim.Apply(state))
	}
	for _, one := range left {
		a.sayLeft(one)
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
	if err := l.Engine.Ping(ctx); err != nil {
		return err
	}
	made, _, err := inventory.Status(ctx, l.Engine, l.Store, l.Store.HomeID())
	if err != nil {
		return err
	}
	var names []string
	for _, m := range made {
		if images || !m.Loaded {
			names = append(names, m.Object+" "+m.Name)
		}
	}
	if len(names) > 0 {
		if sure, err := a.sure(ctx, a.words.Say("sandbox.clean.ask", "names", list(names)), true); err != nil || !sure {
			return err
		}
	}
	report, err := a.clean(ctx, l, images)
	if err != nil {
		return err
	}
	if client := a.anySession(ctx); client != nil {
		_ = client.changed(ctx)
	}
	if a.flags.format == "json" {
		return a.writeJSON(cleanedJSON{1, thingsJSON(report.Removed), leftJSON(report.Left)})
	}
	a.sayCleaned(report)
	return nil
}

// clean takes away what this home has made.
func (a *app) clean(ctx context.Context, l *learner.Learner, images bool) (inventory.Report, error) {
	return inventory.Clean(ctx, l.Engine, l.Store, l.Store.HomeID(), inventory.Options{Images: images})
}

func (a *app) sayCleaned(r inventory.Report) {
	for _, one := range r.Left {
		a.sayLeft(one)
	}
	a.say(a.words.Say("sandbox.clean.done", "removed", len(r.Removed), "left", len(r.Left)))
}

func (a *app) sayLeft(l inventory.Left) {
	a.say(a.words.Say("sandbox.clean.left", "kind", l.Object, "name", l.Name, "reason", a.leftReason(l)))
}

// leftReason says why something stays.
func (a *app) leftReason(l inventory.Left) string {
	switch l.Reason {
	case inventory.InUse:
		return a.words.Say("sandbox.left.in_use")
	case inventory.Unsure:
		return a.words.Say("sandbox.left.unsure")
	case inventory.NameWasThere:
		return a.words.Say("sandbox.left.name_was_there")
	}
	if l.Err != nil {
		return l.Err.Error()
	}
	return string(l.Reason)
}

// madeByCourse counts what this home has on the engine, the images that kihon
// put there left out.
func (a *app) madeByCourse(ctx context.Context, l *learner.Learner) (int, error) {
	made, _, err := inventory.Status(ctx, l.Engine, l.Store, l.Store.HomeID())
	count := 0
	for _, m := range made {
		if !m.Loaded {
			count++
		}
	}
	return count, err
}
