// Package kit keeps the images of a course on this computer, so that the
// engine can be given them without a registry.
//
// A kit is an OCI image layout below the cache directory:
//
//	<cache>/kits/<course>/index.json      one descriptor for each image
//	<cache>/kits/<course>/blobs/sha256/   manifests, configurations, layers
//
// A descriptor carries the image's full name (docker.io/library/httpd:latest)
// in the annotation org.opencontainers.image.ref.name, and where the image
// comes from in dev.kihon.origin. An image enters a kit in one of three ways:
// [Kit.Pull] fetches it from a registry, [Kit.Build] makes a stand-in with the
// real program out of the distribution's packages, [Kit.LoadFile] takes over
// what [Kit.Save] has written on another computer. [Kit.Load] puts images into
// an engine. [Kit.Ensure] does whichever of these is needed.
//
// The index is replaced as a whole, after the blobs that it names have been
// written: whoever opens a kit sees the old one or the new one. Writers wait
// for each other through a lock file, also across processes.
//
// Names and images that the engine had before are never touched. What a build
// needs on the engine for a moment bears names that begin with
// kihon-kit.local/ and a label, and is removed afterwards, or by the next build
// when this process is killed.
package kit

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// Kit is the kit of one course in one cache directory. It holds no open files;
// its methods may be called by several goroutines and processes at once.
type Kit struct {
	cache   string
	course  string
	machine machine
	recipes fs.FS // with a folder images
}

// courseID is what a course may be called, since the name becomes a folder.
var courseID = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,63}$`)

// CacheDir returns the absolute path of the directory that holds the kits:
// KIHON_CACHE, else the folder kihon in the platform's cache directory.
// It creates nothing.
func CacheDir(getenv func(string) string) (string, error) {
	dir := getenv("KIHON_CACHE")
	if dir == "" {
		platform, err := os.UserCacheDir()
		if err != nil {
			return "", fmt.Errorf("find the cache directory: %w", err)
		}
		dir = filepath.Join(platform, "kihon")
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", fmt.Errorf("find the cache directory: %w", err)
	}
	return dir, nil
}

// Open returns the kit of the course in the cache directory. The kit need not
// exist yet, and nothing is created. An error means that course is not a
// course ID.
func Open(cacheDir, course string) (*Kit, error) {
	if !courseID.MatchString(course) {
		return nil, fmt.Errorf("open kit: %q is not a course id", course)
	}
	return &Kit{cache: cacheDir, course: course, machine: thisMachine(), recipes: imageFiles}, nil
}

// Dir returns the folder of the kit's image layout.
func (k *Kit) Dir() string { return filepath.Join(k.cache, "kits", k.course) }

// Exists reports whether there is a kit.
func (k *Kit) Exists() bool {
	_, err := os.Stat(filepath.Join(k.Dir(), indexFile))
	return err == nil
}

// staging is a folder that a writer fills before the kit takes it over.
const stagingPrefix = ".new-"

// write lets fill put images into an empty layout beside the kit and then
// takes them over, all or none. Only one process writes below a cache
// directory at a time; the others wait here.
func (k *Kit) write(ctx context.Context, report reporter, fill func(*layoutWriter) error) (err error) {
	unlock, err := k.lockForWriting(ctx, report)
	if err != nil {
		return err
	}
	defer unlock()

	kits := filepath.Join(k.cache, "kits")
	if err := k.makeDir(kits); err != nil {
		return err
	}
	// Whoever left these behind is dead: the lock is ours.
	if err := removeMatching(kits, stagingPrefix); err != nil {
		return err
	}
	dir, err := os.MkdirTemp(kits, stagingPrefix+"*")
	if err != nil {
		return fmt.Errorf("make room for the kit: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()

	w, err := newLayoutWriter(dir)
	if err != nil {
		return err
	}
	if err := fill(w); err != nil {
		return err
	}
	if len(w.images) == 0 {
		return nil
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return k.adopt(ctx, w)
}

// lockForWriting waits until no other process builds, pulls or loads with this
// cache directory.
func (k *Kit) lockForWriting(ctx context.Context, report reporter) (unlock func(), err error) {
	if err := k.makeDir(k.cache); err != nil {
		return nil, err
	}
	return lockFile(ctx, filepath.Join(k.cache, "kit.lock"), exclusive, func() {
		report(Step{Stage: StageWait, State: Started})
	})
}

// makeDir creates a directory. When root creates it below a directory of
// somebody else (sudo with the caller's cache), it belongs to that person.
func (k *Kit) makeDir(dir string) error {
	first := dir
	for {
		parent := filepath.Dir(first)
		if _, err := os.Stat(parent); err == nil || parent == first {
			break
		}
		first = parent
	}
	_, err := os.Stat(first)
	existed := err == nil
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("make the cache directory: %w", err)
	}
	if existed {
		return nil
	}
	return ownLikeParent(first)
}

// removeMatching removes the entries of dir whose name begins with prefix.
func removeMatching(dir, prefix string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("clear away leftovers: %w", err)
	}
	for _, entry := range entries {
		if strings.HasPrefix(entry.Name(), prefix) {
			if err := os.RemoveAll(filepath.Join(dir, entry.Name())); err != nil {
				return fmt.Errorf("clear away leftovers: %w", err)
			}
		}
	}
	return nil
}
