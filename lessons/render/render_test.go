package render

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/yuin/goldmark/ast"
)

func TestMarkdownRendersARunOfNeighbours(t *testing.T) {
	source := []byte("# A\n\none\n\n## B\n\ntwo\n\nthree\n")
	all := children(Parse(source))
	var out strings.Builder
	if err := Markdown(&out, source, all[2:4], Options{Indent: 2}); err != nil {
		t.Fatal(err)
	}
	if want := "  ## B\n\n  two\n"; out.String() != want {
		t.Errorf("got %q, want %q", out.String(), want)
	}
}

func TestNothingRendersAsNothing(t *testing.T) {
	for _, source := range []string{"", "\n\n", "<!-- a comment -->", "<details>\n\nhidden\n\n</details>", "```\n```"} {
		if got := Text([]byte(source), Options{}); got != "" {
			t.Errorf("Text(%q) = %q, want nothing", source, got)
		}
	}
}

func TestDetailsAreLeftOutWithAllTheyHold(t *testing.T) {
	source := "before\n\n<details>\n<summary>Hint</summary>\n\nsecret\n\n<details><summary>deeper</summary>\n\nsecret\n\n</details>\n\n- secret\n\n</details>\n\nafter\n"
	if got, want := Text([]byte(source), Options{}), "before\n\nafter\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := Text([]byte(source), Options{ShowDetails: true}); strings.Count(got, "secret") != 3 {
		t.Errorf("with ShowDetails: %q", got)
	}
}

func TestIndentCountsTowardsTheWidth(t *testing.T) {
	source := strings.Repeat("コンテナを動かす。", 20)
	for _, line := range strings.Split(Text([]byte(source), Options{Width: 40, Indent: 4}), "\n") {
		if StringWidth(line) > 40 || line != "" && !strings.HasPrefix(line, "    ") {
			t.Errorf("%d columns: %q", StringWidth(line), line)
		}
	}
}

func TestPlainModeTakesNoLook(t *testing.T) {
	source := []byte("# A\n\n**b** `c`\n\n> d\n\n- e\n\n---\n\n| f |\n| - |\n| g |\n")
	got := Text(source, Options{Plain: true, Style: tags})
	if strings.ContainsAny(got, "</│─•") {
		t.Errorf("plain mode draws:\n%s", got)
	}
	for _, want := range []string{"# A", "b `c`", "> d", "- e", "---"} {
		if !strings.Contains(got, want) {
			t.Errorf("plain mode has no %q:\n%s", want, got)
		}
	}
}

// A lesson by somebody else may be made to hang the program that shows it.
func TestHostileTextIsRenderedInTime(t *testing.T) {
	sources := map[string]string{
		"deep quotes":   strings.Repeat("> ", 300) + "a\n\n" + strings.Repeat("> ", 300) + "---\n",
		"deep lists":    strings.Repeat("- ", 300) + "# a\n",
		"many columns":  strings.Repeat("| aaaaaaaaaaaaaaaaaaaa ", 500) + "|\n" + strings.Repeat("| - ", 500) + "|\n" + strings.Repeat("| b ", 500) + "|\n",
		"one long word": strings.Repeat("a", 200_000),
		"one long URL":  "http://" + strings.Repeat("a", 200_000),
		"many spans":    strings.Repeat("`a`b", 50_000),
		"many details":  strings.Repeat("<details>\n\n", 300),
	}
	for name, source := range sources {
		t.Run(name, func(t *testing.T) {
			done := make(chan string, 1)
			go func() { done <- Text([]byte(source), Options{Width: 40, ShowDetails: true}) }()
			select {
			case <-done:
			case <-time.After(20 * time.Second):
				t.Fatal("still rendering after 20 s")
			}
		})
	}
}

func TestAFailingWriterIsReported(t *testing.T) {
	source := []byte("a")
	full := errors.New("disk full")
	if err := Markdown(failing{full}, source, []ast.Node{Parse(source).FirstChild()}, Options{}); !errors.Is(err, full) {
		t.Errorf("got %v, want %v", err, full)
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }
