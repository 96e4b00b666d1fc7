package compare_test

import (
	"testing"
	"time"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/mount"

	"kihon/checker"
)

// The engine's words for a container that it could not start, as 20.10 says
// them and keeps them in State.Error.
const (
	runtimeFailed   = "failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: "
	noSuchCommand   = runtimeFailed + `exec: "apache": executable file not found in $PATH: unknown`
	noSuchDash      = runtimeFailed + `exec: "-d": executable file not found in $PATH: unknown`
	noSuchQuoted    = runtimeFailed + `exec: "echo hello": executable file not found in $PATH: unknown`
	notExecutable   = runtimeFailed + `exec: "/etc/passwd": permission denied: unknown`
	folderOnFile    = runtimeFailed + `error during container init: error mounting "/home/me/kihon/index.htm" to rootfs at "/usr/local/apache2/htdocs/index.html": mount /home/me/kihon/index.htm:/usr/local/apache2/htdocs/index.html (via /proc/self/fd/6), flags: 0x5000: not a directory: unknown: Are you trying to mount a directory onto a file (or vice-versa)? Check if the specified host path exists and is the expected type`
	noSuchNetwork   = "network front not found"
	portAllocated   = "driver failed programming external connectivity on endpoint apa000ex2 (e7af1c): Bind for 0.0.0.0:8080 failed: port is already allocated"
	portOfAProgram  = "driver failed programming external connectivity on endpoint apa000ex2 (e7af1c): Error starting userland proxy: listen tcp4 0.0.0.0:8080: bind: address already in use"
	neverHeardSince = "the engine has a new reason"
)

