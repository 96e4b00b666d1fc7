package lessons

import (
	"io/fs"
	"slices"
	"strings"
)

// FormatVersion is the version of the course format that this package reads.
const FormatVersion = 1

// Language is a language that courses are written in.
type Language string

// The languages. Every text of a course exists in each of them.
const (
	English  Language = "en"
	Japanese Language = "ja"
)

// Languages returns all languages, English first.
func Languages() []Language { return []Language{English, Japanese} }

// Text is a short text in each language.
type Text struct {
	En string `yaml:"en" json:"en" jsonschema:"required"`
	Ja string `yaml:"ja" json:"ja" jsonschema:"required"`
}

// In returns the text in the language.
func (t Text) In(l Language) string {
	if l == Japanese {
		return t.Ja
	}
	return t.En
}

// CourseFile is course.yaml.
type CourseFile struct {
	FormatVersion int    `yaml:"format_version" json:"format_version" jsonschema:"required,enum=1"`
	ID            string `yaml:"id" json:"id" jsonschema:"required,pattern=^[a-z][a-z0-9-]*$"`
	// Version is the course's own, for the learner's record.
	Version string `yaml:"version" json:"version" jsonschema:"required"`
	Title   Text   `yaml:"title" json:"title" jsonschema:"required"`
	// Images are all that the course's lessons use.
	Images   []Image   `yaml:"images" json:"images"`
	Chapters []Chapter `yaml:"chapters" json:"chapters" jsonschema:"required"`
}

// Image is an image that a course uses.
type Image struct {
	Name string `yaml:"name" json:"name" jsonschema:"required"`
	// Role says what it is in the lessons, for people.
	Role string `yaml:"role,omitempty" json:"role,omitempty"`
}

// Chapter is a run of lessons.
type Chapter struct {
	ID      string   `yaml:"id" json:"id" jsonschema:"required,pattern=^[a-z][a-z0-9-]*$"`
	Title   Text     `yaml:"title" json:"title" jsonschema:"required"`
	Lessons []string `yaml:"lessons" json:"lessons" jsonschema:"required"`
}

// Course is a course whose course.yaml has been read. Its lessons are read
// when they are asked for, since one check needs one of them.
type Course struct {
	CourseFile
	files fs.FS
}

// LessonIDs returns the ids of all lessons, in the order of the course.
func (c *Course) LessonIDs() []string {
	var ids []string
	for _, chapter := range c.Chapters {
		ids = append(ids, chapter.Lessons...)
	}
	return ids
}

// HasLesson reports whether the course has the lesson.
func (c *Course) HasLesson(id string) bool { return slices.Contains(c.LessonIDs(), id) }

// Chapter returns the chapter that a lesson belongs to.
func (c *Course) Chapter(lesson string) (Chapter, bool) {
	for _, chapter := range c.Chapters {
		if slices.Contains(chapter.Lessons, lesson) {
			return chapter, true
		}
	}
	return Chapter{}, false
}

// Lesson is one lesson, in every language.
type Lesson struct {
	ID     string
	Course *Course
	// Images, Variables and Exercises come from exercises.yaml; the
	// exercises are in the order of the text. Nothing is replaced in them:
	// see Resolve.
	Images    []string
	Variables map[string]Variable
	Exercises []Exercise
	// Pages holds the text per language.
	Pages map[Language]*Page

	doc *document // exercises.yaml as it stands
}

// Exercise returns the exercise with the short id.
func (l *Lesson) Exercise(id string) (Exercise, bool) {
	i := slices.IndexFunc(l.Exercises, func(e Exercise) bool { return e.ID == id })
	if i < 0 {
		return Exercise{}, false
	}
	return l.Exercises[i], true
}

// FullID is an exercise's id in the whole course.
func (l *Lesson) FullID(exercise string) string { return l.ID + "/" + exercise }

// SplitID cuts LESSON/EXERCISE in two; exercise is empty for a lesson's id.
func SplitID(id string) (lesson, exercise string) {
	lesson, exercise, _ = strings.Cut(id, "/")
	return lesson, exercise
}

// File returns a file of the lesson's folder, such as files/index.html.
func (l *Lesson) File(path string) ([]byte, error) {
	return fs.ReadFile(l.Course.files, l.ID+"/"+path)
}
