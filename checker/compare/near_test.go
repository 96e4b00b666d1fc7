package compare_test

import (
	"testing"

	"kihon/checker"
)

// A slip is told apart from another name, since only of a slip can one say that
// nothing but the spelling differs.
func TestASlipInANameIsKnownAsOne(t *testing.T) {
	for _, c := range []struct {
		wanted, typed string
		slip          bool
	}{
		{"apa000ex2", "apa000xe2", true},     // neighbours swapped
		{"apa000ex2", "paa000ex2", true},     // at the beginning
		{"apa000ex2", "apa00ex2", true},      // one left out
		{"apa000ex2", "apa0000ex2", true},    // one too many
		{"apa000ex2", "apa000ex3", true},     // another one
		{"apa000ex2", "apa000ex2x", true},    // one more at the end
		{"apa000ex2", "apa-000-ex2", true},   // two dashes
		{"apa000ex2", "apaoooex2", false},    // three letters for noughts
		{"apa000ex2", "APA000EX2", true},     // capitals
		{"apa000ex2", "Apa000Xe2", true},     // capitals and neighbours swapped
		{"apa000ex2", "ａｐａ０００ｅｘ２", true},     // full-width
		{"apa000ex2", "ａｐａ０００ｅｘ３", true},     // full-width, and another letter
		{"apa000ex2", "brave_turing", false}, // another name
		{"apa000ex2", "apache", false},
		{"apa000ex2", "ex2", false},
		{"web", "wbe", true}, // short names: one slip
		{"web", "wb", true},
		{"web", "webs", true},
		{"web", "Web", true},
		{"web", "app", false},
		{"web", "wo", false},
		{"web", "ebw", false},
		{"site", "sites2", false},
		{"db", "bd", true},
		{"db", "web", false},
	} {
		wants := task("a/run", containerCheck(checker.ContainerFact{Name: c.wanted, Image: "httpd", State: "running"}))
		s := story{
			name: c.typed + " for " + c.wanted, task: wants, scene: there(made(c.typed)), found: c.typed,
			code: checker.ContainerOtherName, commands: []string{"docker rename " + c.typed + " " + c.wanted},
		}
		if c.slip {
			s.code = checker.ContainerNearName
		}
		tell(t, []story{s})
	}
}

// A name is no slip of the demanded one when it is itself demanded, or when its
// container has nothing to do with the task.
func TestWhatOnlyLooksLikeASlip(t *testing.T) {
	two := task("a/two",
		containerCheck(checker.ContainerFact{Name: "app1", Image: "httpd", State: "running"}),
		containerCheck(checker.ContainerFact{Name: "app2", Image: "httpd", State: "running"}))
	tell(t, []story{
		{
			name: "the other of two that are demanded", task: two, scene: there(made("app1")),
			code: checker.ContainerMissing, subject: "container app2", commands: []string{"docker run --name app2 -d httpd"},
		},
		{
			name: "of another image", task: runApache, scene: there(made("apa00ex1", from("busybox"))),
			code: checker.ContainerMissing, commands: []string{runBox},
		},
		{
			name: "from before the task began", task: runApache, scene: scene{before: []*checker.Container{made("apa00ex1")}},
			code: checker.ContainerMissing,
		},
		{
			name: "of kihon's own", task: runApache, scene: there(made("apa00ex1", by(checker.Kihon))),
			code: checker.ContainerMissing,
		},
		{
			name: "of somebody else", task: runApache, scene: there(made("apa00ex1", by(""))),
			code: checker.ContainerMissing,
		},
	})
}
