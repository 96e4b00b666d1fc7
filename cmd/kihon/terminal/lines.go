package terminal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"kihon/lessons/render"
)

// linePrompter asks in plain mode: the options are numbered lines, the answer
// is one line.
type linePrompter struct {
	in      *typed
	streams Streams
	words   Words
}

var _ Prompter = (*linePrompter)(nil)

func (p *linePrompter) Select(ctx context.Context, q Question, options []string, def int) (int, error) {
	place := fmt.Sprintf(p.words.Number, len(options))
	if def >= 0 {
		place = fmt.Sprintf(p.words.NumberDefault, len(options), strconv.Itoa(def+1))
	}
	p.show(q, options)
	for {
		answer, err := p.answer(ctx, place)
		if err != nil {
			return 0, err
		}
		if answer == "" && def >= 0 {
			return def, nil
		}
		if i, ok := parseNumber(answer, len(options)); ok {
			return i, nil
		}
		p.say(fmt.Sprintf(p.words.WrongNumber, len(options)))
	}
}

func (p *linePrompter) MultiSelect(ctx context.Context, q Question, options []string, def []int) ([]int, error) {
	place := fmt.Sprintf(p.words.Numbers, len(options))
	if len(def) > 0 {
		place = fmt.Sprintf(p.words.NumbersDefault, len(options), numbers(def))
	}
	p.show(q, options)
	for {
		answer, err := p.answer(ctx, place)
		if err != nil {
			return nil, err
		}
		if answer == "" && len(def) > 0 {
			return def, nil
		}
		if indexes, ok := parseNumbers(answer, len(options)); ok {
			return indexes, nil
		}
		p.say(fmt.Sprintf(p.words.WrongNumbers, len(options)))
	}
}

func (p *linePrompter) Input(ctx context.Context, q Question, def string) (string, error) {
	place := words(q.Message)
	if def != "" {
		place += " " + fmt.Sprintf(p.words.Default, def)
	}
	answer, err := p.answer(ctx, place)
	if err == nil && answer == "" {
		return def, nil
	}
	return answer, err
}

func (p *linePrompter) Confirm(ctx context.Context, q Question, def bool) (bool, error) {
	hint := p.words.NoDefault
	if def {
		hint = p.words.YesDefault
	}
	for {
		answer, err := p.answer(ctx, words(q.Message)+" "+hint)
		if err != nil {
			return false, err
		}
		if yes, ok := p.words.parseConfirm(answer, def); ok {
			return yes, nil
		}
		p.say(p.words.WrongConfirm)
	}
}

// show writes a question and its numbered options.
func (p *linePrompter) show(q Question, options []string) {
	width := p.streams.TextWidth()
	p.say(words(q.Message))
	for i, option := range options {
		number := optionNumber(i, len(options))
		blank := strings.Repeat(" ", 2+len(number))
		fmt.Fprintln(p.streams.talk(), render.Wrap(words(option), width, "  "+number, blank))
	}
}

func (p *linePrompter) say(text string) {
	fmt.Fprintln(p.streams.talk(), render.Wrap(text, p.streams.TextWidth(), "", ""))
}

// answer asks for a line behind place.
func (p *linePrompter) answer(ctx context.Context, place string) (string, error) {
	fmt.Fprint(p.streams.talk(), render.Wrap(place, p.streams.TextWidth()-1, "", "")+" ")
	line, err := p.in.line(ctx)
	switch {
	case err == nil:
		return strings.TrimSpace(render.Strip(line)), nil
	case ctx.Err() != nil:
		err = ErrInterrupted
	case errors.Is(err, io.EOF):
		err = ErrCancelled
	default:
		err = fmt.Errorf("read an answer: %w", err)
	}
	// What comes next shall not stand behind the question.
	fmt.Fprintln(p.streams.talk())
	return "", err
}

// optionNumber is what stands before the option with index i of count.
func optionNumber(i, count int) string {
	return fmt.Sprintf("%*d. ", len(strconv.Itoa(count)), i+1)
}
