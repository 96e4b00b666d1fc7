// Package learner is one learner at work: the home with the record, the
// course, the engine and the workspace tied together, so that every command
// and every face does the same thing with them.
package learner

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/docker/docker/api/types/filters"
	"github.com/docker/docker/api/types/image"

	"kihon/checker"
	"kihon/checker/gather"
	"kihon/checker/judge"
	"kihon/checker/outage"
	"kihon/lessons"
	"kihon/sandbox/engine"
	"kihon/sandbox/journal"
	"kihon/sandbox/stage"
	"kihon/store"
)

// Learner is one learner with one course. It is safe for use by several
// goroutines.
type Learner struct {
	Paths  Paths
	Course *lessons.Course
	Store  *store.DB
	Engine *engine.Engine
	// HostEngine says that the whole engine counts, not only what was made
	// through the sandbox.
	HostEngine bool
	// Crowded has values drawn at random instead of the first that is free,
	// since others may be drawing at the same moment.
	Crowded bool
	// Here stands before files of the workspace in commands; see lessons.Here.
	Here string

	mu      sync.Mutex
	lessons map[string]*lessons.Lesson
	version *engine.Version
}

// Lesson returns a lesson of the course, read once.
func (l *Learner) Lesson(id string) (*lessons.Lesson, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if lesson := l.lessons[id]; lesson != nil {
		return lesson, nil
	}
	lesson, err := l.Course.Lesson(id)
	if err != nil {
		return nil, err
	}
	if l.lessons == nil {
		l.lessons = map[string]*lessons.Lesson{}
	}
	l.lessons[id] = lesson
	return lesson, nil
}

// Ready is an exercise with the variables of the learner's attempt.
type Ready struct {
	// ID is the full one.
	ID       string
	Lesson   *lessons.Lesson
	Exercise lessons.Exercise
	// Values are the kept variables by name.
	Values map[string]store.Variable

	// shared are the values of the lesson's other exercises, for texts that
	// speak of them, as a quiz does.
	shared map[string]string
}

// Plain returns the kept values by name.
func (r Ready) Plain() map[string]string {
	values := map[string]string{}
	for name, v := range r.Values {
		values[name] = v.Value
	}
	return values
}

// Replace puts the kept values in place of the defaults that a text shows.
func (r Ready) Replace(text string) string {
	values := maps.Clone(r.shared)
	if values == nil {
		values = map[string]string{}
	}
	maps.Copy(values, r.Plain())
	return r.Lesson.Replace(text, values)
}

// Text is Ready for those who only read: where no engine can be asked which
// values are free, the text has the values it is written with.
func (l *Learner) Text(ctx context.Context, id string) (Ready, error) {
	if l.Engine != nil {
		r, err := l.Ready(ctx, id)
		if err == nil || !outage.Is(err) {
			return r, err
		}
	}
	lessonID, short := lessons.SplitID(id)
	lesson, err := l.Lesson(lessonID)
	if err != nil {
		return Ready{}, err
	}
	r := Ready{ID: id, Lesson: lesson}
	r.Exercise, err = lesson.Resolve(short, map[string]string{lessons.Workspace: l.Paths.Workspace, lessons.Here: l.Here})
	return r, err
}

// Ready returns an exercise, its variables drawn if they were not yet.
func (l *Learner) Ready(ctx context.Context, id string) (Ready, error) {
	return l.ready(ctx, id, nil)
}

func (l *Learner) ready(ctx context.Context, id string, set map[string]string) (Ready, error) {
	lessonID, short := lessons.SplitID(id)
	lesson, err := l.Lesson(lessonID)
	if err != nil {
		return Ready{}, err
	}
	if _, known := lesson.Exercise(short); !known {
		return Ready{}, fmt.Errorf("there is no exercise %q", id)
	}
	values, err := l.variables(ctx, lesson, short, set)
	if err != nil {
		return Ready{}, err
	}
	r := Ready{ID: id, Lesson: lesson, Values: values}
	if r.shared, err = l.sharedValues(ctx, lessonID); err != nil {
		return r, err
	}
	plain := r.Plain()
	plain[lessons.Workspace], plain[lessons.Here] = l.Paths.Workspace, l.Here
	r.Exercise, err = lesson.Resolve(short, plain)
	return r, err
}

// Missing returns what the exercise needs and does not have here; empty when
// it is available.
func (l *Learner) Missing(e lessons.Exercise) []string {
	var out []string
	for _, need := range e.Needs {
		if need == "private-engine" || need == "guard" && l.HostEngine {
			out = append(out, need)
		}
	}
	return out
}

// Judge judges one exercise on the engine as it is now.
func (l *Learner) Judge(ctx context.Context, id string, wait time.Duration) (Ready, checker.Verdict, error) {
	r, err := l.Ready(ctx, id)
	if err != nil {
		return r, checker.Verdict{}, err
	}
	attempt, err := l.Store.Attempt(ctx, id)
	if err != nil {
		return r, checker.Verdict{}, err
	}
	task := checker.Task{
		ID: id, Checks: r.Exercise.Checks, Start: r.Exercise.StartNames(), Solution: r.Exercise.Solution,
		FromSeq: attempt.FromSeq, CheckedSeq: max(attempt.LastCheckSeq, attempt.FromSeq),
	}
	if task.Others, err = l.others(ctx, r); err != nil {
		return r, checker.Verdict{}, err
	}
	world := gather.World{Engine: gatherEngine{l.Engine}, History: &history{l: l, attempt: attempt}, Originals: originals{l.Store}}
	if !l.HostEngine {
		world.Mine = filters.NewArgs(filters.Arg("label", journal.LabelHome+"="+l.Store.HomeID()))
	}
	v, err := judge.Judge(ctx, world, task, judge.Options{Wait: wait})
	return r, v, err
}

