package learner_test

import (
	"context"
	"crypto/rand"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/docker/docker/api/types/container"

	"kihon/checker"
	"kihon/cmd/kihon/learner"
	"kihon/lessons"
	"kihon/sandbox/engine"
	"kihon/sandbox/guard"
	"kihon/store"
)

// exercises is a lesson about containers and ports. BOX, WEB, PORT and OTHER
// are names and ports that nobody but one test has.
const exercises = `format_version: 1
images: [httpd, busybox]
variables:
  box: {kind: container, default: BOX}
  web: {kind: container, default: WEB}
  port: {kind: port, default: PORT}
  other: {kind: port, default: OTHER}
  word: {kind: word, default: sakura}
exercises:
  - id: run
    kind: hands_on
    checks:
      - container: {name: "${box}", image: httpd, state: running, by: learner}
    solution: ["docker run --name ${box} -d httpd"]
  - id: stop
    kind: hands_on
    start:
      - container: {name: "${box}", image: httpd, state: running}
    checks:
      - container: {name: "${box}", state: exited}
      - history: {container: "${box}", steps: [stop]}
    solution: ["docker stop ${box}"]
  - id: remove
    kind: hands_on
    start:
      - container: {name: "${box}", image: busybox, state: exited}
    checks:
      - container: {name: "${box}", state: absent}
      - history: {container: "${box}", steps: [destroy]}
    solution: ["docker rm ${box}"]
  - id: restart
    kind: hands_on
    start:
      - container: {name: "${box}", image: httpd, state: exited}
    checks:
      - history: {container: "${box}", steps: [start, stop]}
    solution: ["docker start ${box}", "docker stop ${box}"]
  - id: page
    kind: hands_on
    start:
      - container: {name: "${web}", image: httpd, state: running, ports: ["${port}:80"]}
      - file: {path: site/index.html, from: files/index.html}
    checks:
      - container: {name: "${web}", state: running}
      - port:
          container: ${web}
          host: ${port}
          inside: 80
      - http: {url: "http://localhost:${port}/", container: "${web}", contains: "${word}"}
    solution: ["docker cp site/index.html ${web}:/usr/local/apache2/htdocs/index.html"]
  - id: two-ports
    kind: hands_on
    checks:
      - port:
          container: ${web}
          host: ${port}
          inside: 80
      - port:
          container: ${web}
          host: ${other}
          inside: 80
    solution: ["docker run --name ${web} -d -p ${port}:80 -p ${other}:80 httpd"]
  - id: word
    kind: hands_on
    checks:
      - file: {container: "${box}", path: /tmp/word, contains: "${word}"}
    solution: ["docker exec ${box} sh -c 'echo ${word} > /tmp/word'"]
  - id: which
    kind: quiz
    checks:
      - answer: {choices: [2], of: 2}
`

const courseFile = `format_version: 1
id: test
version: "7"
title: {en: Test, ja: 試験}
images: [{name: httpd}, {name: busybox}]
chapters:
  - id: chapter
    title: {en: Chapter, ja: 章}
    lessons: [one, two]
`

const second = `format_version: 1
images: [httpd]
variables:
  box: {kind: container, default: BOX-of-two}
exercises:
  - id: run
    kind: hands_on
    checks:
      - container: {name: "${box}", image: httpd, state: running, by: learner}
    solution: ["docker run --name ${box} -d httpd"]
`

// values are the defaults of one test's course.
type values struct{ box, web, port, other string }

func newValues(t *testing.T) values {
	t.Helper()
	prefix := "kihontest-" + strings.ToLower(rand.Text()[:8])
	return values{box: prefix + "-box", web: prefix + "-web", port: freePort(t), other: freePort(t)}
}

