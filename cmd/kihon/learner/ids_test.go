package learner_test

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"kihon/cmd/kihon/learner"
)

func TestIDsAreTakenAsTheyAreMeant(t *testing.T) {
	v := values{box: "kihontest-box", web: "kihontest-web", port: "22998", other: "22999"}
	l := &learner.Learner{Course: v.course(t)}
	for _, c := range []struct{ id, atHand, want, near string }{
		{"one/run", "", "one/run", ""},
		{"run", "one", "one/run", ""},
		{"run", "two", "two/run", ""},
		{"two/run", "one", "two/run", ""},
		{"one/rum", "", "", "one/run"},
		{"rum", "one", "", "one/run"},
		{"stop", "", "", "one/stop"}, // which lesson is meant is plain
		{"oen/run", "", "", ""},
		{"one/something-else", "", "", ""},
	} {
		got, err := l.ExerciseID(c.id, c.atHand)
		var unknown *learner.UnknownError
		switch {
		case c.want != "" && (err != nil || got != c.want):
			t.Errorf("%s at %q: %s, %v", c.id, c.atHand, got, err)
		case c.want == "" && !errors.As(err, &unknown):
			t.Errorf("%s at %q: %s, %v", c.id, c.atHand, got, err)
		case c.near != "" && (unknown.Near != c.near || !strings.Contains(err.Error(), "did you mean "+c.near+"?")):
			t.Errorf("%s at %q: %v, want it to name %s", c.id, c.atHand, err, c.near)
		}
	}
	if id, err := l.LessonID("two"); id != "two" || err != nil {
		t.Errorf("%s, %v", id, err)
	}
	var unknown *learner.UnknownError
	if _, err := l.LessonID("tow"); !errors.As(err, &unknown) || unknown.Near != "two" && unknown.Near != "one" || unknown.Kind != "lesson" || !slices.Equal(unknown.Known, []string{"one", "two"}) {
		t.Errorf("%v", err)
	}
	if _, err := l.LessonID("something"); err == nil || err.Error() != `there is no lesson "something"; there are: one, two` {
		t.Errorf("%v", err)
	}
	ids, err := l.ExerciseIDs("two")
	if err != nil || !slices.Equal(ids, []string{"two/run"}) {
		t.Errorf("%v, %v", ids, err)
	}
}

func TestWhereThingsAre(t *testing.T) {
	t.Setenv("HOME", "/home/me")
	t.Setenv("XDG_CACHE_HOME", "")
	for name, c := range map[string]struct {
		env  map[string]string
		want learner.Paths
	}{
		"nothing is said":    {nil, learner.Paths{Home: "/home/me/.local/state/kihon", Cache: "/home/me/.cache/kihon", Workspace: "/home/me/kihon"}},
		"everything is said": {map[string]string{"KIHON_HOME": "/h", "KIHON_CACHE": "/c", "KIHON_WORKSPACE": "/w"}, learner.Paths{Home: "/h", Cache: "/c", Workspace: "/w"}},
		"a state directory":  {map[string]string{"XDG_STATE_HOME": "/state"}, learner.Paths{Home: "/state/kihon", Cache: "/home/me/.cache/kihon", Workspace: "/home/me/kihon"}},
		"a relative one, which the specification says to ignore": {map[string]string{"XDG_STATE_HOME": "state"}, learner.Paths{Home: "/home/me/.local/state/kihon", Cache: "/home/me/.cache/kihon", Workspace: "/home/me/kihon"}},
	} {
		got, err := learner.FindPaths(func(key string) string { return c.env[key] })
		if err != nil || got != c.want {
			t.Errorf("%s: %+v, %v, want %+v", name, got, err, c.want)
		}
	}
	if got, err := learner.FindPaths(func(key string) string { return map[string]string{"KIHON_HOME": "here"}[key] }); err != nil || !filepath.IsAbs(got.Home) {
		t.Errorf("%+v, %v", got, err)
	}
	t.Setenv("HOME", "")
	if _, err := learner.FindPaths(func(string) string { return "" }); !errors.Is(err, learner.ErrNoHome) {
		t.Errorf("%v", err)
	}
}
