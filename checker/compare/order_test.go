package compare_test

import (
	"slices"
	"testing"
	"time"

	"kihon/checker"
	"kihon/checker/compare"
)

// The first finding is the cause whose cure makes the others vanish.

func TestTheCauseComesFirst(t *testing.T) {
	first := made("first", publish("8080:80"), createdAt(now.Add(-2*time.Minute)))
	wrong := made(web, from("busybox"), publish("80:8080"))
	tell(t, []story{
		{
			name: "the image before the ports", task: reachApache, scene: silentPort("EOF").with(wrong),
			code: checker.ContainerWrongImage, commands: []string{"docker rm -f apa000ex2", runWeb},
		},
		{
			name: "the options after the image before the command that they became", task: reachApache,
			scene: there(made(web, command("-p", "8080:80"), halfMade(127, noSuchDash))),
			code:  checker.ContainerOptionsAfterImage, found: "-p 8080:80", commands: []string{"docker rm -f apa000ex2", runWeb},
		},
		{
			name: "what the engine said before the exit code", task: runApache, scene: there(made(box, command("apache"), halfMade(127, noSuchCommand))),
			code: checker.ContainerCommandNotFound, commands: []string{"docker rm -f apa000ex1", runBox},
		},
		{
			name: "the taken port before the container that is not started", task: reachApache,
			scene: there(first, made(web, publish("8080:80"), halfMade(128, portAllocated))),
			code:  checker.PortInUseByContainer, commands: []string{"docker rm -f first", "docker rm -f apa000ex2", runWeb},
		},
		{
			name: "what somebody else made before everything about it", task: reachApache, scene: there(made(web, by(""), from("busybox"), exited(1))),
			code: checker.EngineOutsideSandbox, commands: []string{"kihon reset ports/reach-apache"},
		},
		{
			name: "the state before the page", task: ownPage, scene: answers(200, welcome, checker.File{}).with(made(web, publish("8080:80"), paused, by(checker.Kihon))),
			code: checker.ContainerPaused, commands: []string{"docker unpause apa000ex2"},
		},
		{
			name: "the port before the page", task: reachApache, scene: silentPort("connection refused").with(made(web, publish("9090:80"))),
			code: checker.PortWrongHostPort, commands: []string{"docker rm -f apa000ex2", runWeb},
		},
		{
			name: "the state before the history", task: stopApache, scene: there(made(box, by(checker.Kihon))),
			code: checker.ContainerStillRunning, commands: []string{"docker stop apa000ex1"},
		},
		{
			name: "a starting state that is gone before everything", task: ownPage,
			scene: scene{missing: []string{web}, then: []checker.Event{typed("docker rum"), nameConflict(made(web))}},
			code:  checker.StartMissing, commands: []string{"kihon reset ports/your-own-page"},
		},
		{
			name: "one cause for each container", scene: there(made("apa00ex1"), made("second", exited(1), by(checker.Kihon))),
			task: task("a/two", append(slices.Clone(runApache.Checks), containerCheck(checker.ContainerFact{Name: "second", State: "running"}), historyCheck("second", "stop"))...),
			code: checker.ContainerNearName, commands: []string{"docker rename apa00ex1 apa000ex1"}, more: []string{checker.ContainerCrashed},
		},
		{
			name: "and one for each answer", task: task("a/quiz", answerCheck(checker.AnswerFact{Choices: []int{1}, Of: 2}), imageCheck(checker.ImageFact{Reference: "httpd"})), scene: say("2"),
			code: checker.AnswerWrong, more: []string{checker.ImageMissing},
		},
	})
}

// nothing.changed is about a command that the learner has just typed and that
// ended in their own shell.
func TestNothingChangedIsSaidOnlyOfASilentCommand(t *testing.T) {
	c := made(box, created)
	tooShort := denied("create", "a", 400, "Invalid container name (a), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed")
	refused := denied("start", "httpd", 404, "No such container: httpd")
	checked := func(seq int64) checker.Task {
		task := runApache
		task.CheckedSeq = seq
		return task
	}
	for _, s := range []struct {
		name string
		task checker.Task
		scene
		silent bool
	}{
		{"nothing was typed", runApache, scene{}, false},
		{"a misspelt command", runApache, scene{then: []checker.Event{typed("docker rum")}}, true},
		{"a command beside docker", runApache, scene{then: []checker.Event{typed("ls")}}, true},
		{"a call that the engine could not read", runApache, scene{then: []checker.Event{tooShort, typed("docker run --name a -d httpd")}}, true},
		{"a call that the engine refused", runApache, scene{then: []checker.Event{refused, typed("docker start httpd")}}, false},
		{"a call that did not do", runApache, there(c).and(typed("docker create httpd")), false},
		{"a change, and then a silent command", runApache, there(c).and(typed("docker ps")), false},
		{"a change before the last check, and then a silent command", checked(1), there(c).and(typed("docker ps")), true},
		{"a silent command before the last check", checked(1), scene{then: []checker.Event{typed("docker rum")}}, false},
		{"what kihon did is no change of the learner's", runApache, scene{then: []checker.Event{set("create", c), typed("docker rum")}}, true},
		{"what somebody else did is none either", runApache, scene{then: []checker.Event{befell("stop", c), typed("docker rum")}}, true},
		{"a question, whose answer needs no call", whichSide, say("1").and(typed("docker ps")), false},
		{"a question that has no answer yet", whichSide, scene{then: []checker.Event{typed("docker ps")}}, false},
		{"the starting state is gone", ownPage, scene{missing: []string{web}, then: []checker.Event{typed("docker rum")}}, false},
	} {
		t.Run(s.name, func(t *testing.T) {
			got := codes(compare.Compare(s.task, s.seen(s.task)).Findings)
			if at := slices.Index(got, checker.NothingChanged); at > 0 || (at == 0) != s.silent || len(got) == 0 {
				t.Errorf("findings %v, %s first: want %v", got, checker.NothingChanged, s.silent)
			}
		})
	}
}

