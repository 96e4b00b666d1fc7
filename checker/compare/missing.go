package compare

import (
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/width"

	"kihon/checker"
)

// explainMissing says what became of a container that is not there: it has
// another name, it was refused, it was made elsewhere, or nobody made it.
func explainMissing(f *checker.ContainerFact, task checker.Task, snap *checker.Snapshot) checker.Finding {
	found := checker.Finding{
		Code:    checker.ContainerMissing,
		Subject: "container " + f.Name,
		Wanted:  wantedContainer(f),
		Found:   "missing",
		Args:    map[string]string{"container": f.Name, "image": f.Image, "exercise": task.ID},
	}
	candidates := unasked(task, snap)
	for _, c := range candidates {
		if !imageFits(f, c, snap) {
			continue
		}
		if written := afterImage(c); written != "" {
			found = about(checker.ContainerOptionsAfterImage, c)
			found.Found, found.Commands = written, remakeAs(f.Name, c, task)
			found.Args["options"] = written
			found.Args["image"] = c.Config.Image
			return found
		}
		if near(c.ShortName(), f.Name) {
			return explainNearName(found, f, c, task, snap)
		}
	}
	var same []*checker.Container
	for _, c := range candidates {
		if imageFits(f, c, snap) {
			same = append(same, c)
		}
	}
	if len(same) > 0 {
		return explainOtherNames(found, f, same, task, snap)
	}
	if call, ok := lastRefused(snap.Events); ok {
		return explainRefused(found, call, task, snap)
	}
	if tried(task, snap.Events) {
		found.Commands = remakeAs(f.Name, nil, task)
	}
	return found
}

// explainNearName is for a container whose name has a slip in it. A half-made
// one is of no use under any name, so then the reason comes first.
func explainNearName(found checker.Finding, f *checker.ContainerFact, c *checker.Container, task checker.Task, snap *checker.Snapshot) checker.Finding {
	if half, bad := explainCreation(f, c, task, snap); bad {
		half.Commands = freePort(half.Args["holder"], task, remakeAs(f.Name, c, task))
		return half
	}
	found.Code, found.Found = checker.ContainerNearName, c.ShortName()
	found.Args["found_container"] = c.ShortName()
	found.Commands = rename(c, f)
	return found
}

// rename gives a container the demanded name, and starts it where it should run.
func rename(c *checker.Container, f *checker.ContainerFact) []string {
	commands := []string{"docker rename " + c.ShortName() + " " + f.Name}
	if f.State == "running" && !running(c) {
		commands = append(commands, "docker start "+f.Name)
	}
	return commands
}

func wantedContainer(f *checker.ContainerFact) string {
	if f.Image == "" {
		return f.Name
	}
	return f.Name + " (" + f.Image + ")"
}

// unasked are the learner's containers that the task does not name, newest first.
func unasked(task checker.Task, snap *checker.Snapshot) []*checker.Container {
	var out []*checker.Container
	for _, c := range snap.Clues.Mine {
		if c.Maker == checker.Learner && !demands(task, c.ShortName()) && !slices.Contains(task.Others, c.ShortName()) && since(c, snap.Events) {
			out = append(out, c)
		}
	}
	return out
}

// since reports whether c was made after the task began.
func since(c *checker.Container, events []checker.Event) bool {
	for _, e := range events {
		if e.Object == "container" && e.Action == "create" && e.ID == c.ID {
			return true
		}
	}
	return false
}

// imageFits reports whether c was made from the demanded image; where none is
// demanded, any fits.
func imageFits(f *checker.ContainerFact, c *checker.Container, snap *checker.Snapshot) bool {
	return f.Image == "" || madeFrom(c, f.Image, snap)
}

func explainOtherNames(found checker.Finding, f *checker.ContainerFact, same []*checker.Container, task checker.Task, snap *checker.Snapshot) checker.Finding {
	keep := same[0]
	for _, c := range same {
		if running(c) {
			keep = c
			break
		}
	}
	// A half-made one is of no use under any name: the reason it did not
	// start is what has to be said.
	if found, bad := explainCreation(f, keep, task, snap); bad {
		found.Commands = remakeAs(f.Name, keep, task)
		return found
	}
	found.Found = keep.ShortName()
	found.Args["found_container"] = keep.ShortName()
	found.Code = checker.ContainerOtherName
	if len(same) > 1 {
		found.Code = checker.ContainerDuplicate
		for _, c := range same {
			if c != keep {
				found.Commands = append(found.Commands, "docker rm -f "+c.ShortName())
			}
		}
	}
	found.Commands = append(found.Commands, rename(keep, f)...)
	return found
}

// lastRefused returns the learner's last call if the engine refused it.
func lastRefused(events []checker.Event) (checker.Event, bool) {
	for i := len(events) - 1; i >= 0; i-- {
		e := events[i]
		if e.Kind != "call" || e.Actor != checker.Learner {
			continue
		}
		if e.Status == 400 {
			continue // not even read; see silent
		}
		return e, e.Error != ""
	}
	return checker.Event{}, false
}

func explainRefused(found checker.Finding, call checker.Event, task checker.Task, snap *checker.Snapshot) checker.Finding {
	found.Found = checker.Clean(call.Error)
	found.Commands = remakeAs(strings.TrimPrefix(found.Subject, "container "), nil, task)
	if call.Object == "image" && call.Action == "pull" {
		found.Code = refusedPull(call.Error)
		asked := call.Name
		found.Args["asked_image"] = asked
		if found.Args["image"] != "" && repository(asked) != repository(found.Args["image"]) && near(repository(asked), repository(found.Args["image"])) {
			found.Code = checker.ImageNearName
		}
		found.Subject = "image " + asked
		return found
	}
	if refusal := refused(call.Error); refusal.code != "" {
		found.Code = refusal.code
		for k, v := range refusal.args {
			found.Args[k] = v
		}
		if refusal.code == checker.PortInUseByContainer {
			// With --rm nothing is left that could be looked at.
			found.Args["holder"] = portHolder(found.Args["host_port"], "", snap)
			found.Commands = freePort(found.Args["holder"], task, found.Commands)
		}
	}
	return found
}

// tried reports whether the learner has tried anything since the task began.
func tried(task checker.Task, events []checker.Event) bool {
	for _, e := range events {
		if e.Actor == checker.Learner && e.Kind == "call" {
			return true
		}
	}
	return false
}

// repository is a reference without registry, library folder and tag.
func repository(ref string) string {
	if i := strings.LastIndex(ref, "/"); i >= 0 {
		ref = ref[i+1:]
	}
	name, _, _ := strings.Cut(ref, ":")
	return name
}

// near reports whether a typed name is the wanted one but for a slip: other
// case or width, two letters swapped, one or two letters wrong. Names of up to
// four letters may differ in one.
func near(typed, wanted string) bool {
	a, b := fold(typed), fold(wanted)
	if a == b {
		return true
	}
	limit := 2
	if len([]rune(b)) <= 4 {
		limit = 1
	}
	return checker.Distance(a, b) <= limit
}

func fold(s string) string {
	return strings.ToLower(width.Narrow.String(norm.NFKC.String(s)))
}
