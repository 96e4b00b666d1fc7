package main

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/yuin/goldmark/ast"

	"kihon/checker"
	"kihon/cmd/kihon/learner"
	"kihon/lessons"
	"kihon/lessons/live"
	"kihon/lessons/render"
	"kihon/lessons/words"
)

// face says things in a terminal. It is a value, so that a session can make
// one as wide as the window is now.
type face struct {
	words *words.Words
	style render.Style
	width int
	plain bool
}

func (a *app) face() face {
	return face{words: a.words, style: a.style(), width: a.width(), plain: a.streams.Plain}
}

// maxText is the widest column of prose: longer lines are hard to read.
const maxText = 96

func (f face) textWidth() int { return min(f.width, maxText) }

// tick and open stand before a fact that is true, and one that is not yet. The
// signs differ, so that colour only repeats what they say.
func (f face) tick() string {
	if f.plain {
		return "[x]"
	}
	return f.style.OK.Apply("✔")
}

func (f face) open() string {
	if f.plain {
		return "[ ]"
	}
	return f.style.Dim.Apply("○")
}

// item writes a line, wrapped, with a sign before it.
func (f face) item(w io.Writer, sign, text string) {
	if sign == "" {
		fmt.Fprintln(w, render.Wrap(text, f.textWidth(), "", ""))
		return
	}
	indent := strings.Repeat(" ", render.StringWidth(render.Strip(sign))+1)
	fmt.Fprintln(w, render.Wrap(sign+" "+text, f.textWidth(), "", indent))
}

// judged writes what came of checking one exercise.
func (f face) judged(w io.Writer, j judged) {
	_, short := lessons.SplitID(j.ready.ID)
	title := j.ready.ID
	if page := j.ready.Lesson.Pages[f.words.Language()]; page != nil {
		if s, found := page.Section(short); found {
			title = s.Title
		}
	}
	head := f.style.Strong.Apply(f.replace(j.ready, title)) + "  " + f.style.Dim.Apply(j.ready.ID)
	switch {
	case len(j.missing) > 0:
		f.item(w, f.open(), head)
		f.para(w, f.words.Say("check.unavailable", "needs", strings.Join(j.missing, ", ")))
		return
	case j.outcome == checker.Passed && j.verdict.Outcome == checker.Passed:
		f.item(w, f.tick(), head)
	case j.outcome == checker.Passed:
		f.item(w, f.tick(), head)
		f.para(w, f.words.Say("check.passed_before", "time", j.passedAt.Local().Format("2006-01-02 15:04")))
		return
	default:
		f.item(w, f.open(), head)
	}
	f.facts(w, j.verdict)
	if len(j.verdict.Findings) > 0 {
		fmt.Fprintln(w)
		f.finding(w, j.verdict.Findings[0])
	}
	f.remarks(w, j.verdict)
}

// facts lists the checks, true or not yet.
func (f face) facts(w io.Writer, v checker.Verdict) {
	for _, r := range v.Results {
		sign := f.open()
		if r.OK {
			sign = f.tick()
		}
		f.item(w, "  "+sign, f.words.Check(r.Check))
	}
}

func (f face) remarks(w io.Writer, v checker.Verdict) {
	for _, remark := range v.Remarks {
		message, _ := f.words.Finding(remark)
		f.para(w, message)
	}
}

// para writes a paragraph, indented under a title.
func (f face) para(w io.Writer, text string) {
	fmt.Fprintln(w, render.Wrap(render.Strip(text), f.textWidth(), "  ", "  "))
}

// finding writes one cause: what was observed, wanted and found, and what to
// type next.
func (f face) finding(w io.Writer, finding checker.Finding) {
	message, next := f.words.Finding(finding)
	sign := "→"
	if f.plain {
		sign = "->"
	}
	f.item(w, "  "+f.style.Warn.Apply(sign), render.Strip(message))
	if finding.Wanted != "" && finding.Found != "" {
		wanted, found := f.words.Say("finding.wanted"), f.words.Say("finding.found")
		column := max(render.StringWidth(wanted), render.StringWidth(found))
		f.value(w, render.Pad(wanted, column), finding.Wanted)
		f.value(w, render.Pad(found, column), finding.Found)
	}
	if next != "" {
		fmt.Fprintln(w, render.Wrap(render.Strip(next), f.textWidth(), "    ", "    "))
	}
	for _, command := range finding.Commands {
		fmt.Fprintln(w, "      "+f.style.Typed.Apply(render.Strip(command)))
	}
}

