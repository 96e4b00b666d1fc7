package store

import (
	"context"
	"fmt"
	"reflect"
	"testing"
	"time"

	"kihon/sandbox/journal"
)

func TestTheJournalGivesBackWhatItWasGiven(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	db := open(t, dir)
	zero, notFound := 0, 127
	at := time.Date(2026, 4, 1, 9, 0, 0, 123456789, time.UTC)
	entries := []journal.Entry{
		{},
		{Time: at, Actor: journal.Learner, Source: journal.Call, Object: "container", Action: "create", ID: "4c01db0b339c",
			Name: "apa000ex2", Image: "httpd", Command: []string{"sh", "-c", "echo \"い\" \x00 '"}, Status: 201},
		{Time: at, Actor: journal.Learner, Source: journal.Call, Object: "container", Action: "start", ID: "4c01db0b339c",
			Status: 500, Error: "driver failed programming external connectivity: port is already allocated"},
		{Time: at, Actor: journal.Other, Source: journal.Event, Object: "container", Action: "die", ID: "4c01db0b339c", ExitCode: &zero},
		{Time: at, Actor: journal.Learner, Source: journal.Command, Command: []string{}, ExitCode: &notFound},
		{Time: at, Source: journal.Gap},
	}
	first := value(db.Append(ctx, entries[0]))(t)
	last := value(db.Append(ctx, entries[1:]...))(t)
	if first != 1 || last != int64(len(entries)) {
		t.Errorf("first and last seq %d and %d, want 1 and %d", first, last, len(entries))
	}
	for i := range entries {
		entries[i].Seq = int64(i + 1)
	}
	must(t, db.Close())

	db = open(t, dir)
	for seq := range int64(len(entries)) + 1 {
		got := value(db.Since(ctx, seq))(t)
		if want := entries[seq:]; len(got) != len(want) || len(want) > 0 && !reflect.DeepEqual(got, want) {
			t.Errorf("since %d:\n%+v, want\n%+v", seq, got, want)
		}
	}
}

func TestTheJournalForgetsNoField(t *testing.T) {
	ctx := context.Background()
	db := open(t, t.TempDir())
	exitCode := 3
	full := journal.Entry{Seq: 1, Time: time.Unix(1, 2).UTC(), Command: []string{"ls"}, ExitCode: &exitCode}
	fields := reflect.ValueOf(&full).Elem()
	for i := range fields.NumField() {
		switch field := fields.Field(i); field.Kind() {
		case reflect.String:
			field.SetString(fields.Type().Field(i).Name)
		case reflect.Int, reflect.Int64:
			field.SetInt(int64(i) + 1)
		}
		if fields.Field(i).IsZero() {
			t.Fatalf("this test does not know how to fill %s", fields.Type().Field(i).Name)
		}
	}
	full.Seq = value(db.Append(ctx, full))(t)
	if got := value(db.Since(ctx, 0))(t); !reflect.DeepEqual(got, []journal.Entry{full}) {
		t.Errorf("the journal has\n%+v, want\n%+v", got, full)
	}
}

func TestAnEmptyJournalEndsAtZero(t *testing.T) {
	ctx := context.Background()
	db := open(t, t.TempDir())
	if got := value(db.LastSeq(ctx))(t); got != 0 {
		t.Errorf("last seq %d, want 0", got)
	}
	if got := value(db.Append(ctx))(t); got != 0 {
		t.Errorf("seq %d after nothing was appended, want 0", got)
	}
}

