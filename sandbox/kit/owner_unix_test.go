//go:build unix

package kit

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// What sudo makes in somebody's cache belongs to that person.
func TestTheCacheBelongsToWhoeversFolderItIsIn(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can make files for others")
	}
	home := t.TempDir()
	if err := os.Chown(home, 4321, 4322); err != nil {
		t.Fatal(err)
	}
	k, err := Open(filepath.Join(home, "cache", "kihon"), "course")
	if err != nil {
		t.Fatal(err)
	}
	put(t, k, map[string]v1.Image{nameA: tiny(t, map[string]string{"a": "one"})})
	err = filepath.WalkDir(filepath.Join(home, "cache"), func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		if owner := info.Sys().(*syscall.Stat_t); owner.Uid != 4321 || owner.Gid != 4322 {
			t.Errorf("%s belongs to %d:%d", path, owner.Uid, owner.Gid)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
