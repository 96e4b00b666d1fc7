package compare_test

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/image"
	"github.com/docker/go-connections/nat"

	"kihon/checker"
	"kihon/checker/compare"
)

// now is the moment at which the snapshots of these tests are taken.
var now = time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)

// The names of the lessons.
const (
	box = "apa000ex1"
	web = "apa000ex2"
)

// never is how the engine writes a time that has not come.
const never = "0001-01-01T00:00:00Z"

func id(of string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(of))) }

func imageID(ref string) string { return "sha256:" + id(ref) }

// made is a container of the learner's: httpd, in the background, running
// since a minute. What is different is said by the changes.
func made(name string, changes ...func(*checker.Container)) *checker.Container {
	c := &checker.Container{Maker: checker.Learner}
	c.ContainerJSONBase = &container.ContainerJSONBase{
		ID: id("container " + name), Name: "/" + name, Image: imageID("httpd"),
		Created: now.Add(-time.Minute).Format(time.RFC3339Nano),
		State: &container.State{
			Status: container.StateRunning, Running: true,
			StartedAt: now.Add(-time.Minute).Format(time.RFC3339Nano), FinishedAt: never,
		},
		HostConfig: &container.HostConfig{},
	}
	c.Config = &container.Config{Image: "httpd", Cmd: []string{"httpd-foreground"}}
	c.NetworkSettings = &container.NetworkSettings{}
	for _, change := range changes {
		change(c)
	}
	return c
}

func from(ref string) func(*checker.Container) {
	return func(c *checker.Container) { c.Config.Image, c.Image = ref, imageID(ref) }
}

// named is from an image under another name: an ID, a tag, a digest.
func named(as, of string) func(*checker.Container) {
	return func(c *checker.Container) { c.Config.Image, c.Image = as, imageID(of) }
}

func by(maker string) func(*checker.Container) {
	return func(c *checker.Container) { c.Maker = maker }
}

// command is what was typed after the image.
func command(words ...string) func(*checker.Container) {
	return func(c *checker.Container) { c.Config.Cmd = words }
}

func attached(c *checker.Container) { c.Config.AttachStdout = true }

func createdAt(t time.Time) func(*checker.Container) {
	return func(c *checker.Container) { c.Created = t.Format(time.RFC3339Nano) }
}

func startedAt(t time.Time) func(*checker.Container) {
	return func(c *checker.Container) { c.State.StartedAt = t.Format(time.RFC3339Nano) }
}

func exited(code int) func(*checker.Container) { return lived(code, 30*time.Second) }

func lived(code int, duration time.Duration) func(*checker.Container) {
	return func(c *checker.Container) {
		start := now.Add(-time.Minute)
		c.State = &container.State{
			Status: container.StateExited, ExitCode: code,
			StartedAt: start.Format(time.RFC3339Nano), FinishedAt: start.Add(duration).Format(time.RFC3339Nano),
		}
	}
}

func created(c *checker.Container) {
	c.State = &container.State{Status: container.StateCreated, StartedAt: never, FinishedAt: never}
}

// halfMade is what the engine leaves behind when it could make a container and
// not start it.
func halfMade(code int, message string) func(*checker.Container) {
	return func(c *checker.Container) {
		created(c)
		c.State.ExitCode, c.State.Error = code, message
	}
}

func paused(c *checker.Container) { c.State.Status, c.State.Paused = container.StatePaused, true }

// restarting is how the engine shows a program that it starts over and over:
// Running is true as well.
func restarting(c *checker.Container) {
	c.State.Status, c.State.Restarting, c.State.ExitCode = container.StateRestarting, true, 1
}

func outOfMemory(c *checker.Container) {
	exited(137)(c)
	c.State.OOMKilled = true
}

// publish is docker run -p, as the engine keeps it and, in a container that
// runs, as it has bound it. A number that the engine is to choose becomes 49153.
func publish(specs ...string) func(*checker.Container) {
	return func(c *checker.Container) {
		_, bindings, err := nat.ParsePortSpecs(specs)
		if err != nil {
			panic(err)
		}
		c.HostConfig.PortBindings = bindings
		bind(c, bindings)
	}
}

