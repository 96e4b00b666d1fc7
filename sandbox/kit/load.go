package kit

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"time"

	cerrdefs "github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/image"
	"github.com/docker/docker/client"
	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

// LoadState says what Load found or did for one image.
type LoadState string

// The states.
const (
	Loaded       LoadState = "loaded"        // it was not there, now it is
	AlreadyThere LoadState = "already_there" // the engine has this very image
	KeptYours    LoadState = "kept_yours"    // the engine has another image of that name, which was left as it is
)

// LoadResult is what became of one image.
type LoadResult struct {
	Name  string // full name
	State LoadState
	// ID is the image ID that the name has in the engine now.
	ID string
}

// Load puts images of the kit into the engine; without names, all of them. A
// name that the engine has already stays with the image that it has. Errors to
// react to: ErrNoKit, *NotInKitError, *CorruptError.
func (k *Kit) Load(ctx context.Context, eng Engine, names []string, progress Progress) ([]LoadResult, error) {
	return k.load(ctx, eng, names, newReporter(progress))
}

func (k *Kit) load(ctx context.Context, eng Engine, names []string, report reporter) (_ []LoadResult, err error) {
	names, err = fullNames(names)
	if err != nil {
		return nil, err
	}
	// A build sweeps private names away, so it must not run at the same time.
	unlock, err := k.lockForWriting(ctx, report)
	switch {
	case err == nil:
		// A load that was killed has left its names, and nobody else is at work.
		if err := removePrivateNames(ctx, eng, k.owner()); err != nil {
			unlock()
			return nil, err
		}
	case cannotWrite(err):
		unlock = func() {} // nobody builds in a cache that cannot be written
	default:
		return nil, err
	}
	defer unlock()
	entries, done, err := k.reading(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	if len(names) == 0 {
		for _, e := range entries {
			names = append(names, e.name)
		}
	}

	var nonce [4]byte
	rand.Read(nonce[:])
	l := &loader{kit: k, engine: eng, report: report, mark: k.owner() + "-" + hex.EncodeToString(nonce[:])}
	var results []LoadResult
	for _, name := range names {
		e, ok := find(entries, name)
		if !ok {
			return nil, &NotInKitError{Name: name}
		}
		result, err := l.plan(ctx, e)
		if err != nil {
			return nil, err
		}
		results = append(results, result)
	}
	if len(l.missing) == 0 {
		return results, nil
	}
	defer func() {
		err = errors.Join(err, tidy(ctx, func(ctx context.Context) error {
			return removePrivateNames(ctx, eng, l.mark)
		}))
	}()
	if err := l.send(ctx); err != nil {
		return nil, err
	}
	for i := range results {
		if results[i].State != Loaded {
			continue
		}
		if results[i], err = l.name(ctx, results[i].Name); err != nil {
			return nil, err
		}
	}
	return results, nil
}

// loader is one load into an engine.
type loader struct {
	kit     *Kit
	engine  Engine
	report  reporter
	mark    string // tag of the private names
	missing []missingImage
}

type missingImage struct {
	entry  entry
	image  *kitImage // nil when the engine has it already, without the name
	source string    // what it is called in the engine before it has its name
}

// plan decides what is to be done for an image.
func (l *loader) plan(ctx context.Context, e entry) (LoadResult, error) {
	have, err := l.engine.ImageInspect(ctx, e.name)
	switch {
	case cerrdefs.IsNotFound(err):
	case err != nil:
		return LoadResult{}, fmt.Errorf("ask the engine for %s: %w", e.name, err)
	default:
		return compare(l.kit.Dir(), e, have), nil
	}
	id, _, err := e.config(l.kit.Dir())
	if err != nil {
		return LoadResult{}, err
	}
	result := LoadResult{Name: e.name, State: Loaded}
	// Somebody may have taken the name away and kept the image.
	_, err = l.engine.ImageInspect(ctx, id.String())
	if err == nil {
		l.missing = append(l.missing, missingImage{entry: e, source: id.String()})
		return result, nil
	} else if !cerrdefs.IsNotFound(err) {
		return LoadResult{}, fmt.Errorf("ask the engine for %s: %w", e.name, err)
	}
	img, err := e.image(l.kit.Dir(), l.report)
	if err != nil {
		return LoadResult{}, err
	}
	source := privateRef("load"+strconv.Itoa(len(l.missing)), l.mark)
	l.missing = append(l.missing, missingImage{entry: e, image: img, source: source})
	return result, nil
}

// compare says whether what the engine has under a name is the kit's image.
// Engines with containerd's image store have another ID for the same image, so
// equal content under an equal time of creation counts as well.
func compare(dir string, e entry, have image.InspectResponse) LoadResult {
	result := LoadResult{Name: e.name, State: KeptYours, ID: have.ID}
	id, config, err := e.config(dir)
	if err != nil {
		return result // a damaged copy is not needed here, and not the same
	}
	if have.ID == id.String() {
		result.State = AlreadyThere
		return result
	}
	var layers []string
	for _, diffID := range config.RootFS.DiffIDs {
		layers = append(layers, diffID.String())
	}
	created, err := time.Parse(time.RFC3339Nano, have.Created)
	if err == nil && created.Equal(config.Created.Time) && slices.Equal(layers, have.RootFS.Layers) {
		result.State = AlreadyThere
	}
	return result
}

// send streams the missing images into the engine under private names: an
// archive that brings a name takes it away from whoever has it.
func (l *loader) send(ctx context.Context) error {
	archive := map[name.Reference]v1.Image{}
	for _, m := range l.missing {
		if m.image == nil {
			continue
		}
		tag, err := name.NewTag(m.source)
		if err != nil {
			return fmt.Errorf("load %s: %w", m.entry.name, err)
		}
		archive[tag] = m.image
	}
	if len(archive) == 0 {
		return nil
	}
	total, err := tarball.CalculateSize(archive)
	if err != nil {
		return fmt.Errorf("load images: %w", err)
	}
	step := Step{Stage: StageLoad, Total: total}
	if len(l.missing) == 1 {
		step.Image = l.missing[0].entry.name
	}
	finish := l.report.stage(step)
	reader, writer := io.Pipe()
	done := make(chan struct{})
	go func() {
		defer close(done)
		// With an error the engine sees a broken request, not a short archive.
		writer.CloseWithError(tarball.MultiRefWrite(archive, writer))
		for _, m := range l.missing {
			if m.image != nil {
				m.image.close()
			}
		}
	}()
	defer func() {
		reader.Close() // the writer ends when nobody reads any more
		<-done
	}()
	answer, err := l.engine.ImageLoad(ctx, io.TeeReader(reader, l.report.meter(step)), client.ImageLoadWithQuiet(true))
	if err != nil {
		return fmt.Errorf("load images: %w", err)
	}
	if err := readMessages(answer.Body, func(message) {}); err != nil {
		return fmt.Errorf("load images: %w", err)
	}
	finish()
	return nil
}

// name gives a loaded image its name, unless somebody else has come first.
func (l *loader) name(ctx context.Context, full string) (LoadResult, error) {
	at := slices.IndexFunc(l.missing, func(m missingImage) bool { return m.entry.name == full })
	m := l.missing[at]
	have, err := l.engine.ImageInspect(ctx, full)
	if err == nil {
		return compare(l.kit.Dir(), m.entry, have), nil
	} else if !cerrdefs.IsNotFound(err) {
		return LoadResult{}, fmt.Errorf("ask the engine for %s: %w", full, err)
	}
	if err := l.engine.ImageTag(ctx, m.source, full); err != nil {
		return LoadResult{}, fmt.Errorf("name %s: %w", full, err)
	}
	now, err := l.engine.ImageInspect(ctx, full)
	if err != nil {
		return LoadResult{}, fmt.Errorf("ask the engine for %s: %w", full, err)
	}
	return LoadResult{Name: full, State: Loaded, ID: now.ID}, nil
}
