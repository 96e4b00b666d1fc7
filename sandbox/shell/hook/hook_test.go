package hook

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// session serves handler on a unix socket and returns the socket's path and a
// directory for the shell's files.
func session(t *testing.T, handler http.HandlerFunc) (socket, dir string) {
	t.Helper()
	dir, err := os.MkdirTemp("", "kihontest-") // a socket's path has to be short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	socket = filepath.Join(dir, "s")
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: handler}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	t.Cleanup(func() {
		server.Close()
		if err := <-served; !errors.Is(err, http.ErrServerClosed) {
			t.Error(err)
		}
	})
	return socket, dir
}

func ask(socket string, args ...string) (code int, out string) {
	var b bytes.Buffer
	code = Main(args, func(name string) string {
		if name == "KIHON_SESSION" {
			return socket
		}
		return ""
	}, &b)
	return code, b.String()
}

func write(t *testing.T, dir, name, content string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestQuestionIsWhatTheShellKnows(t *testing.T) {
	for name, c := range map[string]struct {
		command, taken string
		args           []string
		want           map[string]any
	}{
		"a command": {
			"  123  docker run -d httpd\n", "hint\n", []string{"125", "80", "0", "1"},
			map[string]any{"status": 125.0, "command": "docker run -d httpd", "columns": 80.0, "first": false, "typed": true},
		},
		"the first": {
			"", "hint\nnext\n", []string{"0", "0", "1", "0"},
			map[string]any{"status": 0.0, "command": "", "columns": 0.0, "first": true, "typed": false, "taken": []any{"hint", "next"}},
		},
		"the first, with every word defined": {
			"", "", []string{"0", "0", "1", "0"},
			map[string]any{"status": 0.0, "command": "", "columns": 0.0, "first": true, "typed": false, "taken": []any{}},
		},
		"signs that JSON escapes": {
			"    1  printf '日本\t\\n' \"x\"\n  more \x01\x7f\n", "", []string{"0", "80", "0", "1"},
			map[string]any{"status": 0.0, "command": "printf '日本\t\\n' \"x\"\n  more \x01\x7f", "columns": 80.0, "first": false, "typed": true},
		},
		"an entry that was changed": {
			"    7* ls\n", "", []string{"0", "80", "0", "1"},
			map[string]any{"status": 0.0, "command": "ls", "columns": 80.0, "first": false, "typed": true},
		},
		"a very long line": {
			"    7  " + strings.Repeat("x", longestLine+1), "", []string{"0", "80", "0", "1"},
			map[string]any{"status": 0.0, "command": "", "columns": 80.0, "first": false, "typed": true},
		},
	} {
		t.Run(name, func(t *testing.T) {
			var got map[string]any
			socket, dir := session(t, func(w http.ResponseWriter, r *http.Request) {
				if r.Method != "POST" || r.URL.Path != "/v1/prompt" || r.Header.Get("X-Kihon-Secret") != "s3cret" {
					t.Errorf("%s %s %v", r.Method, r.URL.Path, r.Header)
				}
				if err := json.NewDecoder(r.Body).Decode(&got); err != nil {
					t.Error(err)
				}
			})
			write(t, dir, SecretFile, "s3cret\n")
			write(t, dir, CommandFile, c.command)
			write(t, dir, TakenFile, c.taken)
			if code, out := ask(socket, append([]string{dir}, c.args...)...); code != OK || out != "" {
				t.Errorf("exit code %d, output %q", code, out)
			}
			want, _ := json.Marshal(c.want)
			have, _ := json.Marshal(got)
			if !bytes.Equal(have, want) {
				t.Errorf("asked %s\nwant  %s", have, want)
			}
		})
	}
}

func TestAnswerIsShownAndItsPrefixStored(t *testing.T) {
	long := strings.Repeat("長い行。\n", 5000)
	for name, c := range map[string]struct {
		answer      http.HandlerFunc
		code        int
		out, prefix string
	}{
		"text and prefix": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X-Kihon-Prompt", "[基本 1/3]")
			io.WriteString(w, "✓ done\n")
		}, OK, "✓ done\n", "[基本 1/3] \n"},
		"a prefix with colour and other control characters": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X-Kihon-Prompt", "\x1b[1;36m[ports]\x1b[m\x1b]0;title\a\x1b[2J")
		}, OK, "", "\x01\x1b[1;36m\x02[ports]\x01\x1b[m\x02]0;title[2J \n"},
		"the end of the prefix": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X-Kihon-Prompt", "")
		}, OK, "", "\n"},
		"no word about the prefix": {func(w http.ResponseWriter, r *http.Request) {}, OK, "", "before \n"},
		"a long text in pieces": {func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, long)
			w.(http.Flusher).Flush()
			io.WriteString(w, long)
		}, OK, long + long, "before \n"},
		"many headers": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X-A", strings.Repeat("x", 20<<10))
			w.Header().Set("X-Kihon-Prompt", "p")
		}, OK, "", "p \n"},
		"headers without end": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X-A", strings.Repeat("x", 200<<10))
		}, NoAnswer, "", "before \n"},
		"a no": {func(w http.ResponseWriter, r *http.Request) {
			http.Error(w, "who are you?", http.StatusForbidden)
		}, NoAnswer, "", "before \n"},
		"a death in the middle": {func(w http.ResponseWriter, r *http.Request) {
			panic(http.ErrAbortHandler)
		}, NoAnswer, "", "before \n"},
	} {
		t.Run(name, func(t *testing.T) {
			socket, dir := session(t, c.answer)
			write(t, dir, PrefixFile, "before \n")
			code, out := ask(socket, dir, "0", "80", "0", "1")
			if code != c.code || out != c.out {
				t.Errorf("exit code %d, output %.100q; want %d, %.100q", code, out, c.code, c.out)
			}
			prefix, err := os.ReadFile(filepath.Join(dir, PrefixFile))
			if err != nil {
				t.Fatal(err)
			}
			if string(prefix) != c.prefix {
				t.Errorf("prefix %q, want %q", prefix, c.prefix)
			}
		})
	}
}

