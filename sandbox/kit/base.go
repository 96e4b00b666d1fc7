package kit

import (
	"compress/gzip"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// baseFiles are laid over the root file system of every base.
//
//go:embed all:base
var baseFiles embed.FS

// base is the layer that all built images share: a small root file system of
// the distribution, kept as <cache>/base/<key>.tar.gz, with a description
// beside it that is written last.
type base struct {
	path string // of the compressed tar
	meta baseMeta
}

type baseMeta struct {
	Origin string  `json:"origin"`  // for the annotation of what is built on it
	Digest v1.Hash `json:"digest"`  // of the compressed tar
	DiffID v1.Hash `json:"diff_id"` // of the tar
	Size   int64   `json:"size"`    // of the compressed tar, in bytes
}

// baseKey names a base after all that goes into it.
func (m mirror) baseKey() (string, error) {
	sum := sha256.New()
	if err := hashBaseFiles(sum); err != nil {
		return "", err
	}
	io.WriteString(sum, m.deb822(func(string) bool { return true }))
	return fmt.Sprintf("%s-%s-%s-%s", m.release.id, m.release.codename, m.arch, hashOf(sum).Hex[:12]), nil
}

// hashBaseFiles adds to sum what we ourselves do to a base.
func hashBaseFiles(sum io.Writer) error {
	fmt.Fprintln(sum, baseVersion, unwanted)
	files, err := readFiles(baseFiles, "base")
	if err != nil {
		return fmt.Errorf("read the files of the base: %w", err)
	}
	hashFiles(sum, files)
	return nil
}

// cachedBase returns the base for the mirror when the cache has a sound one.
func (k *Kit) cachedBase(m mirror) (base, bool, error) {
	key, err := m.baseKey()
	if err != nil {
		return base{}, false, err
	}
	b := base{path: filepath.Join(k.cache, "base", key+".tar.gz")}
	raw, err := os.ReadFile(b.metaPath())
	if errors.Is(err, fs.ErrNotExist) {
		return b, false, nil
	} else if err != nil {
		return b, false, fmt.Errorf("read the cached base: %w", err)
	}
	if json.Unmarshal(raw, &b.meta) != nil {
		return b, false, nil
	}
	file, err := os.Open(b.path)
	if errors.Is(err, fs.ErrNotExist) {
		return b, false, nil
	} else if err != nil {
		return b, false, fmt.Errorf("read the cached base: %w", err)
	}
	defer file.Close()
	digest, _, err := v1.SHA256(file)
	return b, err == nil && digest == b.meta.Digest, nil
}

func (b base) metaPath() string { return b.path + ".json" }

// makeBase makes the base for the mirror with debootstrap, which needs root,
// and puts it into the cache. The caller holds the writers' lock.
func (k *Kit) makeBase(ctx context.Context, m mirror, b base, report reporter) (_ base, err error) {
	finish := report.stage(Step{Stage: StageBase})
	folder := filepath.Dir(b.path)
	if err := k.makeDir(folder); err != nil {
		return b, err
	}
	if err := removeMatching(folder, stagingPrefix); err != nil {
		return b, err
	}
	dir, err := os.MkdirTemp(folder, stagingPrefix+"*")
	if err != nil {
		return b, fmt.Errorf("make room for the base: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()

	// The temporary folder itself is closed to others, and a root directory
	// with that mode would lock every user of the image out.
	root := filepath.Join(dir, "root")
	if err := os.Mkdir(root, 0o755); err != nil {
		return b, fmt.Errorf("make room for the base: %w", err)
	}
	d := debootstrap{machine: k.machine, report: report}
	if err := d.run(ctx, m, root); err != nil {
		return b, err
	}
	if err := prepareRoot(root, m); err != nil {
		return b, err
	}
	packed := filepath.Join(dir, "base.tar.gz")
	if b.meta, err = packRoot(ctx, root, packed); err != nil {
		return b, err
	}
	b.meta.Origin = m.release.origin()
	if err := os.Rename(packed, b.path); err != nil {
		return b, fmt.Errorf("keep the base: %w", err)
	}
	raw, err := json.Marshal(b.meta)
	if err != nil {
		return b, fmt.Errorf("keep the base: %w", err)
	}
	err = replaceFile(b.metaPath(), func(file *os.File) error {
		_, err := file.Write(raw)
		return err
	})
	if err != nil {
		return b, err
	}
	if err := dropOtherBases(b); err != nil {
		return b, err
	}
	finish()
	return b, ownTreeLike(folder, k.cache)
}

// dropOtherBases removes the bases that this one replaces: those of sources or
// of a release that the machine had before.
func dropOtherBases(b base) error {
	folder := filepath.Dir(b.path)
	entries, err := os.ReadDir(folder)
	if err != nil {
		return fmt.Errorf("tidy the cached bases: %w", err)
	}
	for _, entry := range entries {
		name := entry.Name()
		if entry.IsDir() || strings.HasPrefix(name, filepath.Base(b.path)) {
			continue
		}
		if err := os.Remove(filepath.Join(folder, name)); err != nil {
			return fmt.Errorf("tidy the cached bases: %w", err)
		}
	}
	return nil
}

// baseVersion is raised when a base of the same sources comes out differently.
const baseVersion = 2

// unwanted is what a container never reads: manuals, translations, logs of the
// making, and what debootstrap has copied from this computer.
var unwanted = []string{
	"usr/share/man/*", "usr/share/info/*", "usr/share/locale/*", "usr/share/lintian/*", "usr/share/i18n/*",
	"var/cache/apt/archives/*.deb", "var/cache/apt/*.bin", "var/lib/apt/lists/*",
	"var/cache/debconf/*-old", "var/cache/ldconfig/aux-cache", "var/lib/dpkg/*-old",
	"var/log/*.log", "var/log/apt/*",
	"etc/apt/sources.list", "etc/apt/sources.list.d/*",
	"etc/hostname", "etc/resolv.conf", "etc/machine-id",
}

// prepareRoot makes a fresh root file system small, and lays baseFiles and the
// mirror's sources over it.
func prepareRoot(root string, m mirror) error {
	for _, pattern := range unwanted {
		paths, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil {
			return fmt.Errorf("make the base small: %w", err)
		}
		for _, path := range paths {
			if err := os.RemoveAll(path); err != nil {
				return fmt.Errorf("make the base small: %w", err)
			}
		}
	}
	if err := keepLicences(filepath.Join(root, "usr/share/doc")); err != nil {
		return fmt.Errorf("make the base small: %w", err)
	}
	files, err := readFiles(baseFiles, "base")
	if err != nil {
		return fmt.Errorf("prepare the base: %w", err)
	}
	sources := m.deb822(func(path string) bool {
		_, err := os.Stat(filepath.Join(root, path))
		return err == nil
	})
	files[sourcesFile] = []byte(sources)
	for name, text := range files {
		path := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return fmt.Errorf("prepare the base: %w", err)
		}
		if err := os.WriteFile(path, text, 0o644); err != nil {
			return fmt.Errorf("prepare the base: %w", err)
		}
	}
	return nil
}

// keepLicences removes everything below a folder of documentation but the
// files called copyright.
func keepLicences(folder string) error {
	return filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() == "copyright" {
			return err
		}
		return os.Remove(path)
	})
}

