package compare_test

import (
	"slices"
	"testing"

	"kihon/checker"
	"kihon/checker/compare"
)

// Every code has a story: what is in the list and comes of no comparison is
// said here.
func TestEveryCodeHasAStory(t *testing.T) {
	elsewhere := []string{checker.EngineUnreachable, checker.EnginePermission, checker.EngineTimeout, checker.CourseInvalid}
	told := map[string]bool{checker.ContainerKilledOnStop: true} // a remark; see TestRemarksDoNotStandInTheWay
	for _, stories := range [][]story{
		causesOfContainers(), causesOfPorts(), causesOfAnswers(), causesOfFiles(), causesOfImages(), causesOfHistories(), causesOfTypedAnswers(),
	} {
		for _, s := range stories {
			told[s.code] = true
		}
	}
	for _, code := range checker.Codes() {
		if told[code] == slices.Contains(elsewhere, code) {
			t.Errorf("%s: told %v, of no comparison %v", code, told[code], !told[code])
		}
		delete(told, code)
	}
	for code := range told {
		t.Errorf("%s is not in the list of codes", code)
	}
}

// Every story again, to hold what all verdicts have in common.
func TestEveryVerdictIsSound(t *testing.T) {
	for _, stories := range [][]story{
		causesOfContainers(), causesOfPorts(), causesOfAnswers(), causesOfFiles(), causesOfImages(), causesOfHistories(), causesOfTypedAnswers(),
	} {
		for _, s := range stories {
			t.Run(s.name, func(t *testing.T) {
				sound(t, s.task, s.seen(s.task), compare.Compare(s.task, s.seen(s.task)))
			})
		}
	}
}
