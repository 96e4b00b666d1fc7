package store

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// Setting returns the value kept under key, and false when there is none.
func (db *DB) Setting(ctx context.Context, key string) (value string, ok bool, err error) {
	err = db.row(ctx, "read the setting "+key+" from",
		`SELECT value FROM setting WHERE key = ?`, []any{key}, []any{&value})
	if errors.Is(err, sql.ErrNoRows) {
		return "", false, nil
	}
	return value, err == nil, err
}

// SetSetting keeps value under key, in place of an earlier one.
func (db *DB) SetSetting(ctx context.Context, key, value string) error {
	return db.write(ctx, "keep the setting "+key+" in", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `
			INSERT INTO setting (key, value) VALUES (?, ?)
			ON CONFLICT (key) DO UPDATE SET value = excluded.value`, key, value)
		return err
	})
}

// Touch writes something and nothing of meaning, to find out whether the home
// can be written.
func (db *DB) Touch(ctx context.Context) error {
	return db.SetSetting(ctx, "touched", db.now().UTC().Format(time.RFC3339Nano))
}
