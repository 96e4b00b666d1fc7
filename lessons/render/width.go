package render

import (
	"regexp"
	"strings"

	"github.com/rivo/uniseg"
)

// The functions in this file take text that we have coloured ourselves: SGR
// sequences count for nothing and stay where they are. Text from elsewhere
// goes through Strip first.

var sgr = regexp.MustCompile(`\x1b\[[0-9;:]*m`)

// StringWidth returns the number of columns that s, which has no line breaks,
// takes on a terminal. Signs of ambiguous width (… ① →) count one, as they do
// in terminals that are set to UTF-8.
func StringWidth(s string) int {
	if strings.Contains(s, "\x1b") {
		s = sgr.ReplaceAllString(s, "")
	}
	width, state := 0, -1
	for s != "" {
		var cluster string
		var w int
		cluster, s, w, state = uniseg.FirstGraphemeClusterInString(s, state)
		width += w + halfWidthMarks(cluster)
	}
	return width
}

// Truncate cuts s, which has no line breaks, to at most width columns; what is
// cut ends with an ellipsis.
func Truncate(s string, width int) string {
	if StringWidth(s) <= width {
		return s
	}
	if width < 1 {
		return ""
	}
	cells := plainCells(s)
	var out strings.Builder
	room := width - 1
	for i, c := range cells {
		if c.width > room {
			out.WriteString("…")
			for _, cut := range cells[i:] {
				out.WriteString(cut.before) // what switches colours off again
			}
			break
		}
		room -= c.width
		out.WriteString(c.before)
		out.WriteString(c.text)
	}
	return out.String()
}

// Pad adds spaces to s, which has no line breaks, up to width columns.
func Pad(s string, width int) string {
	return s + strings.Repeat(" ", max(width-StringWidth(s), 0))
}

// Wrap breaks text into lines of at most width columns by the rules of the
// package, with firstIndent before the first and restIndent before the others;
// both count. Line breaks in the text are kept. What stands between backquotes
// stays together as long as it fits, and a URL always does. There is no line
// break at the end.
func Wrap(text string, width int, firstIndent, restIndent string) string {
	first := width - StringWidth(firstIndent)
	rest := width - StringWidth(restIndent)
	var out strings.Builder
	out.WriteString(firstIndent)
	for n, paragraph := range strings.Split(text, "\n") {
		if n > 0 {
			out.WriteString("\n" + restIndent)
			first = rest
		}
		for i, l := range fillCells(plainCells(paragraph), first, rest) {
			if i > 0 {
				out.WriteString("\n" + restIndent)
			}
			out.WriteString(l.text)
		}
	}
	return trimLines(out.String())
}

// trimLines takes away the spaces at the ends of lines that an indent leaves
// where a line is empty.
func trimLines(s string) string {
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRight(l, " ")
	}
	return strings.Join(lines, "\n")
}

var quoted = regexp.MustCompile("`[^`]+`")

// plainCells makes cells of a line of text that may hold SGR sequences.
func plainCells(s string) []cell {
	sequences := sgr.FindAllStringIndex(s, -1)
	bare := sgr.ReplaceAllString(s, "")
	var runs []run
	start := 0
	for _, m := range quoted.FindAllStringIndex(bare, -1) {
		runs = append(runs, run{text: bare[start:m[0]]}, run{text: bare[m[0]:m[1]], whole: true})
		start = m[1]
	}
	out := cells(append(runs, run{text: bare[start:]}), true)

	// Put the sequences back in front of the characters they stood before.
	offset, removed := 0, 0
	for i := 0; i < len(out) && len(sequences) > 0; i++ {
		for len(sequences) > 0 && sequences[0][0]-removed <= offset {
			m := sequences[0]
			out[i].before += s[m[0]:m[1]]
			removed += m[1] - m[0]
			sequences = sequences[1:]
		}
		offset += len(out[i].text)
	}
	for _, m := range sequences {
		out = append(out, cell{before: s[m[0]:m[1]]})
	}
	return out
}