func (f face) value(w io.Writer, label, value string) {
	first := "    " + label + " "
	rest := strings.Repeat(" ", render.StringWidth(first))
	fmt.Fprintln(w, render.Wrap(f.style.Dim.Apply(label)+" "+render.Strip(value), f.textWidth(), "    ", rest))
}

// replace puts an exercise's kept values into a text of the lesson.
func (f face) replace(r learner.Ready, text string) string {
	if r.Lesson == nil {
		return text
	}
	return r.Replace(text)
}

// markdown writes a part of a lesson.
func (f face) markdown(w io.Writer, page *lessons.Page, nodes []ast.Node, replace func(string) string) {
	if len(nodes) == 0 {
		return
	}
	var out bytes.Buffer
	// A buffer never fails.
	_ = render.Markdown(&out, page.Source, nodes, render.Options{Width: f.textWidth(), Style: f.style, Plain: f.plain, Replace: replace})
	fmt.Fprintln(w, strings.TrimRight(out.String(), "\n"))
}

// title writes the title of a lesson or an exercise, with a line under it.
func (f face) title(w io.Writer, text string, look render.SGR) {
	text = render.Strip(text)
	if f.plain {
		fmt.Fprintln(w, "# "+text)
		return
	}
	fmt.Fprintln(w, look.Apply(text))
	fmt.Fprintln(w, f.style.Rule.Apply(strings.Repeat("─", min(render.StringWidth(text), f.width))))
}

// exercise writes an exercise's task.
func (f face) exercise(w io.Writer, page *lessons.Page, s lessons.Section, r learner.Ready) {
	f.title(w, f.replace(r, s.Title), f.style.Heading)
	fmt.Fprintln(w)
	f.markdown(w, page, s.Body, r.Replace)
	f.choices(w, page, s, r.Replace)
	f.otherValues(w, r)
}

// choices lists what a quiz offers, numbered.
func (f face) choices(w io.Writer, page *lessons.Page, s lessons.Section, replace func(string) string) {
	for i, choice := range s.Choices {
		if i == 0 {
			fmt.Fprintln(w)
		}
		var out bytes.Buffer
		_ = render.Markdown(&out, page.Source, choice, render.Options{Width: max(f.textWidth()-5, render.MinWidth), Style: f.style, Plain: f.plain, Replace: replace})
		for j, line := range strings.Split(strings.TrimRight(out.String(), "\n"), "\n") {
			if j == 0 {
				fmt.Fprintf(w, "  %d. %s\n", i+1, line)
				continue
			}
			fmt.Fprintln(w, "     "+line)
		}
	}
}

// otherValues says which values differ from those of the lesson, and why.
func (f face) otherValues(w io.Writer, r learner.Ready) {
	for _, name := range sortedKeys(r.Values) {
		v := r.Values[name]
		if v.Value == v.Default {
			continue
		}
		switch r.Lesson.Variables[name].Kind {
		case lessons.PortKind:
			fmt.Fprintln(w)
			f.note(w, f.words.Say("variable.port", "value", v.Value, "default", v.Default))
		case lessons.ContainerKind:
			fmt.Fprintln(w)
			f.note(w, f.words.Say("variable.container", "value", v.Value, "default", v.Default))
		}
	}
}

func (f face) note(w io.Writer, text string) {
	sign := "※"
	if f.plain {
		sign = "*"
	}
	f.item(w, f.style.Warn.Apply(sign), text)
}

// news writes what has changed for the learner.
func (f face) news(w io.Writer, n live.News, title string, more func(io.Writer)) {
	if n.Away {
		if n.Finding != nil {
			f.finding(w, *n.Finding)
		}
		f.para(w, f.words.Say("session.away"))
		return
	}
	if n.Back {
		f.item(w, f.tick(), f.words.Say("session.back"))
	}
	for _, i := range n.True {
		f.item(w, f.tick(), f.words.Check(n.Verdict.Results[i].Check))
	}
	if n.Passed {
		fmt.Fprintln(w)
		f.item(w, f.tick(), f.style.Strong.Apply(f.words.Say("session.passed", "title", title)))
		f.remarks(w, n.Verdict)
		more(w)
		return
	}
	if n.Finding != nil {
		f.finding(w, *n.Finding)
	}
}

// rest repeats what is left to type of an advice that is being followed.
func (f face) rest(w io.Writer, commands []string) {
	sign := "→"
	if f.plain {
		sign = "->"
	}
	f.item(w, "  "+f.style.Warn.Apply(sign), f.words.Say("finding.rest"))
	for _, command := range commands {
		fmt.Fprintln(w, "      "+f.style.Typed.Apply(render.Strip(command)))
	}
}
