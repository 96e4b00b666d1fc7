package learner_test

import (
	"errors"
	"fmt"
	"maps"
	"net"
	"strconv"
	"testing"

	"kihon/cmd/kihon/learner"
	"kihon/lessons"
)

func TestWhatIsFreeIsAsTheTextHasIt(t *testing.T) {
	h := newHome(t)
	if got, want := h.drawn("one/two-ports"), map[string]string{"web": h.web, "port": h.port, "other": h.other}; !maps.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if got := h.drawn("one/which"); len(got) != 0 {
		t.Errorf("a quiz has drawn %v", got)
	}
}

// firstFree is where the search for another port begins; see "Variables" in
// docs/commands.md.
const firstFree = 18080

func TestAPortThatAProgramHoldsIsNotDrawn(t *testing.T) {
	for name, address := range map[string][2]string{
		"on every address":           {"tcp", ":"},
		"on every address, IPv4":     {"tcp4", "0.0.0.0:"},
		"on this computer only":      {"tcp4", "127.0.0.1:"},
		"on this computer, IPv6":     {"tcp6", "[::1]:"},
		"on every address, IPv6":     {"tcp6", "[::]:"},
		"on another of its own ones": {"tcp4", "127.0.0.2:"},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHome(t)
			holdPort(t, address[0], address[1]+h.port)
			// What was drawn can be published: that is what it is for. Another
			// program of this machine may be quicker, so a reset may be needed.
			var out string
			var err error
			for range 5 {
				port := number(t, h.reset("one/two-ports", nil).Plain()["port"])
				if port < firstFree || port >= firstFree+1000 {
					t.Fatalf("drawn is %d", port)
				}
				if out, err = try(h.host, "run", "--name", h.web, "-d", "-p", fmt.Sprintf("%d:80", port), "busybox", "sleep", "600"); err == nil {
					return
				}
			}
			t.Errorf("what was drawn cannot be published: %s", out)
		})
	}
}

func TestTheFirstFreePortIsDrawn(t *testing.T) {
	h := newHome(t)
	holdPort(t, "tcp", ":"+h.port)
	// Where somebody else has 18080 already, that will do as well.
	if l, err := net.Listen("tcp", ":"+strconv.Itoa(firstFree)); err == nil {
		defer l.Close()
	}
	if port := number(t, h.drawn("one/page")["port"]); port <= firstFree || port > firstFree+100 {
		t.Errorf("drawn is %d", port)
	}
}

func TestAPortOfSomebodyElsesContainerIsNotDrawn(t *testing.T) {
	h := newHome(t)
	h.outside("run", "--name", h.box, "-d", "-p", h.port+":80", "busybox", "sleep", "600")
	if port := number(t, h.drawn("one/page")["port"]); port < firstFree {
		t.Errorf("drawn is %d", port)
	}
}

func TestAPortOfOnesOwnContainerIsDrawn(t *testing.T) {
	h := newHome(t)
	h.inside("run", "--name", h.web, "-d", "-p", h.port+":80", "busybox", "sleep", "600")
	if got := h.drawn("one/page"); got["port"] != h.port || got["web"] != h.web {
		t.Errorf("drawn is %v", got)
	}
}

func TestAStoppedContainerHoldsNoPort(t *testing.T) {
	h := newHome(t)
	h.outside("run", "--name", h.box, "-d", "-p", h.port+":80", "busybox", "true")
	h.outside("wait", h.box)
	if got := h.drawn("one/page"); got["port"] != h.port {
		t.Errorf("drawn is %v", got)
	}
}

// Two doors have two numbers.
func TestTwoPortsOfAnExerciseAreTwoPorts(t *testing.T) {
	h := newHome(t)
	holdPort(t, "tcp", ":"+h.port)
	holdPort(t, "tcp", ":"+h.other)
	got := h.drawn("one/two-ports")
	if got["port"] == got["other"] || number(t, got["port"]) < firstFree || number(t, got["other"]) < firstFree {
		t.Errorf("drawn is %v", got)
	}
}

