package store

import (
	"context"
	"database/sql"
	"math/rand/v2"
	"time"
)

// defaultPatience is how long a call waits for other processes before it gives
// up with ErrBusy. Each holds the lock for less than a millisecond, a
// checkpoint for as long as two syncs of the disk take.
const defaultPatience = 10 * time.Second

// write runs fn in a transaction that holds the write lock from its beginning,
// and commits. fn may run more than once and uses nothing but tx: the
// connection is taken.
func (db *DB) write(ctx context.Context, doing string, fn func(tx *sql.Tx) error) error {
	return db.explain(doing, db.transact(ctx, fn))
}

// transact is write with the driver's own errors.
func (db *DB) transact(ctx context.Context, fn func(tx *sql.Tx) error) error {
	return db.patiently(ctx, func() error {
		tx, err := db.sql.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		defer tx.Rollback() // nothing happens after Commit
		if err := fn(tx); err != nil {
			return err
		}
		return tx.Commit()
	})
}

// row reads one row into dest; sql.ErrNoRows comes back as it is.
func (db *DB) row(ctx context.Context, doing, query string, args, dest []any) error {
	return db.explain(doing, db.patiently(ctx, func() error {
		return db.sql.QueryRowContext(ctx, query, args...).Scan(dest...)
	}))
}

// list reads all rows of a query, each by scan.
func list[T any](ctx context.Context, db *DB, doing, query string, args []any, scan func(*sql.Rows) (T, error)) ([]T, error) {
	var all []T
	err := db.patiently(ctx, func() error {
		all = nil
		rows, err := db.sql.QueryContext(ctx, query, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			one, err := scan(rows)
			if err != nil {
				return err
			}
			all = append(all, one)
		}
		return rows.Err()
	})
	return all, db.explain(doing, err)
}

// table is list for queries with one row for each key.
func table[V any](ctx context.Context, db *DB, doing, query string, args []any, scan func(*sql.Rows) (string, V, error)) (map[string]V, error) {
	type pair struct {
		key   string
		value V
	}
	pairs, err := list(ctx, db, doing, query, args, func(rows *sql.Rows) (p pair, err error) {
		p.key, p.value, err = scan(rows)
		return p, err
	})
	if err != nil {
		return nil, err
	}
	all := make(map[string]V, len(pairs))
	for _, p := range pairs {
		all[p.key] = p.value
	}
	return all, nil
}

// patiently runs fn until it meets no lock of another process, patience is
// over or ctx is done. SQLite could wait by itself, but without looking at
// ctx, and with sleeps that grow to a tenth of a second.
func (db *DB) patiently(ctx context.Context, fn func() error) error {
	var deadline time.Time
	for {
		err := fn()
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if !isBusy(err) {
			return err
		}
		// The real clock, not the injected one: this is about waiting.
		if deadline.IsZero() {
			deadline = time.Now().Add(db.patience)
		} else if time.Now().After(deadline) {
			return err
		}
		pause := time.NewTimer(time.Millisecond + rand.N(9*time.Millisecond))
		select {
		case <-ctx.Done():
			pause.Stop()
			return ctx.Err()
		case <-pause.C:
		}
	}
}

// nanos is t as the database keeps it.
func nanos(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixNano()
}

// at is the time the database keeps as n, in UTC.
func at(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.Unix(0, n).UTC()
}
