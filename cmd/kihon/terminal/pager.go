package terminal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"

	"kihon/lessons/render"
)

// Pager shows text on Out: page by page when the learner is at a terminal and
// the text is longer than the screen, else at once, and always at once in
// plain mode.
//
// Who has set PAGER gets that program, run by the shell as others run it; env
// is the environment of this process, as os.Environ gives it. Everybody else
// gets pages of our own rather than less, which has to be learnt to be left,
// and whose prompt cannot be Japanese (less 590 shows its bytes). hint stands
// below a page and says which keys to press.
//
// Where PAGER cannot be run the text is written as it is. The error is
// ErrInterrupted, when ctx ends or Ctrl-C is pressed below a page of ours, or
// that of Out. While another program shows the pages the terminal is its own,
// and so is Ctrl-C: Pager then returns when that program ends, and not before.
func Pager(ctx context.Context, s Streams, env []string, text, hint string) error {
	columns, rows := s.Size()
	if s.Plain || !s.OutTTY || !s.InTTY || screenLines(text, columns) < rows {
		return writeText(s.Out, text)
	}
	pager, set := lookup(env, "PAGER")
	if !set {
		return pages(ctx, s, text, hint)
	}
	if pager = strings.TrimSpace(pager); pager != "" {
		if runPager(s, env, pager, text) {
			return nil
		}
	}
	return writeText(s.Out, text)
}

func writeText(w io.Writer, text string) error {
	if _, err := io.WriteString(w, text); err != nil {
		return fmt.Errorf("write text: %w", err)
	}
	return nil
}

// runPager gives text to a pager and reports whether that could be run at all.
func runPager(s Streams, env []string, pager, text string) bool {
	// The shell shall outlive a Ctrl-C that is meant for the pager. The trap
	// is not passed on to the pager, as ignoring the signal would be.
	cmd := exec.Command("sh", "-c", "trap : INT\n"+pager)
	// As git does it: less lets our colours through and stays away when it is
	// not needed. It asks the locale for the character set, and our texts are
	// UTF-8 also where the locale is C.
	for _, preset := range []string{"LESS=FRX", "LESSCHARSET=utf-8"} {
		name, _, _ := strings.Cut(preset, "=")
		if _, set := lookup(env, name); !set {
			env = append(env, preset)
		}
	}
	cmd.Env = env
	cmd.Stdin = strings.NewReader(text)
	cmd.Stdout, cmd.Stderr = s.Out, s.Err

	err := cmd.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		// 126 and 127 are the shell's for a command that cannot be run (POSIX,
		// Shell Command Language, 2.8.2). Another code is the pager's affair.
		return exit.ExitCode() != 126 && exit.ExitCode() != 127
	}
	return err == nil
}

// screenLines counts the lines that text takes on a screen.
func screenLines(text string, columns int) int {
	count := 0
	for _, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		count += lineHeight(line, columns)
	}
	return count
}

// lineHeight is the number of lines of the screen that a line takes.
func lineHeight(line string, columns int) int {
	return 1 + max(render.StringWidth(line)-1, 0)/columns
}

// lookup finds a variable in an environment as os.Environ gives it.
func lookup(env []string, name string) (value string, set bool) {
	for _, entry := range env {
		if v, ok := strings.CutPrefix(entry, name+"="); ok {
			value, set = v, true
		}
	}
	return value, set
}