func TestANameThatSomebodyElseHasIsNotDrawn(t *testing.T) {
	h := newHome(t)
	h.outside("create", "--name", h.box, "busybox")
	if got := h.drawn("one/run")["box"]; got != h.box+"-2" {
		t.Errorf("drawn is %s", got)
	}
	h.outside("create", "--name", h.web, "busybox")
	h.outside("create", "--name", h.web+"-2", "busybox")
	if got := h.drawn("one/page")["web"]; got != h.web+"-3" {
		t.Errorf("drawn is %s", got)
	}
}

func TestANameOfOnesOwnIsDrawn(t *testing.T) {
	h := newHome(t)
	h.inside("create", "--name", h.box, "busybox")
	h.start("one/page") // kihon's own web server
	if got := h.drawn("one/run")["box"]; got != h.box {
		t.Errorf("drawn is %s", got)
	}
	if got := h.drawn("one/two-ports")["web"]; got != h.web {
		t.Errorf("drawn is %s", got)
	}
}

// One lesson has one web server on one port.
func TestALessonsExercisesShareTheirValues(t *testing.T) {
	h := newHome(t)
	h.outside("run", "--name", h.box, "-d", "-p", h.port+":80", "busybox", "sleep", "600")
	stop := h.drawn("one/stop")
	var page map[string]string
	for range 5 { // another program of this machine may be quicker
		page = h.reset("one/two-ports", nil).Plain()
		if _, err := try(h.host, "run", "--name", h.web, "-d", "-p", page["port"]+":80", "busybox", "sleep", "600"); err == nil {
			break
		}
	}
	h.outside("rm", "-f", h.box)
	if got := h.drawn("one/run"); got["box"] != stop["box"] || got["box"] != h.box+"-2" {
		t.Errorf("drawn is %v, the other exercise has %v", got, stop)
	}
	if got := h.drawn("one/page"); got["port"] != page["port"] || got["port"] == h.port || got["web"] != page["web"] {
		t.Errorf("drawn is %v, the other exercise has %v", got, page)
	}
	// Another lesson has its own.
	if got := h.drawn("two/run")["box"]; got != h.box+"-of-two" {
		t.Errorf("drawn is %s", got)
	}
}

func TestValuesAreKeptUntilTheReset(t *testing.T) {
	h := newHome(t)
	h.outside("create", "--name", h.box, "busybox")
	drawn := h.drawn("one/word")
	if drawn["box"] != h.box+"-2" {
		t.Fatalf("drawn is %v", drawn)
	}
	h.outside("rm", h.box)
	for range 3 {
		if got := h.drawn("one/word"); !maps.Equal(got, drawn) {
			t.Errorf("%v, kept is %v", got, drawn)
		}
	}
	// Another process of the same home sees them as well.
	other := homeAt(t, h)
	if got := other.drawn("one/word"); !maps.Equal(got, drawn) {
		t.Errorf("another process has %v, kept is %v", got, drawn)
	}
	if got := h.reset("one/word", nil).Plain()["box"]; got != h.box {
		t.Errorf("after the reset it is %s", got)
	}
}

func TestAWordIsDrawnForEachAttempt(t *testing.T) {
	h := newHome(t)
	seen := map[string]bool{}
	for range 60 {
		word := h.reset("one/word", nil).Plain()["word"]
		if err := (lessons.Variable{Kind: lessons.WordKind}).Accepts(word); err != nil {
			t.Errorf("drawn is a word that nobody may set: %v", err)
		}
		if again := h.drawn("one/word")["word"]; again != word {
			t.Errorf("%s becomes %s by itself", word, again)
		}
		seen[word] = true
	}
	if len(seen) < 5 {
		t.Errorf("of 60 words only %d are different", len(seen))
	}
}

