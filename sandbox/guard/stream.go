package guard

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"

	"kihon/sandbox/journal"
)

// streamed watches the progress of a build, a pull, a load or a push go by.
// The entry is stored when the stream ends, before the client sees the end,
// since the engine reports a failure there, after a status of 200.
func streamed(g *Guard, ctx context.Context, c *call, res *http.Response) {
	res.Body = &progress{
		from: res.Body,
		end: func(p *progress, err error) {
			if !errors.Is(err, io.EOF) && p.fault == "" {
				p.fault = "the stream broke off: " + root(err)
			}
			g.store(ctx, c, g.streamEntries(ctx, c, p)...)
		},
	}
}

// maxLine bounds one message of a stream; longer ones pass unread.
const maxLine = 256 << 10

// progress passes a stream of JSON messages on and keeps what counts of it.
type progress struct {
	from io.ReadCloser
	end  func(*progress, error)
	once sync.Once

	line []byte
	skip bool

	fault  string   // the engine's error message
	id     string   // the ID of the image that was made
	left   string   // the container of the classic builder's last step, by the beginning of its ID
	layer  string   // the image that it made last, likewise
	fresh  bool     // the next image is a new one, and not from the cache
	loaded []string // the names that were loaded, or an ID where there is no name
}

func (p *progress) Read(b []byte) (int, error) {
	n, err := p.from.Read(b)
	p.see(b[:n])
	if bytes.Contains(p.line, []byte(`"error`)) {
		p.message(p.line) // it may be whole, and its line end in the next piece
	}
	switch {
	case p.fault != "":
		// The docker command does not wait for the end when it reads this.
		p.finish(io.EOF)
	case err != nil:
		p.finish(err)
	}
	return n, err
}

func (p *progress) Close() error {
	p.finish(errGone)
	return p.from.Close()
}

var errGone = errors.New("the client went away")

func (p *progress) finish(err error) {
	p.once.Do(func() {
		p.message(p.line) // the last one may lack its line end
		p.end(p, err)
	})
}

// see cuts the stream into lines; the engine ends each message with CR LF.
func (p *progress) see(b []byte) {
	for len(b) > 0 {
		end := bytes.IndexByte(b, '\n')
		part := b
		if end >= 0 {
			part = b[:end]
		}
		if p.skip = p.skip || len(p.line)+len(part) > maxLine; p.skip {
			p.line = p.line[:0]
		} else {
			p.line = append(p.line, part...)
		}
		if end < 0 {
			return
		}
		p.message(p.line)
		p.line, p.skip = p.line[:0], false
		b = b[end+1:]
	}
}

func (p *progress) message(line []byte) {
	var m struct {
		Error       string
		ErrorDetail struct{ Message string }
		Aux         struct{ ID string }
		Stream      string
		Status      string
	}
	if json.Unmarshal(line, &m) != nil {
		return
	}
	if fault := m.ErrorDetail.Message; fault != "" {
		p.fault = fault
	} else if m.Error != "" {
		p.fault = m.Error
	}
	if m.Aux.ID != "" {
		p.id = m.Aux.ID
	}
	if strings.HasPrefix(m.Status, "sha256:") { // the last line of an import
		p.id = strings.TrimSpace(m.Status)
	}
	p.step(m.Stream)
	for _, prefix := range []string{"Loaded image ID: ", "Loaded image: "} {
		if name, ok := strings.CutPrefix(m.Stream, prefix); ok {
			p.loaded = append(p.loaded, strings.TrimSpace(name))
		}
	}
}

// step follows the classic builder: "---> Running in CONTAINER", "Removing
// intermediate container CONTAINER", "---> IMAGE".
func (p *progress) step(text string) {
	if id, ok := strings.CutPrefix(text, " ---> Running in "); ok {
		p.left = strings.TrimSpace(id)
	} else if strings.HasPrefix(text, "Removing intermediate container ") {
		p.left, p.fresh = "", true
	} else if id, ok := strings.CutPrefix(text, " ---> "); ok && p.fresh {
		p.layer, p.fresh = strings.TrimSpace(id), false
	}
}

// streamEntries makes one entry of each name that was set.
func (g *Guard) streamEntries(ctx context.Context, c *call, p *progress) []journal.Entry {
	c.entry.Error = p.fault
	c.entry.ID = p.id
	switch {
	case p.fault != "":
		return append(g.leftOver(ctx, c, p), c.entry)
	case c.action == "load":
		return g.loadEntries(ctx, c, p)
	case len(c.names) == 0:
		return []journal.Entry{c.entry}
	}
	var entries []journal.Entry
	for _, n := range c.names {
		e := c.entry
		e.Name, e.Image = n.name, n.was
		if e.ID == "" {
			facts, _ := g.imageNamed(ctx, c, n.name)
			e.ID = facts.ID
		}
		entries = append(entries, e)
	}
	return entries
}

// leftOver is what a failed build leaves behind: the container of the step
// that failed and the image of the step before, both without a label.
func (g *Guard) leftOver(ctx context.Context, c *call, p *progress) []journal.Entry {
	var entries []journal.Entry
	if facts, ok := g.containerNamed(ctx, c, p.left); ok {
		entries = append(entries, journal.Entry{
			Object: container, Action: "create", ID: facts.ID, Name: facts.Name, Image: facts.Config.Image, Status: c.entry.Status,
		})
	}
	if facts, ok := g.imageNamed(ctx, c, p.layer); ok {
		entries = append(entries, journal.Entry{Object: image, Action: "commit", ID: facts.ID, Status: c.entry.Status})
	}
	return entries
}

func (g *Guard) loadEntries(ctx context.Context, c *call, p *progress) []journal.Entry {
	if len(p.loaded) == 0 {
		return []journal.Entry{c.entry}
	}
	var entries []journal.Entry
	for _, name := range p.loaded {
		e := c.entry
		facts, _ := g.imageNamed(ctx, c, name)
		e.ID, e.Name, e.Image = facts.ID, name, c.listed[name]
		if strings.HasPrefix(name, "sha256:") { // an image without a name
			e.Name = ""
		}
		entries = append(entries, e)
	}
	return entries
}
