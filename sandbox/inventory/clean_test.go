//go:build unix

package inventory_test

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"kihon/sandbox/engine"
	"kihon/sandbox/guard"
	"kihon/sandbox/inventory"
	"kihon/sandbox/journal"
)

const busybox = "busybox:latest"

// home is a learner who works through a guard, beside a user of the same engine.
type home struct {
	t       *testing.T
	id      string // also the beginning of every name
	journal *journal.Memory
	engine  *engine.Engine
	host    string
	before  inventory.Inventory
}

func newHome(t *testing.T) *home {
	t.Helper()
	b := make([]byte, 4)
	rand.Read(b)
	h := &home{t: t, id: "kihontest-" + hex.EncodeToString(b), journal: &journal.Memory{}}
	found, err := engine.Find(os.Getenv)
	if err != nil {
		t.Fatal(err)
	}
	if h.engine, err = engine.Connect(t.Context(), found); err != nil {
		t.Fatal(err)
	}
	g := guard.New(guard.Config{Dial: found.Dial, Journal: h.journal, HomeID: h.id})
	dir, err := os.MkdirTemp("", "kt")
	if err != nil {
		t.Fatal(err)
	}
	l, path, err := guard.Listen(filepath.Join(dir, "s"))
	if err != nil {
		t.Fatal(err)
	}
	h.host = "unix://" + path
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		g.Serve(ctx, l)
		close(ended)
	}()
	t.Cleanup(func() {
		cancel()
		<-ended
		os.RemoveAll(dir)
		h.sweep()
		h.engine.Close()
	})
	return h
}

// sweep removes whatever bears this home's ID as a name or a label.
func (h *home) sweep() {
	for _, filter := range []string{"name=" + h.id, "label=" + journal.LabelHome + "=" + h.id} {
		for _, id := range strings.Fields(run("", nil, "ps", "-aq", "--filter", filter)) {
			run("", nil, "rm", "-f", "-v", id)
		}
		for _, name := range strings.Fields(run("", nil, "volume", "ls", "-q", "--filter", filter)) {
			run("", nil, "volume", "rm", "-f", name)
		}
		for _, id := range strings.Fields(run("", nil, "network", "ls", "-q", "--filter", filter)) {
			run("", nil, "network", "rm", id)
		}
	}
	for _, name := range strings.Fields(run("", nil, "images", "--format", "{{.Repository}}:{{.Tag}}", "--filter", "reference="+h.id+"*")) {
		run("", nil, "rmi", "-f", name)
	}
}

func run(host string, stdin []byte, args ...string) string {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "docker", args...)
	cmd.Env = append(os.Environ(), "DOCKER_BUILDKIT=0")
	if host != "" {
		cmd.Env = append(cmd.Env, "DOCKER_HOST="+host)
	}
	if stdin != nil {
		cmd.Stdin = strings.NewReader(string(stdin))
	}
	out, _ := cmd.Output()
	return strings.TrimSpace(string(out))
}

// words are a command line, in which N is the home's name.
func (h *home) words(line string) []string {
	return strings.Fields(strings.NewReplacer("N", h.id, "IMG", busybox).Replace(line))
}

// learner types commands in the sandbox, user past it.
func (h *home) learner(lines ...string) {
	for _, line := range lines {
		run(h.host, nil, h.words(line)...)
	}
}

func (h *home) user(lines ...string) {
	for _, line := range lines {
		run("", nil, h.words(line)...)
	}
}

func (h *home) build(host, dockerfile string, args ...string) {
	run(host, []byte(strings.ReplaceAll(dockerfile, "IMG", busybox)), append(append([]string{"build"}, args...), "-")...)
}

// mine is the part of the inventory that this test answers for: other tests
// work on the same engine.
func (h *home) mine() inventory.Inventory {
	h.t.Helper()
	all, err := inventory.Take(h.t.Context(), h.engine)
	if err != nil {
		h.t.Fatal(err)
	}
	return slices.DeleteFunc(all, func(t inventory.Thing) bool { return !strings.HasPrefix(t.Name, h.id) })
}