// causesOfContainers are the stories about one container that is not as it is
// demanded.
func causesOfContainers() []story {
	first := made("first", publish("8080:80"), createdAt(now.Add(-2*time.Minute)))
	old := made(box, exited(0))
	return []story{
		{
			name: "nobody has made it", task: runApache,
			code: checker.ContainerMissing, subject: "container apa000ex1", wanted: "apa000ex1 (httpd)", found: "missing",
			args: map[string]string{"container": box, "image": "httpd", "exercise": "create-and-remove/run-apache"},
		},
		{
			name: "it was made and removed again", task: runApache,
			scene: scene{then: []checker.Event{did("create", old), did("start", old), did("destroy", old)}},
			code:  checker.ContainerMissing, found: "missing", commands: []string{runBox},
		},
		{
			name: "the image's name in place of a container's", task: runApache,
			scene: scene{then: []checker.Event{denied("start", "httpd", 404, "No such container: httpd")}},
			code:  checker.ContainerMissing, found: "No such container: httpd", commands: []string{runBox},
		},
		{
			name: "without a name", task: runApache, scene: there(made("brave_turing")),
			code: checker.ContainerOtherName, found: "brave_turing",
			args:     map[string]string{"container": box, "found_container": "brave_turing", "image": "httpd"},
			commands: []string{"docker rename brave_turing apa000ex1"},
		},
		{
			name: "without a name, and stopped", task: runApache, scene: there(made("brave_turing", exited(0))),
			code: checker.ContainerOtherName, found: "brave_turing",
			commands: []string{"docker rename brave_turing apa000ex1", "docker start apa000ex1"},
		},
		{
			name: "with a slip in the name", task: runApache, scene: there(made("apa00ex1")),
			code: checker.ContainerNearName, found: "apa00ex1", args: map[string]string{"found_container": "apa00ex1", "container": box},
			commands: []string{"docker rename apa00ex1 apa000ex1"},
		},
		{
			name: "several, and none with the name", task: runApache,
			scene: there(made("brave_turing", exited(0)), made("lucid_hopper"), made("calm_noether", created)),
			code:  checker.ContainerDuplicate, found: "lucid_hopper", args: map[string]string{"container": box},
			commands: []string{"docker rm -f brave_turing", "docker rm -f calm_noether", "docker rename lucid_hopper apa000ex1"},
		},
		{
			name: "a second one in place of starting the first", task: runApache,
			scene: there(made(box, exited(0), createdAt(now.Add(-2*time.Minute))), made("brave_turing")),
			code:  checker.ContainerDuplicate, args: map[string]string{"container": box, "found_container": "brave_turing"},
			commands: []string{"docker rm -f brave_turing", "docker start apa000ex1"},
		},
		{
			name: "from another image", task: runApache, scene: there(made(box, from("busybox"))),
			code: checker.ContainerWrongImage, wanted: "httpd", found: "busybox", args: map[string]string{"image": "httpd", "found_image": "busybox"},
			commands: []string{"docker rm -f apa000ex1", runBox},
		},
		{
			name: "run again under the same name after stopping it", task: runApache,
			scene: there(old).and(did("stop", old), nameConflict(old)),
			code:  checker.ContainerNameInUse, found: "exited", args: map[string]string{"container": box},
			commands: []string{"docker start apa000ex1"},
		},
		{
			name: "made and never started", task: runApache, scene: there(made(box, created)),
			code: checker.ContainerNotStarted, wanted: "running", found: "created", commands: []string{"docker start apa000ex1"},
		},
		{
			name: "a start that failed for a reason nobody foresaw", task: runApache, scene: there(made(box, halfMade(128, neverHeardSince))),
			code: checker.ContainerNotStarted, found: neverHeardSince, commands: []string{"docker rm -f apa000ex1", runBox},
		},
		{
			name: "stopped", task: runApache, scene: there(old).and(did("stop", old)),
			code: checker.ContainerNotRunning, wanted: "running", found: "exited", commands: []string{"docker start apa000ex1"},
		},
		{
			name: "ended long after it began, nobody knows why", task: runApache, scene: there(made(box, exited(0))),
			code: checker.ContainerNotRunning, found: "exited", commands: []string{"docker start apa000ex1"},
		},
		{
			name: "killed from outside", task: runApache, scene: there(made(box, exited(137))),
			code: checker.ContainerNotRunning, args: map[string]string{"exit_code": "137"}, commands: []string{"docker start apa000ex1"},
		},
		{
			name: "paused", task: runApache, scene: there(made(box, paused)),
			code: checker.ContainerPaused, found: "paused", commands: []string{"docker unpause apa000ex1"},
		},
		{
			name: "paused where it should have stopped", task: stopApache, scene: there(made(box, paused, by(checker.Kihon))),
			code: checker.ContainerPaused, wanted: "exited", commands: []string{"docker unpause apa000ex1", "docker stop apa000ex1"},
		},
		{
			name: "a shell in place of the server", task: runApache,
			scene: there(made(box, lived(0, 80*time.Millisecond), command("sh"))),
			code:  checker.ContainerExitedAtOnce, args: map[string]string{"command": "sh", "exit_code": "0"},
			commands: []string{"docker rm -f apa000ex1", runBox},
		},
		{
			name: "a program that failed", task: runApache,
			scene: scene{
				have: []*checker.Container{made(box, lived(2, time.Second), command("ls", "/htdocs"))},
				logs: map[string][]string{box: {"one line", "ls: /htdocs: No such file or directory"}},
			},
			code: checker.ContainerCrashed, found: "exited (2)",
			args:     map[string]string{"exit_code": "2", "log": "ls: /htdocs: No such file or directory"},
			commands: []string{"docker rm -f apa000ex1", runBox},
		},
		{
			name: "started over and over", task: runApache, scene: there(made(box, restarting, command("false"))),
			code: checker.ContainerRestarting, found: "restarting", commands: []string{"docker rm -f apa000ex1", runBox},
		},
		{
			name: "out of memory", task: runApache, scene: there(made(box, outOfMemory)),
			code: checker.ContainerOutOfMemory, args: map[string]string{"exit_code": "137"}, commands: []string{"docker rm -f apa000ex1", runBox},
		},
		{
			name: "still running where it should have stopped", task: stopApache, scene: there(made(box, by(checker.Kihon))),
			code: checker.ContainerStillRunning, wanted: "exited", found: "running", commands: []string{"docker stop apa000ex1"},
		},
		{
			name: "still being started over and over where it should have stopped", task: stopApache, scene: there(made(box, restarting)),
			code: checker.ContainerStillRunning, commands: []string{"docker stop apa000ex1"},
		},
		{
			name: "made anew, and not started, where it should have stopped", task: stopApache, scene: there(made(box, created)),
			code: checker.ContainerNotStarted, commands: []string{"docker start apa000ex1", "docker stop apa000ex1"},
		},
		{
			name: "still running where it should be gone", task: removeApache, scene: there(made(box, by(checker.Kihon))),
			code: checker.ContainerStillRunning, wanted: "absent", found: "running", commands: []string{"docker stop apa000ex1", "docker rm apa000ex1"},
		},
		{
			name: "still there where it should be gone", task: removeApache, scene: there(made(box, exited(0), by(checker.Kihon))),
			code: checker.ContainerStillExists, wanted: "absent", found: "exited", commands: []string{"docker rm apa000ex1"},
		},
		{
			name: "watched in the terminal until Ctrl-C", task: runApache, scene: there(made(box, attached, exited(0))),
			code: checker.ContainerForeground, commands: []string{"docker start apa000ex1"},
		},
		{
			name: "options after the image, and so no name", task: runApache,
			scene: there(made("brave_turing", command("--name", box, "-d"), halfMade(127, noSuchDash))),
			code:  checker.ContainerOptionsAfterImage, subject: "container brave_turing", found: "--name apa000ex1 -d",
			args:     map[string]string{"options": "--name apa000ex1 -d", "image": "httpd"},
			commands: []string{"docker rm -f brave_turing", runBox},
		},
		{
			name: "one option after the image", task: runApache, scene: there(made(box, command("-d"), halfMade(127, noSuchDash))),
			code: checker.ContainerOptionsAfterImage, subject: "container apa000ex1", found: "-d", commands: []string{"docker rm -f apa000ex1", runBox},
		},
		{
			name: "a long dash from slides after the image", task: runApache, scene: there(made(box, command("–d"), halfMade(127, noSuchDash))),
			code: checker.ContainerOptionsAfterImage, found: "–d", commands: []string{"docker rm -f apa000ex1", runBox},
		},
		{
			name: "a full-width dash after the image", task: runApache, scene: there(made(box, command("－d"), halfMade(127, noSuchDash))),
			code: checker.ContainerOptionsAfterImage, found: "－d", commands: []string{"docker rm -f apa000ex1", runBox},
		},
		{
			name: "a command that the image has not", task: runApache, scene: there(made(box, command("apache"), halfMade(127, noSuchCommand))),
			code: checker.ContainerCommandNotFound, args: map[string]string{"command": "apache"}, commands: []string{"docker rm -f apa000ex1", runBox},
		},
		{
			name: "a file that is no program", task: runApache, scene: there(made(box, command("/etc/passwd"), halfMade(126, notExecutable))),
			code: checker.ContainerCommandNotExecutable, args: map[string]string{"command": "/etc/passwd"}, commands: []string{"docker rm -f apa000ex1", runBox},
		},
		{
			name: "a whole command as one quoted word", task: runApache, scene: there(made(box, command("echo hello"), halfMade(127, noSuchQuoted))),
			code: checker.ContainerQuotedCommand, args: map[string]string{"command": "echo hello"}, commands: []string{"docker rm -f apa000ex1", runBox},
		},
		{
			name: "a folder mounted on a file", task: ownPage, scene: there(made(web, halfMade(127, folderOnFile))),
			code: checker.MountFileAndFolder, commands: []string{"kihon reset ports/your-own-page"},
		},
		{
			name: "a network that is not there", task: reachApache, scene: there(made(web, publish("8080:80"), halfMade(128, noSuchNetwork))),
			code: checker.NetworkMissing, args: map[string]string{"network": "front"}, commands: []string{"docker rm -f apa000ex2", runWeb},
		},
		{
			name: "the port leads into another container of the learner's", task: reachApache,
			scene: there(first, made(web, publish("8080:80"), halfMade(128, portAllocated))),
			code:  checker.PortInUseByContainer, args: map[string]string{"host_port": "8080", "holder": "first", "container": web},
			commands: []string{"docker rm -f first", "docker rm -f apa000ex2", runWeb},
		},
		{
			name:  "the port leads into a container that the task demands as well",
			task:  task("ports/two", append([]checker.Check{containerCheck(checker.ContainerFact{Name: "first", State: "running"})}, reachApache.Checks...)...),
			scene: there(first, made(web, publish("8080:80"), halfMade(128, portAllocated))),
			code:  checker.PortInUseByContainer, args: map[string]string{"holder": "first"},
			commands: []string{"docker rm -f apa000ex2", runWeb},
		},
		{
			name: "the port leads into somebody else's container", task: reachApache,
			scene: there(made("theirs", by(""), publish("8080:80")), made(web, publish("8080:80"), halfMade(128, portAllocated))),
			code:  checker.PortInUseByContainer, args: map[string]string{"holder": "", "host_port": "8080"},
			commands: []string{"docker rm -f apa000ex2", runWeb},
		},
		{
			name: "the demanded port is a program's", task: reachApache, scene: there(made(web, publish("8080:80"), halfMade(128, portOfAProgram))),
			code: checker.PortInUseByProgram, args: map[string]string{"host_port": "8080"}, commands: []string{"kihon reset ports/reach-apache"},
		},
		{
			name: "made outside the sandbox", task: runApache, scene: there(made(box, by(""))),
			code: checker.EngineOutsideSandbox, found: "made outside the sandbox", commands: []string{"kihon reset create-and-remove/run-apache"},
		},
		{
			name: "somebody else's where there should be none", task: removeApache, scene: there(made(box, by(""))),
			code: checker.EngineOutsideSandbox, commands: []string{"kihon reset create-and-remove/remove-apache"},
		},
		{
			name: "what kihon left from another exercise", task: runApache, scene: there(made(box, by(checker.Kihon))),
			code: checker.StartMissing, found: "made by kihon", args: map[string]string{"container": box, "exercise": "create-and-remove/run-apache"},
			commands: []string{"kihon reset create-and-remove/run-apache"},
		},
		{
			name: "the starting state is gone", task: ownPage, scene: scene{missing: []string{web}},
			code: checker.StartMissing, subject: "container apa000ex2", wanted: web, args: map[string]string{"container": web, "exercise": "ports/your-own-page"},
			commands: []string{"kihon reset ports/your-own-page"},
		},
		{
			name: "a command that did not reach the engine", task: runApache, scene: scene{then: []checker.Event{typed("docker rum httpd")}},
			code: checker.NothingChanged, subject: "engine", more: []string{checker.ContainerMissing},
		},
	}
}

