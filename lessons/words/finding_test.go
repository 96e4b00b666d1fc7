package words

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"kihon/checker"
	"kihon/lessons"
)

func TestEveryCodeHasWordsInEveryLanguage(t *testing.T) {
	codes := checker.Codes()
	for _, l := range lessons.Languages() {
		w := For(l)
		for _, code := range codes {
			entry, there := w.findings[code]
			if !there {
				t.Errorf("%s: no words for %s", l, code)
				continue
			}
			for what, some := range map[string]text{"message": entry.Message, "next": entry.Next} {
				last := some[len(some)-1]
				if last.when != "" || len(names(last.say)) > 0 {
					t.Errorf("%s: the last wording of the %s of %s does not always fit: %q", l, what, code, last)
				}
			}
		}
		for code := range w.findings {
			if !slices.Contains(codes, code) {
				t.Errorf("%s: words for %s, which is no code", l, code)
			}
		}
	}
	for _, code := range codes {
		if _, known := producers[code]; !known {
			t.Errorf("the table of producers lacks %s", code)
		}
	}
}

func TestPlaceholdersAreWhatTheProducerGives(t *testing.T) {
	for _, l := range lessons.Languages() {
		for code, entry := range For(l).findings {
			p := producers[code]
			known := slices.Concat(p.always, p.often)
			for _, a := range slices.Concat(entry.Message, entry.Next) {
				used := names(a.say + a.when)
				for part := range strings.SplitSeq(a.when, " & ") {
					if name, _, is := strings.Cut(part, "="); is {
						used = append(used, name)
					}
				}
				for _, name := range used {
					if !slices.Contains(known, name) && !slices.Contains(known, derived[name]) {
						t.Errorf("%s: %s uses {%s}, which nobody gives: %q", l, code, name, a.say)
					}
				}
			}
		}
	}
}

// What the table calls always must be enough for a wording that names things.
func TestWhatIsAlwaysGivenIsEnough(t *testing.T) {
	for _, l := range lessons.Languages() {
		w := For(l)
		for code, p := range producers {
			f := made(code, p.always)
			entry := w.findings[code]
			message, _ := w.Finding(f)
			bare := entry.Message[len(entry.Message)-1].say
			if len(p.always) > 1 && len(entry.Message) > 1 && message == bare {
				t.Errorf("%s: %s says only %q although %v is given", l, code, message, p.always)
			}
		}
	}
}

// made is a finding with a value for each of the names.
func made(code string, with []string) checker.Finding {
	f := checker.Finding{Code: code, Args: map[string]string{}}
	for _, name := range with {
		switch value := "some" + strings.ReplaceAll(name, "_", ""); name {
		case "subject":
			f.Subject = "container somecontainer"
		case "wanted":
			f.Wanted = value
		case "found":
			f.Found = value
		default:
			f.Args[name] = value
		}
	}
	return f
}

func TestNothingIsEverLeftOpen(t *testing.T) {
	advice := [][]string{
		nil,
		{"docker rm -f x", "docker run --name x -d httpd"},
		{"docker rm -f someholder", "docker rm -f x", "docker run --name x -d httpd"},
		{"docker run --name x -d httpd"},
		{"docker start x"},
		{"docker stop x", "docker rm x"},
		{"docker unpause x"},
		{"docker rename y x"},
		{"docker pull httpd"},
		{"docker logs x"},
		{"docker cp a x:/b"},
		{"kihon reset ports/reach-apache"},
		{"something else"},
	}
	for _, l := range lessons.Languages() {
		w := For(l)
		for code, p := range producers {
			all := slices.Concat(p.always, p.often)
			cases := [][]string{nil, p.always, all}
			for i := range all {
				cases = append(cases, slices.Delete(slices.Clone(all), i, i+1))
			}
			for _, with := range cases {
				for _, commands := range advice {
					f := made(code, with)
					f.Commands = commands
					message, next := w.Finding(f)
					for _, said := range []string{message, next} {
						if said == "" || strings.ContainsAny(said, "{}") || strings.Contains(said, "  ") ||
							strings.Contains(said, `""`) || strings.Contains(said, "「」") || strings.Contains(said, "()") || strings.Contains(said, "（）") {
							t.Errorf("%s: %s with %v and %v: %q", l, code, with, commands, said)
						}
					}
				}
			}
		}
	}
}

