package main

import (
	"bytes"
	"context"
	"fmt"
	"strconv"
	"time"

	"kihon/cmd/kihon/learner"
	"kihon/lessons"
)

// The keys of the learner's place in the record.
const (
	settingLesson  = "position.lesson"
	settingSection = "position.section"
)

// passage is what the learner reads on reaching a place: the lesson's own
// words, which may be long, and then the thing to do.
type passage struct {
	Prose string `json:"prose"`
	Task  string `json:"task"`
}

// enter puts the learner at a section of a lesson and returns the text from
// there to the next thing to do.
func (r *room) enter(ctx context.Context, f face, lesson *lessons.Lesson, section int) (passage, error) {
	page := lesson.Pages[r.a.language]
	section = max(0, min(section, len(page.Sections)))
	var prose, out bytes.Buffer
	replace, err := r.learner.LessonText(ctx, lesson)
	if err != nil {
		return passage{}, err
	}
	if section == 0 {
		f.title(&prose, replace(page.Title), f.style.Title)
	}
	at := section
	for at < len(page.Sections) && page.Sections[at].Exercise == "" {
		fmt.Fprintln(&prose)
		f.markdown(&prose, page, page.Sections[at].Body, replace)
		at++
	}
	var ready learner.Ready
	if at < len(page.Sections) {
		s := page.Sections[at]
		var made []string
		if ready, made, err = r.learner.Start(ctx, lesson.FullID(s.Exercise)); err != nil {
			return passage{}, err
		}
		fmt.Fprintln(&out)
		f.exercise(&out, page, s, ready)
		if len(made) > 0 {
			fmt.Fprintln(&out)
			f.note(&out, r.a.words.Say("start.made", "names", list(made)))
		}
		if ready.Exercise.Kind == lessons.Quiz {
			fmt.Fprintln(&out)
			f.para(&out, r.a.words.Say("quiz.how", "word", r.word("answer")))
		}
	} else {
		fmt.Fprintln(&out)
		f.para(&out, r.ending(lesson))
	}
	return passage{prose.String(), out.String() + "\n"}, r.settleAt(ctx, lesson, at, ready)
}

// settleAt makes the place the learner's own, now and for the next session.
func (r *room) settleAt(ctx context.Context, lesson *lessons.Lesson, section int, ready learner.Ready) error {
	r.mu.Lock()
	r.lesson, r.section, r.current = lesson, section, ready
	r.mu.Unlock()
	if ready.ID != "" {
		if attempt, err := r.learner.Store.Attempt(ctx, ready.ID); err == nil {
			r.mu.Lock()
			r.attempts[ready.ID] = attempt.Started
			r.mu.Unlock()
		}
	}
	r.session.Move(lesson.ID, section, ready.ID)
	if err := r.learner.Store.SetSetting(ctx, settingLesson, lesson.ID); err != nil {
		return err
	}
	return r.learner.Store.SetSetting(ctx, settingSection, strconv.Itoa(section))
}

// ending is what stands at the end of a lesson.
func (r *room) ending(lesson *lessons.Lesson) string {
	next := r.after(lesson.ID)
	if next == "" {
		return r.a.words.Say("session.end_of_course", "word", r.word("quit"))
	}
	title := next
	if l, err := r.learner.Lesson(next); err == nil {
		title = l.Pages[r.a.language].Title
	}
	return r.a.words.Say("session.end_of_lesson", "title", title, "word", r.word("next"))
}

// after returns the lesson that follows in the course; empty after the last.
func (r *room) after(id string) string {
	ids := r.learner.Course.LessonIDs()
	for i, have := range ids {
		if have == id && i+1 < len(ids) {
			return ids[i+1]
		}
	}
	return ""
}

// move goes on or back and returns the text to show.
func (r *room) move(ctx context.Context, f face, to string) (passage, error) {
	r.mu.Lock()
	lesson, section, current := r.lesson, r.section, r.current
	r.mu.Unlock()
	var before bytes.Buffer
	switch to {
	case "next":
		if current.ID != "" && !r.passed(ctx, current.ID) {
			f.note(&before, r.a.words.Say("session.skipped", "id", current.ID))
			fmt.Fprintln(&before)
		}
		section++
		if section > len(lesson.Pages[r.a.language].Sections) {
			next := r.after(lesson.ID)
			if next == "" {
				f.para(&before, r.ending(lesson))
				return passage{Task: before.String()}, nil
			}
			var err error
			if lesson, err = r.learner.Lesson(next); err != nil {
				return passage{}, err
			}
			section = 0
		}
	case "back":
		section = previousStop(lesson.Pages[r.a.language], section)
	}
	text, err := r.enter(ctx, f, lesson, section)
	text.Prose = before.String() + text.Prose
	return text, err
}

// previousStop is the section from which entering ends at the exercise before
// this one: that exercise's own, or the beginning.
func previousStop(page *lessons.Page, section int) int {
	for at := section - 1; at >= 0; at-- {
		if page.Sections[at].Exercise != "" {
			return at
		}
	}
	return 0
}

func (r *room) passed(ctx context.Context, id string) bool {
	passes, err := r.learner.Store.Passes(ctx, r.learner.Course.ID)
	if err != nil {
		return false
	}
	at, ever := passes[id]
	return ever && at.After(time.Time{})
}
