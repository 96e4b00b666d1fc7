package render

import (
	"strconv"
	"strings"

	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"
)

// printer renders the blocks of one text. Every method that renders returns
// finished lines: looks are switched off at the end of each, so that a caller
// can put anything before and behind them.
type printer struct {
	source []byte
	opts   Options
	style  Style
	signs  signs
	base   *look // what all text has in common here
}

// signs are what a text is drawn with.
type signs struct {
	bullet, quote, rule string
}

func newPrinter(source []byte, opts Options) *printer {
	p := &printer{source: source, opts: opts, style: opts.Style, signs: signs{"•", "│", "─"}}
	if opts.Plain {
		p.style = Style{}
		p.signs = signs{"-", ">", "-"}
	}
	return p
}

func (s SGR) over(outer *look) *look {
	if s == (SGR{}) {
		return outer
	}
	return &look{outer, s}
}

// Apply returns text in this look; empty text stays empty.
func (s SGR) Apply(text string) string {
	if text == "" {
		return ""
	}
	return s.On + text + s.Off
}

func (p *printer) replace(s string) string {
	if p.opts.Replace == nil {
		return s
	}
	return p.opts.Replace(s)
}

// blocks renders neighbouring blocks, with an empty line between them if
// spaced. However deep they are nested some columns are left.
func (p *printer) blocks(nodes []ast.Node, width int, spaced bool) []string {
	width = max(width, MinWidth/2)
	var out []string
	for i := 0; i < len(nodes); i++ {
		var lines []string
		if html, ok := nodes[i].(*ast.HTMLBlock); ok && p.opensDetails(html) {
			var used int
			lines, used = p.details(nodes[i:], width)
			i += used - 1
		} else {
			lines = p.block(nodes[i], width)
		}
		if spaced {
			out = joinBlocks(out, lines)
		} else {
			out = append(out, lines...)
		}
	}
	return out
}

func (p *printer) block(n ast.Node, width int) []string {
	switch n := n.(type) {
	case *ast.Heading:
		return p.heading(n, width)
	case *ast.Paragraph, *ast.TextBlock:
		return p.fill(p.inlines(n, p.base), width)
	case *ast.List:
		return p.list(n, width)
	case *ast.Blockquote:
		return p.quote(n, width)
	case *ast.FencedCodeBlock:
		return p.code(n, string(n.Language(p.source)), width)
	case *ast.CodeBlock:
		return p.code(n, "", width)
	case *ast.ThematicBreak:
		return []string{p.style.Rule.Apply(strings.Repeat(p.signs.rule, min(width, 24)))}
	case *ast.HTMLBlock:
		return p.htmlBlock(htmlSource(n, p.source), width)
	case *extast.Table:
		return p.table(n, width)
	case *ast.LinkReferenceDefinition:
		return nil
	}
	return p.blocks(children(n), width, true)
}

// heading sets a title over a line of its own width; a heading without a look
// has Markdown's number signs before it.
func (p *printer) heading(n *ast.Heading, width int) []string {
	s := p.style.Heading
	if n.Level == 1 {
		s = p.style.Title
	}
	if s == (SGR{}) {
		sign := strings.Repeat("#", n.Level) + " "
		lines := p.fill(p.inlines(n, p.base), width-len(sign))
		return prefix(lines, sign, strings.Repeat(" ", len(sign)))
	}
	filled := fill(p.inlines(n, s.over(p.base)), width, width, true)
	lines, longest := texts(filled), 0
	for _, l := range filled {
		longest = max(longest, l.width)
	}
	if n.Level == 1 {
		lines = append(lines, p.style.Rule.Apply(strings.Repeat(p.signs.rule, min(longest, width))))
	}
	return lines
}

func (p *printer) quote(n *ast.Blockquote, width int) []string {
	sign := p.style.Rule.Apply(p.signs.quote) + " "
	inner := *p
	inner.base = p.style.Quote.over(p.base)
	lines := inner.blocks(children(n), width-2, true)
	return prefix(lines, sign, sign)
}

// list renders a list's items behind bullets, numbers or boxes.
func (p *printer) list(n *ast.List, width int) []string {
	var out []string
	number := n.Start
	widest := len(strconv.Itoa(n.Start + n.ChildCount() - 1))
	choices := p.opts.Choices && checkBox(n.FirstChild()) != nil
	if choices {
		number, widest = 1, len(strconv.Itoa(n.ChildCount()))
	}
	for item := n.FirstChild(); item != nil; item = item.NextSibling() {
		mark := p.signs.bullet + " "
		box := checkBox(item)
		switch {
		case choices, n.IsOrdered():
			digits := strconv.Itoa(number)
			mark = strings.Repeat(" ", widest-len(digits)) + digits + ". "
			number++
		case box != nil && box.IsChecked:
			mark = "[x] "
		case box != nil:
			mark = "[ ] "
		}
		indent := StringWidth(mark)
		lines := p.blocks(children(item), width-indent, !n.IsTight)
		if len(lines) == 0 {
			lines = []string{""}
		}
		lines = prefix(lines, mark, strings.Repeat(" ", indent))
		if n.IsTight {
			out = append(out, lines...)
		} else {
			out = joinBlocks(out, lines)
		}
	}
	return out
}

// checkBox returns the box at the beginning of a list's item, or nil.
func checkBox(item ast.Node) *extast.TaskCheckBox {
	if item == nil || item.FirstChild() == nil {
		return nil
	}
	box, _ := item.FirstChild().FirstChild().(*extast.TaskCheckBox)
	return box
}

func (p *printer) fill(runs []run, width int) []string {
	return texts(fill(runs, width, width, true))
}

// fillText fills lines with words that are not in the tree.
func (p *printer) fillText(words string, l *look, width int) []string {
	return p.fill([]run{{text: oneLine(p.replace(words)), look: l}}, width)
}

func texts(lines []line) []string {
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = l.text
	}
	return out
}

// joinBlocks puts an empty line between two blocks that are both there.
func joinBlocks(above, below []string) []string {
	if len(above) > 0 && len(below) > 0 {
		above = append(above, "")
	}
	return append(above, below...)
}

// prefix puts first before the first line and rest before the others, without
// leaving spaces on empty lines.
func prefix(lines []string, first, rest string) []string {
	out := make([]string, len(lines))
	for i, l := range lines {
		sign := rest
		if i == 0 {
			sign = first
		}
		if l == "" {
			sign = strings.TrimRight(sign, " ")
		}
		out[i] = sign + l
	}
	return out
}
