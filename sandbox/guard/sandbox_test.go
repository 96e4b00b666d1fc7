//go:build unix

package guard_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kihon/sandbox/engine"
	"kihon/sandbox/guard"
	"kihon/sandbox/journal"
)

// busybox is loaded by the project's own scripts before the tests run.
const busybox = "busybox:latest"

// sandbox is a guard before this machine's engine, and a learner who types
// docker commands.
type sandbox struct {
	t       *testing.T
	home    string
	socket  string
	guard   *guard.Guard
	journal *journal.Memory
	seen    int64 // entries that a test has looked at
	stop    func()
}

func open(t *testing.T) *sandbox {
	t.Helper()
	found, err := engine.Find(os.Getenv)
	if err != nil {
		t.Fatal(err)
	}
	s := &sandbox{t: t, home: unique(), journal: &journal.Memory{}}
	s.guard = guard.New(guard.Config{Dial: found.Dial, Engine: found.Host, Journal: s.journal, HomeID: s.home})
	l, path, err := guard.Listen(shortDir(t))
	if err != nil {
		t.Fatal(err)
	}
	s.socket = path
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.guard.Serve(ctx, l) }()
	s.stop = func() {
		cancel()
		select {
		case err := <-ended:
			if err != nil {
				t.Error("serve:", err)
			}
		case <-time.After(20 * time.Second):
			t.Error("the guard does not end")
		}
		s.stop = func() {}
	}
	t.Cleanup(func() { s.stop() })
	t.Cleanup(func() { s.sweep() })
	return s
}

// sweep removes what the test made, by this home's label and by name.
func (s *sandbox) sweep() {
	mine := "label=" + journal.LabelHome + "=" + s.home
	for _, id := range strings.Fields(direct("ps", "-aq", "--filter", mine).out + direct("ps", "-aq", "--filter", "name="+s.home).out) {
		direct("rm", "-f", "-v", id)
	}
	for _, name := range strings.Fields(direct("volume", "ls", "-q", "--filter", mine).out) {
		direct("volume", "rm", "-f", name)
	}
	for _, id := range strings.Fields(direct("network", "ls", "-q", "--filter", mine).out) {
		direct("network", "rm", id)
	}
	for _, name := range strings.Fields(direct("images", "--format", "{{.Repository}}:{{.Tag}}", "--filter", "reference="+s.home+"*").out) {
		direct("rmi", "-f", name)
	}
}

func unique() string {
	b := make([]byte, 4)
	rand.Read(b)
	return "kihontest-" + hex.EncodeToString(b)
}

// shortDir is a directory whose path leaves room for a socket's name.
func shortDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "kt")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return filepath.Join(dir, "s")
}

type outcome struct {
	out, err string
	code     int
}

// docker runs a docker command as the learner's shell would.
func (s *sandbox) docker(args ...string) outcome {
	s.t.Helper()
	return s.feed(nil, args...)
}

// feed is docker with something on standard input.
func (s *sandbox) feed(stdin []byte, args ...string) outcome {
	s.t.Helper()
	cmd := s.command(args...)
	if stdin != nil {
		cmd.Stdin = bytes.NewReader(stdin)
	}
	return finish(cmd)
}

func (s *sandbox) command(args ...string) *exec.Cmd {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	s.t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, "docker", args...)
	cmd.Env = append(os.Environ(), "DOCKER_HOST=unix://"+s.socket, "DOCKER_BUILDKIT=0")
	cmd.WaitDelay = 5 * time.Second
	return cmd
}

// must fails the test unless the command succeeds; it gives what was printed.
func (s *sandbox) must(args ...string) string {
	s.t.Helper()
	o := s.docker(args...)
	if o.code != 0 {
		s.t.Fatalf("docker %s: exit code %d: %s", strings.Join(args, " "), o.code, o.err)
	}
	return strings.TrimSpace(o.out)
}

// direct runs a docker command that goes past the guard.
func direct(args ...string) outcome {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	return finish(exec.CommandContext(ctx, "docker", args...))
}

func finish(cmd *exec.Cmd) outcome {
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	o := outcome{out.String(), errs.String(), 0}
	if exit, ok := err.(*exec.ExitError); ok {
		o.code = exit.ExitCode()
	} else if err != nil {
		o.code, o.err = -1, err.Error()
	}
	return o
}

// news are the entries since the last time that a test asked.
func (s *sandbox) news() []journal.Entry {
	entries, _ := s.journal.Since(context.Background(), s.seen)
	s.seen += int64(len(entries))
	return entries
}

// lines are the news in short: "container create NAME 201".
func (s *sandbox) lines() []string {
	var lines []string
	for _, e := range s.news() {
		if e.Actor != journal.Learner || e.Source != journal.Call || e.Time.IsZero() {
			s.t.Errorf("not marked as a call of the learner's: %+v", e)
		}
		lines = append(lines, fmt.Sprintf("%s %s %s %d", e.Object, e.Action, e.Name, e.Status))
	}
	return lines
}
