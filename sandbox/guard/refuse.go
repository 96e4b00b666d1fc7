package guard

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"strings"
)

// refusal is an answer of the guard's own.
type refusal struct {
	status int
	text   string
}

func (r *refusal) Error() string { return r.text }

func refused(status int, format string, args ...any) error {
	return &refusal{status: status, text: fmt.Sprintf(format, args...)}
}

// writeError answers as the engine does, so that the docker command prints the
// text after "Error response from daemon: ".
func writeError(w http.ResponseWriter, status int, text string) {
	body, _ := json.Marshal(struct {
		Message string `json:"message"`
	}{text})
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	w.Write(append(body, '\n'))
}

// explain puts the reason why the engine has not answered into a sentence for
// a newcomer.
func (g *Guard) explain(err error) (status int, text string) {
	where := "the Docker engine"
	if g.config.Engine != "" {
		where += " at " + g.config.Engine
	}
	switch {
	case errors.Is(err, context.Canceled):
		return http.StatusServiceUnavailable, "the call was given up before " + where + " had answered"
	case errors.Is(err, fs.ErrPermission):
		return http.StatusServiceUnavailable, where + " refuses this user (" + root(err) + "); \"kihon doctor\" says what to do"
	default:
		return http.StatusServiceUnavailable, where + " does not answer (" + root(err) + "); it may have been stopped: \"kihon doctor\" says what to do"
	}
}

// root is the innermost reason: "connection refused" rather than the way there.
func root(err error) string {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err.Error()
		}
		err = inner
	}
}

// maxErrorBody bounds what is read of an error answer; the engine's own are
// a few hundred bytes.
const maxErrorBody = 1 << 20

// message reads the engine's error message and leaves the body as it was.
func message(res *http.Response) string {
	text := peek(res, maxErrorBody)
	var shape struct {
		Message string `json:"message"`
	}
	if json.Unmarshal(text, &shape) == nil && shape.Message != "" {
		return shape.Message
	}
	if plain := strings.TrimSpace(string(text)); plain != "" {
		return plain
	}
	return http.StatusText(res.StatusCode)
}

// peek reads up to limit bytes of a body and puts them back before the rest.
func peek(res *http.Response, limit int64) []byte {
	if res.Body == nil {
		return nil
	}
	text, _ := io.ReadAll(io.LimitReader(res.Body, limit))
	res.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(text), res.Body), res.Body}
	return text
}