func TestWhyAContainerIsNotAsItIsDemanded(t *testing.T) { tell(t, causesOfContainers()) }

// A container that nobody has started since has lived for less than no time.
func TestARunningContainerIsNeverSaidToHaveEnded(t *testing.T) {
	wantPaused := task("a/pause", containerCheck(checker.ContainerFact{Name: box, Image: "httpd", State: "paused"}))
	wantCreated := task("a/create", containerCheck(checker.ContainerFact{Name: box, Image: "httpd", State: "created"}))
	tell(t, []story{
		{
			name: "where it should be paused", task: wantPaused, scene: there(made(box)),
			code: checker.ContainerStillRunning, wanted: "paused", found: "running", commands: []string{"docker pause apa000ex1"},
		},
		{
			name: "where it should not be started yet", task: wantCreated, scene: there(made(box)),
			code: checker.ContainerStillRunning, wanted: "created", found: "running",
			commands: []string{"docker rm -f apa000ex1", "docker create --name apa000ex1 httpd"},
		},
	})
}

func TestTextOfAnImageCannotSteerTheTerminal(t *testing.T) {
	s := there(made(box, command("-\x1b]0;owned\a\x1b[2J"), halfMade(127, noSuchDash)))
	tell(t, []story{{
		name: "in what stands after the image", task: runApache, scene: s,
		code: checker.ContainerOptionsAfterImage, found: "-", commands: []string{"docker rm -f apa000ex1", runBox},
	}})
}

func TestAMountIsNoReasonWhileTheContainerRuns(t *testing.T) {
	c := made(web, publish("8080:80"), func(c *checker.Container) {
		c.Mounts = []container.MountPoint{{Type: mount.TypeBind, Source: "/home/me/kihon/site", Destination: "/usr/local/apache2/htdocs"}}
	})
	accept(t, []right{{name: "the page is the folder's", task: ownPage, scene: answers(200, "sakura", checker.File{}).with(c)}})
}
