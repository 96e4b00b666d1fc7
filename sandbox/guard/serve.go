package guard

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"time"
)

// shutdownGrace is how long Serve waits, after ctx has ended, for the engine's
// answers to calls that it has been sent: they belong in the journal.
const shutdownGrace = 3 * time.Second

// Serve answers on l until ctx ends, and returns nil then. It closes l and
// every stream, and leaves no goroutine behind.
func (g *Guard) Serve(ctx context.Context, l net.Listener) error {
	base, hangUp := context.WithCancel(context.WithoutCancel(ctx))
	defer hangUp()
	abandoned, abandon := context.WithCancel(context.WithoutCancel(ctx))
	defer abandon()
	base = context.WithValue(base, abandonedKey{}, abandoned)

	door := &door{open: true, empty: make(chan struct{})}
	server := &http.Server{
		Handler:           door.handler(g),
		BaseContext:       func(net.Listener) context.Context { return base },
		ReadHeaderTimeout: time.Minute,
		ErrorLog:          log.New(io.Discard, "", 0),
	}
	stopped := context.AfterFunc(ctx, func() {
		hangUp() // hijacked connections are no longer the server's to close
		server.Close()
	})
	err := server.Serve(l)
	if stopped() {
		// Not asked to stop: the listener broke.
		hangUp()
		server.Close()
	}

	door.close()
	select {
	case <-door.empty:
	case <-time.After(shutdownGrace):
		abandon()
		<-door.empty
	}
	g.transport.CloseIdleConnections()
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

type abandonedKey struct{}

// whenAbandoned calls cancel when Serve gives up waiting; the function that it
// returns ends that.
func whenAbandoned(ctx context.Context, cancel func()) (stop func() bool) {
	abandoned, ok := ctx.Value(abandonedKey{}).(context.Context)
	if !ok {
		return func() bool { return false }
	}
	return context.AfterFunc(abandoned, cancel)
}

// door counts the calls inside, hijacked ones too, so that Serve can wait for
// the last one to leave.
type door struct {
	mu     sync.Mutex
	open   bool
	inside int
	empty  chan struct{}
}

func (d *door) handler(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !d.enter() {
			writeError(w, http.StatusServiceUnavailable, "the kihon sandbox has ended")
			return
		}
		defer d.leave()
		h.ServeHTTP(w, r)
	})
}

func (d *door) enter() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.open {
		return false
	}
	d.inside++
	return true
}

func (d *door) leave() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.inside--
	d.tell()
}

func (d *door) close() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.open = false
	d.tell()
}

func (d *door) tell() {
	if !d.open && d.inside == 0 {
		close(d.empty)
	}
}
