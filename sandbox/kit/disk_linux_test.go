package kit

import (
	"errors"
	"fmt"
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

func TestAFullDiskLeavesTheKitAsItWas(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can mount a small disk")
	}
	k := newKit(t)
	if err := unix.Mount("tmpfs", k.cache, "tmpfs", 0, "size=200k"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(k.cache, 0); err != nil {
			t.Error(err)
		}
	})
	put(t, k, map[string]v1.Image{nameA: tiny(t, map[string]string{"a": "small"})})
	before := files(t, k.cache)
	big := tiny(t, map[string]string{"a": noise(t, 500_000)})
	if err := tryPut(k, map[string]v1.Image{nameA: big}); !errors.Is(err, unix.ENOSPC) {
		t.Errorf("error %v, want that the disk is full", err)
	}
	other := newKit(t)
	put(t, other, map[string]v1.Image{nameA: big})
	file := filepath.Join(t.TempDir(), "kit.tar")
	if err := other.Save(t.Context(), file, nil); err != nil {
		t.Fatal(err)
	}
	var corrupt *CorruptError
	if err := k.LoadFile(t.Context(), file, nil); !errors.Is(err, unix.ENOSPC) || errors.As(err, &corrupt) {
		t.Errorf("error %v, want that the disk is full, and not that the file is damaged", err)
	}
	if after := files(t, k.cache); fmt.Sprint(before) != fmt.Sprint(after) {
		t.Error("the kit has changed")
	}
	names(t, k)
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
