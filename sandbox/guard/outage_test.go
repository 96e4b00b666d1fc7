//go:build unix

package guard_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"kihon/sandbox/guard"
	"kihon/sandbox/journal"
)

// before is a guard in front of an address where something, or nothing, is.
func before(t *testing.T, path string, config guard.Config) *sandbox {
	t.Helper()
	s := &sandbox{t: t, home: unique(), journal: &journal.Memory{}}
	config.Dial = func(ctx context.Context) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", path)
	}
	config.Engine = "unix://" + path
	if config.Journal == nil {
		config.Journal = s.journal
	}
	config.HomeID = s.home
	s.guard = guard.New(config)
	l, socket, err := guard.Listen(shortDir(t))
	if err != nil {
		t.Fatal(err)
	}
	s.socket = socket
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.guard.Serve(ctx, l) }()
	s.stop = func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		s.stop = func() {}
	}
	t.Cleanup(func() { s.stop() })
	return s
}

func TestAnEngineThatIsDownIsASentence(t *testing.T) {
	for name, c := range map[string]struct {
		make func(path string)
		want string
	}{
		"no socket":   {func(string) {}, "does not answer (no such file or directory)"},
		"dead socket": {dead, "does not answer (connection refused)"},
		"hangs up":    {hangsUp, "does not answer (EOF)"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "engine.sock")
			c.make(path)
			s := before(t, path, guard.Config{})
			o := s.docker("ps")
			if o.code != 1 || !strings.Contains(o.err, "Error response from daemon: the Docker engine at unix://"+path+" "+c.want) {
				t.Errorf("docker ps: %+v", o)
			}
			if o := s.docker("start", "web"); !strings.Contains(o.err, c.want) {
				t.Errorf("docker start: %+v", o)
			}
			got := s.news()
			if len(got) != 1 || got[0].Action != "start" || got[0].Name != "web" || got[0].OK() || !strings.Contains(got[0].Error, c.want) {
				t.Errorf("%+v", got)
			}
		})
	}
}

func dead(path string) {
	if l, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"}); err == nil {
		l.SetUnlinkOnClose(false)
		l.Close()
	}
}

func hangsUp(path string) {
	l, err := net.Listen("unix", path)
	if err != nil {
		return
	}
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			buf := make([]byte, 4096)
			conn.Read(buf)
			conn.Close()
		}
	}()
}

// engineOf serves a stand-in for what the real engine cannot be made to do at
// will.
func engineOf(t *testing.T, handler http.HandlerFunc) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "engine.sock")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(handler)
	server.Listener.Close()
	server.Listener = l
	server.Start()
	t.Cleanup(server.Close)
	return path
}

// blocked is a journal that stores nothing until it is let.
type blocked struct {
	journal.Memory
	asked, let chan struct{}
}

func (b *blocked) Append(ctx context.Context, entries ...journal.Entry) (int64, error) {
	b.asked <- struct{}{}
	<-b.let
	return b.Memory.Append(ctx, entries...)
}

func TestTheAnswerWaitsForTheJournal(t *testing.T) {
	path := engineOf(t, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasSuffix(r.URL.Path, "/images/create"):
			io.WriteString(w, "{\"status\":\"Pulling\"}\r\n{\"status\":\"Done\"}\r\n")
		case r.Method == http.MethodPost:
			w.WriteHeader(http.StatusNoContent)
		default:
			w.WriteHeader(http.StatusNotFound)
		}
	})
	j := &blocked{asked: make(chan struct{}), let: make(chan struct{})}
	s := before(t, path, guard.Config{Journal: j})
	for _, request := range []string{"/v1.41/containers/web/start", "/v1.41/images/create?fromImage=httpd&tag=latest"} {
		var ended atomic.Bool
		answer := make(chan string)
		go func() {
			_, text := s.post(request, "")
			ended.Store(true)
			answer <- text
		}()
		<-j.asked
		if ended.Load() {
			t.Errorf("%s: the client has its answer before the journal", request)
		}
		j.let <- struct{}{}
		<-answer
	}
}

type broken struct{ journal.Memory }

func (*broken) Append(context.Context, ...journal.Entry) (int64, error) {
	return 0, errors.New("disk full")
}

func TestAJournalThatFailsIsToldAndTheAnswerPassed(t *testing.T) {
	path := engineOf(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	var trouble atomic.Int32
	s := before(t, path, guard.Config{Journal: &broken{}, Trouble: func(error) { trouble.Add(1) }})
	if status, _ := s.post("/v1.41/containers/web/start", ""); status != http.StatusNoContent || trouble.Load() != 1 {
		t.Errorf("status %d, told %d times", status, trouble.Load())
	}
}

func TestTheJournalIsToldOfTheEngineBehindAPath(t *testing.T) {
	var asked atomic.Value
	path := engineOf(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			asked.Store(r.URL.EscapedPath() + "?" + r.URL.RawQuery)
		}
	})
	s := before(t, path, guard.Config{BasePath: "/engine"})
	s.post("/v1.41/images/a%2Fb/tag?repo=x;y&tag=%3A", "")
	if got := asked.Load(); got != "/engine/v1.41/images/a%2Fb/tag?repo=x;y&tag=%3A" {
		t.Errorf("the engine was asked for %v", got)
	}
}

// The learner presses Ctrl-C; the engine stops the container all the same.
func TestACallThatTheLearnerGaveUpIsInTheJournal(t *testing.T) {
	s := open(t)
	s.must("run", "-d", "--name", s.home, busybox, "sh", "-c", "trap '' TERM; sleep 600 & wait; sleep 600")
	id := s.news()[0].ID
	cmd := s.command("stop", "-t", "2", s.home)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	eventually(t, func() string {
		if !s.guard.Busy(id) {
			return "no call is under way"
		}
		return ""
	})
	cmd.Process.Signal(os.Interrupt)
	cmd.Wait()
	var last journal.Entry
	eventually(t, func() string {
		for _, e := range s.news() {
			last = e
		}
		if last.Action != "stop" {
			return "the stop is not in the journal"
		}
		return ""
	})
	if last.Status != http.StatusNoContent || last.ID != id {
		t.Errorf("%+v", last)
	}
	if s.guard.Busy(id) {
		t.Error("the guard thinks that the call is still under way")
	}
}

func TestABuildThatTheLearnerGaveUpIsCancelled(t *testing.T) {
	s := open(t)
	cmd := s.command("build", "--force-rm", "--no-cache", "-t", s.home, "-")
	cmd.Stdin = strings.NewReader("FROM " + busybox + "\nRUN echo " + s.home + " && sleep 600\n")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	running := func() string { return direct("ps", "-q", "--no-trunc", "--filter", "ancestor="+busybox).out }
	eventually(t, func() string {
		for _, id := range strings.Fields(running()) {
			if strings.Contains(direct("inspect", "-f", "{{.Config.Cmd}}", id).out, s.home) {
				return ""
			}
		}
		return "the step does not run"
	})
	began := time.Now()
	cmd.Process.Signal(os.Interrupt)
	cmd.Wait()
	eventually(t, func() string {
		for _, id := range strings.Fields(running()) {
			if strings.Contains(direct("inspect", "-f", "{{.Config.Cmd}}", id).out, s.home) {
				return "the step is still running"
			}
		}
		return ""
	})
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("it took %v", took)
	}
	eventually(t, func() string {
		for _, e := range s.news() {
			if e.Action == "build" && !e.OK() {
				return ""
			}
		}
		return "the build is not in the journal as one that failed"
	})
}
