package guard

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/docker/docker/api/types/strslice"

	"kihon/sandbox/journal"
)

// createBody is what the guard reads of POST /containers/create. encoding/json
// reads it as the engine does.
type createBody struct {
	Image      string
	Cmd        strslice.StrSlice
	Volumes    map[string]struct{}
	HostConfig struct {
		Binds        []string
		Mounts       []struct{ Type, Source, Target string }
		Tmpfs        map[string]string
		VolumesFrom  []string
		VolumeDriver string
	}
}

// createContainer labels a container and the volumes that come with it.
func createContainer(g *Guard, ctx context.Context, c *call, r *http.Request) error {
	text, err := readBody(r)
	if err != nil {
		return err
	}
	var body createBody
	if decode(text, &body) != nil {
		return nil // the engine refuses it in its own words
	}
	c.entry.Name = strings.TrimPrefix(c.query.Get("name"), "/")
	c.entry.Image = body.Image
	c.entry.Command = body.Cmd

	facts, ok := g.imageNamed(ctx, c, body.Image)
	if !ok {
		// The engine will refuse this, and no volume is to stay behind.
		setBody(r, g.labelContainer(text, nil))
		return nil
	}
	c.mounted = make(map[string]bool)
	anonymous := g.anonymousTargets(ctx, c, body, facts)
	g.makeNamed(ctx, c, body)
	setBody(r, g.labelContainer(text, anonymous))
	return nil
}

// anonymousTargets lists the paths that get a volume without a name: those of
// docker run -v /path and of the image's VOLUME, unless something else is
// mounted there. The volumes of --volumes-from come first for the engine, but
// a mount would push them aside.
func (g *Guard) anonymousTargets(ctx context.Context, c *call, body createBody, image imageFacts) []string {
	taken := make(map[string]bool)
	for _, bind := range body.HostConfig.Binds {
		if _, target, ok := splitBind(bind); ok {
			taken[clean(target)] = true
		}
	}
	for _, m := range body.HostConfig.Mounts {
		taken[clean(m.Target)] = true
	}
	for target := range body.HostConfig.Tmpfs {
		taken[clean(target)] = true
	}
	for _, from := range body.HostConfig.VolumesFrom {
		ref, _, _ := strings.Cut(from, ":")
		facts, _ := g.containerNamed(ctx, c, ref)
		for _, m := range facts.Mounts {
			taken[clean(m.Destination)] = true
			if m.Type == volume {
				c.mounted[m.Name] = true
			}
		}
	}
	var targets []string
	for _, paths := range []map[string]struct{}{body.Volumes, image.Config.Volumes} {
		for target := range paths {
			// What is not a plain path is for the engine to read.
			if strings.HasPrefix(target, "/") && !strings.Contains(target, ":") && clean(target) != "/" && !taken[clean(target)] {
				taken[clean(target)] = true
				targets = append(targets, target)
			}
		}
	}
	return targets
}

// splitBind reads "SOURCE:TARGET" and "SOURCE:TARGET:OPTIONS" as the engine
// does for Linux containers.
func splitBind(bind string) (source, target string, ok bool) {
	parts := strings.Split(bind, ":")
	if len(parts) < 2 || len(parts) > 3 {
		return "", "", false
	}
	return parts[0], parts[1], true
}

// makeNamed creates the volumes that "-v NAME:/path" would create, since the
// engine gives those no labels. The container's body stays as the learner
// sees it in docker inspect. Volumes that are there already are left alone.
func (g *Guard) makeNamed(ctx context.Context, c *call, body createBody) {
	names := make(map[string]bool)
	for _, bind := range body.HostConfig.Binds {
		if source, target, ok := splitBind(bind); ok && isVolumeName(source) && strings.HasPrefix(target, "/") {
			names[source] = true
		}
	}
	for _, m := range body.HostConfig.Mounts {
		if m.Type == volume && m.Source != "" && g.volumeThere(ctx, c, m.Source) {
			c.mounted[m.Source] = true
		}
	}
	// A name that is in use makes the engine refuse before it looks at volumes.
	if _, used := g.containerNamed(ctx, c, c.entry.Name); used {
		return
	}
	for name := range names {
		if g.volumeThere(ctx, c, name) {
			c.mounted[name] = true
			continue
		}
		request := map[string]any{"Name": name, "Labels": g.labels()}
		if driver := body.HostConfig.VolumeDriver; driver != "" {
			request["Driver"] = driver
		}
		if g.ask(ctx, c, http.MethodPost, "/volumes/create", nil, request, nil) == http.StatusCreated {
			c.made = append(c.made, name)
		}
	}
}

