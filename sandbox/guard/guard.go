// Package guard is a reverse proxy for the engine's API through which the
// learner's docker command works, so that what the learner does is known and
// what the learner makes is marked.
//
// It passes everything. On the way it does three things:
//
//   - containers, volumes and networks get two labels as they are created
//     (journal.LabelHome, journal.LabelActor), also the volumes that a
//     container brings along without anybody naming them;
//   - each changing call is written to the journal with the engine's answer,
//     before the client sees that answer: when docker run returns, the journal
//     has it, and the death of this process loses nothing that was shown;
//   - an engine that does not answer is reported in the API's own error
//     shape, so that the docker command prints a sentence.
//
// The table in route.go says which calls are changing and how each is read. A
// call that is not in the table passes unseen.
//
// Streams (attach, exec, logs, build, pull, load, cp) are never held back.
// Hijacked connections are carried by httputil.ReverseProxy, which needs Go
// 1.25 to pass a half-closed one on; with an older Go the output of
// "echo hi | docker run -i IMAGE cat" is lost.
//
// The guard protects against accidents. Whoever can reach the engine's own
// socket can go round it.
package guard

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"sync"
	"time"

	"kihon/sandbox/journal"
)

// Config is what a Guard needs to know. Dial and Journal are required.
type Config struct {
	// Dial opens a connection to the engine, as engine.Endpoint.Dial does.
	Dial func(context.Context) (net.Conn, error)
	// Engine is the engine's address, for messages only.
	Engine string
	// BasePath stands before every path of the engine's API; usually "".
	BasePath string
	// Journal receives the changing calls.
	Journal journal.Journal
	// HomeID is the value of the label journal.LabelHome.
	HomeID string
	// Actor is whose calls come through this guard; journal.Learner when empty.
	Actor journal.Actor
	// Notify, when set, is told of each entry after it has been stored and
	// before the client sees the answer. Seq is not filled in. It is called
	// from several goroutines and must not block.
	Notify func(journal.Entry)
	// Trouble, when set, is told that an entry could not be stored. The
	// client gets the engine's answer all the same, since the engine has acted.
	Trouble func(error)
}

// Guard passes API calls on to the engine. It is safe for use by several
// goroutines.
type Guard struct {
	config    Config
	routes    []route
	transport *http.Transport
	proxy     *httputil.ReverseProxy

	mu    sync.Mutex
	calls map[*call]bool
}

var _ http.Handler = (*Guard)(nil)

// New returns a guard. It asks the engine nothing.
func New(config Config) *Guard {
	if config.Actor == "" {
		config.Actor = journal.Learner
	}
	g := &Guard{config: config, routes: routes(), calls: make(map[*call]bool)}
	g.transport = &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) { return config.Dial(ctx) },
		// The client's own Accept-Encoding decides.
		DisableCompression:  true,
		MaxIdleConnsPerHost: 8,
		IdleConnTimeout:     30 * time.Second,
	}
	g.proxy = &httputil.ReverseProxy{
		Transport:      g.transport,
		Rewrite:        g.rewrite,
		ModifyResponse: g.answered,
		ErrorHandler:   g.unanswered,
		FlushInterval:  -1,
		// Broken streams are everyday here: a learner presses Ctrl-C.
		ErrorLog: log.New(io.Discard, "", 0),
	}
	return g
}

// ServeHTTP passes one call on. The path that is judged is the path that is
// sent: decoded once, and forwarded as it came.
func (g *Guard) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w, r, leave := upgradable(w, r)
	defer leave()
	c := g.recognise(r)
	if c == nil {
		g.proxy.ServeHTTP(w, r)
		return
	}
	g.begin(c)
	defer g.end(c)

	ctx := r.Context()
	if !c.streams {
		// The engine carries a call out even when the client has gone; so
		// wait for the answer, or the journal would not know of it.
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(context.WithoutCancel(ctx), detachedLimit)
		defer cancel()
		defer whenAbandoned(ctx, cancel)()
	}
	if c.before != nil {
		if err := c.before(g, ctx, c, r); err != nil {
			g.refuse(ctx, w, c, err)
			return
		}
	}
	g.proxy.ServeHTTP(w, r.WithContext(context.WithValue(ctx, callKey{}, c)))
}

