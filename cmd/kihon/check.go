package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"kihon/checker"
	"kihon/checker/judge"
	"kihon/cmd/kihon/learner"
	"kihon/lessons"
)

type checkOptions struct {
	ids      []string
	all, now bool
	wait     time.Duration
}

func (a *app) checkCommand() *cobra.Command {
	var o checkOptions
	cmd := a.verb("check [LESSON[/EXERCISE]]...", a.words.Say("cmd.check"), a.words.Say("cmd.check.examples"), between(0, -1), func(ctx context.Context, args []string) error {
		o.ids = args
		return a.check(ctx, o)
	})
	cmd.Flags().BoolVar(&o.all, "all", false, a.words.Say("flag.check.all"))
	cmd.Flags().BoolVar(&o.now, "now", false, a.words.Say("flag.check.now"))
	cmd.Flags().DurationVar(&o.wait, "wait", 3*time.Second, a.words.Say("flag.check.wait"))
	return cmd
}

// judged is one exercise of a check.
type judged struct {
	ready   learner.Ready
	verdict checker.Verdict
	// outcome is what counts for the call; the verdict's is that of now.
	outcome  checker.Outcome
	passedAt time.Time
	// missing is what the exercise needs and does not have here.
	missing []string
}

func (a *app) check(ctx context.Context, o checkOptions) error {
	if err := a.formats("text", "json", "junit"); err != nil {
		return err
	}
	if o.wait < 0 {
		return a.usage(a.words.Say("error.wait"), a.words.Say("error.wait.next"))
	}
	l, err := a.openRecord(ctx)
	if err != nil {
		if a.recordTrouble(err) {
			a.explain(ctx, err)
			return &exitError{exitNoEngine}
		}
		return a.faultReport(err)
	}
	defer l.Close()
	wanted, err := a.toCheck(ctx, l, o)
	if err != nil {
		return a.faultReport(err)
	}
	var done []judged
	if l.Engine, err = a.connect(ctx); err != nil {
		return a.noEngine(ctx, l, wanted, err)
	}
	for _, w := range wanted {
		j, err := a.judge(ctx, l, w, o)
		if err != nil {
			return a.faultReport(err)
		}
		done = append(done, j)
	}
	if a.session != nil {
		// What was asked for is news in the session as well.
		_ = a.session.changed(ctx)
	}
	whole := checker.Outcome("")
	for _, j := range done {
		if len(j.missing) == 0 {
			whole = checker.Worse(whole, j.outcome)
		}
	}
	if whole == "" {
		whole = checker.Passed
	}
	if err := a.report(ctx, l, whole, done); err != nil {
		return err
	}
	return outcomeError(whole)
}

// outcomeError is the exit code of an outcome.
func outcomeError(o checker.Outcome) error {
	code := map[checker.Outcome]int{checker.NotYet: exitNotYet, checker.CouldNotCheck: exitNoEngine, checker.BadlyWritten: exitUsage}[o]
	if code == exitOK {
		return nil
	}
	return &exitError{code}
}

// wanted is one exercise to check; full says it was named by its full id, so
// that only what is true now counts.
type wantedCheck struct {
	id   string
	full bool
}

func (a *app) toCheck(ctx context.Context, l *learner.Learner, o checkOptions) ([]wantedCheck, error) {
	var out []wantedCheck
	lesson := func(id string) error {
		ids, err := l.ExerciseIDs(id)
		for _, id := range ids {
			out = append(out, wantedCheck{id: id})
		}
		return err
	}
	switch {
	case o.all && len(o.ids) > 0:
		return nil, a.usage(a.words.Say("error.all_and_id"), a.words.Say("error.all_and_id.next"))
	case o.all:
		for _, id := range l.Course.LessonIDs() {
			if err := lesson(id); err != nil {
				return nil, err
			}
		}
		return out, nil
	case len(o.ids) == 0:
		id, err := a.exercise(ctx, l, nil)
		return []wantedCheck{{id, true}}, err
	}
	for _, arg := range o.ids {
		if _, short := lessons.SplitID(arg); short == "" && l.Course.HasLesson(arg) {
			if err := lesson(arg); err != nil {
				return nil, err
			}
			continue
		}
		id, err := a.exercise(ctx, l, []string{arg})
		if err != nil {
			return nil, err
		}
		out = append(out, wantedCheck{id, true})
	}
	return once(out), nil
}

// once leaves out what is named a second time; named by its full id, an
// exercise is judged as it is now.
func once(wanted []wantedCheck) []wantedCheck {
	var out []wantedCheck
	for _, w := range wanted {
		i := slices.IndexFunc(out, func(have wantedCheck) bool { return have.id == w.id })
		if i < 0 {
			out = append(out, w)
			continue
		}
		out[i].full = out[i].full || w.full
	}
	return out
}

