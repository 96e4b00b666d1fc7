package kit

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/docker/docker/api/types/container"
)

// These tests hold each row of docs/kit.md on a container of the image.

// get asks a web server until it answers, and returns the answer.
func get(t *testing.T, address, path string) (status int, body, server string) {
	t.Helper()
	eventually(t, "an answer from "+address, func() bool {
		answer, err := http.Get("http://" + address + path)
		if err != nil {
			return false
		}
		defer answer.Body.Close()
		text, err := io.ReadAll(answer.Body)
		if err != nil {
			return false
		}
		status, body, server = answer.StatusCode, string(text), answer.Header.Get("Server")
		return true
	})
	return status, body, server
}

func TestHttpdIsConfiguredAsTheOfficialImage(t *testing.T) {
	eng := here(t)
	info, err := eng.ImageInspect(t.Context(), loaded(t, eng, "httpd"))
	if err != nil {
		t.Fatal(err)
	}
	c := info.Config
	if !slices.Equal(c.Cmd, []string{"httpd-foreground"}) || len(c.Entrypoint) != 0 {
		t.Errorf("command %q, entrypoint %q", c.Cmd, c.Entrypoint)
	}
	if c.WorkingDir != "/usr/local/apache2" || c.StopSignal != "SIGWINCH" || c.User != "" || len(c.Volumes) != 0 || len(c.Labels) != 0 {
		t.Errorf("folder %q, stop signal %q, user %q, volumes %v, labels %v", c.WorkingDir, c.StopSignal, c.User, c.Volumes, c.Labels)
	}
	if _, ok := c.ExposedPorts["80/tcp"]; !ok || len(c.ExposedPorts) != 1 {
		t.Errorf("exposed ports %v", c.ExposedPorts)
	}
	for _, want := range []string{
		"HTTPD_PREFIX=/usr/local/apache2",
		"PATH=/usr/local/apache2/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
	} {
		if !slices.Contains(c.Env, want) {
			t.Errorf("environment %q lacks %q", c.Env, want)
		}
	}
}

func TestHttpdServesItsStartPageAndLogsToItsOutput(t *testing.T) {
	eng := here(t)
	b := start(t, eng, loaded(t, eng, "httpd"), "80/tcp")
	address := b.address("80/tcp")
	status, body, server := get(t, address, "/")
	if status != http.StatusOK || !strings.Contains(body, "It works!") || !strings.HasPrefix(server, "Apache/2.4.") {
		t.Errorf("status %d from %q:\n%s", status, server, body)
	}
	if status, body, _ := get(t, address, "/no-such-page"); status != http.StatusNotFound || !strings.Contains(body, "Not Found") {
		t.Errorf("a page that is not there: status %d\n%s", status, body)
	}
	eventually(t, "both requests in the log", func() bool {
		stdout, _ := b.logs()
		return strings.Contains(stdout, `"GET / HTTP/1.1" 200`) && strings.Contains(stdout, `"GET /no-such-page HTTP/1.1" 404`)
	})
	if _, stderr := b.logs(); !strings.Contains(stderr, "AH00558") || !strings.Contains(stderr, "resuming normal operations") {
		t.Errorf("the error log is\n%s", stderr)
	}
}

func TestHttpdHasItsFilesWhereTheOfficialImageHasThem(t *testing.T) {
	eng := here(t)
	b := start(t, eng, loaded(t, eng, "httpd"), "80/tcp")
	get(t, b.address("80/tcp"), "/")
	if got := b.must("sh", "-c", "pwd; command -v httpd; command -v httpd-foreground"); got != "/usr/local/apache2\n/usr/local/apache2/bin/httpd\n/usr/local/apache2/bin/httpd-foreground" {
		t.Errorf("got %s", got)
	}
	if got := b.must("httpd", "-v"); !strings.HasPrefix(got, "Server version: Apache/2.4.") {
		t.Errorf("httpd -v says %s", got)
	}
	if got := b.must("httpd", "-t"); !strings.Contains(got, "Syntax OK") {
		t.Errorf("httpd -t says %s", got)
	}
	for _, path := range []string{"htdocs/index.html", "conf/httpd.conf", "conf/mime.types", "modules/mod_ssl.so", "modules/mod_rewrite.so", "logs", "cgi-bin"} {
		b.must("test", "-e", "/usr/local/apache2/"+path)
	}
	modules := b.must("httpd", "-M")
	for _, module := range []string{"mpm_event", "authz_core", "autoindex", "dir", "mime", "status", "alias"} {
		if !strings.Contains(modules, module+"_module") {
			t.Errorf("the module %s is not loaded:\n%s", module, modules)
		}
	}
	// apt works inside, for those who build upon the image.
	if got := b.must("apt-get", "check"); strings.Contains(got, "E:") {
		t.Errorf("apt-get check says %s", got)
	}
}

