package lessons

import (
	"bytes"
	"fmt"
	"io/fs"
	"regexp"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"
)

// Page is a lesson's text in one language, cut where its exercises begin.
type Page struct {
	Language Language
	Title    string
	// Source is the Markdown; the nodes below point into it.
	Source []byte
	// Sections are the parts in the order of the text. The lesson's own text
	// before, between and after exercises is a section with no exercise.
	Sections []Section
}

// Section is a run of text: the lesson's own, or one exercise's.
type Section struct {
	// Exercise is the short id; empty for the lesson's own text.
	Exercise string
	// Title is the exercise's heading.
	Title string
	// Body is the text without hints, solution and choices.
	Body []ast.Node
	// Hints are shown one after the other. Solution explains the solution.
	Hints    [][]ast.Node
	Solution []ast.Node
	// Choices and Answers belong to a quiz: an explanation for each choice.
	Choices [][]ast.Node
	Answers [][]ast.Node

	line int
	kind string
}

// Section returns the section of an exercise.
func (p *Page) Section(exercise string) (Section, bool) {
	for _, s := range p.Sections {
		if s.Exercise == exercise {
			return s, true
		}
	}
	return Section{}, false
}

// Markdown is the dialect lessons are written in: CommonMark with tables, task
// lists, strikethrough and bare links, as code hosts read it.
func Markdown() goldmark.Markdown { return goldmark.New(goldmark.WithExtensions(extension.GFM)) }

var marker = regexp.MustCompile(`^<!--\s*(exercise|quiz|prose)\s*:?\s*(\S*?)\s*-->\s*$`)

// readPage reads one language's text and adds it to the lesson's pages.
func (l *Lesson) readPage(language Language) Faults {
	name := fmt.Sprintf("%s/%s.md", l.ID, language)
	source, err := fs.ReadFile(l.Course.files, name)
	if err != nil {
		return Faults{{File: name, Message: "every lesson is written in every language: " + reason(err)}}
	}
	page := &Page{Language: language, Source: source}
	cut := &cutter{name: name, page: page}
	root := Markdown().Parser().Parse(text.NewReader(source))
	for node := root.FirstChild(); node != nil; node = node.NextSibling() {
		cut.block(node)
	}
	cut.close()
	l.Pages[language] = page
	return append(cut.faults, l.matchExercises(name, page)...)
}

// matchExercises holds the page against exercises.yaml.
func (l *Lesson) matchExercises(name string, page *Page) Faults {
	var found Faults
	seen := map[string]bool{}
	for _, s := range page.Sections {
		if s.Exercise == "" {
			continue
		}
		e, known := l.Exercise(s.Exercise)
		at := func(format string, args ...any) {
			found = append(found, &Fault{File: name, Line: s.line, Message: fmt.Sprintf(format, args...)})
		}
		switch {
		case seen[s.Exercise]:
			at("exercise %s stands here a second time", s.Exercise)
		case !known:
			at("exercises.yaml has no exercise %q", s.Exercise)
		case (s.kind == Quiz) != (e.Kind == Quiz):
			at("%s is a %s in exercises.yaml", s.Exercise, e.Kind)
		case e.Kind == HandsOn && len(s.Hints) == 0:
			at("exercise %s has no hint", s.Exercise)
		case e.Kind == HandsOn && len(s.Solution) == 0:
			at("exercise %s has no solution", s.Exercise)
		case e.Kind == Quiz && len(s.Choices) != choices(e):
			at("quiz %s has %d choices, exercises.yaml says %d", s.Exercise, len(s.Choices), choices(e))
		case e.Kind == Quiz && len(s.Answers) != len(s.Choices):
			at("quiz %s has %d choices and %d explanations", s.Exercise, len(s.Choices), len(s.Answers))
		}
		seen[s.Exercise] = true
	}
	for _, e := range l.Exercises {
		if !seen[e.ID] {
			found = append(found, &Fault{File: name, Message: fmt.Sprintf("exercise %s of exercises.yaml is not in the text", e.ID)})
		}
	}
	return found
}

func choices(e Exercise) int {
	for _, c := range e.Checks {
		if c.Answer != nil {
			return c.Answer.Of
		}
	}
	return 0
}

// cutter cuts the top-level blocks of a text into sections.
type cutter struct {
	name   string
	page   *Page
	now    Section
	marked bool // a comment came, its heading is still to come
	open   *[]ast.Node
	faults Faults

	untitled bool // said that the title is missing
}

// inline looks for HTML within a block's lines.
func (c *cutter) inline(block ast.Node) {
	_ = ast.Walk(block, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if raw, is := n.(*ast.RawHTML); is && entering && raw.Segments.Len() > 0 {
			at := bytes.Count(c.page.Source[:raw.Segments.At(0).Start], []byte("\n")) + 1
			c.faults = append(c.faults, &Fault{File: c.name, Line: at, Message: strangeHTML})
			return ast.WalkStop, nil
		}
		return ast.WalkContinue, nil
	})
}

const strangeHTML = "HTML other than comments and <details> does not belong in a lesson"

func (c *cutter) fault(node ast.Node, format string, args ...any) {
	c.faults = append(c.faults, &Fault{File: c.name, Line: c.line(node), Message: fmt.Sprintf(format, args...)})
}

