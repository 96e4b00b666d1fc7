package terminal

import (
	"context"
	"fmt"
	"io"
	"strings"

	"golang.org/x/term"

	"kihon/lessons/render"
)

// pages writes a screenful of text, waits for a key below it, and goes on:
// Space brings the next page, Enter or Down the next line, q ends. What has
// been read stays where the terminal keeps what has scrolled by.
func pages(ctx context.Context, s Streams, text, hint string) error {
	in := terminalFile(s)
	if in == nil {
		return writeText(s.Out, text)
	}
	keys := &typed{in: in}
	lines := strings.SplitAfter(strings.TrimSuffix(text, "\n"), "\n")
	lines[len(lines)-1] += "\n"
	columns, rows := s.Size()
	room := rows - 1
	for {
		n := 0
		for used := 0; n < len(lines); n++ {
			used += lineHeight(strings.TrimSuffix(lines[n], "\n"), columns)
			if used > room && n > 0 {
				break
			}
		}
		if err := writeText(s.Out, strings.Join(lines[:n], "")); err != nil {
			return err
		}
		if lines = lines[n:]; len(lines) == 0 {
			return nil
		}
		columns, rows = s.Size()
		fmt.Fprint(s.Out, s.Palette().Dim.Sprint(render.Truncate(hint, columns-1)))
		pressed, err := pressedKey(ctx, int(in.Fd()), keys)
		io.WriteString(s.Out, "\r\x1b[K")
		if err != nil {
			return err
		}
		switch pressed {
		case "q", "Q", string(rune(ctrlD)):
			return nil
		case "\r", "\n", "\x1b[B":
			room = 1
		default:
			room = rows - 1
		}
	}
}

// pressedKey waits for a key that means something below a page.
func pressedKey(ctx context.Context, fd int, keys *typed) (string, error) {
	state, err := term.MakeRaw(fd)
	if err != nil {
		return "", fmt.Errorf("read keys: %w", err)
	}
	defer term.Restore(fd, state)
	for {
		key, err := keys.key(ctx)
		switch {
		case ctx.Err() != nil:
			return "", ErrInterrupted
		case err == io.EOF:
			return "q", nil
		case err != nil:
			return "", fmt.Errorf("read keys: %w", err)
		}
		switch pressed := string(key); pressed {
		case string(rune(ctrlC)):
			return "", ErrInterrupted
		case " ", "\r", "\n", "q", "Q", "\x1b[B", string(rune(ctrlD)):
			return pressed, nil
		case "\u3000", "ｑ": // as an input method for Japanese gives them
			return map[string]string{"\u3000": " ", "ｑ": "q"}[pressed], nil
		}
	}
}
