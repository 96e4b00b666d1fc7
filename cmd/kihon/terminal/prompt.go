package terminal

import (
	"context"
	"errors"
	"os"
	"strings"

	"kihon/lessons/render"
)

// The ways a question can end without an answer.
var (
	// ErrInterrupted: Ctrl-C, or the context has ended. The exit code is 130.
	ErrInterrupted = errors.New("interrupted")
	// ErrCancelled: Ctrl-D, or standard input has ended.
	ErrCancelled = errors.New("cancelled")
)

// NeedsTerminalError says that a question could not be asked, because standard
// input is no terminal. The exit code is 2.
type NeedsTerminalError struct {
	// Flag is the flag or command that does without the question.
	Flag string
}

func (e *NeedsTerminalError) Error() string {
	return "standard input is not a terminal, so nothing can be asked: use " + e.Flag
}

// Question is what every question has.
type Question struct {
	// Message is the question, in plain words, without a line break at the end.
	Message string
	// Flag is the flag or command that answers it without a terminal.
	Flag string
}

// Prompter asks questions, one at a time: it is not for several goroutines at
// once. Every method returns ErrInterrupted, ErrCancelled or a
// *NeedsTerminalError when there is no answer; other errors are those of the
// streams. Control sequences in questions and options are taken out.
type Prompter interface {
	// Select returns the index of one option. def is the index of the one
	// that an empty answer means, -1 for none.
	Select(ctx context.Context, q Question, options []string, def int) (int, error)
	// MultiSelect returns the indexes of one or more options, in order. def
	// are those that are marked from the start, or that an empty answer means.
	MultiSelect(ctx context.Context, q Question, options []string, def []int) ([]int, error)
	// Input returns a line of text without spaces around it; def when it is
	// empty.
	Input(ctx context.Context, q Question, def string) (string, error)
	// Confirm returns the answer to a yes-or-no question; def when it is empty.
	Confirm(ctx context.Context, q Question, def bool) (bool, error)
}

// NewPrompter returns the prompter that suits the streams: menus on a
// terminal, numbered lines in plain mode, and where standard input is no
// terminal one whose every question is a *NeedsTerminalError.
//
// One prompter should serve the whole process: it keeps what was typed ahead.
// After ErrInterrupted by the context a read of In may be left waiting; what
// it gets is the beginning of the next answer.
func NewPrompter(s Streams, w Words) Prompter {
	in := &typed{in: s.In}
	switch out, ok := s.Out.(*os.File); {
	case !s.InTTY:
		return refuser{}
	case s.Plain, !ok, terminalFile(s) == nil:
		return &linePrompter{in: in, streams: s, words: w}
	default:
		return newMenuPrompter(in, s, out, w)
	}
}

// refuser answers for those who are not there.
type refuser struct{}

func (refuser) Select(_ context.Context, q Question, _ []string, _ int) (int, error) {
	return 0, &NeedsTerminalError{q.Flag}
}

func (refuser) MultiSelect(_ context.Context, q Question, _ []string, _ []int) ([]int, error) {
	return nil, &NeedsTerminalError{q.Flag}
}

func (refuser) Input(_ context.Context, q Question, _ string) (string, error) {
	return "", &NeedsTerminalError{q.Flag}
}

func (refuser) Confirm(_ context.Context, q Question, _ bool) (bool, error) {
	return false, &NeedsTerminalError{q.Flag}
}

// words makes one line of a text that may come from a course.
func words(s string) string { return strings.Join(strings.Fields(render.Strip(s)), " ") }

// terminalFile returns the file behind In, nil when there is none whose mode
// could be changed.
func terminalFile(s Streams) *os.File {
	file, _ := s.In.(*os.File)
	return file
}
