//go:build linux

package testengine

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// Directory makes a directory with a short path, for sockets, whose name begins
// with the prefix. It is this process's as long as that lives: before, every
// directory of that prefix whose process was killed is handed to sweep, which
// takes away what had been started there, and is then removed. The caller
// removes its own.
func Directory(t testing.TB, prefix string, sweep func(dir string)) string {
	t.Helper()
	left, err := filepath.Glob(filepath.Join(os.TempDir(), prefix+"*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range left {
		info, err := os.Stat(filepath.Join(dir, ownerFile))
		// One that is just being made has no owner yet.
		if err != nil || time.Since(info.ModTime()) < time.Minute {
			continue
		}
		owner, err := own(dir)
		if err != nil {
			continue // its process lives, or it has just gone
		}
		sweep(dir)
		err = os.RemoveAll(dir)
		if err = errors.Join(err, owner.Close()); err != nil {
			t.Error(err)
		}
	}
	dir, err := os.MkdirTemp("", prefix)
	if err != nil {
		t.Fatal(err)
	}
	owner, err := own(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { owner.Close() })
	return dir
}

// ownerFile is locked by the process whose directory it is.
const ownerFile = "owner"

// own locks a directory. The lock ends with the process, in whatever way.
func own(dir string) (*os.File, error) {
	file, err := os.OpenFile(filepath.Join(dir, ownerFile), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(file.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}
