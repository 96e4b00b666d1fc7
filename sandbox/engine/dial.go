package engine

import (
	"context"
	"fmt"
	"net"

	"github.com/docker/docker/client"
)

// Dial opens a connection to the engine for HTTP/1.1 conversations, already
// encrypted where the endpoint asks for that. The caller closes it.
func (e Endpoint) Dial(ctx context.Context) (net.Conn, error) {
	type dialled struct {
		conn net.Conn
		err  error
	}
	// The client's dialer does not look at ctx for encrypted connections.
	answer := make(chan dialled, 1)
	go func() {
		conn, err := e.dialer(ctx)
		answer <- dialled{conn, err}
	}()
	select {
	case d := <-answer:
		if d.err != nil {
			return nil, fmt.Errorf("connect to the engine at %s: %w", e.Host, d.err)
		}
		return d.conn, nil
	case <-ctx.Done():
		go func() {
			if d := <-answer; d.conn != nil {
				d.conn.Close()
			}
		}()
		return nil, fmt.Errorf("connect to the engine at %s: %w", e.Host, ctx.Err())
	}
}

// BasePath is the path that stands before every path of the API; "" except
// for an engine behind a proxy, as in tcp://HOST:PORT/PATH.
func (e Endpoint) BasePath() string {
	address, err := client.ParseHostURL(e.Host)
	if err != nil {
		return ""
	}
	return address.Path
}
