package lessons_test

import (
	"io/fs"
	"os"
	"path"
	"slices"
	"testing"

	"github.com/yuin/goldmark/ast"

	"kihon/lessons"
)

func TestACourseKnowsItsLessonsInOrder(t *testing.T) {
	files := small(t)
	change(t, files, `@ course.yaml
<       - first
>       - second
>       - first
>   - id: later
>     title: {en: Later, ja: あとで}
>     lessons: [third]
@ second/x
@ third/x
`)
	course, err := lessons.Open(files)
	if err != nil {
		t.Fatal(err)
	}
	if got := course.LessonIDs(); !slices.Equal(got, []string{"second", "first", "third"}) {
		t.Errorf("lessons %v", got)
	}
	for id, want := range map[string]string{"first": "only", "third": "later", "fourth": ""} {
		chapter, ok := course.Chapter(id)
		if chapter.ID != want || ok != (want != "") || course.HasLesson(id) != (want != "") {
			t.Errorf("%s is in chapter %q, %v", id, chapter.ID, ok)
		}
	}
	if title := course.Title; title.In(lessons.English) != "Tiny" || title.In(lessons.Japanese) != "小さなコース" {
		t.Errorf("title %+v", title)
	}
	if course.ID != "tiny" || course.Version != "1" || len(course.Images) != 1 || course.Images[0] != (lessons.Image{Name: "httpd", Role: "web"}) {
		t.Errorf("%+v", course.CourseFile)
	}
}

func TestALessonsTextIsCutWhereItsExercisesBegin(t *testing.T) {
	l := first(t)
	for _, language := range lessons.Languages() {
		page := l.Pages[language]
		if page == nil || page.Language != language {
			t.Fatalf("page %+v", page)
		}
		var ids []string
		for _, s := range page.Sections {
			ids = append(ids, s.Exercise)
		}
		if want := []string{"", "run-it", "which-side", ""}; !slices.Equal(ids, want) {
			t.Fatalf("%s: sections %q, want %q", language, ids, want)
		}
		run, _ := page.Section("run-it")
		quiz, ok := page.Section("which-side")
		if !ok || len(run.Hints) != 1 || len(run.Hints[0]) != 1 || len(run.Solution) != 1 || len(run.Body) != 1 || len(quiz.Choices) != 2 || len(quiz.Answers) != 2 || len(quiz.Body) != 1 {
			t.Errorf("%s: run %+v, quiz %+v", language, run, quiz)
		}
		if _, ok := page.Section("none"); ok {
			t.Errorf("%s: a section of no exercise", language)
		}
	}
	en, ja := l.Pages[lessons.English], l.Pages[lessons.Japanese]
	run, _ := en.Section("run-it")
	動かす, _ := ja.Section("run-it")
	if en.Title != "The first lesson" || ja.Title != "最初のレッスン" || run.Title != "Run it" || 動かす.Title != "動かす" {
		t.Errorf("titles %q %q %q %q", en.Title, ja.Title, run.Title, 動かす.Title)
	}
	quiz, _ := en.Section("which-side")
	if _, is := quiz.Choices[0][0].FirstChild().(*ast.Text); !is {
		t.Errorf("a choice begins with %T: its box is the face's to draw", quiz.Choices[0][0].FirstChild())
	}
	if last := en.Sections[3]; len(last.Body) != 2 || last.Title != "" {
		t.Errorf("the end is %+v", last)
	}
}

func TestASecondHintIsAHintOfItsOwn(t *testing.T) {
	l := first(t, `@ first/en.md
< <summary>Hint</summary>
< 
< Try it.
> <summary>Hint</summary>
> 
> Try it.
> 
> </details>
> 
> <details><summary>Hint 2</summary>
> 
> Try it again.
> 
>     with code
`)
	run, _ := l.Pages[lessons.English].Section("run-it")
	if len(run.Hints) != 2 || len(run.Hints[0]) != 1 || len(run.Hints[1]) != 2 {
		t.Errorf("hints %v", run.Hints)
	}
}

// Authors write remarks to each other.
func TestOtherCommentsAreNotShown(t *testing.T) {
	l := first(t, "@ first/en.md\n< Do it.\n> <!-- translators: keep this short -->\n> \n> Do it.\n")
	if run, _ := l.Pages[lessons.English].Section("run-it"); len(run.Body) != 1 {
		t.Errorf("the body has %d blocks", len(run.Body))
	}
}