// sourcesFile holds the mirror's sources inside an image.
const sourcesFile = "etc/apt/sources.list.d/kihon.sources"

// packRoot writes the compressed tar of a root file system.
func packRoot(ctx context.Context, root, path string) (baseMeta, error) {
	// tar keeps owners, hard links and modes as the packages set them. What
	// is in /dev the engine makes itself.
	var packed digests
	err := writeGzip(path, &packed, func(w io.Writer) error {
		return run(ctx, w, nil, "tar", "-C", root, "--numeric-owner", "--sort=name", "--exclude=./dev/*", "-cf", "-", ".")
	})
	if err != nil {
		return baseMeta{}, fmt.Errorf("pack the base: %w", err)
	}
	return baseMeta{Digest: packed.digest, DiffID: packed.diffID, Size: packed.size}, nil
}

// digests describes a compressed file: its own digest and size, and the digest
// of its content.
type digests struct {
	digest, diffID v1.Hash
	size           int64
}

// writeGzip writes the compressed file at path, and fills in d.
func writeGzip(path string, d *digests, write func(io.Writer) error) (err error) {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	outer, inner := sha256.New(), sha256.New()
	var size countWriter
	zip := gzip.NewWriter(io.MultiWriter(file, outer, &size))
	if err := write(io.MultiWriter(zip, inner)); err != nil {
		return err
	}
	if err := zip.Close(); err != nil {
		return err
	}
	d.digest, d.diffID, d.size = hashOf(outer), hashOf(inner), int64(size)
	return nil
}

func hashOf(sum hash.Hash) v1.Hash {
	return v1.Hash{Algorithm: "sha256", Hex: hex.EncodeToString(sum.Sum(nil))}
}

// countWriter counts what is written to it.
type countWriter int64

func (c *countWriter) Write(p []byte) (int, error) {
	*c += countWriter(len(p))
	return len(p), nil
}