// course writes the course with these defaults, its text made of its exercises.
func (v values) course(t *testing.T) *lessons.Course {
	t.Helper()
	fill := strings.NewReplacer("BOX", v.box, "WEB", v.web, "PORT", v.port, "OTHER", v.other)
	files := fstest.MapFS{"course.yaml": {Data: []byte(courseFile)}, "one/files/index.html": {Data: []byte("<h1>${word}</h1>\n")}}
	for id, text := range map[string]string{"one": exercises, "two": second} {
		text = fill.Replace(text)
		files[id+"/exercises.yaml"] = &fstest.MapFile{Data: []byte(text)}
		page := "# Lesson " + id + "\n\nContainer " + v.box + ", port " + v.port + ".\n"
		for line := range strings.Lines(text) {
			exercise, is := strings.CutPrefix(strings.TrimSpace(line), "- id: ")
			switch {
			case is && exercise == "which":
				page += "\n<!-- quiz: which -->\n## Which\n\n- [ ] a\n- [ ] b\n\n<details><summary>Answer</summary>\n\n1. no\n2. yes\n\n</details>\n"
			case is:
				page += "\n<!-- exercise: " + exercise + " -->\n## Do it\n\nText.\n\n<details><summary>Hint</summary>\n\nHint.\n\n</details>\n\n<details><summary>Solution</summary>\n\nSo.\n\n</details>\n"
			}
		}
		files[id+"/en.md"], files[id+"/ja.md"] = &fstest.MapFile{Data: []byte(page)}, &fstest.MapFile{Data: []byte(page)}
	}
	course, err := lessons.Open(files)
	if err != nil {
		t.Fatal(err)
	}
	return course
}

// home is a learner at work on this machine's engine.
type home struct {
	*learner.Learner
	values
	t    *testing.T
	host string // the guard's address
}

// newHome is a home of its own, with names and ports of its own.
func newHome(t *testing.T) *home { return homeWith(t, newValues(t)) }

// homeWith is a home of its own, with the names and ports of another.
func homeWith(t *testing.T, v values) *home {
	t.Helper()
	dir := t.TempDir()
	h := &home{t: t, values: v, Learner: &learner.Learner{
		Paths:  learner.Paths{Home: filepath.Join(dir, "home"), Cache: filepath.Join(dir, "cache"), Workspace: filepath.Join(dir, "work")},
		Course: v.course(t),
	}}
	found, err := engine.Find(os.Getenv)
	if err != nil {
		t.Fatal(err)
	}
	if h.Engine, err = engine.Connect(t.Context(), found); err != nil {
		t.Fatal(err)
	}
	if h.Store, err = store.Open(t.Context(), h.Paths.Home); err != nil {
		t.Fatal(err)
	}
	h.open()
	t.Cleanup(func() {
		prefix := strings.TrimSuffix(v.box, "-box")
		if ids := strings.Fields(docker(t, "", "ps", "-aq", "--filter", "name="+prefix)); len(ids) > 0 {
			docker(t, "", append([]string{"rm", "-fv"}, ids...)...)
		}
		for _, ref := range strings.Fields(docker(t, "", "images", "--format", "{{.Repository}}:{{.Tag}}", prefix)) {
			docker(t, "", "rmi", "-f", ref)
		}
		if err := h.Close(); err != nil {
			t.Error(err)
		}
	})
	return h
}

// homeAt is another process of a home that is open already.
func homeAt(t *testing.T, h *home) *home {
	t.Helper()
	other := *h
	db, err := store.Open(t.Context(), h.Paths.Home)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	other.Learner = &learner.Learner{Paths: h.Paths, Course: h.Course, Store: db, Engine: h.Engine}
	return &other
}

// open opens the sandbox: the guard through which the learner's commands go.
func (h *home) open() {
	h.t.Helper()
	dir, err := os.MkdirTemp("", "kt")
	if err != nil {
		h.t.Fatal(err)
	}
	l, path, err := guard.Listen(filepath.Join(dir, "s"))
	if err != nil {
		h.t.Fatal(err)
	}
	g := guard.New(guard.Config{Dial: h.Engine.Endpoint.Dial, Journal: h.Store, HomeID: h.Store.HomeID()})
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- g.Serve(ctx, l) }()
	h.t.Cleanup(func() {
		cancel()
		<-ended
		os.RemoveAll(dir)
	})
	h.host = "unix://" + path
}

