package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"kihon/checker"
)

func (a *app) progressCommand() *cobra.Command {
	return a.verb("progress", a.words.Say("cmd.progress"), a.words.Say("cmd.progress.examples"), between(0, 0), func(ctx context.Context, _ []string) error { return a.progress(ctx) })
}

// The JSON of kihon progress.
type progressJSON struct {
	FormatVersion int            `json:"format_version"`
	Course        courseJSON     `json:"course"`
	Passed        int            `json:"passed"`
	Total         int            `json:"total"`
	Lesson        string         `json:"lesson"`
	Exercises     []listExercise `json:"exercises"`
}

func (a *app) progress(ctx context.Context) error {
	if err := a.formats("text", "json"); err != nil {
		return err
	}
	l, err := a.openRecord(ctx)
	if err != nil {
		return err
	}
	defer l.Close()
	all, err := a.overview(ctx, l)
	if err != nil {
		return err
	}
	out := progressJSON{FormatVersion: 1, Course: courseJSON{l.Course.ID, l.Course.Version}, Exercises: []listExercise{}}
	if out.Lesson, _, err = l.Store.Setting(ctx, settingLesson); err != nil {
		return err
	}
	f := a.face()
	for _, chapter := range all.Chapters {
		for _, lesson := range chapter.Lessons {
			passed := 0
			for _, e := range lesson.Exercises {
				out.Exercises = append(out.Exercises, e)
				if e.State == "unavailable" {
					continue
				}
				out.Total++
				if e.State == string(checker.Passed) {
					passed++
				}
			}
			out.Passed += passed
			if a.flags.format == "text" {
				sign := f.open()
				if passed == len(lesson.Exercises) {
					sign = f.tick()
				}
				f.item(a.streams.Out, sign, fmt.Sprintf("%d/%d  %s  %s", passed, len(lesson.Exercises), lesson.Title, f.style.Dim.Apply(lesson.ID)))
			}
		}
	}
	if a.flags.format == "json" {
		return a.writeJSON(out)
	}
	fmt.Fprintln(a.streams.Out)
	f.item(a.streams.Out, "", a.words.Say("progress.total", "passed", out.Passed, "total", out.Total))
	return nil
}
