package compare

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/docker/docker/api/types/container"

	"kihon/checker"
)

// explainContainer says why a container fact does not hold.
func explainContainer(f *checker.ContainerFact, task checker.Task, snap *checker.Snapshot) checker.Finding {
	c := snap.Containers[f.Name]
	switch {
	case f.State == "absent":
		return explainPresent(c, task)
	case c == nil:
		return explainMissing(f, task, snap)
	case c.Maker == "":
		found := about(checker.EngineOutsideSandbox, c)
		found.Found = "made outside the sandbox"
		found.Commands = reset(task)
		return found
	case f.By == checker.Learner && c.Maker != checker.Learner:
		// What an earlier step left in the way: the task starts without it.
		found := about(checker.StartMissing, c)
		found.Found = "made by kihon"
		found.Args["exercise"] = task.ID
		found.Commands = reset(task)
		return found
	}
	if found, bad := explainCreation(f, c, task, snap); bad {
		return nameInUse(found, c, snap.Events)
	}
	found := explainState(f, c, task, snap)
	if f.State == "running" {
		found = duplicate(found, c, task, snap)
	}
	return nameInUse(found, c, snap.Events)
}

// nameInUse puts the engine's refusal first when the learner's last call was
// to make this container once more: that is the message they have just read.
// The advice stays that of the state the container is in.
func nameInUse(found checker.Finding, c *checker.Container, events []checker.Event) checker.Finding {
	call, refusedLast := lastRefused(events)
	if !refusedLast || call.Action != "create" {
		return found
	}
	if r := refused(call.Error); r.code != checker.ContainerNameInUse || r.args["name"] != c.ShortName() {
		return found
	}
	found.Code, found.Found = checker.ContainerNameInUse, string(c.State.Status)
	return found
}

// duplicate names the other container that was made in place of starting this
// one: of the same image, later, under a name nobody asked for.
func duplicate(found checker.Finding, c *checker.Container, task checker.Task, snap *checker.Snapshot) checker.Finding {
	for _, other := range unasked(task, snap) {
		if other.Image == c.Image && other.MadeAt().After(c.MadeAt()) {
			found.Code = checker.ContainerDuplicate
			found.Args["found_container"] = other.ShortName()
			found.Commands = append([]string{"docker rm -f " + other.ShortName()}, found.Commands...)
			return found
		}
	}
	return found
}

// explainPresent says what to do with a container that should be gone.
func explainPresent(c *checker.Container, task checker.Task) checker.Finding {
	found := about(checker.ContainerStillExists, c)
	found.Wanted = "absent"
	if c.Maker == "" {
		found.Code = checker.EngineOutsideSandbox
		found.Commands = reset(task)
		return found
	}
	found.Found = string(c.State.Status)
	found.Commands = []string{"docker rm " + c.ShortName()}
	if c.State.Running {
		found.Code = checker.ContainerStillRunning
		found.Commands = []string{"docker stop " + c.ShortName(), "docker rm " + c.ShortName()}
	}
	return found
}

// explainCreation looks at how the container was made: what the engine
// refused, what was written after the image, which image it is.
func explainCreation(f *checker.ContainerFact, c *checker.Container, task checker.Task, snap *checker.Snapshot) (checker.Finding, bool) {
	found := about("", c)
	found.Commands = remake(c, task)
	if written := afterImage(c); written != "" {
		found.Code, found.Found = checker.ContainerOptionsAfterImage, written
		found.Args["options"] = written
		found.Args["image"] = c.Config.Image
		return found, true
	}
	if c.State.Error != "" && !c.State.Running {
		refusal := refused(c.State.Error)
		if len(c.Config.Cmd) == 1 && strings.Contains(c.Config.Cmd[0], " ") && refusal.code == checker.ContainerCommandNotFound {
			refusal.code = checker.ContainerQuotedCommand
		}
		found.Code, found.Found = refusal.code, checker.Clean(c.State.Error)
		for k, v := range refusal.args {
			found.Args[k] = v
		}
		if refusal.code == checker.PortInUseByContainer {
			found.Args["holder"] = portHolder(found.Args["host_port"], c.ID, snap)
			found.Commands = freePort(found.Args["holder"], task, found.Commands)
		}
		if refusal.code == checker.PortInUseByProgram && demandsPort(task, found.Args["host_port"]) {
			// The demanded port itself is taken: a reset draws another one.
			found.Commands = reset(task)
		}
		return found, true
	}
	if f.Image != "" && !madeFrom(c, f.Image, snap) {
		found.Code, found.Wanted, found.Found = checker.ContainerWrongImage, f.Image, c.Config.Image
		found.Args["image"] = f.Image
		found.Args["found_image"] = c.Config.Image
		return found, true
	}
	return checker.Finding{}, false
}