// isVolumeName tells a volume's name from a path of the host.
func isVolumeName(source string) bool {
	return source != "" && !strings.ContainsAny(source, `/\`) && source != "." && source != ".."
}

// containerNotCreated takes back the volumes that were made for nothing. One
// that another container has begun to use meanwhile stays: the engine refuses.
func containerNotCreated(g *Guard, ctx context.Context, c *call) {
	for _, name := range c.made {
		g.ask(ctx, c, http.MethodDelete, "/volumes/"+name, nil, nil, nil)
	}
}

// containerCreated stores the volumes that came with a container, then the
// container: the order in which the engine makes them.
func containerCreated(g *Guard, ctx context.Context, c *call, res *http.Response) {
	var answer struct {
		ID string `json:"Id"`
	}
	json.Unmarshal(peek(res, maxLookup), &answer)
	c.identify(answer.ID, c.entry.Name)
	var entries []journal.Entry
	if facts, ok := g.containerNamed(ctx, c, answer.ID); ok {
		c.entry.Name = facts.Name
		for _, m := range facts.Mounts {
			if m.Type == volume && m.Name != "" && !c.mounted[m.Name] {
				c.mounted[m.Name] = true // one volume may be mounted twice
				entries = append(entries, journal.Entry{
					Object: volume, Action: "create", ID: m.Name, Name: m.Name, Status: http.StatusCreated,
				})
			}
		}
	}
	g.store(ctx, c, append(entries, c.entry)...)
}

func renameContainer(g *Guard, ctx context.Context, c *call, r *http.Request) error {
	findContainer(g, ctx, c, r)
	c.entry.Name = strings.TrimPrefix(c.query.Get("name"), "/")
	return nil
}

// attachContainer refuses a client that wants a two-way stream without saying
// so. The engine would open one, but no proxy can tell it from an answer.
func attachContainer(g *Guard, ctx context.Context, c *call, r *http.Request) error {
	findContainer(g, ctx, c, r)
	return needsUpgrade(r)
}

func needsUpgrade(r *http.Request) error {
	if r.Header.Get("Upgrade") != "" {
		return nil
	}
	return refused(http.StatusBadRequest,
		"this stream needs the request headers \"Connection: Upgrade\" and \"Upgrade: tcp\" inside kihon's sandbox; the docker command sends them")
}

// createExec notes what is to be executed. Its entry, like the engine's event,
// is one of the container.
func createExec(g *Guard, ctx context.Context, c *call, r *http.Request) error {
	findContainer(g, ctx, c, r)
	text, err := readBody(r)
	if err != nil {
		return err
	}
	var body struct{ Cmd []string }
	decode(text, &body)
	c.entry.Command = body.Cmd
	return nil
}

func startExec(g *Guard, ctx context.Context, c *call, r *http.Request) error {
	var exec struct {
		ContainerID   string
		ProcessConfig struct {
			Entrypoint string
			Arguments  []string
		}
	}
	if g.get(ctx, c, &exec, "/exec/"+c.ref+"/json", nil) {
		c.entry.Command = append([]string{exec.ProcessConfig.Entrypoint}, exec.ProcessConfig.Arguments...)
		facts, _ := g.containerNamed(ctx, c, exec.ContainerID)
		c.identify(exec.ContainerID, facts.Name)
	}
	text, err := readBody(r)
	if err != nil {
		return err
	}
	var body struct{ Detach bool }
	if decode(text, &body); body.Detach {
		return nil
	}
	return needsUpgrade(r)
}

// destroyContainer notes the volumes that may go with a container.
func destroyContainer(g *Guard, ctx context.Context, c *call, _ *http.Request) error {
	facts, ok := g.containerNamed(ctx, c, c.ref)
	if !ok {
		return nil
	}
	c.identify(facts.ID, facts.Name)
	c.mounted = make(map[string]bool)
	for _, m := range facts.Mounts {
		if m.Type == volume && boolean(c.query.Get("v")) {
			c.mounted[m.Name] = true
		}
	}
	return nil
}

func containerDestroyed(g *Guard, ctx context.Context, c *call, _ *http.Response) {
	entries := []journal.Entry{c.entry}
	for name := range c.mounted {
		// The engine deletes those without a name of their own.
		if g.ask(ctx, c, http.MethodGet, "/volumes/"+name, nil, nil, nil) == http.StatusNotFound {
			entries = append(entries, journal.Entry{
				Object: volume, Action: "destroy", ID: name, Name: name, Status: c.entry.Status,
			})
		}
	}
	g.store(ctx, c, entries...)
}

// boolean reads a query's value as the engine does.
func boolean(value string) bool {
	switch strings.ToLower(strings.TrimSpace(value)) {
	case "", "0", "no", "false", "none":
		return false
	}
	return true
}

// commitContainer notes the container, and the name that its image will get.
func commitContainer(g *Guard, ctx context.Context, c *call, _ *http.Request) error {
	facts, ok := g.containerNamed(ctx, c, c.query.Get("container"))
	if ok {
		c.committed = facts
	}
	c.entry.Name = ""
	if repo := c.query.Get("repo"); repo != "" {
		c.entry.Name = tagged(repo, c.query.Get("tag"))
		was, _ := g.imageNamed(ctx, c, c.entry.Name)
		c.entry.Image = was.ID
	}
	return nil
}

// containerCommitted stores two entries, as the engine tells of a commit as
// something that befell the container, and the image is new.
func containerCommitted(g *Guard, ctx context.Context, c *call, res *http.Response) {
	var answer struct {
		ID string `json:"Id"`
	}
	json.Unmarshal(peek(res, maxLookup), &answer)
	made := c.entry
	made.ID = answer.ID
	g.store(ctx, c, journal.Entry{
		Object: container, Action: "commit", ID: c.committed.ID, Name: c.committed.Name, Status: c.entry.Status,
	}, made)
}
