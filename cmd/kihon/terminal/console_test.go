package terminal

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/creack/pty"
)

// Scripts that play the terminal (expect and its like) do not say where the
// cursor is when they are asked.
func TestQuestionsWorkOnATerminalThatSaysNothing(t *testing.T) {
	t.Parallel()
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(binary)
	cmd.Env = append(os.Environ(), programVariable+"=confirm", "KIHON_TEST_LANG=ja", "TERM=xterm", "NO_COLOR=1")
	master, err := pty.StartWithSize(cmd, &pty.Winsize{Cols: 80, Rows: 24})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait(); master.Close() })
	shown := &transcript{}
	go io.Copy(shown, master)

	shown.wait(t, "消しますか")
	io.WriteString(master, "はい\r")
	shown.wait(t, "ANSWER true")
	io.WriteString(master, "n\r")
	shown.wait(t, "ANSWER false")
}

// transcript is what a program has written, for several goroutines.
type transcript struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (s *transcript) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.buf.Write(p)
}

func (s *transcript) wait(t *testing.T, text string) {
	t.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		s.mu.Lock()
		found := strings.Contains(s.buf.String(), text)
		s.mu.Unlock()
		if found {
			return
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	t.Fatalf("%q is not in %q", text, s.buf.String())
}

func TestKeysBeforeTheReportOfTheCursorStayForTheAnswer(t *testing.T) {
	in := &typed{in: strings.NewReader("はい\r\x1b[5;7R")}
	c := &console{typed: in, out: os.Stdout, asked: true}
	c.next = func(time.Duration) ([]byte, error) { return in.key(t.Context()) }
	var got []string
	for range 4 {
		p := make([]byte, 64)
		n, err := input{c}.Read(p)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, string(p[:n]))
	}
	if joined := strings.Join(got, "|"); joined != "\x1b[5;7R|は|い|\r" {
		t.Errorf("got %q", joined)
	}
}

func TestAReportThatNobodyAskedForIsNoInput(t *testing.T) {
	in := &typed{in: strings.NewReader("a\x1b[5;7Rb")}
	c := &console{typed: in}
	c.next = func(time.Duration) ([]byte, error) { return in.key(t.Context()) }
	got, err := io.ReadAll(input{c})
	if string(got) != "ab" || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
}
