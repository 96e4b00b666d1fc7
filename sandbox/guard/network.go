package guard

import (
	"context"
	"encoding/json"
	"net/http"

	"kihon/sandbox/journal"
)

func createNetwork(g *Guard, _ context.Context, c *call, r *http.Request) error {
	text, err := readBody(r)
	if err != nil {
		return err
	}
	var body struct{ Name string }
	decode(text, &body)
	c.entry.Name = body.Name
	if len(text) > 0 {
		setBody(r, g.labelBody(text))
	}
	return nil
}

func networkCreated(g *Guard, ctx context.Context, c *call, res *http.Response) {
	var answer struct {
		ID string `json:"Id"`
	}
	json.Unmarshal(peek(res, maxLookup), &answer)
	c.identify(answer.ID, c.entry.Name)
	g.store(ctx, c, c.entry)
}

// listNetworks notes the IDs of the networks: the answer of a prune has only
// names.
func listNetworks(g *Guard, ctx context.Context, c *call, _ *http.Request) error {
	var list []networkFacts
	g.get(ctx, c, &list, "/networks", nil)
	c.listed = make(map[string]string)
	for _, n := range list {
		c.listed[n.Name] = n.ID
	}
	return nil
}

func networksPruned(g *Guard, ctx context.Context, c *call, res *http.Response) {
	var answer struct{ NetworksDeleted []string }
	json.Unmarshal(peek(res, maxLookup), &answer)
	var entries []journal.Entry
	for _, name := range answer.NetworksDeleted {
		entries = append(entries, journal.Entry{
			Object: network, Action: "destroy", ID: c.listed[name], Name: name, Status: c.entry.Status,
		})
	}
	g.store(ctx, c, append(entries, c.entry)...)
}
