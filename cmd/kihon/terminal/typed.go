package terminal

import (
	"bytes"
	"context"
	"errors"
	"io"
	"unicode/utf8"
)

// typed is what is typed: standard input, read only when an answer is wanted,
// so that a shell started in between finds the rest untouched. A read can be
// given up when a context ends; since it cannot be called back, it is then
// left waiting, and what it brings belongs to the next answer.
type typed struct {
	in      io.Reader
	buf     []byte // read, and not used yet
	err     error  // what ended the stream
	reading chan read
}

type read struct {
	data []byte
	err  error
}

// more waits for more input.
func (t *typed) more(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if t.err != nil {
		return t.err
	}
	if t.reading == nil {
		done := make(chan read, 1)
		t.reading = done
		go func() {
			data := make([]byte, 1024)
			n, err := t.in.Read(data)
			done <- read{data[:n], err}
		}()
	}
	select {
	case r := <-t.reading:
		t.reading = nil
		t.buf = append(t.buf, r.data...)
		t.err = r.err
		if len(r.data) > 0 {
			return nil
		}
		return r.err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// line returns the next line without its end. A last line that has none
// counts; where nothing is left the error is io.EOF.
func (t *typed) line(ctx context.Context) (string, error) {
	for {
		if i := bytes.IndexByte(t.buf, '\n'); i >= 0 {
			line := string(t.buf[:i])
			t.buf = t.buf[i+1:]
			return line, nil
		}
		if err := t.more(ctx); errors.Is(err, io.EOF) && len(t.buf) > 0 {
			line := string(t.buf)
			t.buf = nil
			return line, nil
		} else if err != nil {
			return "", err
		}
	}
}

// key returns the next key as a terminal in raw mode sends it: a character,
// or one of the sequences that the menus know. Others are left out, and so is
// Escape alone: nobody can tell it from the beginning of a slow sequence.
func (t *typed) key(ctx context.Context) ([]byte, error) {
	for {
		key, used := firstKey(t.buf)
		t.buf = t.buf[used:]
		if len(key) > 0 {
			return key, nil
		}
		if used > 0 {
			continue
		}
		if err := t.more(ctx); err != nil {
			return nil, err
		}
	}
}

const escape = 0x1b

// firstKey returns the first key in b, or none, and how many bytes to go on
// by; 0 when more of them are needed to know.
func firstKey(b []byte) (key []byte, used int) {
	switch {
	case len(b) == 0:
		return nil, 0
	case b[0] == escape:
		return firstSequence(b)
	case !utf8.FullRune(b):
		return nil, 0
	}
	r, size := utf8.DecodeRune(b)
	if r == utf8.RuneError && size == 1 {
		return nil, 1
	}
	return b[:size:size], size
}

// firstSequence is firstKey for a sequence that begins with Escape (ECMA-48
// control sequences and the application keypad's ESC O).
func firstSequence(b []byte) (key []byte, used int) {
	if len(b) == 1 {
		return nil, 0
	}
	switch b[1] {
	case 'O':
		if len(b) == 2 {
			return nil, 0
		}
		return known(nil, b[2]), 3
	case '[':
		if len(b) > 2 && b[2] == '[' { // function keys of the Linux console
			if len(b) == 3 {
				return nil, 0
			}
			return nil, 4
		}
		for i := 2; i < len(b); i++ {
			if b[i] >= 0x40 && b[i] <= 0x7e {
				return known(b[2:i], b[i]), i + 1
			}
		}
		return nil, 0
	}
	return nil, 1
}

// known returns the sequence with these parameters and this end if a menu
// knows it: the arrow keys, Home, End, Delete, and the terminal's answer to
// the question where its cursor is.
func known(parameters []byte, end byte) []byte {
	sequence := append(append([]byte{escape, '['}, parameters...), end)
	switch {
	case len(parameters) == 0 && bytes.IndexByte([]byte("ABCDFH"), end) >= 0:
		return sequence
	case end == 'R' && bytes.IndexByte(parameters, ';') > 0:
		return sequence
	case end != '~':
		return nil
	}
	switch string(parameters) {
	case "3":
		return sequence
	case "1", "7":
		return []byte{escape, '[', 'H'}
	case "4", "8":
		return []byte{escape, '[', 'F'}
	}
	return nil
}
