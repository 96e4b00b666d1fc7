package terminal

import (
	"os"
	"strings"
	"testing"

	"github.com/creack/pty"
	"github.com/fatih/color"

	"kihon/lessons/render"
)

// openTTY returns a terminal of columns by rows, and a file that is none.
func openTTY(t *testing.T, columns, rows uint16) (tty, file *os.File) {
	t.Helper()
	master, tty, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { master.Close(); tty.Close() })
	if err := pty.Setsize(tty, &pty.Winsize{Cols: columns, Rows: rows}); err != nil {
		t.Fatal(err)
	}
	file, err = os.Create(t.TempDir() + "/file")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { file.Close() })
	return tty, file
}

func environment(entries ...string) func(string) string {
	return func(name string) string {
		value, _ := lookup(entries, name)
		return value
	}
}

func TestOpenFindsTheFacts(t *testing.T) {
	tty, file := openTTY(t, 72, 30)
	tests := []struct {
		name         string
		in, out, err *os.File
		env          []string
		flag         bool
		want         Streams
	}{
		{
			"a terminal everywhere", tty, tty, tty, nil, false,
			Streams{InTTY: true, OutTTY: true, ErrTTY: true, Columns: 72, Rows: 30, Colour: true, ErrColour: true, Redraw: true},
		},
		{
			"NO_COLOR takes colour alone", tty, tty, tty, []string{"NO_COLOR=1"}, false,
			Streams{InTTY: true, OutTTY: true, ErrTTY: true, Columns: 72, Rows: 30, Redraw: true},
		},
		{
			"--plain", tty, tty, tty, nil, true,
			Streams{InTTY: true, OutTTY: true, ErrTTY: true, Columns: 72, Rows: 30, Plain: true},
		},
		{
			"a dumb terminal", tty, tty, tty, []string{"TERM=dumb"}, false,
			Streams{InTTY: true, OutTTY: true, ErrTTY: true, Columns: 72, Rows: 30, Plain: true},
		},
		{
			"results in a file", tty, file, tty, nil, false,
			Streams{InTTY: true, ErrTTY: true, Columns: 72, Rows: 30, Plain: true, ErrColour: true, Redraw: true},
		},
		{
			"talk in a file", tty, tty, file, nil, false,
			Streams{InTTY: true, OutTTY: true, Columns: 72, Rows: 30, Colour: true},
		},
		{
			"the terminal's size before COLUMNS", tty, tty, tty, []string{"COLUMNS=200"}, false,
			Streams{InTTY: true, OutTTY: true, ErrTTY: true, Columns: 72, Rows: 30, Colour: true, ErrColour: true, Redraw: true},
		},
		{
			"no terminal at all", file, file, file, nil, false,
			Streams{Columns: 80, Rows: 24, Plain: true},
		},
		{
			"no terminal, and COLUMNS", file, file, file, []string{"COLUMNS=50"}, false,
			Streams{Columns: 50, Rows: 24, Plain: true},
		},
		{
			"no terminal, and nonsense in COLUMNS", file, file, file, []string{"COLUMNS=-1"}, false,
			Streams{Columns: 80, Rows: 24, Plain: true},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := Open(test.in, test.out, test.err, environment(test.env...), test.flag)
			got.In, got.Out, got.Err = nil, nil, nil
			if got != test.want {
				t.Errorf("got  %+v\nwant %+v", got, test.want)
			}
		})
	}
}

func TestSizeFollowsTheWindow(t *testing.T) {
	tty, _ := openTTY(t, 100, 30)
	s := Open(tty, tty, tty, environment(), false)
	if got := s.TextWidth(); got != 80 {
		t.Errorf("text is %d columns wide on a wide terminal, want 80", got)
	}
	if err := pty.Setsize(tty, &pty.Winsize{Cols: 44, Rows: 10}); err != nil {
		t.Fatal(err)
	}
	if columns, rows := s.Size(); columns != 44 || rows != 10 || s.TextWidth() != 44 {
		t.Errorf("got %d by %d, text %d, want 44 by 10, text 44", columns, rows, s.TextWidth())
	}
}

func TestATerminalThatDoesNotKnowItsSizeIsTakenForTheUsualOne(t *testing.T) {
	tty, _ := openTTY(t, 0, 0)
	s := Open(tty, tty, tty, environment(), false)
	if s.Columns != 80 || s.Rows != 24 {
		t.Errorf("got %d by %d", s.Columns, s.Rows)
	}
}

func TestPaletteColoursByItsValueAlone(t *testing.T) {
	for _, global := range []bool{true, false} {
		old := color.NoColor
		color.NoColor = global
		t.Cleanup(func() { color.NoColor = old })
		if got := NewPalette(true).OK.Sprint("✓"); got != "\x1b[32m✓\x1b[0m" {
			t.Errorf("NoColor=%v: with colour %q", global, got)
		}
		if got := NewPalette(false).OK.Sprint("✓"); got != "✓" {
			t.Errorf("NoColor=%v: without colour %q", global, got)
		}
	}
	t.Setenv("NO_COLOR", "1")
	if got := NewPalette(true).OK.Sprint("✓"); got != "\x1b[32m✓\x1b[0m" {
		t.Errorf("what was asked for is overruled by the environment: %q", got)
	}
}

func TestPaletteGivesTheRendererItsStyle(t *testing.T) {
	if got := NewPalette(false).Style(); got != (render.Style{}) {
		t.Errorf("without colour the style is %+v", got)
	}
	text := render.Text([]byte("# T\n\n**a** `b`\n\n```console\n$ c\nd\n```\n"), render.Options{Style: NewPalette(true).Style()})
	for _, want := range []string{"\x1b[1mT\x1b[0m", "\x1b[1ma\x1b[0m", "\x1b[36mb\x1b[0m", "\x1b[1mc\x1b[0m", "\x1b[2md\x1b[0m"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in %q", want, text)
		}
	}
}

// What a terminal makes of a text is the truth that StringWidth has to meet.
func TestStringWidthAgreesWithATerminal(t *testing.T) {
	t.Parallel()
	s := newScreen(t, 80, 24, "widths")
	s.wait("READY")
	lines := strings.Split(s.text(), "\n")
	for i, sample := range widthSamples {
		if !strings.HasSuffix(lines[i], "|?") {
			t.Errorf("%q: we say %d columns; the terminal shows %q", sample, render.StringWidth(sample), lines[i])
		}
	}
}
