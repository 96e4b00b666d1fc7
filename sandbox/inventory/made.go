package inventory

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/distribution/reference"
	"github.com/docker/docker/api/types/image"

	"kihon/sandbox/journal"
)

// History is what is asked of the journal; journal.Journal fits.
type History interface {
	Since(ctx context.Context, seq int64) ([]journal.Entry, error)
}

// Made is a thing that this home has made and that is on the engine now.
type Made struct {
	Thing
	// Actor is who made it: the learner or kihon.
	Actor journal.Actor
	// Loaded says that it is an image that came whole, out of a kit or a
	// registry. It stays for the engine's users unless it is asked for.
	Loaded bool
	// State is a container's state as docker ps -a knows it: running, exited, ...
	State string
}

// Reason is why a thing is left where it is.
type Reason string

// The reasons.
const (
	// InUse: something of somebody else's needs it.
	InUse Reason = "in_use"
	// Unsure: it carries our label but may be somebody else's.
	Unsure Reason = "unsure"
	// NameWasThere: the learner has moved an image name that was there before.
	NameWasThere Reason = "name_was_there"
	// Refused: the engine would not remove it.
	Refused Reason = "refused"
)

// Left is a thing that stays, and why. Err is the engine's answer, when there
// was one.
type Left struct {
	Thing
	Reason Reason
	Err    error
}

// Status lists what this home has made and what of it is on the engine now,
// and what looks like it and is not touched.
func Status(ctx context.Context, engine Lister, history History, homeID string) (made []Made, left []Left, err error) {
	o, err := look(ctx, engine, history, homeID)
	if err != nil {
		return nil, nil, err
	}
	return o.made, o.left, nil
}

// overview is what an engine holds, with what of it is ours.
type overview struct {
	lists
	made []Made
	left []Left
	// began is when this home made its first thing.
	began time.Time
	// untagged are the image names that have been taken off since.
	untagged map[string]bool
}

func look(ctx context.Context, engine Lister, history History, homeID string) (*overview, error) {
	entries, err := history.Since(ctx, 0)
	if err != nil {
		return nil, fmt.Errorf("read the journal: %w", err)
	}
	all, err := list(ctx, engine)
	if err != nil {
		return nil, err
	}
	o := &overview{lists: all, untagged: make(map[string]bool)}
	created := make(map[Thing]journal.Actor) // without names
	for _, e := range entries {
		if journal.Creates(e) {
			if o.began.IsZero() {
				o.began = e.Time
			}
			created[Thing{Object: e.Object, ID: e.ID}] = e.Actor
		}
	}
	o.containersMade(created, homeID)
	o.networksMade(created, homeID)
	o.volumesMade(homeID)
	o.imagesMade(entries)
	slices.SortStableFunc(o.made, func(a, b Made) int { return rank(a.Object) - rank(b.Object) })
	return o, nil
}

// rank is the order in which things can be removed.
func rank(object string) int {
	return slices.Index([]string{Container, Network, Volume, Image}, object)
}

func actorOf(labels map[string]string) journal.Actor {
	if labels[journal.LabelActor] == string(journal.Kihon) {
		return journal.Kihon
	}
	return journal.Learner
}

// containersMade: the journal knows IDs, which never come back. A label alone
// is believed only when the container cannot have it from its image.
func (o *overview) containersMade(created map[Thing]journal.Actor, homeID string) {
	images := make(map[string]image.Summary)
	for _, i := range o.images {
		images[i.ID] = i
	}
	for _, c := range o.containers {
		thing := Thing{Container, c.ID, nameOf(c)}
		actor, known := created[Thing{Object: Container, ID: c.ID}]
		if !known && c.Labels[journal.LabelHome] != homeID {
			continue
		}
		if !known {
			from, there := images[c.ImageID]
			if !there || from.Labels[journal.LabelHome] == homeID {
				o.left = append(o.left, Left{Thing: thing, Reason: Unsure})
				continue
			}
			actor = actorOf(c.Labels)
		}
		o.made = append(o.made, Made{Thing: thing, Actor: actor, State: string(c.State)})
	}
}

func (o *overview) networksMade(created map[Thing]journal.Actor, homeID string) {
	for _, n := range o.networks {
		actor, known := created[Thing{Object: Network, ID: n.ID}]
		if !known && n.Labels[journal.LabelHome] != homeID {
			continue
		}
		if !known {
			actor = actorOf(n.Labels)
		}
		o.made = append(o.made, Made{Thing: Thing{Network, n.ID, n.Name}, Actor: actor})
	}
}

