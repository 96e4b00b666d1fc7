package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"kihon/checker"
	"kihon/cmd/kihon/learner"
	"kihon/lessons"
	"kihon/lessons/render"
	"kihon/sandbox/inventory"
)

func (a *app) demoCommand() *cobra.Command {
	var all bool
	cmd := a.verb("demo [LESSON]", a.words.Say("cmd.demo"), a.words.Say("cmd.demo.examples"), between(0, 1), func(ctx context.Context, args []string) error {
		return a.demo(ctx, args, all)
	})
	cmd.Flags().BoolVar(&all, "all", false, a.words.Say("flag.demo.all"))
	return cmd
}

// demo plays lessons by itself on the real engine, as a learner of its own:
// with a home and a workspace that go with it, and the engine left as it was.
func (a *app) demo(ctx context.Context, args []string, all bool) (err error) {
	if err := a.formats("text"); err != nil {
		return err
	}
	if a.session != nil {
		return a.alreadyInside(ctx)
	}
	root, err := os.MkdirTemp("", "kihon-demo-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(root)) }()
	others, err := filepath.Glob(filepath.Join(filepath.Dir(root), "kihon-demo-*"))
	if err != nil {
		return err
	}
	player := *a
	player.crowded = len(others) > 1 // another demo may draw the same values at this moment
	player.paths.Home, player.paths.Workspace = filepath.Join(root, "home"), filepath.Join(root, "workspace")
	if err := os.Mkdir(player.paths.Workspace, 0o755); err != nil {
		return err
	}
	return player.play(ctx, args, all)
}

func (a *app) play(ctx context.Context, args []string, all bool) (err error) {
	l, err := a.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, l.Close(), l.Store.Close()) }()
	ids := l.Course.LessonIDs()
	if !all {
		ids = ids[:1]
		if len(args) == 1 {
			id, err := l.LessonID(args[0])
			if err != nil {
				return err
			}
			ids = []string{id}
		}
	}
	l.Here = "" // what is typed is typed in the workspace
	if err := l.Engine.Ping(ctx); err != nil {
		return err
	}
	var images []string
	for _, id := range ids {
		lesson, err := l.Lesson(id)
		if err != nil {
			return err
		}
		images = append(images, lesson.Images...)
	}
	if err := a.ensureImages(ctx, l, images); err != nil {
		return err
	}
	before, err := inventory.Take(ctx, l.Engine)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.leaveAsItWas(ctx, l, before)) }()
	host, session, done, err := a.enterSandbox(ctx, l)
	if err != nil {
		return err
	}
	defer done()
	p := &player{a: a, learner: l, environment: a.environment(host, session)}
	for _, id := range ids {
		if err := p.lesson(ctx, id); err != nil {
			return err
		}
	}
	if p.stuck > 0 {
		a.complain(a.words.Say("demo.stuck", "count", p.stuck), "")
		return &exitError{exitNotYet}
	}
	a.say(a.words.Say("demo.done", "count", p.passed))
	return nil
}

// leaveAsItWas takes away what the play made, also after Ctrl-C, and says so
// if anything is left.
func (a *app) leaveAsItWas(ctx context.Context, l *learner.Learner, before inventory.Inventory) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer cancel()
	report, err := a.clean(ctx, l, false)
	if err != nil {
		return fmt.Errorf("tidying up after the demonstration: %w", err)
	}
	a.sayCleaned(report)
	return nil
}

// player types what a lesson's solutions say.
type player struct {
	a             *app
	learner       *learner.Learner
	environment   []string
	passed, stuck int
}

func (p *player) lesson(ctx context.Context, id string) error {
	lesson, err := p.learner.Lesson(id)
	if err != nil {
		return err
	}
	f, out := p.a.face(), p.a.streams.Out
	page := lesson.Pages[p.a.language]
	f.title(out, page.Title, f.style.Title)
	for _, e := range lesson.Exercises {
		if len(p.learner.Missing(e)) > 0 {
			continue
		}
		fmt.Fprintln(out)
		if err := p.exercise(ctx, page, lesson.FullID(e.ID)); err != nil {
			return err
		}
	}
	fmt.Fprintln(out)
	return nil
}

// exercise plays one exercise: it is not yet, the solution is typed, it has
// passed. Anything else is a fault of the lesson.
func (p *player) exercise(ctx context.Context, page *lessons.Page, id string) error {
	f, out := p.a.face(), p.a.streams.Out
	ready, _, err := p.learner.Start(ctx, id)
	if err != nil {
		return err
	}
	s, _ := page.Section(ready.Exercise.ID)
	f.exercise(out, page, s, ready)
	fmt.Fprintln(out)
	_, v, err := p.learner.Judge(ctx, id, 0)
	if err != nil {
		return err
	}
	if v.Outcome != checker.NotYet {
		f.item(out, f.open(), p.a.words.Say("demo.too_early", "id", id, "outcome", v.Outcome))
		p.stuck++
		return nil
	}
	f.item(out, f.open(), p.a.words.Say("demo.not_yet"))
	if err := p.solve(ctx, out, f, ready); err != nil {
		return err
	}
	ready, v, err = p.learner.Judge(ctx, id, 5*time.Second)
	if err != nil {
		return err
	}
	if err := p.learner.Record(ctx, id, v); err != nil {
		return err
	}
	if v.Outcome != checker.Passed {
		p.stuck++
	} else {
		p.passed++
	}
	fmt.Fprintln(out)
	f.judged(out, judged{ready: ready, verdict: v, outcome: v.Outcome})
	return nil
}

// solve types the solution, or gives the right choices of a quiz.
func (p *player) solve(ctx context.Context, out io.Writer, f face, r learner.Ready) error {
	for _, c := range r.Exercise.Checks {
		if c.Answer != nil && len(c.Answer.Choices) > 0 {
			var numbers []string
			for _, n := range c.Answer.Choices {
				numbers = append(numbers, strconv.Itoa(n))
			}
			text := strings.Join(numbers, ",")
			fmt.Fprintln(out, "  "+f.style.Typed.Apply("$ kihon answer "+r.ID+" "+text))
			return p.learner.Store.SetAnswer(ctx, r.ID, text)
		}
	}
	for _, line := range r.Exercise.Solution {
		fmt.Fprintln(out, "  "+f.style.Typed.Apply("$ "+line))
		cmd := exec.CommandContext(ctx, "sh", "-c", line)
		cmd.Dir, cmd.Env = p.learner.Paths.Workspace, p.environment
		output, err := cmd.CombinedOutput()
		for text := range strings.SplitSeq(strings.TrimRight(string(output), "\n"), "\n") {
			if text != "" {
				fmt.Fprintln(out, "  "+render.Truncate(render.Strip(text), max(f.width-2, render.MinWidth)))
			}
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		var exit *exec.ExitError
		if err != nil && !errors.As(err, &exit) {
			return fmt.Errorf("typing %q: %w", line, err)
		}
	}
	return nil
}
