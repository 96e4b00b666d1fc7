//go:build linux

package testengine

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
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
	nothingLeft(t, e)
}

func nothingLeft(t *testing.T, e *Engine) {
	t.Helper()
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

// TestTheNextRunSweepsUpAfterOneThatWasKilled runs this test once more as a
// process of its own, which is killed with its engine running.
func TestTheNextRunSweepsUpAfterOneThatWasKilled(t *testing.T) {
	if os.Getenv("KIHON_TEST_VICTIM") != "" {
		e := New(t, "busybox")
		docker(t, e, "run", "-d", "busybox", "sleep", "1000")
		fmt.Println("engine in", e.dir)
		select {}
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	victim := exec.Command(self, "-test.run", "^"+t.Name()+"$")
	victim.Env = append(os.Environ(), "KIHON_TEST_VICTIM=1")
	out, err := victim.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := victim.Start(); err != nil {
		t.Fatal(err)
	}
	killed := &Engine{t: t}
	if _, err := fmt.Fscanf(out, "engine in %s\n", &killed.dir); err != nil {
		t.Fatalf("the victim: %v", err)
	}
	// A crash of dockerd besides: nothing has tidied up.
	for _, id := range killed.processes() {
		_ = syscall.Kill(id, syscall.SIGKILL)
	}
	_ = victim.Process.Kill()
	_ = victim.Wait()
	before := time.Now().Add(-time.Hour)
	if err := os.Chtimes(filepath.Join(killed.dir, ownerFile), before, before); err != nil {
		t.Fatal(err)
	}
	e := New(t)
	if e.dir == killed.dir {
		t.Fatal("the directory is used again")
	}
	nothingLeft(t, killed)
}
