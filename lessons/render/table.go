package render

import (
	"strings"

	extast "github.com/yuin/goldmark/extension/ast"
)

const (
	// columnGap is the number of blank columns between those of a table.
	columnGap = 2
	// narrowestColumn is how narrow a column may get, in terminal columns,
	// before the table is written as records instead.
	narrowestColumn = 8
	// tallRow is the number of lines of a row from which on the rows of its
	// table need an empty line between them to be told apart.
	tallRow = 3
)

// table renders a table in columns, or, where there is no room for them, each
// row as lines of "header: cell".
func (p *printer) table(n *extast.Table, width int) []string {
	var rows [][][]run
	columns := 0
	for row := n.FirstChild(); row != nil; row = row.NextSibling() {
		var cells [][]run
		base := p.style.Strong.over(p.base)
		if len(rows) > 0 {
			base = p.base
		}
		for cell := row.FirstChild(); cell != nil; cell = cell.NextSibling() {
			cells = append(cells, p.inlines(cell, base))
		}
		columns = max(columns, len(cells))
		rows = append(rows, cells)
	}
	if columns == 0 {
		return nil
	}
	widths, ok := columnWidths(rows, columns, width)
	if !ok {
		return p.records(rows, width)
	}
	out := append(tableRow(rows[0], widths, n.Alignments), p.underline(widths))
	var body [][]string
	tallest := 0
	for _, row := range rows[1:] {
		body = append(body, tableRow(row, widths, n.Alignments))
		tallest = max(tallest, len(body[len(body)-1]))
	}
	for i, lines := range body {
		if i > 0 && tallest >= tallRow {
			out = append(out, "")
		}
		out = append(out, lines...)
	}
	return out
}

// columnWidths shares width out: every column gets what it needs, or, if that
// is too much, the widest ones give way until it fits. It reports false when
// one would get too narrow to be read.
func columnWidths(rows [][][]run, columns, width int) ([]int, bool) {
	widths := make([]int, columns)
	total := columnGap * (columns - 1)
	least := total
	for c := range columns {
		for _, row := range rows {
			if c >= len(row) {
				continue
			}
			for _, l := range fill(row[c], width*4, width*4, false) {
				widths[c] = max(widths[c], l.width)
			}
		}
		total += widths[c]
		least += min(widths[c], narrowestColumn)
	}
	if least > width {
		return nil, false
	}
	for ; total > width; total-- {
		widest := 0
		for c := range widths {
			if widths[c] > widths[widest] {
				widest = c
			}
		}
		widths[widest]--
	}
	if breaksWords(rows, widths) {
		return nil, false
	}
	return tightened(rows, widths), true
}

// tightened takes away what no line of a column uses.
func tightened(rows [][][]run, widths []int) []int {
	used := make([]int, len(widths))
	for _, row := range rows {
		for c, runs := range row {
			for _, l := range fill(runs, widths[c], widths[c], false) {
				used[c] = max(used[c], l.width)
			}
		}
	}
	return used
}

// breaksWords reports whether a cell would have to be cut inside a word or a
// command.
func breaksWords(rows [][][]run, widths []int) bool {
	for _, row := range rows {
		for c, runs := range row {
			all := cells(runs, false)
			for len(all) > 0 {
				n := lineLength(all, widths[c])
				if n < len(all) && !all[n-1].must && all[n-1].end != costNone {
					return true
				}
				all = all[n:]
			}
		}
	}
	return false
}

func tableRow(row [][]run, widths []int, alignments []extast.Alignment) []string {
	filled := make([][]line, len(widths))
	height := 1
	for c, runs := range row {
		filled[c] = fill(runs, widths[c], widths[c], false)
		height = max(height, len(filled[c]))
	}
	out := make([]string, height)
	for i := range out {
		var text strings.Builder
		for c, lines := range filled {
			if c > 0 {
				text.WriteString(strings.Repeat(" ", columnGap))
			}
			var l line
			if i < len(lines) {
				l = lines[i]
			}
			left := 0
			switch room := max(widths[c]-l.width, 0); {
			case c >= len(alignments):
			case alignments[c] == extast.AlignRight:
				left = room
			case alignments[c] == extast.AlignCenter:
				left = room / 2
			}
			text.WriteString(strings.Repeat(" ", left) + l.text)
			text.WriteString(strings.Repeat(" ", max(widths[c]-l.width-left, 0)))
		}
		out[i] = strings.TrimRight(text.String(), " ")
	}
	return out
}

func (p *printer) underline(widths []int) string {
	parts := make([]string, len(widths))
	for i, w := range widths {
		parts[i] = p.style.Rule.Apply(strings.Repeat(p.signs.rule, w))
	}
	return strings.Join(parts, strings.Repeat(" ", columnGap))
}

// records renders the rows of a table one under the other.
func (p *printer) records(rows [][][]run, width int) []string {
	var out []string
	for _, row := range rows[1:] {
		var lines []string
		for c, runs := range row {
			if len(runs) == 0 {
				continue
			}
			var all []run
			if c < len(rows[0]) && len(rows[0][c]) > 0 {
				all = append(all, rows[0][c]...)
				all = append(all, run{text: ": ", look: p.base})
			}
			all = append(all, runs...)
			filled := texts(fill(all, width, width-2, true))
			lines = append(lines, prefix(filled, "", "  ")...)
		}
		out = joinBlocks(out, lines)
	}
	return out
}
