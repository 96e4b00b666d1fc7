package guard

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// maxSocketPath is the longest path of a unix socket that every platform
// takes: macOS has room for 104 bytes with the final zero.
const maxSocketPath = 103

// Dir is the directory for the sockets of a home: in XDG_RUNTIME_DIR where
// there is one, else in the directory for temporary files. It is named by a
// short hash, since the path of a socket must be short. Dir creates nothing.
func Dir(getenv func(string) string, home string) string {
	sum := sha256.Sum256([]byte(home))
	name := "kihon-" + hex.EncodeToString(sum[:5])
	if base := getenv("XDG_RUNTIME_DIR"); base != "" {
		dir := filepath.Join(base, name)
		// Room for the name of a socket.
		if info, err := os.Stat(base); err == nil && info.IsDir() && len(dir)+24 <= maxSocketPath {
			return dir
		}
	}
	return filepath.Join(os.TempDir(), "kihon-"+strconv.Itoa(os.Getuid())+strings.TrimPrefix(name, "kihon"))
}

// Listen opens a socket with a name of its own in dir, which it creates, and
// removes the sockets there whose owners are dead. Only this user may enter
// dir; a directory or a link of somebody else's is an error. On Linux, only
// processes of this user and of root are answered.
//
// Closing the listener removes the socket.
func Listen(dir string) (l net.Listener, path string, err error) {
	if err := private(dir); err != nil {
		return nil, "", fmt.Errorf("directory for the guard's socket: %w", err)
	}
	sweep(dir)
	id := make([]byte, 4)
	rand.Read(id) // never fails
	name := "guard-" + hex.EncodeToString(id) + socketSuffix
	path = filepath.Join(dir, name)
	if len(path) > maxSocketPath {
		return nil, "", fmt.Errorf("the path of the guard's socket is longer than %d bytes: %s", maxSocketPath, path)
	}
	// A socket that is bound and not yet listening looks dead to another
	// process's sweep; so it gets its name when it is listening.
	fresh := filepath.Join(dir, "."+name[6:14])
	u, err := net.ListenUnix("unix", &net.UnixAddr{Name: fresh, Net: "unix"})
	if err != nil {
		return nil, "", fmt.Errorf("open the guard's socket: %w", err)
	}
	u.SetUnlinkOnClose(false)
	if err := errors.Join(os.Chmod(fresh, 0o600), os.Rename(fresh, path)); err != nil {
		u.Close()
		os.Remove(fresh)
		return nil, "", fmt.Errorf("open the guard's socket: %w", err)
	}
	return &listener{UnixListener: u, path: path}, path, nil
}

const socketSuffix = ".sock"

// private makes sure of a directory that is ours alone.
func private(dir string) error {
	if err := os.MkdirAll(filepath.Dir(dir), 0o700); err != nil {
		return err
	}
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, os.ErrExist) {
		return err
	}
	info, err := os.Lstat(dir)
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return fmt.Errorf("%s is not a directory", dir)
	}
	if !ours(info) {
		return fmt.Errorf("%s belongs to somebody else", dir)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return os.Chmod(dir, 0o700)
	}
	return nil
}

// sweep removes the sockets that nobody listens on any more: those of a
// process that was killed.
func sweep(dir string) {
	files, _ := os.ReadDir(dir)
	for _, file := range files {
		path := filepath.Join(dir, file.Name())
		info, err := file.Info()
		if err != nil || info.Mode()&os.ModeSocket == 0 {
			continue
		}
		if !strings.HasSuffix(path, socketSuffix) && time.Since(info.ModTime()) < time.Minute {
			continue // about to get its name
		}
		conn, err := net.DialTimeout("unix", path, time.Second)
		if err == nil {
			conn.Close()
		} else if errors.Is(err, syscall.ECONNREFUSED) {
			os.Remove(path)
		}
	}
}

// listener takes only connections of this user, and removes its socket.
type listener struct {
	*net.UnixListener
	path string
	once sync.Once
}

func (l *listener) Accept() (net.Conn, error) {
	for {
		conn, err := l.AcceptUnix()
		if err != nil {
			return nil, err
		}
		if trusted(conn) {
			// Not wrapped: a stream is half-closed through this type.
			return conn, nil
		}
		conn.Close()
	}
}

func (l *listener) Close() error {
	err := l.UnixListener.Close()
	l.once.Do(func() { os.Remove(l.path) })
	return err
}
