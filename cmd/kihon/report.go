package main

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"strconv"
	"strings"
	"time"

	"kihon/checker"
	"kihon/cmd/kihon/learner"
	"kihon/lessons"
)

// The JSON of kihon check, as docs/commands.md has it.
type (
	reportJSON struct {
		FormatVersion int             `json:"format_version"`
		Course        courseJSON      `json:"course"`
		Language      string          `json:"language"`
		Engine        *engineJSON     `json:"engine"`
		Outcome       checker.Outcome `json:"outcome"`
		Exercises     []exerciseJSON  `json:"exercises"`
	}
	courseJSON struct {
		ID      string `json:"id"`
		Version string `json:"version"`
	}
	engineJSON struct {
		Version    string `json:"version"`
		APIVersion string `json:"api_version"`
		OS         string `json:"os"`
		Arch       string `json:"arch"`
	}
	exerciseJSON struct {
		ID         string                  `json:"id"`
		Title      string                  `json:"title"`
		Outcome    checker.Outcome         `json:"outcome"`
		Now        checker.Outcome         `json:"now"`
		PassedAt   *time.Time              `json:"passed_at"`
		DurationMS float64                 `json:"duration_ms"`
		Variables  map[string]variableJSON `json:"variables"`
		Findings   []findingJSON           `json:"findings"`
		Remarks    []findingJSON           `json:"remarks,omitempty"`
		Evidence   []checker.Evidence      `json:"evidence"`
	}
	variableJSON struct {
		Value   any `json:"value"`
		Default any `json:"default"`
	}
	findingJSON struct {
		Code     string   `json:"code"`
		Subject  string   `json:"subject"`
		Wanted   string   `json:"wanted"`
		Found    string   `json:"found"`
		Message  string   `json:"message"`
		Next     string   `json:"next"`
		Commands []string `json:"commands"`
		File     string   `json:"file,omitempty"`
		Line     int      `json:"line,omitempty"`
	}
)

// report writes the verdicts in the format that was asked for.
func (a *app) report(ctx context.Context, l *learner.Learner, whole checker.Outcome, done []judged) error {
	switch a.flags.format {
	case "text":
		a.reportText(done)
		return nil
	case "junit":
		return a.reportJUnit(l, done)
	}
	out := reportJSON{
		FormatVersion: 1, Course: courseJSON{l.Course.ID, l.Course.Version},
		Language: string(a.language), Outcome: whole, Exercises: []exerciseJSON{},
	}
	if whole != checker.CouldNotCheck {
		if v, err := l.EngineVersion(ctx); err == nil {
			out.Engine = &engineJSON{v.Engine, v.API, v.OS, v.Arch}
		}
	}
	for _, j := range done {
		if len(j.missing) == 0 {
			out.Exercises = append(out.Exercises, a.exerciseJSON(j))
		}
	}
	return a.writeJSON(out)
}

func (a *app) exerciseJSON(j judged) exerciseJSON {
	e := exerciseJSON{
		ID: j.ready.ID, Title: a.title(j.ready), Outcome: j.outcome, Now: j.verdict.Outcome,
		DurationMS: float64(j.verdict.Duration.Microseconds()) / 1000,
		Variables:  map[string]variableJSON{}, Findings: []findingJSON{}, Evidence: []checker.Evidence{},
	}
	if !j.passedAt.IsZero() {
		at := j.passedAt.UTC()
		e.PassedAt = &at
	}
	for name, v := range j.ready.Values {
		kind := j.ready.Lesson.Variables[name].Kind
		e.Variables[name] = variableJSON{typed(kind, v.Value), typed(kind, v.Default)}
	}
	for _, f := range j.verdict.Findings {
		e.Findings = append(e.Findings, a.findingJSON(f))
	}
	for _, f := range j.verdict.Remarks {
		e.Remarks = append(e.Remarks, a.findingJSON(f))
	}
	e.Evidence = append(e.Evidence, j.verdict.Evidence...)
	return e
}

// typed gives a port back as a number.
func typed(kind, value string) any {
	if n, err := strconv.Atoi(value); err == nil && kind == lessons.PortKind {
		return n
	}
	return value
}

func (a *app) findingJSON(f checker.Finding) findingJSON {
	message, next := a.words.Finding(f)
	commands := f.Commands
	if commands == nil {
		commands = []string{}
	}
	return findingJSON{Code: f.Code, Subject: f.Subject, Wanted: f.Wanted, Found: f.Found, Message: message, Next: next, Commands: commands}
}

