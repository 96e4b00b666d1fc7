//go:build unix

package kit

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// tryLock uses flock, which belongs to the open file: two goroutines of one
// process exclude each other as two processes do.
func tryLock(file *os.File, kind lockKind) error {
	how := unix.LOCK_EX
	if kind == shared {
		how = unix.LOCK_SH
	}
	err := unix.Flock(int(file.Fd()), how|unix.LOCK_NB)
	if errors.Is(err, unix.EWOULDBLOCK) {
		return errLocked
	}
	return err
}
