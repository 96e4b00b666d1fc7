package gather_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"testing"
	"time"

	"github.com/docker/docker/client"

	"kihon/checker"
	"kihon/checker/gather"
)

// An engine may have thousands of containers; a check costs what its exercise
// names.
func TestOnlyWhatTheTaskNamesIsAsked(t *testing.T) {
	h := newHome(t)
	name, id := h.run("box", "busybox", "sleep", "600")
	h.run("beside", "busybox", "sleep", "600")
	byID, _ := h.run("by-id", docker(t, "image", "inspect", "--format", "{{.Id}}", "busybox"), "sleep", "600")
	missing := h.prefix + "none"
	container := func(f checker.ContainerFact) checker.Check { return checker.Check{Container: &f} }
	file := func(container, path string) checker.Check {
		return checker.Check{File: &checker.FileFact{Container: container, Path: path}}
	}
	for what, c := range map[string]struct {
		checks []checker.Check
		asked  []string
	}{
		"a container":                     {[]checker.Check{container(checker.ContainerFact{Name: name, State: "running"})}, []string{"inspect " + name}},
		"a container and its image":       {[]checker.Check{container(checker.ContainerFact{Name: name, Image: "busybox"})}, []string{"inspect " + name}},
		"one whose image has an ID only":  {[]checker.Check{container(checker.ContainerFact{Name: byID, Image: "busybox"})}, []string{"image busybox", "inspect " + byID}},
		"one that is not there":           {[]checker.Check{container(checker.ContainerFact{Name: missing, Image: "busybox"})}, []string{"inspect " + missing}},
		"one, three times":                {[]checker.Check{container(checker.ContainerFact{Name: name}), {Port: &checker.PortFact{Container: name, Host: 80, Inside: 80}}, {History: &checker.HistoryFact{Container: name, Steps: []string{"start"}}}}, []string{"inspect " + name}},
		"an image":                        {[]checker.Check{{Image: &checker.ImageFact{Reference: "busybox"}}}, []string{"image busybox"}},
		"a file":                          {[]checker.Check{file(name, "/etc/passwd")}, []string{"copy " + id + ":/etc/passwd", "inspect " + name}},
		"a file of what is not there":     {[]checker.Check{file(missing, "/etc/passwd")}, []string{"inspect " + missing}},
		"a page of what is not there":     {[]checker.Check{{HTTP: &checker.HTTPFact{URL: "http://localhost:1/", Container: missing, SameAs: "/x", FromImage: true}}}, []string{"inspect " + missing}},
		"an ID to be read":                {[]checker.Check{{Answer: &checker.AnswerFact{ContainerID: name}}}, []string{"inspect " + name}},
		"a quiz, which needs no engine":   {[]checker.Check{{Answer: &checker.AnswerFact{Choices: []int{1}, Of: 2}}}, nil},
		"nothing":                         {nil, nil},
		"the image's own page":            {[]checker.Check{{HTTP: &checker.HTTPFact{URL: "http://localhost:1/", Container: name, SameAs: "/etc/passwd", FromImage: true}}}, []string{"copy " + id + ":/etc/passwd", "diff " + id, "inspect " + name}},
		"any page that is a file's":       {[]checker.Check{{HTTP: &checker.HTTPFact{URL: "http://localhost:1/", Container: name, SameAs: "/etc/group"}}}, []string{"copy " + id + ":/etc/group", "inspect " + name}},
		"a page, whatever is in its file": {[]checker.Check{{HTTP: &checker.HTTPFact{URL: "http://localhost:1/", Container: name}}}, []string{"inspect " + name}},
	} {
		t.Run(what, func(t *testing.T) {
			h.facts(c.checks...)
			if got := h.engine.asked(); !slices.Equal(got, sorted(c.asked)) {
				t.Errorf("the engine was asked\n%q\nwant\n%q", got, sorted(c.asked))
			}
		})
	}
}

