package words

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"kihon/checker"
	"kihon/lessons"
)

// facts are one check for each label.
func facts() []checker.Check {
	var out []checker.Check
	for _, state := range []string{"running", "exited", "created", "paused", "exists", ""} {
		out = append(out,
			checker.Check{Container: &checker.ContainerFact{Name: "apa000ex2", Image: "httpd", State: state}},
			checker.Check{Container: &checker.ContainerFact{Name: "apa000ex2", State: state}})
	}
	page := "/usr/local/apache2/htdocs/index.html"
	url := "http://localhost:8080/"
	return append(out,
		checker.Check{Container: &checker.ContainerFact{Name: "apa000ex1", State: "absent"}},
		checker.Check{Port: &checker.PortFact{Container: "apa000ex2", Host: 8080, Inside: 80}},
		checker.Check{Port: &checker.PortFact{Container: "names", Host: 5353, Inside: 53, Protocol: "udp"}},
		checker.Check{Image: &checker.ImageFact{Reference: "httpd"}},
		checker.Check{Image: &checker.ImageFact{Reference: "httpd", State: "absent"}},
		checker.Check{HTTP: &checker.HTTPFact{URL: url, Container: "apa000ex2"}},
		checker.Check{HTTP: &checker.HTTPFact{URL: url, Container: "apa000ex2", Status: 404}},
		checker.Check{HTTP: &checker.HTTPFact{URL: url, Container: "apa000ex2", Status: 200, Contains: "sakura"}},
		checker.Check{HTTP: &checker.HTTPFact{URL: url, Container: "apa000ex2", Status: 404, Contains: "sakura"}},
		checker.Check{HTTP: &checker.HTTPFact{URL: url, Container: "apa000ex2", SameAs: page}},
		checker.Check{HTTP: &checker.HTTPFact{URL: url, Container: "apa000ex2", SameAs: page, FromImage: true}},
		checker.Check{File: &checker.FileFact{Container: "left", Path: "/tmp/only-here"}},
		checker.Check{File: &checker.FileFact{Container: "left", Path: "/tmp/only-here", Contains: "hello"}},
		checker.Check{File: &checker.FileFact{Container: "right", Path: "/tmp/only-here", Absent: true}},
		checker.Check{History: &checker.HistoryFact{Container: "apa000ex1", Steps: []string{"stop|kill"}}},
		checker.Check{History: &checker.HistoryFact{Container: "apa000ex1", Steps: []string{"destroy"}}},
		checker.Check{History: &checker.HistoryFact{Container: "apa000ex1", Steps: []string{"start", "stop|kill"}}},
		checker.Check{History: &checker.HistoryFact{Container: "apa000ex1", Steps: []string{"create", "start", "stop", "destroy"}}},
		checker.Check{History: &checker.HistoryFact{Container: "apa000ex1", Steps: []string{"start", "checkpoint"}}},
		checker.Check{Answer: &checker.AnswerFact{Choices: []int{2}, Of: 3}},
		checker.Check{Answer: &checker.AnswerFact{ContainerID: "apa000ex1", MinLength: 4}},
	)
}

func TestLabelsOfChecks(t *testing.T) {
	for _, l := range lessons.Languages() {
		var b strings.Builder
		for _, check := range facts() {
			label := For(l).Check(check)
			if strings.ContainsAny(label, "{}") || label == For(l).Say("check.unknown") {
				t.Errorf("%s: %q is no label for %+v", l, label, check)
			}
			fmt.Fprintln(&b, label)
		}
		golden(t, "checks."+string(l)+".golden", b.String())
	}
}

// Each label that the catalogue has must belong to a fact.
func TestEveryLabelIsUsed(t *testing.T) {
	for _, l := range lessons.Languages() {
		w := For(l)
		said := map[string]bool{}
		for _, check := range facts() {
			said[w.Check(check)] = true
		}
		total := 0
		for _, label := range w.checks {
			total += len(label)
		}
		// A state that is left out means exists: the same two labels. Three
		// more histories share the one wording.
		if want := len(facts()) - 2 - 4; total != want || len(said) != total+4 {
			t.Errorf("%s: %d labels in the catalogue and %d said by %d facts", l, total, len(said), len(facts()))
		}
	}
}

func TestACheckThatNobodyKnowsStillHasALabel(t *testing.T) {
	for _, check := range []checker.Check{{}, {Container: &checker.ContainerFact{Name: "x", State: "melted"}}} {
		for _, l := range lessons.Languages() {
			if got := For(l).Check(check); got == "" || got != For(l).Say("check.unknown") {
				t.Errorf("%s: %+v is called %q", l, check, got)
			}
		}
	}
}

func TestBothLanguagesLabelTheSameFacts(t *testing.T) {
	for key, en := range checksEn {
		ja := checksJa[key]
		if len(ja) != len(en) {
			t.Errorf("%s: %d wordings in English, %d in Japanese", key, len(en), len(ja))
			continue
		}
		for i := range en {
			if a, b := names(en[i].say), names(ja[i].say); !slices.Equal(a, b) {
				t.Errorf("%s: placeholders %v in English, %v in Japanese", key, a, b)
			}
		}
	}
	if len(checksJa) != len(checksEn) {
		t.Errorf("%d labels in English, %d in Japanese", len(checksEn), len(checksJa))
	}
}

func TestALabelCannotSteerATerminal(t *testing.T) {
	check := checker.Check{HTTP: &checker.HTTPFact{URL: "http://localhost:8080/", Contains: "\x1b[2Jsakura\x07"}}
	for _, l := range lessons.Languages() {
		if got := For(l).Check(check); strings.ContainsAny(got, "\x1b\x07") || !strings.Contains(got, "sakura") {
			t.Errorf("%s: %q", l, got)
		}
	}
}
