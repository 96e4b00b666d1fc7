package guard

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// lookupLimit bounds one question of the guard's own; an inspect takes 0.3 ms.
const lookupLimit = 10 * time.Second

// maxLookup bounds the answer of a list: about 1 KiB for each object.
const maxLookup = 64 << 20

// ask sends a request of the guard's own to the engine, in the API version of
// the call that it serves, and decodes the answer into result when the engine
// agreed. The status is 0 when the engine did not answer.
func (g *Guard) ask(ctx context.Context, c *call, method, path string, query url.Values, body, result any) (status int) {
	ctx, cancel := context.WithTimeout(ctx, lookupLimit)
	defer cancel()
	address := url.URL{Scheme: "http", Host: "docker", Path: g.config.BasePath + c.version + path, RawQuery: query.Encode()}
	var content io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return 0
		}
		content = bytes.NewReader(text)
	}
	req, err := http.NewRequestWithContext(ctx, method, address.String(), content)
	if err != nil {
		return 0
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	res, err := g.transport.RoundTrip(req)
	if err != nil {
		return 0
	}
	defer res.Body.Close()
	text, err := io.ReadAll(io.LimitReader(res.Body, maxLookup))
	if err != nil {
		return 0
	}
	if res.StatusCode < 300 && result != nil {
		if json.Unmarshal(text, result) != nil {
			return 0
		}
	}
	return res.StatusCode
}

// get asks for one object. What could not be learned is left empty: the entry
// then names the object as the client did, and the engine judges the call.
func (g *Guard) get(ctx context.Context, c *call, result any, path string, query url.Values) bool {
	status := g.ask(ctx, c, http.MethodGet, path, query, nil, result)
	return status >= 200 && status < 300
}

// mountPoint is a mount of a container as its inspect shows it.
type mountPoint struct{ Type, Name, Destination string }

// containerFacts is what the guard wants to know of a container.
type containerFacts struct {
	ID     string `json:"Id"`
	Name   string
	Mounts []mountPoint
	Config struct{ Image string }
}

// containerNamed resolves a name, an ID or the beginning of an ID.
func (g *Guard) containerNamed(ctx context.Context, c *call, ref string) (facts containerFacts, ok bool) {
	if ref == "" {
		return facts, false
	}
	ok = g.get(ctx, c, &facts, "/containers/"+ref+"/json", nil)
	facts.Name = strings.TrimPrefix(facts.Name, "/")
	return facts, ok
}

// imageFacts is what the guard wants to know of an image.
type imageFacts struct {
	ID     string `json:"Id"`
	Config struct {
		Volumes map[string]struct{}
	}
}

func (g *Guard) imageNamed(ctx context.Context, c *call, ref string) (facts imageFacts, ok bool) {
	if ref == "" {
		return facts, false
	}
	ok = g.get(ctx, c, &facts, "/images/"+ref+"/json", nil)
	return facts, ok
}

// networkFacts is what the guard wants to know of a network.
type networkFacts struct {
	ID   string `json:"Id"`
	Name string
}

func (g *Guard) networkNamed(ctx context.Context, c *call, ref string) (facts networkFacts, ok bool) {
	if ref == "" {
		return facts, false
	}
	ok = g.get(ctx, c, &facts, "/networks/"+ref, nil)
	return facts, ok
}

// volumeThere reports whether there is a volume of this name.
func (g *Guard) volumeThere(ctx context.Context, c *call, name string) bool {
	return name != "" && g.get(ctx, c, nil, "/volumes/"+name, nil)
}

// findContainer is the before of a call on one container.
func findContainer(g *Guard, ctx context.Context, c *call, _ *http.Request) error {
	if facts, ok := g.containerNamed(ctx, c, c.ref); ok {
		c.identify(facts.ID, facts.Name)
	}
	return nil
}

func findNetwork(g *Guard, ctx context.Context, c *call, _ *http.Request) error {
	if facts, ok := g.networkNamed(ctx, c, c.ref); ok {
		c.identify(facts.ID, facts.Name)
	}
	return nil
}

func findImage(g *Guard, ctx context.Context, c *call, _ *http.Request) error {
	if facts, ok := g.imageNamed(ctx, c, c.ref); ok {
		c.identify(facts.ID, c.ref)
	}
	return nil
}

// findVolume: the engine knows volumes by their name alone.
func findVolume(_ *Guard, _ context.Context, c *call, _ *http.Request) error {
	c.identify(c.ref, c.ref)
	return nil
}

// done stores the entry as it stands.
func done(g *Guard, ctx context.Context, c *call, _ *http.Response) {
	g.store(ctx, c, c.entry)
}

// maxBody bounds the JSON body of a call that the guard reads. The engine's
// own clients send a few kilobytes.
const maxBody = 8 << 20

// maxDrained bounds what is read of a body that is refused.
const maxDrained = 256 << 20

// readBody takes a request's body into memory.
func readBody(r *http.Request) ([]byte, error) {
	if r.Body == nil {
		return nil, nil
	}
	text, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	if err != nil {
		return nil, fmt.Errorf("read the request: %w", err)
	}
	if len(text) > maxBody {
		// A client that is still sending would not read the answer.
		io.Copy(io.Discard, io.LimitReader(r.Body, maxDrained))
		return nil, refused(http.StatusRequestEntityTooLarge,
			"the request's body is larger than %d MiB; kihon does not pass that on", maxBody>>20)
	}
	r.Body.Close()
	setBody(r, text)
	return text, nil
}

// decode reads a body as the engine does, which ignores what follows the
// first JSON value.
func decode(text []byte, body any) error {
	return json.NewDecoder(bytes.NewReader(text)).Decode(body)
}

// setBody gives a request another body, of a length that is known.
func setBody(r *http.Request, text []byte) {
	r.Body = io.NopCloser(bytes.NewReader(text))
	r.ContentLength = int64(len(text))
	r.TransferEncoding = nil
	r.Header.Del("Content-Length")
}
