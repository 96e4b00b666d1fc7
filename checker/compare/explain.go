package compare

import (
	"fmt"
	"slices"
	"strings"

	"kihon/checker"
)

// explain turns the results that do not hold into findings, the cause first.
// Later findings about a container are noise while an earlier one stands, so
// there is one for each container.
func explain(task checker.Task, snap *checker.Snapshot, results []checker.Result) []checker.Finding {
	if len(snap.Clues.StartMissing) > 0 {
		return []checker.Finding{startMissing(task, snap.Clues.StartMissing)}
	}
	var out []checker.Finding
	seen := map[string]bool{}
	for _, r := range results {
		name := r.Check.ContainerName()
		if r.OK || name != "" && seen[name] {
			continue
		}
		seen[name] = name != ""
		out = append(out, cause(r.Check, task, snap))
	}
	// A typed answer needs no call to the engine, so silence says nothing there.
	if len(out) > 0 && !strings.HasPrefix(out[0].Code, "answer.") && silent(task, snap) {
		out = append([]checker.Finding{{Code: checker.NothingChanged, Subject: "engine", Args: map[string]string{}}}, out...)
	}
	return out
}

// cause says why one check does not hold.
func cause(check checker.Check, task checker.Task, snap *checker.Snapshot) checker.Finding {
	switch {
	case check.Container != nil:
		return explainContainer(check.Container, task, snap)
	case check.Image != nil:
		return explainImage(check.Image, snap)
	case check.History != nil:
		return explainHistory(check.History, task, snap)
	case check.Answer != nil:
		return explainAnswer(check.Answer, task, snap)
	}
	// The rest needs a container that runs.
	name := check.ContainerName()
	c := snap.Containers[name]
	wanted := &checker.ContainerFact{Name: name, State: "running"}
	if check.File != nil {
		wanted.State = "exists"
	}
	if ok, _ := containerHolds(wanted, snap); !ok {
		return explainContainer(wanted, task, snap)
	}
	switch {
	case check.Port != nil:
		return nameInUse(explainPort(check.Port, c, task, snap), c, snap.Events)
	case check.HTTP != nil:
		return explainHTTP(check.HTTP, c, task, snap)
	default:
		return explainFile(check.File, c, snap)
	}
}

// silent reports whether, since the last check or reset, a command ended in
// the sandbox and no changing call reached the engine.
func silent(task checker.Task, snap *checker.Snapshot) bool {
	command := false
	for _, e := range snap.Events {
		if e.Seq <= task.CheckedSeq {
			continue
		}
		switch {
		case e.Kind == "command":
			command = true
		case e.Kind == "call" && e.Actor == checker.Learner && e.Status != 400:
			// A call that the engine could not even read (400) has changed
			// nothing, such as one with a name of one letter.
			return false
		}
	}
	return command
}

func startMissing(task checker.Task, names []string) checker.Finding {
	return checker.Finding{
		Code:     checker.StartMissing,
		Subject:  "container " + names[0],
		Wanted:   strings.Join(names, ", "),
		Args:     map[string]string{"container": strings.Join(names, ", "), "exercise": task.ID},
		Commands: reset(task),
	}
}

func reset(task checker.Task) []string { return []string{"kihon reset " + task.ID} }

func explainImage(f *checker.ImageFact, snap *checker.Snapshot) checker.Finding {
	found := checker.Finding{Subject: "image " + f.Reference, Args: map[string]string{"image": f.Reference}}
	if f.State == "absent" {
		found.Code, found.Wanted = checker.ImageStillExists, "absent"
		found.Commands = []string{"docker image rm " + f.Reference}
		return found
	}
	found.Code, found.Wanted = checker.ImageMissing, "present"
	found.Commands = []string{"docker pull " + f.Reference}
	for i := len(snap.Events) - 1; i >= 0; i-- {
		e := snap.Events[i]
		if e.Object == "image" && e.Action == "pull" && e.Error != "" && checker.SameReference(e.Name, f.Reference) {
			found.Code = refusedPull(e.Error)
			found.Found = checker.Clean(e.Error)
			return found
		}
	}
	return found
}