func (a *app) title(r learner.Ready) string {
	if r.Lesson == nil {
		return ""
	}
	_, short := lessons.SplitID(r.ID)
	section, _ := r.Lesson.Pages[a.language].Section(short)
	return section.Title
}

// writeFaults reports a badly written course.
func (a *app) writeFaults(faults lessons.Faults) error {
	out := reportJSON{FormatVersion: 1, Language: string(a.language), Outcome: checker.BadlyWritten, Exercises: []exerciseJSON{}}
	e := exerciseJSON{
		Outcome: checker.BadlyWritten, Now: checker.BadlyWritten,
		Variables: map[string]variableJSON{}, Evidence: []checker.Evidence{},
	}
	for _, fault := range faults {
		f := a.findingJSON(checker.Finding{
			Code: checker.CourseInvalid, Subject: "course", Found: fault.Message,
			Args: map[string]string{"file": fault.File, "line": strconv.Itoa(fault.Line), "error": fault.Message},
		})
		f.File, f.Line = fault.File, fault.Line
		e.Findings = append(e.Findings, f)
		if lesson, _, found := strings.Cut(fault.File, "/"); found && e.ID == "" {
			e.ID = lesson
		}
	}
	out.Exercises = append(out.Exercises, e)
	if a.flags.format == "junit" {
		var cases []junitCase
		for _, f := range e.Findings {
			cases = append(cases, junitCase{Name: f.File, Class: "course", Error: &junitText{Message: f.Message, Type: f.Code}})
		}
		return a.writeJUnit(junitSuite{Name: "course", Cases: cases})
	}
	return a.writeJSON(out)
}

func (a *app) writeJSON(v any) error {
	encoder := json.NewEncoder(a.streams.Out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(v)
}

// JUnit as test reporters read it: not yet is a failure, could not check and
// badly written are errors, what is unavailable is skipped.
type (
	junitSuites struct {
		XMLName xml.Name     `xml:"testsuites"`
		Suites  []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Errors   int         `xml:"errors,attr"`
		Skipped  int         `xml:"skipped,attr"`
		Cases    []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Name    string     `xml:"name,attr"`
		Class   string     `xml:"classname,attr"`
		Time    string     `xml:"time,attr,omitempty"`
		Failure *junitText `xml:"failure,omitempty"`
		Error   *junitText `xml:"error,omitempty"`
		Skipped *junitText `xml:"skipped,omitempty"`
	}
	junitText struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr,omitempty"`
		Body    string `xml:",chardata"`
	}
)

func (a *app) reportJUnit(l *learner.Learner, done []judged) error {
	suite := junitSuite{Name: l.Course.ID}
	for _, j := range done {
		lesson, _ := lessons.SplitID(j.ready.ID)
		c := junitCase{Name: j.ready.ID, Class: l.Course.ID + "." + lesson, Time: fmt.Sprintf("%.3f", j.verdict.Duration.Seconds())}
		text := &junitText{}
		if len(j.verdict.Findings) > 0 {
			f := a.findingJSON(j.verdict.Findings[0])
			text = &junitText{Message: f.Message, Type: f.Code, Body: strings.Join(append([]string{f.Next}, f.Commands...), "\n")}
		}
		switch {
		case len(j.missing) > 0:
			c.Skipped = &junitText{Message: strings.Join(j.missing, ", ")}
		case j.outcome == checker.NotYet:
			c.Failure = text
		case j.outcome != checker.Passed:
			c.Error = text
		}
		suite.Cases = append(suite.Cases, c)
	}
	return a.writeJUnit(suite)
}

func (a *app) writeJUnit(suite junitSuite) error {
	for _, c := range suite.Cases {
		suite.Tests++
		switch {
		case c.Failure != nil:
			suite.Failures++
		case c.Error != nil:
			suite.Errors++
		case c.Skipped != nil:
			suite.Skipped++
		}
	}
	fmt.Fprint(a.streams.Out, xml.Header)
	encoder := xml.NewEncoder(a.streams.Out)
	encoder.Indent("", "  ")
	if err := encoder.Encode(junitSuites{Suites: []junitSuite{suite}}); err != nil {
		return err
	}
	fmt.Fprintln(a.streams.Out)
	return nil
}
