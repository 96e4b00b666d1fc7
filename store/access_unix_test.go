//go:build unix

package store

import (
	"context"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

func TestOthersCannotReadAHome(t *testing.T) {
	defer syscall.Umask(syscall.Umask(0))
	dir := filepath.Join(t.TempDir(), "home")
	db := open(t, dir)
	must(t, db.SetSetting(context.Background(), "position", "ports"))
	for path, want := range map[string]os.FileMode{
		dir:              0o700,
		db.path:          0o600,
		db.path + "-wal": 0o600,
		db.path + "-shm": 0o600,
	} {
		info, err := os.Stat(path)
		must(t, err)
		if got := info.Mode().Perm(); got != want {
			t.Errorf("%s has mode %o, want %o", path, got, want)
		}
	}
}
