package render

import (
	"strings"
	"testing"
)

func FuzzMarkdown(f *testing.F) {
	for _, s := range []string{
		"# a\n\n- b\n  1. c\n\n> d\n\n```console\n$ e\n```\n\n| f | g |\n| - | :-: |\n| あ | `h` |\n",
		"<details><summary>x</summary>\n\ny\n\n</details>\n\n</details>",
		"**太字** と [リンク](http://localhost:8080/) 「。」&#27;[31m\\\n- [ ] x\n- [x] y",
		"<!-- a",
		"![a![b](c)](d)",
		"| |\n|-|\n| ||",
	} {
		f.Add(s, uint8(40))
	}
	f.Fuzz(func(t *testing.T, source string, width uint8) {
		for _, opts := range []Options{
			{Width: int(width)},
			{Width: int(width), Plain: true, ShowDetails: true, Choices: true, Indent: int(width % 7), Style: tags},
		} {
			got := Text([]byte(source), opts)
			if bad := controls(got); bad != "" {
				t.Errorf("%q holds %q", got, bad)
			}
			if got != "" && !strings.HasSuffix(got, "\n") {
				t.Errorf("%q does not end its last line", got)
			}
		}
	})
}

func FuzzWrap(f *testing.F) {
	f.Add("あ。「い」`docker ps` \x1b[31mred\x1b[0m http://localhost/ ーーー", 10)
	f.Fuzz(func(t *testing.T, s string, width int) {
		width %= 200
		s = Strip(s)
		got := Wrap(s, width, "", "")
		if address.MatchString(s) {
			return // a URL may be wider
		}
		widest := 2 // of one character, which nothing can break
		for _, c := range plainCells(s) {
			widest = max(widest, c.width)
		}
		for _, line := range strings.Split(got, "\n") {
			if w := StringWidth(line); w > max(width, widest) {
				t.Errorf("Wrap(%q, %d): %d columns: %q", s, width, w, line)
			}
		}
		letters := func(s string) string { return strings.Join(strings.Fields(s), "") }
		if letters(got) != letters(s) {
			t.Errorf("Wrap(%q, %d) = %q has changed the text", s, width, got)
		}
	})
}
