package lessons

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"

	"kihon/checker"
)

// The built-in variables. Workspace is the learner's workspace. Here is what
// has to stand before a file of the workspace in a command: nothing where the
// command is typed in the workspace, else its path and a slash.
const (
	Workspace = "workspace"
	Here      = "here"
)

// Open reads a course's course.yaml. Everything wrong with it is in the error,
// as Faults; a folder that cannot be read is a Fault, too.
func Open(files fs.FS) (*Course, error) {
	const name = "course.yaml"
	source, err := fs.ReadFile(files, name)
	if err != nil {
		return nil, &Fault{File: name, Message: "a course needs this file: " + reason(err)}
	}
	course := &Course{files: files}
	if err := version(name, source); err != nil {
		return nil, err
	}
	doc, err := parse(name, source)
	if err != nil {
		return nil, err
	}
	if err := doc.decode(doc.root, &course.CourseFile, nil); err != nil {
		return nil, err
	}
	return course, course.validate(doc)
}

func reason(err error) string {
	if errors.Is(err, fs.ErrNotExist) {
		return "it is not there"
	}
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err.Error()
	}
	return err.Error()
}

// version refuses a file of another format before anything else is read: a
// newer format has keys that would look like misspellings.
func version(name string, source []byte) error {
	found := regexp.MustCompile(`(?m)^format_version:[ \t]*(\S+)`).FindSubmatchIndex(source)
	if found == nil {
		return &Fault{File: name, Line: 1, Message: fmt.Sprintf("format_version is missing; this kihon reads format_version: %d", FormatVersion)}
	}
	value := string(source[found[2]:found[3]])
	if value != fmt.Sprint(FormatVersion) {
		at := strings.Count(string(source[:found[2]]), "\n") + 1
		return &Fault{File: name, Line: at, Message: fmt.Sprintf("format_version %s is not known; this kihon reads %d", value, FormatVersion)}
	}
	return nil
}

var idPattern = regexp.MustCompile(`^[a-z][a-z0-9-]*$`)

func (c *Course) validate(doc *document) error {
	f := &faults{doc: doc}
	if !idPattern.MatchString(c.ID) {
		f.at("id", "id must be lower-case letters, digits and dashes, beginning with a letter: %q", c.ID)
	}
	if c.Version == "" {
		f.at("version", "version is missing")
	}
	bothLanguages(f, "title", c.Title)
	for i, image := range c.Images {
		if image.Name == "" {
			f.at(fmt.Sprintf("images[%d]", i), "an image needs a name")
		}
	}
	if len(c.Chapters) == 0 {
		f.at("chapters", "a course needs at least one chapter")
	}
	seen := map[string]bool{}
	for i, chapter := range c.Chapters {
		at := fmt.Sprintf("chapters[%d]", i)
		if !idPattern.MatchString(chapter.ID) || seen[chapter.ID] {
			f.at(at+".id", "chapter id %q is malformed or used twice", chapter.ID)
		}
		seen[chapter.ID] = true
		bothLanguages(f, at+".title", chapter.Title)
		if len(chapter.Lessons) == 0 {
			f.at(at, "chapter %s has no lessons", chapter.ID)
		}
		for j, id := range chapter.Lessons {
			place := fmt.Sprintf("%s.lessons[%d]", at, j)
			switch {
			case !idPattern.MatchString(id):
				f.at(place, "lesson id %q must be lower-case letters, digits and dashes", id)
			case seen[id]:
				f.at(place, "lesson id %q is used twice", id)
			default:
				if info, err := fs.Stat(c.files, id); err != nil || !info.IsDir() {
					f.at(place, "lesson %q has no folder %s/", id, id)
				}
			}
			seen[id] = true
		}
	}
	return f.list.orNil()
}

func bothLanguages(f *faults, path string, t Text) {
	if t.En == "" {
		f.at(path, "the English text (en) is missing")
	}
	if t.Ja == "" {
		f.at(path, "the Japanese text (ja) is missing")
	}
}

// Lesson reads one lesson, in all its languages. An unknown id is an error of
// the caller's, not a Fault.
func (c *Course) Lesson(id string) (*Lesson, error) {
	if !c.HasLesson(id) {
		return nil, fmt.Errorf("there is no lesson %q", id)
	}
	lesson := &Lesson{ID: id, Course: c, Pages: map[Language]*Page{}}
	name := id + "/exercises.yaml"
	source, err := fs.ReadFile(c.files, name)
	if err != nil {
		return nil, &Fault{File: name, Message: "a lesson needs this file: " + reason(err)}
	}
	if err := version(name, source); err != nil {
		return nil, err
	}
	if lesson.doc, err = parse(name, source); err != nil {
		return nil, err
	}
	if err := lesson.readVariables(); err != nil {
		return nil, err
	}
	var file ExercisesFile
	if err := lesson.doc.decode(lesson.doc.root, &file, lesson.defaults()); err != nil {
		return nil, err
	}
	lesson.Images, lesson.Exercises = file.Images, file.Exercises
	found := lesson.validate()
	for _, language := range Languages() {
		found = append(found, lesson.readPage(language)...)
	}
	if len(found) > 0 {
		return nil, found
	}
	lesson.inOrderOfText()
	return lesson, nil
}

