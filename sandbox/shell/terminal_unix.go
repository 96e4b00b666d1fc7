//go:build unix

package shell

import (
	"os"

	"golang.org/x/sys/unix"
	"golang.org/x/term"
)

// terminal is how a terminal was before the shell got it; nil is no terminal.
type terminal struct {
	fd    int
	state *term.State
}

func saveTerminal(f *os.File) *terminal {
	fd := int(f.Fd())
	state, err := term.GetState(fd)
	if err != nil {
		return nil
	}
	return &terminal{fd: fd, state: state}
}

// restore takes the terminal back. A bash that ends gives it back by itself,
// and its settings are then what the learner wanted; one that was killed does
// neither, and may have left it without echo. It is done as well as it can be:
// there is nobody to tell.
func (t *terminal) restore(killed bool) {
	if t == nil {
		return
	}
	ours := unix.Getpgrp()
	if group, err := unix.IoctlGetInt(t.fd, unix.TIOCGPGRP); err == nil && group != ours {
		takeTerminal(t.fd, ours)
	}
	if killed {
		_ = term.Restore(t.fd, t.state)
	}
}
