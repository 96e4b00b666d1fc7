package compare_test

import (
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"kihon/checker"
	"kihon/checker/compare"
)

// sound holds what every verdict of a comparison has in common.
func sound(t *testing.T, task checker.Task, snap *checker.Snapshot, v checker.Verdict) {
	t.Helper()
	if len(v.Results) != len(task.Checks) {
		t.Fatalf("%d results for %d checks", len(v.Results), len(task.Checks))
	}
	all := true
	for _, r := range v.Results {
		all = all && r.OK
	}
	switch {
	case v.Outcome != checker.Passed && v.Outcome != checker.NotYet:
		t.Errorf("outcome %q", v.Outcome)
	case all != (v.Outcome == checker.Passed):
		t.Errorf("%s, and all checks hold: %v", v.Outcome, all)
	case all && (len(v.Findings) > 0 || v.Pending || len(v.Evidence) != len(task.Checks)):
		t.Errorf("passed with findings %v, pending %v, evidence %v", codes(v.Findings), v.Pending, v.Evidence)
	case !all && (len(v.Evidence) > 0 || len(v.Remarks) > 0):
		t.Errorf("not yet with evidence %v and remarks %v", v.Evidence, codes(v.Remarks))
	case !all && snap.Clues != nil && len(v.Findings) == 0:
		t.Error("not yet, and nobody says why")
	case snap.Clues == nil && len(v.Findings) > 0:
		t.Errorf("findings without clues: %v", codes(v.Findings))
	}
	for i, f := range append(slices.Clone(v.Findings), v.Remarks...) {
		if !slices.Contains(checker.Codes(), f.Code) || f.Subject == "" || f.Args == nil {
			t.Errorf("finding %d is incomplete: %+v", i, f)
		}
		if i > 0 && f.Code == checker.NothingChanged {
			t.Errorf("%s comes after %s", f.Code, v.Findings[0].Code)
		}
		for _, line := range f.Commands {
			if !strings.HasPrefix(line, "docker ") && !strings.HasPrefix(line, "kihon ") || strings.Contains(line, "  ") || line != strings.TrimSpace(line) {
				t.Errorf("%s advises to type %q", f.Code, line)
			}
		}
	}
	if len(v.Findings) > 1 && v.Findings[0].Code == checker.NothingChanged && strings.HasPrefix(v.Findings[1].Code, "answer.") {
		t.Errorf("%s before %s", v.Findings[0].Code, v.Findings[1].Code)
	}
	for _, e := range v.Evidence {
		if e.Fact == "" || e.Value == "" {
			t.Errorf("empty evidence: %+v", e)
		}
	}
}

// chance makes choices of bytes; when they are used up it takes the first.
type chance struct{ bytes []byte }

func (c *chance) upTo(n int) int {
	if len(c.bytes) == 0 {
		return 0
	}
	b := int(c.bytes[0])
	c.bytes = c.bytes[1:]
	return b % n
}

func (c *chance) yes() bool { return c.upTo(2) == 1 }

func one[T any](c *chance, of ...T) T { return of[c.upTo(len(of))] }

func some[T any](c *chance, atMost int, make func() T) []T {
	var out []T
	for range c.upTo(atMost + 1) {
		out = append(out, make())
	}
	return out
}

func (c *chance) name() string {
	return one(c, box, web, "apa00ex1", "brave_turing", "first", "ab")
}

func (c *chance) image() string { return one(c, "httpd", "busybox", "httpd:2.4", "someone/httpd") }

func (c *chance) step() string {
	return one(c, "create", "start", "stop", "kill", "stop|kill", "restart", "pause", "unpause", "destroy", "rename")
}

func (c *chance) check() checker.Check {
	switch c.upTo(7) {
	case 0:
		return portCheck(checker.PortFact{Container: c.name(), Host: one(c, 80, 8080, 5353), Inside: one(c, 80, 8080, 53), Protocol: one(c, "", "tcp", "udp")})
	case 1:
		return imageCheck(checker.ImageFact{Reference: c.image(), State: one(c, "", "present", "absent")})
	case 2:
		f := checker.HTTPFact{URL: url, Container: c.name(), Status: one(c, 0, 200, 404), Contains: one(c, "", "sakura")}
		if c.yes() {
			f.SameAs, f.FromImage = page, c.yes()
		}
		return httpCheck(f)
	case 3:
		f := checker.FileFact{Container: c.name(), Path: page, Absent: c.yes()}
		if !f.Absent {
			f.Contains = one(c, "", "sakura")
		}
		return fileCheck(f)
	case 4:
		return historyCheck(c.name(), append([]string{c.step()}, some(c, 3, c.step)...)...)
	case 5:
		if c.yes() {
			return answerCheck(checker.AnswerFact{ContainerID: c.name(), MinLength: one(c, 0, 4)})
		}
		return answerCheck(checker.AnswerFact{Choices: one(c, []int{1}, []int{2, 4}, []int{3, 1}), Of: 4})
	}
	return containerCheck(checker.ContainerFact{
		Name: c.name(), Image: one(c, "", "httpd", "busybox"), By: one(c, "", "any", checker.Learner),
		State: one(c, "running", "exited", "created", "paused", "exists", "absent", ""),
	})
}

