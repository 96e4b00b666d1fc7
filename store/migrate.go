package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
)

// migrations has one file for each version of the schema, NNNN_what.sql,
// numbered from 0001 without a gap. A file that has been released is never
// edited; a change is a new file.
//
//go:embed migration/*.sql
var migrations embed.FS

// migrate brings the schema to the newest version, one transaction for each
// step. The version stands in the file's header (user_version), where it can
// be read without reading the schema, and is written by the step's own
// transaction.
func (db *DB) migrate(ctx context.Context) error {
	files, err := migrations.ReadDir("migration") // in the order of their names
	if err != nil {
		return err
	}
	version, err := db.version(ctx)
	if err != nil {
		return err
	}
	if version > len(files) {
		return &NewerError{Path: db.path, Version: version, Known: len(files)}
	}
	if version == len(files) {
		return nil
	}
	if version == 0 {
		if err := db.mustBeEmpty(ctx); err != nil {
			return err
		}
		if err := db.useLog(ctx); err != nil {
			return err
		}
	}
	for number := version + 1; number <= len(files); number++ {
		name := files[number-1].Name()
		script, err := migrations.ReadFile("migration/" + name)
		if err != nil {
			return err
		}
		if err := db.step(ctx, number, string(script)); err != nil {
			return fmt.Errorf("migration %s: %w", name, err)
		}
	}
	return nil
}

// step takes the schema from version number-1 to number, unless another
// process has done so since.
func (db *DB) step(ctx context.Context, number int, script string) error {
	return db.transact(ctx, func(tx *sql.Tx) error {
		var version int
		err := tx.QueryRowContext(ctx, `PRAGMA user_version`).Scan(&version)
		if err != nil || version >= number {
			return err
		}
		if _, err := tx.ExecContext(ctx, script); err != nil {
			return err
		}
		// A pragma takes no parameters; number is ours.
		_, err = tx.ExecContext(ctx, fmt.Sprintf(`PRAGMA user_version = %d`, number))
		return err
	})
}

func (db *DB) version(ctx context.Context) (version int, err error) {
	err = db.patiently(ctx, func() error {
		return db.sql.QueryRowContext(ctx, `PRAGMA user_version`).Scan(&version)
	})
	return version, err
}

// mustBeEmpty refuses a file without our version that has tables.
func (db *DB) mustBeEmpty(ctx context.Context) error {
	return db.patiently(ctx, func() error {
		// One statement sees one state of the file, also while another
		// process is making the home.
		var version, tables int
		err := db.sql.QueryRowContext(ctx,
			`SELECT (SELECT user_version FROM pragma_user_version), (SELECT count(*) FROM sqlite_schema)`).
			Scan(&version, &tables)
		if err == nil && version == 0 && tables > 0 {
			return db.corrupt(errors.New("it has the tables of another program"))
		}
		return err
	})
}

// useLog turns the write-ahead log on, which the file then remembers. On a
// file system that cannot do it SQLite keeps its rollback journal: slower, and
// readers wait for writers, but as safe against kill -9.
func (db *DB) useLog(ctx context.Context) error {
	return db.patiently(ctx, func() error {
		var mode string
		return db.sql.QueryRowContext(ctx, `PRAGMA journal_mode = WAL`).Scan(&mode)
	})
}
