package guard

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"

	"kihon/sandbox/journal"
)

// route says how one changing call of the engine's API is read.
type route struct {
	// method and pattern recognise it. A pattern holds at most one variable:
	// {ref} is one segment of the path, {name} any number of them.
	method, pattern string
	// object and action are those of the journal entry, spelled as the
	// engine's events spell them.
	object, action string
	// before, when set, runs before the call is sent: it finds out what the
	// call is about and may rewrite the body. Its error refuses the call.
	before func(*Guard, context.Context, *call, *http.Request) error
	// after reads an answer below 400 and stores the entries. It leaves the
	// body as it was.
	after func(*Guard, context.Context, *call, *http.Response)
	// failed, when set, runs when the engine has refused the call.
	failed func(*Guard, context.Context, *call)
	// streams says that the call lives as long as its client: it ends when
	// the client goes away.
	streams bool
}

// The objects of the journal.
const (
	container = "container"
	image     = "image"
	volume    = "volume"
	network   = "network"
	build     = "build"
)

// routes is every changing call of API 1.24 to 1.51 that a course without
// swarm mode and plug-ins makes. The first row that fits is taken.
func routes() []route {
	const (
		post = http.MethodPost
		put  = http.MethodPut
		del  = http.MethodDelete
	)
	return []route{
		{post, "/containers/create", container, "create", createContainer, containerCreated, containerNotCreated, false},
		{post, "/containers/prune", container, "prune", listContainers, containersPruned, nil, false},
		{post, "/containers/{ref}/start", container, "start", findContainer, done, nil, false},
		{post, "/containers/{ref}/stop", container, "stop", findContainer, done, nil, false},
		{post, "/containers/{ref}/restart", container, "restart", findContainer, done, nil, false},
		{post, "/containers/{ref}/kill", container, "kill", findContainer, done, nil, false},
		{post, "/containers/{ref}/pause", container, "pause", findContainer, done, nil, false},
		{post, "/containers/{ref}/unpause", container, "unpause", findContainer, done, nil, false},
		{post, "/containers/{ref}/rename", container, "rename", renameContainer, done, nil, false},
		{post, "/containers/{ref}/update", container, "update", findContainer, done, nil, false},
		{post, "/containers/{ref}/attach", container, "attach", attachContainer, done, nil, true},
		{post, "/containers/{ref}/exec", container, "exec_create", createExec, done, nil, false},
		{post, "/exec/{ref}/start", container, "exec_start", startExec, done, nil, true},
		{put, "/containers/{ref}/archive", container, "extract-to-dir", findContainer, done, nil, true},
		{del, "/containers/{ref}", container, "destroy", destroyContainer, containerDestroyed, nil, false},

		{post, "/commit", image, "commit", commitContainer, containerCommitted, nil, false},
		{post, "/build", image, "build", buildImage, streamed, nil, true},
		{post, "/build/prune", build, "prune", nil, done, nil, false},
		{post, "/images/create", image, "pull", pullImage, streamed, nil, true},
		{post, "/images/load", image, "load", listImages, streamed, nil, true},
		{post, "/images/prune", image, "prune", nil, imagesPruned, nil, false},
		{post, "/images/{name}/push", image, "push", findImage, streamed, nil, true},
		{post, "/images/{name}/tag", image, "tag", tagImage, done, nil, false},
		{del, "/images/{name}", image, "delete", findImage, imageDeleted, nil, false},

		{post, "/volumes/create", volume, "create", createVolume, volumeCreated, nil, false},
		{post, "/volumes/prune", volume, "prune", nil, volumesPruned, nil, false},
		{del, "/volumes/{name}", volume, "destroy", findVolume, done, nil, false},

		{post, "/networks/create", network, "create", createNetwork, networkCreated, nil, false},
		{post, "/networks/prune", network, "prune", listNetworks, networksPruned, nil, false},
		{post, "/networks/{name}/connect", network, "connect", findNetwork, done, nil, false},
		{post, "/networks/{name}/disconnect", network, "disconnect", findNetwork, done, nil, false},
		{del, "/networks/{name}", network, "destroy", findNetwork, done, nil, false},
	}
}

// call is one changing call on its way.
type call struct {
	route
	// ref is the pattern's variable, decoded once.
	ref string
	// version is the path's prefix, "/v1.41" or "".
	version string
	query   url.Values
	// entry is what is known so far.
	entry journal.Entry

	// mounted are the volumes that were there before a container came with
	// them, made those that the guard made for it, by name.
	mounted map[string]bool
	made    []string
	// committed is the container whose state becomes an image.
	committed containerFacts
	// names are the image names that the call sets, with what they led to.
	names []imageName
	// listed maps what there was before a prune or a load: IDs to names, or
	// image names to IDs.
	listed map[string]string

	// about is entry.ID for other goroutines: the ID once it is known.
	about  atomic.Pointer[string]
	stored atomic.Bool
}

// identify notes what the call is about.
func (c *call) identify(id, name string) {
	c.entry.ID, c.entry.Name = id, name
	c.about.Store(&id)
}

// imageName is a name, and the ID of the image that it led to before; "" when
// there was none.
type imageName struct{ name, was string }

// concerns reports whether the call may be about the object of this full ID.
func (c *call) concerns(id string) bool {
	about := c.about.Load()
	if about == nil {
		// A create, or a prune: any object may be its own. Builds and pulls
		// last for minutes and make images only.
		return !c.streams
	}
	return *about == id
}

// recognise returns the call that a request is, or nil when it changes nothing
// that is to be known.
func (g *Guard) recognise(r *http.Request) *call {
	version, path := splitVersion(r.URL.Path)
	for _, row := range g.routes {
		if row.method != r.Method {
			continue
		}
		if ref, ok := row.match(path); ok {
			c := &call{route: row, ref: ref, version: version, query: r.URL.Query()}
			c.entry = journal.Entry{Object: row.object, Action: row.action, Name: ref}
			return c
		}
	}
	return nil
}

// splitVersion takes the prefix that chooses the API's version off a path. The
// engine's router takes any digits and dots there.
func splitVersion(path string) (version, rest string) {
	if !strings.HasPrefix(path, "/v") {
		return "", path
	}
	end := strings.IndexByte(path[1:], '/') + 1
	if end < 3 || strings.Trim(path[2:end], "0123456789.") != "" {
		return "", path
	}
	return path[:end], path[end:]
}

// match compares a path with the row's pattern and gives the variable's value.
func (r route) match(path string) (ref string, ok bool) {
	open := strings.IndexByte(r.pattern, '{')
	if open < 0 {
		return "", path == r.pattern
	}
	shut := strings.IndexByte(r.pattern, '}')
	prefix, suffix := r.pattern[:open], r.pattern[shut+1:]
	if len(path) <= len(prefix)+len(suffix) || !strings.HasPrefix(path, prefix) || !strings.HasSuffix(path, suffix) {
		return "", false
	}
	ref = path[len(prefix) : len(path)-len(suffix)]
	if r.pattern[open:shut+1] == "{ref}" && strings.Contains(ref, "/") {
		return "", false
	}
	return ref, true
}