func (h *home) names() []string {
	var names []string
	for _, t := range h.mine() {
		names = append(names, t.Object+" "+strings.ReplaceAll(t.Name, h.id, "N"))
	}
	return names
}

func (h *home) clean(options inventory.Options) inventory.Report {
	h.t.Helper()
	report, err := inventory.Clean(h.t.Context(), h.engine, h.journal, h.id, options)
	if err != nil {
		h.t.Fatal(err)
	}
	return report
}

func (h *home) expect(want ...string) {
	h.t.Helper()
	if got := h.names(); !slices.Equal(got, want) {
		h.t.Errorf("on the engine: %q, want %q", got, want)
	}
}

func TestWhatTheLearnerMadeGoesAndWhatTheUserHasStays(t *testing.T) {
	h := newHome(t)
	h.user("create --name N-user -v N-user:/v IMG", "network create N-user", "tag IMG N-user:1", "volume create N-user-2")
	h.before = h.mine()

	h.learner(
		"network create N-l",
		"volume create N-l",
		"run -d --name N-l --network N-l -v N-l:/v -v N-implied:/w -v /anonymous IMG sleep 600",
		"create --name N-l2 -v N-user:/theirs IMG",
		"commit N-l2 N-l:committed",
		"tag IMG N-l:tagged",
	)
	h.build(h.host, "FROM IMG\nRUN echo one\nRUN echo two\n", "-t", h.id+"-l:built")
	anonymous := run("", nil, "volume", "ls", "-q", "--filter", "label="+journal.LabelHome+"="+h.id)
	if len(strings.Fields(anonymous)) != 3 {
		t.Fatalf("volumes of the learner's: %q", anonymous)
	}

	made, left, err := inventory.Status(t.Context(), h.engine, h.journal, h.id)
	if err != nil || len(made) != 9 || len(left) != 0 {
		t.Errorf("status: %d things, %+v left, %v", len(made), left, err)
	}
	report := h.clean(inventory.Options{})
	if len(report.Removed) != 9 || len(report.Left) != 0 || len(report.Kept) != 0 {
		t.Errorf("removed %d, left %+v, kept %+v", len(report.Removed), report.Left, report.Kept)
	}
	for object, want := range map[string]int{inventory.Container: 2, inventory.Network: 1, inventory.Volume: 3, inventory.Image: 3} {
		if got := report.Count(object); got != want {
			t.Errorf("removed %d of %s, want %d", got, object, want)
		}
	}
	if added, removed := inventory.Diff(h.before, h.mine()); len(added)+len(removed) != 0 {
		t.Errorf("added %v, removed %v", added, removed)
	}
	if still := run("", nil, "volume", "ls", "-q", "--filter", "label="+journal.LabelHome+"="+h.id); still != "" {
		t.Errorf("volumes are left: %q", still)
	}

	entries, _ := h.journal.Since(t.Context(), 0)
	var noted int
	for _, e := range entries {
		if e.Actor == journal.Kihon && e.OK() && (e.Action == "destroy" || e.Action == "untag") {
			noted++
		}
	}
	if noted != 9 {
		t.Errorf("%d removals are in the journal", noted)
	}
	if again := h.clean(inventory.Options{}); len(again.Removed)+len(again.Left) != 0 {
		t.Errorf("the second time: %+v", again)
	}
}

func TestTheStepsOfABuildGoWithItsResult(t *testing.T) {
	h := newHome(t)
	before, err := inventory.Take(t.Context(), h.engine)
	if err != nil {
		t.Fatal(err)
	}
	h.build(h.host, "FROM IMG\nRUN echo "+h.id+"\nRUN echo two\n", "-t", h.id+":a")
	h.build(h.host, "FROM "+h.id+":a\nRUN echo three\n", "-t", h.id+":b")
	h.build(h.host, "FROM IMG\nRUN echo "+h.id+" again\nRUN : "+h.id+" && exit 9\n", "-t", h.id+":c")
	h.clean(inventory.Options{})
	after, err := inventory.Take(t.Context(), h.engine)
	if err != nil {
		t.Fatal(err)
	}
	added, _ := inventory.Diff(before, after)
	for _, thing := range added {
		history := run("", nil, "history", "--no-trunc", "--format", "{{.CreatedBy}}", thing.ID)
		command := run("", nil, "inspect", "-f", "{{.Config.Cmd}}", thing.ID)
		if strings.Contains(history, h.id) || strings.Contains(command, h.id) {
			t.Errorf("left: %+v", thing)
		}
	}
}

