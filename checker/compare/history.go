package compare

import (
	"slices"
	"strings"

	"kihon/checker"
)

// historyHolds reports whether one container of that name went through the
// steps, in order, by the learner's calls.
func historyHolds(f *checker.HistoryFact, events []checker.Event) (bool, string) {
	for _, id := range idsOf(f.Container, events) {
		if n := stepsTaken(f.Steps, id, events); n == len(f.Steps) {
			return true, strings.Join(f.Steps, ", ")
		}
	}
	return false, ""
}

// idsOf returns the IDs of the containers that had the name, newest last.
func idsOf(name string, events []checker.Event) []string {
	var ids []string
	for _, e := range events {
		if e.Object == "container" && e.Name == name && e.ID != "" && !slices.Contains(ids, e.ID) {
			ids = append(ids, e.ID)
		}
	}
	return ids
}

// stepsTaken returns how many of the steps the learner took with the
// container, in order.
func stepsTaken(steps []string, id string, events []checker.Event) int {
	n := 0
	for _, e := range events {
		if n == len(steps) {
			break
		}
		if byLearner(e, id) && slices.Contains(strings.Split(steps[n], "|"), e.Action) {
			n++
		}
	}
	return n
}

func byLearner(e checker.Event, id string) bool {
	// 304 says that there was nothing to do: it had been stopped before.
	return e.Kind == "call" && e.Actor == checker.Learner && e.Error == "" && e.Status != 304 && e.Object == "container" && e.ID == id
}

func explainHistory(f *checker.HistoryFact, task checker.Task, snap *checker.Snapshot) checker.Finding {
	found := checker.Finding{
		Code:    checker.HistoryMissingStep,
		Subject: "container " + f.Container,
		Wanted:  strings.Join(f.Steps, ", "),
		Args:    map[string]string{"container": f.Container},
	}
	best, id := 0, ""
	for _, candidate := range idsOf(f.Container, snap.Events) {
		if n := stepsTaken(f.Steps, candidate, snap.Events); id == "" || n >= best {
			best, id = n, candidate
		}
	}
	missing := f.Steps[best]
	found.Args["step"] = strings.Split(missing, "|")[0]
	found.Found = strings.Join(taken(id, snap.Events), ", ")
	switch {
	case outside(missing, f.Container, id, snap.Events):
		found.Code = checker.EngineOutsideSandbox
		found.Commands = reset(task)
		return found
	case inOtherOrder(f.Steps, id, snap.Events):
		found.Code = checker.HistoryWrongOrder
	case hasGap(snap.Events):
		found.Code = checker.HistoryGap
	}
	found.Commands = stepCommands(f.Steps[best:], snap.Containers[f.Container], task)
	return found
}

// taken lists what the learner did with the container.
func taken(id string, events []checker.Event) []string {
	var out []string
	for _, e := range events {
		if id != "" && byLearner(e, id) {
			out = append(out, e.Action)
		}
	}
	return out
}

// outside reports whether the step did happen, but by somebody else's hand.
func outside(step, name, id string, events []checker.Event) bool {
	for _, e := range events {
		if e.Kind == "event" && e.Object == "container" && (e.ID == id || e.Name == name) && slices.Contains(strings.Split(step, "|"), e.Action) {
			return true
		}
	}
	return false
}

func inOtherOrder(steps []string, id string, events []checker.Event) bool {
	if len(steps) < 2 {
		return false
	}
	done := taken(id, events)
	for _, step := range steps {
		if !slices.ContainsFunc(strings.Split(step, "|"), func(s string) bool { return slices.Contains(done, s) }) {
			return false
		}
	}
	return true
}

func hasGap(events []checker.Event) bool {
	return slices.ContainsFunc(events, func(e checker.Event) bool { return e.Kind == "gap" })
}

// verbs are the commands that take a step.
var verbs = map[string]string{
	"start": "start", "stop": "stop", "kill": "kill", "restart": "restart", "pause": "pause",
	"unpause": "unpause", "destroy": "rm",
}

// stepCommands are the commands that take the steps from where c is now. They
// are empty where the container they need is gone: then the task starts anew.
func stepCommands(steps []string, c *checker.Container, task checker.Task) []string {
	if c == nil {
		return reset(task)
	}
	var out []string
	live := c.State != nil && c.State.Running
	for _, step := range steps {
		action := strings.Split(step, "|")[0]
		verb, known := verbs[action]
		if !known {
			return nil
		}
		switch {
		case slices.Contains([]string{"stop", "kill", "pause"}, action) && !live:
			out = append(out, "docker start "+c.ShortName())
		case action == "destroy" && live:
			out = append(out, "docker stop "+c.ShortName())
		}
		out = append(out, "docker "+verb+" "+c.ShortName())
		live = slices.Contains([]string{"start", "restart", "pause", "unpause"}, action)
	}
	return out
}
