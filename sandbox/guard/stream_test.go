//go:build unix

package guard_test

import (
	"bufio"
	"bytes"
	"crypto/md5"
	"crypto/rand"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"
)

// Go 1.24's ReverseProxy loses the output here and exits 0.
func TestAHalfClosedStreamGivesItsOutput(t *testing.T) {
	s := open(t)
	if o := s.feed([]byte("hi\n"), "run", "--rm", "-i", busybox, "cat"); o.out != "hi\n" || o.code != 0 {
		t.Errorf("run -i: %+v", o)
	}
	s.must("run", "-d", "--name", s.home, busybox, "sleep", "600")
	if o := s.feed([]byte("hi\n"), "exec", "-i", s.home, "cat"); o.out != "hi\n" || o.code != 0 {
		t.Errorf("exec -i: %+v", o)
	}
}

func TestExitCodesAndBothStreamsComeThrough(t *testing.T) {
	s := open(t)
	o := s.docker("run", "--rm", busybox, "sh", "-c", "echo out; echo err >&2; exit 7")
	if o.out != "out\n" || o.err != "err\n" || o.code != 7 {
		t.Errorf("%+v", o)
	}
	// The container ends while standard input is still open.
	cmd := s.command("run", "--rm", "-i", busybox, "true")
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer stdin.Close()
	if o := finish(cmd); o.code != 0 {
		t.Errorf("%+v", o)
	}
}

func TestATerminalInAContainerWorks(t *testing.T) {
	s := open(t)
	cmd := s.command("run", "-it", "--name", s.home, busybox, "sh")
	screen, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 33, Cols: 111})
	if err != nil {
		t.Fatal(err)
	}
	defer screen.Close()
	// The terminal gets its size a moment after its start.
	io.WriteString(screen, "until stty size 2>/dev/null | grep 33; do sleep 0.1; done; exit 4\n")
	// The end of a terminal reads as an error.
	shown, _ := io.ReadAll(screen)
	err = cmd.Wait()
	if exit, ok := err.(*exec.ExitError); !ok || exit.ExitCode() != 4 {
		t.Errorf("ended with %v", err)
	}
	if !strings.Contains(string(shown), "33 111") {
		t.Errorf("the screen: %q", shown)
	}
}

func TestTwentyMegabytesGoThereAndBack(t *testing.T) {
	s := open(t)
	sent := make([]byte, 20<<20)
	rand.Read(sent)
	o := s.feed(sent, "run", "--rm", "-i", busybox, "cat")
	if md5.Sum([]byte(o.out)) != md5.Sum(sent) {
		t.Errorf("sent %d bytes, got %d back, exit code %d: %s", len(sent), len(o.out), o.code, o.err)
	}
}

// lineOf reads the first line that a running docker command prints.
func (s *sandbox) lineOf(args ...string) (line string, end func()) {
	s.t.Helper()
	cmd := s.command(args...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	end = func() {
		cmd.Process.Kill()
		cmd.Wait()
	}
	line, err = bufio.NewReader(out).ReadString('\n')
	if err != nil {
		end()
		s.t.Fatalf("docker %s: %q, %v", strings.Join(args, " "), line, err)
	}
	return line, end
}

func TestLogsAndEventsComeWhileTheyHappen(t *testing.T) {
	s := open(t)
	s.must("run", "-d", "--name", s.home, busybox, "sh", "-c", "echo first; sleep 600")
	line, end := s.lineOf("logs", "-f", s.home)
	defer end()
	if line != "first\n" {
		t.Errorf("logs -f: %q", line)
	}
	line, end = s.lineOf("events", "--since", "1m", "--filter", "container="+s.home, "--format", "{{.Action}}")
	defer end()
	if line != "create\n" {
		t.Errorf("events: %q", line)
	}
	line, end = s.lineOf("stats", "--format", "{{.Name}}", s.home)
	defer end()
	if !strings.Contains(line, s.home) && !strings.Contains(line, "\x1b") {
		t.Errorf("stats: %q", line)
	}
}

func TestFilesAreCopiedBothWays(t *testing.T) {
	s := open(t)
	dir := t.TempDir()
	there, back := filepath.Join(dir, "there"), filepath.Join(dir, "back")
	content := bytes.Repeat([]byte("0123456789"), 200_000)
	if err := os.WriteFile(there, content, 0o600); err != nil {
		t.Fatal(err)
	}
	s.must("create", "--name", s.home, busybox)
	s.must("cp", there, s.home+":/tmp/f")
	s.must("cp", s.home+":/tmp/f", back)
	if got, err := os.ReadFile(back); err != nil || !bytes.Equal(got, content) {
		t.Errorf("%d bytes came back of %d: %v", len(got), len(content), err)
	}
}

func TestAnImageIsSavedAndLoaded(t *testing.T) {
	s := open(t)
	saved := s.docker("save", busybox)
	if saved.code != 0 || len(saved.out) < 1<<20 {
		t.Fatalf("%d bytes, %s", len(saved.out), saved.err)
	}
	if o := s.feed([]byte(saved.out), "load"); o.out != "Loaded image: "+busybox+"\n" {
		t.Errorf("%+v", o)
	}
	if e := s.news()[0]; e.Action != "load" || e.Image == "" || e.Image != e.ID {
		t.Errorf("the image was there before: %+v", e)
	}
}

// dial opens a connection to the guard, as a client of its own making.
func (s *sandbox) dial() *net.UnixConn {
	s.t.Helper()
	conn, err := net.Dial("unix", s.socket)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(30 * time.Second))
	return conn.(*net.UnixConn)
}

