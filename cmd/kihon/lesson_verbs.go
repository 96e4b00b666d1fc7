package main

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/yuin/goldmark/ast"

	"kihon/checker"
	"kihon/cmd/kihon/learner"
	"kihon/cmd/kihon/terminal"
	"kihon/lessons"
	"kihon/store"
)

func (a *app) listCommand() *cobra.Command {
	return a.verb("list", a.words.Say("cmd.list"), a.words.Say("cmd.list.examples"), between(0, 0), func(ctx context.Context, _ []string) error { return a.list(ctx) })
}

// The JSON of kihon list.
type (
	listJSON struct {
		FormatVersion int           `json:"format_version"`
		Chapters      []chapterJSON `json:"chapters"`
	}
	chapterJSON struct {
		ID      string       `json:"id"`
		Title   string       `json:"title"`
		Lessons []lessonJSON `json:"lessons"`
	}
	lessonJSON struct {
		ID        string         `json:"id"`
		Title     string         `json:"title"`
		Exercises []listExercise `json:"exercises"`
	}
	listExercise struct {
		ID     string `json:"id"`
		Title  string `json:"title"`
		Kind   string `json:"kind"`
		State  string `json:"state"`
		Reason string `json:"reason"`
	}
)

// overview is the course with the state of each exercise in this home.
func (a *app) overview(ctx context.Context, l *learner.Learner) (listJSON, error) {
	out := listJSON{FormatVersion: 1, Chapters: []chapterJSON{}}
	passes, err := l.Store.Passes(ctx, l.Course.ID)
	if err != nil {
		return out, err
	}
	attempted, err := l.Store.Attempted(ctx, l.Course.ID)
	if err != nil {
		return out, err
	}
	for _, chapter := range l.Course.Chapters {
		c := chapterJSON{ID: chapter.ID, Title: chapter.Title.In(a.language), Lessons: []lessonJSON{}}
		for _, id := range chapter.Lessons {
			lesson, err := l.Lesson(id)
			if err != nil {
				return out, err
			}
			page := lesson.Pages[a.language]
			item := lessonJSON{ID: id, Title: page.Title, Exercises: []listExercise{}}
			for _, e := range lesson.Exercises {
				full := lesson.FullID(e.ID)
				section, _ := page.Section(e.ID)
				entry := listExercise{ID: full, Title: section.Title, Kind: e.Kind, State: "untouched"}
				if _, ever := attempted[full]; ever {
					entry.State = string(checker.NotYet)
				}
				if _, ever := passes[full]; ever {
					entry.State = string(checker.Passed)
				}
				if missing := l.Missing(e); len(missing) > 0 {
					entry.State, entry.Reason = "unavailable", strings.Join(missing, ", ")
				}
				item.Exercises = append(item.Exercises, entry)
			}
			c.Lessons = append(c.Lessons, item)
		}
		out.Chapters = append(out.Chapters, c)
	}
	return out, nil
}

func (a *app) list(ctx context.Context) error {
	if err := a.formats("text", "json"); err != nil {
		return err
	}
	l, err := a.openRecord(ctx)
	if err != nil {
		return err
	}
	defer l.Close()
	all, err := a.overview(ctx, l)
	if err != nil {
		return err
	}
	if a.flags.format == "json" {
		return a.writeJSON(all)
	}
	f, out := a.face(), a.streams.Out
	for i, chapter := range all.Chapters {
		if i > 0 {
			fmt.Fprintln(out)
		}
		f.title(out, chapter.Title, f.style.Title)
		for _, lesson := range chapter.Lessons {
			fmt.Fprintln(out)
			f.item(out, "", f.style.Strong.Apply(lesson.Title)+"  "+f.style.Dim.Apply(lesson.ID))
			for _, e := range lesson.Exercises {
				sign := f.open()
				if e.State == string(checker.Passed) {
					sign = f.tick()
				}
				text := e.Title + "  " + f.style.Dim.Apply(e.ID)
				if e.State == "unavailable" {
					text += "  " + a.words.Say("check.unavailable", "needs", e.Reason)
				}
				f.item(out, "  "+sign, text)
			}
		}
	}
	fmt.Fprintln(out)
	f.item(out, "", a.words.Say("list.next", "lesson", all.Chapters[0].Lessons[0].ID))
	return nil
}

func (a *app) showCommand() *cobra.Command {
	return a.verb("show LESSON", a.words.Say("cmd.show"), a.words.Say("cmd.show.examples"), between(1, 1), func(ctx context.Context, args []string) error { return a.show(ctx, args[0]) })
}

