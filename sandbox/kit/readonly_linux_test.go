package kit

import (
	"os"
	"path/filepath"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"golang.org/x/sys/unix"
)

// A cache on a disk that cannot be written to still gives its images.
func TestAKitThatCannotBeWrittenIsLoaded(t *testing.T) {
	eng, k, short := here(t), newKit(t), unique()
	img := tiny(t, map[string]string{"a": "one"})
	put(t, k, map[string]v1.Image{"docker.io/library/" + short + ":latest": img})
	forget(t, eng, short)
	readOnly(t, k.cache)
	if got := load1(t, k, eng, short); got.State != Loaded || got.ID != idOf(t, img) {
		t.Errorf("load: %+v", got)
	}
	err := tryPut(k, map[string]v1.Image{nameA: img})
	if err == nil {
		t.Error("the kit was written to")
	}
}

// readOnly keeps everybody, root included, from writing below dir.
func readOnly(t *testing.T, dir string) {
	t.Helper()
	if os.Geteuid() != 0 {
		err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
			if err != nil || !d.IsDir() {
				return err
			}
			t.Cleanup(func() { os.Chmod(path, 0o755) })
			return os.Chmod(path, 0o555)
		})
		if err != nil {
			t.Fatal(err)
		}
		return
	}
	if err := unix.Mount(dir, dir, "", unix.MS_BIND, ""); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
	if err := unix.Mount("", dir, "", unix.MS_BIND|unix.MS_REMOUNT|unix.MS_RDONLY, ""); err != nil {
		t.Fatal(err)
	}
}
