package render

import (
	"regexp"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"
)

var (
	comment    = regexp.MustCompile(`(?s)<!--.*?(-->|$)`)
	invisible  = regexp.MustCompile(`(?is)<(script|style)\b.*?(</(script|style)\s*>|$)`)
	summary    = regexp.MustCompile(`(?is)<summary\b[^>]*>(.*?)</summary\s*>`)
	detailsTag = regexp.MustCompile(`(?i)<(/?)details\b[^>]*>`)
	breakTag   = regexp.MustCompile(`(?i)^<br\s*/?>$`)
	anyTag     = regexp.MustCompile(`(?s)</?[A-Za-z][^>]*>|<[!?][^>]*>`)
)

func isBreakTag(tag string) bool { return breakTag.MatchString(tag) }

func rawText(segments *text.Segments, source []byte) string {
	return string(segments.Value(source))
}

// htmlSource returns what stands in a block of HTML, without comments.
func htmlSource(n *ast.HTMLBlock, source []byte) string {
	s := rawText(n.Lines(), source)
	if n.HasClosure() {
		s += string(n.ClosureLine.Value(source))
	}
	return comment.ReplaceAllString(s, "")
}

// bareText returns the words of a piece of HTML, its tags taken away.
func bareText(s string) string {
	s = invisible.ReplaceAllString(s, "")
	s = anyTag.ReplaceAllString(s, "")
	return strings.TrimSpace(unescape(s))
}

// htmlBlock renders a block of HTML that is not part of <details>: its words.
func (p *printer) htmlBlock(html string, width int) []string {
	words := bareText(html)
	if words == "" {
		return nil
	}
	return p.fillText(strings.Join(strings.Fields(words), " "), p.base, width)
}

// details renders the <details> block that nodes[0] opens, and returns how
// many nodes belong to it. On a code host the content between the tags is
// Markdown again when empty lines set it off, so the tree has it as
// neighbours of the tags, not as their children.
func (p *printer) details(nodes []ast.Node, width int) (lines []string, used int) {
	depth := 0
	used = len(nodes)
	for i, n := range nodes {
		if block, ok := n.(*ast.HTMLBlock); ok {
			for _, m := range detailsTag.FindAllStringSubmatch(htmlSource(block, p.source), -1) {
				if m[1] == "" {
					depth++
				} else {
					depth--
				}
			}
			if depth <= 0 {
				used = i + 1
				break
			}
		}
	}
	if !p.opts.ShowDetails {
		return nil, used
	}

	opening := htmlSource(nodes[0].(*ast.HTMLBlock), p.source)
	head := summary.FindStringSubmatch(opening)
	if head != nil {
		title := strings.Join(strings.Fields(bareText(head[1])), " ")
		lines = p.fillText(title, p.style.Strong.over(p.base), width)
	}
	content := p.htmlBlock(summary.ReplaceAllString(opening, ""), width-2)
	if used > 1 {
		content = joinBlocks(content, p.blocks(nodes[1:used], width-2, true))
	}
	return joinBlocks(lines, prefix(content, "  ", "  ")), used
}

// opensDetails reports whether n begins a <details> block.
func (p *printer) opensDetails(n *ast.HTMLBlock) bool {
	m := detailsTag.FindStringSubmatch(htmlSource(n, p.source))
	return m != nil && m[1] == ""
}
