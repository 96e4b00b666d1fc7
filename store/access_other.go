//go:build !unix

package store

import (
	"io/fs"
	"os"
)

// writable says why path cannot be written, as far as its mode tells.
func writable(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if info.Mode().Perm()&0o200 == 0 {
		return &fs.PathError{Op: "write", Path: path, Err: fs.ErrPermission}
	}
	return nil
}
