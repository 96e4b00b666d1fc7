//go:build unix

package store

import (
	"io/fs"

	"golang.org/x/sys/unix"
)

// writable says why path cannot be written, without opening it: closing a
// descriptor of the database's file would drop the locks that another DB of
// this process holds on it (POSIX locks belong to the process).
func writable(path string) error {
	if err := unix.Access(path, unix.W_OK); err != nil {
		return &fs.PathError{Op: "write", Path: path, Err: err}
	}
	return nil
}