func TestHttpdServesWhatIsCopiedIntoItsDocumentRoot(t *testing.T) {
	eng := here(t)
	b := start(t, eng, loaded(t, eng, "httpd"), "80/tcp")
	address := b.address("80/tcp")
	get(t, address, "/")
	archive, err := tarOf(map[string][]byte{"page.html": []byte("<p>my page</p>"), "style.css": []byte("p{}")}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if err := eng.CopyToContainer(t.Context(), b.id, "/usr/local/apache2/htdocs", bytes.NewReader(archive), container.CopyToContainerOptions{}); err != nil {
		t.Fatal(err)
	}
	if status, body, _ := get(t, address, "/page.html"); status != http.StatusOK || body != "<p>my page</p>" {
		t.Errorf("status %d, body %q", status, body)
	}
	answer, err := http.Head("http://" + address + "/style.css")
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if got := answer.Header.Get("Content-Type"); got != "text/css" {
		t.Errorf("a style sheet has the type %q", got)
	}
	// Those who answer are not root, so a file for its owner alone is not theirs.
	b.must("chmod", "0600", "htdocs/page.html")
	if status, _, _ := get(t, address, "/page.html"); status != http.StatusForbidden {
		t.Errorf("a file that only root may read: status %d, want 403", status)
	}
	b.must("rm", "htdocs/index.html")
	if status, body, _ := get(t, address, "/"); status != http.StatusOK || !strings.Contains(body, "Index of /") {
		t.Errorf("without a start page: status %d\n%s", status, body)
	}
	top, err := eng.ContainerTop(t.Context(), b.id, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(top.Processes) != 4 || top.Processes[0][0] != "root" || !strings.HasSuffix(strings.Join(top.Processes[0], " "), "httpd -DFOREGROUND") {
		t.Errorf("processes %v, want httpd as root and three workers", top.Processes)
	}
}

// What a browser holds open must not hold "docker stop" up.
func TestHttpdStopsSoonAndWithoutComplaint(t *testing.T) {
	eng := here(t)
	ref := loaded(t, eng, "httpd")
	tests := []struct {
		name string
		use  func(t *testing.T, address string)
	}{
		{"nobody is connected", func(*testing.T, string) {}},
		{"a browser keeps its connection", func(t *testing.T, address string) {
			c := dial(t, address)
			fmt.Fprintf(c, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
			reader := bufio.NewReader(c)
			answer, err := http.ReadResponse(reader, nil)
			if err != nil || answer.StatusCode != http.StatusOK {
				t.Fatalf("answer %v, %v", answer, err)
			}
			// It lets go when the server says so, as browsers do.
			go func() {
				io.Copy(io.Discard, reader)
				c.Close()
			}()
		}},
		{"a browser has connected ahead of time", func(t *testing.T, address string) {
			dial(t, address)
		}},
		{"a page has been fetched", func(t *testing.T, address string) {
			get(t, address, "/")
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b := start(t, eng, ref, "80/tcp")
			get(t, b.address("80/tcp"), "/")
			test.use(t, b.address("80/tcp"))
			begin := time.Now()
			if err := eng.ContainerStop(t.Context(), b.id, container.StopOptions{}); err != nil {
				t.Fatal(err)
			}
			took := time.Since(begin)
			if state := b.inspect().State; state.ExitCode != 0 || state.Running || took > 3*time.Second {
				t.Errorf("it stopped after %s with exit code %d, want 0 within three seconds", took, state.ExitCode)
			}
			// And it can be started again, also when it was killed.
			for range 2 {
				if err := eng.ContainerStart(t.Context(), b.id, container.StartOptions{}); err != nil {
					t.Fatal(err)
				}
				if status, _, _ := get(t, b.address("80/tcp"), "/"); status != http.StatusOK {
					t.Errorf("started again: status %d", status)
				}
				if err := eng.ContainerKill(t.Context(), b.id, "KILL"); err != nil {
					t.Fatal(err)
				}
				b.wait()
			}
		})
	}
}

func dial(t *testing.T, address string) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// A folder of the host takes the document root's place, as in the lessons.
func TestHttpdServesAFolderOfTheHost(t *testing.T) {
	eng := here(t)
	folder := t.TempDir()
	if err := os.Chmod(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "index.html"), []byte("from the host"), 0o644); err != nil {
		t.Fatal(err)
	}
	created, err := eng.ContainerCreate(t.Context(), &container.Config{Image: loaded(t, eng, "httpd")},
		&container.HostConfig{Binds: []string{folder + ":/usr/local/apache2/htdocs"}, PortBindings: anyPort("80/tcp")}, nil, nil, unique())
	if err != nil {
		t.Fatal(err)
	}
	b := adopt(t, eng, created.ID)
	if status, body, _ := get(t, b.address("80/tcp"), "/"); status != http.StatusOK || body != "from the host" {
		t.Errorf("status %d, body %q", status, body)
	}
}

func TestBusyboxIsConfiguredAsTheOfficialImage(t *testing.T) {
	eng := here(t)
	info, err := eng.ImageInspect(t.Context(), loaded(t, eng, "busybox"))
	if err != nil {
		t.Fatal(err)
	}
	if c := info.Config; !slices.Equal(c.Cmd, []string{"sh"}) || len(c.Entrypoint) != 0 || len(c.ExposedPorts) != 0 || c.WorkingDir != "" || len(c.Labels) != 0 {
		t.Errorf("configuration %+v", c)
	}
	if info.Size > 5_000_000 {
		t.Errorf("it has %d bytes, want a small image", info.Size)
	}
}

func TestBusyboxIsASystemOfItsOwn(t *testing.T) {
	eng := here(t)
	b := start(t, eng, loaded(t, eng, "busybox"), "", "sleep", "600")
	if got := b.must("cat", "/etc/os-release"); !strings.Contains(got, `PRETTY_NAME="BusyBox (kihon kit)"`) {
		t.Errorf("os-release:\n%s", got)
	}
	if got := b.must("id"); !strings.HasPrefix(got, "uid=0(root) gid=0(root)") {
		t.Errorf("id says %s", got)
	}
	if got := b.must("id", "-un", "nobody"); got != "nobody" {
		t.Errorf("nobody is %s", got)
	}
	for _, applet := range []string{"ls", "cat", "ps", "vi", "wget", "nc", "ping", "nslookup", "httpd", "top", "awk", "sed", "grep", "tar", "hostname", "uname", "free", "kill"} {
		if got := b.must("which", applet); got != "/bin/"+applet {
			t.Errorf("%s is at %q", applet, got)
		}
	}
	if got := b.must("/usr/bin/env", "sh", "-c", "echo hello"); got != "hello" {
		t.Errorf("env: %q", got)
	}
	if got := b.must("ls", "-l", "/bin/ls"); !strings.HasSuffix(got, "-> busybox") {
		t.Errorf("ls is %s", got)
	}
	want := "755 /\n755 /bin\n755 /etc\n755 /home\n700 /root\n1777 /tmp\n755 /usr\n755 /var"
	if got := b.must("stat", "-c", "%a %n", "/", "/bin", "/etc", "/home", "/root", "/tmp", "/usr", "/var"); got != want {
		t.Errorf("modes:\n%s", got)
	}
	if output, code, _ := b.exec("apt-get"); code == 0 {
		t.Errorf("there is more than BusyBox in it: %s", output)
	}
}

// The shell is the image's command: without standard input it ends at once.
func TestBusyboxEndsAtOnceWithoutATask(t *testing.T) {
	eng := here(t)
	b := start(t, eng, loaded(t, eng, "busybox"), "")
	if code := b.wait(); code != 0 {
		t.Errorf("exit code %d", code)
	}
	if got := b.inspect().Config.Cmd; !slices.Equal([]string(got), []string{"sh"}) {
		t.Errorf("command %q", got)
	}
}

// Both together: one container asks the other by its address.
func TestBusyboxReachesHttpd(t *testing.T) {
	eng := here(t)
	web := start(t, eng, loaded(t, eng, "httpd"), "80/tcp")
	get(t, web.address("80/tcp"), "/")
	b := start(t, eng, loaded(t, eng, "busybox"), "", "sleep", "600")
	if got := b.must("wget", "-qO-", "http://"+web.inspect().NetworkSettings.Networks["bridge"].IPAddress+"/"); !strings.Contains(got, "It works!") {
		t.Errorf("got %s", got)
	}
}

func TestHelloWorldSaysHelloAndEnds(t *testing.T) {
	eng := here(t)
	ref := loaded(t, eng, "hello-world")
	info, err := eng.ImageInspect(t.Context(), ref)
	if err != nil {
		t.Fatal(err)
	}
	if c := info.Config; !slices.Equal(c.Cmd, []string{"/hello"}) || len(c.Entrypoint) != 0 || len(c.Labels) != 0 || info.Size > 20_000 {
		t.Errorf("configuration %+v, %d bytes", c, info.Size)
	}
	b := start(t, eng, ref, "")
	if code := b.wait(); code != 0 {
		t.Errorf("exit code %d", code)
	}
	text, err := imageFiles.ReadFile("images/hello-world/hello.txt")
	if err != nil {
		t.Fatal(err)
	}
	if stdout, stderr := b.logs(); stdout != string(text) || stderr != "" || !strings.HasPrefix(stdout, "\nHello from Docker!\n") {
		t.Errorf("it says %q and complains %q", stdout, stderr)
	}
}

// One program and nothing else: no shell can be had in it.
func TestHelloWorldHasNoShell(t *testing.T) {
	eng := here(t)
	created, err := eng.ContainerCreate(t.Context(), &container.Config{Image: loaded(t, eng, "hello-world"), Cmd: []string{"sh"}}, nil, nil, nil, unique())
	if err != nil {
		t.Fatal(err)
	}
	b := box{t: t, eng: eng, id: created.ID}
	t.Cleanup(b.remove)
	err = eng.ContainerStart(t.Context(), b.id, container.StartOptions{})
	if err == nil || !strings.Contains(err.Error(), "executable file not found") {
		t.Errorf("a shell was started: %v", err)
	}
}
