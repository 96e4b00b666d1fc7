package guard

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"sync"
)

// upgradable mends two things about the connections that ReverseProxy takes
// over for attach and exec. Bytes that the client sent right behind its
// request would be lost with the HTTP reader. And a client that goes away
// looks like one that has only ended its input: the engine would go on
// sending to a container's listener who is not there, until the container ends.
//
// The caller serves the two that it gets, and calls leave at the end.
func upgradable(w http.ResponseWriter, r *http.Request) (_ http.ResponseWriter, _ *http.Request, leave func()) {
	if r.Header.Get("Upgrade") == "" {
		return w, r, func() {}
	}
	// ReverseProxy closes the engine's side when the request's context ends.
	ctx, cancel := context.WithCancel(r.Context())
	return upgrade{w, cancel}, r.WithContext(ctx), cancel
}

type upgrade struct {
	http.ResponseWriter
	gone func()
}

func (u upgrade) Unwrap() http.ResponseWriter { return u.ResponseWriter }

func (u upgrade) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, rw, err := http.NewResponseController(u.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	return &clientStream{Conn: conn, early: rw.Reader, gone: u.gone}, rw, nil
}

// clientStream is the client's side of a connection that has been taken over.
type clientStream struct {
	net.Conn
	early *bufio.Reader
	gone  func()
	once  sync.Once
}

func (s *clientStream) Read(p []byte) (int, error) {
	if n := s.early.Buffered(); n > 0 {
		return s.early.Read(p[:min(len(p), n)])
	}
	n, err := s.Conn.Read(p)
	if errors.Is(err, io.EOF) {
		s.once.Do(func() { whenGone(s.Conn, s.gone) })
	}
	return n, err
}

// CloseWrite lets a half-closed stream stay half-closed.
func (s *clientStream) CloseWrite() error {
	if c, ok := s.Conn.(interface{ CloseWrite() error }); ok {
		return c.CloseWrite()
	}
	return nil
}
