package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"math"
	"time"
)

// Kind is what an Event is about.
type Kind string

// The kinds.
const (
	KindAttempt  Kind = "attempt"  // a check that did not end in a pass
	KindPassed   Kind = "passed"   // a check that did
	KindHint     Kind = "hint"     // one hint was shown
	KindSolution Kind = "solution" // the solution was shown
	KindAnswer   Kind = "answer"   // an answer was given
	KindReset    Kind = "reset"    // a new attempt began
)

// Event is one thing in the learner's record. Fields that do not apply are empty.
type Event struct {
	// Time is when it was, by this computer's clock; Record fills it in when
	// it is zero.
	Time time.Time
	// Exercise is a full ID, LESSON/EXERCISE.
	Exercise string
	Kind     Kind
	// Outcome is that of the check, as checker.Outcome spells it.
	Outcome string
	// Finding is the code of the first finding.
	Finding string
	// Evidence is JSON: what was observed.
	Evidence json.RawMessage
	CourseID string
	// CourseVersion is the version of the course that was passed.
	CourseVersion string
	// Engine is the engine's version.
	Engine string
}

// Record adds the event to the record. Nothing can take it away again.
func (db *DB) Record(ctx context.Context, event Event) error {
	if err := event.valid(); err != nil {
		return err
	}
	return db.write(ctx, "record progress in", func(tx *sql.Tx) error {
		return db.record(ctx, tx, event)
	})
}

// RecordCheck adds the events of one check, one for each exercise that was
// judged, and marks these exercises as checked with the journal at seq, in one
// transaction. It costs little more than Record alone.
func (db *DB) RecordCheck(ctx context.Context, seq int64, events ...Event) error {
	for _, event := range events {
		if err := event.valid(); err != nil {
			return err
		}
	}
	return db.write(ctx, "record the check in", func(tx *sql.Tx) error {
		for _, event := range events {
			if err := db.record(ctx, tx, event); err != nil {
				return err
			}
			if err := markChecked(ctx, tx, event.Exercise, seq); err != nil {
				return err
			}
		}
		return nil
	})
}

func (e Event) valid() error {
	switch e.Kind {
	case KindAttempt, KindPassed, KindHint, KindSolution, KindAnswer, KindReset:
	default:
		return fmt.Errorf("record progress of %q: there is no kind %q", e.Exercise, e.Kind)
	}
	if e.Exercise == "" {
		return fmt.Errorf("record progress: an event of kind %q names no exercise", e.Kind)
	}
	if len(e.Evidence) > 0 && !json.Valid(e.Evidence) {
		return fmt.Errorf("record progress of %s: the evidence is no JSON", e.Exercise)
	}
	return nil
}

func (db *DB) record(ctx context.Context, tx *sql.Tx, e Event) error {
	if e.Time.IsZero() {
		e.Time = db.now()
	}
	evidence := sql.NullString{String: string(e.Evidence), Valid: len(e.Evidence) > 0}
	_, err := tx.ExecContext(ctx, `INSERT INTO progress
		(time, exercise, kind, outcome, finding, evidence, course, course_version, engine)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		nanos(e.Time), e.Exercise, string(e.Kind), e.Outcome, e.Finding, evidence,
		e.CourseID, e.CourseVersion, e.Engine)
	return err
}

// Filter says which events to return; its zero value says all of them.
type Filter struct {
	// Since leaves out what was before it.
	Since time.Time
	// Lesson leaves out the exercises of other lessons.
	Lesson string
	// CourseID leaves out other courses.
	CourseID string
}

// Events returns the recorded events in the order in which they were recorded.
func (db *DB) Events(ctx context.Context, filter Filter) ([]Event, error) {
	since := int64(math.MinInt64)
	if !filter.Since.IsZero() {
		since = filter.Since.UnixNano()
	}
	from, to := lessonRange(filter.Lesson)
	return list(ctx, db, "read progress from", `
		SELECT time, exercise, kind, outcome, finding, evidence, course, course_version, engine FROM progress
		WHERE time >= ? AND (? OR exercise >= ? AND exercise < ?) AND (? OR course = ?) ORDER BY seq`,
		[]any{since, filter.Lesson == "", from, to, filter.CourseID == "", filter.CourseID},
		func(rows *sql.Rows) (Event, error) {
			var e Event
			var time int64
			var evidence sql.NullString
			err := rows.Scan(&time, &e.Exercise, &e.Kind, &e.Outcome, &e.Finding, &evidence,
				&e.CourseID, &e.CourseVersion, &e.Engine)
			e.Time = at(time)
			if evidence.Valid {
				e.Evidence = json.RawMessage(evidence.String)
			}
			return e, err
		})
}

// Passes returns the time of the first pass of each exercise of the course
// that has one.
func (db *DB) Passes(ctx context.Context, courseID string) (map[string]time.Time, error) {
	// SQLite takes the other columns from the row that min or max found
	// (sqlite.org/lang_select.html, "bare columns").
	return table(ctx, db, "read progress from", `
		SELECT exercise, time, min(seq) FROM progress
		WHERE kind = 'passed' AND course = ? GROUP BY exercise`, []any{courseID},
		func(rows *sql.Rows) (string, time.Time, error) {
			var exercise string
			var time, seq int64
			err := rows.Scan(&exercise, &time, &seq)
			return exercise, at(time), err
		})
}

// Attempted returns the outcome of the last check of each exercise of the
// course that has been checked.
func (db *DB) Attempted(ctx context.Context, courseID string) (map[string]string, error) {
	return table(ctx, db, "read progress from", `
		SELECT exercise, outcome, max(seq) FROM progress
		WHERE kind IN ('attempt', 'passed') AND course = ? GROUP BY exercise`, []any{courseID},
		func(rows *sql.Rows) (exercise, outcome string, err error) {
			var seq int64
			err = rows.Scan(&exercise, &outcome, &seq)
			return exercise, outcome, err
		})
}

// HintsShown is how many events of kind hint the exercise has since its
// attempt began: the number of the next hint, from 0.
func (db *DB) HintsShown(ctx context.Context, exerciseID string) (n int, err error) {
	err = db.row(ctx, "read progress from", `
		SELECT count(*) FROM progress WHERE kind = 'hint' AND exercise = ?1
		AND seq > coalesce((SELECT from_event FROM attempt WHERE exercise = ?1), 0)`,
		[]any{exerciseID}, []any{&n})
	return n, err
}
