package guard

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"kihon/sandbox/journal"
)

// listContainers notes the names of the containers: the answer of a prune has
// only IDs.
func listContainers(g *Guard, ctx context.Context, c *call, _ *http.Request) error {
	var list []struct {
		ID    string `json:"Id"`
		Names []string
	}
	g.get(ctx, c, &list, "/containers/json", url.Values{"all": {"1"}})
	c.listed = make(map[string]string)
	for _, found := range list {
		for _, name := range found.Names {
			// A link shows as another name, with a second slash.
			if name = strings.TrimPrefix(name, "/"); !strings.Contains(name, "/") {
				c.listed[found.ID] = name
			}
		}
	}
	return nil
}

func containersPruned(g *Guard, ctx context.Context, c *call, res *http.Response) {
	var answer struct{ ContainersDeleted []string }
	json.Unmarshal(peek(res, maxLookup), &answer)
	var entries []journal.Entry
	for _, id := range answer.ContainersDeleted {
		entries = append(entries, journal.Entry{
			Object: container, Action: "destroy", ID: id, Name: c.listed[id], Status: c.entry.Status,
		})
	}
	g.store(ctx, c, append(entries, c.entry)...)
}
