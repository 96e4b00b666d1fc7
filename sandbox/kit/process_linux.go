package kit

import (
	"os/exec"
	"syscall"
)

// isolate gives a program that works on a root file system its own mounts,
// which are gone when it is, and its own process group, so that an interrupt
// reaches its children and a Ctrl-C on the terminal reaches it through us only.
func isolate(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Setpgid:      true,
		Unshareflags: syscall.CLONE_NEWNS,
		Pdeathsig:    syscall.SIGKILL,
	}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }
}
