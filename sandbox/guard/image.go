package guard

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/distribution/reference"

	"kihon/sandbox/journal"
)

// tagged joins a repository and a tag, and spells the result as docker images
// and the engine's events do: docker.io/library/httpd is httpd:latest. What is
// no reference stays as it was typed.
func tagged(repo, tag string) string {
	typed := repo
	switch {
	case strings.Contains(tag, ":"): // a digest
		typed += "@" + tag
	case tag != "":
		typed += ":" + tag
	}
	named, err := reference.ParseNormalizedNamed(typed)
	if err != nil {
		return typed
	}
	return reference.FamiliarString(reference.TagNameOnly(named))
}

func tagImage(g *Guard, ctx context.Context, c *call, _ *http.Request) error {
	c.entry.Name = tagged(c.query.Get("repo"), c.query.Get("tag"))
	was, _ := g.imageNamed(ctx, c, c.entry.Name)
	c.entry.Image = was.ID
	if facts, ok := g.imageNamed(ctx, c, c.ref); ok {
		c.identify(facts.ID, c.entry.Name)
	}
	return nil
}

// buildImage notes the names that the image will get. The labels of a build
// are left alone: they would be inherited by containers made elsewhere.
func buildImage(g *Guard, ctx context.Context, c *call, _ *http.Request) error {
	c.entry.Name = ""
	for _, name := range c.query["t"] {
		if name != "" {
			g.willName(ctx, c, tagged(name, ""))
		}
	}
	return nil
}

// pullImage is POST /images/create, which pulls with fromImage and imports
// with fromSrc.
func pullImage(g *Guard, ctx context.Context, c *call, _ *http.Request) error {
	repo, tag := c.query.Get("fromImage"), c.query.Get("tag")
	if repo == "" {
		c.action, c.entry.Action = "import", "import"
		c.entry.Name = ""
		if repo = c.query.Get("repo"); repo != "" {
			g.willName(ctx, c, tagged(repo, tag))
		}
		return nil
	}
	// Without a tag the engine pulls all there are; docker pull always sends one.
	g.willName(ctx, c, tagged(repo, tag))
	return nil
}

// willName notes a name that the call sets when it goes well.
func (g *Guard) willName(ctx context.Context, c *call, name string) {
	was, _ := g.imageNamed(ctx, c, name)
	c.names = append(c.names, imageName{name, was.ID})
	if len(c.names) == 1 {
		c.entry.Name, c.entry.Image = name, was.ID
	}
}

// listImages notes which names there are before an archive is loaded.
func listImages(g *Guard, ctx context.Context, c *call, _ *http.Request) error {
	var list []struct {
		ID       string `json:"Id"`
		RepoTags []string
	}
	g.get(ctx, c, &list, "/images/json", nil)
	c.listed = make(map[string]string)
	for _, image := range list {
		for _, name := range image.RepoTags {
			c.listed[name] = image.ID
		}
	}
	return nil
}

// imageDeleted reads the answer of DELETE /images/NAME.
func imageDeleted(g *Guard, ctx context.Context, c *call, res *http.Response) {
	var changes []imageChange
	json.Unmarshal(peek(res, maxLookup), &changes)
	g.store(ctx, c, imageChanges(changes, c.entry)...)
}

func imagesPruned(g *Guard, ctx context.Context, c *call, res *http.Response) {
	var answer struct{ ImagesDeleted []imageChange }
	json.Unmarshal(peek(res, maxLookup), &answer)
	g.store(ctx, c, append(imageChanges(answer.ImagesDeleted, c.entry), c.entry)...)
}

// imageChange is one line that docker rmi prints.
type imageChange struct{ Untagged, Deleted string }

// imageChanges makes an entry of each name taken off and each image removed.
func imageChanges(changes []imageChange, of journal.Entry) []journal.Entry {
	var entries []journal.Entry
	for _, change := range changes {
		e := journal.Entry{Object: image, Status: of.Status}
		if change.Untagged != "" {
			e.Action, e.ID, e.Name = "untag", of.ID, change.Untagged
		} else {
			e.Action, e.ID = "delete", change.Deleted
		}
		entries = append(entries, e)
	}
	return entries
}
