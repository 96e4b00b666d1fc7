//go:build linux

package testengine

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// remove ends the engine and what it has started, and takes away its files,
// mounts, cgroups and network namespace.
func (e *Engine) remove() {
	if e.daemon != nil {
		_ = e.daemon.Process.Signal(syscall.SIGCONT)
		e.end(syscall.SIGTERM)
	}
	if e.holder != nil && e.holder.Process != nil {
		_ = e.holder.Process.Kill()
	}
	e.sweep()
	if err := os.RemoveAll(e.dir); err != nil {
		e.t.Errorf("removing the test's engine: %v", err)
	}
}

// sweep ends and takes away what is left after dockerd has ended, in whatever
// way: its processes, mounts and cgroups.
func (e *Engine) sweep() {
	// containerd and what holds the containers have the engine's directory in
	// their command lines; the containers are in its cgroups.
	e.await("its processes to end", func() bool {
		processes := e.processes()
		for _, id := range processes {
			_ = syscall.Kill(id, syscall.SIGKILL)
		}
		return len(processes) == 0
	})
	e.await("its mounts to go", func() bool {
		mounts := e.mounts()
		for _, path := range mounts {
			_ = unix.Unmount(path, unix.MNT_DETACH)
		}
		return len(mounts) == 0
	})
	e.await("its cgroups to go", e.removeCgroups)
}

// processes are those that have the engine's directory among their arguments
// or run in one of its cgroups.
func (e *Engine) processes() []int {
	var ids []int
	found, _ := filepath.Glob("/proc/[0-9]*")
	for _, process := range found {
		id, err := strconv.Atoi(filepath.Base(process))
		if err != nil || id == os.Getpid() {
			continue
		}
		arguments, _ := os.ReadFile(process + "/cmdline")
		cgroup, _ := os.ReadFile(process + "/cgroup")
		if bytes.Contains(arguments, []byte(e.dir)) || bytes.Contains(cgroup, []byte("/"+filepath.Base(e.dir)+"/")) {
			ids = append(ids, id)
		}
	}
	return ids
}

// mounts are the mount points below the engine's directory, inner ones first.
func (e *Engine) mounts() []string {
	table, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		e.t.Error(err)
	}
	var points []string
	for line := range strings.Lines(string(table)) {
		if fields := strings.Fields(line); len(fields) > 4 && strings.HasPrefix(fields[4], e.dir+"/") {
			points = append([]string{fields[4]}, points...)
		}
	}
	return points
}

// removeCgroups reports whether no cgroup of the engine is left.
func (e *Engine) removeCgroups() bool {
	for _, group := range e.cgroups() {
		_ = os.Remove(group) // not yet, while a process in it is being ended
	}
	return len(e.cgroups()) == 0
}

// cgroups are the engine's cgroups, inner ones first, in version 1, where
// every controller has a tree, and in version 2.
func (e *Engine) cgroups() []string {
	var found []string
	for _, tree := range []string{"/sys/fs/cgroup", "/sys/fs/cgroup/*"} {
		tops, _ := filepath.Glob(filepath.Join(tree, filepath.Base(e.dir)))
		for _, top := range tops {
			_ = filepath.WalkDir(top, func(path string, entry fs.DirEntry, err error) error {
				if err == nil && entry.IsDir() {
					found = append(found, path)
				}
				return nil
			})
		}
	}
	slices.Reverse(found)
	return found
}

// enter puts the calling thread into a network namespace.
func enter(path string) error {
	namespace, err := os.Open(path)
	if err != nil {
		return err
	}
	defer namespace.Close()
	return unix.Setns(int(namespace.Fd()), unix.CLONE_NEWNET)
}
