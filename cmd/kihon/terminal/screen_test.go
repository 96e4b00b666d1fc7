package terminal

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// screen is a terminal of a test's own, with a program of this package's in it.
// A real terminal emulator knows widths, cursor and keys as people meet them,
// so tmux is needed: without it the tests fail.
type screen struct {
	t      *testing.T
	socket string
}

// patience is how long a screen is waited for; machines that build something
// else at the same time are slow.
const patience = 30 * time.Second

// newScreen runs one of the programs in program_test.go in a terminal of the
// given size, with additions to its environment.
func newScreen(t *testing.T, columns, rows int, program string, env ...string) *screen {
	t.Helper()
	if _, err := exec.LookPath("tmux"); err != nil {
		t.Fatal("tmux is needed to test what a terminal shows: install the package tmux")
	}
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	// The names of sockets are short, those of t.TempDir need not be.
	dir, err := os.MkdirTemp("", "kihontest-")
	if err != nil {
		t.Fatal(err)
	}
	s := &screen{t, filepath.Join(dir, "tmux")}
	t.Cleanup(func() {
		exec.Command("tmux", "-S", s.socket, "kill-server").Run()
		os.RemoveAll(dir)
	})
	command := fmt.Sprintf("env -u NO_COLOR -u PAGER -u LESS -u COLUMNS %s %s=%s %s; echo EXIT=$?; exec sleep 600",
		strings.Join(env, " "), programVariable, program, binary)
	s.tmux("-f", "/dev/null", "-u", "new-session", "-d", "-x", fmt.Sprint(columns), "-y", fmt.Sprint(rows), command)
	return s
}

func (s *screen) tmux(args ...string) string {
	s.t.Helper()
	out, err := exec.Command("tmux", append([]string{"-S", s.socket}, args...)...).CombinedOutput()
	if err != nil {
		s.t.Fatalf("tmux %q: %v: %s", args, err, out)
	}
	return string(out)
}

// text is what the screen shows, without spaces at the ends of lines and
// without empty lines at the end.
func (s *screen) text() string {
	s.t.Helper()
	lines := strings.Split(s.tmux("capture-pane", "-p"), "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRight(l, " ")
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n")
}

// colours is the same with SGR sequences.
func (s *screen) colours() string { return s.tmux("capture-pane", "-p", "-e") }

// press sends keys by tmux's names for them, or characters.
func (s *screen) press(keys ...string) {
	s.t.Helper()
	s.tmux(append([]string{"send-keys"}, keys...)...)
}

// wait waits until the screen shows every one of the texts.
func (s *screen) wait(texts ...string) string {
	s.t.Helper()
	return s.waitFor(strings.Join(texts, " and "), func(screen string) bool {
		for _, text := range texts {
			if !strings.Contains(screen, text) {
				return false
			}
		}
		return true
	})
}

// gone waits until the screen does not show text any more.
func (s *screen) gone(text string) {
	s.t.Helper()
	s.waitFor("no "+text, func(screen string) bool { return !strings.Contains(screen, text) })
}

// becomes waits until the screen shows want and nothing else.
func (s *screen) becomes(want string) {
	s.t.Helper()
	want = strings.Trim(want, "\n")
	s.waitFor("\n"+want+"\n", func(screen string) bool { return screen == want })
}

func (s *screen) waitFor(what string, ok func(string) bool) string {
	s.t.Helper()
	var screen string
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if screen = s.text(); ok(screen) {
			return screen
		}
	}
	s.t.Fatalf("the screen does not show %s but\n%s", what, screen)
	return ""
}
