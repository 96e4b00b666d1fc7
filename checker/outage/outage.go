// Package outage tells why an engine could not be asked.
package outage

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"os"
	"strings"

	"github.com/docker/docker/client"

	"kihon/checker"
)

// Is reports whether err says that the engine could not be asked: it is not
// there, does not let us in, or did not answer in time. What the engine itself
// answered is something else.
func Is(err error) bool {
	var operation *net.OpError
	return err != nil && (client.IsErrConnectionFailed(err) || errors.Is(err, context.DeadlineExceeded) ||
		errors.As(err, &operation) || denied(err))
}

// Code returns the finding code for an error of a call to the engine:
// checker.EnginePermission, checker.EngineTimeout, or
// checker.EngineUnreachable for whatever else kept the answer away.
func Code(err error) string {
	var network net.Error
	switch {
	case denied(err):
		return checker.EnginePermission
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded),
		errors.As(err, &network) && network.Timeout():
		return checker.EngineTimeout
	}
	return checker.EngineUnreachable
}

// denied: the client (v28) does not keep the system's error for a socket that
// may not be opened, only its text.
func denied(err error) bool {
	return errors.Is(err, fs.ErrPermission) && client.IsErrConnectionFailed(err) ||
		strings.Contains(err.Error(), "permission denied while trying to connect")
}
