//go:build linux

package testengine

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// patience is how long the engine may take for anything, on a busy machine.
const patience = 60 * time.Second

// Engine is a test's own engine. Its methods are for one goroutine, apart from
// Host, Command and Listen.
type Engine struct {
	t      testing.TB
	dir    string
	holder *exec.Cmd // keeps the network namespace alive while no engine runs
	daemon *exec.Cmd
	ended  chan struct{} // closed when daemon has ended
}

// New starts an engine that holds the given images, taken from the machine's
// own engine. At the end of the test it and everything of it is removed.
func New(t testing.TB, images ...string) *Engine {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("a second engine needs root")
	}
	if _, err := exec.LookPath("dockerd"); err != nil {
		t.Skip("a second engine needs dockerd:", err)
	}
	dir := Directory(t, "kihontest-engine-", func(dir string) { (&Engine{t: t, dir: dir}).sweep() })
	e := &Engine{t: t, dir: dir}
	t.Cleanup(e.remove)
	// Otherwise dockerd would take the machine's configuration.
	if err := os.WriteFile(filepath.Join(dir, "daemon.json"), []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	e.holder = exec.Command("sleep", "infinity")
	e.holder.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET, Pdeathsig: syscall.SIGKILL}
	if err := start(e.holder, nil); err != nil {
		t.Fatalf("making a network namespace: %v", err)
	}
	if out, err := e.Command("ip", "link", "set", "lo", "up").CombinedOutput(); err != nil {
		t.Fatalf("ip link: %v\n%s", err, out)
	}
	e.Start()
	if len(images) > 0 {
		e.load(images)
	}
	return e
}

// Host is the engine's address, as a value for DOCKER_HOST. It stays the same
// when the engine is stopped and started.
func (e *Engine) Host() string { return "unix://" + e.socket() }

func (e *Engine) socket() string { return filepath.Join(e.dir, "docker.sock") }

func (e *Engine) namespace() string {
	return "/proc/" + strconv.Itoa(e.holder.Process.Pid) + "/ns/net"
}

// Command is a program inside the engine's network namespace, where its
// published ports are. DOCKER_HOST is not set by it.
func (e *Engine) Command(name string, args ...string) *exec.Cmd {
	return exec.Command("nsenter", append([]string{"--net=" + e.namespace(), "--", name}, args...)...)
}

// Start starts the engine, or one that was stopped, and waits until it answers.
func (e *Engine) Start() {
	e.t.Helper()
	args := []string{
		"--data-root", filepath.Join(e.dir, "data"), "--exec-root", filepath.Join(e.dir, "exec"),
		"--pidfile", filepath.Join(e.dir, "pid"), "--host", e.Host(), "--config-file", filepath.Join(e.dir, "daemon.json"),
		"--cgroup-parent", "/" + filepath.Base(e.dir), "--shutdown-timeout", "2",
	}
	// A file: what outlives the engine would keep a pipe open.
	log, err := os.OpenFile(filepath.Join(e.dir, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		e.t.Fatal(err)
	}
	defer log.Close()
	// The first part of dockerd's life is nsenter's; the process is the same.
	e.daemon = e.Command("dockerd", args...)
	e.daemon.Stdout, e.daemon.Stderr = log, log
	// A containerd that is slow to start leaves a dump among temporary files.
	e.daemon.Env = append(os.Environ(), "TMPDIR="+e.dir)
	// A group of its own: a Ctrl-C at the test's terminal is not meant for it.
	e.daemon.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
	e.ended = make(chan struct{})
	if err := start(e.daemon, e.ended); err != nil {
		e.t.Fatalf("starting dockerd: %v", err)
	}
	e.await("the engine to answer", func() bool {
		select {
		case <-e.ended:
			e.t.Fatalf("dockerd ended: %v\n%s", e.daemon.ProcessState, e.log())
		default:
		}
		return e.answers()
	})
}

// start starts a program on a thread that stays until the program has ended:
// the signal at a parent's death comes when the thread that started it ends.
func start(cmd *exec.Cmd, ended chan<- struct{}) error {
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err != nil {
			return
		}
		_ = cmd.Wait() // killed, as a rule
		if ended != nil {
			close(ended)
		}
	}()
	return <-started
}

