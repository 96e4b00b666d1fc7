//go:build unix

package shell

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

const (
	// A prompt that is just being drawn gets this long before the learner
	// counts as busy.
	promptPatience = 250 * time.Millisecond
	// A shell at its prompt answers a step within a few milliseconds, unless
	// the computer is busy or the signal is lost.
	stepPatience = 2 * time.Second
	signalAgain  = 20 * time.Millisecond
)

// The steps of rc.bash's _kihon_winch.
const (
	lineOnOneRow = 1
	newsWritten  = 2
	lineRedrawn  = 3
)

// Print shows text above the prompt while the learner sits there, and has the
// prompt drawn again with what they have typed so far and the cursor where it
// was. It takes a few milliseconds. text is shown as it is and may hold colour;
// a missing newline at its end is added.
//
// shown is false, and nothing was written, when a program has the terminal, or
// the shell does not answer: then the text is the caller's to hand out with the
// next answer to the hook. Print tries for a quarter of a second, so a prompt
// that is being drawn at the moment is no reason.
//
// It is the shell that writes, since it alone is sure to be in the foreground
// and knows where its line is. It is asked by SIGWINCH, which a program that
// has taken the shell's place (`exec zsh`) survives. readline draws its line
// again on that signal only when the terminal's size has changed, so the
// terminal is said to have one more row for a moment, which nobody but the
// shell sees. [rl_resize_terminal in readline 8.2, terminal.c]
func (s *Session) Print(ctx context.Context, text string) (shown bool, err error) {
	s.printing.Lock()
	defer s.printing.Unlock()

	shell := s.running()
	if shell == nil || text == "" || !s.awaitPrompt(ctx, shell) {
		return false, nil
	}
	if err := s.offer(text); err != nil {
		return false, fmt.Errorf("show a text at the prompt: %w", err)
	}
	// What has not been taken must not appear later, when the caller has
	// handed it out in another way. What has been begun is finished, so that
	// the learner's line does not stay on one row.
	ctx = context.WithoutCancel(ctx)
	defer os.Remove(s.file(newsFile))

	if !s.awaitStep(ctx, shell, lineOnOneRow) {
		return false, nil
	}
	takeRow := s.addRow(shell)
	if takeRow == nil {
		return false, nil
	}
	shown = s.awaitStep(ctx, shell, newsWritten)
	if !shown {
		_ = os.Remove(s.file(newsFile))
		shown = s.step() >= newsWritten
	}
	takeRow()
	if shown {
		s.awaitStep(ctx, shell, lineRedrawn)
	}
	return shown, nil
}

// atPrompt reports whether the shell, and not a program it runs, has the
// terminal. It may still run a builtin; the shell itself looks at that.
func (s *Session) atPrompt(shell *os.Process) bool {
	group, err := unix.IoctlGetInt(int(s.cfg.Stdin.Fd()), unix.TIOCGPGRP)
	return err == nil && group == shell.Pid
}

func (s *Session) awaitPrompt(ctx context.Context, shell *os.Process) bool {
	return poll(ctx, promptPatience, 5*time.Millisecond, func() bool { return s.atPrompt(shell) })
}

// offer lays text out for the shell. A shell that looks sees all of it or
// nothing.
func (s *Session) offer(text string) error {
	if !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	if err := os.WriteFile(s.file(ackFile), nil, 0o600); err != nil {
		return err
	}
	draft := s.file(newsFile + ".new")
	if err := os.WriteFile(draft, []byte(text), 0o600); err != nil {
		return err
	}
	return os.Rename(draft, s.file(newsFile))
}

// step is how far the shell has come with what was offered.
func (s *Session) step() int {
	b, err := os.ReadFile(s.file(ackFile))
	if err != nil {
		return 0
	}
	n, err := strconv.Atoi(string(b))
	if err != nil {
		return 0 // the shell is about to write it
	}
	return n
}

// awaitStep signals the shell until it has made the step, as bash forgets a
// signal that comes while the trap for the one before still runs.
func (s *Session) awaitStep(ctx context.Context, shell *os.Process, step int) bool {
	var signalled time.Time
	return poll(ctx, stepPatience, time.Millisecond, func() bool {
		if s.step() >= step {
			return true
		}
		if time.Since(signalled) > signalAgain && s.atPrompt(shell) {
			signalled = time.Now()
			_ = shell.Signal(syscall.SIGWINCH) // an ended shell makes no step
		}
		return false
	})
}

// addRow makes the terminal one row higher, which the kernel tells the shell by
// SIGWINCH, and returns what takes the row away again. A size that the terminal
// itself has set meanwhile is left alone. It returns nil when the shell is not
// in the foreground any more.
func (s *Session) addRow(shell *os.Process) (takeRow func()) {
	fd := int(s.cfg.Stdin.Fd())
	size, err := unix.IoctlGetWinsize(fd, unix.TIOCGWINSZ)
	if err != nil || !s.atPrompt(shell) {
		return nil
	}
	higher := *size
	higher.Row++
	if unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &higher) != nil {
		return nil
	}
	return func() {
		if now, err := unix.IoctlGetWinsize(fd, unix.TIOCGWINSZ); err == nil && *now == higher {
			_ = unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, size)
		}
	}
}

// poll asks done every pause until it says yes, patience is over or ctx ends.
func poll(ctx context.Context, patience, pause time.Duration, done func() bool) bool {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	tick := time.NewTicker(pause)
	defer tick.Stop()
	for {
		if done() {
			return true
		}
		select {
		case <-ctx.Done():
			return done()
		case <-tick.C:
		}
	}
}
