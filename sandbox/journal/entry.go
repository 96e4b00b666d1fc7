// Package journal is the record of what happened on the engine, in order, and
// of who did it: calls that went through the guard, with the engine's answer;
// kihon's own calls; and events that nobody of ours explains.
//
// An entry is stored at once, so that a check made later, or by another
// process, knows the history. What may have been missed is marked with an
// entry whose Source is Gap, and never guessed.
package journal

import (
	"context"
	"time"
)

// Actor is whose hand was behind an entry.
type Actor string

// The actors.
const (
	Learner Actor = "learner" // came through the guard, or was typed in the sandbox
	Kihon   Actor = "kihon"   // our own call
	Other   Actor = "other"   // known from an event only
)

// Source is how an entry became known.
type Source string

// The sources.
const (
	Call    Source = "call"    // a changing API call, with the engine's answer
	Event   Source = "event"   // an engine event
	Command Source = "command" // a command line ended in the sandbox
	Gap     Source = "gap"     // events may have been missed before this point
)

// Entry is one thing that happened. Fields that do not apply are empty.
type Entry struct {
	// Seq is the place in the order, from 1; the store assigns it.
	Seq int64
	// Time is the engine's own time for events, the time of the engine's
	// answer on this computer for calls.
	Time   time.Time
	Actor  Actor
	Source Source
	// Object is container, image, volume, network or build (the build cache).
	// What is executed in a container is an entry of the container, as in the
	// engine's events: exec_create, exec_start.
	Object string
	// Action is spelled as engine events spell it: create, start, stop, kill,
	// die, destroy, rename, pull, tag, untag, delete, mount, connect, ...
	Action string
	// ID is the object's full ID; for images the ID or the reference asked for.
	ID string
	// Name is the object's name, without a leading slash. For a rename it is
	// the new name.
	Name string
	// Image is the reference a container was created from, as it was typed. In
	// an entry of a call that sets an image's name (tag, commit, build, import,
	// load, pull) it is the ID of the image that the name led to before; empty
	// when the name is new, and so this home's to remove.
	Image string
	// Command is a created container's command, or the command line of an
	// entry whose Source is Command.
	Command []string
	// Status is the HTTP status of the engine's answer (calls only).
	Status int
	// Error is the engine's message when it refused (calls only).
	Error string
	// ExitCode is set for die events and for entries whose Source is Command.
	ExitCode *int
}

// OK reports whether the engine carried the entry's call out. Events are OK.
func (e Entry) OK() bool { return e.Error == "" && (e.Status == 0 || e.Status < 400) }

// Journal is what the sandbox needs to remember. Implementations are safe for
// use by several goroutines and several processes at once.
type Journal interface {
	// Append stores the entries in order, durably against the death of this
	// process, and returns the Seq of the last one.
	Append(ctx context.Context, entries ...Entry) (int64, error)
	// Since returns the entries whose Seq is greater than seq, in order.
	Since(ctx context.Context, seq int64) ([]Entry, error)
}
