// Package judge runs a check: gather, compare, and again while a program that
// runs may still become what is wanted.
package judge

import (
	"context"
	"errors"
	"time"

	"kihon/checker"
	"kihon/checker/compare"
	"kihon/checker/gather"
	"kihon/checker/outage"
)

// Options say how patient a judgement is.
type Options struct {
	// Wait is how long to ask again for facts that can become true without an
	// event of the engine; 0 asks once.
	Wait time.Duration
	// Deadline bounds each round of questions; 0 means 10 seconds. An engine
	// that is slower than that could not be checked.
	Deadline time.Duration
}

// First and longest pause between two rounds.
const (
	firstPause   = 20 * time.Millisecond
	longestPause = time.Second
)

// Judge judges one task on the world as it is now. An engine that cannot be
// asked is an outcome, not an error. The error is ctx's own when the caller
// gave up, and a *gather.RecordError when the record cannot be read.
func Judge(ctx context.Context, world gather.World, task checker.Task, options Options) (checker.Verdict, error) {
	began := time.Now()
	if options.Deadline == 0 {
		options.Deadline = 10 * time.Second
	}
	pause := firstPause
	for {
		left := options.Wait - time.Since(began)
		v, err := once(ctx, world, task, options.Deadline, left <= 0)
		if ctx.Err() != nil {
			return checker.Verdict{}, context.Cause(ctx)
		}
		var record *gather.RecordError
		if errors.As(err, &record) {
			return checker.Verdict{}, err
		}
		if err != nil {
			v = CouldNot(err)
		}
		v.Duration = time.Since(began)
		if !v.Pending || left <= 0 {
			return v, nil
		}
		select {
		case <-ctx.Done():
			return checker.Verdict{}, context.Cause(ctx)
		case <-time.After(min(pause, left)):
		}
		pause = min(pause*2, longestPause)
	}
}

// once makes one round. While a fact may still become true, the clues are left
// out unless this is the last round.
func once(ctx context.Context, world gather.World, task checker.Task, deadline time.Duration, last bool) (checker.Verdict, error) {
	ctx, cancel := context.WithTimeout(ctx, deadline)
	defer cancel()
	snap, err := gather.Facts(ctx, world, task)
	if err != nil {
		return checker.Verdict{}, err
	}
	v := compare.Compare(task, snap)
	if v.Outcome == checker.Passed || v.Pending && !last {
		return v, nil
	}
	if err := gather.Clues(ctx, world, task, snap); err != nil {
		return checker.Verdict{}, err
	}
	return compare.Compare(task, snap), nil
}

// CouldNot is the verdict when the world could not be asked.
func CouldNot(err error) checker.Verdict {
	code := outage.Code(err)
	return checker.Verdict{
		Outcome: checker.CouldNotCheck,
		Findings: []checker.Finding{{
			Code: code, Subject: "engine", Found: checker.Clean(err.Error()),
			Args: map[string]string{"error": checker.Clean(err.Error())},
		}},
	}
}