// volumesMade goes by the label alone: the journal has only the name, and the
// engine's time of creation changes when the volume is used (seen on 20.10).
func (o *overview) volumesMade(homeID string) {
	for _, v := range o.volumes {
		if v.Labels[journal.LabelHome] == homeID {
			o.made = append(o.made, Made{Thing: Thing{Volume, v.Name, v.Name}, Actor: actorOf(v.Labels)})
		}
	}
}

// imageName is what the journal tells of an image's name.
type imageName struct {
	ids     map[string]bool // the images that this home has given the name to
	actor   journal.Actor
	foreign bool // it was there before
	loaded  bool
}

// imagesMade: images carry no label of ours. A name is ours when it was new as
// we set it, and while it leads to an image that we gave it to.
func (o *overview) imagesMade(entries []journal.Entry) {
	names, nameless := imageNames(entries)
	for _, i := range o.images {
		for _, name := range namesOf(i) {
			known := names[name]
			thing := Thing{Image, i.ID, name}
			switch {
			case known == nil || !known.ids[i.ID]:
			case known.foreign:
				o.left = append(o.left, Left{Thing: thing, Reason: NameWasThere})
			default:
				o.made = append(o.made, Made{Thing: thing, Actor: known.actor, Loaded: known.loaded})
			}
		}
		actor, known := nameless[i.ID]
		if known && o.isStep(i) && !o.hasChildren(i.ID) {
			o.made = append(o.made, Made{Thing: Thing{Image, i.ID, ""}, Actor: actor})
		}
	}
}

// imageNames reads the names that this home has set, and the images that it has
// made, which may have lost their names since.
func imageNames(entries []journal.Entry) (names map[string]*imageName, made map[string]journal.Actor) {
	names, made = make(map[string]*imageName), make(map[string]journal.Actor)
	for _, e := range entries {
		if e.Object != Image || e.Source != journal.Call || !e.OK() {
			continue
		}
		e.Name = spelled(e.Name)
		if e.Action == "untag" && names[e.Name] != nil && !names[e.Name].foreign {
			delete(names, e.Name)
		}
		if !journal.Creates(e) {
			continue
		}
		if e.Action == "build" || e.Action == "commit" || e.Action == "import" {
			made[e.ID] = e.Actor
		}
		if e.Name == "" {
			continue
		}
		n := names[e.Name]
		if n == nil {
			n = &imageName{ids: make(map[string]bool), foreign: e.Image != ""}
			names[e.Name] = n
		} else if e.Image != "" && !n.ids[e.Image] {
			n.foreign = true // somebody else has moved it in between
		}
		n.ids[e.ID] = true
		n.actor = e.Actor
		n.loaded = e.Action == "pull" || e.Action == "load" && e.Actor == journal.Kihon
	}
	return names, made
}

// spelled is a name as docker images shows it: docker.io/library/httpd is
// httpd:latest.
func spelled(name string) string {
	named, err := reference.ParseNormalizedNamed(name)
	if err != nil {
		return name
	}
	return reference.FamiliarString(reference.TagNameOnly(named))
}

// isStep reports whether an image has no name and is one of a build of ours.
func (o *overview) isStep(i image.Summary) bool {
	named := slices.ContainsFunc(namesOf(i), func(name string) bool { return !o.untagged[name] })
	digest := slices.ContainsFunc(i.RepoDigests, func(ref string) bool { return ref != "<none>@<none>" })
	return !named && !digest && o.isNew(i)
}

// isNew tells an image that we built from one that a build took from the cache
// of somebody else's.
func (o *overview) isNew(i image.Summary) bool {
	return !o.began.IsZero() && !time.Unix(i.Created, 0).Before(o.began.Add(-time.Minute))
}

func (o *overview) hasChildren(id string) bool {
	return slices.ContainsFunc(o.images, func(i image.Summary) bool { return i.ParentID == id })
}

// usedBy names a container that was made from an image; "" when there is none.
func (o *overview) usedBy(imageID string, gone map[string]bool) string {
	for _, c := range o.containers {
		if c.ImageID == imageID && !gone[c.ID] {
			return strings.TrimSpace(nameOf(c) + " " + c.ID)
		}
	}
	return ""
}
