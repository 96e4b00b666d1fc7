//go:build unix

package shell_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

const deadline = 10 * time.Second

// room is a learner's terminal (a tmux of its own), with a home directory of
// its own and a host in it.
type room struct {
	t      *testing.T
	dir    string
	client *http.Client
	alive  *os.File // every process of the room has its other end
}

// enter opens a terminal whose shell says OUTER>, with bashrc as ~/.bashrc.
func enter(t *testing.T, width int, bashrc string, variables ...string) *room {
	t.Helper()
	t.Parallel()
	// Not t.TempDir: a socket's path has to be short.
	dir, err := os.MkdirTemp("", "kihontest-")
	if err != nil {
		t.Fatal(err)
	}
	r := &room{t: t, dir: dir}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the screen at last:\n%s", r.screen())
		}
		r.tmux("kill-server")
		r.waitForAll()
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	alive := filepath.Join(dir, "alive")
	if err := syscall.Mkfifo(alive, 0o600); err != nil {
		t.Fatal(err)
	}
	if r.alive, err = os.OpenFile(alive, os.O_RDONLY|syscall.O_NONBLOCK, 0); err != nil {
		t.Fatal(err)
	}
	for _, d := range []string{"run", "home", "work", "bin"} {
		if err := os.Mkdir(filepath.Join(dir, d), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	r.write("home/.bashrc", "PS1='\\W> '\n"+bashrc)
	r.client = &http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", filepath.Join(dir, "s.sock"))
		},
	}}

	start := r.command("new-session", "-d", "-x", strconv.Itoa(width), "-y", "24",
		"-c", dir, "sh", "-c", `PS1='OUTER> ' exec bash --norc --noprofile -i 9>"$0"`, alive)
	start.Env = append([]string{
		"HOME=" + dir + "/home", "PATH=" + dir + "/bin:" + os.Getenv("PATH"), "LANG=C.UTF-8",
		"SHELL=/bin/bash", "HISTFILE=" + dir + "/home/.bash_history", hostVariable + "=" + dir,
	}, variables...)
	if out, err := start.CombinedOutput(); err != nil {
		t.Fatalf("tmux, which the tests of the shell need: %v\n%s", err, out)
	}
	r.wait("OUTER>")
	return r
}

// waitForAll waits until no process of the room is left that could still write
// its history.
func (r *room) waitForAll() {
	defer r.alive.Close()
	err := r.alive.SetReadDeadline(time.Now().Add(deadline))
	if err == nil {
		_, err = io.Copy(io.Discard, r.alive)
	}
	if err != nil {
		r.t.Errorf("wait for the processes in the terminal to end: %v", err)
	}
}

// begin starts the host and waits for the shell's first prompt.
func (r *room) begin(s setup) {
	r.t.Helper()
	if s.Hook == nil {
		s.Hook = []string{hookPath}
	}
	b, err := json.Marshal(s)
	if err != nil {
		r.t.Fatal(err)
	}
	r.write("setup.json", string(b))
	self, err := os.Executable()
	if err != nil {
		r.t.Fatal(err)
	}
	r.line("clear; " + self)
	r.wait("work>\n")
}

func (r *room) write(name, content string) {
	r.t.Helper()
	if err := os.WriteFile(filepath.Join(r.dir, name), []byte(content), 0o700); err != nil {
		r.t.Fatal(err)
	}
}

func (r *room) command(args ...string) *exec.Cmd {
	return exec.Command("tmux", append([]string{"-S", filepath.Join(r.dir, "tmux"), "-f", "/dev/null", "-u"}, args...)...)
}

func (r *room) tmux(args ...string) string {
	out, _ := r.command(args...).Output()
	return string(out)
}

// text types without Enter; line types and presses Enter; keys presses keys by
// tmux's names.
func (r *room) text(s string)    { r.tmux("send-keys", "-l", s) }
func (r *room) line(s string)    { r.text(s); r.keys("Enter") }
func (r *room) keys(k ...string) { r.tmux(append([]string{"send-keys"}, k...)...) }

