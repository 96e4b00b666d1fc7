// Package render turns a lesson's Markdown into text for a terminal, right in
// English and in Japanese.
//
// It walks the tree that goldmark parses and fills lines of a given number of
// columns. A wide character takes two columns. Lines break where Japanese
// typesetting allows it (kinsoku): none begins with 。、」）！？ー or a small
// kana, none ends with an opening bracket, and what a learner has to type (a
// code span, a name, a URL) stays in one piece as long as it fits.
//
// Nothing that comes from a course can steer the terminal: every text passes
// Strip, and the only control sequences in the output are those of Style. With
// a zero Style the output is plain text.
//
// The package keeps no state; all functions may be called concurrently.
package render

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"
)

// MinWidth is the narrowest line, in columns, that Markdown lays text out for.
const MinWidth = 20

// SGR is one look: the control sequences (Select Graphic Rendition, ECMA-48
// section 8.3.117) that switch it on and off. The zero value changes nothing.
type SGR struct {
	On, Off string
}

// Style says how each part of a text looks. A part whose look is zero and
// that would then vanish in the prose (a heading, code, something struck out)
// is marked with the signs of Markdown instead.
type Style struct {
	Title    SGR // the heading of level 1
	Heading  SGR // headings of level 2 and more
	Strong   SGR
	Emphasis SGR
	Strike   SGR
	Code     SGR // code spans and code blocks
	Typed    SGR // what is typed in a console block
	Output   SGR // what is answered in a console block
	Link     SGR // a link's text; its address is Dim
	Quote    SGR
	Rule     SGR // lines: what is drawn, not said
	Dim      SGR
	// OK, Warn and Bad are not used by Markdown. They are here so that the
	// text around a lesson (ticks, findings) takes its looks from one place.
	OK, Warn, Bad SGR
}

// Options says how to lay a text out. The zero value is 80 columns without
// colour.
type Options struct {
	// Width is the number of columns of a line, Indent included; 80 when it
	// is 0, and never less than MinWidth.
	Width int
	// Indent is the number of blank columns before every line.
	Indent int
	// Style is ignored in plain mode.
	Style Style
	// Plain draws nothing: headings have # before them, lists -, quotes >,
	// code spans their backquotes. It is what pipes and screen readers get.
	Plain bool
	// Replace, when set, is applied to every run of text, code span, line of
	// code, and address, after escapes are resolved and before Strip and the
	// breaking of lines. It must not add line breaks.
	Replace func(string) string
	// ShowDetails shows the content of <details> blocks under its summary.
	// They are left out otherwise.
	ShowDetails bool
	// Choices numbers the items of a task list from 1 instead of showing
	// their boxes, as the choices of a quiz.
	Choices bool
}

// Parse parses Markdown as lessons are written: CommonMark with GitHub's
// tables, task lists, strikethrough and bare links. The tree refers to source.
func Parse(source []byte) ast.Node {
	md := goldmark.New(goldmark.WithExtensions(
		extension.Table, extension.TaskList, extension.Strikethrough, extension.Linkify,
	))
	return md.Parser().Parse(text.NewReader(source))
}

// Markdown writes a run of block nodes, which are neighbours in a tree made
// by Parse from source, with one empty line between blocks and none after the
// last. The error is that of w.
func Markdown(w io.Writer, source []byte, nodes []ast.Node, opts Options) error {
	p := newPrinter(source, opts)
	width := max(cmp.Or(opts.Width, 80), MinWidth) - opts.Indent
	margin := strings.Repeat(" ", opts.Indent)
	var out bytes.Buffer
	for _, line := range p.blocks(nodes, width, true) {
		if line != "" {
			out.WriteString(margin)
			out.WriteString(line)
		}
		out.WriteByte('\n')
	}
	if _, err := w.Write(out.Bytes()); err != nil {
		return fmt.Errorf("write rendered text: %w", err)
	}
	return nil
}

// Text parses and renders a whole Markdown text. The result ends with a line
// break unless it is empty.
func Text(source []byte, opts Options) string {
	var out strings.Builder
	// A strings.Builder never fails.
	_ = Markdown(&out, source, children(Parse(source)), opts)
	return out.String()
}

func children(parent ast.Node) []ast.Node {
	nodes := make([]ast.Node, 0, parent.ChildCount())
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		nodes = append(nodes, n)
	}
	return nodes
}
