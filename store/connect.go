package store

import (
	"context"
	"database/sql/driver"
	"net/url"
	"path/filepath"
	"strings"

	"modernc.org/sqlite"
)

// pragmas are set on each connection. Few of them: each takes a part of the
// millisecond in which a home is opened.
var pragmas = []string{
	// No sync at each commit; see "What survives" in the package comment.
	"PRAGMA synchronous = NORMAL",
	// Whoever opens the file first reads the whole log, about 0.4 ms for each
	// MB. At 256 pages of 4 KiB it is folded into the file.
	"PRAGMA wal_autocheckpoint = 256",
}

// connector opens connections to the file that source names.
type connector struct{ source string }

func (c connector) Driver() driver.Driver { return &sqlite.Driver{} }

// Connect opens a connection and sets its pragmas. They could be part of the
// source, but then the driver would close the connection when one of them
// meets a damaged file, and as SQLite closes the last connection it removes
// the log, which may hold the only sound rows. So it is left open.
func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.Driver().Open(c.source)
	if err != nil {
		return nil, err
	}
	for _, pragma := range pragmas {
		_, err := conn.(driver.ExecerContext).ExecContext(ctx, pragma, nil)
		if err == nil {
			continue
		}
		if !isDamage(err) {
			conn.Close()
		}
		return nil, err
	}
	return conn, nil
}

// source is the driver's address of the file at path.
func source(path string) string {
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // C:/Users/... on Windows
	}
	query := url.Values{
		"_txlock": {"immediate"}, // for DB.write; reads run outside a transaction
		"_dqs":    {"0"},         // a misspelled column is an error, not a string
		// The driver's default adds the message of an earlier fault to some errors.
		"_error_rc": {"1"},
		// In milliseconds. SQLite sleeps through it without looking at a
		// context, so it is short; DB.patiently goes on waiting.
		"_busy_timeout": {"100"},
	}
	return (&url.URL{Scheme: "file", Path: path, RawQuery: query.Encode()}).String()
}
