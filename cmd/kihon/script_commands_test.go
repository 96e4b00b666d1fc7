package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/creack/pty"
	"github.com/docker/docker/api/types/events"
	"github.com/docker/docker/api/types/filters"
	"github.com/rogpeppe/go-internal/testscript"

	"kihon/content"
	"kihon/sandbox/journal"
	"kihon/store"
)

// kihon ARGS... must end with 0; with ! it must not.
func scriptKihon(ts *testscript.TestScript, neg bool, args []string) {
	if err := ts.Exec(binary, args...); (err == nil) == neg {
		ts.Fatalf("kihon %s: %v", strings.Join(args, " "), err)
	}
}

// exits CODE PROGRAM ARGS... must end with just that code; 128+n stands for
// signal n.
func scriptExits(ts *testscript.TestScript, neg bool, args []string) {
	err := ts.Exec(args[1], args[2:]...)
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		ts.Fatalf("%s: %v", args[1], err)
	}
	got := 0
	if exit != nil {
		got = exitCode(exit.ProcessState)
	}
	if (strconv.Itoa(got) == args[0]) == neg {
		ts.Fatalf("%s ended with %d, wanted %s", strings.Join(args[1:], " "), got, args[0])
	}
}

// scriptEnvironment is that of the script's commands; by way of a file, so that
// it is not in the log of each script.
func scriptEnvironment(ts *testscript.TestScript) []string {
	ts.Check(ts.Exec("sh", "-c", `env -0 >"$WORK/.tmp/environment"`))
	return strings.Split(strings.TrimRight(ts.ReadFile(ts.Getenv("WORK")+"/.tmp/environment"), "\x00"), "\x00")
}

// scriptCommand prepares a program that Exec is not enough for.
func scriptCommand(ts *testscript.TestScript, args []string) *exec.Cmd {
	path := args[0]
	if path == "kihon" {
		path = binary
	}
	cmd := exec.Command(path, args[1:]...)
	cmd.Env, cmd.Dir = scriptEnvironment(ts), ts.MkAbs(".")
	return cmd
}

// output is what a program has written so far.
type output struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.String()
}

// session FILE types the lines of the file into a shell, one after the other.
// Its standard output is what somebody at the screen sees, with the exit code
// of each line.
func scriptSession(ts *testscript.TestScript, _ bool, args []string) {
	env := scriptEnvironment(ts)
	for line := range strings.Lines(ts.ReadFile(args[0])) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		cmd := exec.Command("sh", "-c", line)
		cmd.Env, cmd.Dir = env, ts.MkAbs(".")
		out, err := cmd.CombinedOutput()
		var exit *exec.ExitError
		if err != nil && !errors.As(err, &exit) {
			ts.Fatalf("%s: %v", line, err)
		}
		fmt.Fprintf(ts.Stdout(), "$ %s\n%s-> %d\n\n", line, out, exitCode(cmd.ProcessState))
	}
}

// interrupt SIGNAL PATTERN CODE PROGRAM ARGS... sends a signal as soon as the
// program's output has the pattern, and wants it to end with the code.
func scriptInterrupt(ts *testscript.TestScript, _ bool, args []string) {
	signals := map[string]syscall.Signal{"INT": syscall.SIGINT, "TERM": syscall.SIGTERM, "KILL": syscall.SIGKILL}
	pattern := regexp.MustCompile(args[1])
	cmd := scriptCommand(ts, args[3:])
	var out, talk output
	cmd.Stdout, cmd.Stderr = &out, &talk
	// What outlives the program must not keep us waiting for its output.
	cmd.WaitDelay = time.Second
	ts.Check(cmd.Start())
	ended := make(chan struct{})
	go func() { _ = cmd.Wait(); close(ended) }()
	poll(ts, args[1], func() bool { return pattern.MatchString(out.String() + talk.String()) })
	ts.Check(cmd.Process.Signal(signals[args[0]]))
	select {
	case <-ended:
	case <-time.After(patience):
		_ = cmd.Process.Kill()
		ts.Fatalf("%s goes on after SIG%s", args[3], args[0])
	}
	fmt.Fprint(ts.Stdout(), out.String())
	fmt.Fprint(ts.Stderr(), talk.String())
	if got := strconv.Itoa(exitCode(cmd.ProcessState)); got != args[2] {
		ts.Fatalf("after SIG%s it ended with %s, wanted %s", args[0], got, args[2])
	}
}

