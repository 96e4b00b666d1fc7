package compare_test

import (
	"strings"
	"testing"

	"kihon/checker"
	"kihon/checker/compare"
)

func say(text string) scene { return scene{answer: text, answered: true} }

// causesOfTypedAnswers are the stories about questions.
func causesOfTypedAnswers() []story {
	c := made(box)
	asked := func(s scene) scene { return s.with(c) }
	return []story{
		{
			name: "no answer to a quiz", task: whichSide,
			code: checker.AnswerMissing, subject: "answer", args: map[string]string{"exercise": "ports/which-side"},
		},
		{
			name: "looked, but did not answer", task: look, scene: there(c).and(typed("docker ps")),
			code: checker.AnswerMissing, args: map[string]string{"exercise": "create-and-remove/look", "container": box},
		},
		{
			name: "a wrong choice", task: whichSide, scene: say("2"),
			code: checker.AnswerWrong, found: "2", args: map[string]string{"answer": "2", "choice": "2"},
		},
		{
			name: "a wrong choice after a command that changed nothing", task: whichSide, scene: say("2").and(typed("docker ps")),
			code: checker.AnswerWrong, found: "2",
		},
		{name: "a right choice and a wrong one", task: whichSide, scene: say("3, 1"), code: checker.AnswerWrong, args: map[string]string{"choice": "1"}},
		{
			name: "one of two right choices", task: task("a/quiz", answerCheck(checker.AnswerFact{Choices: []int{1, 3}, Of: 4})), scene: say("3"),
			code: checker.AnswerWrong, args: map[string]string{"choice": "3"},
		},
		{name: "a number that is no choice", task: whichSide, scene: say("9"), code: checker.AnswerWrong, args: map[string]string{"choice": "9"}},
		{name: "the text in place of its number", task: whichSide, scene: say("the left one"), code: checker.AnswerWrong, found: "the left one", args: map[string]string{"choice": ""}},
		{name: "nothing", task: whichSide, scene: say(""), code: checker.AnswerWrong},
		{name: "an answer that would steer the terminal", task: whichSide, scene: say("\x1b[2J1"), code: checker.AnswerWrong, found: "1"},
		{name: "the container's name", task: look, scene: asked(say(box)), code: checker.AnswerWrong, found: box, args: map[string]string{"container": box}},
		{name: "too few characters", task: look, scene: asked(say(c.ID[:3])), code: checker.AnswerWrong},
		{name: "too few characters, with spaces around", task: look, scene: asked(say(" " + c.ID[:3] + "  ")), code: checker.AnswerWrong},
		{name: "not the beginning", task: look, scene: asked(say(c.ID[1:12])), code: checker.AnswerWrong},
		{name: "more than the whole ID", task: look, scene: asked(say(c.ID + "0")), code: checker.AnswerWrong},
		{name: "the ID of a container that is gone", task: look, scene: say(c.ID), code: checker.AnswerWrong, found: c.ID},
	}
}

func TestWhyAnAnswerDoesNotDo(t *testing.T) { tell(t, causesOfTypedAnswers()) }

// Nobody should fail for the keyboard that they type on.
func TestAnAnswerMayBeTypedInManyWays(t *testing.T) {
	c := made(box)
	two := task("a/quiz", answerCheck(checker.AnswerFact{Choices: []int{3, 1}, Of: 4}))
	wide := func(s string) string {
		return strings.Map(func(r rune) rune {
			if r > ' ' && r < 0x7f {
				return r + 0xfee0
			}
			return r
		}, s)
	}
	var rights []right
	for _, text := range []string{"3", " 3\n", "３", "3.", "3)", "③", "3,3", "03"} {
		rights = append(rights, right{name: "a quiz: " + text, task: whichSide, scene: say(text)})
	}
	for _, text := range []string{"1,3", "1, 3", "3 1", "3,1", "１、３", "１，３", "1　3", "1. 3.", "1\t3"} {
		rights = append(rights, right{name: "two choices: " + text, task: two, scene: say(text)})
	}
	for name, text := range map[string]string{
		"short": c.ID[:12], "as short as may be": c.ID[:4], "whole": c.ID, "in capitals": strings.ToUpper(c.ID[:12]),
		"with spaces": "  " + c.ID[:12] + "\n", "full-width": wide(c.ID[:12]), "full-width capitals": wide(strings.ToUpper(c.ID[:12])),
	} {
		rights = append(rights, right{name: "an ID, " + name, task: look, scene: say(text).with(c)})
	}
	accept(t, rights)
}

// What was typed is not repeated in the evidence with its spaces and widths.
func TestTheEvidenceOfAnAnswerIsWhatWasMeant(t *testing.T) {
	v := compare.Compare(whichSide, say(" ３ ").seen(whichSide))
	if len(v.Evidence) != 1 || v.Evidence[0] != (checker.Evidence{Fact: "answer", Value: "3"}) {
		t.Errorf("evidence %v", v.Evidence)
	}
}
