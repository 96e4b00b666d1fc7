package learner

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"kihon/checker"
	"kihon/lessons"
	"kihon/sandbox/stage"
	"kihon/store"
)

// Start makes the starting state of an exercise that the learner reaches. What
// the learner made before is used as it is; what kihon itself left behind and
// the exercise asks the learner to make is taken away. It returns the names of
// what it made.
func (l *Learner) Start(ctx context.Context, id string) (Ready, []string, error) {
	r, err := l.Ready(ctx, id)
	if err != nil {
		return r, nil, err
	}
	if err := l.clearWay(ctx, r); err != nil {
		return r, nil, err
	}
	made, err := l.make(ctx, r)
	return r, made, err
}

// Reset starts a new attempt: what this exercise names and this home made is
// removed, variables are drawn anew, and the starting state is made.
func (l *Learner) Reset(ctx context.Context, id string, set map[string]string) (Ready, error) {
	before, err := l.Ready(ctx, id)
	if err != nil {
		return before, err
	}
	if err := checkSet(before, set); err != nil {
		return before, err
	}
	if _, err := l.Stage().Remove(ctx, before.Exercise.Names()); err != nil {
		return before, err
	}
	seq, err := l.Store.LastSeq(ctx)
	if err != nil {
		return before, err
	}
	now, err := l.Engine.Now(ctx)
	if err != nil {
		now = time.Time{}
	}
	if err := l.Store.BeginAttempt(ctx, id, seq, now); err != nil {
		return before, err
	}
	if err := l.Note(ctx, id, store.KindReset); err != nil {
		return before, err
	}
	r, err := l.ready(ctx, id, set)
	if err != nil {
		return r, err
	}
	// The names drawn now may be others, and another exercise may have left
	// something under them.
	if _, err := l.Stage().Remove(ctx, r.Exercise.Names()); err != nil {
		return r, err
	}
	_, err = l.make(ctx, r)
	return r, err
}

// Preset begins a new attempt of every exercise of the lesson that uses one of
// the variables in set, so that it has the value given there.
func (l *Learner) Preset(ctx context.Context, lesson *lessons.Lesson, set map[string]string) error {
	for _, name := range slices.Sorted(maps.Keys(set)) {
		v, known := lesson.Variables[name]
		if !known {
			return &UnknownError{Kind: "variable", ID: name, Known: slices.Sorted(maps.Keys(lesson.Variables))}
		}
		if err := v.Accepts(set[name]); err != nil {
			return &ValueError{Name: name, Value: set[name], Err: err}
		}
	}
	for _, e := range lesson.Exercises {
		own := map[string]string{}
		for _, name := range lesson.Uses(e.ID) {
			if value, given := set[name]; given {
				own[name] = value
			}
		}
		if len(own) == 0 {
			continue
		}
		if _, err := l.Reset(ctx, lesson.FullID(e.ID), own); err != nil {
			return err
		}
	}
	return nil
}

func checkSet(r Ready, set map[string]string) error {
	for name, value := range set {
		v, known := r.Lesson.Variables[name]
		if !known || !slices.Contains(r.Lesson.Uses(r.Exercise.ID), name) {
			return &UnknownError{Kind: "variable of " + r.ID, ID: name, Known: r.Lesson.Uses(r.Exercise.ID)}
		}
		if err := v.Accepts(value); err != nil {
			return &ValueError{Name: name, Value: value, Err: err}
		}
	}
	return nil
}

// ValueError says that a value cannot be a variable's.
type ValueError struct {
	Name, Value string
	Err         error
}

func (e *ValueError) Error() string { return fmt.Sprintf("variable %s: %v", e.Name, e.Err) }

func (e *ValueError) Unwrap() error { return e.Err }

