package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"kihon/cmd/kihon/learner"
	"kihon/cmd/kihon/terminal"
	"kihon/content"
	"kihon/lessons"
	"kihon/lessons/render"
	"kihon/lessons/words"
	"kihon/sandbox/engine"
	"kihon/sandbox/shell"
	"kihon/store"
)

// defaultCourse is the course when none is named.
const defaultCourse = "docker-basics"

// app is what all verbs share: the streams, the language and where things are.
type app struct {
	getenv   func(string) string
	streams  terminal.Streams
	language lessons.Language
	words    *words.Words
	paths    learner.Paths
	flags    flags
	session  *sessionClient // nil outside a session
	prompter terminal.Prompter
	crowded  bool // values are drawn at random, not the first that is free
}

// flags are the options every verb has.
type flags struct {
	course, lang, format, engine, workspace string
	plain, yes                              bool
}

// width is how wide the terminal is now, in columns.
func (a *app) width() int {
	columns, _ := a.streams.Size()
	return columns
}

// style is how parts of a text look on standard output.
func (a *app) style() render.Style { return a.streams.Palette().Style() }

// page shows a long text a screen at a time on a terminal.
func (a *app) page(ctx context.Context, text string) error {
	hint := terminal.EnglishWords().PagerHint
	if a.language == lessons.Japanese {
		hint = terminal.JapaneseWords().PagerHint
	}
	return terminal.Pager(ctx, a.streams, os.Environ(), text, hint)
}

// hostEngine reports whether the engine as it is counts.
func (a *app) hostEngine() bool { return a.flags.engine == "host" }

// complain says on standard error what is wrong and what to do next. Lower
// case and no period at the end, after the name of the program.
func (a *app) complain(message, next string) {
	width := a.width()
	fmt.Fprintln(a.streams.Err, render.Wrap("kihon: "+render.Strip(message), width, "", "       "))
	if next != "" {
		label := a.words.Say("error.next")
		if !strings.HasSuffix(label, "：") {
			label += " " // the wide colon brings its own
		}
		fmt.Fprintln(a.streams.Err, render.Wrap(label+render.Strip(next), width, "       ", "       "))
	}
}

// say tells the learner something on standard error, where talk goes.
func (a *app) say(text string) {
	fmt.Fprintln(a.streams.Err, render.Wrap(text, a.width(), "", ""))
}

// chooseLanguage follows --lang, KIHON_LANG, LC_ALL, LC_MESSAGES, LANG; English
// when none of them is Japanese.
func chooseLanguage(flag string, getenv func(string) string) (lessons.Language, error) {
	switch flag {
	case "en":
		return lessons.English, nil
	case "ja":
		return lessons.Japanese, nil
	}
	var err error
	if flag != "" {
		err = fmt.Errorf("--lang must be en or ja: %q", flag)
	}
	for _, name := range []string{"KIHON_LANG", "LC_ALL", "LC_MESSAGES", "LANG"} {
		value := getenv(name)
		if value == "" {
			continue
		}
		if strings.HasPrefix(strings.ToLower(value), "ja") {
			return lessons.Japanese, err
		}
		return lessons.English, err
	}
	return lessons.English, err
}

// course opens the course that --course names: a folder, or one that is built in.
func (a *app) course() (*lessons.Course, error) {
	name := a.flags.course
	if name == "" {
		name = defaultCourse
	}
	if strings.ContainsRune(name, filepath.Separator) || name == "." || name == ".." {
		if _, err := os.Stat(name); err != nil {
			return nil, a.usage(a.words.Say("error.course_unknown", "name", name), a.words.Say("error.course_unknown.next"))
		}
		return openCourse(name)
	}
	built := content.Courses()
	if _, err := fs.Stat(built, name+"/course.yaml"); err == nil {
		files, err := fs.Sub(built, name)
		if err != nil {
			return nil, err
		}
		return lessons.Open(files)
	}
	if _, err := os.Stat(filepath.Join(name, "course.yaml")); err == nil {
		return openCourse(name)
	}
	return nil, a.usage(a.words.Say("error.course_unknown", "name", name), a.words.Say("error.course_unknown.next"))
}

