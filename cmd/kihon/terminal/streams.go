// Package terminal is how kihon talks to the person in front of it: where the
// three streams lead, what may be drawn on them, and how questions are asked.
//
// The facts are found once, by Open, and passed as values; nothing here looks
// at os.Stdout or at the environment afterwards. Results belong on Streams.Out,
// talk on Streams.Err.
//
// Plain mode is for pipes, screen readers and terminals without a cursor: no
// colour, nothing is drawn twice, questions are numbered lines.
package terminal

import (
	"io"
	"os"
	"strconv"

	"golang.org/x/term"
)

// What is assumed when nothing tells the size of the screen.
const (
	defaultColumns = 80
	defaultRows    = 24
)

// longestLine is the number of columns beyond which running text gets hard to
// read, however wide the terminal is.
const longestLine = 80

// Streams are the three standard streams and the facts about them. The fields
// may be set by hand, in tests for example; Open sets them from the system.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer

	// InTTY, OutTTY and ErrTTY say which of them is a terminal.
	InTTY, OutTTY, ErrTTY bool
	// Columns and Rows are the size of the screen at the start.
	Columns, Rows int
	// Plain is plain mode: --plain was given, the terminal is dumb, or Out is
	// no terminal.
	Plain bool
	// Colour and ErrColour say whether what is written to Out and Err may hold
	// SGR sequences. NO_COLOR takes them away, and nothing else.
	Colour, ErrColour bool
	// Redraw says that a line on Err may be written again and again in place.
	Redraw bool
}

// Open finds the facts about the streams. getenv is asked for TERM, NO_COLOR
// (any value but the empty one; https://no-color.org) and COLUMNS; plain is
// the flag --plain. A terminal's own size comes before COLUMNS, which shells
// do not keep up to date for their children.
func Open(in, out, err *os.File, getenv func(string) string, plain bool) Streams {
	s := Streams{
		In: in, Out: out, Err: err,
		InTTY:  term.IsTerminal(int(in.Fd())),
		OutTTY: term.IsTerminal(int(out.Fd())),
		ErrTTY: term.IsTerminal(int(err.Fd())),
	}
	plain = plain || getenv("TERM") == "dumb"
	noColour := getenv("NO_COLOR") != ""
	s.Plain = plain || !s.OutTTY
	s.Colour = !s.Plain && !noColour
	s.Redraw = s.ErrTTY && !plain
	s.ErrColour = s.Redraw && !noColour
	s.Columns, s.Rows = defaultColumns, defaultRows
	if n, err := strconv.Atoi(getenv("COLUMNS")); err == nil && n > 0 {
		s.Columns = n
	}
	s.Columns, s.Rows = s.Size()
	return s
}

// Size returns the size of the screen as it is now, since a window may have
// been resized; where Out is no terminal, what was found at the start.
func (s Streams) Size() (columns, rows int) {
	if columns, rows, ok := sizeOf(s.Out, s.OutTTY); ok {
		return columns, rows
	}
	if columns, rows, ok := sizeOf(s.Err, s.ErrTTY); ok {
		return columns, rows
	}
	return s.Columns, s.Rows
}

func sizeOf(w io.Writer, tty bool) (columns, rows int, ok bool) {
	file, isFile := w.(*os.File)
	if !tty || !isFile {
		return 0, 0, false
	}
	columns, rows, err := term.GetSize(int(file.Fd()))
	// Some terminals (serial lines, new pseudo-terminals) say 0 by 0.
	return columns, rows, err == nil && columns > 0 && rows > 0
}

// TextWidth is the number of columns to lay running text out for: the screen's,
// but not more than can be read with ease.
func (s Streams) TextWidth() int {
	columns, _ := s.Size()
	return min(columns, longestLine)
}

// talk is where a question is asked when it is no result: on Err, unless only
// Out is seen by the person who shall answer.
func (s Streams) talk() io.Writer {
	if s.OutTTY && !s.ErrTTY {
		return s.Out
	}
	return s.Err
}
