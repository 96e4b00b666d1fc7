package gather_test

import (
	"strings"
	"testing"

	"kihon/checker"
)

func TestAFileIsReadFromRunningAndStoppedContainers(t *testing.T) {
	h := newHome(t)
	script := "echo sakura > /tmp/only-here; : > /tmp/empty; mkdir /tmp/folder"
	running, _ := h.run("running", "busybox", "sh", "-c", script+"; touch /tmp/ready; sleep 600")
	docker(t, "exec", running, "sh", "-c", "until [ -e /tmp/ready ]; do sleep 0.05; done")
	stopped, _ := h.ended("stopped", "busybox", "sh", "-c", script)
	created := h.prefix + "created"
	h.record.makers[docker(t, "create", "--name", created, "busybox")] = checker.Learner

	for _, name := range []string{running, stopped} {
		for path, want := range map[string]checker.File{
			"/tmp/only-here":      {Exists: true, Content: []byte("sakura\n")},
			"/tmp/empty":          {Exists: true},
			"/tmp/none":           {},
			"/none/at/all":        {},
			"/tmp/folder":         {Exists: true},
			"/tmp/folder/none":    {},
			"/tmp/../tmp/empty":   {Exists: true},
			"/tmp/only-here/none": {}, // below a file there is nothing
		} {
			t.Run(name[len(h.prefix):]+path, func(t *testing.T) {
				h.t = t
				if got := h.file(name, path); got.Exists != want.Exists || string(got.Content) != string(want.Content) {
					t.Errorf("%v %q, want %v %q", got.Exists, got.Content, want.Exists, want.Content)
				}
			})
		}
	}
	h.t = t
	if got := h.file(created, "/etc/passwd"); !got.Exists || !strings.HasPrefix(string(got.Content), "root:") {
		t.Errorf("of a container that never ran: %v %q", got.Exists, got.Content)
	}
}

// A program in the container that opens a link finds the file that it leads to;
// so does whoever types cat.
func TestALinkIsTheFileThatItLeadsTo(t *testing.T) {
	h := newHome(t)
	name, _ := h.ended("box", "busybox", "sh", "-c", "echo sakura > /tmp/a; ln -s a /tmp/relative; ln -s /tmp/a /tmp/absolute; ln -s /etc/shadow /tmp/broken; ln -s loop /tmp/loop")
	for path, want := range map[string]checker.File{
		"/tmp/relative": {Exists: true, Content: []byte("sakura\n")},
		"/tmp/absolute": {Exists: true, Content: []byte("sakura\n")},
		"/tmp/broken":   {},
		"/tmp/loop":     {},
	} {
		t.Run(path, func(t *testing.T) {
			h.t = t
			if got := h.file(name, path); got.Exists != want.Exists || string(got.Content) != string(want.Content) {
				t.Errorf("%v %q, want %v %q", got.Exists, got.Content, want.Exists, want.Content)
			}
		})
	}
	h.t = t
}

func TestAHugeFileIsReadInPart(t *testing.T) {
	h := newHome(t)
	name, _ := h.ended("box", "busybox", "sh", "-c", "dd if=/dev/zero of=/tmp/huge bs=1M count=64")
	if got := h.file(name, "/tmp/huge"); !got.Exists || len(got.Content) != 1<<20 {
		t.Errorf("%v, %d bytes, want 1 MiB", got.Exists, len(got.Content))
	}
}
