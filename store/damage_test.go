package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// usedHome makes a home with some rows and lets go of it.
func usedHome(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	db := open(t, dir)
	for i := range 60 {
		must(t, writeRound(context.Background(), db, fmt.Sprintf("ports/%d", i)))
	}
	must(t, db.Close())
	return dir
}

// crashedHome is a home as a crash leaves it: the last rows are in the log only.
func crashedHome(t *testing.T) (dir string) {
	t.Helper()
	live := usedHome(t)
	db := open(t, live)
	must(t, writeRound(context.Background(), db, "ports/last"))
	return crashed(t, live)
}

// crashed copies an open home as it is.
func crashed(t *testing.T, live string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	for _, suffix := range []string{"", "-wal", "-shm"} {
		copyFile(t, filepath.Join(live, FileName+suffix), filepath.Join(dir, FileName+suffix))
	}
	return dir
}

// overwrite puts junk into the file from offset on.
func overwrite(t *testing.T, path string, offset int64, length int) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	must(t, err)
	_, err = f.WriteAt([]byte(strings.Repeat("junk", length/4)), offset)
	must(t, err)
	must(t, f.Close())
}

func TestADamagedFileIsReportedAndNeverTouched(t *testing.T) {
	tests := map[string]func(t *testing.T) (dir string){
		"some text": func(t *testing.T) string {
			dir := t.TempDir()
			must(t, os.WriteFile(filepath.Join(dir, FileName), []byte(strings.Repeat("not a database\n", 1000)), 0o600))
			return dir
		},
		"a header of junk": func(t *testing.T) string {
			dir := usedHome(t)
			overwrite(t, filepath.Join(dir, FileName), 0, 100)
			return dir
		},
		"a header of junk after a crash": func(t *testing.T) string {
			dir := crashedHome(t)
			overwrite(t, filepath.Join(dir, FileName), 0, 100)
			return dir
		},
		"a schema of junk": func(t *testing.T) string {
			dir := usedHome(t)
			overwrite(t, filepath.Join(dir, FileName), 100, 3000)
			return dir
		},
		"cut within the first page": func(t *testing.T) string {
			dir := usedHome(t)
			must(t, os.Truncate(filepath.Join(dir, FileName), 700))
			return dir
		},
		"cut after two pages": func(t *testing.T) string {
			dir := usedHome(t)
			must(t, os.Truncate(filepath.Join(dir, FileName), 2*4096))
			return dir
		},
		"emptied after a crash": func(t *testing.T) string {
			dir := crashedHome(t)
			must(t, os.Truncate(filepath.Join(dir, FileName), 0))
			return dir
		},
		"gone after a crash": func(t *testing.T) string {
			dir := crashedHome(t)
			must(t, os.Remove(filepath.Join(dir, FileName)))
			return dir
		},
		"the database of another program": func(t *testing.T) string {
			return rawDatabase(t, `CREATE TABLE bookmarks (url TEXT)`)
		},
		"the same after a crash": func(t *testing.T) string {
			live := rawDatabase(t, `PRAGMA journal_mode = WAL`, `CREATE TABLE bookmarks (url TEXT)`)
			raw, err := sql.Open("sqlite", filepath.Join(live, FileName))
			must(t, err)
			defer raw.Close()
			_, err = raw.Exec(`INSERT INTO bookmarks VALUES ('somewhere')`)
			must(t, err)
			return crashed(t, live)
		},
		"our version on other tables": func(t *testing.T) string {
			return rawDatabase(t, `CREATE TABLE bookmarks (url TEXT)`, `PRAGMA user_version = 1`)
		},
	}
	for name, damaged := range tests {
		t.Run(name, func(t *testing.T) {
			dir := damaged(t)
			path := filepath.Join(dir, FileName)
			before := contents(t, path)

			_, err := Open(context.Background(), dir)
			var corrupt *CorruptError
			if !errors.As(err, &corrupt) {
				t.Fatalf("error %v, want a *CorruptError", err)
			}
			if corrupt.Path != path {
				t.Errorf("the error names %s, want %s", corrupt.Path, path)
			}
			if after := contents(t, path); after != before {
				t.Error("the files were changed")
			}

			// The advice helps: what was there is kept, and a new home begins.
			if len(corrupt.Moves) == 0 {
				t.Fatal("there is no advice")
			}
			for _, move := range corrupt.Moves {
				if _, err := os.Lstat(move.To); err == nil {
					t.Errorf("%s is in the way of the advice", move.To)
				}
				must(t, os.Rename(move.From, move.To))
			}
			soundness(t, open(t, dir))
		})
	}
}

func TestDamageThatShowsLaterIsReportedThen(t *testing.T) {
	ctx := context.Background()
	dir := usedHome(t)
	db := open(t, dir)
	var page int64
	must(t, db.sql.QueryRow(`SELECT rootpage FROM sqlite_schema WHERE name = 'progress'`).Scan(&page))
	must(t, db.Close())
	overwrite(t, db.path, (page-1)*4096, 4096)

	db = open(t, dir)
	var corrupt *CorruptError
	if _, err := db.Events(ctx, Filter{}); !errors.As(err, &corrupt) {
		t.Errorf("reading: error %v, want a *CorruptError", err)
	}
	if err := db.Record(ctx, passedEvent("ports/more")); !errors.As(err, &corrupt) {
		t.Errorf("writing: error %v, want a *CorruptError", err)
	}
	if _, err := db.LastSeq(ctx); err != nil {
		t.Errorf("what is sound cannot be read: %v", err)
	}
}

// rawDatabase makes a database that is not ours where ours would be.
func rawDatabase(t *testing.T, statements ...string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	raw, err := sql.Open("sqlite", filepath.Join(dir, FileName))
	must(t, err)
	for _, statement := range statements {
		_, err := raw.Exec(statement)
		must(t, err)
	}
	must(t, raw.Close())
	return dir
}

// contents is what is in the file and in its log; an empty log is as good as none.
func contents(t *testing.T, path string) string {
	t.Helper()
	var all strings.Builder
	for _, path := range []string{path, path + "-wal"} {
		data, err := os.ReadFile(path)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
		fmt.Fprintf(&all, "%d %s\n", len(data), data)
	}
	return all.String()
}