func (e *Engine) answers() bool {
	client := http.Client{Timeout: time.Second, Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "unix", e.socket())
		},
	}}
	res, err := client.Get("http://docker/_ping")
	if err != nil {
		return false
	}
	res.Body.Close()
	return res.StatusCode == http.StatusOK
}

func (e *Engine) await(what string, done func() bool) {
	e.t.Helper()
	for end := time.Now().Add(patience); !done(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			e.t.Fatalf("waited in vain for %s\n%s", what, e.log())
		}
	}
}

func (e *Engine) log() []byte {
	log, _ := os.ReadFile(filepath.Join(e.dir, "log"))
	return log[max(0, len(log)-4096):]
}

// Stop ends the engine as its service manager would: its containers are
// stopped. Kill ends it as a crash would: they go on.
func (e *Engine) Stop() { e.end(syscall.SIGTERM) }

// Kill is Stop by SIGKILL.
func (e *Engine) Kill() { e.end(syscall.SIGKILL) }

func (e *Engine) end(signal syscall.Signal) {
	e.t.Helper()
	if e.daemon == nil || e.daemon.Process == nil {
		return
	}
	_ = e.daemon.Process.Signal(signal)
	select {
	case <-e.ended:
	case <-time.After(patience):
		e.t.Errorf("dockerd goes on after %v\n%s", signal, e.log())
		_ = e.daemon.Process.Kill()
	}
	e.daemon = nil
	e.forgetContainerd()
}

// forgetContainerd waits until dockerd's containerd is dead, which a signal
// brings about when dockerd dies. A new dockerd takes it for alive as long as
// process 1 has not asked how it ended, so its process id is forgotten here.
func (e *Engine) forgetContainerd() {
	e.t.Helper()
	file := filepath.Join(e.dir, "exec", "containerd", "containerd.pid")
	id, err := os.ReadFile(file)
	if err != nil {
		return // it has ended with dockerd, and has tidied up
	}
	e.await("containerd to end", func() bool {
		arguments, _ := os.ReadFile("/proc/" + strings.TrimSpace(string(id)) + "/cmdline")
		return !bytes.Contains(arguments, []byte(e.dir))
	})
	if err := os.Remove(file); err != nil {
		e.t.Error(err)
	}
}

// Pause stops the engine in the middle of whatever it does: it takes
// connections, as the kernel does that, and never answers. Resume lets it go on.
func (e *Engine) Pause() { e.signal(syscall.SIGSTOP) }

// Resume ends Pause.
func (e *Engine) Resume() { e.signal(syscall.SIGCONT) }

func (e *Engine) signal(s syscall.Signal) {
	e.t.Helper()
	if err := e.daemon.Process.Signal(s); err != nil {
		e.t.Fatalf("%v to dockerd: %v", s, err)
	}
}

// load takes images over from the machine's engine, whichever the Docker CLI
// would talk to.
func (e *Engine) load(images []string) {
	e.t.Helper()
	archive := filepath.Join(e.dir, "images.tar")
	defer os.Remove(archive)
	for _, args := range [][]string{
		append([]string{"save", "-o", archive}, images...),
		{"-H", e.Host(), "load", "-q", "-i", archive},
	} {
		if out, err := exec.Command("docker", args...).CombinedOutput(); err != nil {
			e.t.Fatalf("docker %s: %v\n%s", args, err, out)
		}
	}
}

// Listen opens a listener inside the engine's network namespace: a program
// that holds a port there.
func (e *Engine) Listen(network, address string) (net.Listener, error) {
	type result struct {
		listener net.Listener
		err      error
	}
	done := make(chan result)
	go func() {
		// A thread that has changed its namespace is given up with the goroutine.
		runtime.LockOSThread()
		var r result
		if r.err = enter(e.namespace()); r.err == nil {
			r.listener, r.err = net.Listen(network, address)
		}
		done <- r
	}()
	r := <-done
	return r.listener, r.err
}
