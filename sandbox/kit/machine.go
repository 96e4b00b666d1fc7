package kit

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"os/exec"
	"runtime"
	"strings"
)

// machine is what a build needs to know of the computer it runs on.
type machine struct {
	root     fs.FS // the root directory
	os, arch string
	isRoot   bool
	getenv   func(string) string
	lookPath func(string) (string, error)
}

func thisMachine() machine {
	return machine{
		root:     os.DirFS("/"),
		os:       runtime.GOOS,
		arch:     runtime.GOARCH,
		isRoot:   os.Geteuid() == 0,
		getenv:   os.Getenv,
		lookPath: exec.LookPath,
	}
}

// debianArch maps Go's names of architectures to dpkg's.
var debianArch = map[string]string{
	"386":     "i386",
	"amd64":   "amd64",
	"arm":     "armhf",
	"arm64":   "arm64",
	"ppc64le": "ppc64el",
	"riscv64": "riscv64",
	"s390x":   "s390x",
}

// mirror returns the mirror that this machine's own package sources name. The
// error is ErrNoSources where there is none.
func (m machine) mirror() (mirror, error) {
	text, err := fs.ReadFile(m.root, "etc/os-release")
	if errors.Is(err, fs.ErrNotExist) {
		text, err = fs.ReadFile(m.root, "usr/lib/os-release")
	}
	if errors.Is(err, fs.ErrNotExist) {
		return mirror{}, ErrNoSources
	} else if err != nil {
		return mirror{}, fmt.Errorf("read os-release: %w", err)
	}
	sources, err := readSources(m.root)
	if err != nil {
		return mirror{}, err
	}
	return pickMirror(parseRelease(string(text)), debianArch[m.arch], sources)
}

// buildArgs passes the proxies of this process's environment to a build, as
// the Docker CLI does with those of its configuration. They do not end up in
// the image. A proxy on this computer's own loopback is left out: inside a
// container that address is the container.
func (m machine) buildArgs() map[string]*string {
	args := map[string]*string{}
	for _, name := range []string{"http_proxy", "https_proxy", "ftp_proxy", "no_proxy"} {
		for _, name := range []string{name, strings.ToUpper(name)} {
			value := m.getenv(name)
			if value == "" || isLoopback(value) {
				continue
			}
			args[name] = &value
		}
	}
	return args
}

// isLoopback reports whether a proxy's address is on this computer.
func isLoopback(proxy string) bool {
	u, err := url.Parse(proxy)
	if err != nil {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Hostname() == "localhost" || (ip != nil && ip.IsLoopback())
}