func (a *app) judge(ctx context.Context, l *learner.Learner, w wantedCheck, o checkOptions) (judged, error) {
	lessonID, short := lessons.SplitID(w.id)
	lesson, err := l.Lesson(lessonID)
	if err != nil {
		return judged{}, err
	}
	e, _ := lesson.Exercise(short)
	if missing := l.Missing(e); len(missing) > 0 {
		return judged{ready: learner.Ready{ID: w.id, Lesson: lesson, Exercise: e}, missing: missing}, nil
	}
	var j judged
	j.ready, j.verdict, err = l.Judge(ctx, w.id, o.wait)
	if err != nil {
		if verdict, away := learner.Outage(err); away {
			j.ready = learner.Ready{ID: w.id, Lesson: lesson, Exercise: e}
			j.verdict = verdict
		} else {
			return j, err
		}
	}
	if j.verdict.Outcome == checker.NotYet && hasHistory(e) && !l.HostEngine && a.anySession(ctx) == nil {
		if err := a.lookBack(ctx, l, &j, o.wait); err != nil {
			return j, err
		}
	}
	if err := l.Record(ctx, w.id, j.verdict); err != nil {
		return j, err
	}
	passes, err := l.Store.Passes(ctx, l.Course.ID)
	if err != nil {
		return j, err
	}
	j.outcome = j.verdict.Outcome
	if at, passed := passes[w.id]; passed {
		j.passedAt = at
		if !w.full && !o.now {
			j.outcome = checker.Passed
		}
	}
	return j, nil
}

// faultReport turns the faults of a badly written course into the report of
// the format that was asked for; any other error comes back as it is.
func (a *app) faultReport(err error) error {
	faults := lessons.FaultsOf(err)
	if len(faults) == 0 || a.flags.format == "text" {
		return err
	}
	if err := a.writeFaults(faults); err != nil {
		return err
	}
	return &exitError{exitUsage}
}

// reportText prints the verdicts for people.
func (a *app) reportText(done []judged) {
	f := a.face()
	for i, j := range done {
		if i > 0 {
			fmt.Fprintln(a.streams.Out)
		}
		f.judged(a.streams.Out, j)
	}
}

func hasHistory(e lessons.Exercise) bool {
	return slices.ContainsFunc(e.Checks, func(c checker.Check) bool { return c.History != nil })
}

// noEngine reports that no engine could even be looked for: a Docker context
// that is not there, an address that is none.
func (a *app) noEngine(ctx context.Context, l *learner.Learner, wanted []wantedCheck, err error) error {
	if a.flags.format == "text" {
		return err
	}
	var done []judged
	for _, w := range wanted {
		lessonID, short := lessons.SplitID(w.id)
		lesson, lessonErr := l.Lesson(lessonID)
		if lessonErr != nil {
			return lessonErr
		}
		e, _ := lesson.Exercise(short)
		v := judge.CouldNot(err)
		done = append(done, judged{ready: learner.Ready{ID: w.id, Lesson: lesson, Exercise: e}, verdict: v, outcome: v.Outcome})
	}
	if err := a.report(ctx, l, checker.CouldNotCheck, done); err != nil {
		return err
	}
	return outcomeError(checker.CouldNotCheck)
}

// lookBack fetches what happened while nobody of this home was listening: what
// somebody else did explains a step that is missing. An event of the last two
// seconds may still be claimed by a call of another terminal, so where the
// state is there and only the step is not, it is waited for.
func (a *app) lookBack(ctx context.Context, l *learner.Learner, j *judged, wait time.Duration) error {
	until := time.Now().Add(min(wait, 3*time.Second))
	for {
		if err := l.CatchUp(ctx); err != nil {
			return nil // the verdict stands as it is
		}
		var err error
		if j.ready, j.verdict, err = l.Judge(ctx, j.ready.ID, 0); err != nil {
			return err
		}
		if !onlyStepMissing(j.verdict) || time.Now().After(until) {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(300 * time.Millisecond):
		}
	}
}

// onlyStepMissing reports whether everything is true but the history, and
// nothing explains why.
func onlyStepMissing(v checker.Verdict) bool {
	missing := false
	for _, r := range v.Results {
		if !r.OK && r.Check.History == nil {
			return false
		}
		missing = missing || !r.OK
	}
	return missing && len(v.Findings) > 0 && v.Findings[0].Code == checker.HistoryMissingStep
}
