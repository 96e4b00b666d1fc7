package main

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"kihon/lessons/render"
)

// changing is what differs from run to run, and what stands for it.
var changing = []struct {
	pattern *regexp.Regexp
	word    string
}{
	{regexp.MustCompile(`\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z`), "TIME"},
	{regexp.MustCompile(`\b\d{4}-\d\d-\d\d \d\d:\d\d\b`), "2026-01-02 03:04"},
	{regexp.MustCompile(`"duration_ms": [0-9.]+`), `"duration_ms": 1.5`},
	{regexp.MustCompile(` time="[0-9]+\.[0-9]{3}"`), ` time="0.015"`},
	{regexp.MustCompile(`\b[0-9a-f]{64}\b`), "ID64"},
	{regexp.MustCompile(`\b[0-9a-f]{12}\b`), "ID12"},
	{regexp.MustCompile(`"version": "[0-9][^"]*",\n(\s+)"api_version": "1\.[0-9]+"`), "\"version\": \"20.10.24\",\n${1}\"api_version\": \"1.41\""},
	{regexp.MustCompile(`"arch": "\w+"`), `"arch": "amd64"`},
}

// tidy puts words in place of what differs from run to run in the output of
// the last command.
func scriptTidy(ts *testscript.TestScript, _ bool, _ []string) {
	var pairs []string
	for _, name := range []string{"WORK", "KIHON_CACHE", "TMPDIR", "WEB", "BOX", "WEB_PORT", "ID"} {
		if value := ts.Getenv(name); value != "" {
			pairs = append(pairs, value, "$"+name)
		}
	}
	own := strings.NewReplacer(pairs...)
	for name, to := range map[string]io.Writer{"stdout": ts.Stdout(), "stderr": ts.Stderr()} {
		text := own.Replace(ts.ReadFile(name))
		for _, c := range changing {
			text = c.pattern.ReplaceAllString(text, c.word)
		}
		fmt.Fprint(to, text)
	}
}

// columns N wants that no line of the last output is wider.
func scriptColumns(ts *testscript.TestScript, _ bool, args []string) {
	most, err := strconv.Atoi(args[0])
	ts.Check(err)
	for line := range strings.Lines(ts.ReadFile("stdout") + ts.ReadFile("stderr")) {
		if wide := render.StringWidth(strings.TrimRight(line, "\n")); wide > most {
			ts.Fatalf("%d columns: %s", wide, line)
		}
	}
}

// wellformed json|xml wants that the standard output is one such document.
func scriptWellFormed(ts *testscript.TestScript, _ bool, args []string) {
	text := ts.ReadFile("stdout")
	if args[0] == "json" {
		var any json.RawMessage
		ts.Check(json.Unmarshal([]byte(text), &any))
		return
	}
	decoder := xml.NewDecoder(strings.NewReader(text))
	for depth := 0; ; {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		ts.Check(err)
		switch token := token.(type) {
		case xml.StartElement:
			depth++
		case xml.EndElement:
			depth--
		case xml.CharData:
			if depth == 0 && strings.TrimSpace(string(token)) != "" {
				ts.Fatalf("text beside the document")
			}
		}
	}
}

// An entry of a list in a help text: two spaces or more, what it is, two spaces
// or more, what it means.
var helpEntry = regexp.MustCompile(`^ {2,}(\S+(?: \S+)*)(?: {2,}(\S.*))?$`)

// helps LANG reads the help of every verb, and of every verb's verbs, and wants
// that nothing is missing in it and everything is in the language.
func scriptHelps(ts *testscript.TestScript, _ bool, args []string) {
	headings := map[string][3]string{"en": {"Examples:", "Usage:", "Verbs:"}, "ja": {"例：", "使い方：", "命令："}}[args[0]]
	var faults []string
	var visit func(path []string)
	visit = func(path []string) {
		name := "kihon " + strings.Join(path, " ")
		fault := func(format string, a ...any) { faults = append(faults, name+": "+fmt.Sprintf(format, a...)) }
		ts.Check(ts.Exec(binary, append(path, "--help", "--lang", args[0])...))
		text := ts.ReadFile("stdout")
		if ts.ReadFile("stderr") != "" {
			fault("help talks on standard error")
		}
		example, usage := strings.Index(text, headings[0]), strings.Index(text, headings[1])
		if example > usage || usage <= 0 {
			fault("the usage (%d) does not stand after what it does and after the examples (%d)", usage, example)
		}
		if raw := regexp.MustCompile(`\b(cmd|flag|help|error|kind)\.[a-z_]+|%!|<nil>`).FindString(text); raw != "" {
			fault("a text is missing: %s", raw)
		}
		var below []string
		heading := ""
		for line := range strings.Lines(text) {
			line = strings.TrimRight(line, "\n")
			if !strings.HasPrefix(line, " ") {
				heading = line
				continue
			}
			if strings.HasPrefix(line, strings.Repeat(" ", 10)) {
				continue // a long meaning goes on
			}
			entry := helpEntry.FindStringSubmatch(line)
			if heading == headings[0] || heading == headings[1] || entry == nil {
				continue
			}
			if entry[2] == "" || args[0] == "ja" && len([]rune(entry[2])) == len(entry[2]) {
				fault("says too little: %q", line)
			}
			if heading == headings[2] {
				below = append(below, entry[1])
			}
		}
		for _, verb := range below {
			visit(append(path[:len(path):len(path)], verb))
		}
	}
	visit(nil)
	if len(faults) > 0 {
		ts.Fatalf("%s", strings.Join(faults, "\n"))
	}
}
