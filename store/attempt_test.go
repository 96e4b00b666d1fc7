package store

import (
	"context"
	"reflect"
	"sync"
	"testing"
	"time"
)

func TestTheFirstAttemptBeginsWithTheHome(t *testing.T) {
	ctx := context.Background()
	clock := newClock()
	db := open(t, t.TempDir(), WithClock(clock.now))
	home := clock.t
	clock.move(time.Hour)
	want := Attempt{Exercise: "ports/reach-apache", Started: home}
	if got := value(db.Attempt(ctx, "ports/reach-apache"))(t); !reflect.DeepEqual(got, want) {
		t.Errorf("attempt %+v, want %+v", got, want)
	}
	// What is kept for it does not make it begin later.
	must(t, db.SetAnswer(ctx, "ports/reach-apache", "2"))
	must(t, db.MarkChecked(ctx, "ports/reach-apache", 7))
	want.LastCheckSeq = 7
	if got := value(db.Attempt(ctx, "ports/reach-apache"))(t); !reflect.DeepEqual(got, want) {
		t.Errorf("attempt %+v, want %+v", got, want)
	}
}

func TestAResetBeginsAnAttemptWithNothingKept(t *testing.T) {
	ctx := context.Background()
	clock := newClock()
	db := open(t, t.TempDir(), WithClock(clock.now))
	const exercise, neighbour = "ports/reach-apache", "ports/which-side"
	for _, id := range []string{exercise, neighbour} {
		value(db.KeepVariables(ctx, id, map[string]Variable{"host_port": {"18080", "8080"}}))(t)
		must(t, db.SetAnswer(ctx, id, "1"))
		must(t, db.MarkChecked(ctx, id, 3))
		must(t, db.Record(ctx, Event{Exercise: id, Kind: KindHint}))
	}
	before := value(db.Attempt(ctx, neighbour))(t)
	engine := clock.move(time.Hour).Add(-5 * time.Second)
	must(t, db.BeginAttempt(ctx, exercise, 12, engine))

	want := Attempt{Exercise: exercise, FromSeq: 12, Started: clock.t, EngineTime: engine, LastCheckSeq: 12}
	if got := value(db.Attempt(ctx, exercise))(t); !reflect.DeepEqual(got, want) {
		t.Errorf("attempt %+v, want %+v", got, want)
	}
	if answer, there, err := db.Answer(ctx, exercise); there || err != nil {
		t.Errorf("answer %q is there, error %v", answer, err)
	}
	if got := value(db.HintsShown(ctx, exercise))(t); got != 0 {
		t.Errorf("%d hints were shown, want 0", got)
	}
	if got := value(db.Attempt(ctx, neighbour))(t); !reflect.DeepEqual(got, before) {
		t.Errorf("the neighbour's attempt became %+v, want %+v", got, before)
	}
	if got := value(db.HintsShown(ctx, neighbour))(t); got != 1 {
		t.Errorf("%d hints of the neighbour were shown, want 1", got)
	}
	// A check that began before the reset and ends after it.
	must(t, db.MarkChecked(ctx, exercise, 9))
	if got := value(db.Attempt(ctx, exercise))(t); got.LastCheckSeq != 12 {
		t.Errorf("last check at %d, want 12", got.LastCheckSeq)
	}
}

func TestVariablesStayAsTheyWereDrawnFirst(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	db := open(t, dir)
	first := map[string]Variable{"host_port": {"18080", "8080"}, "name": {"apa000ex2-2", "apa000ex2"}}
	second := map[string]Variable{"host_port": {"18081", "8080"}, "name": {"apa000ex2-3", "apa000ex2"}}
	for _, drawn := range []map[string]Variable{first, second, nil} {
		if got := value(db.KeepVariables(ctx, "ports/reach-apache", drawn))(t); !reflect.DeepEqual(got, first) {
			t.Errorf("kept %v, want %v", got, first)
		}
	}
	if got := value(open(t, dir).Attempt(ctx, "ports/reach-apache"))(t); !reflect.DeepEqual(got.Variables, first) {
		t.Errorf("the attempt has %v, want %v", got.Variables, first)
	}
}

