package lessons

import (
	"bytes"
	"strings"

	"github.com/yuin/goldmark/ast"
	east "github.com/yuin/goldmark/extension/ast"
)

// plain returns the text of a node without its marks.
func plain(n ast.Node, source []byte) []byte {
	var out bytes.Buffer
	_ = ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering {
			switch t := n.(type) {
			case *ast.Text:
				out.Write(t.Segment.Value(source))
				if t.SoftLineBreak() || t.HardLineBreak() {
					out.WriteByte(' ')
				}
			case *ast.String:
				out.Write(t.Value)
			}
		}
		return ast.WalkContinue, nil
	})
	return out.Bytes()
}

// htmlText returns the source of an HTML block.
func htmlText(n *ast.HTMLBlock, source []byte) string {
	var out strings.Builder
	for i := range n.Lines().Len() {
		segment := n.Lines().At(i)
		out.Write(segment.Value(source))
	}
	if n.HasClosure() {
		out.Write(n.ClosureLine.Value(source))
	}
	return out.String()
}

// taskList reports whether every item of the list has a box.
func taskList(list *ast.List) bool {
	for item := list.FirstChild(); item != nil; item = item.NextSibling() {
		box := false
		_ = ast.Walk(item, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
			if _, is := n.(*east.TaskCheckBox); is {
				box = true
				return ast.WalkStop, nil
			}
			return ast.WalkContinue, nil
		})
		if !box {
			return false
		}
	}
	return list.HasChildren()
}

// items returns the blocks of each item of a list. The boxes of a task list
// are taken out: the face that asks draws its own.
func items(list *ast.List) [][]ast.Node {
	var out [][]ast.Node
	for item := list.FirstChild(); item != nil; item = item.NextSibling() {
		var blocks []ast.Node
		for n := item.FirstChild(); n != nil; n = n.NextSibling() {
			if box, is := n.FirstChild().(*east.TaskCheckBox); is {
				n.RemoveChild(n, box)
			}
			blocks = append(blocks, n)
		}
		out = append(out, blocks)
	}
	return out
}
