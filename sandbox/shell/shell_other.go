//go:build !unix

package shell

import (
	"context"
	"errors"
	"fmt"
	"runtime"
)

// Run fails with errors.ErrUnsupported: this system's shells and terminals are
// others than those this package knows.
func (s *Session) Run(ctx context.Context) (exitCode int, err error) {
	return 0, errors.Join(fmt.Errorf("start the learner's shell on %s: %w", runtime.GOOS, errors.ErrUnsupported), s.Remove())
}

// Print shows nothing, since there is no shell.
func (s *Session) Print(ctx context.Context, text string) (shown bool, err error) {
	return false, nil
}