// show prints a whole lesson, without hints and solutions.
func (a *app) show(ctx context.Context, id string) error {
	if err := a.formats("text"); err != nil {
		return err
	}
	l, err := a.openToRead(ctx)
	if err != nil {
		return err
	}
	defer l.Close()
	if id, err = l.LessonID(id); err != nil {
		return err
	}
	lesson, err := l.Lesson(id)
	if err != nil {
		return err
	}
	replace, err := l.LessonText(ctx, lesson)
	if err != nil {
		return err
	}
	f, page := a.face(), lesson.Pages[a.language]
	var out bytes.Buffer
	f.title(&out, replace(page.Title), f.style.Title)
	for _, s := range page.Sections {
		fmt.Fprintln(&out)
		if s.Exercise == "" {
			f.markdown(&out, page, s.Body, replace)
			continue
		}
		ready, err := l.Text(ctx, lesson.FullID(s.Exercise))
		if err != nil {
			return err
		}
		f.exercise(&out, page, s, ready)
		fmt.Fprintln(&out)
		f.para(&out, a.words.Say("show.exercise", "id", ready.ID))
	}
	return a.page(ctx, out.String())
}

func (a *app) taskCommand() *cobra.Command {
	return a.verb("task [EXERCISE]", a.words.Say("cmd.task"), a.words.Say("cmd.task.examples"), between(0, 1), func(ctx context.Context, args []string) error {
		return a.withExercise(ctx, args, func(l *learner.Learner, r learner.Ready) error {
			page := r.Lesson.Pages[a.language]
			s, _ := page.Section(r.Exercise.ID)
			a.face().exercise(a.streams.Out, page, s, r)
			return nil
		})
	})
}

// withExercise opens the exercise that the arguments name, or the one at hand.
func (a *app) withExercise(ctx context.Context, args []string, do func(*learner.Learner, learner.Ready) error) error {
	if err := a.formats("text"); err != nil {
		return err
	}
	l, err := a.openToRead(ctx)
	if err != nil {
		return err
	}
	defer l.Close()
	id, err := a.exercise(ctx, l, args)
	if err != nil {
		return err
	}
	r, err := l.Text(ctx, id)
	if err != nil {
		return err
	}
	return do(l, r)
}

func (a *app) hintCommand() *cobra.Command {
	var all bool
	cmd := a.verb("hint [EXERCISE]", a.words.Say("cmd.hint"), a.words.Say("cmd.hint.examples"), between(0, 1), func(ctx context.Context, args []string) error {
		return a.withExercise(ctx, args, func(l *learner.Learner, r learner.Ready) error { return a.hint(ctx, l, r, all) })
	})
	cmd.Flags().BoolVar(&all, "all", false, a.words.Say("flag.hint.all"))
	return cmd
}

// hint shows the next hint; after the last one, the last again.
func (a *app) hint(ctx context.Context, l *learner.Learner, r learner.Ready, all bool) error {
	page := r.Lesson.Pages[a.language]
	s, _ := page.Section(r.Exercise.ID)
	f, out := a.face(), a.streams.Out
	if len(s.Hints) == 0 {
		f.item(out, "", a.words.Say("hint.none"))
		return nil
	}
	shown, err := l.Store.HintsShown(ctx, r.ID)
	if err != nil {
		return err
	}
	from, to := min(shown, len(s.Hints)-1), min(shown, len(s.Hints)-1)+1
	if all {
		from, to = 0, len(s.Hints)
	}
	for i := from; i < to; i++ {
		if i >= shown {
			if err := l.Note(ctx, r.ID, store.KindHint); err != nil {
				return err
			}
		}
		f.item(out, "", f.style.Strong.Apply(a.words.Say("hint.title", "n", i+1, "of", len(s.Hints))))
		f.markdown(out, page, s.Hints[i], r.Replace)
	}
	if to < len(s.Hints) {
		f.item(out, "", f.style.Dim.Apply(a.words.Say("hint.more")))
	} else {
		f.item(out, "", f.style.Dim.Apply(a.words.Say("hint.last", "id", r.ID)))
	}
	return nil
}

func (a *app) solutionCommand() *cobra.Command {
	return a.verb("solution [EXERCISE]", a.words.Say("cmd.solution"), a.words.Say("cmd.solution.examples"), between(0, 1), func(ctx context.Context, args []string) error {
		return a.withExercise(ctx, args, func(l *learner.Learner, r learner.Ready) error {
			if err := l.Note(ctx, r.ID, store.KindSolution); err != nil {
				return err
			}
			page := r.Lesson.Pages[a.language]
			s, _ := page.Section(r.Exercise.ID)
			f := a.face()
			for _, command := range r.Exercise.Solution {
				fmt.Fprintln(a.streams.Out, "  "+f.style.Typed.Apply(command))
			}
			if len(r.Exercise.Solution) > 0 {
				fmt.Fprintln(a.streams.Out)
			}
			f.markdown(a.streams.Out, page, explanation(r, page, s), r.Replace)
			return nil
		})
	})
}

