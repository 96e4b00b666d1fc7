package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestMigrationsAreNumberedWithoutAGap(t *testing.T) {
	files, err := migrations.ReadDir("migration")
	must(t, err)
	for i, file := range files {
		if want := fmt.Sprintf("%04d_", i+1); !strings.HasPrefix(file.Name(), want) {
			t.Errorf("migration %s stands at place %d, want a name that begins with %s", file.Name(), i+1, want)
		}
	}
}

func TestAnEmptyFileBecomesAHomeOfTheNewestVersion(t *testing.T) {
	dir := t.TempDir()
	must(t, os.WriteFile(filepath.Join(dir, FileName), nil, 0o600))
	db := open(t, dir)
	files, err := migrations.ReadDir("migration")
	must(t, err)
	if got := value(db.version(context.Background()))(t); got != len(files) {
		t.Errorf("version %d, want %d", got, len(files))
	}
	soundness(t, db)
}

func TestAStepThatFailsLeavesNothingBehind(t *testing.T) {
	ctx := context.Background()
	db := open(t, t.TempDir())
	before := value(db.version(ctx))(t)
	err := db.step(ctx, before+1, `CREATE TABLE later (x) STRICT; SELECT nonsense;`)
	if err == nil {
		t.Fatal("a script with a fault was taken")
	}
	if got := value(db.version(ctx))(t); got != before {
		t.Errorf("version %d after the fault, want %d", got, before)
	}
	must(t, db.step(ctx, before+1, `CREATE TABLE later (x INTEGER) STRICT;`))
	if got := value(db.version(ctx))(t); got != before+1 {
		t.Errorf("version %d after the step, want %d", got, before+1)
	}
	// Another process, which has seen the old version, comes too late.
	must(t, db.step(ctx, before+1, `CREATE TABLE later (x INTEGER) STRICT;`))
}

func TestAFileOfANewerKihonIsRefusedAndKept(t *testing.T) {
	dir := t.TempDir()
	db := open(t, dir)
	must(t, db.SetSetting(context.Background(), "position", "ports"))
	_, err := db.sql.Exec(`PRAGMA user_version = 99`)
	must(t, err)
	must(t, db.Close())
	before, err := os.ReadFile(db.path)
	must(t, err)

	_, err = Open(context.Background(), dir)
	var newer *NewerError
	if !errors.As(err, &newer) {
		t.Fatalf("error %v, want a *NewerError", err)
	}
	if newer.Version != 99 || newer.Path != db.path || newer.Known == 0 {
		t.Errorf("the error knows %+v", *newer)
	}
	if !strings.Contains(err.Error(), "update kihon") {
		t.Errorf("%q does not say what to do", err)
	}
	after, err := os.ReadFile(db.path)
	must(t, err)
	if string(before) != string(after) {
		t.Error("the file was changed")
	}
}
