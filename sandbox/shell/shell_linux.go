package shell

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// attributes has the kernel hang the shell up when this process dies in
// whatever way. Otherwise it would go on and fight the shell from which kihon
// was started for the terminal, until both lose.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGHUP}
}

// takeTerminal makes group the terminal's foreground process group. The caller
// is in the background and has locked its thread: with SIGTTOU blocked the
// kernel allows it what would stop it otherwise.
func takeTerminal(fd, group int) {
	var ttou, before unix.Sigset_t
	ttou.Val[0] = 1 << (unix.SIGTTOU - 1)
	if unix.PthreadSigmask(unix.SIG_BLOCK, &ttou, &before) != nil {
		return
	}
	_ = unix.IoctlSetPointerInt(fd, unix.TIOCSPGRP, group)
	_ = unix.PthreadSigmask(unix.SIG_SETMASK, &before, nil)
}