func TestOwnerIsWhoCreatedWhatIsStillThere(t *testing.T) {
	destroyed := func(e journal.Entry, action string) journal.Entry {
		e.Actor, e.Source, e.Action, e.Status = journal.Other, journal.Event, action, 0
		return e
	}
	with := func(e journal.Entry, change func(*journal.Entry)) journal.Entry {
		change(&e)
		return e
	}
	container, volume := created("container", "4c01db0b339c"), created("volume", "data")
	tests := map[string]struct {
		entries []journal.Entry
		object  string
		id      string
		want    journal.Actor // empty: nobody of ours
	}{
		"the learner": {[]journal.Entry{container}, "container", "4c01db0b339c", journal.Learner},
		"kihon": {[]journal.Entry{with(container, func(e *journal.Entry) { e.Actor = journal.Kihon })},
			"container", "4c01db0b339c", journal.Kihon},
		"known from an event": {[]journal.Entry{with(container, func(e *journal.Entry) { e.Source, e.Status = journal.Event, 0 })},
			"container", "4c01db0b339c", journal.Learner},
		"somebody else": {[]journal.Entry{with(container, func(e *journal.Entry) { e.Actor = journal.Other })},
			"container", "4c01db0b339c", ""},
		"the engine refused": {[]journal.Entry{with(container, func(e *journal.Entry) { e.Status, e.Error = 409, "in use" })},
			"container", "4c01db0b339c", ""},
		"refused without a word": {[]journal.Entry{with(container, func(e *journal.Entry) { e.Status = 500 })},
			"container", "4c01db0b339c", ""},
		"only started":           {[]journal.Entry{started("4c01db0b339c")}, "container", "4c01db0b339c", ""},
		"another object":         {[]journal.Entry{container}, "volume", "4c01db0b339c", ""},
		"a short ID":             {[]journal.Entry{container}, "container", "4c01", ""},
		"destroyed":              {[]journal.Entry{container, destroyed(container, "destroy")}, "container", "4c01db0b339c", ""},
		"image deleted":          {[]journal.Entry{created("image", "sha256:1"), destroyed(created("image", "sha256:1"), "delete")}, "image", "sha256:1", ""},
		"another one destroyed":  {[]journal.Entry{container, destroyed(created("container", "ffff"), "destroy")}, "container", "4c01db0b339c", journal.Learner},
		"destroying was refused": {[]journal.Entry{volume, with(destroyed(volume, "destroy"), func(e *journal.Entry) { e.Status, e.Error = 409, "volume is in use" })}, "volume", "data", journal.Learner},
		"made again": {[]journal.Entry{volume, destroyed(volume, "destroy"), volume},
			"volume", "data", journal.Learner},
		"the name came back as somebody else's": {[]journal.Entry{volume, destroyed(volume, "destroy"),
			with(volume, func(e *journal.Entry) { e.Actor, e.Source = journal.Other, journal.Event })}, "volume", "data", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			ctx := context.Background()
			db := open(t, t.TempDir())
			last := value(db.Append(ctx, test.entries...))(t)
			entry, found, err := db.Owner(ctx, test.object, test.id)
			must(t, err)
			if found != (test.want != "") || entry.Actor != test.want {
				t.Errorf("found %v, actor %q, want actor %q", found, entry.Actor, test.want)
			}
			if name == "made again" && entry.Seq != last {
				t.Errorf("the entry is number %d, want the last, %d", entry.Seq, last)
			}
			ids := value(db.OwnedIDs(ctx, test.object))(t)
			if owned := len(ids) == 1 && ids[0] == test.id; owned != found && name != "a short ID" {
				t.Errorf("owned IDs %v, but Owner found %v", ids, found)
			}
		})
	}
}

func TestOwnedIDsComeOnceAndInOrder(t *testing.T) {
	ctx := context.Background()
	db := open(t, t.TempDir())
	var want []string
	for i := range 20 {
		id := fmt.Sprintf("%064d", 20-i)
		_, err := db.Append(ctx, created("container", id), started(id), created("volume", "v"+id))
		must(t, err)
		want = append(want, id)
	}
	// The engine's event about a call that went through the guard.
	event := created("container", want[19])
	event.Source, event.Status = journal.Event, 0
	_, err := db.Append(ctx, event)
	must(t, err)
	if got := value(db.OwnedIDs(ctx, "container"))(t); !reflect.DeepEqual(got, want) {
		t.Errorf("owned IDs\n%v, want\n%v", got, want)
	}
}