func (c *chance) container() *checker.Container {
	const chosen = "49160"
	return made(c.name(),
		one(c, from("httpd"), from("busybox"), named("my-apache", "httpd"), from("httpd:2.4")),
		createdAt(now.Add(-time.Duration(c.upTo(100))*time.Second)),
		one(c, func(*checker.Container) {}, created, exited(0), exited(1), exited(137), lived(0, time.Millisecond), paused, restarting, outOfMemory,
			halfMade(127, noSuchCommand), halfMade(127, noSuchQuoted), halfMade(126, notExecutable), halfMade(128, portAllocated), halfMade(128, portOfAProgram),
			halfMade(128, noSuchNetwork), halfMade(127, folderOnFile), halfMade(1, neverHeardSince), startedAt(now), startedAt(now.Add(time.Second))),
		one(c, func(*checker.Container) {}, publish("8080:80"), publish("80:8080"), publish("80"), publish("8080:8080"), publish("5353:53/udp", "8080:80"),
			publishAll(chosen), publish("127.0.0.1:8080:80"), func(c *checker.Container) { c.HostConfig = nil }, func(c *checker.Container) { c.NetworkSettings = nil }),
		one(c, func(*checker.Container) {}, command("-d"), command("sh"), command("echo hi"), command(), attached),
		one(c, by(checker.Learner), by(checker.Kihon), by("")))
}

func (c *chance) event(of []*checker.Container) checker.Event {
	box := made(c.name())
	if len(of) > 0 {
		box = of[c.upTo(len(of))]
	}
	action := strings.Split(c.step(), "|")[0]
	switch c.upTo(8) {
	case 0:
		return set(action, box)
	case 1:
		return befell(action, box)
	case 2:
		return nameConflict(box)
	case 3:
		return pullDenied(c.image(), one(c, pullNotThere, pullNoTag, pullRateLimit, pullNoNetwork, pullNoPlatform))
	case 4:
		return typed("docker ps")
	case 5:
		return gap()
	case 6:
		return denied(action, c.name(), one(c, 400, 404, 409, 500), one(c, "No such container: web", portAllocated, neverHeardSince, "No such image: htpd:latest"))
	}
	return did(action, box)
}

func (c *chance) scene() scene {
	s := scene{have: some(c, 4, c.container), before: some(c, 1, c.container), noClues: c.upTo(8) == 7, images: map[string]string{}, logs: map[string][]string{}, empty: map[string][]string{}}
	s.then = some(c, 6, func() checker.Event { return c.event(s.have) })
	if c.yes() {
		s.http = map[string]checker.HTTPAnswer{url: one(c, checker.HTTPAnswer{}, checker.HTTPAnswer{Err: "connection refused"},
			checker.HTTPAnswer{Status: 200, Body: []byte(welcome)}, checker.HTTPAnswer{Status: 403}, checker.HTTPAnswer{Status: 200, Body: []byte("sakura")})}
	}
	if c.yes() {
		s.files = map[checker.FileKey]checker.File{{Container: c.name(), Path: page}: one(c, checker.File{}, checker.File{Exists: true, Content: []byte(welcome)}, checker.File{Exists: true, Changed: true})}
	}
	for range c.upTo(3) {
		s.images[c.image()] = c.image()
	}
	if s.answered = c.yes(); s.answered {
		s.answer = one(c, "", "1", "2, 4", "３", "x\x1b[2J", id("container " + box)[:12])
	}
	if c.upTo(8) == 7 {
		s.missing = []string{c.name()}
	}
	if c.yes() {
		s.logs[box], s.empty[web] = []string{"bye"}, []string{"/usr/local/apache2/htdocs"}
	}
	return s
}

// FuzzCompare compares tasks that nobody would write with scenes that nobody
// has seen. Whatever they are, there is a verdict, it is the same each time, and
// comparing leaves its sources alone.
func FuzzCompare(f *testing.F) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		seed := make([]byte, 40+random.IntN(160))
		for i := range seed {
			seed[i] = byte(random.Uint32())
		}
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		c := &chance{bytes: data}
		task := checker.Task{ID: "a/fuzz", Checks: append([]checker.Check{c.check()}, some(c, 4, c.check)...), CheckedSeq: int64(c.upTo(4))}
		if c.yes() {
			task.Start, task.Solution = []string{web}, []string{"docker cp index.html apa000ex2:" + page}
		}
		for _, check := range task.Checks {
			if problem := check.Problem(); problem != "" {
				t.Fatalf("a check that no course may have: %s", problem)
			}
		}
		snap := c.scene().seen(task)
		before, err := json.Marshal(snapshotText(snap))
		if err != nil {
			t.Fatal(err)
		}
		v := compare.Compare(task, snap)
		sound(t, task, snap, v)
		if again := compare.Compare(task, snap); !reflect.DeepEqual(v, again) {
			t.Errorf("a second comparison gives another verdict:\n%+v\n%+v", v, again)
		}
		if after, _ := json.Marshal(snapshotText(snap)); string(after) != string(before) {
			t.Errorf("comparing has changed the snapshot:\n%s\n%s", before, after)
		}
	})
}

// snapshotText is what JSON can hold of a snapshot: its files have a struct
// for a key.
func snapshotText(s *checker.Snapshot) any {
	return []any{s.Containers, s.Images, s.HTTP, s.Events, s.Answer, s.Clues}
}
