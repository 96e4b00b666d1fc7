package main

import (
	"context"
	"net/http"
	"time"

	"kihon/cmd/kihon/learner"
	"kihon/cmd/kihon/terminal"
	"kihon/sandbox/journal"
	"kihon/sandbox/kit"
	"kihon/store"
)

// kitProgress says what the kit is doing, on one line of a terminal or line by
// line elsewhere.
func (a *app) kitProgress() kit.Progress {
	var line *terminal.Progress
	return func(s kit.Step) {
		if s.Reason != "" {
			if line != nil {
				line.Clear()
				line = nil
			}
			a.say(a.kitReason(s.Reason))
		}
		label := a.kitStage(s.Stage)
		if s.Image != "" {
			label += " (" + shortName(s.Image) + ")"
		}
		if line == nil {
			line = terminal.NewProgress(a.streams)
		}
		switch s.State {
		case kit.Finished:
			line.Done(label)
			line = nil
		default:
			line.Update(label, s.Done, s.Total)
		}
	}
}

// noteLoaded writes down which images kihon has put into the engine, so that
// they can be taken out again. Without a record there is nothing to write to.
func (a *app) noteLoaded(ctx context.Context, results []kit.LoadResult) {
	db, err := store.Open(ctx, a.paths.Home)
	if err != nil {
		return
	}
	defer db.Close()
	_ = noteLoadedIn(ctx, &learner.Learner{Store: db}, results)
}

func noteLoadedIn(ctx context.Context, l *learner.Learner, results []kit.LoadResult) error {
	var entries []journal.Entry
	for _, r := range results {
		if r.State == kit.Loaded {
			entries = append(entries, journal.Entry{
				Time: time.Now(), Actor: journal.Kihon, Source: journal.Call, Object: "image", Action: "load",
				ID: r.ID, Name: r.Name, Status: http.StatusOK,
			})
		}
	}
	if len(entries) == 0 {
		return nil
	}
	_, err := l.Store.Append(ctx, entries...)
	return err
}

// kitStage names what is being done.
func (a *app) kitStage(stage kit.Stage) string {
	switch stage {
	case kit.StageWait:
		return a.words.Say("kit.stage.wait")
	case kit.StageSweep:
		return a.words.Say("kit.stage.sweep")
	case kit.StageBase:
		return a.words.Say("kit.stage.base")
	case kit.StageImport:
		return a.words.Say("kit.stage.import")
	case kit.StageBuild:
		return a.words.Say("kit.stage.build")
	case kit.StageExport:
		return a.words.Say("kit.stage.export")
	case kit.StagePull:
		return a.words.Say("kit.stage.pull")
	case kit.StageLoad:
		return a.words.Say("kit.stage.load")
	case kit.StageSave:
		return a.words.Say("kit.stage.save")
	case kit.StageUnpack:
		return a.words.Say("kit.stage.unpack")
	case kit.StageVerify:
		return a.words.Say("kit.stage.verify")
	}
	return string(stage)
}

// kitReason says why another way than the first is taken.
func (a *app) kitReason(reason kit.Reason) string {
	switch reason {
	case kit.ReasonNoRegistry:
		return a.words.Say("kit.reason.no_registry")
	case kit.ReasonPullFailed:
		return a.words.Say("kit.reason.pull_failed")
	case kit.ReasonCorrupt:
		return a.words.Say("kit.reason.corrupt")
	case kit.ReasonHostNetwork:
		return a.words.Say("kit.reason.host_network")
	case kit.ReasonNoDebootstrap:
		return a.words.Say("kit.reason.no_debootstrap")
	}
	return string(reason)
}
