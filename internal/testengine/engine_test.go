//go:build linux

package testengine

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

func docker(t *testing.T, e *Engine, args ...string) string {
	t.Helper()
	out, err := exec.Command("docker", append([]string{"-H", e.Host()}, args...)...).CombinedOutput()
	if err != nil {
		t.Fatalf("docker %v: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

// TestASecondEngineIsAlone runs one, crashes it, starts it again, and looks
// for traces of it afterwards.
func TestASecondEngineIsAlone(t *testing.T) {
	var e *Engine
	t.Run("while it is there", func(t *testing.T) {
		e = New(t, "busybox")
		if out := docker(t, e, "ps", "-aq"); out != "" {
			t.Errorf("it has containers from the beginning: %s", out)
		}
		id := docker(t, e, "run", "-d", "--stop-timeout", "1", "-p", "8080:80", "busybox", "sh", "-c", "echo hello >index.html; exec httpd -f")
		fetch := []string{"-q", "-T", "5", "-O", "-", "http://127.0.0.1:8080/"}
		e.await("the page", func() bool {
			out, _ := e.Command("wget", fetch...).Output()
			return string(out) == "hello\n"
		})
		if out, _ := exec.Command("wget", fetch...).Output(); string(out) == "hello\n" {
			t.Error("its published port is open outside of its namespace")
		}
		if out, err := exec.Command("docker", "inspect", id).CombinedOutput(); err == nil {
			t.Errorf("the machine's engine knows its container: %s", out)
		}
		if _, err := e.Listen("tcp", "127.0.0.1:8080"); err == nil {
			t.Error("a port that a container holds can be listened on")
		}
		l, err := e.Listen("tcp", "127.0.0.1:8081")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()

		e.Kill()
		if out, err := exec.Command("docker", "-H", e.Host(), "version").CombinedOutput(); err == nil {
			t.Errorf("it answers after its end: %s", out)
		}
		e.Start()
		docker(t, e, "start", id)
		e.Stop()
		e.Start()
		docker(t, e, "start", id)
		e.Kill() // and so it is removed
	})
	if processes := e.processes(); len(processes) > 0 {
		t.Errorf("processes are left: %v", processes)
	}
	if mounts := e.mounts(); len(mounts) > 0 {
		t.Errorf("mounts are left: %v", mounts)
	}
	if _, err := os.Stat(e.dir); !os.IsNotExist(err) {
		t.Errorf("its files are left: %v", err)
	}
	if cgroups := e.cgroups(); len(cgroups) > 0 {
		t.Errorf("cgroups are left: %v", cgroups)
	}
}
