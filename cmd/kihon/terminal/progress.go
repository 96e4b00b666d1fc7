package terminal

import (
	"fmt"
	"io"
	"sync"
	"time"

	"kihon/lessons/render"
)

const (
	// redrawEvery keeps a fast loop from drowning a slow terminal.
	redrawEvery = 100 * time.Millisecond
	// reportEvery is how often a line is written where none can be redrawn.
	reportEvery = 5 * time.Second
)

// Progress shows on Err how far a slow thing has come: on a terminal in one
// line that is written again and again, elsewhere in a line every few seconds.
// It may be used by several goroutines.
type Progress struct {
	streams Streams
	style   render.Style
	now     func() time.Time

	mu    sync.Mutex
	label string
	start time.Time // of the label
	last  time.Time // of the last line
	drawn bool      // there is a line to write over
}

// NewProgress returns a display that shows nothing yet.
func NewProgress(s Streams) *Progress {
	return &Progress{streams: s, style: s.ErrPalette().Style(), now: time.Now}
}

// Update says what is being done, and how much of it is: done of total, in
// any unit, total 0 when nobody knows. A new label is always shown; more of
// the same one only from time to time.
func (p *Progress) Update(label string, done, total int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	label = words(label)
	every := reportEvery
	if p.streams.Redraw {
		every = redrawEvery
	}
	if label == p.label && now.Sub(p.last) < every {
		return
	}
	if label != p.label {
		p.label, p.start = label, now
	}
	p.last = now
	p.write(label, amount(done, total, now.Sub(p.start)))
}

// Done ends the display with a line that stays.
func (p *Progress) Done(label string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clear()
	fmt.Fprintln(p.streams.Err, words(label))
}

// Clear takes the line away, so that something else can be written on Err.
// The next Update shows it again.
func (p *Progress) Clear() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clear()
}

func (p *Progress) clear() {
	if p.drawn {
		io.WriteString(p.streams.Err, "\r\x1b[K")
	}
	p.drawn, p.label = false, ""
}

// write shows one state.
func (p *Progress) write(label, amount string) {
	if !p.streams.Redraw {
		fmt.Fprintln(p.streams.Err, label+amount)
		return
	}
	columns, _, ok := sizeOf(p.streams.Err, p.streams.ErrTTY)
	if !ok {
		columns = p.streams.Columns
	}
	// The last column stays free: after it a terminal may go to the next line,
	// which \r does not leave again.
	label = render.Truncate(label, columns-1-len(amount))
	fmt.Fprint(p.streams.Err, "\r"+label+p.style.Dim.Apply(amount)+"\x1b[K")
	p.drawn = true
}

// amount says how much is done, in a way that needs no translation.
func amount(done, total int64, elapsed time.Duration) string {
	if total > 0 {
		done = min(max(done, 0), total)
		return fmt.Sprintf("  %3d%%", int(float64(done)/float64(total)*100))
	}
	if seconds := int(elapsed.Seconds()); seconds > 0 {
		return fmt.Sprintf("  %ds", seconds)
	}
	return ""
}
