package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// inOwnMounts runs inside in a process of its own that may mount file systems
// nobody else sees and that vanish with it. Mode bits alone would not do: they
// do not bind root.
func inOwnMounts(t *testing.T, inside func(t *testing.T)) {
	const marker = "KIHON_STORE_TEST_OWN_MOUNTS"
	if os.Getenv(marker) != "" {
		inside(t)
		return
	}
	cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
	cmd.Env = append(os.Environ(), marker+"=1")
	cmd.SysProcAttr = &syscall.SysProcAttr{Unshareflags: syscall.CLONE_NEWNS}
	if os.Geteuid() != 0 { // root of a user namespace may mount as well
		cmd.SysProcAttr.Cloneflags = syscall.CLONE_NEWUSER
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}}
		cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}}
	}
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit), err == nil && !strings.Contains(string(out), "--- PASS: "+t.Name()):
		t.Fatalf("%s", out)
	case err != nil:
		t.Fatalf("this test mounts a small and a read-only file system in a mount namespace; the system does not permit one: %v", err)
	}
}

// mountSmall mounts a memory file system with size bytes on a new directory.
func mountSmall(t *testing.T, size int) (dir string) {
	t.Helper()
	dir = t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("size=%d", size)); err != nil {
		t.Fatalf("mounting a file system is not permitted here, so this cannot be tested: %v", err)
	}
	t.Cleanup(func() { unix.Unmount(dir, unix.MNT_DETACH) })
	return dir
}

// fill leaves no byte free in dir and returns the file to remove.
func fill(t *testing.T, dir string) (path string) {
	t.Helper()
	path = filepath.Join(dir, "filler")
	f, err := os.Create(path)
	must(t, err)
	defer f.Close()
	for {
		if _, err := f.Write(make([]byte, 4096)); err != nil {
			if !errors.Is(err, unix.ENOSPC) {
				t.Fatal(err)
			}
			return path
		}
	}
}

func TestAHomeThatBecomesFullKeepsWhatItHasAndGoesOn(t *testing.T) {
	inOwnMounts(t, func(t *testing.T) {
		ctx := context.Background()
		mount := mountSmall(t, 1<<20)
		dir := filepath.Join(mount, "home")
		db := open(t, dir)
		must(t, writeRound(ctx, db, "ports/0"))
		filler := fill(t, mount)
		acknowledged := 1
		var err error
		for err == nil {
			if err = writeRound(ctx, db, fmt.Sprintf("ports/%d", acknowledged)); err == nil {
				acknowledged++
			}
		}
		if !errors.Is(err, ErrFull) {
			t.Errorf("error %v, want ErrFull", err)
		}
		check := func(db *DB) {
			t.Helper()
			if passes := value(db.Passes(ctx, "docker-basics"))(t); len(passes) != acknowledged {
				t.Errorf("%d passes are there, %d were acknowledged", len(passes), acknowledged)
			}
		}
		check(db)
		must(t, os.Remove(filler))
		must(t, writeRound(ctx, db, "ports/afterwards"))
		acknowledged++
		check(db)
		must(t, db.Close())
		again := open(t, dir)
		check(again)
		soundness(t, again)
	})
}

func TestAFullDiskIsNamedWhenAHomeIsOpened(t *testing.T) {
	inOwnMounts(t, func(t *testing.T) {
		ctx := context.Background()
		mount := mountSmall(t, 1<<20)
		dir := filepath.Join(mount, "home")
		db := open(t, dir)
		must(t, writeRound(ctx, db, "ports/0"))
		must(t, db.Close())
		filler := fill(t, mount)
		for _, dir := range []string{dir, filepath.Join(mount, "new")} {
			if _, err := Open(ctx, dir); !errors.Is(err, ErrFull) {
				t.Errorf("%s: error %v, want ErrFull", filepath.Base(dir), err)
			}
		}
		must(t, os.Remove(filler))
		open(t, filepath.Join(mount, "new"))
		if passes := value(open(t, dir).Passes(ctx, "docker-basics"))(t); len(passes) != 1 {
			t.Errorf("%d passes are there, want 1", len(passes))
		}
	})
}

func TestAReadOnlyFileSystemIsNamedWhenAHomeIsOpened(t *testing.T) {
	inOwnMounts(t, func(t *testing.T) {
		ctx := context.Background()
		mount := mountSmall(t, 4<<20)
		closed, crashed := filepath.Join(mount, "closed"), filepath.Join(mount, "crashed")
		must(t, open(t, closed).Close())
		copyHome(t, crashedHome(t), crashed)
		if err := unix.Mount("", mount, "", unix.MS_REMOUNT|unix.MS_RDONLY, ""); err != nil {
			t.Fatalf("remounting read-only is not permitted here, so this cannot be tested: %v", err)
		}
		for _, dir := range []string{closed, crashed, filepath.Join(mount, "new")} {
			_, err := Open(ctx, dir)
			if !errors.Is(err, ErrReadOnly) || errors.Is(err, fs.ErrPermission) {
				t.Errorf("%s: error %v, want ErrReadOnly and not for a lack of permission", filepath.Base(dir), err)
			}
		}
	})
}

// copyHome copies the files of the home in from to a new directory.
func copyHome(t *testing.T, from, to string) {
	t.Helper()
	must(t, os.Mkdir(to, 0o700))
	files, err := os.ReadDir(from)
	must(t, err)
	for _, file := range files {
		copyFile(t, filepath.Join(from, file.Name()), filepath.Join(to, file.Name()))
	}
}

func TestAHomeOfAnotherUserIsNamedAsNotPermitted(t *testing.T) {
	tests := map[string]func(dir string) (path string, mode fs.FileMode){
		"the directory": func(dir string) (string, fs.FileMode) { return dir, 0o500 },
		"the file":      func(dir string) (string, fs.FileMode) { return filepath.Join(dir, FileName), 0o400 },
	}
	for name, locked := range tests {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			must(t, open(t, dir).Close())
			path, mode := locked(dir)
			must(t, os.Chmod(path, mode))
			t.Cleanup(func() { os.Chmod(path, 0o700) })
			err := withoutRootsPower(t, func() error {
				_, err := Open(context.Background(), dir)
				return err
			})
			if !errors.Is(err, ErrReadOnly) || !errors.Is(err, fs.ErrPermission) {
				t.Errorf("error %v, want ErrReadOnly for a lack of permission", err)
			}
		})
	}
}

// withoutRootsPower runs fn on a thread that mode bits bind, also as root.
func withoutRootsPower(t *testing.T, fn func() error) error {
	t.Helper()
	result := make(chan error)
	go func() {
		runtime.LockOSThread() // and never unlock: the thread ends with the goroutine
		header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
		var none [2]unix.CapUserData
		if err := unix.Capset(&header, &none[0]); err != nil {
			result <- fmt.Errorf("giving up root's power: %w", err)
			return
		}
		result <- fn()
	}()
	return <-result
}