// waitfor FILE waits until there is such a file.
func scriptWaitFor(ts *testscript.TestScript, _ bool, args []string) {
	poll(ts, args[0], func() bool { _, err := os.Stat(ts.MkAbs(args[0])); return err == nil })
}

func poll(ts *testscript.TestScript, what string, done func() bool) {
	for end := time.Now().Add(patience); !done(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			ts.Fatalf("waited in vain for %s", what)
		}
	}
}

// terminal CODE INPUT PROGRAM ARGS... runs a program on a terminal of 80 by 24
// and types the file INPUT; what was on the screen is its standard output.
func scriptTerminal(ts *testscript.TestScript, _ bool, args []string) {
	input := ts.ReadFile(args[1])
	cmd := scriptCommand(ts, args[2:])
	screen, err := pty.StartWithSize(cmd, &pty.Winsize{Cols: 80, Rows: 24})
	ts.Check(err)
	defer screen.Close()
	_, err = io.WriteString(screen, input)
	ts.Check(err)
	// A pseudo-terminal whose other end is closed reads as EIO.
	seen, _ := io.ReadAll(screen)
	_ = cmd.Wait()
	fmt.Fprint(ts.Stdout(), strings.ReplaceAll(string(seen), "\r\n", "\n"))
	if got := strconv.Itoa(exitCode(cmd.ProcessState)); got != args[0] {
		ts.Fatalf("it ended with %s, wanted %s", got, args[0])
	}
}

var (
	drawnMu sync.Mutex
	drawn   = map[string]bool{}
)

// draw returns something that free likes and no other script has.
func draw(free func(string) bool, make func() string) string {
	drawnMu.Lock()
	defer drawnMu.Unlock()
	for {
		if v := make(); !drawn[v] && free(v) {
			drawn[v] = true
			return v
		}
	}
}

// values draws names and a port that are always of one length, so that lines
// break where they always do.
func values() map[string]string {
	name := func() string { return fmt.Sprintf("kihontest-k%06x", rand.IntN(1<<24)) }
	any := func(string) bool { return true }
	return map[string]string{"WEB": draw(any, name), "BOX": draw(any, name), "WEB_PORT": draw(portIsFree, func() string { return strconv.Itoa(4000 + rand.IntN(4000)) })}
}

func portIsFree(port string) bool {
	l, err := net.Listen("tcp4", ":"+port)
	if err == nil {
		l.Close()
	}
	return err == nil
}

// own fixes the names and the port of every exercise of this home, and exports
// them as WEB, BOX, WEB_PORT. What is reset later keeps them, as one lesson has
// one of each.
func scriptOwn(ts *testscript.TestScript, _ bool, _ []string) {
	v := values()
	for name, value := range v {
		ts.Setenv(name, value)
	}
	// Whatever is shown draws its values, and takes those that are kept.
	ts.Check(ts.Exec("sh", "-ec", `exec >/dev/null 2>&1
kihon reset ports/reach-apache --set web=$WEB --set web_port=$WEB_PORT
kihon reset create-and-remove/run-apache --set box=$BOX
kihon show ports
kihon show create-and-remove`))
}

// vars EXERCISE [COURSE] exports the values that the home keeps for an
// exercise; a variable web_port is WEB_PORT. Its standard output is the report
// that they were read from.
func scriptVars(ts *testscript.TestScript, _ bool, args []string) {
	call := []string{"check", args[0], "--format", "json", "--wait", "0"}
	if len(args) > 1 {
		call = append(call, "--course", args[1])
	}
	_ = ts.Exec(binary, call...)
	var report reportJSON
	ts.Check(json.Unmarshal([]byte(ts.ReadFile("stdout")), &report))
	for name, v := range report.Exercises[0].Variables {
		ts.Setenv(strings.ToUpper(name), fmt.Sprint(v.Value))
	}
}

