//go:build unix

package shell_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"kihon/sandbox/shell"
)

// The tests run this test binary once more, inside a terminal, as the process
// that has the shell: a host. It serves the session's socket as the live
// session does, and a few paths more for the test to steer it.
const hostVariable = "KIHONTEST_HOST"

const secret = "s3cret"

// hookPath is the hook, built from this tree.
var hookPath string

func TestMain(m *testing.M) {
	if dir := os.Getenv(hostVariable); dir != "" {
		os.Exit(host(dir))
	}
	os.Exit(runTests(m))
}

func runTests(m *testing.M) int {
	dir, err := os.MkdirTemp("", "kihontest-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	hookPath = filepath.Join(dir, "kihon-prompt")
	build := exec.Command("go", "build", "-o", hookPath, "kihon/cmd/kihon-prompt")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build the hook: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// setup is what a test wants of its host.
type setup struct {
	Words  []shell.Word
	Env    []string
	Prefix string
	Plain  bool
	Hook   []string
}

// call is what the hook asks.
type call struct {
	Status  int      `json:"status"`
	Command string   `json:"command"`
	Columns int      `json:"columns"`
	First   bool     `json:"first"`
	Typed   bool     `json:"typed"`
	Taken   []string `json:"taken"`
}

// reply is what the host answers until it is given another.
type reply struct {
	Prefix *string
	Text   string // handed out once
	Delay  time.Duration
}

type hostState struct {
	mu    sync.Mutex
	calls []call
	reply reply
}

// host runs one shell with the setup in dir and returns its exit code.
func host(dir string) int {
	var want setup
	b, err := os.ReadFile(filepath.Join(dir, "setup.json"))
	if err == nil {
		err = json.Unmarshal(b, &want)
	}
	if err != nil {
		fmt.Println(err)
		return 1
	}
	socket := filepath.Join(dir, "s.sock")
	listener, err := net.Listen("unix", socket)
	if err != nil {
		fmt.Println(err)
		return 1
	}
	bash, err := shell.Find(os.Getenv)
	if err != nil {
		fmt.Println(err)
		return 1
	}
	session, err := shell.New(shell.Config{
		Shell: bash, Dir: filepath.Join(dir, "work"), RunDir: filepath.Join(dir, "run"),
		SocketPath: socket, Secret: secret, Hook: want.Hook,
		DockerHost: "unix://" + dir + "/guard.sock", Env: want.Env,
		Words: want.Words, Prefix: want.Prefix, Plain: want.Plain,
		Ended: "the session has ended",
		Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
	})
	if err != nil {
		fmt.Println(err)
		return 1
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()

	var state hostState
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v1/prompt", state.prompt)
	mux.HandleFunc("GET /calls", state.list)
	mux.HandleFunc("POST /reply", state.setReply)
	mux.HandleFunc("POST /print", func(w http.ResponseWriter, r *http.Request) {
		text, _ := io.ReadAll(r.Body)
		shown, err := session.Print(r.Context(), string(text))
		fmt.Fprint(w, shown, " ", err)
	})
	mux.HandleFunc("POST /cancel", func(http.ResponseWriter, *http.Request) { cancel() })
	mux.HandleFunc("POST /close", func(http.ResponseWriter, *http.Request) { listener.Close() })
	go http.Serve(listener, mux)

	code, err := session.Run(ctx)
	fmt.Printf("host: exit %d, error %v\n", code, err)
	if left, err := os.ReadDir(filepath.Join(dir, "run")); err != nil || len(left) > 0 {
		fmt.Printf("host: left behind: %v %v\n", left, err)
	}
	return code
}

func (s *hostState) prompt(w http.ResponseWriter, r *http.Request) {
	var c call
	if r.Header.Get("X-Kihon-Secret") != secret {
		http.Error(w, "who are you?", http.StatusForbidden)
		return
	}
	if err := json.NewDecoder(r.Body).Decode(&c); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	s.calls = append(s.calls, c)
	answer := s.reply
	s.reply.Text = ""
	s.mu.Unlock()
	time.Sleep(answer.Delay) // a verdict that takes its time
	if answer.Prefix != nil {
		w.Header().Set("X-Kihon-Prompt", *answer.Prefix)
	}
	io.WriteString(w, answer.Text)
}

func (s *hostState) list(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	json.NewEncoder(w).Encode(s.calls)
}

func (s *hostState) setReply(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reply = reply{}
	if err := json.NewDecoder(r.Body).Decode(&s.reply); err != nil && !errors.Is(err, io.EOF) {
		http.Error(w, err.Error(), http.StatusBadRequest)
	}
}
