package learner

import (
	"slices"
	"strings"

	"kihon/checker"
	"kihon/lessons"
)

// LessonID returns the id of a lesson, or an *UnknownError.
func (l *Learner) LessonID(id string) (string, error) {
	known := l.Course.LessonIDs()
	if slices.Contains(known, id) {
		return id, nil
	}
	return "", &UnknownError{Kind: "lesson", ID: id, Known: known, Near: nearest(id, known)}
}

// ExerciseID returns the full id of an exercise: given in full, or as its
// short name in the lesson at hand ("" when there is none).
func (l *Learner) ExerciseID(id, atHand string) (string, error) {
	lesson, short := lessons.SplitID(id)
	if short == "" && atHand != "" {
		lesson, short = atHand, id
	}
	if short == "" && l.Course.HasLesson(lesson) {
		known, err := l.ExerciseIDs(lesson)
		if err != nil {
			return "", err
		}
		return "", &UnknownError{Kind: "exercise", ID: id, Known: known}
	}
	if short == "" {
		var all []string
		for _, lessonID := range l.Course.LessonIDs() {
			ids, err := l.ExerciseIDs(lessonID)
			if err != nil {
				return "", err
			}
			all = append(all, ids...)
		}
		if near := nearest(id, l.Course.LessonIDs()); near != "" {
			return "", &UnknownError{Kind: "lesson", ID: id, Known: l.Course.LessonIDs(), Near: near}
		}
		return "", &UnknownError{Kind: "exercise", ID: id, Known: all, Near: nearest(id, all)}
	}
	if _, err := l.LessonID(lesson); err != nil {
		return "", err
	}
	known, err := l.ExerciseIDs(lesson)
	if err != nil {
		return "", err
	}
	full := lesson + "/" + short
	if slices.Contains(known, full) {
		return full, nil
	}
	return "", &UnknownError{Kind: "exercise", ID: full, Known: known, Near: nearest(full, known)}
}

// ExerciseIDs returns the full ids of a lesson's exercises, in its order.
func (l *Learner) ExerciseIDs(lesson string) ([]string, error) {
	have, err := l.Lesson(lesson)
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(have.Exercises))
	for i, e := range have.Exercises {
		ids[i] = have.FullID(e.ID)
	}
	return ids, nil
}

// nearest returns the known id that was probably meant: the one with the same
// last part, or with at most two letters different.
func nearest(id string, known []string) string {
	best, limit := "", 3
	for _, k := range known {
		if strings.HasSuffix(k, "/"+id) {
			return k
		}
		if d := checker.Distance(id, k); d < limit {
			best, limit = k, d
		}
	}
	return best
}