func TestOfManyWhoDrawAtOnceAllGetTheSame(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	open(t, dir)
	const draws = 8
	var kept [draws]map[string]Variable
	var group sync.WaitGroup
	for i := range draws {
		db := open(t, dir)
		group.Add(1)
		go func() {
			defer group.Done()
			var err error
			drawn := map[string]Variable{"host_port": {string(rune('a' + i)), "8080"}}
			if kept[i], err = db.KeepVariables(ctx, "ports/reach-apache", drawn); err != nil {
				t.Error(err)
			}
		}()
	}
	group.Wait()
	for i := range kept {
		if len(kept[i]) != 1 || !reflect.DeepEqual(kept[i], kept[0]) {
			t.Errorf("one got %v, another %v", kept[i], kept[0])
		}
	}
}

func TestNoVariablesIsNotTheSameAsNotDrawn(t *testing.T) {
	ctx := context.Background()
	db := open(t, t.TempDir())
	if got := value(db.Attempt(ctx, "ports/which-side"))(t); got.Variables != nil {
		t.Errorf("variables %v before they are drawn, want nil", got.Variables)
	}
	value(db.KeepVariables(ctx, "ports/which-side", nil))(t)
	if got := value(db.Attempt(ctx, "ports/which-side"))(t); got.Variables == nil || len(got.Variables) != 0 {
		t.Errorf("variables %#v, want an empty map", got.Variables)
	}
}

func TestALessonsVariablesAreThoseOfItsExercisesAlone(t *testing.T) {
	ctx := context.Background()
	db := open(t, t.TempDir())
	port := map[string]Variable{"host_port": {"18080", "8080"}}
	for _, id := range []string{"ports/reach-apache", "ports/reach-again", "ports-more/a", "port/a", "ports0/a", "ports"} {
		value(db.KeepVariables(ctx, id, port))(t)
	}
	must(t, db.SetAnswer(ctx, "ports/which-side", "1"))
	want := map[string]map[string]Variable{"ports/reach-apache": port, "ports/reach-again": port}
	if got := value(db.VariablesOfLesson(ctx, "ports"))(t); !reflect.DeepEqual(got, want) {
		t.Errorf("variables %v, want %v", got, want)
	}
}

func TestTheLatestAnswerCounts(t *testing.T) {
	ctx := context.Background()
	db := open(t, t.TempDir())
	if answer, there, err := db.Answer(ctx, "ports/which-side"); there || err != nil {
		t.Errorf("answer %q before there is one, error %v", answer, err)
	}
	value(db.KeepVariables(ctx, "ports/which-side", nil))(t)
	if answer, there, err := db.Answer(ctx, "ports/which-side"); there || err != nil {
		t.Errorf("answer %q before there is one, error %v", answer, err)
	}
	for _, text := range []string{"1,3", "", "ホスト側"} {
		must(t, db.SetAnswer(ctx, "ports/which-side", text))
		if answer, there, err := db.Answer(ctx, "ports/which-side"); answer != text || !there || err != nil {
			t.Errorf("answer %q, there %v, error %v, want %q", answer, there, err, text)
		}
	}
}

func TestSettingsAreKept(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	db := open(t, dir)
	if got, there, err := db.Setting(ctx, "position"); there || got != "" || err != nil {
		t.Errorf("setting %q, there %v, error %v, want none", got, there, err)
	}
	for _, want := range []string{"ports/reach-apache", ""} {
		must(t, db.SetSetting(ctx, "position", want))
		if got, there, err := open(t, dir).Setting(ctx, "position"); got != want || !there || err != nil {
			t.Errorf("setting %q, there %v, error %v, want %q", got, there, err, want)
		}
	}
}
