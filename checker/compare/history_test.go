package compare_test

import (
	"net/http"
	"testing"

	"kihon/checker"
	"kihon/checker/compare"
)

func steps(names ...string) checker.Task { return task("a/history", historyCheck(box, names...)) }

// causesOfHistories are the stories about steps that the learner has not taken.
func causesOfHistories() []story {
	kihons := made(box, by(checker.Kihon))
	stopped := made(box, by(checker.Kihon), exited(0))
	reset := []string{"kihon reset a/history"}
	return []story{
		{
			name: "stopped from inside", task: stopApache, scene: there(stopped).and(befell("die", stopped)),
			code: checker.HistoryMissingStep, subject: "container apa000ex1", wanted: "stop|kill", args: map[string]string{"step": "stop", "container": box},
			commands: []string{"docker start apa000ex1", "docker stop apa000ex1"},
		},
		{
			name: "stopped by kihon for the start", task: steps("stop"), scene: there(stopped).and(set("stop", stopped)),
			code: checker.HistoryMissingStep, commands: []string{"docker start apa000ex1", "docker stop apa000ex1"},
		},
		{
			name: "stopped by somebody else", task: stopApache, scene: there(stopped).and(befell("stop", stopped)),
			code: checker.EngineOutsideSandbox, wanted: "stop|kill", commands: []string{"kihon reset create-and-remove/stop-apache"},
		},
		{
			name: "removed by somebody else", task: removeApache, scene: scene{then: []checker.Event{befell("destroy", stopped)}},
			code: checker.EngineOutsideSandbox, commands: []string{"kihon reset create-and-remove/remove-apache"},
		},
		{
			name: "the engine refused the stop", task: steps("stop"),
			scene: there(kihons).and(checker.Event{Kind: "call", Actor: checker.Learner, Object: "container", Action: "stop", ID: kihons.ID, Name: box, Status: 500, Error: "tried to kill container, but did not receive an exit event"}),
			code:  checker.HistoryMissingStep, commands: []string{"docker stop apa000ex1"},
		},
		{
			name: "the first of two", task: steps("stop", "start"), scene: there(kihons),
			code: checker.HistoryMissingStep, wanted: "stop, start", args: map[string]string{"step": "stop"},
			commands: []string{"docker stop apa000ex1", "docker start apa000ex1"},
		},
		{
			name: "the second of two", task: steps("stop", "start"), scene: there(stopped).and(did("stop", stopped)),
			code: checker.HistoryMissingStep, found: "stop", args: map[string]string{"step": "start"}, commands: []string{"docker start apa000ex1"},
		},
		{
			name: "in the wrong order", task: steps("stop", "start"), scene: there(stopped).and(did("start", stopped), did("stop", stopped)),
			code: checker.HistoryWrongOrder, wanted: "stop, start", found: "start, stop", commands: []string{"docker start apa000ex1"},
		},
		{
			name: "perhaps while nobody looked", task: stopApache, scene: there(stopped).and(gap()),
			code: checker.HistoryGap, commands: []string{"docker start apa000ex1", "docker stop apa000ex1"},
		},
		{
			name: "the steps of two containers of the name are not one history", task: steps("stop", "destroy"),
			scene: scene{then: []checker.Event{did("stop", made(box, exited(0))), {Kind: "call", Actor: checker.Learner, Object: "container", Action: "destroy", ID: id("another"), Name: box, Status: 204}}},
			code:  checker.HistoryMissingStep, found: "stop", commands: reset,
		},
		{
			name: "its container is gone", task: steps("pause"), scene: scene{then: []checker.Event{did("destroy", stopped)}},
			code: checker.HistoryMissingStep, found: "destroy", commands: reset,
		},
		{
			name: "removed at once, though it ran", task: steps("destroy"), scene: there(kihons),
			code: checker.HistoryMissingStep, commands: []string{"docker stop apa000ex1", "docker rm apa000ex1"},
		},
		{
			name: "paused and not unpaused", task: steps("pause", "unpause"), scene: there(made(box, paused, by(checker.Kihon))).and(did("pause", kihons)),
			code: checker.HistoryMissingStep, args: map[string]string{"step": "unpause"}, commands: []string{"docker unpause apa000ex1"},
		},
		{
			name: "a step that no single command takes", task: steps("rename"), scene: there(kihons),
			code: checker.HistoryMissingStep, args: map[string]string{"step": "rename"},
		},
		{
			name: "another container's history", task: steps("stop"), scene: there(kihons).and(did("stop", made("other"))),
			code: checker.HistoryMissingStep, commands: []string{"docker stop apa000ex1"},
		},
	}
}

