package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"kihon/checker"
	"kihon/checker/outage"
	"kihon/cmd/kihon/learner"
	"kihon/cmd/kihon/terminal"
	"kihon/lessons"
	"kihon/sandbox/engine"
	"kihon/sandbox/kit"
	"kihon/store"
)

// The exit codes, as docs/commands.md has them.
const (
	exitOK          = 0
	exitNotYet      = 1 // check: not passed yet; otherwise: it failed, or found a fault
	exitUsage       = 2 // the call is wrong, or the course is badly written
	exitNoEngine    = 3 // the engine cannot be reached or did not answer in time
	exitRunFailed   = 125
	exitInterrupted = 130
)

// usageError says that the call is wrong. Its text is for people and in the
// language of the call.
type usageError struct{ message, next string }

func (e *usageError) Error() string { return e.message }

// exitError ends with a code and prints nothing: everything has been said.
type exitError struct{ code int }

func (e *exitError) Error() string { return fmt.Sprintf("exit %d", e.code) }

// explain prints an error, once, with what to do next, and returns the exit
// code for it. It is the only place that does either.
func (a *app) explain(ctx context.Context, err error) int {
	var (
		exit    *exitError
		usage   *usageError
		needs   *terminal.NeedsTerminalError
		unknown *learner.UnknownError
		value   *learner.ValueError
		work    *learner.WorkspaceError
		dockctx *engine.ContextError
		host    *engine.HostError
		tls     *engine.TLSError
		corrupt *store.CorruptError
		newer   *store.NewerError
		badKit  *kit.CorruptError
	)
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &exit):
		return exit.code
	case errors.Is(err, terminal.ErrInterrupted), ctx.Err() != nil:
		a.complain(a.words.Say("error.interrupted"), "")
		return exitInterrupted
	case errors.Is(err, terminal.ErrCancelled):
		a.complain(a.words.Say("error.cancelled"), "")
		return exitNotYet
	case errors.As(err, &usage):
		a.complain(usage.message, usage.next)
		return exitUsage
	case errors.As(err, &needs):
		a.complain(a.words.Say("error.needs_terminal"), a.words.Say("error.needs_terminal.next", "flag", needs.Flag))
		return exitUsage
	case errors.As(err, &unknown):
		a.complain(a.words.Say("error.unknown", "kind", a.kind(unknown.Kind), "id", unknown.ID), a.unknownNext(unknown))
		return exitUsage
	case errors.As(err, &value):
		a.complain(a.words.Say("error.set_value", "name", value.Name, "value", value.Value), a.words.Say("error.set_value.next"))
		return exitUsage
	case errors.As(err, &work):
		a.complain(a.words.Say("error.workspace", "dir", work.Dir), a.words.Say("error.workspace.next"))
		return exitNotYet
	case len(lessons.FaultsOf(err)) > 0:
		for _, fault := range lessons.FaultsOf(err) {
			a.complain(fault.Error(), "")
		}
		a.complain(a.words.Say("error.course"), a.words.Say("error.course.next"))
		return exitUsage
	case errors.As(err, &dockctx):
		a.complain(a.words.Say("error.context", "name", dockctx.Name, "source", dockctx.Source), a.words.Say("error.context.next"))
		return exitNoEngine
	case errors.As(err, &host):
		a.complain(a.words.Say("error.host", "value", host.Value, "source", host.Source), a.words.Say("error.host.next"))
		return exitNoEngine
	case errors.As(err, &tls):
		a.complain(a.words.Say("error.tls", "dir", tls.Dir), "")
		return exitNoEngine
	case errors.As(err, &corrupt):
		a.complain(a.words.Say("error.record_corrupt", "path", corrupt.Path), a.words.Say("error.record_corrupt.next"))
		return exitNotYet
	case errors.As(err, &newer):
		a.complain(a.words.Say("error.record_newer"), a.words.Say("error.record_newer.next"))
		return exitNotYet
	case errors.Is(err, store.ErrReadOnly):
		a.complain(a.words.Say("error.home_read_only", "path", a.paths.Home), a.words.Say("error.home_read_only.next"))
		return exitNotYet
	case errors.Is(err, store.ErrFull):
		a.complain(a.words.Say("error.home_full", "path", a.paths.Home), a.words.Say("error.home_full.next"))
		return exitNotYet
	case errors.Is(err, errSessionGone):
		a.complain(a.words.Say("error.session_gone"), a.words.Say("error.session_gone.next"))
		return exitNotYet
	case a.homeUnusable(err):
		a.complain(a.words.Say("error.home_unusable", "path", a.paths.Home), a.words.Say("error.home_unusable.next"))
		return exitNotYet
	case errors.Is(err, learner.ErrNoHome):
		a.complain(a.words.Say("error.no_home"), a.words.Say("error.no_home.next"))
		return exitUsage
	case errors.As(err, &badKit):
		a.complain(a.words.Say("error.kit_corrupt", "path", badKit.Path, "blob", badKit.Blob), a.words.Say("error.kit_corrupt.next"))
		return exitNotYet
	}
	if message, next := a.kitTrouble(err); message != "" {
		a.complain(message, next)
		return exitNotYet
	}
	if outage.Is(err) {
		message, next := a.words.Finding(checker.Finding{
			Code: outage.Code(err), Subject: "engine", Found: err.Error(), Args: map[string]string{"error": err.Error()},
		})
		a.complain(message, next)
		return exitNoEngine
	}
	a.complain(a.words.Say("error.other", "error", firstUpper(err.Error())), "")
	return exitNotYet
}

func (a *app) unknownNext(e *learner.UnknownError) string {
	if e.Near != "" {
		return a.words.Say("error.unknown.near", "near", e.Near)
	}
	return a.words.Say("error.unknown.known", "known", strings.Join(e.Known, ", "))
}

func firstUpper(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// homeUnusable reports whether the home is no folder, or lies below what is none.
func (a *app) homeUnusable(err error) bool {
	var path *fs.PathError
	return a.paths.Home != "" && errors.As(err, &path) && strings.HasPrefix(path.Path, a.paths.Home)
}

// recordTrouble reports whether err is about the learner's record.
func (a *app) recordTrouble(err error) bool {
	var corrupt *store.CorruptError
	var newer *store.NewerError
	return errors.As(err, &corrupt) || errors.As(err, &newer) || errors.Is(err, store.ErrReadOnly) ||
		errors.Is(err, store.ErrFull) || errors.Is(err, store.ErrBusy) || a.homeUnusable(err)
}