// clearWay removes what kihon made for another exercise under a name that this
// one asks the learner to make.
func (l *Learner) clearWay(ctx context.Context, r Ready) error {
	for _, check := range r.Exercise.Checks {
		f := check.Container
		if f == nil || f.By != checker.Learner {
			continue
		}
		c, err := l.Engine.ContainerInspect(ctx, f.Name)
		if err != nil {
			continue // there is none in the way; an engine that is away shows soon enough
		}
		maker, err := l.Stage().Maker(ctx, c)
		if err != nil {
			return err
		}
		if maker == checker.Kihon {
			if _, err := l.Stage().Remove(ctx, []string{f.Name}); err != nil {
				return err
			}
		}
	}
	return nil
}

func (l *Learner) make(ctx context.Context, r Ready) ([]string, error) {
	var made []string
	scene := l.Stage()
	for _, s := range r.Exercise.Start {
		switch {
		case s.Container != nil:
			c := s.Container
			changed, err := scene.Make(ctx, stage.Container{Name: c.Name, Image: c.Image, State: c.State, Ports: c.Ports})
			if err != nil {
				return made, fmt.Errorf("making the starting state of %s: %w", r.ID, err)
			}
			if changed {
				made = append(made, c.Name)
			}
		case s.File != nil:
			changed, err := l.lay(ctx, r, s.File)
			if err != nil {
				return made, fmt.Errorf("making the starting state of %s: %w", r.ID, err)
			}
			if changed {
				made = append(made, s.File.Path)
			}
		}
	}
	return made, nil
}

// lay writes a file into the workspace. A file of the learner's own under that
// name is kept beside it.
func (l *Learner) lay(ctx context.Context, r Ready, f *lessons.StartFile) (bool, error) {
	source, err := r.Lesson.File(f.From)
	if err != nil {
		return false, err
	}
	text := []byte(lessons.Fill(string(source), r.Plain()))
	if err := os.MkdirAll(l.Paths.Workspace, 0o755); err != nil {
		return false, &WorkspaceError{Dir: l.Paths.Workspace, Err: err}
	}
	root, err := os.OpenRoot(l.Paths.Workspace)
	if err != nil {
		return false, err
	}
	defer root.Close()
	if dir := filepath.Dir(f.Path); dir != "." {
		if err := root.MkdirAll(dir, 0o755); err != nil {
			return false, err
		}
	}
	info, err := root.Lstat(f.Path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return false, err
	case !info.Mode().IsRegular():
		// A link, a folder, a pipe: nothing of it is followed or opened.
		if err := moveAside(root, f.Path); err != nil {
			return false, err
		}
	default:
		have, err := root.ReadFile(f.Path)
		if err != nil {
			return false, err
		}
		if string(have) == string(text) {
			return false, root.Chmod(f.Path, 0o644)
		}
		if err := l.keepBefore(ctx, root, f.Path, have); err != nil {
			return false, err
		}
	}
	if err := l.Store.SetSetting(ctx, laidKey(f.Path), digest(text)); err != nil {
		return false, err
	}
	return true, root.WriteFile(f.Path, text, 0o644)
}

// keepBefore moves a file out of the way, unless it is one that kihon laid
// there and nobody has changed since.
func (l *Learner) keepBefore(ctx context.Context, root *os.Root, path string, have []byte) error {
	laid, _, err := l.Store.Setting(ctx, laidKey(path))
	if err != nil || laid == digest(have) {
		return err
	}
	return moveAside(root, path)
}

// moveAside gives a file, or whatever it is, another name.
func moveAside(root *os.Root, path string) error {
	for n := 1; ; n++ {
		aside := fmt.Sprintf("%s.before-%d", path, n)
		if _, err := root.Lstat(aside); errors.Is(err, fs.ErrNotExist) {
			return root.Rename(path, aside)
		} else if err != nil {
			return err
		}
	}
}

func laidKey(path string) string { return "laid/" + path }

func digest(data []byte) string { return fmt.Sprintf("%x", sha256.Sum256(data)) }

// WorkspaceError says that the workspace cannot be one.
type WorkspaceError struct {
	Dir string
	Err error
}

func (e *WorkspaceError) Error() string { return fmt.Sprintf("workspace %s: %v", e.Dir, e.Err) }

func (e *WorkspaceError) Unwrap() error { return e.Err }
