package gather_test

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/filters"

	"kihon/checker"
	"kihon/checker/gather"
)

func TestCluesAreOfThisHomeAlone(t *testing.T) {
	h := newHome(t)
	first, _ := h.run("first", "--label", "kihontest="+h.prefix, "busybox", "sleep", "600")
	second, secondID := h.run("second", "--label", "kihontest="+h.prefix, "busybox", "sleep", "600")
	theirs, theirsID := h.run("theirs", "--label", "kihontest="+h.prefix, "busybox", "true")
	docker(t, "wait", theirs)
	delete(h.record.makers, theirsID)
	h.record.makers[secondID] = checker.Kihon

	for name, mine := range map[string]filters.Args{"by the label of the home": filters.NewArgs(filters.Arg("label", "kihontest="+h.prefix)), "of the whole engine": {}} {
		h.world.Mine = mine
		clues := h.clues(checker.Task{})
		var names []string
		for _, c := range clues.Mine {
			names = append(names, c.ShortName()+" "+c.Maker)
		}
		if want := []string{second + " kihon", first + " learner"}; !slices.Equal(names, want) {
			t.Errorf("%s: %v, want %v, newest first", name, names, want)
		}
		if asked := h.engine.asked(); slices.Contains(asked, "logs "+theirsID) {
			t.Errorf("%s: the log of somebody else's container was read: %q", name, asked)
		}
		if ports, known := clues.ExposedPorts[clues.Mine[0].Image]; !known || len(ports) != 0 {
			t.Errorf("%s: busybox declares the ports %v", name, ports)
		}
	}
	// The label narrows what is looked at one by one.
	h.world.Mine = filters.NewArgs(filters.Arg("label", "kihontest="+h.prefix))
	h.clues(checker.Task{})
	inspected := slices.DeleteFunc(h.engine.asked(), func(call string) bool { return !strings.HasPrefix(call, "inspect ") })
	if len(inspected) != 3 {
		t.Errorf("the engine was asked %q", inspected)
	}
}

func TestAnImagesPortsAreItsOwn(t *testing.T) {
	h := newHome(t)
	// -p writes its own number into the container's list.
	_, id := h.run("web", "-p", fmt.Sprintf("127.0.0.1:%d:8080", freePort(t)), "httpd")
	clues := h.clues(checker.Task{})
	if got := clues.ExposedPorts[clues.Mine[0].Image]; clues.Mine[0].ID != id || !slices.Equal(got, []string{"80/tcp"}) {
		t.Errorf("httpd declares %v", got)
	}
}

func TestLastWordsAreCleanAndFew(t *testing.T) {
	h := newHome(t)
	cases := map[string]struct {
		args []string
		want []string
	}{
		"the last five lines":            {[]string{"busybox", "seq", "1", "9"}, []string{"5", "6", "7", "8", "9"}},
		"what would steer the terminal":  {[]string{"busybox", "printf", `\033]0;owned\a\033[2J\033[1;31merror:\033[0m no such file\r\n`}, []string{"error: no such file"}},
		"both streams":                   {[]string{"busybox", "sh", "-c", "echo out; sleep 0.2; echo err >&2"}, []string{"out", "err"}},
		"no empty lines":                 {[]string{"busybox", "printf", `one\n\n   \ntwo\n`}, []string{"one", "two"}},
		"on a terminal":                  {[]string{"-t", "busybox", "printf", `\033[32mone\033[0m\ntwo\n`}, []string{"one", "two"}},
		"nothing":                        {[]string{"busybox", "true"}, nil},
		"a log that cannot be read back": {[]string{"--log-driver", "none", "busybox", "echo", "lost"}, nil},
	}
	ids := map[string]string{}
	for name, c := range cases {
		_, ids[name] = h.run(strings.ReplaceAll(name, " ", "-"), c.args...)
	}
	docker(t, append([]string{"wait"}, slices.Collect(maps.Values(ids))...)...)
	_, running := h.run("running", "busybox", "sh", "-c", "echo hello; sleep 600")
	logs := h.clues(checker.Task{}).Logs
	for name, c := range cases {
		if got := logs[ids[name]]; !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	// A program that runs has not spoken its last words.
	if got, read := logs[running]; read {
		t.Errorf("the log of a running program was read: %q", got)
	}
}

// The last line says why, however much was said before it.
func TestTheLastLineIsKeptAfterALongOne(t *testing.T) {
	h := newHome(t)
	for name, options := range map[string][]string{"plain": nil, "terminal": {"-t"}} {
		args := append(options, "busybox", "sh", "-c", "head -c 40000 /dev/zero | tr '\\0' x; echo; echo last words")
		_, id := h.ended(name, args...)
		lines := h.clues(checker.Task{}).Logs[id]
		total := 0
		for _, line := range lines {
			total += len(line)
		}
		if len(lines) == 0 || lines[len(lines)-1] != "last words" || total > 100_000 {
			t.Errorf("%s: %d lines of %d bytes, which end with %.20q", name, len(lines), total, strings.Join(lines[max(0, len(lines)-1):], ""))
		}
	}
}

func TestAnEmptyFolderOfTheHostIsNoticed(t *testing.T) {
	h := newHome(t)
	dir := t.TempDir()
	for _, sub := range []string{"empty", "full"} {
		if err := os.Mkdir(filepath.Join(dir, sub), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "full", "index.html"), []byte("hi"), 0o644); err != nil {
		t.Fatal(err)
	}
	_, id := h.run("box", "-v", filepath.Join(dir, "empty")+":/empty", "-v", filepath.Join(dir, "full")+":/full",
		"-v", filepath.Join(dir, "full", "index.html")+":/file", "-v", "/volume", "busybox", "sleep", "600")
	if got := h.clues(checker.Task{}).EmptyMounts[id]; !slices.Equal(got, []string{"/empty"}) {
		t.Errorf("empty are %q, want only /empty", got)
	}
}

func TestWhatIsMissingFromTheStartIsNamed(t *testing.T) {
	h := newHome(t)
	there, _ := h.run("there", "busybox", "sleep", "600")
	gone := h.prefix + "gone"
	if got := h.clues(checker.Task{Start: []string{there, gone}}).StartMissing; !slices.Equal(got, []string{gone}) {
		t.Errorf("missing are %v", got)
	}
}

// vanishing is an engine on which a container goes away between two questions.
type vanishing struct {
	*here
	t    *testing.T
	name string
}

func (v *vanishing) ContainerList(ctx context.Context, options container.ListOptions) ([]container.Summary, error) {
	list, err := v.here.ContainerList(ctx, options)
	docker(v.t, "rm", "-f", v.name)
	return list, err
}

func TestAContainerThatGoesAwayMeanwhileIsNoError(t *testing.T) {
	h := newHome(t)
	gone, _ := h.run("gone", "busybox", "sleep", "600")
	stays, _ := h.run("stays", "busybox", "sleep", "600")
	h.world.Engine = &vanishing{h.engine, t, gone}
	snap := &checker.Snapshot{}
	if err := gather.Clues(t.Context(), h.world, checker.Task{}, snap); err != nil {
		t.Fatal(err)
	}
	if len(snap.Clues.Mine) != 1 || snap.Clues.Mine[0].ShortName() != stays {
		t.Errorf("%d containers", len(snap.Clues.Mine))
	}
}
