package kit

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

const (
	nameA = "registry.example/a:latest"
	nameB = "registry.example/b:1.0"
)

func TestImagesEnterAKitWithTheirNameAndOrigin(t *testing.T) {
	k := newKit(t)
	if k.Exists() {
		t.Fatal("there is a kit before anything was put into it")
	}
	if _, err := k.List(context.Background(), nil); !errors.Is(err, ErrNoKit) {
		t.Fatalf("list: %v, want ErrNoKit", err)
	}
	img := tiny(t, map[string]string{"a": "one"})
	put(t, k, map[string]v1.Image{nameA: img})
	if !k.Exists() {
		t.Fatal("there is no kit")
	}
	list, err := k.List(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	id, err := img.ConfigName()
	if err != nil {
		t.Fatal(err)
	}
	digest, err := img.Digest()
	if err != nil {
		t.Fatal(err)
	}
	if len(list.Items) != 1 {
		t.Fatalf("%d images, want 1", len(list.Items))
	}
	got := list.Items[0]
	if got.Name != nameA || got.Origin != "made by a test" || got.ID != id.String() || got.Digest != digest.String() {
		t.Errorf("listed %+v, want %s with ID %s and digest %s", got, nameA, id, digest)
	}
	if got.Size <= 0 || got.Size != list.Size || got.InEngine != EngineUnknown || got.Err != nil {
		t.Errorf("listed %+v of %d bytes", got, list.Size)
	}
}

func TestASharedLayerIsKeptOnce(t *testing.T) {
	k := newKit(t)
	content := map[string]string{"big": noise(t, 100_000)}
	put(t, k, map[string]v1.Image{nameA: tiny(t, content)})
	alone, err := k.List(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	put(t, k, map[string]v1.Image{nameB: tiny(t, content)})
	both, err := k.List(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(both.Items) != 2 || both.Size > alone.Size+5_000 {
		t.Errorf("%d images take %d bytes, one takes %d", len(both.Items), both.Size, alone.Size)
	}
	if got := names(t, k); !slices.Equal(got, []string{nameA, nameB}) {
		t.Errorf("names %v", got)
	}
}

func TestANewImageTakesThePlaceOfTheOldOneAndItsBlobs(t *testing.T) {
	k := newKit(t)
	put(t, k, map[string]v1.Image{nameA: tiny(t, map[string]string{"a": "old"}), nameB: tiny(t, map[string]string{"b": "stays"})})
	before := files(t, k.Dir())
	put(t, k, map[string]v1.Image{nameA: tiny(t, map[string]string{"a": "new"})})
	after := files(t, k.Dir())
	if got := names(t, k); !slices.Equal(got, []string{nameA, nameB}) {
		t.Errorf("names %v", got)
	}
	if len(before) != len(after) {
		t.Errorf("%d files before, %d after: the old image's blobs are still there", len(before), len(after))
	}
}

func TestAWriterThatFailsLeavesTheKitAsItWas(t *testing.T) {
	k := newKit(t)
	put(t, k, map[string]v1.Image{nameA: tiny(t, map[string]string{"a": "one"})})
	before := files(t, filepath.Join(k.cache, "kits"))
	failure := errors.New("the plug was pulled")
	err := k.write(context.Background(), newReporter(nil), func(w *layoutWriter) error {
		if err := w.add(tiny(t, map[string]string{"a": "two"}), nameA, "made by a test"); err != nil {
			return err
		}
		return failure
	})
	if !errors.Is(err, failure) {
		t.Fatalf("error %v", err)
	}
	if after := files(t, filepath.Join(k.cache, "kits")); fmt.Sprint(after) != fmt.Sprint(before) {
		t.Error("the kit has changed")
	}
}

func TestWhatAKilledWriterLeftIsRemovedByTheNext(t *testing.T) {
	k := newKit(t)
	put(t, k, map[string]v1.Image{nameA: tiny(t, map[string]string{"a": "one"})})
	left := filepath.Join(k.cache, "kits", stagingPrefix+"123", "blobs")
	if err := os.MkdirAll(left, 0o700); err != nil {
		t.Fatal(err)
	}
	put(t, k, map[string]v1.Image{nameB: tiny(t, map[string]string{"b": "two"})})
	if _, err := os.Stat(filepath.Dir(left)); !os.IsNotExist(err) {
		t.Errorf("the leftovers are still there: %v", err)
	}
}

// Writers replace two images again and again, from several goroutines with
// lock files of their own, as processes have. Whoever reads meanwhile sees two
// sound images each time.
func TestAReaderNeverSeesHalfAKit(t *testing.T) {
	k := newKit(t)
	put(t, k, map[string]v1.Image{nameA: tiny(t, map[string]string{"a": "0"}), nameB: tiny(t, map[string]string{"b": "0"})})
	var writers sync.WaitGroup
	for n := range 3 {
		other, err := Open(k.cache, k.course)
		if err != nil {
			t.Fatal(err)
		}
		var rounds []map[string]v1.Image
		for round := range 5 {
			text := fmt.Sprint(n, round)
			rounds = append(rounds, map[string]v1.Image{nameA: tiny(t, map[string]string{"a": text}), nameB: tiny(t, map[string]string{"b": text})})
		}
		writers.Go(func() {
			for _, images := range rounds {
				if err := tryPut(other, images); err != nil {
					t.Error(err)
				}
			}
		})
	}
	done := make(chan struct{})
	go func() { writers.Wait(); close(done) }()
	for reads := 0; ; reads++ {
		if got := names(t, k); !slices.Equal(got, []string{nameA, nameB}) {
			t.Fatalf("names %v", got)
		}
		select {
		case <-done:
			if reads == 0 {
				t.Error("nothing was read while writers were at work")
			}
			return
		default:
		}
	}
}

func TestAWriterWaitsForTheOtherAndGivesUpWhenAsked(t *testing.T) {
	k := newKit(t)
	unlock, err := k.lockForWriting(context.Background(), newReporter(nil))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	told := false
	err = k.write(ctx, func(s Step) {
		if s.Stage == StageWait {
			told = true
			cancel()
		}
	}, func(*layoutWriter) error { return errors.New("it did not wait") })
	if !errors.Is(err, context.Canceled) || !told {
		t.Errorf("error %v, told %v", err, told)
	}
	unlock()
	put(t, k, map[string]v1.Image{nameA: tiny(t, map[string]string{"a": "one"})})
}

func TestVerifyNamesTheBlobAtFault(t *testing.T) {
	tests := []struct {
		name   string
		part   int // of the image's blobs: manifest, configuration, layer
		damage func(t *testing.T, path string)
		want   Health
	}{
		{"a bit of the layer has flipped", 2, flip, Corrupt},
		{"the layer is cut off", 2, cut, Corrupt},
		{"the layer is gone", 2, remove, Missing},
		{"a bit of the configuration has flipped", 1, flip, Corrupt},
		{"the configuration is gone", 1, remove, Missing},
		{"a bit of the manifest has flipped", 0, flip, Corrupt},
		{"the manifest is empty", 0, clear0, Corrupt},
		{"the manifest is gone", 0, remove, Missing},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			k := newKit(t)
			put(t, k, map[string]v1.Image{nameA: tiny(t, map[string]string{"a": noise(t, 5_000)}), nameB: tiny(t, map[string]string{"b": "sound"})})
			entries, err := index(k.Dir())
			if err != nil {
				t.Fatal(err)
			}
			blobs, err := entries[0].blobs(k.Dir())
			if err != nil {
				t.Fatal(err)
			}
			damaged := blobs[test.part].Digest
			test.damage(t, blobPath(k.Dir(), damaged))

			results, err := k.Verify(context.Background(), nil)
			if err != nil {
				t.Fatal(err)
			}
			if r := results[0]; r.State != test.want || r.Blob != damaged.String() || r.Path != blobPath(k.Dir(), damaged) || r.Err == nil {
				t.Errorf("verified %+v, want %s of %s", r, test.want, damaged)
			}
			if r := results[1]; r.State != OK || r.Blob != "" || r.Err != nil {
				t.Errorf("the sound image: %+v", r)
			}
			// What cannot be read must not be passed on either.
			err = k.Save(context.Background(), filepath.Join(t.TempDir(), "kit.tar"), nil)
			var corrupt *CorruptError
			if !errors.As(err, &corrupt) || corrupt.Blob != damaged.String() {
				t.Errorf("save: %v", err)
			}
			// And a new copy heals it.
			put(t, k, map[string]v1.Image{nameA: tiny(t, map[string]string{"a": "healed"})})
			names(t, k)
		})
	}
}

func TestAnIndexThatCannotBeReadIsAFaultOfItsFile(t *testing.T) {
	hex64 := strings.Repeat("a", 64)
	tests := map[string]string{
		"nothing":               ``,
		"half of it":            `{"schemaVersion":2,"manifests":[{"mediaType":`,
		"a name that is none":   `{"manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","size":1,"digest":"sha256:` + hex64 + `","annotations":{"org.opencontainers.image.ref.name":"../../etc"}}]}`,
		"a short name":          `{"manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","size":1,"digest":"sha256:` + hex64 + `","annotations":{"org.opencontainers.image.ref.name":"httpd"}}]}`,
		"a list of images":      `{"manifests":[{"mediaType":"application/vnd.oci.image.index.v1+json","size":1,"digest":"sha256:` + hex64 + `","annotations":{"org.opencontainers.image.ref.name":"` + nameA + `"}}]}`,
		"a digest with a path":  `{"manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","size":1,"digest":"sha256:../../../etc/passwd","annotations":{"org.opencontainers.image.ref.name":"` + nameA + `"}}]}`,
		"another kind of hash":  `{"manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","size":1,"digest":"md5:` + hex64 + `","annotations":{"org.opencontainers.image.ref.name":"` + nameA + `"}}]}`,
		"a size below nothing":  `{"manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","size":-1,"digest":"sha256:` + hex64 + `","annotations":{"org.opencontainers.image.ref.name":"` + nameA + `"}}]}`,
		"more than anyone uses": `{"x":"` + strings.Repeat("x", manifestLimit) + `"}`,
	}
	for name, text := range tests {
		t.Run(name, func(t *testing.T) {
			k := newKit(t)
			put(t, k, map[string]v1.Image{nameA: tiny(t, map[string]string{"a": "one"})})
			path := filepath.Join(k.Dir(), indexFile)
			if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
			_, err := k.Verify(context.Background(), nil)
			var corrupt *CorruptError
			if !errors.As(err, &corrupt) || corrupt.Path != path {
				t.Errorf("verify: %v, want a *CorruptError of %s", err, path)
			}
			put(t, k, map[string]v1.Image{nameB: tiny(t, map[string]string{"b": "new"})})
			if got := names(t, k); !slices.Equal(got, []string{nameB}) {
				t.Errorf("after a new start the names are %v", got)
			}
		})
	}
}

func TestACourseIDCannotBeAPath(t *testing.T) {
	for _, id := range []string{"", ".", "..", "../x", "a/b", `a\b`, "-x", "Großes", strings.Repeat("x", 65)} {
		if k, err := Open(t.TempDir(), id); err == nil {
			t.Errorf("%q was taken for a course ID: %s", id, k.Dir())
		}
	}
}

func TestTheCacheIsWhereTheEnvironmentSays(t *testing.T) {
	got, err := CacheDir(func(name string) string { return map[string]string{"KIHON_CACHE": "/srv/kits"}[name] })
	if err != nil || got != "/srv/kits" {
		t.Errorf("%q, %v", got, err)
	}
	platform, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	got, err = CacheDir(func(string) string { return "" })
	if err != nil || got != filepath.Join(platform, "kihon") {
		t.Errorf("%q, %v", got, err)
	}
}

func flip(t *testing.T, path string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text[len(text)/2] ^= 1
	if err := os.WriteFile(path, text, 0o644); err != nil {
		t.Fatal(err)
	}
}

func cut(t *testing.T, path string) {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, info.Size()/2); err != nil {
		t.Fatal(err)
	}
}

func clear0(t *testing.T, path string) {
	t.Helper()
	if err := os.Truncate(path, 0); err != nil {
		t.Fatal(err)
	}
}

func remove(t *testing.T, path string) {
	t.Helper()
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
}
