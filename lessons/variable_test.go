package lessons_test

import (
	"io/fs"
	"slices"
	"strings"
	"testing"

	"kihon/checker"
	"kihon/lessons"
)

// first is the lesson of the small course, changed.
func first(t *testing.T, changes ...string) *lessons.Lesson {
	t.Helper()
	files := small(t)
	change(t, files, strings.Join(changes, ""))
	return lesson(t, files, "first")
}

func lesson(t *testing.T, files fs.FS, id string) *lessons.Lesson {
	t.Helper()
	course, err := lessons.Open(files)
	if err != nil {
		t.Fatal(err)
	}
	l, err := course.Lesson(id)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// The text shows 8080 and apa000ex2; on this machine they are other ones.
func TestTheTextShowsTheLearnersOwnValues(t *testing.T) {
	l := first(t)
	values := map[string]string{"web": "apa000ex2-2", "web_port": "18080", "word": "momiji"}
	for text, want := range map[string]string{
		"http://localhost:8080/":             "http://localhost:18080/",
		"-p 8080:80":                         "-p 18080:80",
		"8080番のポート":                          "18080番のポート",
		"ポート8080に":                           "ポート18080に",
		"（8080）":                             "（18080）",
		"`8080`, **8080** and [8080](8080)":  "`18080`, **18080** and [18080](18080)",
		"8080":                               "18080",
		"8080\n8080 8080":                    "18080\n18080 18080",
		"18080 stays":                        "18080 stays",
		"80800, 8080x, x8080, 8080_, _8080":  "80800, 8080x, x8080, 8080_, _8080",
		"80808080":                           "80808080",
		"８０８０":                               "８０８０",
		"docker rm -f apa000ex2":             "docker rm -f apa000ex2-2",
		"docker rm -f apa000ex2-first":       "docker rm -f apa000ex2-2-first", // ${web}-first in exercises.yaml
		"apa000ex2:/usr/local":               "apa000ex2-2:/usr/local",
		"apa000ex2x, xapa000ex2, apa000ex21": "apa000ex2x, xapa000ex2, apa000ex21",
		"コンテナapa000ex2を":                     "コンテナapa000ex2-2を",
		"sakura, Sakura, sakuras":            "momiji, Sakura, sakuras",
		"":                                   "",
		"nothing of these":                   "nothing of these",
	} {
		if got := l.Replace(text, values); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
	for _, same := range []map[string]string{nil, {}, {"web_port": "8080"}, {"other": "x"}} {
		if got := l.Replace("8080", same); got != "8080" {
			t.Errorf("with %v it becomes %q", same, got)
		}
	}
}

// What docker prints stands in columns, and should do so afterwards.
func TestColumnsStayColumns(t *testing.T) {
	l := first(t)
	for _, c := range []struct{ name, text, want string }{
		{"apa000ex2-2", "apa000ex2    Up    8080->80/tcp\n", "apa000ex2-2  Up    8080->80/tcp\n"},
		{"a2", "apa000ex2    Up\n", "a2           Up\n"},
		{"apa000ex2-long-name", "apa000ex2    Up    here\n", "apa000ex2-long-name Up here\n"},
		{"apa000ex2-2", "a apa000ex2 b\n", "a apa000ex2-2 b\n"},
		{"apa000ex2-2", "apa000ex2    Up\nbox          Up\n", "apa000ex2-2  Up\nbox          Up\n"},
	} {
		if got := l.Replace(c.text, map[string]string{"web": c.name}); got != c.want {
			t.Errorf("\n%s\nbecomes\n%s\nwant\n%s", c.text, got, c.want)
		}
	}
}

// A short number is part of many longer ones.
func TestAShortPortIsNotFoundInsideALongerOne(t *testing.T) {
	l := first(t, "@ first/exercises.yaml\n<     default: 8080\n>     default: 80\n")
	for text, want := range map[string]string{
		"8080:80":          "8080:8000",
		"80:80":            "8000:8000",
		"8080":             "8080",
		"http://localhost": "http://localhost",
		"180 800 8000":     "180 800 8000",
		"localhost:80/":    "localhost:8000/",
	} {
		if got := l.Replace(text, map[string]string{"web_port": "8000"}); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}

// One variable's new value may be another's old one.
func TestValuesAreReplacedAllAtOnce(t *testing.T) {
	l := first(t, `@ first/exercises.yaml
<   word:
>   other_port:
>     kind: port
>     default: 8081
>   other:
>     kind: container
>     default: apa000ex2-2
>   word:
`)
	for range 20 { // in whatever order a map has them
		got := l.Replace("8080 8081 apa000ex2 apa000ex2-2", map[string]string{"web_port": "8081", "other_port": "8080", "web": "apa000ex2-2", "other": "shop"})
		if want := "8081 8080 apa000ex2-2 shop"; got != want {
			t.Fatalf("%q, want %q", got, want)
		}
	}
}

func TestAFileIsFilledAndOtherwiseLeftAlone(t *testing.T) {
	values := map[string]string{"word": "momiji"}
	for text, want := range map[string]string{
		"<h1>${word}</h1>":             "<h1>momiji</h1>",
		"${word}${word}":               "momijimomiji",
		"${other} ${HOME} $word ${wor": "${other} ${HOME} $word ${wor",
		"sakura":                       "sakura",
	} {
		if got := lessons.Fill(text, values); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}

func TestResolvedValuesKeepTheirTypes(t *testing.T) {
	l := first(t)
	e, err := l.Resolve("run-it", map[string]string{"web": "shop", "web_port": "18080"})
	if err != nil {
		t.Fatal(err)
	}
	if c := e.Checks[0].Container; c == nil || c.Name != "shop" || c.State != "running" {
		t.Errorf("container %+v", c)
	}
	if p := e.Checks[1].Port; p == nil || *p != (checker.PortFact{Container: "shop", Host: 18080, Inside: 80}) {
		t.Errorf("port %+v", p)
	}
	if s := e.Start[0].Container; s == nil || s.Name != "shop" || !slices.Equal(s.Ports, []string{"18080:80"}) {
		t.Errorf("start %+v", s)
	}
	if !slices.Equal(e.Solution, []string{"docker cp index.html shop:/"}) || e.Routes[0].Commands[0] != "docker cp ./index.html shop:/" ||
		e.Mistakes[0].Commands[0] != "docker run --name shop -d httpd" {
		t.Errorf("commands %q %q %q", e.Solution, e.Routes, e.Mistakes)
	}
	// The lesson itself keeps what it was, and values that are missing are its defaults.
	again, err := l.Resolve("run-it", nil)
	if err != nil || again.Checks[1].Port.Host != 8080 || again.Checks[0].Container.Name != "apa000ex2" {
		t.Errorf("%+v, %v", again, err)
	}
	if _, err := l.Resolve("run-its", nil); err == nil {
		t.Error("an exercise that is not there is resolved")
	}
}

// A name stays a name, also one that YAML would take for something else.
func TestANameThatLooksLikeANumberStaysAName(t *testing.T) {
	l := first(t)
	for _, name := range []string{"null", "true", "on", "no", "1e3", "0x10", "12345", "1_000", "2026-05-04", "0.5"} {
		if e, err := l.Resolve("run-it", map[string]string{"web": name}); err != nil || e.Checks[0].Container.Name != name || e.Start[0].Container.Name != name {
			t.Errorf("%s becomes %q, %v", name, e.Names(), err)
		}
	}
}

// Within braces YAML wants quotes around it.
func TestAQuotedVariableIsStillANumber(t *testing.T) {
	l := first(t, `@ first/exercises.yaml
<       - port:
<           container: ${web}
<           host: ${web_port}
<           inside: 80
>       - port: {container: "${web}", host: "${web_port}", inside: 80}
`)
	e, err := l.Resolve("run-it", map[string]string{"web_port": "18080"})
	if err != nil || e.Checks[1].Port == nil || e.Checks[1].Port.Host != 18080 {
		t.Errorf("%+v, %v", e.Checks, err)
	}
}

// A workspace lies where its learner wants it.
func TestAnyPathCanBeTheWorkspace(t *testing.T) {
	l := first(t, "@ first/exercises.yaml\n<       - docker cp index.html ${web}:/\n>       - docker run -v ${workspace}/site:/x httpd\n")
	for _, path := range []string{"/home/me/kihon", "/home/me/my: work #1", `/home/"me"/it's`, `C:\Users\me\kihon`, "/ホーム/きほん", "/a\tb", "/{x}, [y] & *z", "/${web}"} {
		e, err := l.Resolve("run-it", map[string]string{lessons.Workspace: path})
		if want := "docker run -v " + path + "/site:/x httpd"; err != nil || !slices.Equal(e.Solution, []string{want}) {
			t.Errorf("%q, %v, want %q", e.Solution, err, want)
		}
	}
}

func TestAnExerciseUsesTheVariablesThatItMentions(t *testing.T) {
	for name, c := range map[string]struct {
		change string
		want   []string
	}{
		"in checks and start":            {"", []string{"web", "web_port"}},
		"in a command":                   {"@ first/exercises.yaml\n<       - docker cp index.html ${web}:/\n>       - echo ${word} | docker cp - ${web}:/\n", []string{"web", "web_port", "word"}},
		"before its id":                  {"@ first/exercises.yaml\n<   - id: run-it\n<     kind: hands_on\n>   - solution: [\"echo ${word}\"]\n>     kind: hands_on\n>     id: run-it\n<     solution:\n<       - docker cp index.html ${web}:/\n", []string{"web", "web_port", "word"}},
		"not in a comment":               {"@ first/exercises.yaml\n<     needs:\n>     # ${word} is for another day\n>     needs:\n", []string{"web", "web_port"}},
		"not those that are not its own": {"@ first/exercises.yaml\n<       - docker cp index.html ${web}:/\n>       - echo ${HOME} ${workspace}\n", []string{"web", "web_port"}},
		"in a file that it lays":         {"! first/files/index.html\n@ first/files/index.html\n> <h1>${word}</h1>\n", []string{"web", "web_port", "word"}},
	} {
		t.Run(name, func(t *testing.T) {
			l := first(t, c.change)
			if got := l.Uses("run-it"); !slices.Equal(got, c.want) {
				t.Errorf("%v, want %v", got, c.want)
			}
			if got := l.Uses("which-side"); len(got) != 0 {
				t.Errorf("the quiz uses %v", got)
			}
		})
	}
}

func TestAVariableTakesOnlyValuesOfItsKind(t *testing.T) {
	for kind, values := range map[string]map[string]bool{
		lessons.PortKind:      {"1": true, "8080": true, "65535": true, "0": false, "65536": false, "-1": false, "080": false, "+80": false, "80/tcp": false, "http": false, "": false, " 80": false, "８０": false},
		lessons.ContainerKind: {"web": true, "Web_1.a-b": true, "0a": true, "a": false, "-web": false, "_web": false, "my web": false, "web/1": false, "ウェブ": false, "": false, "web\n": false},
		lessons.WordKind:      {"sakura": true, "abc": true, "ab": false, "Sakura": false, "sakura1": false, "桜桜桜": false, "": false, strings.Repeat("a", 21): false},
	} {
		for value, right := range values {
			if err := (lessons.Variable{Kind: kind}).Accepts(value); (err == nil) != right {
				t.Errorf("%s %q: %v, want it taken: %v", kind, value, err, right)
			}
		}
	}
}

func TestNamesAreThoseOfStartAndChecksOnce(t *testing.T) {
	e, err := first(t, `@ first/exercises.yaml
<       - port:
<           container: ${web}
<           host: ${web_port}
<           inside: 80
>       - port: {container: second, host: 80, inside: 80}
>       - http: {url: "http://localhost/", container: third}
>       - file: {container: fourth, path: /x}
>       - history: {container: fifth, steps: [start]}
>       - image: {reference: httpd}
`).Resolve("run-it", nil)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := e.Names(), []string{"apa000ex2", "second", "third", "fourth", "fifth"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if got := e.StartNames(); !slices.Equal(got, []string{"apa000ex2"}) {
		t.Errorf("the start's are %v", got)
	}
}
