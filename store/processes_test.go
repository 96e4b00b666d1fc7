package store

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"testing"
	"time"
)

func TestEightProcessesMakeOneHomeAndLoseNothing(t *testing.T) {
	const writers = 8
	dir := filepath.Join(t.TempDir(), "home")
	var processes []process
	for i := range writers {
		processes = append(processes, startProcess(t, "append", dir, fmt.Sprintf("writer-%d", i)))
	}
	homes := map[string]bool{}
	type place struct{ id, name string }
	acknowledged := map[int64]place{}
	for i, p := range processes {
		lines := p.rest()
		must(t, p.Wait())
		if len(lines) != 1+appendsPerWriter {
			t.Fatalf("writer %d said %d lines, want %d", i, len(lines), 1+appendsPerWriter)
		}
		homes[lines[0]] = true
		for n, line := range lines[1:] {
			seq, err := strconv.ParseInt(line, 10, 64)
			must(t, err)
			if other, taken := acknowledged[seq]; taken {
				t.Errorf("seq %d was given to writer-%d and to %v", seq, i, other)
			}
			acknowledged[seq] = place{fmt.Sprintf("writer-%d", i), strconv.Itoa(n)}
		}
	}
	if len(homes) != 1 {
		t.Errorf("the processes see the homes %v, want one", homes)
	}

	db := open(t, dir)
	entries := value(db.Since(context.Background(), 0))(t)
	if len(entries) != writers*appendsPerWriter {
		t.Errorf("the journal has %d entries, want %d", len(entries), writers*appendsPerWriter)
	}
	for i, e := range entries {
		if e.Seq != int64(i+1) {
			t.Fatalf("entry %d has seq %d: there is a gap", i, e.Seq)
		}
		if got := (place{e.ID, e.Name}); got != acknowledged[e.Seq] {
			t.Errorf("seq %d holds %v, but %v was told so", e.Seq, got, acknowledged[e.Seq])
		}
	}
	soundness(t, db)
}

func TestKillAtAnyMomentLosesNothingAcknowledged(t *testing.T) {
	const rounds = 30
	home := t.TempDir()
	for round := range rounds {
		dir, lines, pause := home, rand.N(60), 4*time.Millisecond
		if round%3 == 0 { // killed while it makes the home, or soon after
			dir, lines, pause = filepath.Join(t.TempDir(), "new"), 0, 20*time.Millisecond
		}
		name := fmt.Sprintf("round-%d", round)
		p := startProcess(t, "until-killed", dir, name)
		acknowledged := 0
		for range lines {
			if !p.lines.Scan() {
				t.Fatalf("the writer ended by itself: %v", p.Wait())
			}
			acknowledged++
		}
		// Any moment, not just the one after an acknowledgement. It only
		// spreads the kills; nothing depends on how long it is.
		time.Sleep(rand.N(pause))
		must(t, p.Process.Kill())
		acknowledged += len(p.rest()) // what it said before it died
		p.Wait()
		checkAfterKill(t, dir, name, acknowledged)
	}
	soundness(t, open(t, home))
}

// checkAfterKill looks for what the process had said, and for halves.
func checkAfterKill(t *testing.T, dir, name string, acknowledged int) {
	t.Helper()
	ctx := context.Background()
	db := open(t, dir)
	defer db.Close()
	entries := map[string]int{}
	for _, e := range value(db.Since(ctx, 0))(t) {
		entries[e.ID]++
	}
	variables := value(db.VariablesOfLesson(ctx, name))(t)
	passes := value(db.Passes(ctx, "docker-basics"))(t)
	for i := range acknowledged {
		exercise := roundExercise(name, i)
		_, passed := passes[exercise]
		if entries[exercise] != 2 || variables[exercise] == nil || !passed {
			t.Errorf("%s was acknowledged; left are %d of 2 entries, variables %v, passed %v",
				exercise, entries[exercise], variables[exercise], passed)
		}
	}
	for id, n := range entries {
		if n != 2 {
			t.Errorf("half of what was appended at once for %s is there", id)
		}
	}
	for exercise := range passes {
		if value(db.Attempt(ctx, exercise))(t).LastCheckSeq == 0 {
			t.Errorf("half of the check of %s is there", exercise)
		}
	}
	must(t, db.SetSetting(ctx, "position", name))
}

func TestTwoGoroutinesAndTwoHandlesTakeTurns(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	handles := []*DB{open(t, dir), open(t, dir)}
	var group sync.WaitGroup
	for i := range 8 {
		group.Add(1)
		go func() {
			defer group.Done()
			for n := range 25 {
				if err := writeRound(ctx, handles[i%2], fmt.Sprintf("goroutine-%d/%d", i, n)); err != nil {
					t.Error(err)
				}
			}
		}()
	}
	group.Wait()
	if got := value(handles[0].LastSeq(ctx))(t); got != 8*25*2 {
		t.Errorf("last seq %d, want %d", got, 8*25*2)
	}
}

// holdLock keeps the write lock of the home in dir until the returned function
// is called.
func holdLock(t *testing.T, dir string) (release func()) {
	t.Helper()
	tx, err := open(t, dir).sql.Begin()
	must(t, err)
	return func() { must(t, tx.Rollback()) }
}

// await polls until the number of connections in use is n: 1 while a call of db
// tries, 0 while it pauses between two tries.
func await(t *testing.T, db *DB, n int) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); db.sql.Stats().InUse != n; runtime.Gosched() {
		if time.Now().After(deadline) {
			t.Fatalf("the connections in use are never %d", n)
		}
	}
}

func TestReadersDoNotWaitForAWriter(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	db := open(t, dir)
	must(t, writeRound(ctx, db, "ports/reach-apache"))
	defer holdLock(t, dir)()
	if got := value(db.LastSeq(ctx))(t); got != 2 {
		t.Errorf("last seq %d, want 2", got)
	}
	if _, err := Open(ctx, dir); err != nil {
		t.Errorf("the home cannot be opened: %v", err)
	}
}

func TestAWriterWaitsForAnother(t *testing.T) {
	dir := t.TempDir()
	db := open(t, dir)
	release := holdLock(t, dir)
	done := make(chan error)
	go func() { done <- db.SetSetting(context.Background(), "position", "ports") }()
	await(t, db, 1)
	await(t, db, 0) // SQLite has waited as long as it does, and given up
	release()
	must(t, <-done)
}

func TestAWriterGivesUpInTheEnd(t *testing.T) {
	dir := t.TempDir()
	db := open(t, dir)
	db.patience = 0
	defer holdLock(t, dir)()
	if err := db.SetSetting(context.Background(), "position", "ports"); !errors.Is(err, ErrBusy) {
		t.Errorf("error %v, want ErrBusy", err)
	}
}

func TestAWaitingWriterHeedsItsContext(t *testing.T) {
	dir := t.TempDir()
	db := open(t, dir)
	release := holdLock(t, dir)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- db.SetSetting(ctx, "position", "ports") }()
	await(t, db, 1)
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want context.Canceled", err)
	}
	release()
	if _, there, err := db.Setting(context.Background(), "position"); there || err != nil {
		t.Errorf("after it gave up: there %v, error %v, want neither", there, err)
	}
	must(t, db.SetSetting(context.Background(), "position", "ports"))
}
