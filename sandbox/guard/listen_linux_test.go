package guard_test

import (
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// A process of another user that has got hold of the socket is hung up on. The
// test runs itself again as nobody.
func TestAnotherUserIsNotAnswered(t *testing.T) {
	if socket := os.Getenv("KIHON_TEST_SOCKET"); socket != "" {
		conn, err := net.Dial("unix", socket)
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(conn, "GET /_ping HTTP/1.1\r\nHost: docker\r\nConnection: close\r\n\r\n")
		answer, _ := io.ReadAll(conn)
		t.Logf("answered with %d bytes", len(answer))
		return
	}
	if os.Geteuid() != 0 {
		t.Skip("only root can become another user")
	}
	s := open(t)
	dir := filepath.Dir(s.socket)
	for _, path := range []string{s.socket, dir, filepath.Dir(dir)} {
		if err := os.Chmod(path, 0o777); err != nil {
			t.Fatal(err)
		}
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	program, err := os.ReadFile(self)
	if err != nil {
		t.Fatal(err)
	}
	test := filepath.Join(filepath.Dir(dir), "guard.test")
	if err := os.WriteFile(test, program, 0o755); err != nil {
		t.Fatal(err)
	}
	for uid, answered := range map[uint32]bool{0: true, 65534: false} {
		cmd := exec.Command(test, "-test.run", "^"+t.Name()+"$", "-test.v")
		cmd.Env = append(os.Environ(), "KIHON_TEST_SOCKET="+s.socket)
		cmd.Dir = "/"
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uid, Gid: uid}}
		out, err := cmd.CombinedOutput()
		if err != nil || strings.Contains(string(out), "answered with 0 bytes") == answered {
			t.Errorf("user %d: %v\n%s", uid, err, out)
		}
	}
}
