package render

import (
	"strings"
	"testing"

	"kihon/checker/clean"
)

func TestMarkdownLetsNoControlSequenceThrough(t *testing.T) {
	const attack = "\x1b]0;t\a\x1b[31m"
	sources := map[string]string{
		"paragraph":    "a" + attack + "b",
		"heading":      "# a" + attack + "b",
		"code span":    "`a" + attack + "b`",
		"code block":   "```console\n$ a" + attack + "b\n\x1b[2J\n```",
		"indented":     "    a" + attack + "b",
		"table":        "| a |\n| - |\n| a\x1b[31mb |",
		"link":         "[ab](http://example.org/\x1b[31m)",
		"autolink":     "<http://example.org/\u009b31m>",
		"image":        "![ab\x1b[31m](x)",
		"reference":    "ab&#27;[31m &#x9b;31m &#155;31m",
		"html":         "<p>ab\x1b[31m &#27;[31m</p>",
		"html summary": "<details><summary>ab\x1b[31m&#27;[31m</summary>\n\nx\n\n</details>",
		"quote":        "> ab\x1b[31m",
		"list":         "- ab\x1b[31m\n- [ ] \x1b[2J",
	}
	for name, source := range sources {
		t.Run(name, func(t *testing.T) {
			for _, plain := range []bool{true, false} {
				got := Text([]byte(source), Options{Plain: plain, ShowDetails: true})
				if bad := controls(got); bad != "" {
					t.Errorf("%q holds %q", got, bad)
				}
				if !strings.Contains(got, "a") {
					t.Errorf("%q has lost its text", got)
				}
			}
		})
	}
}

func TestReplacedValuesAreStrippedToo(t *testing.T) {
	opts := Options{Replace: func(s string) string { return strings.ReplaceAll(s, "8080", "\x1b[2J1") }}
	got := Text([]byte("8080 `8080`\n\n    8080\n\n<http://localhost:8080>"), opts)
	if bad := controls(got); bad != "" {
		t.Errorf("%q holds %q", got, bad)
	}
}

// controls returns what of s could steer a terminal.
func controls(s string) string {
	if clean.Text(s) != s {
		return s
	}
	return ""
}