func publishAll(chosen string) func(*checker.Container) {
	return func(c *checker.Container) {
		c.HostConfig.PublishAllPorts = true
		bind(c, nat.PortMap{"80/tcp": {{HostPort: chosen}}})
	}
}

func bind(c *checker.Container, asked nat.PortMap) {
	if !c.State.Running {
		return
	}
	c.NetworkSettings.Ports = nat.PortMap{}
	for port, list := range asked {
		for _, b := range list {
			if b.HostPort == "" || b.HostPort == "0" {
				b.HostPort = "49153"
			}
			if b.HostIP == "" {
				b.HostIP = "0.0.0.0"
			}
			c.NetworkSettings.Ports[port] = append(c.NetworkSettings.Ports[port], b)
		}
	}
}

// scene is what there is on an engine and what has happened. The containers of
// this home were made since the task began, unless they are in before.
type scene struct {
	have, before []*checker.Container
	images       map[string]string // reference to what it is an image of
	then         []checker.Event   // after the containers were made
	http         map[string]checker.HTTPAnswer
	files        map[checker.FileKey]checker.File
	originals    map[checker.FileKey]string
	answer       string
	answered     bool
	missing      []string            // of the starting state
	logs         map[string][]string // by container name
	empty        map[string][]string // empty mounts, by container name
	exposed      map[string][]string // by what it is an image of; httpd has 80/tcp
	noClues      bool
}

// seen is the snapshot that is gathered of a scene for a task.
func (s scene) seen(task checker.Task) *checker.Snapshot {
	snap := &checker.Snapshot{
		Time: now, Containers: map[string]*checker.Container{}, Images: map[string]*image.InspectResponse{},
		HTTP: s.http, Files: s.files, Originals: s.originals, Answer: s.answer, Answered: s.answered,
	}
	for ref, of := range s.images {
		snap.Images[ref] = &image.InspectResponse{ID: imageID(of)}
	}
	clues := &checker.Clues{
		StartMissing: s.missing, Logs: map[string][]string{}, EmptyMounts: map[string][]string{},
		ExposedPorts: map[string][]string{imageID("httpd"): {"80/tcp"}, imageID("busybox"): {}},
	}
	for of, ports := range s.exposed {
		clues.ExposedPorts[imageID(of)] = ports
	}
	for i, c := range append(slices.Clone(s.before), s.have...) {
		for _, check := range task.Checks {
			if asks(check, c.ShortName()) {
				snap.Containers[c.ShortName()] = c
			}
		}
		if c.Maker != "" {
			clues.Mine = append(clues.Mine, c)
		}
		clues.Logs[c.ID], clues.EmptyMounts[c.ID] = s.logs[c.ShortName()], s.empty[c.ShortName()]
		if i < len(s.before) || c.Maker == "" {
			continue
		}
		e := event(c.Maker, "create", c)
		e.Image = c.Config.Image
		if words := c.Config.Cmd; !slices.Equal(words, []string{"httpd-foreground"}) {
			e.Command = words
		}
		snap.Events = append(snap.Events, e)
		if c.State.StartedAt != never {
			snap.Events = append(snap.Events, event(c.Maker, "start", c))
		}
	}
	slices.SortStableFunc(clues.Mine, func(a, b *checker.Container) int { return strings.Compare(b.Created, a.Created) })
	snap.Events = append(snap.Events, s.then...)
	for i := range snap.Events {
		snap.Events[i].Seq = task.FromSeq + int64(i) + 1
	}
	if !s.noClues {
		snap.Clues = clues
	}
	return snap
}

func asks(c checker.Check, name string) bool {
	return c.Container != nil && c.Container.Name == name || c.Port != nil && c.Port.Container == name ||
		c.HTTP != nil && c.HTTP.Container == name || c.File != nil && c.File.Container == name ||
		c.History != nil && c.History.Container == name || c.Answer != nil && c.Answer.ContainerID == name
}

func event(actor, action string, c *checker.Container) checker.Event {
	return checker.Event{Time: now, Actor: actor, Kind: "call", Object: "container", Action: action, ID: c.ID, Name: c.ShortName(), Status: 204}
}

// did is a call of the learner's that the engine carried out.
func did(action string, c *checker.Container) checker.Event { return event(checker.Learner, action, c) }

