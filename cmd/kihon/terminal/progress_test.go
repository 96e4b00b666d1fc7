package terminal

import (
	"strings"
	"sync"
	"testing"
	"time"

	"kihon/lessons/render"
)

func TestProgressIsOneLineOnATerminal(t *testing.T) {
	t.Parallel()
	s := newScreen(t, 40, 10, "progress", "KIHON_TEST_LANG=ja")
	s.becomes("イメージ httpd を作っています。…   25%")
	s.press("Enter")
	s.wait("httpd   50%")
	s.gone("25%")
	s.press("Enter")
	s.wait("httpd のイメージができました。\nEXIT=0")
	s.gone("50%")
}

// clock is a time that a test moves.
type clock struct{ now time.Time }

func (c *clock) wait(d time.Duration) { c.now = c.now.Add(d) }

func newProgress(redraw bool) (*Progress, *strings.Builder, *clock) {
	var out strings.Builder
	c := &clock{time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
	p := NewProgress(Streams{Err: &out, Columns: 40, Redraw: redraw})
	p.now = func() time.Time { return c.now }
	return p, &out, c
}

func TestProgressIsALineNowAndThenWhereNothingCanBeRedrawn(t *testing.T) {
	p, out, c := newProgress(false)
	for i := range int64(100) {
		p.Update("httpd", i, 100)
		c.wait(200 * time.Millisecond)
	}
	p.Update("busybox", 0, 0)
	c.wait(6 * time.Second)
	p.Update("busybox", 0, 0)
	p.Clear()
	p.Done("2 images")
	want := "httpd    0%\nhttpd   25%\nhttpd   50%\nhttpd   75%\nbusybox\nbusybox  6s\n2 images\n"
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out, want)
	}
}

func TestProgressDoesNotDrawFasterThanAnEyeCanSee(t *testing.T) {
	p, out, c := newProgress(true)
	for i := range int64(1000) {
		p.Update("httpd", i, 1000)
		c.wait(time.Millisecond)
	}
	if n := strings.Count(out.String(), "\r"); n != 10 {
		t.Errorf("drawn %d times in a second, want 10", n)
	}
}

func TestProgressNeverFillsTheLine(t *testing.T) {
	p, out, c := newProgress(true)
	for _, label := range []string{strings.Repeat("あ", 50), strings.Repeat("a", 50), "あ" + strings.Repeat("い", 17), "\x1b[2J短い"} {
		p.Update(label, 100, 100)
		c.wait(time.Second)
	}
	for _, line := range strings.Split(out.String(), "\r")[1:] {
		line = strings.TrimSuffix(line, "\x1b[K")
		if w := render.StringWidth(line); w > 39 || strings.Contains(line, "\x1b[2J") {
			t.Errorf("%d columns: %q", w, line)
		}
	}
}

func TestProgressTakesAnyNumbers(t *testing.T) {
	tests := []struct {
		done, total int64
		want        string
	}{
		{-5, 10, "    0%"}, {5, 10, "   50%"}, {20, 10, "  100%"}, {1, -1, ""}, {1 << 62, 1<<63 - 1, "   50%"},
	}
	for _, test := range tests {
		if got := amount(test.done, test.total, 0); got != test.want {
			t.Errorf("amount(%d, %d) = %q, want %q", test.done, test.total, got, test.want)
		}
	}
}

func TestProgressServesSeveralGoroutines(t *testing.T) {
	p, _, _ := newProgress(false)
	var group sync.WaitGroup
	for _, label := range []string{"a", "b", "c"} {
		group.Go(func() {
			for i := range int64(100) {
				p.Update(label, i, 100)
			}
		})
	}
	group.Wait()
	p.Done("done")
}
