// Package compare holds the checks of a task against a snapshot: a pure
// function, which never asks the engine anything.
//
// What does not hold becomes findings. The first is the cause whose cure makes
// the others vanish, so the reasons are looked for in causal order: the
// container, its image, its state, its ports, the answer, the history. A
// reason is given only where the snapshot proves it.
package compare

import (
	"fmt"
	"strings"
	"time"

	"github.com/docker/docker/api/types/container"

	"kihon/checker"
)

// Compare judges the task by the snapshot. Without clues it says what holds
// and what does not; with them it also says why.
func Compare(task checker.Task, snap *checker.Snapshot) checker.Verdict {
	v := checker.Verdict{Outcome: checker.Passed}
	for _, check := range task.Checks {
		r := result(check, task, snap)
		v.Results = append(v.Results, r)
		if !r.OK {
			v.Outcome = checker.NotYet
			continue
		}
		v.Evidence = append(v.Evidence, r.Evidence)
	}
	if v.Outcome == checker.Passed {
		v.Remarks = remarks(task, snap)
		return v
	}
	v.Evidence = nil
	v.Pending = pending(v, snap)
	if snap.Clues != nil {
		v.Findings = explain(task, snap, v.Results)
	}
	return v
}

// pending reports whether only facts are missing that can become true without
// an event of the engine, and whose container still runs.
func pending(v checker.Verdict, snap *checker.Snapshot) bool {
	waiting := false
	for _, r := range v.Results {
		if r.OK {
			continue
		}
		switch {
		case r.Check.HTTP != nil && running(snap.Containers[r.Check.HTTP.Container]):
		case r.Check.Container != nil && onlyUnsettled(r.Check.Container, snap):
		default:
			return false
		}
		waiting = true
	}
	return waiting
}

func result(check checker.Check, task checker.Task, snap *checker.Snapshot) checker.Result {
	r := checker.Result{Check: check}
	var fact, value string
	switch {
	case check.Container != nil:
		fact = "container " + check.Container.Name
		r.OK, value = containerHolds(check.Container, snap)
		r.OK = r.OK && !unsettled(check.Container, task, snap)
	case check.Port != nil:
		fact = fmt.Sprintf("port %d of container %s", check.Port.Host, check.Port.Container)
		r.OK, value = portHolds(check.Port, snap.Containers[check.Port.Container])
	case check.Image != nil:
		fact = "image " + check.Image.Reference
		r.OK, value = imageHolds(check.Image, snap)
	case check.HTTP != nil:
		fact = check.HTTP.URL
		r.OK, value = httpHolds(check.HTTP, snap)
	case check.File != nil:
		fact = fmt.Sprintf("file %s in container %s", check.File.Path, check.File.Container)
		r.OK, value = fileHolds(check.File, snap)
	case check.History != nil:
		fact = "history of container " + check.History.Container
		r.OK, value = historyHolds(check.History, snap.Events)
	case check.Answer != nil:
		fact = "answer"
		r.OK, value = answerHolds(check.Answer, snap)
	}
	r.Evidence = checker.Evidence{Fact: fact, Value: value}
	return r
}

func containerHolds(f *checker.ContainerFact, snap *checker.Snapshot) (bool, string) {
	c := snap.Containers[f.Name]
	if f.State == "absent" {
		return c == nil, "absent"
	}
	if c == nil || c.Maker == "" || f.By == checker.Learner && c.Maker != checker.Learner {
		return false, ""
	}
	if f.Image != "" && !madeFrom(c, f.Image, snap) {
		return false, ""
	}
	if !inState(c, f.State) {
		return false, ""
	}
	return true, fmt.Sprintf("%s, image %s, ID %.12s", c.State.Status, c.Config.Image, c.ID)
}

// madeFrom reports whether c was made from the image that ref names: by that
// name, or by another name or an ID of the same image.
func madeFrom(c *checker.Container, ref string, snap *checker.Snapshot) bool {
	if c.Config != nil && checker.SameReference(c.Config.Image, ref) {
		return true
	}
	img := snap.Images[ref]
	return img != nil && img.ID == c.Image
}

func inState(c *checker.Container, state string) bool {
	s := c.State
	if s == nil {
		return false
	}
	switch state {
	case "", "exists":
		return true
	case "running":
		return running(c)
	case "exited":
		return !s.Running && s.Status == container.StateExited
	case "created":
		return s.Status == container.StateCreated && s.Error == ""
	case "paused":
		return s.Paused
	}
	return false
}

