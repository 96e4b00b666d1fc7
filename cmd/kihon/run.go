package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"kihon/cmd/kihon/learner"
	"kihon/sandbox/journal"
)

func (a *app) runCommand() *cobra.Command {
	cmd := a.verb("run -- COMMAND [ARG]...", a.words.Say("cmd.run"), a.words.Say("cmd.run.examples"), between(1, -1), a.run)
	// What follows COMMAND is its own, dashes and all.
	cmd.Flags().SetInterspersed(false)
	return cmd
}

// run runs one command inside the sandbox and ends as it ended.
func (a *app) run(ctx context.Context, command []string) error {
	code, err := a.runInside(ctx, command)
	if err != nil {
		a.explain(ctx, err)
		return &exitError{exitRunFailed}
	}
	if code != exitOK {
		return &exitError{code}
	}
	return nil
}

func (a *app) runInside(ctx context.Context, command []string) (int, error) {
	if a.session == nil {
		if err := a.workHere(); err != nil {
			return 0, err
		}
	}
	path, err := exec.LookPath(command[0])
	if command[0] == "kihon" {
		path, err = os.Executable()
	}
	if err != nil {
		return 0, a.usage(a.words.Say("error.run_not_found", "command", command[0]), a.words.Say("error.run_not_found.next"))
	}
	l, err := a.open(ctx)
	if err != nil {
		return 0, err
	}
	defer l.Close()
	if err := l.Engine.Ping(ctx); err != nil {
		return 0, err
	}
	// What cannot be written down must not be done.
	if err := l.Store.Touch(ctx); err != nil {
		return 0, err
	}
	host, session, done, err := a.enterSandbox(ctx, l)
	if err != nil {
		return 0, err
	}
	defer done()
	code, err := a.child(path, command, a.environment(host, session))
	if err != nil {
		return 0, err
	}
	// The command has ended, so this must be written whatever became of ctx.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	_, err = l.Store.Append(ctx, journal.Entry{
		Time: time.Now(), Actor: journal.Learner, Source: journal.Command, Command: command, ExitCode: &code,
	})
	if client := a.anySession(ctx); client != nil {
		_ = client.changed(ctx)
	}
	return code, err
}

// anySession is the session this process runs in, or the one of this home in
// another terminal.
func (a *app) anySession(ctx context.Context) *sessionClient {
	if a.session != nil {
		return a.session
	}
	return a.runningSession(ctx)
}

// enterSandbox returns the guard's address and the session's socket: those of
// the live session of this home where there is one, so that it learns at once
// what is done here, else ones of our own.
func (a *app) enterSandbox(ctx context.Context, l *learner.Learner) (host, session string, done func(), err error) {
	if client := a.anySession(ctx); client != nil {
		info, err := client.state(ctx)
		return info.Guard, client.socket, func() {}, err
	}
	s, err := a.openSandbox(ctx, l, nil)
	if err != nil {
		return "", "", nil, err
	}
	info := a.sessionInfo(s.host)
	server, listener, err := a.listenSession(ctx, s.dir, fmt.Sprintf("run-%d.sock", os.Getpid()), func() sessionInfo { return info })
	if err != nil {
		return "", "", nil, errors.Join(err, s.close())
	}
	server.mux.HandleFunc("POST /v1/changed", accept)
	server.serve(listener)
	return s.host, filepath.Clean(server.socket), func() {
		server.close()
		_ = s.close()
	}, nil
}

// child runs the command with our own streams and returns its exit code: 128+n
// when signal n ended it. Signals of the terminal reach it directly; others
// are handed on, and we wait for it to end.
func (a *app) child(path string, command, environment []string) (int, error) {
	cmd := exec.Command(path)
	cmd.Args = command
	cmd.Env = environment
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGQUIT, syscall.SIGTERM, syscall.SIGHUP)
	defer signal.Stop(signals)
	if err := cmd.Start(); err != nil {
		return 0, fmt.Errorf("starting %s: %w", command[0], err)
	}
	ended := make(chan struct{})
	go func() {
		for {
			select {
			case s := <-signals:
				// With a terminal, Ctrl-C has reached the child as well.
				if !a.streams.InTTY || s == syscall.SIGTERM || s == syscall.SIGHUP {
					_ = cmd.Process.Signal(s)
				}
			case <-ended:
				return
			}
		}
	}()
	err := cmd.Wait()
	close(ended)
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return 0, fmt.Errorf("waiting for %s: %w", command[0], err)
	}
	return exitCode(cmd.ProcessState), nil
}

func exitCode(state *os.ProcessState) int {
	if status, ok := state.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return 128 + int(status.Signal())
	}
	return state.ExitCode()
}
