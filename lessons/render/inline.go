package render

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"
)

// inlines collects what stands in a block as runs, ready to fill lines.
func (p *printer) inlines(parent ast.Node, base *look) []run {
	c := collector{printer: p}
	c.children(parent, base)
	return c.finish()
}

// collector gathers runs in the order of the text.
type collector struct {
	*printer
	runs  []run
	edges []int // how many runs there were where emphasis began or ended
}

func (c *collector) add(text string, l *look, whole bool) {
	c.runs = append(c.runs, run{text: text, look: l, whole: whole})
}

func (c *collector) children(parent ast.Node, l *look) {
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		c.node(n, l)
	}
}

func (c *collector) node(n ast.Node, l *look) {
	switch n := n.(type) {
	case *ast.Text:
		value := string(n.Segment.Value(c.source))
		if !n.IsRaw() {
			value = unescape(value)
		}
		c.add(value, l, false)
		switch {
		case n.HardLineBreak():
			c.add("\n", l, true)
		case n.SoftLineBreak():
			c.runs = append(c.runs, run{look: l, soft: true})
		}
	case *ast.String:
		c.add(unescape(string(n.Value)), l, false)
	case *ast.CodeSpan:
		c.codeSpan(n, l)
	case *ast.Emphasis:
		s := c.style.Emphasis
		if n.Level >= 2 {
			s = c.style.Strong
		}
		c.edge()
		c.children(n, s.over(l))
		c.edge()
	case *extast.Strikethrough:
		struck := c.style.Strike.over(l)
		c.marked(c.style.Strike, "~~", struck)
		c.children(n, struck)
		c.marked(c.style.Strike, "~~", struck)
	case *ast.Link:
		c.link(n, l)
	case *ast.AutoLink:
		c.add(c.replace(string(n.Label(c.source))), c.style.Link.over(l), true)
	case *ast.Image:
		c.image(n, l)
	case *ast.RawHTML:
		if isBreakTag(rawText(n.Segments, c.source)) {
			c.add("\n", l, true)
		}
	case *extast.TaskCheckBox:
		// The list shows it.
	default:
		c.children(n, l)
	}
}

// edge marks where emphasis begins or ends.
func (c *collector) edge() { c.edges = append(c.edges, len(c.runs)) }

// closeGaps drops a single space that stands between two wide characters at
// the edge of emphasis. Japanese has no spaces there; authors write them
// because Markdown does not see the stars beside full-width punctuation.
func (c *collector) closeGaps() {
	for _, i := range c.edges {
		if i == 0 || i == len(c.runs) {
			continue
		}
		last, next := &c.runs[i-1], &c.runs[i]
		left, right := strings.TrimSuffix(last.text, " "), strings.TrimPrefix(next.text, " ")
		if joinsWithoutSpace(lastRune([]run{{text: left}})) && joinsWithoutSpace(firstRune([]run{{text: right}})) {
			last.text, next.text = left, right
		}
	}
}

// marked adds a sign of Markdown where a look is missing.
func (c *collector) marked(s SGR, sign string, l *look) {
	if s == (SGR{}) {
		c.add(sign, l, false)
	}
}

func (c *collector) codeSpan(n *ast.CodeSpan, l *look) {
	var code strings.Builder
	for t := n.FirstChild(); t != nil; t = t.NextSibling() {
		if t, ok := t.(*ast.Text); ok {
			code.Write(t.Segment.Value(c.source))
		}
	}
	value := oneLine(c.replace(strings.ReplaceAll(code.String(), "\n", " ")))
	if c.style.Code == (SGR{}) {
		sign := "`"
		if strings.Contains(value, sign) {
			sign = "``"
		}
		value = sign + value + sign
	}
	c.add(value, c.style.Code.over(l), true)
}

// link adds a link's text and, in brackets, its address, unless the text says
// it already or the address leads to another place in the course's own files.
func (c *collector) link(n *ast.Link, l *look) {
	from := len(c.runs)
	c.children(n, c.style.Link.over(l))
	target := c.replace(unescape(string(n.Destination)))
	if !strings.Contains(target, "://") && !strings.HasPrefix(target, "mailto:") {
		return
	}
	said := plainText(c.runs[from:])
	if said == target || said == strings.TrimPrefix(target, "mailto:") {
		return
	}
	c.add(" ", l, false)
	c.add("("+target+")", c.style.Dim.over(l), true)
}

func (c *collector) image(n *ast.Image, l *look) {
	alt := collector{printer: c.printer}
	alt.children(n, nil)
	if words := strings.TrimSpace(plainText(alt.finish())); words != "" {
		c.add("["+words+"]", c.style.Dim.over(l), false)
	}
}

func plainText(runs []run) string {
	var out strings.Builder
	for _, r := range runs {
		out.WriteString(r.text)
	}
	return out.String()
}

// finish settles the line breaks of the source, joins neighbours of one look,
// and applies Replace and Strip to what is then one piece, so that a name is
// seen whole even where the parser has cut it.
func (c *collector) finish() []run {
	c.closeGaps()
	var out []run
	for i, r := range c.runs {
		if r.soft {
			r.soft = false
			if !breakVanishes(lastRune(c.runs[:i]), firstRune(c.runs[i+1:])) {
				r.text = " "
			}
		}
		if r.text == "" {
			continue
		}
		if n := len(out); n > 0 && !r.whole && !out[n-1].whole && out[n-1].look == r.look {
			out[n-1].text += r.text
			continue
		}
		out = append(out, r)
	}
	space := false // the text so far ends with a space
	for i, r := range out {
		switch {
		case r.whole && r.text == "\n":
			space = true
		case r.whole:
			out[i].text = oneLine(r.text)
			space = false
		default:
			out[i].text, space = collapse(oneLine(c.replace(r.text)), space)
		}
	}
	return out
}

// collapse makes one space of several. After space, those at the beginning
// are dropped; it reports whether the text still ends with one.
func collapse(s string, space bool) (string, bool) {
	var out strings.Builder
	for _, r := range s {
		if r != ' ' || !space {
			out.WriteRune(r)
		}
		space = r == ' '
	}
	return out.String(), space
}

// oneLine strips text that stands inside a line.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' {
			return ' '
		}
		return r
	}, Strip(s))
}

func firstRune(runs []run) rune {
	for _, r := range runs {
		if r.text != "" {
			first, _ := utf8.DecodeRuneInString(r.text)
			return first
		}
	}
	return unicode.ReplacementChar
}

func lastRune(runs []run) rune {
	for i := len(runs) - 1; i >= 0; i-- {
		if runs[i].text != "" {
			last, _ := utf8.DecodeLastRuneInString(runs[i].text)
			return last
		}
	}
	return unicode.ReplacementChar
}
