//go:build unix

package guard_test

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kihon/sandbox/guard"
)

func TestTheSocketIsForThisUserAlone(t *testing.T) {
	dir := shortDir(t)
	l, path, err := guard.Listen(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for file, want := range map[string]os.FileMode{dir: 0o700, path: 0o600} {
		info, err := os.Lstat(file)
		if err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v %v, want %v", file, info.Mode(), err, want)
		}
	}
}

func TestADirectoryThatOthersMayEnterIsClosed(t *testing.T) {
	dir := shortDir(t)
	if err := os.Mkdir(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	l, _, err := guard.Listen(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if info, _ := os.Stat(dir); info.Mode().Perm() != 0o700 {
		t.Errorf("%v", info.Mode())
	}
}

func TestALinkInTheDirectorysPlaceIsRefused(t *testing.T) {
	dir := shortDir(t)
	if err := os.Symlink(t.TempDir(), dir); err != nil {
		t.Fatal(err)
	}
	if l, _, err := guard.Listen(dir); err == nil || !strings.Contains(err.Error(), "is not a directory") {
		t.Errorf("%v %v", l, err)
	}
}

func TestTheDirectoryOfSomebodyElseIsRefused(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can make a directory of somebody else's")
	}
	dir := shortDir(t)
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(dir, 65534, 65534); err != nil {
		t.Fatal(err)
	}
	if l, _, err := guard.Listen(dir); err == nil || !strings.Contains(err.Error(), "belongs to somebody else") {
		t.Errorf("%v %v", l, err)
	}
}

func TestTheSocketsOfTheDeadAreRemovedAndThoseOfTheLivingKept(t *testing.T) {
	dir := shortDir(t)
	first, living, err := guard.Listen(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	killed := filepath.Join(dir, "guard-killed.sock")
	dead(killed)
	other := filepath.Join(dir, "notes")
	if err := os.WriteFile(other, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	second, _, err := guard.Listen(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	if _, err := os.Stat(killed); !os.IsNotExist(err) {
		t.Errorf("the dead one: %v", err)
	}
	for _, path := range []string{living, other} {
		if _, err := os.Stat(path); err != nil {
			t.Error(err)
		}
	}
	if conn, err := net.Dial("unix", living); err != nil {
		t.Error(err)
	} else {
		conn.Close()
	}
}

func TestClosingRemovesTheSocket(t *testing.T) {
	l, path, err := guard.Listen(shortDir(t))
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	l.Close()
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Error(err)
	}
}

func TestAPathThatIsTooLongForASocketIsSaid(t *testing.T) {
	if _, _, err := guard.Listen(filepath.Join(t.TempDir(), strings.Repeat("long", 30))); err == nil || !strings.Contains(err.Error(), "longer than 103 bytes") {
		t.Error(err)
	}
}

func TestTheDirectoryIsInTheRuntimeDirectoryUnlessThatIsNoUse(t *testing.T) {
	runtime := filepath.Dir(shortDir(t))
	long := filepath.Join(runtime, strings.Repeat("x", 90))
	if err := os.Mkdir(long, 0o700); err != nil {
		t.Fatal(err)
	}
	for base, want := range map[string]string{runtime: runtime, "": os.TempDir(), long: os.TempDir(), "/nonexistent": os.TempDir()} {
		dir := guard.Dir(func(key string) string {
			if key == "XDG_RUNTIME_DIR" {
				return base
			}
			return ""
		}, "/home/ana/.local/state/kihon")
		if filepath.Dir(dir) != want || !strings.HasPrefix(filepath.Base(dir), "kihon-") {
			t.Errorf("XDG_RUNTIME_DIR=%s: %s", base, dir)
		}
	}
	getenv := func(string) string { return "" }
	if a, b := guard.Dir(getenv, "/a"), guard.Dir(getenv, "/b"); a == b {
		t.Errorf("two homes share %s", a)
	}
}