// openCourse opens a course's folder. What a link in it points at outside is
// not read: a course may come from a stranger.
func openCourse(dir string) (*lessons.Course, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	return lessons.Open(root.FS()) // open as long as the process lives
}

// courseOnDisk reports whether --course names a folder.
func (a *app) courseOnDisk() bool {
	_, err := os.Stat(filepath.Join(a.flags.course, "course.yaml"))
	return a.flags.course != "" && err == nil
}

// usage makes an error that says the call is wrong, and what to do.
func (a *app) usage(message, next string) error { return &usageError{message, next} }

// open ties course, record and engine together. The caller closes the learner.
// No engine is asked yet.
func (a *app) open(ctx context.Context) (*learner.Learner, error) {
	l, err := a.openRecord(ctx)
	if err != nil {
		return nil, err
	}
	if l.Engine, err = a.connect(ctx); err != nil {
		return nil, errors.Join(err, l.Store.Close())
	}
	return l, nil
}

// openToRead is open for verbs that only show a text: it does not mind if there
// is no engine.
func (a *app) openToRead(ctx context.Context) (*learner.Learner, error) {
	l, err := a.openRecord(ctx)
	if err != nil {
		return nil, err
	}
	if e, err := a.connect(ctx); err == nil {
		l.Engine = e
	}
	return l, nil
}

// openRecord ties course and record together, for what needs no engine.
func (a *app) openRecord(ctx context.Context) (*learner.Learner, error) {
	course, err := a.course()
	if err != nil {
		return nil, err
	}
	l := &learner.Learner{Paths: a.paths, Course: course, HostEngine: a.hostEngine(), Crowded: a.crowded}
	if here, err := os.Getwd(); err == nil && here != a.paths.Workspace {
		l.Here = a.paths.Workspace + "/"
		if strings.ContainsAny(l.Here, " '\"\\$&;()*?") {
			l.Here = shell.Quote(l.Here)
		}
	}
	l.Store, err = store.Open(ctx, a.paths.Home)
	return l, err
}

// connect finds the engine: inside a session the session's own, elsewhere the
// one the Docker CLI would use.
func (a *app) connect(ctx context.Context) (*engine.Engine, error) {
	endpoint, err := a.endpoint(ctx)
	if err != nil {
		return nil, err
	}
	return engine.Connect(ctx, endpoint)
}

func (a *app) endpoint(ctx context.Context) (engine.Endpoint, error) {
	getenv := a.getenv
	if a.session != nil {
		// DOCKER_HOST is the guard here.
		environment, err := a.session.engineEnvironment(ctx)
		if err != nil {
			return engine.Endpoint{}, err
		}
		getenv = func(name string) string {
			if value, ok := environment[name]; ok {
				return value
			}
			return a.getenv(name)
		}
	}
	return engine.Find(getenv)
}

// exercise completes an exercise's id: given in full, by its short name in the
// lesson at hand, or left out inside a session.
func (a *app) exercise(ctx context.Context, l *learner.Learner, args []string) (string, error) {
	if len(args) == 0 {
		id, err := a.current(ctx, l)
		if err != nil {
			return "", err
		}
		if id == "" {
			return "", a.usage(a.words.Say("error.which_exercise"), a.words.Say("error.which_exercise.next"))
		}
		return id, nil
	}
	return l.ExerciseID(args[0], a.lessonAtHand(ctx, l))
}

// current is the exercise at hand: that of the session, else the first one of
// the lesson where the learner stopped that has not passed.
func (a *app) current(ctx context.Context, l *learner.Learner) (string, error) {
	if a.session != nil {
		state, err := a.session.state(ctx)
		return state.Exercise, err
	}
	return "", nil
}

func (a *app) lessonAtHand(ctx context.Context, l *learner.Learner) string {
	if a.session != nil {
		if state, err := a.session.state(ctx); err == nil {
			return state.Lesson
		}
	}
	return ""
}
