package terminal

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"time"
)

// console stands between survey and the terminal for one question, and makes
// up for what survey does with keys:
//
//   - It takes Ctrl-D for an answer. It gets Ctrl-C instead, and that it was
//     another key is remembered.
//   - It loses what is typed ahead of the next question. It gets one key at a
//     time, so the others stay in typed.
//   - It asks the terminal where the cursor is, and throws away or takes to
//     itself the keys that come before the answer; without an answer it waits
//     for ever. It gets the answer first, and where a terminal gives none, as
//     when a script plays the terminal, one that does no harm.
type console struct {
	typed *typed
	// next returns the next key, or context.DeadlineExceeded after patience
	// unless that is 0.
	next    func(patience time.Duration) ([]byte, error)
	in, out *os.File

	rest      []byte // of a key that was given in part
	asked     bool   // where the cursor is
	corner    bool   // the cursor is in the last column of the last row
	cancelled bool
	err       error // what every further read gets
}

// reportPatience is how long a terminal has to say where its cursor is. A
// report that comes later is dropped.
const reportPatience = time.Second

// The keys as a terminal in raw mode sends them, and what is said about the
// cursor (ECMA-48 CPR and DSR, and the position survey takes for the corner).
const (
	ctrlC       = 0x03
	ctrlD       = 0x04
	askCursor   = "\x1b[6n"
	moveCorner  = "\x1b[999;999f"
	moveBack    = "\x1b8"
	reportShape = "\x1b[%d;%dR"
)

// input and output are the two ends of a console, as survey wants them.
type (
	input  struct{ *console }
	output struct{ *console }
)

func (i input) Fd() uintptr  { return i.in.Fd() }
func (o output) Fd() uintptr { return o.out.Fd() }

func (i input) Read(p []byte) (int, error) {
	if len(i.rest) == 0 && i.err == nil {
		i.rest, i.err = i.read()
	}
	if len(i.rest) == 0 {
		return 0, i.err
	}
	n := copy(p, i.rest)
	i.console.rest = i.rest[n:]
	return n, nil
}

func (o output) Write(p []byte) (int, error) {
	switch {
	case bytes.Contains(p, []byte(moveCorner)):
		o.corner = true
	case bytes.Contains(p, []byte(moveBack)):
		o.corner = false
	}
	if bytes.Contains(p, []byte(askCursor)) {
		o.asked = true
	}
	return o.out.Write(p)
}

func (c *console) read() ([]byte, error) {
	if c.asked {
		c.asked = false
		return c.report()
	}
	for {
		key, err := c.next(0)
		switch {
		case err != nil:
			return nil, err
		case isReport(key):
			continue
		case key[0] == ctrlD:
			c.cancelled = true
			return []byte{ctrlC}, nil
		}
		return key, nil
	}
}

// report waits for the cursor's place and keeps the keys before it for later.
func (c *console) report() ([]byte, error) {
	var held []byte
	defer func() { c.typed.buf = append(held, c.typed.buf...) }()
	for {
		key, err := c.next(reportPatience)
		switch {
		case errors.Is(err, context.DeadlineExceeded):
			return c.guess(), nil
		case err != nil:
			return nil, err
		case isReport(key):
			return key, nil
		case key[0] == ctrlC:
			return nil, ErrInterrupted
		}
		held = append(held, key...)
	}
}

// guess is a report for a terminal that gives none. Where exactly the cursor
// is matters only when the answer is longer than the line.
func (c *console) guess() []byte {
	columns, rows, ok := sizeOf(c.out, true)
	if !ok {
		columns, rows = defaultColumns, defaultRows
	}
	if !c.corner {
		columns = 1
	}
	return fmt.Appendf(nil, reportShape, rows, columns)
}

func isReport(key []byte) bool { return key[0] == escape && key[len(key)-1] == 'R' }
