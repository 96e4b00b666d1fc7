-- One database is one home, and one home is one learner.
-- Times are nanoseconds since 1970 UTC; 0 is "not known". Lists and maps are JSON.

-- The home itself: a single row, written when the file is made.
CREATE TABLE home (
  one          INTEGER PRIMARY KEY CHECK (one = 1),
  id           TEXT    NOT NULL,           -- 12 hexadecimal digits
  first_use    INTEGER NOT NULL,           -- this computer's clock
  first_engine INTEGER NOT NULL DEFAULT 0  -- the same moment on the engine's clock
) STRICT;

-- What happened on the engine, in order. Rows are only ever added, so seq has
-- no gap and no number comes back.
CREATE TABLE journal (
  seq       INTEGER PRIMARY KEY,
  time      INTEGER NOT NULL,  -- the engine's clock for events, else this computer's
  stored    INTEGER NOT NULL,  -- this computer's clock when the row was written
  actor     TEXT    NOT NULL,
  source    TEXT    NOT NULL,
  object    TEXT    NOT NULL,
  action    TEXT    NOT NULL,
  id        TEXT    NOT NULL,
  name      TEXT    NOT NULL,
  image     TEXT    NOT NULL,
  command   TEXT,
  status    INTEGER NOT NULL,
  error     TEXT    NOT NULL,
  exit_code INTEGER
) STRICT;
CREATE INDEX journal_object ON journal (object, id);

-- The attempt each exercise is in now. An exercise without a row, or whose row
-- has started = 0, is in its first attempt, which began with the home.
CREATE TABLE attempt (
  exercise    TEXT    PRIMARY KEY,
  started     INTEGER NOT NULL DEFAULT 0,  -- this computer's clock
  engine_time INTEGER NOT NULL DEFAULT 0,  -- the same moment on the engine's clock
  from_seq    INTEGER NOT NULL DEFAULT 0,  -- journal rows after this one count
  from_event  INTEGER NOT NULL DEFAULT 0,  -- progress rows after this one count
  checked_seq INTEGER NOT NULL DEFAULT 0,  -- the journal's last row at the last check
  variables   TEXT,                        -- NULL until they are drawn
  answer      TEXT                         -- NULL until one is given
) STRICT, WITHOUT ROWID;

-- The learner's record. The triggers hold for everybody who opens the file:
-- what has been passed stays passed.
CREATE TABLE progress (
  seq            INTEGER PRIMARY KEY,
  time           INTEGER NOT NULL,  -- this computer's clock
  exercise       TEXT    NOT NULL,
  kind           TEXT    NOT NULL,
  outcome        TEXT    NOT NULL,
  finding        TEXT    NOT NULL,
  evidence       TEXT,
  course         TEXT    NOT NULL,
  course_version TEXT    NOT NULL,
  engine         TEXT    NOT NULL
) STRICT;
CREATE INDEX progress_kind ON progress (kind, exercise, course);

CREATE TRIGGER progress_no_update BEFORE UPDATE ON progress
BEGIN SELECT RAISE(ABORT, 'progress is append-only'); END;

CREATE TRIGGER progress_no_delete BEFORE DELETE ON progress
BEGIN SELECT RAISE(ABORT, 'progress is append-only'); END;

-- INSERT OR REPLACE removes a row without firing the trigger above.
CREATE TRIGGER progress_no_replace BEFORE INSERT ON progress
WHEN EXISTS (SELECT 1 FROM progress WHERE seq = NEW.seq)
BEGIN SELECT RAISE(ABORT, 'progress is append-only'); END;

-- Small things to keep, such as where the learner stopped.
CREATE TABLE setting (
  key   TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
