package kit

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"
)

// debootstrap makes a root file system with the distribution's own tool.
type debootstrap struct {
	machine machine
	report  reporter
}

// run fills root, an empty directory. It needs root; the error is a
// *NetworkError when the mirror does not answer.
func (d debootstrap) run(ctx context.Context, m mirror, root string) error {
	program, err := d.find(ctx)
	if err != nil {
		return err
	}
	args := []string{"--variant=minbase", "--components=" + strings.Join(m.base.components, ","), "--arch=" + m.arch}
	switch {
	case m.base.trusted:
		args = append(args, "--no-check-gpg")
	case strings.HasPrefix(m.base.signedBy, "/"):
		args = append(args, "--force-check-gpg", "--keyring="+m.base.signedBy)
	default:
		args = append(args, "--force-check-gpg")
	}
	if strings.HasPrefix(m.base.uris[0], "https:") {
		args = append(args, "--include=ca-certificates") // or apt could not use the mirror inside
	}
	args = append(args, m.base.suites[0], root, m.base.uris[0])

	output := &lineWriter{keep: 15, each: func(line string) {
		d.report(Step{Stage: StageBase, State: Running, Detail: strings.TrimPrefix(line, "I: ")})
	}}
	err = run(ctx, output, output, program, args...)
	if err == nil || ctx.Err() != nil {
		return errors.Join(err, ctx.Err())
	}
	for _, line := range output.last {
		if strings.HasPrefix(line, "E: ") && (strings.Contains(line, "release file") || strings.Contains(strings.ToLower(line), "couldn't download")) {
			return &NetworkError{Host: m.base.uris[0], Tried: []string{"debootstrap: " + line}}
		}
	}
	return fmt.Errorf("make the base: debootstrap: %w\n%s", err, strings.Join(output.last, "\n"))
}

// find returns the path of debootstrap, and installs it where it is missing.
func (d debootstrap) find(ctx context.Context) (string, error) {
	// Root's PATH has no sbin in it after a plain su.
	for _, name := range []string{"debootstrap", "/usr/sbin/debootstrap"} {
		if path, err := d.machine.lookPath(name); err == nil {
			return path, nil
		}
	}
	d.report(Step{Stage: StageBase, State: Running, Reason: ReasonNoDebootstrap})
	output := &lineWriter{keep: 15, each: func(line string) {
		d.report(Step{Stage: StageBase, State: Running, Detail: line})
	}}
	// Another apt at work is waited for.
	aptGet := func(args ...string) error {
		return run(ctx, output, output, "apt-get", append([]string{"-o", "DPkg::Lock::Timeout=60"}, args...)...)
	}
	install := []string{"install", "-y", "--no-install-recommends", "debootstrap"}
	err := aptGet(install...)
	if err != nil && ctx.Err() == nil {
		// On a fresh machine apt knows of no packages yet.
		if err = aptGet("update"); err == nil {
			err = aptGet(install...)
		}
	}
	if err != nil {
		return "", fmt.Errorf("install debootstrap (to do it yourself, type: apt-get update && apt-get install debootstrap): %w\n%s",
			err, strings.Join(output.last, "\n"))
	}
	return "/usr/sbin/debootstrap", nil
}

// run runs a program that is part of the system until it ends or ctx does; its
// children end with it. stderr may be nil, then it is part of the error.
func run(ctx context.Context, stdout, stderr io.Writer, name string, args ...string) error {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = append(os.Environ(),
		"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
		"LC_ALL=C", "DEBIAN_FRONTEND=noninteractive")
	cmd.Stdout, cmd.Stderr = stdout, stderr
	var complaint lineWriter
	if stderr == nil {
		complaint.keep = 5
		cmd.Stderr = &complaint
	}
	cmd.WaitDelay = 10 * time.Second
	isolate(cmd)
	// On Linux the program is to die with us, and the kernel takes the thread
	// that started it for us.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s: %w %s", name, err, strings.Join(complaint.last, "\n"))
	}
	return nil
}

// lineWriter cuts what is written to it into lines, passes each on and keeps
// the last ones. It is not for several goroutines at once; os/exec uses one
// when stdout and stderr are the same writer.
type lineWriter struct {
	keep int
	each func(string)
	last []string
	rest []byte
}

func (w *lineWriter) Write(p []byte) (int, error) {
	w.rest = append(w.rest, p...)
	for {
		n, line, _ := bufio.ScanLines(w.rest, false)
		if n == 0 {
			return len(p), nil
		}
		text := strings.TrimSpace(string(line))
		w.rest = w.rest[n:]
		// A carriage return begins the line again, as a terminal shows it.
		if at := strings.LastIndex(text, "\r"); at >= 0 {
			text = strings.TrimSpace(text[at:])
		}
		if text == "" {
			continue
		}
		w.last = append(w.last, text)
		if len(w.last) > w.keep {
			w.last = w.last[1:]
		}
		if w.each != nil {
			w.each(text)
		}
	}
}
