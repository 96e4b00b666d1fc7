package main

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// sessionServer answers on a session's private socket. Only this user can
// reach it, and only with the secret from the file beside it.
type sessionServer struct {
	socket, secret string
	mux            *http.ServeMux
	server         *http.Server
	done           sync.WaitGroup
}

// errSessionRuns says that another terminal runs a session of this home.
var errSessionRuns = errors.New("a session is running")

// listenSession opens a session's socket in dir, which is private already.
// The caller adds handlers to mux and then calls serve.
func (a *app) listenSession(ctx context.Context, dir, name string, info func() sessionInfo) (*sessionServer, net.Listener, error) {
	s := &sessionServer{socket: filepath.Join(dir, name), secret: rand.Text(), mux: http.NewServeMux()}
	if _, err := os.Stat(s.socket); err == nil {
		if _, err := newSessionClient(s.socket).state(ctx); err == nil {
			return nil, nil, errSessionRuns
		}
		// Left behind by a session that was killed.
		if err := os.Remove(s.socket); err != nil {
			return nil, nil, err
		}
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "unix", s.socket)
	if err != nil {
		return nil, nil, err
	}
	if err := os.WriteFile(s.socket+secretSuffix, []byte(s.secret), 0o600); err != nil {
		listener.Close()
		return nil, nil, err
	}
	s.mux.HandleFunc("GET /v1/state", func(w http.ResponseWriter, _ *http.Request) { writeAnswer(w, info()) })
	s.server = &http.Server{Handler: s.guarded(), ReadHeaderTimeout: 5 * time.Second}
	return s, listener, nil
}

func (s *sessionServer) guarded() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		given := r.Header.Get("X-Kihon-Secret")
		if subtle.ConstantTimeCompare([]byte(given), []byte(s.secret)) != 1 {
			http.Error(w, "the secret is missing or wrong", http.StatusForbidden)
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
		s.mux.ServeHTTP(w, r)
	})
}

func (s *sessionServer) serve(l net.Listener) {
	s.done.Go(func() { _ = s.server.Serve(l) })
}

func (s *sessionServer) close() {
	_ = s.server.Close()
	s.done.Wait()
	_ = os.Remove(s.socket + secretSuffix)
	_ = os.Remove(s.socket)
}

func writeAnswer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}

// info tells where this process's engine is, for clients inside the sandbox.
func (a *app) sessionInfo(guard string) sessionInfo {
	engine := map[string]string{}
	for _, name := range engineVariables {
		engine[name] = a.getenv(name)
	}
	course := a.flags.course
	if a.courseOnDisk() {
		course, _ = filepath.Abs(course)
	}
	info := sessionInfo{Guard: guard, Engine: engine, Home: a.paths.Home, Course: course, PID: os.Getpid()}
	info.FormatVersion = 1
	return info
}
