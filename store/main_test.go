package store

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"testing"
	"time"

	"kihon/sandbox/journal"
)

// The tests need other processes that have the same home open. They are this
// test binary once more, with one of these roles.
const (
	roleVariable = "KIHON_STORE_TEST_ROLE"
	dirVariable  = "KIHON_STORE_TEST_DIR"
	nameVariable = "KIHON_STORE_TEST_NAME"
)

func TestMain(m *testing.M) {
	role, ok := os.LookupEnv(roleVariable)
	if !ok {
		os.Exit(m.Run())
	}
	if err := play(context.Background(), role, os.Getenv(dirVariable), os.Getenv(nameVariable)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// appendsPerWriter is how much the role "append" writes.
const appendsPerWriter = 200

// play is what a process in a role does. It says on standard output what the
// store has acknowledged, one line each.
func play(ctx context.Context, role, dir, name string) error {
	began := time.Now()
	db, err := Open(ctx, dir)
	if err != nil {
		return err
	}
	switch role {
	case "append":
		fmt.Println(db.HomeID())
		for i := range appendsPerWriter {
			seq, err := db.Append(ctx, journal.Entry{Object: "container", Action: "start", ID: name, Name: strconv.Itoa(i)})
			if err != nil {
				return err
			}
			fmt.Println(seq)
		}
		return db.Close()
	case "until-killed":
		for i := 0; ; i++ {
			if err := writeRound(ctx, db, roundExercise(name, i)); err != nil {
				return err
			}
			fmt.Println(i)
		}
	case "stopwatch":
		if _, err := db.LastSeq(ctx); err != nil {
			return err
		}
		opened := time.Since(began)
		began = time.Now()
		if err := db.RecordCheck(ctx, 1, passedEvent("ports/reach-apache")); err != nil {
			return err
		}
		fmt.Println(opened.Microseconds(), time.Since(began).Microseconds())
		return nil // without Close, as a command ends
	}
	return fmt.Errorf("there is no role %q", role)
}

func roundExercise(name string, i int) string { return fmt.Sprintf("%s/%d", name, i) }

// writeRound writes a bit of everything about one exercise.
func writeRound(ctx context.Context, db *DB, exercise string) error {
	seq, err := db.Append(ctx, created("container", exercise), started(exercise))
	if err != nil {
		return err
	}
	if _, err := db.KeepVariables(ctx, exercise, map[string]Variable{"host_port": {Value: "18080", Default: "8080"}}); err != nil {
		return err
	}
	return db.RecordCheck(ctx, seq, passedEvent(exercise))
}

func created(object, id string) journal.Entry {
	return journal.Entry{Actor: journal.Learner, Source: journal.Call, Object: object, Action: "create", ID: id, Status: 201}
}

func started(id string) journal.Entry {
	return journal.Entry{Actor: journal.Learner, Source: journal.Call, Object: "container", Action: "start", ID: id, Status: 204}
}

func passedEvent(exercise string) Event {
	return Event{Exercise: exercise, Kind: KindPassed, Outcome: "passed", CourseID: "docker-basics", CourseVersion: "2026.1",
		Engine: "20.10.24", Evidence: []byte(`[{"fact":"container apa000ex2","value":"running"}]`)}
}

// A process is one that plays a role.
type process struct {
	*exec.Cmd
	lines *bufio.Scanner
}

// startProcess starts a process in a role; it ends with the test at the latest.
func startProcess(tb testing.TB, role, dir, name string) process {
	tb.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), roleVariable+"="+role, dirVariable+"="+dir, nameVariable+"="+name)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		tb.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if cmd.ProcessState == nil {
			cmd.Process.Kill()
			cmd.Wait()
		}
	})
	return process{cmd, bufio.NewScanner(out)}
}

// rest reads the lines the process still has to say.
func (p process) rest() (lines []string) {
	for p.lines.Scan() {
		lines = append(lines, p.lines.Text())
	}
	return lines
}

// open opens the home in dir and closes it with the test.
func open(tb testing.TB, dir string, options ...Option) *DB {
	tb.Helper()
	db, err := Open(context.Background(), dir, options...)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { db.Close() })
	return db
}

// must fails the test on an error.
func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// value fails the test on an error and returns the value otherwise.
func value[T any](v T, err error) func(tb testing.TB) T {
	return func(tb testing.TB) T {
		tb.Helper()
		must(tb, err)
		return v
	}
}

// clock is one that stands still until it is moved.
type clock struct{ t time.Time }

func newClock() *clock { return &clock{time.Date(2026, 4, 1, 9, 0, 0, 123456789, time.UTC)} }

func (c *clock) now() time.Time { return c.t }

func (c *clock) move(d time.Duration) time.Time {
	c.t = c.t.Add(d)
	return c.t
}

// copyFile copies from to to.
func copyFile(tb testing.TB, from, to string) {
	tb.Helper()
	in, err := os.Open(from)
	must(tb, err)
	defer in.Close()
	out, err := os.Create(to)
	must(tb, err)
	_, err = io.Copy(out, in)
	must(tb, err)
	must(tb, out.Close())
}

// soundness fails the test unless SQLite finds the whole file in order.
func soundness(tb testing.TB, db *DB) {
	tb.Helper()
	var verdict string
	must(tb, db.sql.QueryRow(`PRAGMA integrity_check`).Scan(&verdict))
	if verdict != "ok" {
		tb.Errorf("integrity_check: %s", verdict)
	}
}