// Comparing with the image is what takes long, so it is done once for an image.
func TestWhatAnImagesFileIsLikeIsFoundOutOnce(t *testing.T) {
	h := newHome(t)
	first, firstID := h.run("first", "busybox", "sleep", "600")
	page := func(name string) checker.Check {
		return checker.Check{HTTP: &checker.HTTPFact{URL: "http://localhost:1/", Container: name, SameAs: "/etc/passwd", FromImage: true}}
	}
	key := checker.FileKey{Container: first, Path: "/etc/passwd"}
	file := h.facts(page(first)).Files[key]
	if !file.Exists || file.Changed || len(file.Content) == 0 {
		t.Errorf("the untouched file is %+v", file)
	}
	if len(h.kept.digests) != 1 {
		t.Errorf("%d digests are kept, want 1", len(h.kept.digests))
	}
	h.engine.asked()

	second, _ := h.run("second", "busybox", "sleep", "600")
	docker(t, "exec", second, "sh", "-c", "echo mine >> /etc/passwd")
	snap := h.facts(page(second))
	if got := h.engine.asked(); !slices.Equal(got, []string{"inspect " + second}) {
		t.Errorf("the engine was asked %q, though the image's file is known", got)
	}
	if got := snap.Originals[checker.FileKey{Container: second, Path: "/etc/passwd"}]; got != checker.Digest(file.Content) {
		t.Errorf("the original is %q, want %q", got, checker.Digest(file.Content))
	}

	// An unknown file that somebody has changed says nothing of the image's.
	h.kept.digests = map[string]string{}
	if file := h.facts(page(second)).Files[checker.FileKey{Container: second, Path: "/etc/passwd"}]; !file.Changed {
		t.Errorf("a changed file is not known as one: %+v", file)
	}
	if got := h.engine.asked(); !slices.Contains(got, "diff "+docker(t, "inspect", "--format", "{{.Id}}", second)) || len(h.kept.digests) != 0 {
		t.Errorf("the engine was asked %q, and %v is kept", got, h.kept.digests)
	}
	// A path may be written in more than one way.
	odd := h.facts(checker.Check{HTTP: &checker.HTTPFact{URL: "http://localhost:1/", Container: first, SameAs: "/etc/../etc//passwd", FromImage: true}})
	if file := odd.Files[checker.FileKey{Container: first, Path: "/etc/../etc//passwd"}]; file.Changed || !file.Exists {
		t.Errorf("the untouched file is %+v", file)
	}
	if _, known := h.kept.digests[docker(t, "inspect", "--format", "{{.Image}}", firstID)+"/etc/passwd"]; !known {
		t.Errorf("kept is %v", h.kept.digests)
	}
}

// What is mounted over a path is not the image's, though the engine does not
// count it as a change.
func TestAMountedFileIsNotTheImages(t *testing.T) {
	h := newHome(t)
	name, _ := h.run("box", "-v", h.prefix+"-volume:/etc", "busybox", "sleep", "600")
	t.Cleanup(func() {
		docker(t, "rm", "-f", name)
		docker(t, "volume", "rm", h.prefix+"-volume")
	})
	snap := h.facts(checker.Check{HTTP: &checker.HTTPFact{URL: "http://localhost:1/", Container: name, SameAs: "/etc/passwd", FromImage: true}})
	if file := snap.Files[checker.FileKey{Container: name, Path: "/etc/passwd"}]; !file.Exists || !file.Changed || len(h.kept.digests) != 0 {
		t.Errorf("a file in a volume is %+v, and %v is kept", file, h.kept.digests)
	}
}

func TestSomebodyElsesContainerIsSeenAndLeftAlone(t *testing.T) {
	h := newHome(t)
	name, id := h.run("theirs", "busybox", "sleep", "600")
	delete(h.record.makers, id)
	server := newServer(t, ok)
	snap := h.facts(
		checker.Check{Container: &checker.ContainerFact{Name: name}},
		checker.Check{HTTP: &checker.HTTPFact{URL: server.url, Container: name, SameAs: "/etc/passwd", FromImage: true}},
		checker.Check{File: &checker.FileFact{Container: name, Path: "/etc/passwd"}},
	)
	if c := snap.Containers[name]; c == nil || c.Maker != "" || c.ID != id || c.ShortName() != name {
		t.Errorf("the container is %+v", c)
	}
	if got := h.engine.asked(); !slices.Equal(got, []string{"inspect " + name}) || len(snap.Files) > 0 || len(snap.HTTP) > 0 || server.hits.Load() > 0 {
		t.Errorf("the engine was asked %q, the port %d times", got, server.hits.Load())
	}
}

