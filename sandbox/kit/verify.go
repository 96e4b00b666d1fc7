package kit

import (
	"context"
	"errors"
	"fmt"
	"time"

	cerrdefs "github.com/containerd/errdefs"
	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// Health is what Verify found of an image.
type Health string

// The states of an image in a kit.
const (
	OK      Health = "ok"
	Corrupt Health = "corrupt" // a blob is not what its digest says
	Missing Health = "missing" // a blob is not there
)

// VerifyResult is what Verify found of one image.
type VerifyResult struct {
	Name  string // full name
	State Health
	// Blob and Path name the first blob at fault, empty when State is OK.
	Blob string // sha256:...
	Path string
	// Err says what is wrong with it; nil when State is OK.
	Err error
}

// Verify computes every digest of the kit again. Faults of images are results;
// the error is ErrNoKit, or a *CorruptError when the index cannot be read.
func (k *Kit) Verify(ctx context.Context, progress Progress) ([]VerifyResult, error) {
	report := newReporter(progress)
	entries, done, err := k.reading(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	var results []VerifyResult
	for _, e := range entries {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		finish := report.stage(Step{Stage: StageVerify, Image: e.name})
		result := VerifyResult{Name: e.name, State: OK}
		if err := e.check(k.Dir(), report); err != nil {
			var corrupt *CorruptError
			if !errors.As(err, &corrupt) {
				return nil, err
			}
			result.State, result.Blob, result.Path, result.Err = Corrupt, corrupt.Blob, corrupt.Path, corrupt
			if corrupt.Missing {
				result.State = Missing
			}
		}
		results = append(results, result)
		finish()
	}
	return results, nil
}

// InEngine says what an engine has under an image's name.
type InEngine string

// What an engine may have.
const (
	EngineUnknown InEngine = ""      // no engine was asked
	EngineNone    InEngine = "none"  // no image of that name
	EngineSame    InEngine = "same"  // the kit's image
	EngineOther   InEngine = "other" // another image of that name
)

// Item is one image of a kit.
type Item struct {
	Name   string // full name
	Origin string // where it comes from, in English
	// ID is the image ID, Digest the manifest's digest. Both are empty when
	// the manifest is damaged, and Err says so.
	ID, Digest string
	// Platform is os/arch as the image's configuration has it.
	Platform string
	Created  time.Time
	// Size is what the image takes in the kit: compressed bytes, those of
	// shared layers included.
	Size     int64
	InEngine InEngine
	// EngineID is the ID of what the engine has under the name.
	EngineID string
	Err      error
}

// Listing is what a kit holds.
type Listing struct {
	Items []Item
	// Size is what all the images take together, in bytes, each blob once.
	Size int64
}

// List returns the images of the kit by name. With an engine (it may be nil)
// it also says what the engine has. Errors to react to: ErrNoKit, and a
// *CorruptError when the index cannot be read.
func (k *Kit) List(ctx context.Context, eng Engine) (Listing, error) {
	entries, done, err := k.reading(ctx)
	if err != nil {
		return Listing{}, err
	}
	defer done()
	var list Listing
	sizes := map[v1.Hash]int64{}
	for _, e := range entries {
		item := k.item(e, sizes)
		if eng != nil {
			have, err := eng.ImageInspect(ctx, e.name)
			switch {
			case cerrdefs.IsNotFound(err):
				item.InEngine = EngineNone
			case err != nil:
				return Listing{}, fmt.Errorf("ask the engine for %s: %w", e.name, err)
			default:
				item.InEngine, item.EngineID = EngineOther, have.ID
				if compare(k.Dir(), e, have).State == AlreadyThere {
					item.InEngine = EngineSame
				}
			}
		}
		list.Items = append(list.Items, item)
	}
	for _, size := range sizes {
		list.Size += size
	}
	return list, nil
}

// item describes an entry, and notes the sizes of its blobs.
func (k *Kit) item(e entry, sizes map[v1.Hash]int64) Item {
	item := Item{Name: e.name, Origin: e.origin}
	blobs, err := e.blobs(k.Dir())
	if err != nil {
		item.Err = err
		return item
	}
	item.Digest = e.desc.Digest.String()
	for _, desc := range blobs {
		sizes[desc.Digest] = desc.Size
		item.Size += desc.Size
	}
	id, config, err := e.config(k.Dir())
	if err != nil {
		item.Err = err
		return item
	}
	item.ID = id.String()
	item.Platform = config.OS + "/" + config.Architecture
	item.Created = config.Created.Time
	return item
}
