package main

import (
	"context"
	"errors"
	"fmt"

	"kihon/cmd/kihon/terminal"
)

// menu is what kihon alone shows on a terminal.
func (a *app) menu(ctx context.Context) error {
	if a.session != nil {
		return a.alreadyInside(ctx)
	}
	f := a.face()
	f.title(a.streams.Out, a.words.Say("menu.title"), f.style.Title)
	for {
		choices, err := a.menuChoices(ctx)
		if err != nil {
			return err
		}
		var labels []string
		for _, c := range choices {
			labels = append(labels, c.label)
		}
		fmt.Fprintln(a.streams.Out)
		n, err := a.prompter.Select(ctx, terminal.Question{Message: a.words.Say("menu.ask"), Flag: "kihon --help"}, labels, 0)
		if errors.Is(err, terminal.ErrCancelled) {
			return nil
		}
		if err != nil {
			return err
		}
		if choices[n].do == nil {
			return nil
		}
		if err := choices[n].do(ctx); err != nil {
			var exit *exitError
			if !errors.As(err, &exit) {
				return err
			}
		}
		if choices[n].ends {
			return nil
		}
	}
}

// choice is one line of the menu; without a deed it ends the menu.
type choice struct {
	label string
	do    func(context.Context) error
	ends  bool
}

func (a *app) menuChoices(ctx context.Context) ([]choice, error) {
	l, err := a.openRecord(ctx)
	if err != nil {
		return nil, err
	}
	defer l.Close()
	stopped, known, err := l.Store.Setting(ctx, settingLesson)
	if err != nil {
		return nil, err
	}
	first := a.words.Say("menu.begin")
	if known && l.Course.HasLesson(stopped) {
		lesson, err := l.Lesson(stopped)
		if err != nil {
			return nil, err
		}
		first = a.words.Say("menu.go_on", "title", lesson.Pages[a.language].Title)
	}
	return []choice{
		{first, func(ctx context.Context) error { return a.start(ctx, nil, nil) }, true},
		{a.words.Say("menu.lessons"), a.chooseLesson, true},
		{a.words.Say("menu.doctor"), a.doctor, false},
		{a.words.Say("menu.progress"), a.progress, false},
		{label: a.words.Say("menu.quit")},
	}, nil
}

// chooseLesson asks for a lesson and starts it.
func (a *app) chooseLesson(ctx context.Context) error {
	l, err := a.openRecord(ctx)
	if err != nil {
		return err
	}
	all, err := a.overview(ctx, l)
	if err := errors.Join(err, l.Close()); err != nil {
		return err
	}
	var labels, ids []string
	for _, chapter := range all.Chapters {
		for _, lesson := range chapter.Lessons {
			passed := 0
			for _, e := range lesson.Exercises {
				if e.State == "passed" {
					passed++
				}
			}
			labels = append(labels, fmt.Sprintf("%s (%d/%d)", lesson.Title, passed, len(lesson.Exercises)))
			ids = append(ids, lesson.ID)
		}
	}
	n, err := a.prompter.Select(ctx, terminal.Question{Message: a.words.Say("menu.which"), Flag: "kihon start LESSON"}, labels, 0)
	if err != nil {
		return err
	}
	return a.start(ctx, []string{ids[n]}, nil)
}
