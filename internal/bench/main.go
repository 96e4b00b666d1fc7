// Command bench measures kihon against the Docker CLI, as whole processes side
// by side in one run, and writes docs/benchmarks.md.
//
// A ratio of two commands that take turns holds when the machine's speed
// drifts; a time alone does not. It makes a learner of its own on the real
// engine and takes away everything it made.
package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/creack/pty"
)

func main() {
	kihon := flag.String("kihon", "bin/kihon", "the kihon to measure; kihon-prompt lies beside it")
	runs := flag.Int("runs", 100, "runs of each command")
	out := flag.String("o", "docs/benchmarks.md", "the file to write")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *kihon, *runs, *out); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// pair is a command of ours and what it is held against.
type pair struct {
	name, goal string
	a, b       *exec.Cmd
}

// result is what came of a pair: medians in milliseconds, and the median of
// the ratios run by run.
type result struct {
	pair
	ours, theirs, ratio float64
}

func run(ctx context.Context, kihon string, runs int, out string) (err error) {
	kihon, err = filepath.Abs(kihon)
	if err != nil {
		return err
	}
	root, err := os.MkdirTemp("", "kihon-bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(root)) }()
	b := &bench{kihon: kihon, root: root}
	defer func() { err = errors.Join(err, b.kihonRun(context.WithoutCancel(ctx), "sandbox", "clean", "--yes")) }()
	if err := b.prepare(ctx); err != nil {
		return err
	}
	session, err := b.session(ctx)
	if err != nil {
		return err
	}
	defer session.end()
	pairs := []pair{
		{"kihon check ports/reach-apache, passed", "1.0 or less", b.command(kihon, "check", "ports/reach-apache"), exec.Command("docker", "ps")},
		{"the prompt hook, in a live session", "0.33 or less", session.hook(), exec.Command("docker", "ps")},
		{"docker ps through the guard", "reported", session.guarded("docker", "ps"), exec.Command("docker", "ps")},
	}
	var results []result
	for _, p := range pairs {
		r, err := measure(ctx, p, runs)
		if err != nil {
			return err
		}
		fmt.Printf("%-42s %6.2f ms  docker ps %6.2f ms  ratio %.2f (goal %s)\n", r.name, r.ours, r.theirs, r.ratio, r.goal)
		results = append(results, r)
	}
	return os.WriteFile(out, []byte(page(results, runs)), 0o644)
}

// bench is a learner of its own.
type bench struct{ kihon, root string }

func (b *bench) environment() []string {
	var env []string
	for _, pair := range os.Environ() {
		if !strings.HasPrefix(pair, "KIHON_") {
			env = append(env, pair)
		}
	}
	return append(env, "KIHON_HOME="+filepath.Join(b.root, "home"), "KIHON_WORKSPACE="+filepath.Join(b.root, "work"),
		"KIHON_LANG=en", "SHELL=/bin/bash", "PAGER=cat", "TERM=xterm-256color")
}

func (b *bench) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.Env = b.environment()
	return cmd
}

func (b *bench) kihonRun(ctx context.Context, args ...string) error {
	cmd := exec.CommandContext(ctx, b.kihon, args...)
	cmd.Env = b.environment()
	if text, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("kihon %s: %w\n%s", strings.Join(args, " "), err, text)
	}
	return nil
}

// The container and port of the bench, away from those of a learner.
const (
	web     = "kihon-bench-web"
	webPort = "29080"
)

// prepare brings the flagship exercise to its pass.
func (b *bench) prepare(ctx context.Context) error {
	for _, args := range [][]string{
		{"reset", "ports/reach-apache", "--set", "web=" + web, "--set", "web_port=" + webPort},
		{"run", "--", "docker", "run", "--name", web, "-d", "-p", webPort + ":80", "httpd"},
		{"check", "ports/reach-apache"},
	} {
		if err := b.kihonRun(ctx, args...); err != nil {
			return err
		}
	}
	return nil
}

// liveSession is a kihon start on a pseudo-terminal.
type liveSession struct {
	b      *bench
	cmd    *exec.Cmd
	file   *os.File
	socket string
	dir    string // for the hook: the secret is in it
}

