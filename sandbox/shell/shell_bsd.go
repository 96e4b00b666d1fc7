//go:build unix && !linux

package shell

import "syscall"

// attributes is empty where there is no parent-death signal: there the hook
// ends the shell at its next prompt when this process is gone.
func attributes() *syscall.SysProcAttr { return nil }

// takeTerminal does nothing where a single thread cannot block SIGTTOU. Only
// after a shell that was killed is the terminal not given back.
func takeTerminal(fd, group int) {}
