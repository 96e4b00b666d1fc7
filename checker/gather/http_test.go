package gather_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"kihon/checker"
	"kihon/checker/compare"
	"kihon/checker/gather"
)

// server is a server on every address of this computer that counts its visitors.
type server struct {
	hits atomic.Int64
	port int
	url  string // on the loopback
}

func newServer(t *testing.T, handle http.HandlerFunc) *server {
	t.Helper()
	l, err := net.Listen("tcp", ":0")
	if err != nil {
		t.Fatal(err)
	}
	s := &server{port: l.Addr().(*net.TCPAddr).Port}
	s.url = fmt.Sprintf("http://localhost:%d/", s.port)
	ts := &httptest.Server{Listener: l, Config: &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.hits.Add(1)
		handle(w, r)
	})}}
	ts.Start()
	t.Cleanup(ts.Close)
	return s
}

func ok(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "hello\n") }

// visit gathers a page, as if a container of the learner's answered there.
func (h *home) visit(url string) checker.HTTPAnswer {
	h.t.Helper()
	answer, asked := h.facts(checker.Check{HTTP: &checker.HTTPFact{URL: url, Container: h.prefix + "box"}}).HTTP[url]
	if !asked {
		h.t.Fatalf("%s was not asked", url)
	}
	return answer
}

func TestAPageIsReadAsItIs(t *testing.T) {
	h := newHome(t)
	h.run("box", "busybox", "sleep", "600")
	t.Setenv("HTTP_PROXY", "http://127.0.0.1:1") // is for the internet
	t.Setenv("http_proxy", "http://127.0.0.1:1")
	for name, c := range map[string]struct {
		handle http.HandlerFunc
		want   checker.HTTPAnswer
	}{
		"a page":    {ok, checker.HTTPAnswer{Status: 200, Body: []byte("hello\n")}},
		"not found": {http.NotFound, checker.HTTPAnswer{Status: 404, Body: []byte("404 page not found\n")}},
		"forbidden": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(403) }, checker.HTTPAnswer{Status: 403}},
		"a redirect here": {func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/" {
				http.Redirect(w, r, "/there", http.StatusFound)
				return
			}
			fmt.Fprint(w, r.URL.Path)
		}, checker.HTTPAnswer{Status: 200, Body: []byte("/there")}},
		"nothing is taken from a cache": {func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.Header.Get("Cache-Control")) }, checker.HTTPAnswer{Status: 200, Body: []byte("no-cache")}},
	} {
		t.Run(name, func(t *testing.T) {
			h.t = t
			got := h.visit(newServer(t, c.handle).url)
			if got.Err != "" || got.Status != c.want.Status || string(got.Body) != string(c.want.Body) {
				t.Errorf("%d %q %s, want %d %q", got.Status, got.Body, got.Err, c.want.Status, c.want.Body)
			}
		})
	}
	h.t = t
}

// A course may come from a stranger. Its checks must not make the learner's
// computer visit another, not even by way of a server in a container.
func TestOnlyThisComputerIsVisited(t *testing.T) {
	h := newHome(t)
	h.run("box", "busybox", "sleep", "600")
	foreign := newServer(t, ok)
	away := fmt.Sprintf("http://%s:%d/", elsewhere(t), foreign.port)
	to := func(target string) string {
		return newServer(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, target, http.StatusFound) }).url
	}
	for name, url := range map[string]string{
		"an address of its network":         away,
		"every address":                     fmt.Sprintf("http://0.0.0.0:%d/", foreign.port),
		"a name that is not localhost":      fmt.Sprintf("http://localhost.:%d/", foreign.port),
		"a redirect to another computer":    to(away),
		"a redirect to a name":              to("http://example.invalid/"),
		"a redirect by way of this one":     to(to(away)),
		"a redirect to a file":              to("file:///etc/passwd"),
		"a redirect to https elsewhere":     to(strings.Replace(away, "http:", "https:", 1)),
		"a redirect to the engine's socket": to("unix:///var/run/docker.sock"),
	} {
		t.Run(name, func(t *testing.T) {
			h.t = t
			if got := h.visit(url); got.Err == "" || got.Status != 0 || len(got.Body) > 0 {
				t.Errorf("%d %q %s", got.Status, got.Body, got.Err)
			}
			if n := foreign.hits.Load(); n > 0 {
				t.Errorf("the other computer had %d visits", n)
			}
		})
	}
	h.t = t
}