// detachedLimit bounds a call whose client has gone. It is longer than any
// docker stop -t of a lesson.
const detachedLimit = 10 * time.Minute

type callKey struct{}

func callOf(r *http.Request) *call {
	c, _ := r.Context().Value(callKey{}).(*call)
	return c
}

func (g *Guard) rewrite(r *httputil.ProxyRequest) {
	r.Out.URL.Scheme = "http"
	r.Out.URL.Host = "docker"
	r.Out.Host = r.In.Host
	// Rewrite has dropped what it cannot parse; the engine is to judge that.
	r.Out.URL.RawQuery = r.In.URL.RawQuery
	if base := g.config.BasePath; base != "" {
		r.Out.URL.Path = base + r.Out.URL.Path
		if r.Out.URL.RawPath != "" {
			r.Out.URL.RawPath = base + r.Out.URL.RawPath
		}
	}
}

// answered runs when the engine's headers are here and the client has seen
// nothing of them.
func (g *Guard) answered(res *http.Response) error {
	c := callOf(res.Request)
	if c == nil {
		return nil
	}
	ctx := context.WithoutCancel(res.Request.Context())
	c.entry.Status = res.StatusCode
	if res.StatusCode >= 400 {
		c.entry.Error = message(res)
		if c.failed != nil {
			c.failed(g, ctx, c)
		}
		g.store(ctx, c, c.entry)
		return nil
	}
	c.after(g, ctx, c, res)
	return nil
}

// unanswered runs when the engine did not answer, or when its answer broke off
// before the client saw any of it.
func (g *Guard) unanswered(w http.ResponseWriter, r *http.Request, err error) {
	status, text := g.explain(err)
	if c := callOf(r); c != nil {
		c.entry.Status, c.entry.Error = status, text
		g.store(context.WithoutCancel(r.Context()), c, c.entry)
	}
	writeError(w, status, text)
}

// refuse answers a call that was not sent to the engine.
func (g *Guard) refuse(ctx context.Context, w http.ResponseWriter, c *call, err error) {
	status := http.StatusBadRequest
	var refusal *refusal
	if errors.As(err, &refusal) {
		status = refusal.status
	}
	c.entry.Status, c.entry.Error = status, err.Error()
	g.store(ctx, c, c.entry)
	writeError(w, status, err.Error())
}

// store writes a call down, once: later entries of the same call are the
// guard's own mistake and are dropped.
func (g *Guard) store(ctx context.Context, c *call, entries ...journal.Entry) {
	if !c.stored.CompareAndSwap(false, true) {
		return
	}
	defer g.end(c)
	if len(entries) == 0 {
		return
	}
	now := time.Now()
	for i := range entries {
		entries[i].Time = now
		entries[i].Actor = g.config.Actor
		entries[i].Source = journal.Call
	}
	ctx, cancel := context.WithTimeout(ctx, storeLimit)
	defer cancel()
	if _, err := g.config.Journal.Append(ctx, entries...); err != nil {
		if g.config.Trouble != nil {
			g.config.Trouble(err)
		}
		return
	}
	if g.config.Notify != nil {
		for _, e := range entries {
			g.config.Notify(e)
		}
	}
}

// storeLimit bounds how long a learner waits for our own record.
const storeLimit = 10 * time.Second

func (g *Guard) begin(c *call) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.calls[c] = true
}

func (g *Guard) end(c *call) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.calls, c)
}

// Busy reports whether a call is under way, not yet in the journal, that may
// concern the object of this full ID. An event about it may have overtaken
// the call's answer, and is not to be judged yet.
func (g *Guard) Busy(id string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	for c := range g.calls {
		if c.concerns(id) {
			return true
		}
	}
	return false
}