// session starts a live session and waits for its first prompt.
func (b *bench) session(ctx context.Context) (*liveSession, error) {
	s := &liveSession{b: b, cmd: b.command(b.kihon, "start", "ports"), dir: filepath.Join(b.root, "hook")}
	var err error
	if s.file, err = pty.StartWithSize(s.cmd, &pty.Winsize{Rows: 50, Cols: 80}); err != nil {
		return nil, err
	}
	ready := make(chan error, 1)
	go func() {
		reader := bufio.NewReader(s.file)
		var seen strings.Builder
		for told := false; ; {
			r, _, err := reader.ReadRune()
			if err != nil {
				if !told {
					ready <- fmt.Errorf("the session ended before its first prompt: %w\n%s", err, seen.String())
				}
				return
			}
			seen.WriteRune(r)
			if !told && strings.Contains(seen.String(), "[ports ") && strings.HasSuffix(seen.String(), "# ") {
				told = true
				ready <- nil
			}
		}
	}()
	select {
	case err = <-ready:
	case <-time.After(30 * time.Second):
		err = errors.New("no prompt within 30 seconds")
	case <-ctx.Done():
		err = ctx.Err()
	}
	if err != nil {
		s.end()
		return nil, err
	}
	return s, s.find()
}

// find reads the session's socket and secret out of the shell's environment.
func (s *liveSession) find() error {
	shell, err := exec.Command("pgrep", "-P", fmt.Sprint(s.cmd.Process.Pid), "bash").Output()
	if err != nil {
		return fmt.Errorf("looking for the session's shell: %w", err)
	}
	data, err := os.ReadFile("/proc/" + strings.TrimSpace(string(shell)) + "/environ")
	if err != nil {
		return err
	}
	for pair := range strings.SplitSeq(string(data), "\x00") {
		if value, found := strings.CutPrefix(pair, "KIHON_SESSION="); found {
			s.socket = value
		}
	}
	secret, err := os.ReadFile(s.socket + ".secret")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(s.dir, "secret"), secret, 0o600)
}

// hook is what the shell runs before each prompt, after an empty line.
func (s *liveSession) hook() *exec.Cmd {
	cmd := exec.Command(filepath.Join(filepath.Dir(s.b.kihon), "kihon-prompt"), s.dir, "0", "80", "0", "0")
	cmd.Env = append(os.Environ(), "KIHON_SESSION="+s.socket)
	return cmd
}

// guarded runs a command with the guard as its engine.
func (s *liveSession) guarded(name string, args ...string) *exec.Cmd {
	host := ""
	matches, _ := filepath.Glob(filepath.Join(filepath.Dir(s.socket), "guard-*.sock"))
	if len(matches) > 0 {
		host = "unix://" + matches[len(matches)-1]
	}
	cmd := exec.Command(name, args...)
	cmd.Env = append(os.Environ(), "DOCKER_HOST="+host)
	return cmd
}

func (s *liveSession) end() {
	_, _ = io.WriteString(s.file, "\x15quit\r")
	done := make(chan struct{})
	go func() {
		_ = s.cmd.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		_ = s.cmd.Process.Kill()
		<-done
	}
	s.file.Close()
}

// measure runs the two commands in turn.
func measure(ctx context.Context, p pair, runs int) (result, error) {
	var ours, theirs, ratios []float64
	for i := range runs + 3 {
		a, err := once(ctx, p.a)
		if err != nil {
			return result{}, fmt.Errorf("%s: %w", p.name, err)
		}
		b, err := once(ctx, p.b)
		if err != nil {
			return result{}, err
		}
		if i >= 3 { // the first ones warm up
			ours, theirs, ratios = append(ours, a), append(theirs, b), append(ratios, a/b)
		}
	}
	return result{p, median(ours), median(theirs), median(ratios)}, nil
}

// once runs a copy of the command and returns its wall time in milliseconds.
func once(ctx context.Context, like *exec.Cmd) (float64, error) {
	cmd := exec.CommandContext(ctx, like.Path, like.Args[1:]...)
	cmd.Env, cmd.Stdout, cmd.Stderr = like.Env, io.Discard, io.Discard
	began := time.Now()
	err := cmd.Run()
	return float64(time.Since(began).Microseconds()) / 1000, err
}

func median(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}

// page is docs/benchmarks.md.
func page(results []result, runs int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# Benchmarks\n\nMade by `make bench`. Whole processes, each in turn with `docker ps` (%d times); the ratio is the median of the\nratios pair by pair, so it holds on a machine whose speed drifts. The times are medians in milliseconds.\n\n", runs)
	fmt.Fprintf(&b, "%s, %s, %d processors, engine %s, %s.\n\n", time.Now().Format("2006-01-02"), runtime.GOOS+"/"+runtime.GOARCH, runtime.NumCPU(), engineVersion(), runtime.Version())
	b.WriteString("| what | time | `docker ps` | ratio | goal |\n| --- | --- | --- | --- | --- |\n")
	for _, r := range results {
		fmt.Fprintf(&b, "| %s | %.2f | %.2f | %.2f | %s |\n", r.name, r.ours, r.theirs, r.ratio, r.goal)
	}
	return b.String()
}

func engineVersion() string {
	out, err := exec.Command("docker", "version", "--format", "{{.Server.Version}}").Output()
	if err != nil {
		return "unknown"
	}
	return strings.TrimSpace(string(out))
}
