//go:build unix

package engine_test

import (
	"os"
	"os/exec"
	"syscall"
)

// asNobody makes root's command run as the user nobody; another user is
// denied already.
func asNobody(cmd *exec.Cmd) {
	if os.Geteuid() == 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	}
}
