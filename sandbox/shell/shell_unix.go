//go:build unix

package shell

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"syscall"
	"time"
)

// goodbye is how long a shell may take to end when ctx has ended.
const goodbye = 2 * time.Second

// Run starts the shell and returns when it has ended, with its exit code:
// 128+n when signal n ended it. When ctx ends, the shell is hung up, as if its
// terminal had been closed, and the error wraps that of ctx. Run removes the
// shell's files.
//
// The signals of the keyboard are the shell's while Run runs: this process
// catches them and does nothing, rather than ignore them, since what is ignored
// would be ignored by the shell's programs as well.
func (s *Session) Run(ctx context.Context) (exitCode int, err error) {
	defer func() { err = errors.Join(err, s.Remove()) }()

	keyboard := make(chan os.Signal, 1)
	signal.Notify(keyboard, syscall.SIGINT, syscall.SIGQUIT, syscall.SIGTSTP, syscall.SIGTTIN, syscall.SIGTTOU)
	defer signal.Stop(keyboard)

	// A parent-death signal is tied to the thread that started the child.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()

	cmd := exec.CommandContext(ctx, s.cfg.Shell, "--rcfile", s.file(rcFile), "-i")
	cmd.Dir = s.cfg.Dir
	cmd.Env = environ(s.cfg, os.Environ())
	cmd.Stdin, cmd.Stdout, cmd.Stderr = s.cfg.Stdin, s.cfg.Stdout, s.cfg.Stderr
	cmd.SysProcAttr = attributes()
	// An interactive bash ignores SIGTERM.
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGHUP) }
	cmd.WaitDelay = goodbye

	before := saveTerminal(s.cfg.Stdin)
	if err := cmd.Start(); err != nil {
		return 0, fmt.Errorf("start the learner's shell: %w", err)
	}
	s.setProcess(cmd.Process)
	waited := cmd.Wait()
	s.setProcess(nil)

	status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus)
	if !ok {
		return 0, fmt.Errorf("wait for the learner's shell: %w", waited)
	}
	exitCode = status.ExitStatus()
	if status.Signaled() {
		exitCode = 128 + int(status.Signal())
	}
	before.restore(status.Signaled())
	if ctx.Err() != nil {
		return exitCode, fmt.Errorf("the learner's shell was ended: %w", ctx.Err())
	}
	return exitCode, nil
}

func (s *Session) setProcess(p *os.Process) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.process = p
}

func (s *Session) running() *os.Process {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.process
}
