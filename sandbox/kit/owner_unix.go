//go:build unix

package kit

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// ownLikeParent gives what root has just made at path to the owner of the
// folder it is in. For everybody else it does nothing.
func ownLikeParent(path string) error { return ownTreeLike(path, filepath.Dir(path)) }

// ownTreeLike gives everything below path, and path itself, to the owner of
// model, when this process is root and the owner is not: a kit that "sudo"
// makes in somebody's cache is that person's. Links are not followed.
func ownTreeLike(path, model string) error {
	if os.Geteuid() != 0 {
		return nil
	}
	info, err := os.Stat(model)
	if err != nil {
		return fmt.Errorf("find the owner of the cache: %w", err)
	}
	owner, ok := info.Sys().(*syscall.Stat_t)
	if !ok || owner.Uid == 0 {
		return nil
	}
	return filepath.WalkDir(path, func(name string, _ fs.DirEntry, err error) error {
		if err != nil {
			return fmt.Errorf("hand over the cache: %w", err)
		}
		if err := os.Lchown(name, int(owner.Uid), int(owner.Gid)); err != nil {
			return fmt.Errorf("hand over the cache: %w", err)
		}
		return nil
	})
}
