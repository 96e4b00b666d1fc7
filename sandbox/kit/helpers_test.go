package kit

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// unique returns a name that nobody else on the engine uses.
func unique() string {
	var b [5]byte
	rand.Read(b[:])
	return "kihontest-" + hex.EncodeToString(b[:])
}

// newKit returns a kit in an empty cache directory of its own.
func newKit(t *testing.T) *Kit {
	t.Helper()
	k, err := Open(t.TempDir(), "course")
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// tiny makes an image of one layer with these files, for this machine.
func tiny(t *testing.T, files map[string]string) v1.Image {
	t.Helper()
	contents := map[string][]byte{}
	for name, text := range files {
		contents[name] = []byte(text)
	}
	packed, err := tarOf(contents, time.Unix(1_700_000_000, 0))
	if err != nil {
		t.Fatal(err)
	}
	layer, err := tarball.LayerFromOpener(func() (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(packed)), nil
	}, tarball.WithMediaType(types.OCILayer))
	if err != nil {
		t.Fatal(err)
	}
	img := mutate.ConfigMediaType(mutate.MediaType(empty.Image, types.OCIManifestSchema1), types.OCIConfigJSON)
	if img, err = mutate.AppendLayers(img, layer); err != nil {
		t.Fatal(err)
	}
	config, err := img.ConfigFile()
	if err != nil {
		t.Fatal(err)
	}
	config = config.DeepCopy()
	here := thisMachine()
	config.OS, config.Architecture = "linux", here.arch
	config.Config.Cmd = []string{"/none"}
	config.Created = v1.Time{Time: time.Now().UTC()}
	if img, err = mutate.ConfigFile(img, config); err != nil {
		t.Fatal(err)
	}
	return img
}

// noise is content that does not compress.
func noise(t *testing.T, bytes int) string {
	t.Helper()
	b := make([]byte, bytes)
	rand.Read(b)
	return string(b)
}

// put puts images into a kit as a build or a pull does.
func put(t *testing.T, k *Kit, images map[string]v1.Image) {
	t.Helper()
	if err := tryPut(k, images); err != nil {
		t.Fatal(err)
	}
}

func tryPut(k *Kit, images map[string]v1.Image) error {
	return k.write(context.Background(), newReporter(nil), func(w *layoutWriter) error {
		for name, img := range images {
			if err := w.add(img, name, "made by a test"); err != nil {
				return err
			}
		}
		return nil
	})
}

// names returns the names in the kit, each found sound.
func names(t *testing.T, k *Kit) []string {
	t.Helper()
	results, err := k.Verify(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, r := range results {
		if r.State != OK {
			t.Errorf("%s is %s: %v", r.Name, r.State, r.Err)
		}
		names = append(names, r.Name)
	}
	return names
}

// files returns the contents of all files below dir, by path.
func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		rel, _ := filepath.Rel(dir, path)
		all[rel] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// recorder keeps the steps of a call.
type recorder struct {
	mu    sync.Mutex
	steps []Step
}

func (r *recorder) progress(s Step) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.steps = append(r.steps, s)
}

// stages returns the stages in the order in which they were entered.
func (r *recorder) stages() []Stage {
	r.mu.Lock()
	defer r.mu.Unlock()
	var stages []Stage
	for _, s := range r.steps {
		if s.State == Started && !slices.Contains(stages, s.Stage) {
			stages = append(stages, s.Stage)
		}
	}
	return stages
}

// reasons returns the reasons given.
func (r *recorder) reasons() []Reason {
	r.mu.Lock()
	defer r.mu.Unlock()
	var reasons []Reason
	for _, s := range r.steps {
		if s.Reason != "" {
			reasons = append(reasons, s.Reason)
		}
	}
	return reasons
}

// member is one member of a tar that a test makes.
type member struct {
	header tar.Header
	text   string
}

// tarFile writes a tar and returns its path.
func tarFile(t *testing.T, members []member) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "kit.tar")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	w := tar.NewWriter(file)
	for _, m := range members {
		header := m.header
		if header.Typeflag == 0 || header.Typeflag == tar.TypeReg {
			header.Size = int64(len(m.text))
		}
		if err := w.WriteHeader(&header); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, m.text); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}