// What an answer lacks is said shortly, and in the same words each time.
func TestWhyNobodyAnswersIsSaidInAFewWords(t *testing.T) {
	h := newHome(t)
	h.run("box", "busybox", "sleep", "600")
	nobody, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody.Close()
	hang := make(chan struct{})
	defer close(hang)
	broken := func(before string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			conn, _, err := w.(http.Hijacker).Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			fmt.Fprint(conn, before)
			conn.Close()
		}
	}
	around := newServer(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/again", http.StatusFound) })
	for name, c := range map[string]struct{ url, err string }{
		"nobody listens":      {fmt.Sprintf("http://%s/", nobody.Addr()), "connection refused"},
		"it hangs up":         {newServer(t, broken("")).url, "EOF"},
		"it breaks off":       {newServer(t, broken("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")).url, "unexpected EOF"},
		"it is no web server": {newServer(t, broken("SSH-2.0-OpenSSH\r\n")).url, `malformed HTTP response "SSH-2.0-OpenSSH"`},
		"it leads in circles": {around.url, "stopped after 5 redirects"},
		"it never answers":    {newServer(t, func(http.ResponseWriter, *http.Request) { <-hang }).url, "context deadline exceeded"},
	} {
		t.Run(name, func(t *testing.T) {
			h.t = t
			if got := h.visit(c.url); got.Err != c.err || got.Status != 0 {
				t.Errorf("%d, %q, want %q", got.Status, got.Err, c.err)
			}
		})
	}
	h.t = t
}

func TestAnEndlessPageIsReadInPart(t *testing.T) {
	h := newHome(t)
	h.run("box", "busybox", "sleep", "600")
	chunk := []byte(strings.Repeat("x", 64<<10))
	endless := newServer(t, func(w http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil {
			if _, err := w.Write(chunk); err != nil {
				return
			}
		}
	})
	if got := h.visit(endless.url); got.Err != "" || len(got.Body) != 1<<20 {
		t.Errorf("%d bytes, %s, want 1 MiB", len(got.Body), got.Err)
	}
}

// A stopped container cannot answer. Whoever does is somebody else.
func TestAPortOfAStoppedContainerIsNotVisited(t *testing.T) {
	h := newHome(t)
	name, _ := h.ended("box", "busybox", "true")
	other := newServer(t, ok)
	snap := h.facts(checker.Check{HTTP: &checker.HTTPFact{URL: other.url, Container: name}})
	if len(snap.HTTP) > 0 || other.hits.Load() > 0 {
		t.Errorf("answers %v, %d visits", snap.HTTP, other.hits.Load())
	}
}

// The judge's time may be over before the request's own.
func TestARequestThatTheDeadlineCutOffSaysNothingAboutThePort(t *testing.T) {
	h := newHome(t)
	name, _ := h.run("box", "busybox", "sleep", "600")
	hang := make(chan struct{})
	defer close(hang)
	arrived := make(chan struct{}, 1)
	slow := newServer(t, func(http.ResponseWriter, *http.Request) {
		arrived <- struct{}{}
		<-hang
	})
	ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer cancel()
	_, err := gather.Facts(ctx, h.world, checker.Task{Checks: []checker.Check{{HTTP: &checker.HTTPFact{URL: slow.url, Container: name}}}})
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
	<-arrived
}

// The whole way once, with the real server of the lessons.
func TestAPublishedPageIsTheImagesOwn(t *testing.T) {
	h := newHome(t)
	port := freePort(t)
	const page = "/usr/local/apache2/htdocs/index.html"
	name, _ := h.run("web", "-p", fmt.Sprintf("%d:80", port), "httpd")
	url := fmt.Sprintf("http://localhost:%d/", port)
	task := checker.Task{ID: "a/test", Checks: []checker.Check{
		{Container: &checker.ContainerFact{Name: name, Image: "httpd", State: "running", By: checker.Learner}},
		{Port: &checker.PortFact{Container: name, Host: port, Inside: 80}},
		{HTTP: &checker.HTTPFact{URL: url, Container: name, SameAs: page, FromImage: true}},
	}}
	judge := func() (*checker.Snapshot, checker.Verdict) {
		snap, err := gather.Facts(t.Context(), h.world, task)
		if err != nil {
			t.Fatal(err)
		}
		return snap, compare.Compare(task, snap)
	}
	_, v := judge()
	for deadline := time.Now().Add(20 * time.Second); v.Pending && time.Now().Before(deadline); _, v = judge() {
	}
	if v.Outcome != checker.Passed {
		snap, _ := judge()
		t.Fatalf("%s: %v", v.Outcome, snap.HTTP)
	}
	if _, v := judge(); v.Outcome != checker.Passed {
		t.Errorf("a second look, with the image's file known: %s", v.Outcome)
	}
	docker(t, "exec", name, "sh", "-c", "echo hello > "+page)
	if _, v := judge(); v.Outcome != checker.NotYet {
		t.Errorf("with a page of one's own: %s", v.Outcome)
	}
	h.kept.digests = map[string]string{}
	if _, v := judge(); v.Outcome != checker.NotYet {
		t.Errorf("with a page of one's own, the image's file not known: %s", v.Outcome)
	}
}