func TestWhatIsMissingFromAHistory(t *testing.T) { tell(t, causesOfHistories()) }

// The engine answers 304 to a start of what runs already: nothing happened.
func TestACallThatChangedNothingIsNoStep(t *testing.T) {
	c := made(box, by(checker.Kihon))
	unchanged := did("start", c)
	unchanged.Status = http.StatusNotModified
	v := compare.Compare(steps("start"), there(c).and(unchanged).seen(steps("start")))
	if v.Outcome != checker.NotYet || v.Findings[0].Code != checker.HistoryMissingStep {
		t.Errorf("%s %v, want not yet: %s", v.Outcome, codes(v.Findings), checker.HistoryMissingStep)
	}
}

// Each command of an advice has to work in the state that the one before it
// leaves behind.
func TestTheAdvisedStepsCanBeTakenOneAfterTheOther(t *testing.T) {
	tell(t, []story{
		{
			name: "kill needs a running container", task: steps("kill"), scene: there(made(box, exited(0), by(checker.Kihon))),
			code: checker.HistoryMissingStep, commands: []string{"docker start apa000ex1", "docker kill apa000ex1"},
		},
		{
			name: "pause needs a running container", task: steps("pause"), scene: there(made(box, exited(0), by(checker.Kihon))),
			code: checker.HistoryMissingStep, commands: []string{"docker start apa000ex1", "docker pause apa000ex1"},
		},
		{
			name: "who was unpaused runs", task: steps("pause", "unpause", "stop"), scene: there(made(box, by(checker.Kihon))),
			code:     checker.HistoryMissingStep,
			commands: []string{"docker pause apa000ex1", "docker unpause apa000ex1", "docker stop apa000ex1"},
		},
	})
}

func TestAHistoryThatHoldsTheSteps(t *testing.T) {
	c := made(box, exited(0))
	renamed := event(checker.Learner, "rename", c)
	old := made("brave_turing", func(o *checker.Container) { o.ID = c.ID })
	accept(t, []right{
		{name: "stopped", task: steps("stop"), scene: there(c).and(did("stop", c))},
		{name: "an alternative", task: steps("start", "stop|kill"), scene: there(c).and(did("kill", c))},
		{name: "other steps between them", task: steps("start", "stop", "start"), scene: there(c).and(did("pause", c), did("unpause", c), did("stop", c), did("rename", c), did("start", c))},
		{name: "wrong order first, then right", task: steps("stop", "start"), scene: there(c).and(did("start", c), did("stop", c), did("start", c))},
		{name: "refused first, then done", task: steps("destroy"), scene: scene{then: []checker.Event{
			{Kind: "call", Actor: checker.Learner, Object: "container", Action: "destroy", ID: c.ID, Name: box, Status: 409, Error: "You cannot remove a running container"}, did("stop", c), did("destroy", c),
		}}},
		{name: "begun under another name", task: steps("create", "start", "stop"), scene: scene{then: []checker.Event{
			did("create", old), did("start", old), renamed, did("stop", c),
		}}},
		{name: "kihon's start is no obstacle", task: steps("stop"), scene: there(made(box, exited(0), by(checker.Kihon))).and(did("stop", c))},
		{name: "a gap is no obstacle where the call itself is known", task: steps("stop"), scene: there(c).and(gap(), did("stop", c))},
		{name: "the second container of the name", task: steps("stop", "destroy"), scene: scene{then: []checker.Event{
			{Kind: "call", Actor: checker.Learner, Object: "container", Action: "destroy", ID: id("another"), Name: box, Status: 204}, did("stop", c), did("destroy", c),
		}}},
		{name: "removed", task: removeApache, scene: scene{then: []checker.Event{set("create", c), set("start", c), set("stop", c), did("destroy", c)}}},
	})
}
