package outage_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"kihon/checker/outage"
)

// The sentences are those that docker/docker/client v28.5.2 gave when it was
// made to fail; package engine's own test holds that it still speaks so.
func TestTheClientsErrorsAreSorted(t *testing.T) {
	url := func(inner error) error { return fmt.Errorf("Get \"http://%%2Frun%%2Fdocker.sock/info\": %w", inner) }
	for name, c := range map[string]struct {
		err  error
		want outage.Kind
	}{
		"no error":              {nil, outage.None},
		"socket missing":        {errors.New("Cannot connect to the Docker daemon at unix:///run/none.sock. Is the docker daemon running?"), outage.Unreachable},
		"host unknown":          {errors.New("error during connect: Head \"http://no.such.host.invalid:2375/_ping\": dial tcp: lookup no.such.host.invalid: no such host"), outage.Unreachable},
		"ssh refused":           {errors.New("error during connect: Head \"http://docker.example.com/_ping\": command [ssh ...] has exited with exit status 255, make sure the URL is valid, and Docker 18.09 or later is installed on the remote host: stderr=ssh: connect to host 127.0.0.1 port 1: Connection refused"), outage.Unreachable},
		"denied behind ssh":     {errors.New("error during connect: Get \"http://docker.example.com/info\": stderr=permission denied while trying to connect to the Docker daemon socket"), outage.Permission},
		"not an engine":         {errors.New("Get \"http://x/info\": malformed HTTP response \"hello\".\n* Are you trying to connect to a TLS-enabled daemon without TLS?"), outage.Unreachable},
		"denied":                {fmt.Errorf("permission denied while trying to connect to the Docker daemon socket at unix:///run/docker.sock: %w", url(&net.OpError{Op: "dial", Net: "unix", Err: os.NewSyscallError("connect", syscall.EACCES)})), outage.Permission},
		"deadline":              {url(context.DeadlineExceeded), outage.Timeout},
		"deadline of a read":    {url(os.ErrDeadlineExceeded), outage.Timeout},
		"given up":              {url(context.Canceled), outage.Other},
		"engine stopped midway": {fmt.Errorf("read the answer: %w", io.ErrUnexpectedEOF), outage.Unreachable},
		"events broke off":      {fmt.Errorf("events: %w", io.EOF), outage.Unreachable},
		"not found":             {errors.New("Error response from daemon: No such container: web"), outage.Other},
		"denied by the engine":  {errors.New("Error response from daemon: OCI runtime create failed: exec: permission denied: unknown"), outage.Other},
	} {
		t.Run(name, func(t *testing.T) {
			for _, err := range []error{c.err, wrap(c.err)} {
				if got := outage.Classify(err); got != c.want {
					t.Errorf("Classify(%v) = %q, want %q", err, got, c.want)
				}
			}
		})
	}
}

func wrap(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("ask the engine: %w", err)
}

func TestPlainConnectionsAreSorted(t *testing.T) {
	dir := t.TempDir()
	dead := filepath.Join(dir, "dead")
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: dead, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	l.SetUnlinkOnClose(false)
	l.Close()

	silent := filepath.Join(dir, "silent")
	s, err := net.Listen("unix", silent)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()

	for path, want := range map[string]outage.Kind{
		filepath.Join(dir, "none"): outage.Unreachable,
		dead:                       outage.Unreachable,
	} {
		_, err := net.Dial("unix", path)
		if got := outage.Classify(err); got != want {
			t.Errorf("%v: %q, want %q", err, got, want)
		}
	}
	conn, err := net.Dial("unix", silent)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetReadDeadline(time.Now().Add(10 * time.Millisecond))
	_, err = conn.Read(make([]byte, 1))
	if got := outage.Classify(err); got != outage.Timeout {
		t.Errorf("%v: %q, want %q", err, got, outage.Timeout)
	}
	if got := outage.Classify(fmt.Errorf("open: %w", fs.ErrPermission)); got != outage.Permission {
		t.Errorf("%q, want %q", got, outage.Permission)
	}
}
