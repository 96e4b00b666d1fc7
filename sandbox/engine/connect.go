package engine

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/network"
	"github.com/docker/docker/client"
)

// Engine is a client for one engine. It is safe for use by several goroutines.
type Engine struct {
	*client.Client
	// Endpoint is where this engine answers.
	Endpoint Endpoint
}

// Version describes an engine.
type Version struct {
	// Engine is the engine's own version, for example 20.10.24.
	Engine string
	// API is the newest API version that the engine speaks, for example 1.41.
	API string
	// OS and Arch are Go's names for what containers run on: linux, amd64.
	OS, Arch string
}

// Connect returns a client that agrees on an API version (1.24 to 1.51) with
// the engine when it is first used. It asks the engine nothing: that the
// engine is down is an error of the first call, or of Ping. The caller closes it.
func Connect(ctx context.Context, e Endpoint) (*Engine, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("connect to the engine: %w", err)
	}
	api, err := newClient(e)
	if err != nil {
		return nil, fmt.Errorf("connect to %s: %w", e.Host, err)
	}
	return &Engine{Client: api, Endpoint: e}, nil
}

func newClient(e Endpoint) (*client.Client, error) {
	options, err := e.endpoint.ClientOpts()
	if err != nil {
		return nil, err
	}
	return client.NewClientWithOpts(options...)
}

// prepared completes an endpoint, and finds out early whether its address is
// one that a client can be made for; opts.ParseHost lets some pass that are not.
func prepared(e Endpoint) (Endpoint, error) {
	api, err := newClient(e)
	if err != nil {
		source := e.Source
		if e.Context != DefaultContext {
			source = "docker context " + e.Context
		}
		return Endpoint{}, &HostError{Value: e.Host, Source: source, Err: err}
	}
	e.dialer = api.Dialer()
	return e, nil
}

// pingTimeout is how long an engine may take to say that it is there.
const pingTimeout = 10 * time.Second

// Ping asks whether the engine answers, and waits ten seconds at most.
func (e *Engine) Ping(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, pingTimeout)
	defer cancel()
	if _, err := e.Client.Ping(ctx); err != nil {
		return fmt.Errorf("ask the engine at %s whether it is there: %w", e.Endpoint.Host, err)
	}
	return nil
}

// Version asks the engine what it is.
func (e *Engine) Version(ctx context.Context) (Version, error) {
	v, err := e.ServerVersion(ctx)
	if err != nil {
		return Version{}, fmt.Errorf("ask the engine for its version: %w", err)
	}
	return Version{Engine: v.Version, API: v.APIVersion, OS: v.Os, Arch: v.Arch}, nil
}

// Banner is how the engine names itself in every answer (the header Server),
// such as "Docker/20.10.24 (linux)". It costs a fraction of a millisecond,
// where Version takes ten: an engine asks its helpers for their versions each
// time. An engine behind a proxy may have none.
func (e *Engine) Banner(ctx context.Context) (string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodHead, "http://engine"+e.Endpoint.BasePath()+"/_ping", nil)
	if err != nil {
		return "", fmt.Errorf("ask the engine for its name: %w", err)
	}
	client := http.Client{Transport: &http.Transport{
		DialContext:       func(ctx context.Context, _, _ string) (net.Conn, error) { return e.Endpoint.Dial(ctx) },
		DisableKeepAlives: true,
	}}
	answer, err := client.Do(request)
	if err != nil {
		return "", fmt.Errorf("ask the engine for its name: %w", err)
	}
	answer.Body.Close()
	return answer.Header.Get("Server"), nil
}

// Now returns the engine's own time (SystemTime of GET /info, nanoseconds).
// It differs from this computer's where the engine runs in a virtual machine
// or elsewhere. The call costs a few milliseconds.
func (e *Engine) Now(ctx context.Context) (time.Time, error) {
	info, err := e.Info(ctx)
	if err != nil {
		return time.Time{}, fmt.Errorf("ask the engine for its time: %w", err)
	}
	now, err := time.Parse(time.RFC3339Nano, info.SystemTime)
	if err != nil {
		return time.Time{}, fmt.Errorf("read the engine's time: %w", err)
	}
	return now, nil
}

// Started returns when the engine's process began, by the engine's clock, as
// far as that can be known: the engine makes its network "bridge" anew at each
// start (seen on 20.10). Where it does not (containers outlive the engine with
// live-restore) the time is too early; the zero Time means that it cannot be
// known at all.
func (e *Engine) Started(ctx context.Context) (time.Time, error) {
	bridge, err := e.NetworkInspect(ctx, "bridge", network.InspectOptions{})
	switch {
	case errdefs.IsNotFound(err):
		return time.Time{}, nil
	case err != nil:
		return time.Time{}, fmt.Errorf("ask the engine when it started: %w", err)
	}
	return bridge.Created, nil
}