// set is a call of kihon's own.
func set(action string, c *checker.Container) checker.Event { return event(checker.Kihon, action, c) }

// befell is an event that no call of this home explains.
func befell(action string, c *checker.Container) checker.Event {
	e := event("other", action, c)
	e.Kind, e.Status = "event", 0
	return e
}

// denied is a call of the learner's that the engine refused.
func denied(action, name string, status int, message string) checker.Event {
	return checker.Event{Time: now, Actor: checker.Learner, Kind: "call", Object: "container", Action: action, Name: name, Status: status, Error: message}
}

func nameConflict(c *checker.Container) checker.Event {
	return denied("create", c.ShortName(), 409, fmt.Sprintf("Conflict. The container name \"/%s\" is already in use by container %q. You have to remove (or rename) that container to be able to reuse that name.", c.ShortName(), c.ID))
}

// pullDenied is how docker run of an image that is not there ends: with the
// pull that the client tried.
func pullDenied(ref, message string) checker.Event {
	return checker.Event{Time: now, Actor: checker.Learner, Kind: "call", Object: "image", Action: "pull", Name: ref, Status: 404, Error: message}
}

func typed(line string) checker.Event {
	return checker.Event{Time: now, Actor: checker.Learner, Kind: "command", Command: []string{line}}
}

func gap() checker.Event { return checker.Event{Time: now, Actor: "other", Kind: "gap"} }

// story is a scene and what is said about it: the cause.
type story struct {
	name string
	task checker.Task
	scene
	code     string
	subject  string // where it matters
	wanted   string
	found    string
	args     map[string]string // some of them
	commands []string
	more     []string // the codes of the findings after the first
}

func tell(t *testing.T, stories []story) {
	t.Helper()
	for _, s := range stories {
		t.Run(s.name, func(t *testing.T) {
			v := compare.Compare(s.task, s.seen(s.task))
			if v.Outcome != checker.NotYet || len(v.Findings) == 0 {
				t.Fatalf("%s with findings %v, want not yet because of %s", v.Outcome, codes(v.Findings), s.code)
			}
			f := v.Findings[0]
			if f.Code != s.code {
				t.Fatalf("the cause is %s (found %q), want %s", f.Code, f.Found, s.code)
			}
			for what, pair := range map[string][2]string{"subject": {f.Subject, s.subject}, "wanted": {f.Wanted, s.wanted}, "found": {f.Found, s.found}} {
				if pair[1] != "" && pair[0] != pair[1] {
					t.Errorf("%s %q, want %q", what, pair[0], pair[1])
				}
			}
			for name, want := range s.args {
				if f.Args[name] != want {
					t.Errorf("argument %s is %q, want %q", name, f.Args[name], want)
				}
			}
			if !slices.Equal(f.Commands, s.commands) {
				t.Errorf("advice\n\t%s\nwant\n\t%s", strings.Join(f.Commands, "\n\t"), strings.Join(s.commands, "\n\t"))
			}
			if more := codes(v.Findings[1:]); !slices.Equal(more, s.more) {
				t.Errorf("and then %v, want %v", more, s.more)
			}
		})
	}
}

func codes(findings []checker.Finding) []string {
	var out []string
	for _, f := range findings {
		out = append(out, f.Code)
	}
	return out
}

// right is a scene that fulfils its task.
type right struct {
	name string
	task checker.Task
	scene
	remarks []string
}

func accept(t *testing.T, rights []right) {
	t.Helper()
	for _, r := range rights {
		t.Run(r.name, func(t *testing.T) {
			v := compare.Compare(r.task, r.seen(r.task))
			if v.Outcome != checker.Passed {
				t.Fatalf("%s because of %v, want passed", v.Outcome, v.Findings)
			}
			if len(v.Findings) > 0 || v.Pending || len(v.Evidence) != len(r.task.Checks) {
				t.Errorf("passed with findings %v, pending %v, evidence %v", v.Findings, v.Pending, v.Evidence)
			}
			if got := codes(v.Remarks); !slices.Equal(got, r.remarks) {
				t.Errorf("remarks %v, want %v", got, r.remarks)
			}
		})
	}
}
