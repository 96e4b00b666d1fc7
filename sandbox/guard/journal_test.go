//go:build unix

package guard_test

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"kihon/sandbox/journal"
)

// A learner's afternoon, one command after the other. N stands for a name
// that is this test's own.
func TestEachCommandIsInTheJournalWhenItReturns(t *testing.T) {
	s := open(t)
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	write("Dockerfile", "FROM "+busybox+"\nRUN echo built > /built\n")
	write("Dockerfile.bad", "FROM "+busybox+"\nRUN exit 9\n")
	page := write("page.html", "hello")
	rootfs := filepath.Join(dir, "rootfs.tar")
	saved := filepath.Join(dir, "saved.tar")

	steps := []struct {
		command string
		code    int
		want    []string
	}{
		{"run -d --name N-a IMG sleep 600", 0, []string{"container create N-a 201", "container start N-a 204"}},
		{"run -d --name N-a IMG sleep 600", 125, []string{"container create N-a 409"}},
		{"run -d --name N-x kihontest/absent:1", 125, []string{"container create N-x 404", "image pull kihontest/absent:1 *"}},
		{"ps -a", 0, nil},
		{"inspect N-a", 0, nil},
		{"logs N-a", 0, nil},
		{"exec N-a true", 0, []string{"container exec_create N-a 201", "container exec_start N-a 101"}},
		{"exec -d N-a true", 0, []string{"container exec_create N-a 201", "container exec_start N-a 200"}},
		{"exec N-a sh -c 'exit 3'", 3, []string{"container exec_create N-a 201", "container exec_start N-a 101"}},
		{"cp " + page + " N-a:/page.html", 0, []string{"container extract-to-dir N-a 200"}},
		{"cp N-a:/page.html " + dir + "/back.html", 0, nil},
		{"pause N-a", 0, []string{"container pause N-a 204"}},
		{"unpause N-a", 0, []string{"container unpause N-a 204"}},
		{"update --memory 100m --memory-swap 200m N-a", 0, []string{"container update N-a 200"}},
		{"rename N-a N-b", 0, []string{"container rename N-b 204"}},
		{"kill -s HUP N-b", 0, []string{"container kill N-b 204"}},
		{"restart -t 0 N-b", 0, []string{"container restart N-b 204"}},
		{"stop -t 0 N-b", 0, []string{"container stop N-b 204"}},
		{"stop -t 0 N-b", 0, []string{"container stop N-b 304"}},
		{"start N-b", 0, []string{"container start N-b 204"}},
		{"commit N-b N-img", 0, []string{"container commit N-b 201", "image commit N-img:latest 201"}},
		{"tag N-img N-img:second", 0, []string{"image tag N-img:second 201"}},
		{"tag N-none N-img:third", 1, []string{"image tag N-img:third 404"}},
		{"rmi N-img:second", 0, []string{"image untag N-img:second 200"}},
		{"save -o " + saved + " N-img", 0, nil},
		{"rmi N-img", 0, []string{"image untag N-img:latest 200", "image delete  200", "image delete  200"}},
		{"load -i " + saved, 0, []string{"image load N-img:latest 200"}},
		{"export -o " + rootfs + " N-b", 0, nil},
		{"import " + rootfs + " N-img:imported", 0, []string{"image import N-img:imported 200"}},
		{"build -q -t N-img:built -t N-img:again " + dir, 0, []string{"image build N-img:built 200", "image build N-img:again 200"}},
		{"build -q --force-rm -f " + dir + "/Dockerfile.bad -t N-img:bad " + dir, 9, []string{"image build N-img:bad 200"}},
		{"rmi kihontest-absent", 1, []string{"image delete kihontest-absent 404"}},
		{"rm N-b", 1, []string{"container destroy N-b 409"}},
		{"rm -f N-b", 0, []string{"container destroy N-b 204"}},
		{"rm -f N-b", 0, []string{"container destroy N-b 404"}},
		{"start N-b", 1, []string{"container start N-b 404"}},
		{"volume create N-v", 0, []string{"volume create N-v 201"}},
		{"volume create N-v", 0, nil},
		{"volume rm N-v", 0, []string{"volume destroy N-v 204"}},
		{"volume rm N-v", 1, []string{"volume destroy N-v 404"}},
		{"network create N-n", 0, []string{"network create N-n 201"}},
		{"create --name N-c IMG", 0, []string{"container create N-c 201"}},
		{"network connect N-n N-c", 0, []string{"network connect N-n 200"}},
		{"network disconnect N-n N-c", 0, []string{"network disconnect N-n 200"}},
		{"network rm N-n", 0, []string{"network destroy N-n 204"}},
		{"network rm N-n", 1, []string{"network destroy N-n 404"}},
		{"rm N-c", 0, []string{"container destroy N-c 204"}},
	}
	ids := make(map[string]string) // by object and name
	for _, step := range steps {
		name := strings.NewReplacer("N-", s.home+"-", "IMG", busybox)
		o := s.docker(words(name.Replace(step.command))...)
		entries, got := s.entriesAndLines()
		var want []string
		for _, line := range step.want {
			want = append(want, name.Replace(line))
		}
		matches := func(got, want string) bool {
			start, any := strings.CutSuffix(want, "*")
			return got == want || any && strings.HasPrefix(got, start)
		}
		if o.code != step.code || !slices.EqualFunc(got, want, matches) {
			t.Fatalf("docker %s\nexit code %d, want %d: %s\njournal:\n%s\nwant:\n%s", step.command,
				o.code, step.code, o.err, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		for _, e := range entries {
			if e.OK() != (e.Status < 400 && e.Error == "") || !e.OK() && e.Error == "" {
				t.Errorf("docker %s: %+v", step.command, e)
			}
			if !e.OK() {
				// The learner has read the same words; but docker run goes on
				// when there is no such image.
				if e.Action != "create" && !strings.Contains(o.err, e.Error) {
					t.Errorf("docker %s: the journal says %q, the learner saw %q", step.command, e.Error, o.err)
				}
				continue
			}
			if e.Object == "container" && e.Action == "rename" {
				ids["container "+e.Name] = e.ID
			}
			if key := e.Object + " " + e.Name; e.Action == "create" {
				ids[key] = e.ID
			} else if e.Object != "image" && ids[key] != e.ID {
				t.Errorf("docker %s: ID %q, want that of the create, %q", step.command, e.ID, ids[key])
			}
			if e.ID == "" || e.Object == "container" && !fullID.MatchString(e.ID) {
				t.Errorf("docker %s: no full ID: %+v", step.command, e)
			}
		}
	}
}

var fullID = regexp.MustCompile(`^[0-9a-f]{64}$`)

func (s *sandbox) entriesAndLines() ([]journal.Entry, []string) {
	before := s.seen
	entries := s.news()
	s.seen = before
	return entries, s.lines()
}

// words splits a command line at spaces, outside single quotes.
func words(line string) []string {
	var args []string
	for i, part := range strings.Split(line, "'") {
		if i%2 == 1 {
			args = append(args, part)
		} else {
			args = append(args, strings.Fields(part)...)
		}
	}
	return args
}

func TestACreateNotesTheImageAndTheCommandAsTheyWereTyped(t *testing.T) {
	s := open(t)
	s.must("create", "--name", s.home, "busybox", "sh", "-c", "echo 'a b'")
	e := s.news()[0]
	if e.Image != "busybox" || !slices.Equal(e.Command, []string{"sh", "-c", "echo 'a b'"}) {
		t.Errorf("%+v", e)
	}
}

func TestAContainerWithoutANameIsNotedWithTheOneItGot(t *testing.T) {
	s := open(t)
	id := s.must("create", busybox)
	e := s.news()[0]
	name := strings.TrimPrefix(direct("inspect", "-f", "{{.Name}}", id).out, "/")
	if e.ID != id || e.Name != strings.TrimSpace(name) || e.Name == "" {
		t.Errorf("%+v, the container is %s %s", e, id, name)
	}
}

// The engine refuses the start, not the create; the entry has the container.
func TestAPortThatIsTakenIsAnErrorOfTheStart(t *testing.T) {
	s := open(t)
	l, err := net.Listen("tcp", ":0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	port := l.Addr().(*net.TCPAddr).Port
	o := s.docker("run", "-d", "--name", s.home, "-p", fmt.Sprintf("%d:80", port), busybox, "sleep", "60")
	entries := s.news()
	if o.code != 125 || len(entries) != 2 {
		t.Fatalf("exit code %d, %+v", o.code, entries)
	}
	create, start := entries[0], entries[1]
	if start.Action != "start" || start.OK() || start.ID != create.ID || start.Name != s.home || !strings.Contains(start.Error, "in use") {
		t.Errorf("%+v", start)
	}
}

func TestByAPartOfTheIDTheEntryHasTheWholeOne(t *testing.T) {
	s := open(t)
	id := s.must("create", "--name", s.home, busybox)
	s.news()
	s.must("rm", id[:7])
	if e := s.news()[0]; e.ID != id || e.Name != s.home || e.Action != "destroy" {
		t.Errorf("%+v", e)
	}
}

func TestANameThatWasThereBeforeIsNotedWithItsImage(t *testing.T) {
	s := open(t)
	ref := s.home + ":theirs"
	direct("tag", busybox, ref)
	was := strings.TrimSpace(direct("inspect", "-f", "{{.Id}}", ref).out)
	s.must("create", "--name", s.home, busybox)
	s.must("commit", s.home, ref)
	entries := s.news()
	if e := entries[len(entries)-1]; e.Action != "commit" || e.Name != ref || e.Image != was || e.ID == was {
		t.Errorf("%+v, the name led to %s", e, was)
	}
	s.must("tag", ref, s.home+":mine")
	if e := s.news()[0]; e.Image != "" {
		t.Errorf("a new name was there before: %+v", e)
	}
}

func TestAPruneIsNotedWithEachThingThatItRemoved(t *testing.T) {
	s := open(t)
	// The guard does not narrow a prune yet; so the label does.
	mine := "label=" + journal.LabelHome + "=" + s.home
	one := s.must("create", "--name", s.home+"-1", busybox)
	two := s.must("create", "--name", s.home+"-2", busybox)
	s.must("volume", "create", s.home+"-v")
	net := s.must("network", "create", s.home+"-n")
	s.news()

	s.must("container", "prune", "-f", "--filter", mine)
	got := s.news()
	slices.SortFunc(got, func(a, b journal.Entry) int { return strings.Compare(b.Name, a.Name) })
	if len(got) != 3 || got[0].ID != two || got[1].ID != one || got[1].Name != s.home+"-1" || got[2].Action != "prune" {
		t.Errorf("container prune: %+v", got)
	}
	s.must("volume", "prune", "-f", "--filter", mine)
	if got := s.lines(); !slices.Equal(got, []string{"volume destroy " + s.home + "-v 200", "volume prune  200"}) {
		t.Errorf("volume prune: %q", got)
	}
	s.must("network", "prune", "-f", "--filter", mine)
	if got := s.news(); len(got) != 2 || got[0].ID != net || got[0].Action != "destroy" || got[1].Action != "prune" {
		t.Errorf("network prune: %+v", got)
	}
	s.must("image", "prune", "-f", "--filter", mine)
	if got := s.lines(); !slices.Equal(got, []string{"image prune  200"}) {
		t.Errorf("image prune: %q", got)
	}
}

func TestTheVolumeThatGoesWithItsContainerIsNoted(t *testing.T) {
	s := open(t)
	s.must("create", "--name", s.home, "-v", "/data", "-v", s.home+"-kept:/kept", busybox)
	var anonymous string
	for _, e := range s.news() {
		if e.Object == "volume" && e.Name != s.home+"-kept" {
			anonymous = e.Name
		}
	}
	s.must("rm", "-v", s.home)
	got := s.news()
	if len(got) != 2 || got[1].Object != "volume" || got[1].Action != "destroy" || got[1].ID != anonymous || anonymous == "" {
		t.Errorf("%+v, the volume was %q", got, anonymous)
	}
}

// The classic builder leaves the container of the step that failed and the
// image of the step before, with no label of ours.
func TestWhatAFailedBuildLeavesIsNoted(t *testing.T) {
	s := open(t)
	file := "FROM " + busybox + "\nRUN echo one\nRUN exit 9\n"
	o := s.feed([]byte(file), "build", "--no-cache", "-t", s.home, "-")
	if o.code != 9 {
		t.Fatalf("exit code %d: %s", o.code, o.err)
	}
	got := s.news()
	if len(got) != 3 || got[0].Object != "container" || got[0].Action != "create" || !fullID.MatchString(got[0].ID) {
		t.Fatalf("%+v", got)
	}
	defer direct("rmi", got[1].ID)
	defer direct("rm", got[0].ID)
	if o := direct("inspect", "-f", "{{.State.ExitCode}}", got[0].ID); strings.TrimSpace(o.out) != "9" {
		t.Errorf("not the container of the failed step: %+v", o)
	}
	if o := direct("inspect", "-f", "{{.ContainerConfig.Cmd}}", got[1].ID); got[1].Object != "image" || !strings.Contains(o.out, "echo one") {
		t.Errorf("not the image of the step before: %+v: %+v", got[1], o)
	}
	if e := got[2]; e.Action != "build" || e.OK() || !strings.Contains(e.Error, "returned a non-zero code: 9") {
		t.Errorf("%+v", e)
	}
}
