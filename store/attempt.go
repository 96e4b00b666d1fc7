package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Attempt is what the store knows of the attempt an exercise is in. The first
// one begins with the home, each further one with a reset.
type Attempt struct {
	// Exercise is a full ID, LESSON/EXERCISE.
	Exercise string
	// FromSeq is the journal's last entry before the attempt: history counts
	// the entries with a greater Seq.
	FromSeq int64
	// Started is when it began by this computer's clock, EngineTime the same
	// moment on the engine's clock; zero while that is not known.
	Started, EngineTime time.Time
	// Variables by name; nil until they are drawn, empty when there are none.
	Variables map[string]Variable
	// LastCheckSeq is the journal's last entry at the last check, or at the
	// attempt's beginning.
	LastCheckSeq int64
}

// Variable is the value an attempt uses and the one it replaces, or equals.
type Variable struct {
	Value   string `json:"value"`
	Default string `json:"default"`
}

// Attempt returns the attempt the exercise is in.
func (db *DB) Attempt(ctx context.Context, exerciseID string) (Attempt, error) {
	a := Attempt{Exercise: exerciseID}
	var started, engine int64
	var variables sql.NullString
	err := db.row(ctx, "read the attempt of "+exerciseID+" in", `
		SELECT from_seq, started, engine_time, variables, checked_seq FROM attempt WHERE exercise = ?`,
		[]any{exerciseID}, []any{&a.FromSeq, &started, &engine, &variables, &a.LastCheckSeq})
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return Attempt{}, err
	}
	if a.Variables, err = decodeVariables(exerciseID, variables); err != nil {
		return Attempt{}, err
	}
	if started == 0 {
		started, engine = nanos(db.firstUse), db.firstEngine.Load()
	}
	a.Started, a.EngineTime = at(started), at(engine)
	return a, nil
}

// BeginAttempt begins a new attempt, without variables, answer and hints.
// fromSeq is the journal's last entry before it, engineTime the engine's clock
// now; zero when it is not known. It does not touch the record: the caller
// records the reset.
func (db *DB) BeginAttempt(ctx context.Context, exerciseID string, fromSeq int64, engineTime time.Time) error {
	return db.write(ctx, "begin an attempt of "+exerciseID+" in", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `
			INSERT OR REPLACE INTO attempt (exercise, started, engine_time, from_seq, checked_seq, from_event)
			VALUES (?1, ?2, ?3, ?4, ?4, (SELECT coalesce(max(seq), 0) FROM progress))`,
			exerciseID, nanos(db.now()), nanos(engineTime), fromSeq)
		return err
	})
}

// KeepVariables keeps what was drawn for the exercise's attempt and returns
// what is kept. When two processes draw at once the first one's stay, and both
// get them.
func (db *DB) KeepVariables(ctx context.Context, exerciseID string, drawn map[string]Variable) (map[string]Variable, error) {
	if drawn == nil {
		drawn = map[string]Variable{} // drawn, and there are none
	}
	text, err := json.Marshal(drawn)
	if err != nil {
		return nil, fmt.Errorf("keep the variables of %s: %w", exerciseID, err)
	}
	var kept sql.NullString
	err = db.write(ctx, "keep the variables of "+exerciseID+" in", func(tx *sql.Tx) error {
		return tx.QueryRowContext(ctx, `
			INSERT INTO attempt (exercise, variables) VALUES (?, ?)
			ON CONFLICT (exercise) DO UPDATE SET variables = coalesce(variables, excluded.variables)
			RETURNING variables`, exerciseID, string(text)).Scan(&kept)
	})
	if err != nil {
		return nil, err
	}
	return decodeVariables(exerciseID, kept)
}

// VariablesOfLesson returns the kept variables of the lesson's exercises by
// full exercise ID; those that have none yet are left out.
func (db *DB) VariablesOfLesson(ctx context.Context, lesson string) (map[string]map[string]Variable, error) {
	from, to := lessonRange(lesson)
	return table(ctx, db, "read the variables of "+lesson+" in", `
		SELECT exercise, variables FROM attempt
		WHERE exercise >= ? AND exercise < ? AND variables IS NOT NULL`, []any{from, to},
		func(rows *sql.Rows) (exercise string, variables map[string]Variable, err error) {
			var text sql.NullString
			if err = rows.Scan(&exercise, &text); err == nil {
				variables, err = decodeVariables(exercise, text)
			}
			return exercise, variables, err
		})
}

// MarkChecked says that the exercise has been checked with the journal at seq.
// Of two checks at once the later place in the journal stays.
func (db *DB) MarkChecked(ctx context.Context, exerciseID string, seq int64) error {
	return db.write(ctx, "mark the check of "+exerciseID+" in", func(tx *sql.Tx) error {
		return markChecked(ctx, tx, exerciseID, seq)
	})
}

func markChecked(ctx context.Context, tx *sql.Tx, exerciseID string, seq int64) error {
	_, err := tx.ExecContext(ctx, `
		INSERT INTO attempt (exercise, checked_seq) VALUES (?, ?)
		ON CONFLICT (exercise) DO UPDATE SET checked_seq = max(checked_seq, excluded.checked_seq)`,
		exerciseID, seq)
	return err
}

// SetAnswer keeps the learner's typed answer to the exercise, in place of an
// earlier one of this attempt.
func (db *DB) SetAnswer(ctx context.Context, exerciseID, text string) error {
	return db.write(ctx, "keep the answer to "+exerciseID+" in", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `
			INSERT INTO attempt (exercise, answer) VALUES (?, ?)
			ON CONFLICT (exercise) DO UPDATE SET answer = excluded.answer`, exerciseID, text)
		return err
	})
}

// Answer returns the latest answer since the attempt began, and false when
// there is none.
func (db *DB) Answer(ctx context.Context, exerciseID string) (string, bool, error) {
	var answer sql.NullString
	err := db.row(ctx, "read the answer to "+exerciseID+" in",
		`SELECT answer FROM attempt WHERE exercise = ?`, []any{exerciseID}, []any{&answer})
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return answer.String, answer.Valid, err
}

func decodeVariables(exerciseID string, text sql.NullString) (map[string]Variable, error) {
	if !text.Valid {
		return nil, nil
	}
	var variables map[string]Variable
	if err := json.Unmarshal([]byte(text.String), &variables); err != nil {
		return nil, fmt.Errorf("read the variables of %s: %w", exerciseID, err)
	}
	return variables, nil
}

// lessonRange holds every full exercise ID of the lesson, from inclusive, to
// exclusive: 0 is the character after the slash.
func lessonRange(lesson string) (from, to string) { return lesson + "/", lesson + "0" }
