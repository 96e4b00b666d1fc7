package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"kihon/lessons/live"
	"kihon/sandbox/guard"
)

// sessionInfo is what a session tells its clients.
type sessionInfo struct {
	live.State
	// Guard is the DOCKER_HOST of the sandbox.
	Guard string `json:"guard"`
	// Engine holds the variables of the environment by which the engine is
	// found; inside a session DOCKER_HOST is the guard.
	Engine map[string]string `json:"engine"`
	// Home is the session's home; Course is the value of --course.
	Home   string `json:"home"`
	Course string `json:"course"`
	PID    int    `json:"pid"`
}

// engineVariables are the variables of the environment that say where the
// engine is.
var engineVariables = []string{"DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_TLS_VERIFY", "DOCKER_TLS", "DOCKER_CERT_PATH", "DOCKER_API_VERSION"}

func insteadOfGuard(pair string) bool {
	name, _, _ := strings.Cut(pair, "=")
	return name == "DOCKER_HOST" || name == "DOCKER_CONTEXT" || name == "DOCKER_CERT_PATH" || name == "KIHON_SESSION" ||
		strings.HasPrefix(name, "DOCKER_TLS")
}

// The names of the files of a session, in the directory for this home's sockets.
const (
	sessionSocket = "session.sock"
	secretSuffix  = ".secret"
)

// sessionClient talks to a live session over its private socket.
type sessionClient struct {
	socket string
	http   *http.Client
}

func newSessionClient(socket string) *sessionClient {
	return &sessionClient{socket: socket, http: &http.Client{
		Timeout: 30 * time.Second,
		Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "unix", socket)
		}},
	}}
}

// findSession returns the session this process runs in; nil when there is none.
func findSession(getenv func(string) string) *sessionClient {
	if socket := getenv("KIHON_SESSION"); socket != "" {
		return newSessionClient(socket)
	}
	return nil
}

// runningSession returns the session of this home that another terminal runs;
// nil when there is none.
func (a *app) runningSession(ctx context.Context) *sessionClient {
	socket := filepath.Join(guard.Dir(a.getenv, a.paths.Home), sessionSocket)
	if _, err := os.Stat(socket); err != nil {
		return nil
	}
	client := newSessionClient(socket)
	if _, err := client.state(ctx); err != nil {
		return nil
	}
	return client
}

// errSessionGone says that the session this process runs in has ended.
var errSessionGone = errors.New("the session has ended")

func (c *sessionClient) call(ctx context.Context, method, path string, in, out any) error {
	var body io.Reader
	if in != nil {
		data, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(data)
	}
	req, err := http.NewRequestWithContext(ctx, method, "http://kihon"+path, body)
	if err != nil {
		return err
	}
	secret, err := os.ReadFile(c.socket + secretSuffix)
	if err != nil {
		return errSessionGone
	}
	req.Header.Set("X-Kihon-Secret", string(secret))
	res, err := c.http.Do(req)
	if err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return errSessionGone
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(io.LimitReader(res.Body, 4096))
		return fmt.Errorf("the session answered %d: %s", res.StatusCode, bytes.TrimSpace(text))
	}
	if out == nil {
		return nil
	}
	return json.NewDecoder(res.Body).Decode(out)
}

func (c *sessionClient) state(ctx context.Context) (sessionInfo, error) {
	var info sessionInfo
	err := c.call(ctx, http.MethodGet, "/v1/state", nil, &info)
	return info, err
}

func (c *sessionClient) engineEnvironment(ctx context.Context) (map[string]string, error) {
	info, err := c.state(ctx)
	if err != nil {
		return nil, err
	}
	environment := map[string]string{}
	for _, name := range engineVariables {
		environment[name] = info.Engine[name]
	}
	return environment, nil
}

// changed tells the session that something happened which no engine event and
// no call through the guard shows: an answer, a reset.
func (c *sessionClient) changed(ctx context.Context) error {
	return c.call(ctx, http.MethodPost, "/v1/changed", nil, nil)
}

// move asks for another place in the lesson; the answer is the text to show.
func (c *sessionClient) move(ctx context.Context, to string, columns int) (passage, error) {
	var out passage
	err := c.call(ctx, http.MethodPost, "/v1/move", map[string]any{"to": to, "columns": columns}, &out)
	return out, err
}

func (c *sessionClient) quit(ctx context.Context) error {
	return c.call(ctx, http.MethodPost, "/v1/quit", nil, nil)
}