func TestANameThatBeginsSomebodysIDIsNotThatContainer(t *testing.T) {
	h := newHome(t)
	_, id := h.run("box", "busybox", "sleep", "600")
	for _, name := range []string{id, id[:12], id[:6]} {
		task := checker.Task{ID: "a/test", Checks: []checker.Check{{Container: &checker.ContainerFact{Name: name, State: "absent"}}}, Start: []string{name}}
		snap := h.facts(task.Checks...)
		if c := snap.Containers[name]; c != nil {
			t.Errorf("%s is taken for container %s", name, c.ShortName())
		}
		if clues := h.clues(task); !slices.Equal(clues.StartMissing, []string{name}) {
			t.Errorf("%s is not missed from the start: %v", name, clues.StartMissing)
		}
	}
}

func TestImagesAreThereOrNot(t *testing.T) {
	h := newHome(t)
	var checks []checker.Check
	for _, ref := range []string{"busybox", "docker.io/library/busybox:latest", "busybox:" + h.prefix, h.prefix, "no reference at all"} {
		checks = append(checks, checker.Check{Image: &checker.ImageFact{Reference: ref}})
	}
	snap := h.facts(checks...)
	id := docker(t, "image", "inspect", "--format", "{{.Id}}", "busybox")
	for i, there := range []bool{true, true, false, false, false} {
		ref := checks[i].Image.Reference
		if got := snap.Images[ref]; (got != nil) != there || there && got.ID != id {
			t.Errorf("%s: %v", ref, got)
		}
	}
}

func TestTheRecordIsReadFromWhereTheTaskBegan(t *testing.T) {
	h := newHome(t)
	h.record.events = []checker.Event{{Seq: 1}, {Seq: 2}, {Seq: 3}}
	h.record.answer, h.record.answered = "2", true
	before := time.Now()
	snap, err := gather.Facts(t.Context(), h.world, checker.Task{ID: "a/test", FromSeq: 1})
	if err != nil {
		t.Fatal(err)
	}
	if len(snap.Events) != 2 || snap.Events[0].Seq != 2 || snap.Answer != "2" || !snap.Answered {
		t.Errorf("events %v, answer %q", snap.Events, snap.Answer)
	}
	if snap.Time.Before(before) || snap.Time.After(time.Now()) {
		t.Errorf("gathered at %v", snap.Time)
	}
}

func TestARecordThatCannotBeReadIsAnError(t *testing.T) {
	h := newHome(t)
	h.record.err = errors.New("the disk is full")
	if _, err := gather.Facts(t.Context(), h.world, checker.Task{}); !errors.Is(err, h.record.err) {
		t.Errorf("%v", err)
	}
}

func TestAnEngineThatDoesNotAnswerIsAnErrorWhenTimeIsUp(t *testing.T) {
	h := newHome(t)
	h.world.Engine = silent(t)
	task := checker.Task{Checks: []checker.Check{{Container: &checker.ContainerFact{Name: "web"}}}}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := gather.Facts(ctx, h.world, task); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("facts: %v", err)
	}
	if err := gather.Clues(ctx, h.world, task, &checker.Snapshot{}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("clues: %v", err)
	}
}

func TestAnEngineThatIsGoneIsAnError(t *testing.T) {
	h := newHome(t)
	e := silent(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	gone := newEngine(t, func(key string) string {
		return map[string]string{"DOCKER_HOST": fmt.Sprintf("tcp://%s", l.Addr()), "DOCKER_CONFIG": t.TempDir()}[key]
	})
	for _, e := range []*here{gone, e} {
		h.world.Engine = e
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		_, err := gather.Facts(ctx, h.world, checker.Task{Checks: []checker.Check{{Image: &checker.ImageFact{Reference: "busybox"}}}})
		cancel()
		if err == nil || !client.IsErrConnectionFailed(err) && !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%v", err)
		}
	}
}
