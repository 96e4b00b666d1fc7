package main

import (
	"bytes"
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/text/unicode/norm"

	"kihon/checker"
	"kihon/cmd/kihon/learner"
	"kihon/cmd/kihon/terminal"
	"kihon/lessons"
	"kihon/lessons/render"
	"kihon/store"
)

func (a *app) answerCommand() *cobra.Command {
	return a.verb("answer [EXERCISE] [TEXT]", a.words.Say("cmd.answer"), a.words.Say("cmd.answer.examples"), between(0, 2), a.answer)
}

// answer takes a typed answer and says at once what it is worth. Of one
// argument, an id of an exercise is one; anything else is the answer to the
// exercise at hand.
func (a *app) answer(ctx context.Context, args []string) error {
	if err := a.formats("text", "json"); err != nil {
		return err
	}
	l, err := a.open(ctx)
	if err != nil {
		return err
	}
	defer l.Close()
	var which []string
	text := ""
	switch {
	case len(args) == 2:
		which, text = args[:1], args[1]
	case len(args) == 1 && strings.Contains(args[0], "/"):
		which = args
	case len(args) == 1:
		text = args[0]
	}
	id, err := a.exercise(ctx, l, which)
	if err != nil {
		return err
	}
	r, err := l.Ready(ctx, id)
	if err != nil {
		return err
	}
	if !takesAnswer(r.Exercise) {
		return a.usage(a.words.Say("error.no_answer_wanted", "id", id), a.words.Say("error.no_answer_wanted.next"))
	}
	if text == "" {
		if text, err = a.askAnswer(ctx, r); err != nil {
			return err
		}
	}
	if err := l.Store.SetAnswer(ctx, id, text); err != nil {
		return err
	}
	if err := l.Note(ctx, id, store.KindAnswer); err != nil {
		return err
	}
	j, err := a.judge(ctx, l, wantedCheck{id, true}, checkOptions{wait: time.Second})
	if err != nil {
		return err
	}
	if a.session != nil {
		// The session ticks it off with the next prompt.
		_ = a.session.changed(ctx)
	}
	if a.flags.format == "json" {
		if err := a.report(ctx, l, j.outcome, []judged{j}); err != nil {
			return err
		}
		return outcomeError(j.outcome)
	}
	a.reply(r, j, text)
	return outcomeError(j.outcome)
}

func takesAnswer(e lessons.Exercise) bool {
	for _, c := range e.Checks {
		if c.Answer != nil {
			return true
		}
	}
	return false
}

// askAnswer asks for an answer: a quiz by its choices, else a line.
func (a *app) askAnswer(ctx context.Context, r learner.Ready) (string, error) {
	page := r.Lesson.Pages[a.language]
	s, _ := page.Section(r.Exercise.ID)
	question := terminal.Question{Message: r.Replace(s.Title), Flag: "kihon answer " + r.ID + " TEXT"}
	if len(s.Choices) == 0 {
		return a.prompter.Input(ctx, question, "")
	}
	var options []string
	for _, nodes := range s.Choices {
		var out bytes.Buffer
		_ = render.Markdown(&out, page.Source, nodes, render.Options{Width: 1000, Plain: true, Replace: r.Replace})
		options = append(options, render.Truncate(strings.Join(strings.Fields(out.String()), " "), max(a.width()-6, 20)))
	}
	if single(r.Exercise) {
		n, err := a.prompter.Select(ctx, question, options, -1)
		return strconv.Itoa(n + 1), err
	}
	chosen, err := a.prompter.MultiSelect(ctx, question, options, nil)
	if err != nil {
		return "", err
	}
	var numbers []string
	for _, n := range chosen {
		numbers = append(numbers, strconv.Itoa(n+1))
	}
	return strings.Join(numbers, ","), nil
}

func single(e lessons.Exercise) bool {
	for _, c := range e.Checks {
		if c.Answer != nil && len(c.Answer.Choices) > 1 {
			return false
		}
	}
	return true
}

// reply says what an answer is worth. For a quiz it gives the thought behind
// the choice, right or wrong.
func (a *app) reply(r learner.Ready, j judged, text string) {
	f, out := a.face(), a.streams.Out
	page := r.Lesson.Pages[a.language]
	s, _ := page.Section(r.Exercise.ID)
	if j.outcome == checker.Passed {
		f.item(out, f.tick(), f.style.Strong.Apply(a.words.Say("answer.right")))
	} else {
		f.item(out, f.open(), a.words.Say("answer.not_yet"))
	}
	if len(s.Choices) > 0 && j.outcome != checker.Passed && !inRange(text, len(s.Choices)) {
		f.para(out, a.words.Say("answer.range", "of", len(s.Choices)))
		return
	}
	if len(s.Answers) == 0 {
		if j.outcome != checker.Passed && len(j.verdict.Findings) > 0 {
			f.finding(out, j.verdict.Findings[0])
		}
		return
	}
	for _, n := range explained(j, text) {
		if n >= 1 && n <= len(s.Answers) {
			f.markdown(out, page, s.Answers[n-1], r.Replace)
		}
	}
}

// explained are the choices to explain: of a wrong answer the first that is
// wrong, of a right one those that were chosen.
func explained(j judged, text string) []int {
	if len(j.verdict.Findings) > 0 {
		n, err := strconv.Atoi(j.verdict.Findings[0].Args["choice"])
		if err != nil {
			return nil
		}
		return []int{n}
	}
	var out []int
	for _, field := range strings.FieldsFunc(text, func(c rune) bool { return c == ',' || c == ' ' }) {
		if n, err := strconv.Atoi(field); err == nil {
			out = append(out, n)
		}
	}
	return out
}

// inRange reports whether an answer to a quiz names choices that there are.
func inRange(text string, of int) bool {
	fields := strings.FieldsFunc(norm.NFKC.String(text), func(c rune) bool { return c == ',' || c == '、' || c == ' ' })
	for _, field := range fields {
		if n, err := strconv.Atoi(field); err != nil || n < 1 || n > of {
			return false
		}
	}
	return len(fields) > 0
}
