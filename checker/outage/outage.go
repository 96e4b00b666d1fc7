// Package outage tells why an engine could not be asked.
package outage

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"net"
	"os"
	"strings"

	"github.com/docker/docker/client"

	"kihon/checker"
)

// Kind is why a question to the engine got no answer.
type Kind string

// The kinds. Other is an error that is no outage: the engine answered, or the
// caller gave up.
const (
	None        Kind = ""
	Unreachable Kind = "unreachable"
	Permission  Kind = "permission"
	Timeout     Kind = "timeout"
	Other       Kind = "other"
)

// sentences are how the Docker client (v28) begins errors of which it keeps
// only the text.
var sentences = []struct {
	text string
	kind Kind
}{
	{"Error response from daemon", Other},
	{"permission denied while trying to connect to the Docker daemon", Permission},
	{"Cannot connect to the Docker daemon", Unreachable},
	{"error during connect:", Unreachable},
	{"malformed HTTP response", Unreachable},
}

// Classify sorts an error of a call to the engine.
func Classify(err error) Kind {
	if err == nil {
		return None
	}
	var network net.Error
	var operation *net.OpError
	switch {
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded):
		return Timeout
	case errors.Is(err, context.Canceled):
		return Other
	case errors.Is(err, fs.ErrPermission):
		return Permission
	case errors.As(err, &network) && network.Timeout():
		return Timeout
	case errors.As(err, &operation), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return Unreachable
	}
	for _, s := range sentences {
		if strings.Contains(err.Error(), s.text) {
			return s.kind
		}
	}
	if client.IsErrConnectionFailed(err) {
		return Unreachable
	}
	return Other
}

// Is reports whether err says that the engine could not be asked. Of a missing
// permission it is sure only where a connection was tried: files have
// permissions, too.
func Is(err error) bool {
	switch Classify(err) {
	case Unreachable, Timeout:
		return true
	case Permission:
		var operation *net.OpError
		return errors.As(err, &operation) || strings.Contains(err.Error(), "to connect")
	}
	return false
}

// Code returns the finding code for such an error.
func Code(err error) string {
	switch Classify(err) {
	case Permission:
		return checker.EnginePermission
	case Timeout:
		return checker.EngineTimeout
	}
	return checker.EngineUnreachable
}