// explanation is what the lesson says of a solution, without the blocks that
// show nothing but its commands, which have been shown.
func explanation(r learner.Ready, page *lessons.Page, s lessons.Section) []ast.Node {
	commands, err := r.Lesson.Resolve(r.Exercise.ID, r.Plain())
	if err != nil {
		return s.Solution
	}
	return slices.DeleteFunc(slices.Clone(s.Solution), func(n ast.Node) bool {
		block, is := n.(*ast.FencedCodeBlock)
		if !is {
			return false
		}
		for line := range strings.Lines(r.Replace(string(block.Lines().Value(page.Source)))) {
			typed := strings.TrimPrefix(strings.TrimSpace(line), "$ ")
			if typed != "" && !slices.Contains(commands.Solution, typed) {
				return false
			}
		}
		return true
	})
}

func (a *app) nextCommand() *cobra.Command {
	return a.verb("next", a.words.Say("cmd.next"), "", between(0, 0), a.move("next"))
}

func (a *app) backCommand() *cobra.Command {
	return a.verb("back", a.words.Say("cmd.back"), "", between(0, 0), a.move("back"))
}

// move goes on or back in the session's lesson.
func (a *app) move(to string) func(context.Context, []string) error {
	return func(ctx context.Context, _ []string) error {
		if err := a.mustBeInLesson(ctx); err != nil {
			return err
		}
		text, err := a.session.move(ctx, to, a.width())
		if err != nil {
			return err
		}
		if err := a.page(ctx, text.Prose); err != nil {
			return err
		}
		fmt.Fprint(a.streams.Out, text.Task)
		return nil
	}
}

// mustBeInLesson is an error outside a live session; kihon run is none.
func (a *app) mustBeInLesson(ctx context.Context) error {
	if a.session != nil {
		info, err := a.session.state(ctx)
		if err != nil || info.Lesson != "" {
			return err
		}
	}
	return a.usage(a.words.Say("error.only_in_session"), a.words.Say("error.only_in_session.next"))
}

func (a *app) quitCommand() *cobra.Command {
	return a.verb("quit", a.words.Say("cmd.quit"), "", between(0, 0), func(ctx context.Context, _ []string) error {
		if err := a.mustBeInLesson(ctx); err != nil {
			return err
		}
		return a.session.quit(ctx)
	})
}

func (a *app) resetCommand() *cobra.Command {
	var set []string
	cmd := a.verb("reset [EXERCISE]", a.words.Say("cmd.reset"), a.words.Say("cmd.reset.examples"), between(0, 1), func(ctx context.Context, args []string) error {
		return a.reset(ctx, args, set)
	})
	cmd.Flags().StringArrayVar(&set, "set", nil, a.words.Say("flag.set"))
	return cmd
}

func (a *app) reset(ctx context.Context, args, set []string) error {
	values, err := pairs(a, set)
	if err != nil {
		return err
	}
	return a.withExercise(ctx, args, func(l *learner.Learner, r learner.Ready) error {
		names := r.Exercise.Names()
		question := a.words.Say("reset.ask", "id", r.ID, "names", list(names))
		if sure, err := a.sure(ctx, question, true); err != nil || !sure {
			return err
		}
		if l.Engine == nil {
			_, err := a.connect(ctx)
			return err
		}
		if err := l.Engine.Ping(ctx); err != nil {
			return err
		}
		if err := a.ensureImages(ctx, l, r.Lesson.Images); err != nil {
			return err
		}
		after, err := l.Reset(ctx, r.ID, values)
		if err != nil {
			return err
		}
		if a.session != nil {
			_ = a.session.changed(ctx)
		}
		f := a.face()
		f.item(a.streams.Err, f.tick(), a.words.Say("reset.done", "id", r.ID))
		f.otherValues(a.streams.Err, after)
		return nil
	})
}

// pairs reads NAME=VALUE.
func pairs(a *app, set []string) (map[string]string, error) {
	values := map[string]string{}
	for _, s := range set {
		name, value, found := strings.Cut(s, "=")
		if !found || name == "" {
			return nil, a.usage(a.words.Say("error.set", "text", s), a.words.Say("error.set.next"))
		}
		values[name] = value
	}
	return values, nil
}

// sure asks before something is removed. Without a terminal, or with --yes, it
// does not ask.
func (a *app) sure(ctx context.Context, question string, def bool) (bool, error) {
	if a.flags.yes || !a.streams.InTTY || !a.streams.ErrTTY {
		return true, nil
	}
	return a.prompter.Confirm(ctx, terminal.Question{Message: question, Flag: "--yes"}, def)
}

func list(names []string) string { return strings.Join(names, ", ") }

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// kind is what an id names, in the learner's language.
func (a *app) kind(kind string) string {
	switch kind {
	case "lesson":
		return a.words.Say("kind.lesson")
	case "exercise":
		return a.words.Say("kind.exercise")
	}
	return a.words.Say("kind.variable")
}
