package kit

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	cerrdefs "github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/filters"
	"github.com/docker/docker/api/types/image"
)

const (
	// privatePrefix begins the names that a build or a load uses in the
	// engine for a moment. Nobody can have an image of that name otherwise:
	// there is no such registry.
	privatePrefix = "kihon-kit.local/"
	// ownerLabel is on everything that a build makes in the engine. Its
	// value is the owner.
	ownerLabel = "dev.kihon.kit.owner"
	// foreignAge is how old the leftovers of other caches must be before
	// they are removed: their build may still be running.
	foreignAge = 24 * time.Hour
)

// owner is this cache directory on this computer. Who holds the cache's lock
// knows that everything with this owner in the engine is a dead process's.
func (k *Kit) owner() string {
	host, _ := os.Hostname() // empty is as good: it only tells caches apart
	id, _ := os.ReadFile("/etc/machine-id")
	sum := sha256.Sum256([]byte(host + "\n" + string(id) + "\n" + k.cache))
	return hex.EncodeToString(sum[:6])
}

// privateRef is a name for what is in the engine for a moment only.
func privateRef(what, owner string) string { return privatePrefix + what + ":" + owner }

// sweep removes what killed builds have left in the engine. What somebody has
// put to use since then stays.
func (b *builder) sweep(ctx context.Context) error {
	finish := b.report.stage(Step{Stage: StageSweep})
	if err := b.removeOwn(ctx); err != nil && !errors.Is(err, errInUse) {
		return err
	}
	err := removeLabelled(ctx, b.engine, filters.NewArgs(filters.Arg("label", ownerLabel)), func(created int64) bool {
		return time.Since(time.Unix(created, 0)) > foreignAge
	})
	if err != nil && !errors.Is(err, errInUse) {
		return err
	}
	finish()
	return nil
}

// removeOwn removes what this builder, or a dead one of the same cache, has in
// the engine.
func (b *builder) removeOwn(ctx context.Context) error {
	if err := removePrivateNames(ctx, b.engine, b.owner); err != nil {
		return err
	}
	return removeLabelled(ctx, b.engine, filters.NewArgs(filters.Arg("label", ownerLabel+"="+b.owner)), func(int64) bool { return true })
}

// removePrivateNames takes the owner's private names away from whatever bears
// them. An image that has no other name and no children goes with its name.
func removePrivateNames(ctx context.Context, eng Engine, owner string) error {
	images, err := eng.ImageList(ctx, image.ListOptions{
		Filters: filters.NewArgs(filters.Arg("reference", privatePrefix+"*:"+owner+"*")),
	})
	if err != nil {
		return fmt.Errorf("clear away leftovers: %w", err)
	}
	for _, img := range images {
		for _, tag := range img.RepoTags {
			if !strings.HasPrefix(tag, privatePrefix) || !strings.Contains(tag, ":"+owner) {
				continue // a user's name for the same image
			}
			if _, err := eng.ImageRemove(ctx, tag, image.RemoveOptions{PruneChildren: true}); err != nil && !cerrdefs.IsNotFound(err) && !cerrdefs.IsConflict(err) {
				return fmt.Errorf("clear away leftovers: %w", err)
			}
		}
	}
	return nil
}

// tidy calls clear with a context of its own, since ctx may be over, and what
// is to be cleared is not. After an interrupt it looks again for a second: an
// engine may still be busy with what it had received.
func tidy(ctx context.Context, clear func(context.Context) error) error {
	fresh, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	err := clear(fresh)
	if ctx.Err() == nil {
		return err
	}
	for range 5 {
		time.Sleep(200 * time.Millisecond)
		err = clear(fresh)
	}
	return err
}

// errInUse means that leftovers could not be removed, as something needs them.
var errInUse = errors.New("something else in the engine uses them")

// settleTime is how long an engine may go on with a build that was cancelled.
const settleTime = 5 * time.Second

// removeLabelled removes the containers and the images without a name that
// match the filter and whose time of creation is old enough. It looks again
// until nothing is left. The error is errInUse when nothing has gone for
// settleTime.
func removeLabelled(ctx context.Context, eng Engine, match filters.Args, old func(created int64) bool) error {
	before, since := -1, time.Now()
	for {
		left, err := removeLabelledOnce(ctx, eng, match, old)
		if err != nil || left == 0 {
			return err
		}
		if left != before {
			before, since = left, time.Now()
		} else if time.Since(since) > settleTime {
			return fmt.Errorf("clear away %d leftovers of a build: %w", left, errInUse)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("clear away leftovers: %w", ctx.Err())
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// removeLabelledOnce returns how many there were.
func removeLabelledOnce(ctx context.Context, eng Engine, match filters.Args, old func(created int64) bool) (left int, err error) {
	containers, err := eng.ContainerList(ctx, container.ListOptions{All: true, Filters: match})
	if err != nil {
		return 0, fmt.Errorf("clear away leftovers: %w", err)
	}
	for _, c := range containers {
		if !old(c.Created) {
			continue
		}
		left++
		if err := eng.ContainerRemove(ctx, c.ID, container.RemoveOptions{Force: true, RemoveVolumes: true}); notSettled(err) {
			return left, fmt.Errorf("clear away leftovers: %w", err)
		}
	}
	images, err := eng.ImageList(ctx, image.ListOptions{All: true, Filters: match})
	if err != nil {
		return 0, fmt.Errorf("clear away leftovers: %w", err)
	}
	for _, img := range images {
		if !old(img.Created) || hasOtherName(img) {
			continue
		}
		left++
		// Parents go with their last child; until then they are a conflict.
		if _, err := eng.ImageRemove(ctx, img.ID, image.RemoveOptions{PruneChildren: true}); notSettled(err) {
			return left, fmt.Errorf("clear away leftovers: %w", err)
		}
	}
	return left, nil
}

// hasOtherName reports whether a user has given the image a name.
func hasOtherName(img image.Summary) bool {
	for _, tag := range img.RepoTags {
		if tag != "<none>:<none>" && !strings.HasPrefix(tag, privatePrefix) {
			return true
		}
	}
	return false
}

// notSettled reports whether a removal failed for another reason than that the
// thing is gone, or still needed by something that will go.
func notSettled(err error) bool {
	return err != nil && !cerrdefs.IsNotFound(err) && !cerrdefs.IsConflict(err)
}