func TestAStreamWithoutAnUpgradeIsRefusedWithAReason(t *testing.T) {
	s := open(t)
	s.must("run", "-di", "--name", s.home, busybox, "cat")
	conn := s.dial()
	fmt.Fprintf(conn, "POST /v1.41/containers/%s/attach?stream=1&stdin=1&stdout=1 HTTP/1.1\r\nHost: docker\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", s.home)
	answer, err := io.ReadAll(conn)
	if err != nil || !strings.HasPrefix(string(answer), "HTTP/1.1 400 ") || !strings.Contains(string(answer), `{"message":"this stream needs`) {
		t.Errorf("%q %v", answer, err)
	}
}

// A client may send what it has right behind its request.
func TestBytesSentBeforeTheAnswerAreNotLost(t *testing.T) {
	s := open(t)
	s.must("create", "-i", "--name", s.home, busybox, "cat")
	conn := s.dial()
	fmt.Fprintf(conn, "POST /v1.41/containers/%s/attach?stream=1&stdin=1&stdout=1 HTTP/1.1\r\nHost: docker\r\nContent-Length: 0\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\nearly\n", s.home)
	r := bufio.NewReader(conn)
	if line, err := r.ReadString('\n'); err != nil || !strings.HasPrefix(line, "HTTP/1.1 101 ") {
		t.Fatalf("%q %v", line, err)
	}
	conn.CloseWrite()
	s.must("start", s.home)
	answer, err := io.ReadAll(r)
	if err != nil || !bytes.HasSuffix(answer, []byte("early\n")) {
		t.Errorf("%q %v", answer, err)
	}
}

func TestNothingIsLeftOfAHundredStreams(t *testing.T) {
	s := open(t)
	s.must("run", "-d", "--name", s.home, busybox, "sleep", "600")
	files, routines := openFiles(t), runtime.NumGoroutine()
	for range 100 {
		conn := s.dial()
		fmt.Fprintf(conn, "POST /v1.41/containers/%s/attach?stream=1&stdout=1 HTTP/1.1\r\nHost: docker\r\nContent-Length: 0\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n", s.home)
		line, err := bufio.NewReader(conn).ReadString('\n')
		if err != nil || !strings.HasPrefix(line, "HTTP/1.1 101 ") {
			t.Fatalf("%q %v", line, err)
		}
		conn.Close()
	}
	// A few connections to the engine are kept for the next call.
	eventually(t, func() string {
		if f, r := openFiles(t), runtime.NumGoroutine(); f > files+10 || r > routines+20 {
			return fmt.Sprintf("%d files were open and %d are; %d goroutines ran and %d do", files, f, routines, r)
		}
		return ""
	})
}

func openFiles(t *testing.T) int {
	files, err := os.ReadDir("/dev/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(files)
}

// eventually waits until fault is empty.
func eventually(t *testing.T, fault func() string) {
	t.Helper()
	deadline := time.Now().Add(15 * time.Second)
	for {
		text := fault()
		if text == "" {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal(text)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func TestServeEndsWithItsStreams(t *testing.T) {
	s := open(t)
	before := runtime.NumGoroutine()
	s.must("run", "-di", "--name", s.home, busybox, "cat")
	conn := s.dial()
	fmt.Fprintf(conn, "POST /v1.41/containers/%s/attach?stream=1&stdin=1&stdout=1 HTTP/1.1\r\nHost: docker\r\nContent-Length: 0\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n", s.home)
	r := bufio.NewReader(conn)
	if line, err := r.ReadString('\n'); err != nil || !strings.HasPrefix(line, "HTTP/1.1 101 ") {
		t.Fatalf("%q %v", line, err)
	}
	_, end := s.lineOf("events", "--since", "1m", "--filter", "container="+s.home)
	defer end()

	s.stop()
	if _, err := io.Copy(io.Discard, r); err != nil && !strings.Contains(err.Error(), "reset") {
		t.Errorf("the stream ended with %v", err)
	}
	if _, err := os.Stat(s.socket); !os.IsNotExist(err) {
		t.Errorf("the socket is still there: %v", err)
	}
	eventually(t, func() string {
		if now := runtime.NumGoroutine(); now > before {
			buf := make([]byte, 1<<16)
			return fmt.Sprintf("%d goroutines before, %d after:\n%s", before, now, buf[:runtime.Stack(buf, true)])
		}
		return ""
	})
}