// course DIR writes the built-in course to a folder, with names and a port in
// place of its defaults that are the script's own: WEB, BOX, WEB_PORT.
func scriptCourse(ts *testscript.TestScript, _ bool, args []string) {
	v := values()
	for name, value := range v {
		ts.Setenv(name, value)
	}
	own := strings.NewReplacer("apa000ex1", v["BOX"], "apa000ex2", v["WEB"], "8080", v["WEB_PORT"])
	files, err := fs.Sub(content.Courses(), defaultCourse)
	ts.Check(err)
	ts.Check(fs.WalkDir(files, ".", func(path string, entry fs.DirEntry, err error) error {
		to := filepath.Join(ts.MkAbs(args[0]), filepath.FromSlash(path))
		if err != nil || entry.IsDir() {
			return errors.Join(err, os.MkdirAll(to, 0o755))
		}
		text, err := fs.ReadFile(files, path)
		return errors.Join(err, os.WriteFile(to, []byte(own.Replace(string(text))), 0o644))
	}))
}

// edit FILE OLD NEW replaces the first OLD, which must be there; in both, \n is
// the end of a line.
func scriptEdit(ts *testscript.TestScript, _ bool, args []string) {
	text, line := ts.ReadFile(args[0]), strings.NewReplacer(`\n`, "\n")
	old := line.Replace(args[1])
	if !strings.Contains(text, old) {
		ts.Fatalf("there is no %q in %s", old, args[0])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(strings.Replace(text, old, line.Replace(args[2]), 1)), 0o644))
}

// foreign NAME ARGS... runs a container as somebody who knows nothing of
// kihon, until the end of the script.
func scriptForeign(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(ts.Exec("docker", append([]string{"run", "-d", "--name", args[0]}, args[1:]...)...))
	ts.Defer(func() { _ = exec.Command("docker", "rm", "-f", "-v", args[0]).Run() })
}

// listen PORT is a program that holds the port until the end of the script.
func scriptListen(ts *testscript.TestScript, _ bool, args []string) {
	l, err := net.Listen("tcp4", ":"+args[0])
	ts.Check(err)
	ts.Defer(func() { l.Close() })
}

var aloneMu sync.Mutex

// alone keeps other scripts that say so waiting: two learners who draw the
// default name before either has used it would draw the same.
func scriptAlone(ts *testscript.TestScript, _ bool, _ []string) {
	aloneMu.Lock()
	ts.Defer(aloneMu.Unlock)
}

// watched is what happened on the engine since the command watch.
type watched struct {
	mu     sync.Mutex
	events []events.Message
	stop   func()
}

type watchKey struct{}

// watch notes from now on which containers are made.
func scriptWatch(ts *testscript.TestScript, _ bool, _ []string) {
	ctx, stop := context.WithCancel(context.Background())
	ts.Defer(stop)
	w := ts.Value(watchKey{}).(*watched)
	w.stop = stop
	messages, failures := scriptEngine(testOf(ts)).Events(ctx, events.ListOptions{Filters: filters.NewArgs(filters.Arg("type", "container"), filters.Arg("event", "create"))})
	go func() {
		for {
			select {
			case m := <-messages:
				w.mu.Lock()
				w.events = append(w.events, m)
				w.mu.Unlock()
			case <-failures:
				return
			}
		}
	}()
}

// asbefore wants that the demonstration whose standard output was the last has
// made containers on the engine, in a home of its own, and left nothing there.
func scriptAsBefore(ts *testscript.TestScript, _ bool, _ []string) {
	w := ts.Value(watchKey{}).(*watched)
	w.stop()
	w.mu.Lock()
	defer w.mu.Unlock()
	name := regexp.MustCompile(`\$ docker run --name (\S+)`).FindStringSubmatch(ts.ReadFile("stdout"))
	if name == nil {
		ts.Fatalf("it did not play docker run")
	}
	homes := map[string]bool{}
	for _, m := range w.events {
		if home := m.Actor.Attributes[journal.LabelHome]; home != "" && m.Actor.Attributes["name"] == name[1] {
			homes[home] = true
		}
	}
	if len(homes) == 0 {
		ts.Fatalf("nobody has made container %s", name[1])
	}
	for home := range homes {
		if left := labelled(testOf(ts), scriptEngine(testOf(ts)), home); len(left) > 0 {
			ts.Fatalf("left on the engine: %v", left)
		}
	}
}

// homeid exports the id of KIHON_HOME, as the engine's labels have it, as ID.
func scriptHomeID(ts *testscript.TestScript, _ bool, _ []string) {
	db, err := store.Open(context.Background(), ts.Getenv("KIHON_HOME"))
	ts.Check(err)
	ts.Setenv("ID", db.HomeID())
	ts.Check(db.Close())
}