// docker types a docker command at the engine, or at a guard.
func docker(t *testing.T, host string, args ...string) string {
	t.Helper()
	out, err := try(host, args...)
	if err != nil {
		t.Fatalf("docker %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return out
}

func try(host string, args ...string) (string, error) {
	cmd := exec.Command("docker", args...)
	if host != "" {
		cmd.Env = append(os.Environ(), "DOCKER_HOST="+host)
	}
	out, err := cmd.CombinedOutput()
	return strings.TrimSpace(string(out)), err
}

// inside is what the learner types in the sandbox, outside what somebody types
// past it.
func (h *home) inside(args ...string) string { h.t.Helper(); return docker(h.t, h.host, args...) }

func (h *home) outside(args ...string) string { h.t.Helper(); return docker(h.t, "", args...) }

func (h *home) ready(id string) learner.Ready {
	h.t.Helper()
	r, err := h.Ready(h.t.Context(), id)
	if err != nil {
		h.t.Fatal(err)
	}
	return r
}

// drawn are the kept values of an exercise.
func (h *home) drawn(id string) map[string]string {
	h.t.Helper()
	return h.ready(id).Plain()
}

func (h *home) start(id string) []string {
	h.t.Helper()
	_, made, err := h.Start(h.t.Context(), id)
	if err != nil {
		h.t.Fatal(err)
	}
	return made
}

func (h *home) reset(id string, set map[string]string) learner.Ready {
	h.t.Helper()
	r, err := h.Reset(h.t.Context(), id, set)
	if err != nil {
		h.t.Fatal(err)
	}
	return r
}

// judged is the outcome of an exercise and the code of its first finding, when
// what may change by itself has done so, or had the time for it.
func (h *home) judged(id string, settled func(checker.Verdict) bool) (checker.Outcome, string) {
	h.t.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
		_, v, err := h.Judge(h.t.Context(), id, 0)
		if err != nil {
			h.t.Fatal(err)
		}
		if v.Pending && !settled(v) && time.Now().Before(deadline) {
			continue
		}
		if len(v.Findings) == 0 {
			return v.Outcome, ""
		}
		return v.Outcome, v.Findings[0].Code
	}
}

// expect holds a judgement against what is wanted: "passed", or the code of the
// first finding.
func (h *home) expect(id, want string) {
	h.t.Helper()
	outcome, code := h.judged(id, func(v checker.Verdict) bool { return len(v.Findings) > 0 && v.Findings[0].Code == want })
	if outcome != checker.NotYet {
		code = string(outcome)
	}
	if code != want {
		h.t.Errorf("%s: %s, want %s", id, code, want)
	}
}

func (h *home) inspect(name string) container.InspectResponse {
	h.t.Helper()
	c, err := h.Engine.ContainerInspect(h.t.Context(), name)
	if err != nil {
		h.t.Fatal(err)
	}
	return c
}

func (h *home) there(name string) bool {
	h.t.Helper()
	return h.outside("ps", "-aq", "--filter", "name=^"+name+"$") != ""
}

func (h *home) file(path string) string {
	h.t.Helper()
	text, err := os.ReadFile(filepath.Join(h.Paths.Workspace, path))
	if err != nil {
		h.t.Fatal(err)
	}
	return string(text)
}

func (h *home) write(path, text string) {
	h.t.Helper()
	path = filepath.Join(h.Paths.Workspace, path)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		h.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		h.t.Fatal(err)
	}
}

var lastPort atomic.Int64

// freePort is a port of this computer that nobody has, of those for tests. No
// two calls return the same.
func freePort(t *testing.T) string {
	t.Helper()
	for range 1000 {
		port := strconv.Itoa(22000 + (os.Getpid()*13+int(lastPort.Add(1)))%1000)
		if l, err := net.Listen("tcp", ":"+port); err == nil {
			l.Close()
			return port
		}
	}
	t.Fatal("no port from 22000 to 22999 is free")
	return ""
}

// holdPort lets this program hold a port at an address, as any program may.
func holdPort(t *testing.T, network, address string) net.Listener {
	t.Helper()
	l, err := net.Listen(network, address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

func number(t *testing.T, text string) int {
	t.Helper()
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