// screen is what the terminal shows, without blanks at the ends of lines and
// without empty lines.
func (r *room) screen() string {
	var lines []string
	for _, l := range strings.Split(r.tmux("capture-pane", "-p"), "\n") {
		if l = strings.TrimRight(l, " "); l != "" {
			lines = append(lines, l)
		}
	}
	return strings.Join(lines, "\n")
}

// until waits for ok, which looks at something that is about to happen.
func (r *room) until(what string, ok func() bool) {
	r.t.Helper()
	for end := time.Now().Add(deadline); !ok(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			r.t.Fatalf("waited in vain: %s", what)
		}
	}
}

// wait waits until the screen holds s, which may go over several lines.
func (r *room) wait(s string) {
	r.t.Helper()
	r.until("for "+strconv.Quote(s)+" on the screen", func() bool { return strings.Contains("\n"+r.screen()+"\n", s) })
}

// waitScreen waits until the screen is exactly these lines.
func (r *room) waitScreen(lines ...string) {
	r.t.Helper()
	want := strings.Join(lines, "\n")
	r.until("for this screen:\n"+want, func() bool { return r.screen() == want })
}

// cursor is the cursor's column and row.
func (r *room) cursor() string {
	return strings.TrimSpace(r.tmux("display-message", "-p", "#{cursor_x},#{cursor_y}"))
}

// settledCursor is where the cursor stays once all keys have been dealt with.
func (r *room) settledCursor() (column, row int) {
	r.t.Helper()
	same, last := 0, ""
	r.until("for the cursor to stay", func() bool {
		now := r.cursor()
		if now != last {
			same, last = 0, now
		}
		same++
		return same == 5
	})
	if _, err := fmt.Sscanf(last, "%d,%d", &column, &row); err != nil {
		r.t.Fatal(err)
	}
	return column, row
}

// foreground is the name of the program that has the terminal.
func (r *room) foreground() string {
	return strings.TrimSpace(r.tmux("display-message", "-p", "#{pane_current_command}"))
}

func (r *room) post(path, body string) string {
	r.t.Helper()
	resp, err := r.client.Post("http://kihon"+path, "text/plain", strings.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		r.t.Fatalf("%s: %v %s %s", path, err, resp.Status, b)
	}
	return string(b)
}

// answer sets what the host answers from now on.
func (r *room) answer(a reply) {
	r.t.Helper()
	b, err := json.Marshal(a)
	if err != nil {
		r.t.Fatal(err)
	}
	r.post("/reply", string(b))
}

// print has the host show text at the prompt.
func (r *room) print(text string, wantShown bool) {
	r.t.Helper()
	if got, want := r.post("/print", text), strconv.FormatBool(wantShown)+" <nil>"; got != want {
		r.t.Fatalf("Print(%q) = %s, want %s", text, got, want)
	}
}

// calls are the questions of the hook so far.
func (r *room) calls() []call {
	r.t.Helper()
	resp, err := r.client.Get("http://kihon/calls")
	if err != nil {
		r.t.Fatal(err)
	}
	defer resp.Body.Close()
	var calls []call
	if err := json.NewDecoder(resp.Body).Decode(&calls); err != nil {
		r.t.Fatal(err)
	}
	return calls
}

// asked waits for a question that ok says yes to, and returns it.
func (r *room) asked(what string, ok func(call) bool) call {
	r.t.Helper()
	var found call
	r.t.Cleanup(func() {
		if r.t.Failed() {
			r.t.Logf("the questions when waiting for one %s: %+v", what, r.calls())
		}
	})
	r.until("for a question: "+what, func() bool {
		calls := r.calls()
		i := slices.IndexFunc(calls, ok)
		if i >= 0 {
			found = calls[i]
		}
		return i >= 0
	})
	return found
}