// explainState says why a rightly made container is not in the wanted state.
func explainState(f *checker.ContainerFact, c *checker.Container, task checker.Task, snap *checker.Snapshot) checker.Finding {
	s, name := c.State, c.ShortName()
	found := about(checker.ContainerNotRunning, c)
	found.Wanted, found.Found = f.State, string(s.Status)
	found.Args["exit_code"] = fmt.Sprint(s.ExitCode)
	if lines := snap.Clues.Logs[c.ID]; len(lines) > 0 {
		found.Args["log"] = lines[len(lines)-1]
	}
	if s.Running && !s.Paused && !s.Restarting && (f.State == "paused" || f.State == "created") {
		found.Code = checker.ContainerStillRunning
		if f.State == "paused" {
			found.Commands = []string{"docker pause " + name}
		} else if f.Image != "" {
			found.Commands = []string{"docker rm -f " + name, "docker create --name " + name + " " + f.Image}
		}
		return found
	}
	if f.State == "exited" {
		switch {
		case s.Paused:
			found.Code, found.Commands = checker.ContainerPaused, []string{"docker unpause " + name, "docker stop " + name}
		case s.Running || s.Restarting:
			found.Code, found.Commands = checker.ContainerStillRunning, []string{"docker stop " + name}
		default:
			found.Code, found.Commands = checker.ContainerNotStarted, []string{"docker start " + name, "docker stop " + name}
		}
		return found
	}
	switch {
	case s.Paused:
		found.Code, found.Commands = checker.ContainerPaused, []string{"docker unpause " + name}
	case s.Restarting:
		found.Code, found.Commands = checker.ContainerRestarting, remake(c, task)
	case s.Status == container.StateCreated:
		found.Code, found.Commands = checker.ContainerNotStarted, []string{"docker start " + name}
	case fresh(c, snap):
		found.Found = "running since a moment ago"
	case s.OOMKilled:
		found.Code, found.Commands = checker.ContainerOutOfMemory, remake(c, task)
	case c.Config.AttachStdout && lastEnding(c, snap.Events) != "stop" && s.ExitCode == 0 && len(snap.Clues.ExposedPorts[c.Image]) > 0 && !commandGiven(c, snap.Events):
		// A server that was watched in the terminal and ended with Ctrl-C,
		// which the docker command hands on as a kill with that signal.
		found.Code, found.Commands = checker.ContainerForeground, []string{"docker start " + name}
	case lastEnding(c, snap.Events) != "":
		found.Commands = []string{"docker start " + name}
	case s.ExitCode != 0 && s.ExitCode < 128:
		found.Code, found.Commands = checker.ContainerCrashed, remake(c, task)
		found.Found = fmt.Sprintf("exited (%d)", s.ExitCode)
	case s.ExitCode == 0 && livedFor(c) < 5*time.Second:
		found.Code, found.Commands = checker.ContainerExitedAtOnce, remake(c, task)
		found.Args["command"] = strings.Join(c.Config.Cmd, " ")
	default:
		found.Commands = []string{"docker start " + name}
	}
	return found
}

// lastEnding returns the call that came after the last start and asked the
// container to end: stop or kill; "" when there was none.
func lastEnding(c *checker.Container, events []checker.Event) string {
	for i := len(events) - 1; i >= 0; i-- {
		if e := events[i]; e.Object == "container" && e.ID == c.ID && e.Kind == "call" && e.Error == "" {
			switch e.Action {
			case "stop", "kill":
				return e.Action
			case "start", "restart":
				return ""
			}
		}
	}
	return ""
}

// commandGiven reports whether the learner wrote a command after the image.
func commandGiven(c *checker.Container, events []checker.Event) bool {
	for _, e := range events {
		if e.Object == "container" && e.Action == "create" && e.ID == c.ID {
			return len(e.Command) > 0
		}
	}
	return false
}

func livedFor(c *checker.Container) time.Duration {
	start, err1 := time.Parse(time.RFC3339Nano, c.State.StartedAt)
	end, err2 := time.Parse(time.RFC3339Nano, c.State.FinishedAt)
	if err1 != nil || err2 != nil {
		return time.Hour
	}
	return end.Sub(start)
}

// afterImage returns the options of docker run that were written after the
// image and so became the program's: the command begins with a dash, and the
// image declares no program of its own that would take it.
func afterImage(c *checker.Container) string {
	if c.Config == nil || len(c.Config.Cmd) == 0 || !dash(c.Config.Cmd[0]) || len(c.Config.Entrypoint) > 0 {
		return ""
	}
	return checker.Clean(strings.Join(c.Config.Cmd, " "))
}

// dash reports whether a word is an option, also with the long and full-width
// dashes that slides and input methods put in place of a hyphen.
func dash(word string) bool {
	for _, d := range []string{"-", "–", "—", "−", "－", "ー"} {
		if strings.HasPrefix(word, d) {
			return true
		}
	}
	return false
}

// portHolder names the container of this home, other than except, that has the
// host port.
func portHolder(port, except string, snap *checker.Snapshot) string {
	for _, other := range snap.Clues.Mine {
		if other.ID == except || !other.State.Running || other.NetworkSettings == nil {
			continue
		}
		for _, list := range other.NetworkSettings.Ports {
			for _, b := range list {
				if b.HostPort == port {
					return other.ShortName()
				}
			}
		}
	}
	return ""
}

// freePort puts the removal of the port's holder before the advice, unless the
// task itself asks for that container.
func freePort(holder string, task checker.Task, advice []string) []string {
	if holder == "" || demands(task, holder) {
		return advice
	}
	return append([]string{"docker rm -f " + holder}, advice...)
}

func demands(task checker.Task, name string) bool {
	return slices.ContainsFunc(task.Checks, func(c checker.Check) bool { return c.ContainerName() == name })
}

// demandsPort reports whether the task asks for the host port.
func demandsPort(task checker.Task, port string) bool {
	return slices.ContainsFunc(task.Checks, func(c checker.Check) bool {
		return c.Port != nil && strconv.Itoa(c.Port.Host) == port
	})
}
