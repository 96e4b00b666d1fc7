package render

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// run is a piece of text of one look.
type run struct {
	text  string
	look  *look
	whole bool // not to be broken as long as it fits on a line
	soft  bool // a line break of the source, which is a space or nothing
}

// look is a stack of styles, innermost first.
type look struct {
	outer *look
	sgr   SGR
}

func (l *look) on() string {
	if l == nil {
		return ""
	}
	return l.outer.on() + l.sgr.On
}

func (l *look) off() string {
	if l == nil {
		return ""
	}
	return l.sgr.Off + l.outer.off()
}

// cost is how bad it is to end a line at a place. A line ends at the last
// place of the lowest cost.
type cost int8

const (
	costNone   cost = iota // a place between words, or beside a wide character
	costSpace              // a space in a whole
	costInside             // a place in a long word, a whole or a counted number (80番) that UAX #14 offers
	costForced             // between any two characters
	costUgly               // the same, against kinsoku
	costs                  // how many there are
	never      = costs
)

// cell is a character as a reader counts them (a grapheme cluster).
type cell struct {
	text  string
	width int // columns
	look  *look
	end   cost // of ending a line behind this cell
	must  bool // a line ends here in any case; text is empty
	space bool
	// before holds control sequences that stood in front of the cell; only
	// Wrap lets any in.
	before string
}

// line is a filled line with its looks switched on and off.
type line struct {
	text  string
	width int // columns
}

// address finds URLs; those of this computer have no dot, which is why the
// parser does not see them as links.
var address = regexp.MustCompile(`\(?[a-z][a-z0-9+.-]*://[!-~]+`)

// What a place inside a text belongs to.
type inside uint8

const (
	insideWhole inside = 1 << iota
	insideURL
)

// mark notes that the places between start and stop lie inside kind.
func mark(places []inside, start, stop int, kind inside) {
	for i := start + 1; i < stop; i++ {
		places[i] |= kind
	}
}

// join joins the texts of runs. It returns where each run starts, and for
// each place (an offset in bytes) what it lies inside of.
func join(runs []run, keepURLs bool) (text string, starts []int, places []inside) {
	var all strings.Builder
	for _, r := range runs {
		starts = append(starts, all.Len())
		all.WriteString(r.text)
	}
	text = all.String()
	places = make([]inside, len(text)+1)
	for i, r := range runs {
		if r.whole {
			mark(places, starts[i], starts[i]+len(r.text), insideWhole)
		}
	}
	kind := insideWhole
	if keepURLs {
		kind = insideURL
	}
	for _, m := range address.FindAllStringIndex(text, -1) {
		mark(places, m[0], m[1], kind)
	}
	return text, starts, places
}

// cells cuts runs into characters and judges the places between them.
func cells(runs []run, keepURLs bool) []cell {
	text, starts, places := join(runs, keepURLs)
	var out []cell
	current, offset, state := 0, 0, -1
	last := rune(0) // the last character that is not a space
	for rest := text; rest != ""; {
		var cluster string
		var boundaries int
		cluster, rest, boundaries, state = uniseg.StepString(rest, state)
		for current+1 < len(runs) && starts[current+1] <= offset {
			current++
		}
		offset += len(cluster)
		c := cell{text: cluster, look: runs[current].look, width: boundaries>>uniseg.ShiftWidth + halfWidthMarks(cluster)}
		switch cluster {
		case "\n":
			c = cell{must: true}
			last = 0
		case " ", "\u3000":
			c.space = true
		case "\t":
			c.text, c.width, c.space = " ", 1, true
		default:
			last, _ = utf8.DecodeLastRuneInString(cluster)
		}
		next, _ := utf8.DecodeRuneInString(rest)
		offered := boundaries&uniseg.MaskLine != uniseg.LineDontBreak || c.space && beginsWord(rest)
		c.end = judge(places[offset], last, next, c.space, offered)
		if n := len(out); n > 0 && c.space {
			out[n-1].end = never // the space would begin the next line
		}
		out = append(out, c)
	}
	return out
}

// judge says what it costs to end a line at a place that lies inside in, where
// last is the last character before it that is not a space, next the one after
// it, space whether a space stands right before it, and offered whether UAX #14
// has a break there.
func judge(in inside, last, next rune, space, offered bool) cost {
	switch {
	case in&insideURL != 0:
		return never
	case !mayBegin(next) || !mayEnd(last):
		return costUgly
	case in&insideWhole != 0 && space:
		return costSpace
	case !offered:
		return costForced
	case in&insideWhole != 0, !space && isWordRune(last) && isWordRune(next), !space && isCounted(last, next):
		return costInside
	}
	return costNone
}

// halfWidthMarks counts the half-width voiced sound marks (ﾞ ﾟ) that follow
// another character in a cluster: they are combined with it by Unicode's
// rules, but terminals give each a column of its own.
func halfWidthMarks(cluster string) int {
	if len(cluster) <= 3 {
		return 0
	}
	return strings.Count(cluster, "ﾞ") + strings.Count(cluster, "ﾟ")
}

// fill sets runs on lines of at most width columns, the first of them of at
// most first. Only a URL that is longer than a line makes a line wider, and
// only if keepURLs: cut in two it could be neither clicked nor copied.
func fill(runs []run, first, width int, keepURLs bool) []line {
	return fillCells(cells(runs, keepURLs), first, width)
}

func fillCells(all []cell, first, width int) []line {
	var lines []line
	limit := max(first, 2)
	for len(all) > 0 {
		n := lineLength(all, limit)
		lines = append(lines, finish(all[:n]))
		all = all[n:]
		limit = max(width, 2)
	}
	return lines
}

// lineLength returns how many cells go on a line of limit columns.
func lineLength(all []cell, limit int) int {
	var best [costs]int // how many cells a line has that ends at the last place of that cost
	width, blank := 0, true
	for i, c := range all {
		if c.must {
			return i + 1
		}
		width += c.width
		if width > limit && blank && i > 0 && !c.space {
			return i
		}
		if width > limit && !c.space && !blank {
			for _, n := range best {
				if n > 0 {
					return n
				}
			}
			// Nothing before this place can be cut: the line gets too wide.
			if c.end < costForced {
				return i + 1
			}
			continue
		}
		if !c.space {
			blank = false
		}
		if c.end < never && !blank {
			best[c.end] = i + 1
		}
	}
	return len(all)
}

// finish joins the cells of a line, without the spaces at its end.
func finish(cells []cell) line {
	for len(cells) > 0 && (cells[len(cells)-1].space || cells[len(cells)-1].must) && cells[len(cells)-1].before == "" {
		cells = cells[:len(cells)-1]
	}
	var out strings.Builder
	var current *look
	width := 0
	for _, c := range cells {
		if c.look != current {
			out.WriteString(current.off())
			out.WriteString(c.look.on())
			current = c.look
		}
		out.WriteString(c.before)
		out.WriteString(c.text)
		width += c.width
	}
	out.WriteString(current.off())
	return line{out.String(), width}
}
