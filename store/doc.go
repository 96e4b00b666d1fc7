// Package store keeps everything one learner's home has to remember, in one
// SQLite file, and is the only place with SQL.
//
// A home is a directory (KIHON_HOME); its file is kihon.db. It holds the
// journal of what happened on the engine, the attempt each exercise is in with
// its variables and its answer, the append-only record of progress, and
// settings.
//
// # Several processes at once
//
// A session in one terminal, a check in another and a prompt hook open the
// same file at the same time. Each opens it for itself. A write takes the
// write lock when its transaction begins (BEGIN IMMEDIATE) and waits for it,
// so that no transaction fails halfway because somebody else was quicker;
// readers never wait for writers. Who cannot get the lock within ten seconds
// gets ErrBusy.
//
// # What survives
//
// A method that returned nil has handed its rows to the operating system:
// kill -9 at any moment loses nothing that was acknowledged, and leaves either
// all or nothing of what was not. The file is not synced at each commit, since
// that costs more than a whole check; a power loss or a crash of the operating
// system can therefore take back the last commits, newest first, back to the
// last checkpoint at the worst, and never leaves the file damaged.
//
// Beside kihon.db lie kihon.db-wal and kihon.db-shm while somebody has it open,
// and after a process ended without Close. They belong to it: a copy of the
// home needs all three.
//
// # Versions
//
// The schema grows by the numbered files in migration/. A file that a newer
// kihon wrote is refused with a *NewerError, one that is damaged with a
// *CorruptError; neither is ever changed or removed.
package store