// A heading of the exercise's own does not end it; a comment does.
func TestAHeadingWithoutACommentBelongsWhereItStands(t *testing.T) {
	l := first(t, "@ first/en.md\n< Do it.\n> Do it.\n> \n> ## Mind the gap\n> \n> Really.\n")
	page := l.Pages[lessons.English]
	if run, _ := page.Section("run-it"); len(run.Body) != 3 || run.Title != "Run it" || len(page.Sections) != 4 {
		t.Errorf("%d blocks, title %q, %d sections", len(run.Body), run.Title, len(page.Sections))
	}
}

func TestExercisesComeInTheOrderOfTheText(t *testing.T) {
	files := small(t)
	change(t, files, `@ first/exercises.yaml
< exercises:
> exercises:
>   - id: last
>     kind: quiz
>     checks:
>       - answer: {choices: [1], of: 2}
@ first/en.md
< <!-- prose -->
> <!-- quiz: last -->
> 
> ## The last one
> 
> - [ ] a
> - [ ] b
> 
> <details>
> <summary>Answer</summary>
> 
> 1. yes
> 2. no
> 
> </details>
> 
> <!-- prose -->
@ first/ja.md
< <!-- prose -->
> <!-- quiz: last -->
> 
> ## 最後
> 
> - [ ] a
> - [ ] b
> 
> <details>
> <summary>答え</summary>
> 
> 1. はい
> 2. いいえ
> 
> </details>
> 
> <!-- prose -->
`)
	l := lesson(t, files, "first")
	var ids []string
	for _, e := range l.Exercises {
		ids = append(ids, e.ID)
	}
	if want := []string{"run-it", "which-side", "last"}; !slices.Equal(ids, want) {
		t.Errorf("%v, want %v", ids, want)
	}
}

func TestIDsOfExercises(t *testing.T) {
	l := first(t)
	if got := l.FullID("run-it"); got != "first/run-it" {
		t.Errorf("%q", got)
	}
	for id, want := range map[string][2]string{"first/run-it": {"first", "run-it"}, "first": {"first", ""}, "a/b/c": {"a", "b/c"}, "": {}} {
		if lesson, exercise := lessons.SplitID(id); lesson != want[0] || exercise != want[1] {
			t.Errorf("SplitID(%q) = %q, %q", id, lesson, exercise)
		}
	}
	if _, known := l.Exercise("run-it"); !known {
		t.Error("run-it is not known")
	}
	if _, known := l.Exercise("none"); known {
		t.Error("none is known")
	}
}

func TestALessonsFilesAreItsOwn(t *testing.T) {
	l := first(t)
	if got, err := l.File("files/index.html"); err != nil || string(got) != "<h1>sakura</h1>\n" {
		t.Errorf("%q, %v", got, err)
	}
	for _, path := range []string{"../course.yaml", "/etc/passwd", "files/none", "files", ""} {
		if got, err := l.File(path); err == nil {
			t.Errorf("File(%q) = %q", path, got)
		}
	}
}

// embedded returns the courses that come with kihon, as package content embeds
// them.
func embedded(t *testing.T) map[string]fs.FS {
	t.Helper()
	files := os.DirFS("../content")
	found, err := fs.Glob(files, "*/course.yaml")
	if err != nil || len(found) == 0 {
		t.Fatal("there is no course", err)
	}
	courses := map[string]fs.FS{}
	for _, name := range found {
		if courses[path.Dir(name)], err = fs.Sub(files, path.Dir(name)); err != nil {
			t.Fatal(err)
		}
	}
	return courses
}

func TestTheEmbeddedCoursesHaveNoFault(t *testing.T) {
	for name, files := range embedded(t) {
		if err := read(files); err != nil {
			t.Errorf("%s:\n%v", name, err)
			continue
		}
		course, err := lessons.Open(files)
		if err != nil || course.ID != name {
			t.Errorf("folder %s holds the course %s, %v", name, course.ID, err)
		}
	}
}

// A default that stands in the text also where it is not meant would be
// replaced there.
func TestDefaultsAreDistinctiveInTheirLesson(t *testing.T) {
	for name, files := range embedded(t) {
		course, err := lessons.Open(files)
		if err != nil {
			t.Fatal(err)
		}
		for _, id := range course.LessonIDs() {
			l := lesson(t, files, id)
			seen := map[string]string{}
			for variable, v := range l.Variables {
				if other := seen[v.Default]; other != "" {
					t.Errorf("%s/%s: %s and %s are both %s", name, id, variable, other, v.Default)
				}
				seen[v.Default] = variable
			}
		}
	}
}