// others are the values that the course's other exercises have kept and this
// one does not use: the names of their containers among them.
func (l *Learner) others(ctx context.Context, r Ready) ([]string, error) {
	var out []string
	for _, lesson := range l.Course.LessonIDs() {
		kept, err := l.Store.VariablesOfLesson(ctx, lesson)
		if err != nil {
			return nil, err
		}
		for _, variables := range kept {
			for _, v := range variables {
				if !slices.Contains(slices.Collect(maps.Values(r.Plain())), v.Value) {
					out = append(out, v.Value)
				}
			}
		}
	}
	return out, nil
}

// Record writes what a check came to, and up to where the journal was read.
func (l *Learner) Record(ctx context.Context, id string, v checker.Verdict) error {
	seq, err := l.Store.LastSeq(ctx)
	if err != nil {
		return err
	}
	event := l.event(id, store.KindAttempt)
	event.Outcome = string(v.Outcome)
	if v.Outcome == checker.Passed {
		event.Kind = store.KindPassed
	}
	if len(v.Findings) > 0 {
		event.Finding = v.Findings[0].Code
	}
	event.Evidence = evidence(v)
	if v.Outcome != checker.CouldNotCheck {
		if version, err := l.EngineVersion(ctx); err == nil {
			event.Engine = version.Engine
		}
	}
	return l.Store.RecordCheck(ctx, seq, event)
}

// Note adds an event without an outcome to the record: a hint, an answer.
func (l *Learner) Note(ctx context.Context, id string, kind store.Kind) error {
	return l.Store.Record(ctx, l.event(id, kind))
}

func (l *Learner) event(id string, kind store.Kind) store.Event {
	return store.Event{Exercise: id, Kind: kind, CourseID: l.Course.ID, CourseVersion: l.Course.Version}
}

// EngineVersion asks the engine for its version, once.
func (l *Learner) EngineVersion(ctx context.Context) (engine.Version, error) {
	l.mu.Lock()
	have := l.version
	l.mu.Unlock()
	if have != nil {
		return *have, nil
	}
	if l.Engine == nil {
		return engine.Version{}, errors.New("no engine is known")
	}
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	v, err := l.askVersion(ctx)
	if err != nil {
		return v, err
	}
	l.mu.Lock()
	l.version = &v
	l.mu.Unlock()
	return v, nil
}

// askVersion asks the engine what it is called, and for its version only when
// that is another name than the last time.
func (l *Learner) askVersion(ctx context.Context) (engine.Version, error) {
	banner, err := l.Engine.Banner(ctx)
	if err != nil {
		return engine.Version{}, err
	}
	key := "engine/" + l.Engine.Endpoint.Host + "/" + banner
	var v engine.Version
	if known, have, err := l.Store.Setting(ctx, key); banner != "" && err == nil && have && json.Unmarshal([]byte(known), &v) == nil {
		return v, nil
	}
	if v, err = l.Engine.Version(ctx); err != nil || banner == "" {
		return v, err
	}
	data, err := json.Marshal(v)
	if err != nil {
		return v, err
	}
	return v, l.Store.SetSetting(ctx, key, string(data))
}

// Stage is where this learner's exercises are set.
func (l *Learner) Stage() *stage.Stage {
	return &stage.Stage{Engine: gatherEngine{l.Engine}, Journal: l.Store, Owners: l.Store, HomeID: l.Store.HomeID()}
}

// gatherEngine gives the client's image inspect the form that other packages
// ask for, without a type of the client's in it.
type gatherEngine struct{ *engine.Engine }

func (e gatherEngine) InspectImage(ctx context.Context, reference string) (image.InspectResponse, error) {
	return e.ImageInspect(ctx, reference)
}

// Close closes the connection to the engine. The record stays open until the
// process ends: everything written is safe there, and closing it would cost
// the next process the time of writing its log back (see package store).
func (l *Learner) Close() error {
	if l.Engine == nil {
		return nil
	}
	return l.Engine.Close()
}

// UnknownError says that the course has no lesson or exercise of that id, and
// which id may have been meant.
type UnknownError struct {
	// Kind is "lesson" or "exercise".
	Kind, ID string
	// Known are all ids of that kind; Near is the one that is meant, if any.
	Known []string
	Near  string
}

func (e *UnknownError) Error() string {
	message := fmt.Sprintf("there is no %s %q", e.Kind, e.ID)
	if e.Near != "" {
		return message + fmt.Sprintf("; did you mean %s?", e.Near)
	}
	return message + "; there are: " + strings.Join(e.Known, ", ")
}

// Outage turns an error that says the engine could not be asked into the
// verdict for it. It reports false for any other error.
func Outage(err error) (checker.Verdict, bool) {
	if !outage.Is(err) {
		return checker.Verdict{}, false
	}
	return judge.CouldNot(err), true
}
