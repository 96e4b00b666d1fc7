//go:build unix

package shell_test

import (
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// BenchmarkProcess compares the prompt hook with the least a process can cost
// and, where an engine answers, with a command of Docker's.
func BenchmarkProcess(b *testing.B) {
	dir, err := os.MkdirTemp("", "kihontest-")
	if err != nil {
		b.Fatal(err)
	}
	defer os.RemoveAll(dir)
	socket := filepath.Join(dir, "s")
	listener, err := net.Listen("unix", socket)
	if err != nil {
		b.Fatal(err)
	}
	defer listener.Close()
	go http.Serve(listener, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Kihon-Prompt", "[ports 1/3]")
		io.WriteString(w, "✓ done\n")
	}))
	for name, argv := range map[string][]string{
		"true":      {"/bin/true"},
		"hook":      {hookPath, dir, "0", "80", "0", "1"},
		"docker-ps": {"docker", "ps"},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				cmd := exec.Command(argv[0], argv[1:]...)
				cmd.Env = append(os.Environ(), "KIHON_SESSION="+socket)
				if out, err := cmd.CombinedOutput(); err != nil {
					b.Fatalf("%v\n%s", err, out)
				}
			}
		})
	}
}