// Two steps lead into these; one finding has to lead out.
func TestTrapsOfTwoSteps(t *testing.T) {
	first := made("first", publish("8080:80"), createdAt(now.Add(-2*time.Minute)))
	half := made(web, publish("8080:80"), halfMade(128, portAllocated))
	bare := made(web)
	stopped := made(web, publish("8080:80"), exited(0))
	paused := made(web, publish("8080:80"), paused)
	other := made("other", exited(0), from("busybox"))
	again := []string{"docker rm -f apa000ex2", runWeb}
	tell(t, []story{
		{
			name: "a clash, the port freed, and the same name once more", task: reachApache, scene: there(half).and(nameConflict(half)),
			code: checker.ContainerNameInUse, subject: "container apa000ex2", found: "created", commands: again,
		},
		{
			name: "a clash, and the same name once more", task: reachApache, scene: there(first, half).and(nameConflict(half)),
			code: checker.ContainerNameInUse, found: "created", args: map[string]string{"holder": "first"},
			commands: append([]string{"docker rm -f first"}, again...),
		},
		{
			name: "stopped, and the same name once more", task: reachApache, scene: there(stopped).and(did("stop", stopped), nameConflict(stopped)),
			code: checker.ContainerNameInUse, found: "exited", commands: []string{"docker start apa000ex2"},
		},
		{
			name: "paused, and the same name once more", task: reachApache, scene: there(paused).and(did("pause", paused), nameConflict(paused)),
			code: checker.ContainerNameInUse, found: "paused", commands: []string{"docker unpause apa000ex2"},
		},
		{
			name: "without a port, and the same name once more with one", task: reachApache, scene: there(bare).and(nameConflict(bare)),
			code: checker.ContainerNameInUse, found: "running", commands: again,
		},
		{
			name: "a conflict, and then something else that worked", task: reachApache, scene: there(stopped).and(nameConflict(stopped), did("start", other)),
			code: checker.ContainerNotRunning, commands: []string{"docker start apa000ex2"},
		},
		{
			name: "a conflict about another name", task: reachApache, scene: there(stopped, other).and(did("stop", stopped), nameConflict(other)),
			code: checker.ContainerNotRunning, commands: []string{"docker start apa000ex2"},
		},
		{
			name: "a conflict about another name, and the demanded one was never typed", task: reachApache, scene: there(other).and(nameConflict(other)),
			code: checker.ContainerNameInUse, args: map[string]string{"name": "other"}, commands: []string{runWeb},
		},
		{
			name: "options after the image, and then the right command under a name with a slip", task: reachApache,
			scene: there(made("brave_turing", command("-d"), halfMade(127, noSuchDash), createdAt(now.Add(-2*time.Minute))), made("apa00ex2", publish("8080:80"))),
			code:  checker.ContainerNearName, found: "apa00ex2", commands: []string{"docker rename apa00ex2 apa000ex2"},
		},
		{
			name: "a clash without a name", task: reachApache, scene: there(first, made("brave_turing", publish("8080:80"), halfMade(128, portAllocated))),
			code: checker.ContainerDuplicate, found: "first", commands: []string{"docker rm -f brave_turing", "docker rename first apa000ex2"},
		},
		{
			name: "a clash under a name with a slip", task: reachApache,
			scene: there(made("holder", by(""), publish("8080:80")), made("apa00ex2", publish("8080:80"), halfMade(128, portAllocated))),
			code:  checker.PortInUseByContainer, args: map[string]string{"host_port": "8080"},
			commands: []string{"docker rm -f apa00ex2", runWeb},
		},
		{
			name: "a slip in the name, and not started", task: runApache, scene: there(made("apa00ex1", created)),
			code: checker.ContainerNearName, commands: []string{"docker rename apa00ex1 apa000ex1", "docker start apa000ex1"},
		},
		{
			name: "a wrong image that could not be started either", task: reachApache,
			scene: there(made(web, from("busybox"), publish("8080:80"), halfMade(128, portAllocated))),
			code:  checker.PortInUseByContainer, commands: again,
		},
	})
}

// Of two containers the one that was made later is the second one. The engine
// leaves out the noughts at the end of a fraction of a second.
func TestWhichContainerIsTheSecondIsAMatterOfTime(t *testing.T) {
	first := made(box, exited(0), createdAt(now.Add(-500*time.Millisecond)))
	second := made("brave_turing", createdAt(now.Add(-480*time.Millisecond)))
	tell(t, []story{{
		name: "half a second, and a little more", task: runApache, scene: there(first, second),
		code: checker.ContainerDuplicate, args: map[string]string{"found_container": "brave_turing"},
		commands: []string{"docker rm -f brave_turing", "docker start apa000ex1"},
	}})
}
