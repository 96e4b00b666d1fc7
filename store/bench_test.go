package store

import (
	"context"
	"fmt"
	"sort"
	"testing"

	"kihon/sandbox/journal"
)

// benchHome is a home with the journal and the record of a diligent learner.
func benchHome(b *testing.B, entries int) (dir string, db *DB) {
	b.Helper()
	ctx := context.Background()
	dir = b.TempDir()
	db = open(b, dir)
	batch := make([]journal.Entry, 0, entries)
	for i := range entries {
		batch = append(batch, journal.Entry{Time: db.FirstUse(), Actor: journal.Learner, Source: journal.Call, Object: "container",
			Action: "create", ID: fmt.Sprintf("%064x", i), Name: "apa000ex2", Image: "httpd", Status: 201})
	}
	_, err := db.Append(ctx, batch...)
	must(b, err)
	for i := range 300 {
		must(b, db.RecordCheck(ctx, int64(i), passedEvent(fmt.Sprintf("ports/%d", i%100))))
	}
	return dir, db
}

func BenchmarkOpenAndLastSeq(b *testing.B) {
	ctx := context.Background()
	dir, _ := benchHome(b, 1000)
	for b.Loop() {
		db, err := Open(ctx, dir)
		must(b, err)
		_, err = db.LastSeq(ctx)
		must(b, err)
		must(b, db.Close())
	}
}

// BenchmarkProcess is what a command pays: a process that has just started,
// opens the home, asks one thing, records a check and ends without Close.
func BenchmarkProcess(b *testing.B) {
	dir, db := benchHome(b, 1000)
	must(b, db.Close())
	var opens, records []float64
	for b.Loop() {
		p := startProcess(b, "stopwatch", dir, "")
		var open, record float64
		for _, line := range p.rest() {
			_, err := fmt.Sscan(line, &open, &record)
			must(b, err)
		}
		must(b, p.Wait())
		opens, records = append(opens, open), append(records, record)
	}
	sort.Float64s(opens)
	sort.Float64s(records)
	b.ReportMetric(opens[len(opens)/2], "µs-open-and-ask")
	b.ReportMetric(records[len(records)/2], "µs-record")
}

func BenchmarkRecordCheck(b *testing.B) {
	ctx := context.Background()
	_, db := benchHome(b, 1000)
	for b.Loop() {
		must(b, db.RecordCheck(ctx, 1, passedEvent("ports/reach-apache")))
	}
}

func BenchmarkAppend(b *testing.B) {
	ctx := context.Background()
	_, db := benchHome(b, 1000)
	for b.Loop() {
		_, err := db.Append(ctx, created("container", "4c01db0b339c"))
		must(b, err)
	}
}

func BenchmarkAttempt(b *testing.B) {
	ctx := context.Background()
	_, db := benchHome(b, 1000)
	for b.Loop() {
		_, err := db.Attempt(ctx, "ports/7")
		must(b, err)
	}
}

func BenchmarkPasses(b *testing.B) {
	ctx := context.Background()
	_, db := benchHome(b, 1000)
	for b.Loop() {
		_, err := db.Passes(ctx, "docker-basics")
		must(b, err)
	}
}

func BenchmarkOwner(b *testing.B) {
	ctx := context.Background()
	_, db := benchHome(b, 1000)
	id := fmt.Sprintf("%064x", 7)
	for b.Loop() {
		if _, found, err := db.Owner(ctx, "container", id); !found || err != nil {
			b.Fatalf("found %v, error %v", found, err)
		}
	}
}

func BenchmarkSince(b *testing.B) {
	for _, entries := range []int{10, 100, 1000, 5000} {
		b.Run(fmt.Sprint(entries), func(b *testing.B) {
			ctx := context.Background()
			_, db := benchHome(b, 5000)
			for b.Loop() {
				got, err := db.Since(ctx, int64(5000-entries))
				must(b, err)
				if len(got) != entries {
					b.Fatalf("%d entries, want %d", len(got), entries)
				}
			}
		})
	}
}