func TestNobodyThereIsToldFromASlowAnswer(t *testing.T) {
	dir := t.TempDir()
	if code, out := ask(filepath.Join(dir, "none"), dir, "0", "80", "0", "1"); code != Gone || out != "" {
		t.Errorf("without a socket: exit code %d, output %q", code, out)
	}

	listener, err := net.Listen("unix", filepath.Join(dir, "s"))
	if err != nil {
		t.Fatal(err)
	}
	listener.(*net.UnixListener).SetUnlinkOnClose(false)
	begun := time.Now()
	if code, out := ask(filepath.Join(dir, "s"), dir, "0", "80", "0", "1"); code != NoAnswer || out != "" {
		t.Errorf("with a silent session: exit code %d, output %q", code, out)
	}
	if waited := time.Since(begun); waited > 2*patience {
		t.Errorf("waited %v for a silent session", waited)
	}
	listener.Close()
	if code, out := ask(filepath.Join(dir, "s"), dir, "0", "80", "0", "1"); code != Gone || out != "" {
		t.Errorf("with a dead session's socket: exit code %d, output %q", code, out)
	}
}

func TestWrongCallsAreRefused(t *testing.T) {
	for _, args := range [][]string{nil, {"dir"}, {"dir", "x", "80", "0", "1"}, {"dir", "0", "x", "0", "1"}} {
		if code, _ := ask("socket", args...); code != BadCall {
			t.Errorf("%q: exit code %d", args, code)
		}
	}
	if code, _ := ask("", "dir", "0", "80", "0", "1"); code != BadCall {
		t.Errorf("without KIHON_SESSION: exit code %d", code)
	}
}
