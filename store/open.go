package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"
)

// FileName is the database's name in the home directory.
const FileName = "kihon.db"

// DB is one open home. Its methods may be called by several goroutines at
// once; they share one connection and so take turns.
type DB struct {
	sql      *sql.DB
	path     string
	now      func() time.Time
	patience time.Duration
	homeID   string
	firstUse time.Time
	// firstEngine is home.first_engine; 0 until the engine's clock is known.
	firstEngine atomic.Int64
}

// Option changes how Open works.
type Option func(*DB)

// WithClock makes the store read the time from now instead of time.Now.
func WithClock(now func() time.Time) Option {
	return func(db *DB) { db.now = now }
}

// Open opens the home in dir and makes it where there is none: the directory
// with mode 0700, the file with 0600. Several processes may do so at once.
//
// A home that cannot be written is refused with ErrReadOnly even though it
// could be read: a learner who works for an hour without being remembered is
// worse off than one who is told at once. Other kinds of failure are ErrFull,
// ErrBusy, *CorruptError and *NewerError.
func Open(ctx context.Context, dir string, options ...Option) (*DB, error) {
	if dir == "" {
		return nil, errors.New("open the home: no directory is given")
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("open the home: %w", err)
	}
	db := &DB{path: filepath.Join(dir, FileName), now: time.Now, patience: defaultPatience}
	for _, option := range options {
		option(db)
	}
	if err := db.prepareFiles(); err != nil {
		return nil, db.explain("open", err)
	}
	db.sql = sql.OpenDB(connector{source(db.path)})
	// One connection is enough for a process that writes a few rows a second,
	// and a second one would pay for reading the schema once more.
	db.sql.SetMaxOpenConns(1)
	if err := db.start(ctx); err != nil {
		if !isDamage(err) { // see connector.Connect
			db.sql.Close()
		}
		return nil, db.explain("open", err)
	}
	return db, nil
}

// Close lets go of the file. The last process to do so folds the write-ahead
// log into the file, which takes two syncs of the disk. A command that is
// about to end may leave Close out: the end of the process is as safe, and
// quicker.
func (db *DB) Close() error {
	if err := db.sql.Close(); err != nil {
		return db.explain("close", err)
	}
	return nil
}

// Path is where the database's file is.
func (db *DB) Path() string { return db.path }

// HomeID names this home: 12 hexadecimal digits, drawn when it was made.
func (db *DB) HomeID() string { return db.homeID }

// FirstUse is when the home was made, by this computer's clock.
func (db *DB) FirstUse() time.Time { return db.firstUse }

// prepareFiles makes what is missing and refuses what SQLite would take
// without a word: a file it could only read, and an empty file beside a log
// that still has rows, which it would remove.
func (db *DB) prepareFiles() error {
	dir := filepath.Dir(db.path)
	// The log comes first: another process that is just making the home fills
	// the file before the log.
	log, err := os.Stat(db.path + "-wal")
	logHasRows := err == nil && log.Size() > 0

	file, err := os.Stat(db.path)
	if errors.Is(err, fs.ErrNotExist) {
		if logHasRows {
			return db.corrupt(errors.New("the file is gone, its log is there"))
		}
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return err
		}
		// Here and not by SQLite, which would let others read it. It gives the
		// mode of the file to the log as well.
		created, err := os.OpenFile(db.path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
		if errors.Is(err, fs.ErrExist) {
			return nil // another process was quicker
		}
		if err != nil {
			return err
		}
		return created.Close()
	}
	if err != nil {
		return err
	}
	if file.Size() == 0 && logHasRows {
		return db.corrupt(errors.New("the file is empty, its log is not"))
	}
	if err := writable(dir); err != nil {
		return err
	}
	return writable(db.path)
}

// start brings the schema up to date and reads the home's row.
func (db *DB) start(ctx context.Context) error {
	if err := db.migrate(ctx); err != nil {
		return err
	}
	err := db.readHome(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		if err = db.writeHome(ctx); err == nil {
			err = db.readHome(ctx)
		}
	}
	if isSchemaFault(err) {
		return db.corrupt(err)
	}
	return err
}

func (db *DB) readHome(ctx context.Context) error {
	return db.patiently(ctx, func() error {
		var first, engine int64
		err := db.sql.QueryRowContext(ctx, `SELECT id, first_use, first_engine FROM home`).
			Scan(&db.homeID, &first, &engine)
		db.firstUse = at(first)
		db.firstEngine.Store(engine)
		return err
	})
}

// writeHome gives the home its row; of two processes the first one wins.
func (db *DB) writeHome(ctx context.Context) error {
	var id [6]byte
	rand.Read(id[:]) // never fails
	return db.transact(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx,
			`INSERT INTO home (one, id, first_use) VALUES (1, ?, ?) ON CONFLICT DO NOTHING`,
			hex.EncodeToString(id[:]), nanos(db.now()))
		return err
	})
}

// NoteEngineTime tells the home what the engine's clock shows now. The first
// call fixes what the moment of the home's first use was on the engine's clock,
// from which the first attempts count; later calls cost nothing. Zero is ignored.
func (db *DB) NoteEngineTime(ctx context.Context, engineNow time.Time) error {
	if engineNow.IsZero() || db.firstEngine.Load() != 0 {
		return nil
	}
	first := engineNow.Add(db.firstUse.Sub(db.now()))
	var kept int64
	err := db.write(ctx, "note the engine's clock in", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx,
			`UPDATE home SET first_engine = ? WHERE first_engine = 0`, nanos(first))
		if err != nil {
			return err
		}
		return tx.QueryRowContext(ctx, `SELECT first_engine FROM home`).Scan(&kept)
	})
	if err == nil {
		db.firstEngine.Store(kept)
	}
	return err
}
