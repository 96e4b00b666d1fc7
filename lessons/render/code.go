package render

import (
	"strings"

	"github.com/yuin/goldmark/ast"
)

// codeIndent is the number of columns a code block stands in from the text,
// narrowIndent the number for a block that is too wide for its line anyway.
const (
	codeIndent   = 4
	narrowIndent = 2
)

// tabWidth is the distance of the tab stops in code, in columns.
const tabWidth = 4

// code renders a code block. Its lines are never broken: a command must stay
// what it is. Where they do not fit the indent gives way first; what is still
// too wide is left to the terminal.
func (p *printer) code(n ast.Node, language string, width int) []string {
	text := strings.TrimRight(rawText(n.Lines(), p.source), "\n")
	if text == "" {
		return nil
	}
	var lines []string
	widest := 0
	for _, l := range strings.Split(text, "\n") {
		l = strings.TrimRight(expandTabs(Strip(p.replace(l))), " \n")
		l = strings.ReplaceAll(l, "\n", " ")
		lines = append(lines, l)
		widest = max(widest, StringWidth(l))
	}
	for i, l := range lines {
		if language == "console" {
			lines[i] = p.consoleLine(l)
		} else {
			lines[i] = p.style.Code.Apply(l)
		}
	}
	room := width - widest
	if room < 0 {
		room = narrowIndent
	}
	indent := strings.Repeat(" ", min(codeIndent, room))
	return prefix(lines, indent, indent)
}

// consoleLine renders a line of a terminal session: after a prompt ($ and a
// space) stands what is typed; other lines are what was answered.
func (p *printer) consoleLine(l string) string {
	if typed, ok := strings.CutPrefix(l, "$ "); ok {
		return p.style.Dim.Apply("$") + " " + p.style.Typed.Apply(typed)
	}
	return p.style.Output.Apply(l)
}

func expandTabs(s string) string {
	if !strings.Contains(s, "\t") {
		return s
	}
	var out strings.Builder
	column := 0
	for i, piece := range strings.Split(s, "\t") {
		if i > 0 {
			blanks := tabWidth - column%tabWidth
			out.WriteString(strings.Repeat(" ", blanks))
			column += blanks
		}
		out.WriteString(piece)
		column += StringWidth(piece)
	}
	return out.String()
}
