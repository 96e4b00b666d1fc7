package kit

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
	"time"
)

// lockKind says who may hold a lock file at the same time.
type lockKind int

const (
	shared    lockKind = iota // many at once
	exclusive                 // one alone
)

// errLocked means that somebody else holds the lock.
var errLocked = errors.New("locked")

// lockFile takes a lock that the operating system gives back when this process
// dies. While somebody else has it, it waits until ctx ends, after calling
// waiting once. A shared lock that cannot be had because the folder is missing
// or cannot be written is not needed either: nobody writes there.
func lockFile(ctx context.Context, path string, kind lockKind, waiting func()) (unlock func(), err error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
	if cannotWrite(err) {
		// Locking needs an open file, not the right to write to it.
		file, err = os.Open(path)
	}
	if err != nil {
		if kind == shared {
			return func() {}, nil
		}
		return nil, fmt.Errorf("lock the cache: %w", err)
	}
	if err := ownLikeParent(path); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	pause := 5 * time.Millisecond
	for told := false; ; {
		err := tryLock(file, kind)
		if err == nil {
			return func() { _ = file.Close() }, nil // closing gives the lock back
		}
		if !errors.Is(err, errLocked) {
			return nil, errors.Join(fmt.Errorf("lock %s: %w", path, err), file.Close())
		}
		if !told {
			told = true
			waiting()
		}
		select {
		case <-ctx.Done():
			return nil, errors.Join(ctx.Err(), file.Close())
		case <-time.After(pause):
			pause = min(2*pause, 100*time.Millisecond)
		}
	}
}

// cannotWrite reports whether an error says that a file or its disk cannot be
// written to by this user.
func cannotWrite(err error) bool {
	return errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS)
}