// The user runs a container from the image that the learner committed: it has
// the learner's labels, and is the user's.
func TestAContainerThatInheritsOurLabelFromItsImageStays(t *testing.T) {
	h := newHome(t)
	h.learner("create --name N-l IMG", "commit N-l N-img:1")
	h.user("create --name N-user N-img:1")
	report := h.clean(inventory.Options{})
	// The image is the learner's, but the user's container needs it.
	h.expect("container N-user", "image N-img:1")
	var reasons []string
	for _, l := range report.Left {
		reasons = append(reasons, l.Object+" "+string(l.Reason))
	}
	if !slices.Equal(reasons, []string{"container unsure", "image in_use"}) {
		t.Errorf("left: %+v", report.Left)
	}
	if len(report.Removed) != 1 {
		t.Errorf("removed %v", report.Removed)
	}
}

func TestWithoutAJournalTheLabelsAreEnough(t *testing.T) {
	h := newHome(t)
	h.user("create --name N-user IMG")
	h.learner("run -d --name N-l IMG sleep 600", "volume create N-l", "network create N-l")
	h.journal = &journal.Memory{} // it was cut short
	if report := h.clean(inventory.Options{}); len(report.Removed) != 3 || len(report.Left) != 0 {
		t.Errorf("%+v", report)
	}
	h.expect("container N-user")
}

func TestAThingOfAnotherHomeStays(t *testing.T) {
	h := newHome(t)
	h.learner("create --name N-l IMG", "volume create N-l", "network create N-l")
	report, err := inventory.Clean(t.Context(), h.engine, &journal.Memory{}, h.id+"-other", inventory.Options{})
	if err != nil || len(report.Removed)+len(report.Left) != 0 {
		t.Errorf("%+v %v", report, err)
	}
	h.expect("container N-l", "network N-l", "volume N-l")
}

func TestWhatTheUserNeedsIsLeftWithAReason(t *testing.T) {
	h := newHome(t)
	h.learner("volume create N-l", "network create N-l")
	h.user("create --name N-user -v N-l:/v IMG", "run -d --name N-user2 --network N-l IMG sleep 600")
	report := h.clean(inventory.Options{})
	if len(report.Removed) != 0 || len(report.Left) != 2 || report.Left[0].Reason != inventory.InUse || report.Left[1].Reason != inventory.InUse {
		t.Errorf("%+v", report)
	}
	h.expect("container N-user", "container N-user2", "network N-l", "volume N-l")
	h.user("rm -f N-user N-user2")
	if report := h.clean(inventory.Options{}); len(report.Removed) != 2 {
		t.Errorf("afterwards: %+v", report)
	}
}

func TestAVolumeThatCameBackAsTheUsersStays(t *testing.T) {
	h := newHome(t)
	h.learner("volume create N-v")
	h.user("volume rm N-v", "volume create N-v")
	if report := h.clean(inventory.Options{}); len(report.Removed) != 0 {
		t.Errorf("%+v", report)
	}
	h.expect("volume N-v")
}

