package guard

import (
	"context"
	"encoding/json"
	"net/http"

	"kihon/sandbox/journal"
)

// createVolume labels a volume. The engine's create is also a no-op on a
// volume that is there, which then keeps its labels and its owner.
func createVolume(g *Guard, ctx context.Context, c *call, r *http.Request) error {
	text, err := readBody(r)
	if err != nil {
		return err
	}
	var body struct{ Name string }
	decode(text, &body)
	c.entry.Name = body.Name
	if g.volumeThere(ctx, c, body.Name) {
		c.mounted = map[string]bool{body.Name: true}
	}
	if len(text) > 0 {
		setBody(r, g.labelBody(text))
	}
	return nil
}

func volumeCreated(g *Guard, ctx context.Context, c *call, res *http.Response) {
	var answer struct{ Name string }
	json.Unmarshal(peek(res, maxLookup), &answer)
	if c.mounted[answer.Name] {
		g.store(ctx, c) // nothing has changed
		return
	}
	c.identify(answer.Name, answer.Name)
	g.store(ctx, c, c.entry)
}

func volumesPruned(g *Guard, ctx context.Context, c *call, res *http.Response) {
	var answer struct{ VolumesDeleted []string }
	json.Unmarshal(peek(res, maxLookup), &answer)
	var entries []journal.Entry
	for _, name := range answer.VolumesDeleted {
		entries = append(entries, journal.Entry{
			Object: volume, Action: "destroy", ID: name, Name: name, Status: c.entry.Status,
		})
	}
	g.store(ctx, c, append(entries, c.entry)...)
}
