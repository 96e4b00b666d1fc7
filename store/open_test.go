package store

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"
)

func TestAHomeKeepsItsIDAndFirstUse(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state", "kihon")
	clock := newClock()
	first := open(t, dir, WithClock(clock.now))
	id, use := first.HomeID(), first.FirstUse()
	if !regexp.MustCompile(`^[0-9a-f]{12}$`).MatchString(id) {
		t.Errorf("home ID %q, want 12 hexadecimal digits", id)
	}
	if !use.Equal(clock.t) {
		t.Errorf("first use %v, want %v", use, clock.t)
	}
	must(t, first.Close())
	clock.move(time.Hour)
	again := open(t, dir, WithClock(clock.now))
	if again.HomeID() != id || !again.FirstUse().Equal(use) {
		t.Errorf("opened again it is home %s of %v, want %s of %v", again.HomeID(), again.FirstUse(), id, use)
	}
	if other := open(t, t.TempDir()); other.HomeID() == id {
		t.Errorf("two homes have the ID %s", id)
	}
}

func TestOpenRefusesNoDirectoryRatherThanTakingTheCurrentOne(t *testing.T) {
	if _, err := Open(context.Background(), ""); err == nil {
		t.Error("an empty name was taken as a directory")
	}
}

func TestAnyDirectoryNameWill(t *testing.T) {
	for _, name := range []string{"with space", "a?b#c&d=e", "100%41", "きほん", "semi;colon", `quo"te'`} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), name)
			db := open(t, dir)
			must(t, db.SetSetting(context.Background(), "position", "ports"))
			if _, err := os.Stat(filepath.Join(dir, FileName)); err != nil {
				t.Errorf("the file is not where it should be: %v", err)
			}
			var mode string
			must(t, db.sql.QueryRow(`PRAGMA journal_mode`).Scan(&mode))
			if mode != "wal" {
				t.Errorf("journal mode %s, want wal", mode)
			}
		})
	}
}

func TestARelativeDirectoryStaysWhereItWas(t *testing.T) {
	t.Chdir(t.TempDir())
	db := open(t, "home")
	t.Chdir(t.TempDir())
	must(t, db.SetSetting(context.Background(), "position", "ports"))
	if !filepath.IsAbs(db.Path()) {
		t.Errorf("path %s, want an absolute one", db.Path())
	}
}

func TestTheFirstLookAtTheEnginesClockStays(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	clock := newClock()
	db := open(t, dir, WithClock(clock.now))
	if got := value(db.Attempt(ctx, "ports/reach-apache"))(t); !got.EngineTime.IsZero() {
		t.Errorf("engine time %v before the engine was met, want zero", got.EngineTime)
	}
	// The engine's clock is five minutes ahead, and it is met a minute later.
	want := clock.t.Add(5 * time.Minute)
	clock.move(time.Minute)
	must(t, db.NoteEngineTime(ctx, time.Time{}))
	must(t, db.NoteEngineTime(ctx, clock.t.Add(5*time.Minute)))
	other := open(t, dir, WithClock(clock.now))
	must(t, other.NoteEngineTime(ctx, clock.t.Add(99*time.Hour)))
	must(t, db.NoteEngineTime(ctx, clock.t.Add(99*time.Hour)))
	for _, db := range []*DB{db, other, open(t, dir)} {
		if got := value(db.Attempt(ctx, "ports/reach-apache"))(t); !got.EngineTime.Equal(want) {
			t.Errorf("engine time of the first attempt %v, want %v", got.EngineTime, want)
		}
	}
}