func TestAValueCanBeFixed(t *testing.T) {
	h := newHome(t)
	port := freePort(t)
	r := h.reset("one/page", map[string]string{"port": port, "web": h.web + "-mine"})
	if got := r.Plain(); got["port"] != port || got["web"] != h.web+"-mine" || r.Values["port"].Default != h.port {
		t.Errorf("values %v", r.Values)
	}
	if c := h.inspect(h.web + "-mine"); !c.State.Running || c.HostConfig.PortBindings["80/tcp"][0].HostPort != port {
		t.Errorf("%+v %v", c.State, c.HostConfig.PortBindings)
	}
	if p := r.Exercise.Checks[1].Port; strconv.Itoa(p.Host) != port || p.Container != h.web+"-mine" {
		t.Errorf("the check is %+v", p)
	}
	if text := r.Replace("docker rm " + h.web + "; " + h.port); text != "docker rm "+h.web+"-mine; "+port {
		t.Errorf("the text is %q", text)
	}
}

func TestAValueThatCannotBeIsRefusedAndNothingHappens(t *testing.T) {
	h := newHome(t)
	h.inside("run", "--name", h.web, "-d", "busybox", "sleep", "600")
	before := h.drawn("one/page")
	id := h.inspect(h.web).ID
	var unknown *learner.UnknownError
	for _, set := range []map[string]string{{"port": "80800"}, {"port": "http"}, {"web": "a"}, {"web": "my web"}, {"word": "Sakura"}, {"port": ""}, {"port": freePort(t), "web": "-"}} {
		if _, err := h.Reset(t.Context(), "one/page", set); err == nil || errors.As(err, &unknown) {
			t.Errorf("%v: %v", set, err)
		}
	}
	for _, set := range []map[string]string{{"prot": "8080"}, {"box": "box"}} {
		if _, err := h.Reset(t.Context(), "one/page", set); !errors.As(err, &unknown) {
			t.Errorf("%v: %v", set, err)
		}
	}
	if got := h.drawn("one/page"); !maps.Equal(got, before) || h.inspect(h.web).ID != id {
		t.Errorf("values %v, want %v; or the container is another one", got, before)
	}
}

func TestALessonsValuesCanBeFixedAtOnce(t *testing.T) {
	h := newHome(t)
	lesson, err := h.Lesson("one")
	if err != nil {
		t.Fatal(err)
	}
	h.start("one/stop")
	name := h.box + "-mine"
	if err := h.Preset(t.Context(), lesson, map[string]string{"box": name}); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"one/run", "one/stop", "one/remove", "one/restart", "one/word"} {
		if got := h.drawn(id)["box"]; got != name {
			t.Errorf("%s has %s", id, got)
		}
	}
	if h.there(h.box) {
		t.Error("what was made under the old name is still there")
	}
	var unknown *learner.UnknownError
	if err := h.Preset(t.Context(), lesson, map[string]string{"bxo": "x"}); !errors.As(err, &unknown) || unknown.ID != "bxo" || len(unknown.Known) != 5 {
		t.Errorf("%v", err)
	}
	// A value that is refused leaves them all as they were.
	if err := h.Preset(t.Context(), lesson, map[string]string{"box": h.box, "port": "http"}); err == nil || h.drawn("one/run")["box"] != name {
		t.Errorf("%v, and %s", err, h.drawn("one/run")["box"])
	}
}

func TestALessonsTextHasTheValuesOfItsExercises(t *testing.T) {
	h := newHome(t)
	h.outside("run", "--name", h.box, "-d", "-p", h.port+":80", "busybox", "sleep", "600")
	lesson, err := h.Lesson("one")
	if err != nil {
		t.Fatal(err)
	}
	replace, err := h.LessonText(t.Context(), lesson)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := replace(h.box+" "+h.port), h.box+"-2 "+h.drawn("one/page")["port"]; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestWhatIsNotInTheCourseIsNotReady(t *testing.T) {
	h := newHome(t)
	for _, id := range []string{"one/none", "none/run", "one", ""} {
		if _, err := h.Ready(t.Context(), id); err == nil {
			t.Errorf("%q is ready", id)
		}
	}
}