// running is the state in which a program does its work. While a container
// restarts over and over, the engine reports Running as well.
func running(c *checker.Container) bool {
	return c != nil && c.State != nil && c.State.Running && !c.State.Restarting && !c.State.Paused
}

// settling is how long a program must have run to count as running, where
// nothing else shows that it does its work. A shell in place of the server
// "runs" for some milliseconds, too.
const settling = 300 * time.Millisecond

// unsettled reports whether a container that should run has only just started
// and no answer over HTTP is asked for, which would prove more.
func unsettled(f *checker.ContainerFact, task checker.Task, snap *checker.Snapshot) bool {
	if f.State != "running" {
		return false
	}
	for _, c := range task.Checks {
		if c.HTTP != nil && c.HTTP.Container == f.Name {
			return false
		}
	}
	return fresh(snap.Containers[f.Name], snap)
}

// onlyUnsettled reports whether time is all that the fact still needs.
func onlyUnsettled(f *checker.ContainerFact, snap *checker.Snapshot) bool {
	holds, _ := containerHolds(f, snap)
	return holds && f.State == "running" && fresh(snap.Containers[f.Name], snap)
}

// fresh reports whether c runs since a moment ago. The clocks of engine and
// computer may differ; what seems to start in the future has started.
func fresh(c *checker.Container, snap *checker.Snapshot) bool {
	if !running(c) {
		return false
	}
	started, err := time.Parse(time.RFC3339Nano, c.State.StartedAt)
	age := snap.Time.Sub(started)
	return err == nil && age >= 0 && age < settling
}

func imageHolds(f *checker.ImageFact, snap *checker.Snapshot) (bool, string) {
	img := snap.Images[f.Reference]
	if f.State == "absent" {
		return img == nil, "absent"
	}
	if img == nil {
		return false, ""
	}
	return true, img.ID
}

func httpHolds(f *checker.HTTPFact, snap *checker.Snapshot) (bool, string) {
	a, asked := snap.HTTP[f.URL]
	if !asked || a.Err != "" || a.Status != wantStatus(f) {
		return false, ""
	}
	if f.Contains != "" && !strings.Contains(string(a.Body), f.Contains) {
		return false, ""
	}
	key := checker.FileKey{Container: f.Container, Path: f.SameAs}
	if original := snap.Originals[key]; f.SameAs != "" && original != "" {
		if checker.Digest(a.Body) != original {
			return false, ""
		}
	} else if f.SameAs != "" {
		file := snap.Files[key]
		if !file.Exists || string(file.Content) != string(a.Body) || f.FromImage && file.Changed {
			return false, ""
		}
	}
	return true, fmt.Sprintf("status %d, %d bytes", a.Status, len(a.Body))
}

func wantStatus(f *checker.HTTPFact) int {
	if f.Status == 0 {
		return 200
	}
	return f.Status
}

func fileHolds(f *checker.FileFact, snap *checker.Snapshot) (bool, string) {
	file, read := snap.Files[checker.FileKey{Container: f.Container, Path: f.Path}]
	if f.Absent {
		return read && !file.Exists, "absent"
	}
	if !file.Exists || !strings.Contains(string(file.Content), f.Contains) {
		return false, ""
	}
	return true, fmt.Sprintf("%d bytes", len(file.Content))
}

// remarks are what one would say to somebody who has passed.
func remarks(task checker.Task, snap *checker.Snapshot) []checker.Finding {
	var out []checker.Finding
	for _, check := range task.Checks {
		if check.Container == nil {
			continue
		}
		c := snap.Containers[check.Container.Name]
		if c == nil || c.State == nil || c.Config == nil {
			continue
		}
		switch {
		case running(c) && c.Config.AttachStdout:
			out = append(out, about(checker.ContainerForeground, c))
		case check.Container.State == "exited" && c.State.ExitCode == 137 && !c.State.OOMKilled:
			out = append(out, about(checker.ContainerKilledOnStop, c))
		}
	}
	return out
}

// about starts a finding whose subject is c.
func about(code string, c *checker.Container) checker.Finding {
	return checker.Finding{
		Code:    code,
		Subject: "container " + c.ShortName(),
		Args:    map[string]string{"container": c.ShortName()},
	}
}
