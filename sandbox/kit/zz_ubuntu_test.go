package kit

import (
	"github.com/docker/docker/api/types/container"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"fmt"
	"os"
	"testing"
	"testing/fstest"
	"strings"
	"time"
)

func TestZZUbuntu(t *testing.T) {
	k, _ := Open("/var/tmp/kk/d-"+os.Getenv("CODE"), "course")
	code := os.Getenv("CODE")
	k.machine.root = fstest.MapFS{
		"etc/os-release": {Data: []byte("ID=ubuntu\nVERSION_CODENAME=" + code + "\nUBUNTU_CODENAME=" + code + "\n")},
		"etc/apt/sources.list.d/ubuntu.sources": {Data: []byte("Types: deb\nURIs: http://" + "archive.ubuntu.com/ubuntu/\nSuites: " + code + " " + code + "-updates " + code + "-security\nComponents: main universe restricted multiverse\nTrusted: yes\n")},
	}
	if code == "trixie" {
		text, _ := os.ReadFile("/etc/apt/sources.list.d/debian.sources")
		k.machine.root = fstest.MapFS{
			"etc/os-release":                        {Data: []byte("ID=debian\nVERSION_CODENAME=trixie\n")},
			"etc/apt/sources.list.d/debian.sources": {Data: []byte(strings.ReplaceAll(string(text), "bookworm", "trixie"))},
		}
	}
	t0 := time.Now()
	err := k.Build(t.Context(), here(t), []string{"httpd", "busybox", "hello-world"}, BuildOptions{Progress: func(s Step) {
		if s.State != Running || os.Getenv("V") != "" {
			fmt.Println(time.Since(t0), s)
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
}

func TestZZRun(t *testing.T) {
	os.Setenv("KIHON_CACHE", "/var/tmp/kk/d-"+os.Getenv("CODE"))
	eng := here(t)
	k, _ := Open("/var/tmp/kk/d-"+os.Getenv("CODE"), "course")
	entries, err := index(k.Dir())
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		img, err := e.image(k.Dir(), newReporter(nil))
		if err != nil {
			t.Fatal(err)
		}
		name := unique() + ":latest"
		k2 := newKit(t)
		put(t, k2, map[string]v1.Image{"docker.io/library/" + name: img})
		forget(t, eng, name)
		load1(t, k2, eng, name)
		switch {
		case strings.Contains(e.name, "httpd"):
			b := start(t, eng, name, "80/tcp")
			fmt.Println(get(t, b.address("80/tcp"), "/"))
			fmt.Println(b.must("sh", "-c", "httpd -v; apt-get check; ls modules | wc -l; cat /etc/os-release | head -1"))
			t0 := time.Now()
			eng.ContainerStop(t.Context(), b.id, container.StopOptions{})
			fmt.Println(time.Since(t0), b.inspect().State.ExitCode)
		case strings.Contains(e.name, "busybox"):
			b := start(t, eng, name, "", "sleep", "60")
			fmt.Println(b.must("sh", "-c", "cat /etc/os-release; ls /bin | wc -l; busybox | head -1"))
		default:
			b := start(t, eng, name, "")
			fmt.Println(b.wait())
			fmt.Println(b.logs())
		}
	}
}