func explainHTTP(f *checker.HTTPFact, c *checker.Container, task checker.Task, snap *checker.Snapshot) checker.Finding {
	// A published port is what an answer from outside needs. The port fact
	// says it better, where the exercise has one.
	for _, check := range task.Checks {
		if check.Port != nil && check.Port.Container == f.Container {
			if ok, _ := portHolds(check.Port, c); !ok {
				return explainPort(check.Port, c, task, snap)
			}
		}
	}
	a := snap.HTTP[f.URL]
	found := about(checker.HTTPNoAnswer, c)
	found.Subject = f.URL
	found.Args["url"] = f.URL
	found.Args["status"] = fmt.Sprint(a.Status)
	found.Wanted = fmt.Sprintf("status %d", wantStatus(f))
	switch {
	case emptyMount(task, f, c, snap) != "":
		found.Code = checker.MountSourceEmpty
		found.Subject = "container " + c.ShortName()
		found.Found = emptyMount(task, f, c, snap)
		found.Args["path"] = found.Found
		found.Commands = reset(task)
	case a.Err != "":
		found.Found = checker.Clean(a.Err)
		found.Commands = []string{"docker logs " + c.ShortName()}
		if commandGiven(c, snap.Events) {
			// Another program than the image's own runs, and it does not listen.
			found.Commands = remake(c, task)
		}
	case a.Status != wantStatus(f):
		found.Code = checker.HTTPWrongStatus
		found.Found = fmt.Sprintf("status %d", a.Status)
		if path := documentPath(task, f); a.Status == 403 && path != "" {
			found.Commands = []string{fmt.Sprintf("docker exec %s chmod 644 %s", c.ShortName(), path)}
		}
	default:
		found.Code = checker.HTTPWrongBody
		found.Found = firstLine(a.Body)
		found.Args["found_body"] = found.Found
		if f.Contains != "" {
			found.Wanted = f.Contains
		} else {
			found.Wanted = f.SameAs
		}
		if f.FromImage {
			found.Commands = remake(c, task)
		} else {
			found.Commands = slices.Clone(task.Solution)
			found = duplicate(found, c, task, snap)
		}
	}
	return found
}

// emptyMount is the place in the container where an empty folder of the host
// hides the page; "" when there is none.
func emptyMount(task checker.Task, f *checker.HTTPFact, c *checker.Container, snap *checker.Snapshot) string {
	page := f.SameAs
	if page == "" {
		page = documentPath(task, f)
	}
	for _, place := range snap.Clues.EmptyMounts[c.ID] {
		if page == "" || strings.HasPrefix(page, strings.TrimSuffix(place, "/")+"/") {
			return place
		}
	}
	return ""
}

// documentPath is the file that the solution puts in place, read off its
// docker cp: the one place where the lesson says what the page's file is.
func documentPath(task checker.Task, f *checker.HTTPFact) string {
	for _, line := range task.Solution {
		words := strings.Fields(line)
		for _, w := range words {
			if path, ok := strings.CutPrefix(w, f.Container+":"); ok && strings.HasPrefix(line, "docker cp ") {
				return path
			}
		}
	}
	return ""
}

// firstLine is a short look at a body: its first line with text in it.
func firstLine(body []byte) string {
	for line := range strings.SplitSeq(string(body), "\n") {
		if line = strings.TrimSpace(checker.Clean(line)); line != "" {
			if runes := []rune(line); len(runes) > 60 {
				return string(runes[:60]) + "…"
			}
			return line
		}
	}
	return "empty"
}

func explainFile(f *checker.FileFact, c *checker.Container, snap *checker.Snapshot) checker.Finding {
	found := about(checker.FileMissing, c)
	found.Subject = "file " + f.Path
	found.Args["path"] = f.Path
	switch {
	case f.Absent:
		found.Code, found.Found = checker.FileUnexpected, "present"
	case snap.Files[checker.FileKey{Container: f.Container, Path: f.Path}].Exists:
		found.Code, found.Wanted = checker.FileWrongContent, f.Contains
	}
	return found
}