// readVariables reads the variables, which have to be known before the rest.
func (l *Lesson) readVariables() error {
	n := l.doc.at("variables")
	if n == nil {
		return nil
	}
	if err := l.doc.decode(n, &l.Variables, nil); err != nil {
		return err
	}
	f := &faults{doc: l.doc}
	for _, key := range slices.Sorted(maps.Keys(l.Variables)) {
		v, at := l.Variables[key], "variables."+key
		if !variableName.MatchString(key) {
			f.at(at, "variable %s: a name is lower-case letters, digits and _, beginning with a letter", key)
		}
		if other := twin(l.Variables, key); other != "" {
			f.at(at, "variable %s: default: %q is also the default of %s; the text could not tell them apart", key, v.Default, other)
		}
		if key == Workspace || key == Here {
			f.at(at, "%s is built in and cannot be declared", key)
		}
		if message := v.check(); message != "" {
			f.at(at, "variable %s: %s", key, message)
		}
	}
	return f.list.orNil()
}

func (l *Lesson) validate() Faults {
	f := &faults{doc: l.doc}
	for i, image := range l.Images {
		if !slices.ContainsFunc(l.Course.Images, func(have Image) bool { return checker.SameReference(have.Name, image) }) {
			f.at(fmt.Sprintf("images[%d]", i), "image %s is not among the images of course.yaml", image)
		}
	}
	seen := map[string]bool{}
	for i, e := range l.Exercises {
		at := fmt.Sprintf("exercises[%d]", i)
		if !idPattern.MatchString(e.ID) || seen[e.ID] {
			f.at(at+".id", "exercise id %q is malformed or used twice", e.ID)
		}
		seen[e.ID] = true
		if e.Kind != HandsOn && e.Kind != Quiz {
			f.at(at+".kind", "kind must be %s or %s: %q", HandsOn, Quiz, e.Kind)
		}
		if len(e.Checks) == 0 {
			f.at(at, "exercise %s has no checks", e.ID)
		}
		for j, check := range e.Checks {
			if message := check.Problem(); message != "" {
				f.at(fmt.Sprintf("%s.checks[%d]", at, j), "%s", message)
			}
		}
		if e.Kind == HandsOn && len(e.Solution) == 0 {
			f.at(at, "exercise %s has no solution", e.ID)
		}
		for j, need := range e.Needs {
			if !slices.Contains([]string{"guard", "private-engine", "root"}, need) {
				f.at(fmt.Sprintf("%s.needs[%d]", at, j), "unknown need %q", need)
			}
		}
		l.validateStart(f, at, e)
		for j, r := range e.Routes {
			if len(r.Commands) == 0 {
				f.at(fmt.Sprintf("%s.routes[%d]", at, j), "route %s has no commands", r.Name)
			}
		}
		for j, m := range e.Mistakes {
			place := fmt.Sprintf("%s.mistakes[%d]", at, j)
			if !slices.Contains(checker.Codes(), m.Code) {
				f.at(place+".code", "there is no finding code %q", m.Code)
			}
			switch {
			case len(m.Commands) == 0:
				f.at(place, "mistake %s has no commands", m.Name)
			case m.Advice != "" && m.Advice != "manual":
				f.at(place, "advice must be manual: %q", m.Advice)
			case (m.Advice == "manual") != (m.Reason != ""):
				f.at(place, "advice: manual and a reason go together")
			}
		}
	}
	return f.list
}

func (l *Lesson) validateStart(f *faults, at string, e Exercise) {
	for j, s := range e.Start {
		place := fmt.Sprintf("%s.start[%d]", at, j)
		switch {
		case (s.Container == nil) == (s.File == nil):
			f.at(place, "a part of a starting state is either a container or a file")
		case s.Container != nil && s.Container.Name == "":
			f.at(place+".container", "start: name is missing")
		case s.Container != nil && s.Container.Image == "":
			f.at(place+".container", "start: image is missing")
		case s.Container != nil && badPort(s.Container.Ports) >= 0:
			n := badPort(s.Container.Ports)
			f.at(fmt.Sprintf("%s.container.ports[%d]", place, n), "start: ports are written HOST:INSIDE: %q", s.Container.Ports[n])
		case s.Container != nil && s.Container.State != "running" && s.Container.State != "exited":
			f.at(place+".container.state", "state must be running or exited: %q", s.Container.State)
		case s.File != nil && (strings.HasPrefix(s.File.Path, "/") || !fs.ValidPath(s.File.Path)):
			f.at(place+".file.path", "path must lie in the workspace: %q", s.File.Path)
		case s.File != nil:
			if _, err := l.File(s.File.From); err != nil {
				f.at(place+".file.from", "file %s: %s", s.File.From, reason(err))
			}
		}
	}
}

// inOrderOfText sorts the exercises as the text has them.
func (l *Lesson) inOrderOfText() {
	place := map[string]int{}
	for i, s := range l.Pages[English].Sections {
		place[s.Exercise] = i
	}
	slices.SortStableFunc(l.Exercises, func(a, b Exercise) int { return place[a.ID] - place[b.ID] })
}

var variableName = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

// twin returns a variable before this one in the alphabet that has the same
// default; "" when there is none.
func twin(variables map[string]Variable, key string) string {
	for _, other := range slices.Sorted(maps.Keys(variables)) {
		if other < key && variables[other].Default == variables[key].Default {
			return other
		}
	}
	return ""
}

var portPair = regexp.MustCompile(`^[0-9]{1,5}:[0-9]{1,5}$`)

// badPort returns the index of the first pair that is none; -1 when all are.
func badPort(pairs []string) int {
	return slices.IndexFunc(pairs, func(pair string) bool { return !portPair.MatchString(pair) })
}
