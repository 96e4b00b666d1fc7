package terminal

import (
	"context"
	"os"
	"strings"
	"testing"
)

func TestALongTextIsShownPageByPage(t *testing.T) {
	t.Parallel()
	s := newScreen(t, 60, 12, "pager", "KIHON_TEST_LANG=ja", "LC_ALL=C")
	const hint = "スペース: 次のページ   Enter: 次の行   q: やめる"
	if got := s.wait("行 1\n", "行 11\n"+hint); strings.Contains(got, "行 12") {
		t.Errorf("more than a page:\n%s", got)
	}
	s.press("x", "PageUp") // mean nothing
	s.press("Enter")
	s.wait("行 2\n", "行 12\n"+hint)
	s.press("Space")
	s.wait("行 13\n", "行 23\n"+hint)
	s.gone("行 12\n")
	s.press("q")
	s.wait("行 23\nEXIT=0")
	s.gone(hint)
}

func TestTheLastPageEndsByItself(t *testing.T) {
	t.Parallel()
	s := newScreen(t, 60, 25, "pager")
	s.wait("Space: next page")
	s.press("Space", "Space")
	s.wait("行 60\nEXIT=0")
}

func TestALongLineCountsForAllTheLinesItTakes(t *testing.T) {
	t.Parallel()
	s := newScreen(t, 4, 12, "pager")
	s.becomes("行 1\n行 2\n行 3\n行 4\n行 5\n行 6\n行 7\n行 8\n行 9\n行 1\n0\nSp…")
}

func TestATextThatFitsIsWrittenAtOnce(t *testing.T) {
	t.Parallel()
	s := newScreen(t, 60, 80, "pager")
	s.wait("行 1\n", "行 60\n", "EXIT=0")
}

func TestThePagerOfTheUserIsUsed(t *testing.T) {
	t.Parallel()
	s := newScreen(t, 60, 12, "pager", `PAGER="sed s/^/page:/"`)
	s.wait("page:行 60", "EXIT=0")
}

func TestAPagerThatIsNotThereLosesNothing(t *testing.T) {
	t.Parallel()
	s := newScreen(t, 60, 12, "pager", "PAGER=/no/such/pager")
	s.wait("行 60", "EXIT=0")
}

func TestAnEmptyPagerMeansNone(t *testing.T) {
	t.Parallel()
	s := newScreen(t, 60, 12, "pager", "PAGER=")
	s.wait("行 60", "EXIT=0")
}

func TestPlainModeHasNoPager(t *testing.T) {
	t.Parallel()
	s := newScreen(t, 60, 12, "pager", "KIHON_TEST_PLAIN=1")
	s.wait("行 60", "EXIT=0")
}

func TestPagesEndWhenInterrupted(t *testing.T) {
	t.Parallel()
	s := newScreen(t, 60, 12, "pager")
	s.wait("行 11\n", "q: stop")
	s.press("C-c")
	s.wait("INTERRUPTED", "EXIT=0")
	s.gone("q: stop")
}

// Ctrl-C stops a search in less, for instance. If it ended the shell between
// us and the pager, two programs would read the terminal.
func TestCtrlCBelongsToThePagerOfTheUser(t *testing.T) {
	t.Parallel()
	s := newScreen(t, 60, 12, "pager", "PAGER=less")
	s.wait("行 11\n:")
	s.press("C-c")
	// less drops keys while it is being interrupted.
	s.waitFor("the next line", func(screen string) bool {
		if !strings.HasPrefix(screen, "行 1\n") {
			return true
		}
		s.press("Enter")
		return false
	})
	s.press("q")
	s.wait("EXIT=0")
}

func TestAPipeGetsTheTextAsItIs(t *testing.T) {
	var out strings.Builder
	s := Streams{In: os.Stdin, Out: &out, InTTY: true, Columns: 80, Rows: 2, Plain: true}
	text := strings.Repeat("a\n", 100)
	if err := Pager(context.Background(), s, []string{"PAGER=false"}, text, ""); err != nil || out.String() != text {
		t.Errorf("%v, %d bytes of %d", err, out.Len(), len(text))
	}
}

func TestScreenLinesCountsWhatTheTerminalWraps(t *testing.T) {
	tests := []struct {
		text string
		want int
	}{
		{"", 1}, {"a\n", 1}, {"a\nb\n", 2},
		{strings.Repeat("a", 10) + "\n", 1}, {strings.Repeat("a", 11) + "\n", 2},
		{strings.Repeat("あ", 5) + "\n", 1}, {strings.Repeat("あ", 6) + "\n", 2},
		{"\x1b[1m" + strings.Repeat("a", 10) + "\x1b[0m\n", 1},
	}
	for _, test := range tests {
		if got := screenLines(test.text, 10); got != test.want {
			t.Errorf("screenLines(%q, 10) = %d, want %d", test.text, got, test.want)
		}
	}
}
