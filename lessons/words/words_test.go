package words

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"kihon/lessons"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares what people read with testdata/name.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got == string(want) {
		return
	}
	gotLines, wantLines := strings.Split(got, "\n"), strings.Split(string(want), "\n")
	for i := range max(len(gotLines), len(wantLines)) {
		g, w := "(end)", "(end)"
		if i < len(gotLines) {
			g = gotLines[i]
		}
		if i < len(wantLines) {
			w = wantLines[i]
		}
		if g != w {
			t.Fatalf("%s differs at line %d; -update writes it anew.\ngot:  %s\nwant: %s", path, i+1, g, w)
		}
	}
}

// names returns the placeholders of a wording, each once, sorted.
func names(say string) []string {
	var out []string
	for _, parts := range placeholder.FindAllStringSubmatch(say, -1) {
		out = append(out, parts[1])
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// every calls f with each wording that w can say, and where it stands.
func every(w *Words, f func(where, say string)) {
	for code, entry := range w.findings {
		for _, a := range entry.Message {
			f(code+" message", a.say)
		}
		for _, a := range entry.Next {
			f(code+" next", a.say)
		}
	}
	for key, label := range w.checks {
		for _, a := range label {
			f("check "+key, a.say)
		}
	}
	for key, say := range w.ui {
		f("ui "+key, say)
	}
	for name, a := range w.actions {
		f("action "+name, a.do+" "+a.did+" "+a.then)
	}
}

func TestEachLanguageHasItsWords(t *testing.T) {
	for _, l := range lessons.Languages() {
		if got := For(l).Language(); got != l {
			t.Errorf("For(%q) speaks %q", l, got)
		}
	}
	if got := For("fr").Language(); got != lessons.English {
		t.Errorf("a language that is not known gives %q, want English", got)
	}
}