func TestImageNamesAreCleanedWhenTheyWereNew(t *testing.T) {
	for name, c := range map[string]struct {
		user, learner, after []string
		want                 []string // what is there afterwards
		left                 []inventory.Reason
	}{
		"a new name":                    {nil, []string{"tag IMG N:1"}, nil, nil, nil},
		"a name that was there":         {[]string{"tag IMG N:1"}, []string{"create --name N IMG", "commit N N:1"}, nil, []string{"image N:1"}, []inventory.Reason{inventory.NameWasThere}},
		"a name that was there, again":  {[]string{"tag IMG N:1"}, []string{"tag IMG N:1"}, nil, []string{"image N:1"}, []inventory.Reason{inventory.NameWasThere}},
		"a new name, set twice":         {nil, []string{"tag IMG N:1", "create --name N IMG", "commit N N:1"}, nil, nil, nil},
		"a new name that the user took": {nil, []string{"tag IMG N:1"}, []string{"create --name N-u IMG", "commit N-u N:1", "rm N-u"}, []string{"image N:1"}, nil},
		"taken off by the learner":      {nil, []string{"tag IMG N:1", "rmi N:1"}, []string{"tag IMG N:1"}, nil, nil},
		"another name of the user's":    {nil, []string{"create --name N IMG", "commit N N:1"}, []string{"tag N:1 N:user"}, []string{"image N:user"}, nil},
		"committed without a name":      {nil, []string{"create --name N IMG", "commit N"}, nil, nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHome(t)
			h.user(c.user...)
			h.learner(c.learner...)
			h.user(c.after...)
			report := h.clean(inventory.Options{})
			want := c.want
			if name == "taken off by the learner" {
				want = []string{"image N:1"} // it is the user's now
			}
			h.expect(want...)
			var left []inventory.Reason
			for _, l := range report.Left {
				left = append(left, l.Reason)
			}
			if !slices.Equal(left, c.left) {
				t.Errorf("left %+v, want %v", report.Left, c.left)
			}
			entries, _ := h.journal.Since(t.Context(), 0)
			for _, e := range entries {
				if e.Action == "commit" && e.Name == "" && run("", nil, "inspect", "-f", "{{.Id}}", e.ID) != "" {
					t.Errorf("the image without a name is left")
				}
			}
		})
	}
}

func TestLoadedImagesStayUnlessTheyAreAskedForAndUnused(t *testing.T) {
	h := newHome(t)
	h.user("create --name N-c IMG", "commit N-c N:loaded", "commit N-c N:used", "rm N-c", "create --name N-user N:used")
	for _, name := range []string{"loaded", "used"} {
		id := run("", nil, "inspect", "-f", "{{.Id}}", h.id+":"+name)
		// A kit knows images by their full names.
		h.journal.Append(t.Context(), journal.Entry{
			Time: time.Now(), Actor: journal.Kihon, Source: journal.Call, Object: "image", Action: "load", ID: id, Name: "docker.io/library/" + h.id + ":" + name, Status: 200,
		})
	}
	if report := h.clean(inventory.Options{}); len(report.Removed) != 0 || len(report.Kept) != 2 {
		t.Errorf("not asked: %+v", report)
	}
	report := h.clean(inventory.Options{Images: true})
	if len(report.Removed) != 1 || len(report.Left) != 1 || report.Left[0].Reason != inventory.InUse {
		t.Errorf("asked: %+v", report)
	}
	h.expect("container N-user", "image N:used")
}

func TestAnInventoryShowsWhatWasRenamed(t *testing.T) {
	h := newHome(t)
	h.user("create --name N-a IMG", "volume create N-v")
	before := h.mine()
	h.user("rename N-a N-b", "volume rm N-v")
	added, removed := inventory.Diff(before, h.mine())
	if len(added) != 1 || added[0].Name != h.id+"-b" || len(removed) != 2 {
		t.Errorf("added %v, removed %v", added, removed)
	}
	if len(before) != 2 || before[0].Object != inventory.Container || before[1].ID != h.id+"-v" {
		t.Errorf("%v", before)
	}
}

func TestAnEngineThatIsDownIsAnErrorAndNotAnEmptyInventory(t *testing.T) {
	found, err := engine.Find(func(key string) string {
		return map[string]string{"DOCKER_HOST": "unix:///nonexistent/engine.sock", "DOCKER_CONFIG": t.TempDir()}[key]
	})
	if err != nil {
		t.Fatal(err)
	}
	e, err := engine.Connect(t.Context(), found)
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	if _, err := inventory.Take(t.Context(), e); err == nil {
		t.Error("no error")
	}
	if _, err := inventory.Clean(t.Context(), e, &journal.Memory{}, "x", inventory.Options{}); err == nil {
		t.Error("no error")
	}
}
