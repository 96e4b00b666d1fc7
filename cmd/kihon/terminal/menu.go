package terminal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/AlecAivazis/survey/v2"
	surveyterm "github.com/AlecAivazis/survey/v2/terminal"

	"kihon/lessons/render"
)

// menuPrompter asks with survey's menus, on a terminal.
type menuPrompter struct {
	in      *typed
	out     *os.File
	streams Streams
	style   render.Style
	words   Words
}

var _ Prompter = (*menuPrompter)(nil)

func newMenuPrompter(in *typed, s Streams, out *os.File, w Words) *menuPrompter {
	useTemplates()
	return &menuPrompter{in: in, out: out, streams: s, style: s.Palette().Style(), words: w}
}

func (p *menuPrompter) Select(ctx context.Context, q Question, options []string, def int) (int, error) {
	shown := p.shown(options, len("> "))
	question := &survey.Select{
		Message: p.message(q.Message),
		Options: shown,
		Default: max(def, 0),
		Filter:  func(filter, _ string, i int) bool { return matches(filter, options[i], i) },
	}
	var index int
	err := p.ask(ctx, &survey.Question{Prompt: question}, &index, p.below(p.words.SelectHint), p.pageSize(question.Message, shown))
	return index, err
}

func (p *menuPrompter) MultiSelect(ctx context.Context, q Question, options []string, def []int) ([]int, error) {
	shown := p.shown(options, len("> [x] "))
	question := &survey.MultiSelect{
		Message: p.message(q.Message),
		Options: shown,
		Default: def,
		// Typing does not narrow the list down: survey cannot stand an empty
		// one here, and what is marked shall stay in sight.
		Filter: func(string, string, int) bool { return true },
	}
	least := func(answer any) error {
		if len(answer.([]survey.OptionAnswer)) == 0 {
			return errors.New(p.errorText(p.words.NothingChosen))
		}
		return nil
	}
	var indexes []int
	err := p.ask(ctx, &survey.Question{Prompt: question, Validate: least}, &indexes, p.below(p.words.MultiSelectHint), p.pageSize(question.Message, shown))
	return indexes, err
}

func (p *menuPrompter) Input(ctx context.Context, q Question, def string) (string, error) {
	hint := ""
	if def != "" {
		hint = fmt.Sprintf(p.words.Default, words(def))
	}
	message := p.message(q.Message)
	question := &survey.Input{Message: message, Default: def}
	var answer string
	err := p.ask(ctx, &survey.Question{Prompt: question}, &answer, p.behind(message, hint), 1)
	return strings.TrimSpace(answer), err
}

func (p *menuPrompter) Confirm(ctx context.Context, q Question, def bool) (bool, error) {
	hint := p.words.NoDefault
	if def {
		hint = p.words.YesDefault
	}
	message := p.message(q.Message)
	// survey's own Confirm knows no answer but y, yes, n and no.
	question := &survey.Question{
		Prompt: &survey.Input{Message: message},
		Validate: func(answer any) error {
			if _, ok := p.words.parseConfirm(answer.(string), def); !ok {
				return errors.New(p.errorText(p.words.WrongConfirm))
			}
			return nil
		},
		Transform: func(answer any) any {
			yes, _ := p.words.parseConfirm(answer.(string), def)
			return p.words.yesNo(yes)
		},
	}
	var answer string
	err := p.ask(ctx, question, &answer, p.behind(message, hint), 1)
	return answer == p.words.Yes, err
}

// ask runs one question of survey's and settles how it ended.
func (p *menuPrompter) ask(ctx context.Context, question *survey.Question, answer any, hint string, pageSize int) error {
	c := &console{typed: p.in, in: terminalFile(p.streams), out: p.out}
	c.next = func(patience time.Duration) ([]byte, error) {
		if patience == 0 {
			return p.in.key(ctx)
		}
		ctx, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		return p.in.key(ctx)
	}
	err := survey.Ask([]*survey.Question{question}, answer,
		survey.WithStdio(input{c}, output{c}, p.out),
		survey.WithPageSize(pageSize),
		survey.WithShowCursor(true),
		survey.WithRemoveSelectAll(), survey.WithRemoveSelectNone(),
		icons(p.style, hint, p.below(p.words.NoMatch)),
	)
	switch {
	case err == nil:
		return nil
	case c.cancelled, errors.Is(err, io.EOF):
		return ErrCancelled
	case errors.Is(err, surveyterm.InterruptErr), errors.Is(err, ErrInterrupted), ctx.Err() != nil:
		return ErrInterrupted
	}
	return fmt.Errorf("ask a question: %w", err)
}

// width is the number of columns for a line of a menu; the last column stays
// free, since terminals differ in what they do after it is filled.
func (p *menuPrompter) width() int {
	return max(p.streams.TextWidth()-1, render.MinWidth)
}

// message breaks a question into lines.
func (p *menuPrompter) message(text string) string {
	return strings.TrimPrefix(render.Wrap(words(text), p.width(), "? ", "  "), "? ")
}

// below breaks a hint that stands below a menu into lines.
func (p *menuPrompter) below(hint string) string {
	return render.Wrap(hint, p.width(), "  ", "  ")
}

// behind puts a hint behind a question, or below it where there is no room.
func (p *menuPrompter) behind(message, hint string) string {
	if hint == "" {
		return ""
	}
	last := message[strings.LastIndexByte(message, '\n')+1:]
	if len("? ")+render.StringWidth(last)+1+render.StringWidth(hint) < p.width() {
		return " " + hint
	}
	return "\n" + p.below(hint)
}

// errorText breaks an error into lines and ends its look.
func (p *menuPrompter) errorText(text string) string {
	return render.Wrap(text, p.width(), "  ", "  ") + p.style.Warn.Off
}

// shown numbers the options and breaks them into lines that stand behind lead
// columns.
func (p *menuPrompter) shown(options []string, lead int) []string {
	out := make([]string, len(options))
	for i, option := range options {
		number := optionNumber(i, len(options))
		blank := strings.Repeat(" ", lead)
		text := render.Wrap(words(option), p.width(), blank+number, blank+strings.Repeat(" ", len(number)))
		out[i] = text[min(lead, len(text)):]
	}
	return out
}

// pageSize returns how many options fit on the screen at once, whichever they
// are.
func (p *menuPrompter) pageSize(message string, shown []string) int {
	_, rows := p.streams.Size()
	tallest := 1
	for _, option := range shown {
		tallest = max(tallest, 1+strings.Count(option, "\n"))
	}
	rest := rows - strings.Count(message, "\n") - 4 // question, hint of two lines, cursor
	return max(1, min(len(shown), rest/tallest))
}

// matches reports whether an option is meant by what was typed: its number,
// or something that stands in it.
func matches(typed, option string, index int) bool {
	typed = narrow(typed)
	if _, err := strconv.Atoi(typed); err == nil {
		return strings.HasPrefix(strconv.Itoa(index+1), typed)
	}
	return strings.Contains(narrow(option), typed)
}
