package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// The kinds of failure that have nothing to do with what was asked, for
// errors.Is. The error's text names the file and the system's own reason;
// errors.Is(err, fs.ErrPermission) tells a lack of permission from a
// read-only file system.
var (
	ErrReadOnly = errors.New("the home cannot be written")
	ErrFull     = errors.New("there is no space left for the home")
	ErrBusy     = errors.New("other processes keep the home locked")
)

// NewerError says that a newer kihon wrote the file. The cure is to update.
type NewerError struct {
	Path string
	// Version is the file's schema version, Known the newest this kihon knows.
	Version, Known int
}

func (e *NewerError) Error() string {
	return fmt.Sprintf("%s was written by a newer kihon (schema version %d, this one knows up to %d): update kihon",
		e.Path, e.Version, e.Known)
}

// CorruptError says that the file is damaged or is not kihon's. Nothing has
// been changed or removed.
type CorruptError struct {
	Path string
	// Moves is the advice: after these files are moved out of the way, the
	// next Open begins a new record, and nothing is lost that could be saved.
	Moves []Move
	Err   error
}

// Move is one file to move.
type Move struct{ From, To string }

func (e *CorruptError) Error() string {
	return fmt.Sprintf("%s is damaged or is not kihon's: %v", e.Path, e.Err)
}

func (e *CorruptError) Unwrap() error { return e.Err }

func (db *DB) corrupt(err error) *CorruptError {
	e := &CorruptError{Path: db.path, Err: err}
	aside := db.path + ".damaged-" + db.now().Format("20060102-150405")
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if _, err := os.Lstat(db.path + suffix); err == nil {
			e.Moves = append(e.Moves, Move{From: db.path + suffix, To: aside + suffix})
		}
	}
	return e
}

// explain turns the errors of the driver and of the system into our own. It is
// the only place that knows SQLite's result codes, with the three below.
func (db *DB) explain(doing string, err error) error {
	if err == nil {
		return nil
	}
	var corrupt *CorruptError
	var newer *NewerError
	if errors.As(err, &corrupt) || errors.As(err, &newer) {
		return err // names the file already
	}
	if isDamage(err) {
		return db.corrupt(err)
	}
	kind := kindOf(err)
	switch code(err) {
	case sqlite3.SQLITE_READONLY:
		kind = ErrReadOnly
	case sqlite3.SQLITE_FULL:
		kind = ErrFull
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL:
		kind = ErrBusy
	case sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM:
		// SQLite keeps the system's reason to itself (a full disk, for one,
		// shows as a failure to size the shared index), so ask the system.
		if reason := probe(filepath.Dir(db.path)); reason != nil {
			kind, err = kindOf(reason), errors.Join(reason, err)
		}
	}
	if kind != nil {
		return fmt.Errorf("%s %s: %w: %w", doing, db.path, kind, err)
	}
	return fmt.Errorf("%s %s: %w", doing, db.path, err)
}

// isBusy reports whether another process was in the way.
func isBusy(err error) bool {
	switch code(err) {
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL:
		return true
	}
	return false
}

// isDamage reports whether the file is not what it should be.
func isDamage(err error) bool {
	var corrupt *CorruptError
	switch code(err) {
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return true
	}
	return errors.As(err, &corrupt)
}

// isSchemaFault reports whether a statement did not fit the schema.
func isSchemaFault(err error) bool { return code(err) == sqlite3.SQLITE_ERROR }

// code is SQLite's primary result code, 0 for other errors.
func code(err error) int {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return 0
	}
	return e.Code() & 0xff // the rest tells variants of it apart
}

// kindOf sorts an error of the operating system; nil when it is of no kind.
func kindOf(err error) error {
	switch {
	case errors.Is(err, syscall.EROFS), errors.Is(err, fs.ErrPermission):
		return ErrReadOnly
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return ErrFull
	}
	return nil
}

// probe writes what SQLite needs at least into a file of its own in dir,
// removes it, and says what the system had against it.
func probe(dir string) error {
	f, err := os.CreateTemp(dir, "probe-")
	if err != nil {
		return err
	}
	_, err = f.Write(make([]byte, 64<<10))
	return errors.Join(err, f.Close(), os.Remove(f.Name()))
}