func (c *cutter) line(node ast.Node) int {
	for n := node; n != nil; n = n.FirstChild() {
		if n.Type() == ast.TypeBlock && n.Lines() != nil && n.Lines().Len() > 0 {
			return bytes.Count(c.page.Source[:n.Lines().At(0).Start], []byte("\n")) + 1
		}
	}
	return 0
}

func (c *cutter) block(node ast.Node) {
	if heading, is := node.(*ast.Heading); c.page.Title == "" && !(is && heading.Level == 1) && !c.untitled {
		c.fault(node, "a lesson begins with its title, a first-level heading")
		c.untitled = true
	}
	c.inline(node)
	switch n := node.(type) {
	case *ast.HTMLBlock:
		if c.html(n) {
			return
		}
	case *ast.Heading:
		if c.heading(n) {
			return
		}
	case *ast.List:
		if c.now.kind == Quiz && c.open == nil && len(c.now.Choices) == 0 && taskList(n) {
			c.now.Choices = items(n)
			return
		}
	}
	if c.marked {
		c.fault(node, "a heading must follow the comment of %s", c.now.Exercise)
		c.marked = false
	}
	if c.open != nil {
		*c.open = append(*c.open, node)
		return
	}
	c.now.Body = append(c.now.Body, node)
}

// heading takes the titles of the page and of the exercises.
func (c *cutter) heading(n *ast.Heading) bool {
	words := strings.TrimSpace(string(plain(n, c.page.Source)))
	if n.Level == 1 {
		if c.page.Title != "" {
			c.fault(n, "a lesson has one first-level heading, its title")
		}
		c.page.Title = words
		return true
	}
	if !c.marked {
		return false
	}
	if n.Level != 2 {
		c.fault(n, "the heading of exercise %s must be of the second level", c.now.Exercise)
	}
	c.now.Title, c.marked = words, false
	return true
}

// html takes the comments that cut the text and the details blocks.
func (c *cutter) html(n *ast.HTMLBlock) bool {
	raw := htmlText(n, c.page.Source)
	if m := marker.FindStringSubmatch(strings.TrimSpace(raw)); m != nil {
		c.mark(n, m[1], m[2])
		return true
	}
	switch {
	case strings.HasPrefix(raw, "<!--"):
		return true
	case strings.HasPrefix(raw, "<details"):
		c.details(n, raw)
		return true
	case strings.HasPrefix(strings.TrimSpace(raw), "</details>"):
		if c.open == nil {
			c.fault(n, "</details> without <details>")
		}
		c.endDetails()
		return true
	}
	c.fault(n, strangeHTML)
	return true
}

func (c *cutter) mark(n *ast.HTMLBlock, kind, id string) {
	c.close()
	if kind == "prose" {
		return
	}
	if id == "" {
		c.fault(n, "the comment must name the %s: <!-- %s: id -->", kind, kind)
	}
	c.now = Section{Exercise: id, kind: HandsOn, line: c.line(n)}
	if kind == "quiz" {
		c.now.kind = Quiz
	}
	c.marked = true
}

func (c *cutter) close() {
	if c.open != nil {
		c.faults = append(c.faults, &Fault{File: c.name, Line: c.now.line, Message: "<details> is not closed"})
		c.endDetails()
	}
	if c.now.Exercise != "" || len(c.now.Body) > 0 {
		c.page.Sections = append(c.page.Sections, c.now)
	}
	c.now, c.marked = Section{}, false
}

var summary = regexp.MustCompile(`(?s)<summary>(.*?)</summary>`)

// details opens the list that the blocks up to </details> go into.
func (c *cutter) details(n *ast.HTMLBlock, raw string) {
	if c.open != nil {
		c.fault(n, "<details> inside <details>")
	}
	title := ""
	if m := summary.FindStringSubmatch(raw); m != nil {
		title = strings.TrimSpace(m[1])
	}
	begins := func(words ...string) bool {
		for _, w := range words {
			if strings.HasPrefix(title, w) {
				return true
			}
		}
		return false
	}
	switch {
	case c.now.Exercise == "":
		c.fault(n, "<details> outside an exercise")
		c.open = &[]ast.Node{}
	case begins("Hint", "ヒント"):
		c.now.Hints = append(c.now.Hints, nil)
		c.open = &c.now.Hints[len(c.now.Hints)-1]
	case begins("Solution", "Answer", "答え", "解答"):
		c.open = &c.now.Solution
	default:
		c.fault(n, "the summary of <details> must begin with Hint, Solution or Answer (ヒント, 答え): %q", title)
		c.open = &[]ast.Node{}
	}
	if strings.Contains(raw, "</details>") {
		c.fault(n, "leave an empty line after <summary> and before </details>, so that the text between is Markdown")
		c.endDetails()
	}
}

func (c *cutter) endDetails() {
	c.open = nil
	if c.now.kind != Quiz || len(c.now.Solution) == 0 || len(c.now.Answers) > 0 {
		return
	}
	for _, node := range c.now.Solution {
		if list, is := node.(*ast.List); is && list.IsOrdered() {
			c.now.Answers = items(list)
		}
	}
}