// A wording behind one that always fits first is never read by anybody.
func TestNoWordingIsHidden(t *testing.T) {
	shared := map[string]bool{}
	visible := func(where string, some text) {
		for _, a := range some {
			values, commands := suiting(a)
			want, _ := fill(a.say, values)
			if got, _ := some.in(values, commands); got != want && !shared[a.say] {
				t.Errorf("%s never says\n%q but\n%q", where, want, got)
			}
		}
	}
	for _, some := range []text{againEn, againJa, pullAgainEn, pullAgainJa} {
		visible("the shared advice", some)
	}
	// Behind wordings of its own, an entry need not use all of the shared ones.
	for _, a := range slices.Concat(againEn, againJa) {
		shared[a.say] = true
	}
	for _, l := range lessons.Languages() {
		for code, entry := range For(l).findings {
			visible(fmt.Sprintf("%s: the message of %s", l, code), entry.Message)
			visible(fmt.Sprintf("%s: the next step of %s", l, code), entry.Next)
		}
	}
}

// suiting are the values and commands that a wording asks for, and no others.
func suiting(a alternative) (values map[string]string, commands []string) {
	values = map[string]string{}
	for _, name := range names(a.say + a.when) {
		values[name] = "some-" + name
	}
	for part := range strings.SplitSeq(a.when, " & ") {
		part, _ = fill(part, values)
		name, value, is := strings.Cut(part, "=")
		switch {
		case is:
			values[name] = value
		case part == "commands":
			commands = append(commands, "any command")
		case part != "" && part != "no commands":
			commands = append(commands, part+" x")
		}
	}
	return values, commands
}

// The arguments in the table must be ones that the checker writes: as a map
// key, or as a named group of a pattern.
func TestTheTableNamesRealArguments(t *testing.T) {
	var source strings.Builder
	err := filepath.WalkDir(filepath.Join("..", "..", "checker"), func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return err
		}
		content, err := os.ReadFile(path)
		source.Write(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	fields := []string{"subject", "wanted", "found"}
	fromTheLoader := []string{"file", "line"}
	seen := map[string]bool{}
	for _, p := range producers {
		for _, name := range slices.Concat(p.always, p.often) {
			seen[name] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(seen)) {
		if slices.Contains(fields, name) || slices.Contains(fromTheLoader, name) {
			continue
		}
		written := strings.Contains(source.String(), `Args["`+name+`"]`) ||
			strings.Contains(source.String(), `"`+name+`":`) ||
			strings.Contains(source.String(), `(?P<`+name+`>`)
		if !written {
			t.Errorf("nothing in the checker gives the argument %q", name)
		}
	}
}

func TestAFindingCannotSteerATerminalOrFloodIt(t *testing.T) {
	f := checker.Finding{
		Code: checker.ContainerCrashed, Subject: "container web",
		Args: map[string]string{"container": "web", "exit_code": "1", "log": "\x1b]0;title\x07" + strings.Repeat("長", 5000)},
	}
	for _, l := range lessons.Languages() {
		message, _ := For(l).Finding(f)
		if strings.ContainsAny(message, "\x1b\x07") || strings.Contains(message, "title") {
			t.Errorf("%s: a control sequence came through: %q", l, message)
		}
		if n := len([]rune(message)); n > 2*longestValue {
			t.Errorf("%s: the message has %d characters", l, n)
		}
	}
}

func TestTheSubjectNamesTheContainerWhereNoArgumentDoes(t *testing.T) {
	message, _ := For(lessons.English).Finding(checker.Finding{Code: checker.ContainerStillRunning, Subject: "container web"})
	if want := "Container web is still running."; message != want {
		t.Errorf("got %q, want %q", message, want)
	}
}

func TestACodeThatNobodyKnowsIsStillSaid(t *testing.T) {
	for _, l := range lessons.Languages() {
		message, next := For(l).Finding(checker.Finding{Code: "moon.full"})
		if !strings.Contains(message, "moon.full") || next == "" {
			t.Errorf("%s: %q, %q", l, message, next)
		}
	}
}
