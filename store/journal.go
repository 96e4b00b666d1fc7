package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"kihon/sandbox/journal"
)

var _ journal.Journal = (*DB)(nil)

// entryColumns are the columns that scanEntry reads, in its order.
const entryColumns = `seq, time, actor, source, object, action, id, name, image, command, status, error, exit_code`

// ours is the condition that a row j of the journal made an object which is
// still ours: a destroy ends it, since the name of a volume can come back as
// somebody else's.
const ours = `j.action = 'create' AND j.actor IN ('learner', 'kihon') AND j.error = '' AND j.status < 400
	AND NOT EXISTS (SELECT 1 FROM journal AS d WHERE d.object = j.object AND d.id = j.id AND d.seq > j.seq
		AND d.action IN ('destroy', 'remove', 'delete') AND d.error = '' AND d.status < 400)`

// Append implements journal.Journal. The entries become one transaction: all
// of them are stored or none. Their Seq is ignored. Without entries it returns
// what LastSeq returns.
func (db *DB) Append(ctx context.Context, entries ...journal.Entry) (int64, error) {
	if len(entries) == 0 {
		return db.LastSeq(ctx)
	}
	commands := make([]sql.NullString, len(entries))
	for i, e := range entries {
		if e.Command == nil {
			continue
		}
		text, err := json.Marshal(e.Command)
		if err != nil {
			return 0, fmt.Errorf("write the journal: %w", err)
		}
		commands[i] = sql.NullString{String: string(text), Valid: true}
	}
	var last int64
	err := db.write(ctx, "write the journal in", func(tx *sql.Tx) error {
		insert, err := tx.PrepareContext(ctx, `INSERT INTO journal
			(time, stored, actor, source, object, action, id, name, image, command, status, error, exit_code)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
		if err != nil {
			return err
		}
		defer insert.Close()
		stored := nanos(db.now())
		for i, e := range entries {
			result, err := insert.ExecContext(ctx, nanos(e.Time), stored, string(e.Actor), string(e.Source),
				e.Object, e.Action, e.ID, e.Name, e.Image, commands[i], e.Status, e.Error, e.ExitCode)
			if err != nil {
				return err
			}
			if last, err = result.LastInsertId(); err != nil {
				return err
			}
		}
		return nil
	})
	return last, err
}

// Since implements journal.Journal. Once it has returned the entry with Seq n,
// no entry with a smaller Seq appears any more, whoever writes.
func (db *DB) Since(ctx context.Context, seq int64) ([]journal.Entry, error) {
	return list(ctx, db, "read the journal in",
		`SELECT `+entryColumns+` FROM journal WHERE seq > ? ORDER BY seq`, []any{seq}, scanEntry)
}

// LastSeq is the Seq of the journal's last entry; 0 while there is none.
func (db *DB) LastSeq(ctx context.Context) (seq int64, err error) {
	err = db.row(ctx, "read the journal in", `SELECT coalesce(max(seq), 0) FROM journal`, nil, []any{&seq})
	return seq, err
}

// Owner returns the entry with which the learner or kihon created the object
// (container, volume, network, ...) with this full ID, and false where there
// is none or the journal knows that the object is gone. What is to be removed
// needs a look at its label as well where the engine has one: the journal does
// not know of a volume that was removed while nobody listened and made anew by
// somebody else.
func (db *DB) Owner(ctx context.Context, object, id string) (journal.Entry, bool, error) {
	found, err := list(ctx, db, "read the journal in", `SELECT `+entryColumns+` FROM journal AS j
		WHERE j.object = ? AND j.id = ? AND `+ours+` ORDER BY seq DESC LIMIT 1`, []any{object, id}, scanEntry)
	if err != nil || len(found) == 0 {
		return journal.Entry{}, false, err
	}
	return found[0], true, nil
}

// OwnedIDs returns the ID of every object of this kind for which Owner has an
// entry, in the order in which they were created.
func (db *DB) OwnedIDs(ctx context.Context, object string) ([]string, error) {
	return list(ctx, db, "read the journal in", `SELECT j.id FROM journal AS j
		WHERE j.object = ? AND j.id <> '' AND `+ours+` GROUP BY j.id ORDER BY max(j.seq)`, []any{object},
		func(rows *sql.Rows) (id string, err error) {
			err = rows.Scan(&id)
			return id, err
		})
}

func scanEntry(rows *sql.Rows) (journal.Entry, error) {
	var e journal.Entry
	var time int64
	var command sql.NullString
	err := rows.Scan(&e.Seq, &time, &e.Actor, &e.Source, &e.Object, &e.Action, &e.ID, &e.Name, &e.Image,
		&command, &e.Status, &e.Error, &e.ExitCode)
	if err != nil {
		return e, err
	}
	e.Time = at(time)
	if command.Valid {
		if err := json.Unmarshal([]byte(command.String), &e.Command); err != nil {
			return e, errors.Join(fmt.Errorf("journal entry %d has a command that is no JSON", e.Seq), err)
		}
	}
	return e, nil
}
