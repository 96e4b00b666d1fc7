package live_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"kihon/checker"
	"kihon/lessons/live"
)

// world is what is true on the engine; its judge says so. Its session runs in a
// bubble whose clock stands still while anybody works: waits cost nothing and
// last exactly as long as they should. The bubble fails the test when a
// goroutine is left.
type world struct {
	t       *testing.T
	session *live.Session
	news    atomic.Int64

	mu      sync.Mutex
	verdict checker.Verdict
	err     error
	asked   []string
	// hold, when set, keeps each judgement back until something is sent.
	hold chan struct{}
}

func play(t *testing.T, scenes func(t *testing.T, w *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := &world{t: t}
		w.session = live.New(w.judge, func() { w.news.Add(1) })
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			w.session.Run(ctx)
		}()
		defer func() {
			cancel()
			<-ended
		}()
		scenes(t, w)
	})
}

func (w *world) judge(ctx context.Context, exercise string) (checker.Verdict, error) {
	w.mu.Lock()
	w.asked = append(w.asked, exercise)
	v, err, hold := w.verdict, w.err, w.hold
	w.mu.Unlock()
	if hold != nil {
		select {
		case <-hold:
		case <-ctx.Done():
			return checker.Verdict{}, ctx.Err()
		}
	}
	return v, err
}

// becomes changes the world, tells the session and lets it look.
func (w *world) becomes(v checker.Verdict) {
	w.mu.Lock()
	w.verdict = v
	w.mu.Unlock()
	w.session.Changed()
	synctest.Wait()
}

// quietly changes the world without a word.
func (w *world) quietly(v checker.Verdict) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.verdict = v
}

func (w *world) looks() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.asked)
}

// expect takes the news and holds them against a short text: the ticks, passed,
// away, back, the code of the finding.
func (w *world) expect(want string) {
	w.t.Helper()
	w.told(w.session.Take(true), want)
}

func (w *world) told(n live.News, want string) {
	w.t.Helper()
	text := ""
	add := func(format string, args ...any) { text += " " + fmt.Sprintf(format, args...) }
	if len(n.True) > 0 {
		add("true%v", n.True)
	}
	if n.Passed {
		add("passed")
	}
	if n.Away {
		add("away")
	}
	if n.Back {
		add("back")
	}
	if n.Finding != nil {
		add("%s", n.Finding.Code)
	}
	if text != "" {
		text = text[1:]
	}
	if text != want {
		w.t.Errorf("told %q, want %q", text, want)
	}
	if n.Empty() != (want == "") {
		w.t.Errorf("the news %q are empty: %v", text, n.Empty())
	}
}

// holds is a verdict of three checks, of which some hold.
func holds(which ...int) checker.Verdict {
	v := checker.Verdict{Outcome: checker.NotYet, Results: make([]checker.Result, 3)}
	for _, i := range which {
		v.Results[i].OK = true
	}
	if len(which) == 3 {
		v.Outcome = checker.Passed
	}
	return v
}

func because(v checker.Verdict, code, found string) checker.Verdict {
	v.Findings = []checker.Finding{{Code: code, Subject: "container web", Found: found}}
	return v
}

func pending(v checker.Verdict) checker.Verdict {
	v.Pending = true
	return v
}

func outage() checker.Verdict {
	return checker.Verdict{Outcome: checker.CouldNotCheck, Findings: []checker.Finding{{Code: checker.EngineUnreachable, Subject: "engine"}}}
}

func TestATickIsGivenOnce(t *testing.T) {
	play(t, func(t *testing.T, w *world) {
		w.session.Move("ports", 1, "ports/reach-apache")
		w.becomes(holds())
		w.expect("")
		w.becomes(holds(0))
		w.expect("true[0]")
		w.expect("")
		w.becomes(holds(0))
		w.expect("")
		w.becomes(holds(0, 2))
		w.expect("true[2]")
		w.becomes(holds(0, 1, 2))
		w.expect("true[1] passed")
		w.becomes(holds(0, 1, 2))
		w.expect("")
	})
}

// Two changes between two looks of the learner's are one piece of news.
func TestWhatBecameTrueAndFalseAgainIsNotTold(t *testing.T) {
	play(t, func(t *testing.T, w *world) {
		w.session.Move("ports", 1, "ports/reach-apache")
		w.becomes(holds(0))
		w.becomes(holds())
		w.expect("")
		w.becomes(holds(0))
		w.becomes(holds(0, 1))
		w.expect("true[0 1]")
	})
}

func TestAPassIsToldOnceAndAfterItNothingIsWrong(t *testing.T) {
	play(t, func(t *testing.T, w *world) {
		w.session.Move("ports", 1, "ports/reach-apache")
		w.becomes(holds(0, 1, 2))
		w.expect("true[0 1 2] passed")
		// Who has passed tidies up.
		w.becomes(because(holds(), checker.ContainerMissing, "missing"))
		w.expect("")
		w.becomes(because(holds(0), checker.PortReversed, "80->8080/tcp"))
		w.expect("true[0]")
		w.becomes(holds(0, 1, 2))
		if n := w.session.Take(true); n.Passed || n.Finding != nil {
			t.Errorf("told again: %+v", n)
		}
	})
}

func TestAFindingIsToldWhenItIsAnotherOne(t *testing.T) {
	play(t, func(t *testing.T, w *world) {
		w.session.Move("ports", 1, "ports/reach-apache")
		w.becomes(because(holds(0), checker.PortReversed, "80->8080/tcp"))
		w.expect("true[0] port.reversed")
		w.becomes(because(holds(0), checker.PortReversed, "80->8080/tcp"))
		w.expect("")
		w.becomes(because(holds(0), checker.PortReversed, "80->8081/tcp")) // tried again, wrong again
		w.expect("port.reversed")
		w.becomes(because(holds(0), checker.PortNotPublished, "80->8081/tcp"))
		w.expect("port.not_published")
		w.becomes(because(holds(0), checker.PortReversed, "80->8080/tcp"))
		w.expect("port.reversed")
		other := because(holds(0), checker.PortReversed, "80->8080/tcp")
		other.Findings[0].Subject = "container other"
		w.becomes(other)
		w.expect("port.reversed")
	})
}

// Who asks reads it again; so does who comes back to the prompt.
func TestAFindingCanBeRepeated(t *testing.T) {
	play(t, func(t *testing.T, w *world) {
		w.session.Move("ports", 1, "ports/reach-apache")
		w.becomes(because(holds(), checker.PortReversed, "x"))
		w.expect("port.reversed")
		w.session.Repeat()
		w.expect("port.reversed")
		w.expect("")
	})
}

// While a server is still starting, nobody is told that it does not answer.
func TestWhatMayStillComeTrueIsNotYetWrong(t *testing.T) {
	play(t, func(t *testing.T, w *world) {
		w.session.Move("ports", 1, "ports/reach-apache")
		w.becomes(pending(because(holds(0, 1), checker.HTTPNoAnswer, "EOF")))
		w.expect("true[0 1]")
		w.quietly(because(holds(0), checker.ContainerCrashed, "exited (1)"))
		time.Sleep(time.Minute)
		w.expect("container.crashed")
	})
}

// What is good is told at any time; what is wrong only in the prompt's rhythm.
func TestWithoutFindingsOnlyWhatIsGoodIsTold(t *testing.T) {
	play(t, func(t *testing.T, w *world) {
		w.session.Move("ports", 1, "ports/reach-apache")
		w.becomes(because(holds(0), checker.PortReversed, "x"))
		w.told(w.session.Take(false), "true[0]")
		w.told(w.session.Take(false), "")
		w.expect("port.reversed")
		w.becomes(outage())
		w.told(w.session.Take(false), "away engine.unreachable")
	})
}

func TestAnOutageIsToldOnceAndSoIsItsEnd(t *testing.T) {
	play(t, func(t *testing.T, w *world) {
		w.session.Move("ports", 1, "ports/reach-apache")
		w.becomes(holds(0))
		w.expect("true[0]")
		w.becomes(outage())
		w.expect("away engine.unreachable")
		w.becomes(outage())
		w.expect("")
		if got := w.session.State(); got.Outcome != checker.CouldNotCheck || !slices.Equal(got.Checks, []bool{true, false, false}) {
			t.Errorf("the ticks are gone: %+v", got)
		}
		w.becomes(holds(0))
		w.expect("back")
		w.becomes(holds(0, 1))
		w.expect("true[1]")
	})
}

// The engine's return makes no event when it is the stream of events that broke.
func TestAnEngineThatIsAwayIsAskedAgainByItself(t *testing.T) {
	play(t, func(t *testing.T, w *world) {
		w.session.Move("ports", 1, "ports/reach-apache")
		w.becomes(outage())
		w.expect("away engine.unreachable")
		w.quietly(holds(0, 1, 2))
		time.Sleep(time.Minute)
		w.expect("true[0 1 2] passed back")
	})
}

func TestAnOutageThatNobodyHeardOfHasNoEnd(t *testing.T) {
	play(t, func(t *testing.T, w *world) {
		w.session.Move("ports", 1, "ports/reach-apache")
		w.becomes(outage())
		w.becomes(holds(0))
		w.expect("true[0]")
	})
}

// Going on in the text says nothing new of the engine.
func TestAnOutageIsNotToldAgainAtTheNextExercise(t *testing.T) {
	play(t, func(t *testing.T, w *world) {
		w.session.Move("ports", 1, "ports/reach-apache")
		w.becomes(outage())
		w.expect("away engine.unreachable")
		w.mu.Lock()
		w.hold = make(chan struct{})
		w.mu.Unlock()
		w.session.Move("ports", 2, "ports/your-own-page")
		synctest.Wait()
		w.expect("") // not looked yet
		close(w.hold)
		synctest.Wait()
		w.expect("")
		w.becomes(holds())
		w.expect("back")
	})
}

func TestTheNextExerciseBeginsAnew(t *testing.T) {
	play(t, func(t *testing.T, w *world) {
		w.session.Move("ports", 1, "ports/reach-apache")
		w.becomes(because(holds(0), checker.PortReversed, "x"))
		w.expect("true[0] port.reversed")
		w.session.Move("ports", 2, "ports/your-own-page")
		synctest.Wait()
		w.expect("true[0] port.reversed")
		// The same one again, as after reading on and back: told is told.
		w.session.Move("ports", 2, "ports/your-own-page")
		synctest.Wait()
		w.expect("")
		if got := w.session.State(); got.Lesson != "ports" || got.Section != 2 || got.Exercise != "ports/your-own-page" || got.Finding != checker.PortReversed || got.FormatVersion != 1 {
			t.Errorf("%+v", got)
		}
	})
}

// A verdict that comes after the learner has gone on is of no use.
func TestALateVerdictIsNotTakenForTheNextExercise(t *testing.T) {
	play(t, func(t *testing.T, w *world) {
		hold := make(chan struct{})
		w.hold = hold
		w.verdict = holds(0, 1, 2)
		w.session.Move("ports", 1, "ports/reach-apache")
		synctest.Wait()
		w.session.Move("ports", 2, "ports/your-own-page")
		w.quietly(holds())
		hold <- struct{}{} // the judgement of the first
		synctest.Wait()
		w.expect("")
		if got := w.session.State(); got.Outcome != "" || got.Judged != 0 {
			t.Errorf("%+v", got)
		}
		hold <- struct{}{}
		synctest.Wait()
		w.expect("")
		if got := w.session.State(); got.Outcome != checker.NotYet || got.Judged != 1 {
			t.Errorf("%+v", got)
		}
		if want := []string{"ports/reach-apache", "ports/your-own-page"}; !slices.Equal(w.asked, want) {
			t.Errorf("judged were %v, want %v", w.asked, want)
		}
	})
}

func TestBetweenExercisesNothingIsJudged(t *testing.T) {
	play(t, func(t *testing.T, w *world) {
		w.session.Move("ports", 0, "")
		w.becomes(because(holds(0), checker.PortReversed, "x"))
		w.expect("")
		if err := w.session.Settle(t.Context(), time.Hour); err != nil || w.looks() != 0 {
			t.Errorf("%v, judged %v", err, w.asked)
		}
	})
}

func TestAfterAResetEverythingIsToldAnew(t *testing.T) {
	play(t, func(t *testing.T, w *world) {
		w.session.Move("ports", 1, "ports/reach-apache")
		w.becomes(holds(0, 1, 2))
		w.expect("true[0 1 2] passed")
		w.session.Forget()
		w.becomes(because(holds(0), checker.PortReversed, "x"))
		w.expect("true[0] port.reversed")
		w.becomes(holds(0, 1, 2))
		w.expect("true[1 2] passed")
	})
}

func TestSettlingWaitsForTheLatestChange(t *testing.T) {
	play(t, func(t *testing.T, w *world) {
		hold := make(chan struct{})
		w.hold = hold
		w.verdict = holds()
		w.session.Move("ports", 1, "ports/reach-apache")
		synctest.Wait() // the first look has begun
		w.quietly(holds(0))
		w.session.Changed()
		settled := make(chan error, 1)
		go func() { settled <- w.session.Settle(t.Context(), time.Hour) }()
		hold <- struct{}{} // it knows nothing of the change
		synctest.Wait()
		select {
		case <-settled:
			t.Error("settled with a verdict from before the change")
		default:
		}
		hold <- struct{}{}
		if err := <-settled; err != nil {
			t.Error(err)
		}
		w.expect("true[0]")
	})
}

func TestSettlingWaitsWhileAVerdictMayStillChange(t *testing.T) {
	play(t, func(t *testing.T, w *world) {
		w.session.Move("ports", 1, "ports/reach-apache")
		w.becomes(pending(holds(0, 1)))
		began := time.Now()
		go func() {
			time.Sleep(2 * time.Second)
			w.quietly(holds(0, 1, 2))
		}()
		if err := w.session.Settle(t.Context(), time.Hour); err != nil {
			t.Error(err)
		}
		w.expect("true[0 1 2] passed")
		if waited := time.Since(began); waited < 2*time.Second || waited > 4*time.Second {
			t.Errorf("settled after %v; it became true after 2s", waited)
		}
		// And not longer than one is patient.
		w.becomes(pending(holds(0)))
		began = time.Now()
		if err := w.session.Settle(t.Context(), 3*time.Second); err != nil || time.Since(began) != 3*time.Second {
			t.Errorf("%v after %v", err, time.Since(began))
		}
		// Nor when its caller gives up.
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began = time.Now()
		if err := w.session.Settle(ctx, time.Hour); err != nil || time.Since(began) != time.Second {
			t.Errorf("%v after %v", err, time.Since(began))
		}
	})
}

func TestSettlingIsOverAtOnceWhereNothingIsOpen(t *testing.T) {
	play(t, func(t *testing.T, w *world) {
		w.session.Move("ports", 1, "ports/reach-apache")
		w.becomes(holds(0))
		began := time.Now()
		if err := w.session.Settle(t.Context(), time.Hour); err != nil || time.Since(began) != 0 {
			t.Errorf("%v after %v", err, time.Since(began))
		}
	})
}

// A judge that fails has no verdict: the course is broken, the record is full.
func TestAJudgeThatFailsIsReportedToWhoSettles(t *testing.T) {
	broken := errors.New("ports/exercises.yaml:3: unknown key")
	play(t, func(t *testing.T, w *world) {
		w.session.Move("ports", 1, "ports/reach-apache")
		w.becomes(pending(holds(0)))
		w.expect("true[0]")
		w.mu.Lock()
		w.err = broken
		w.mu.Unlock()
		w.session.Changed()
		began := time.Now()
		if err := w.session.Settle(t.Context(), time.Hour); !errors.Is(err, broken) || time.Since(began) > time.Second {
			t.Errorf("%v after %v", err, time.Since(began))
		}
		w.expect("")
		// It is not asked again until something happens.
		looks := w.looks()
		time.Sleep(time.Hour)
		if w.looks() != looks {
			t.Errorf("asked %d times more", w.looks()-looks)
		}
		w.mu.Lock()
		w.err = nil
		w.mu.Unlock()
		w.becomes(holds(0, 1))
		w.expect("true[1]")
		if err := w.session.Settle(t.Context(), time.Hour); err != nil {
			t.Error(err)
		}
	})
}

func TestTheEndOfTheSessionEndsEveryWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{t: t, hold: make(chan struct{})}
		w.session = live.New(w.judge, func() {})
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			w.session.Run(ctx)
		}()
		w.session.Move("ports", 1, "ports/reach-apache")
		synctest.Wait() // in the middle of a judgement
		settled := make(chan error, 1)
		go func() { settled <- w.session.Settle(t.Context(), time.Hour) }()
		synctest.Wait()
		began := time.Now()
		cancel()
		<-ended
		<-settled
		if err := w.session.Settle(t.Context(), time.Hour); err != nil && !errors.Is(err, context.Canceled) || time.Since(began) != 0 {
			t.Errorf("%v after %v", err, time.Since(began))
		}
	})
}

func TestLookingAgainBecomesRarer(t *testing.T) {
	play(t, func(t *testing.T, w *world) {
		w.session.Move("ports", 1, "ports/reach-apache")
		w.becomes(pending(holds(0)))
		before := w.looks()
		time.Sleep(time.Second)
		second := w.looks() - before
		time.Sleep(time.Minute - time.Second)
		minute := w.looks() - before
		if second < 4 || second > 10 || minute < 50 || minute > 75 {
			t.Errorf("%d looks in the first second, %d in the first minute", second, minute)
		}
		// Something happened: look closely again.
		before = w.looks()
		w.session.Changed()
		time.Sleep(100 * time.Millisecond)
		if n := w.looks() - before; n < 3 {
			t.Errorf("%d looks in a tenth of a second after a change", n)
		}
		// Nothing is open: nobody looks.
		w.becomes(holds(0))
		before = w.looks()
		time.Sleep(24 * time.Hour)
		if n := w.looks() - before; n != 0 {
			t.Errorf("%d looks in a day on which nothing happened", n)
		}
	})
}

func TestAFaceIsCalledWhenThereIsSomethingToTell(t *testing.T) {
	play(t, func(t *testing.T, w *world) {
		w.session.Move("ports", 1, "ports/reach-apache")
		w.becomes(holds())
		if n := w.news.Load(); n != 0 {
			t.Errorf("called %d times for nothing", n)
		}
		w.becomes(holds(0))
		if n := w.news.Load(); n != 1 {
			t.Errorf("called %d times for a tick", n)
		}
		w.expect("true[0]")
		w.becomes(holds(0))
		if n := w.news.Load(); n != 1 {
			t.Errorf("called %d times, though all is told", n)
		}
	})
}

// A face may take the news in the very call.
func TestAFaceMayAskInTheCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{t: t, verdict: holds(0)}
		told := make(chan live.News, 1)
		w.session = live.New(w.judge, func() { told <- w.session.Take(true) })
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			w.session.Run(ctx)
		}()
		w.session.Move("ports", 1, "ports/reach-apache")
		w.told(<-told, "true[0]")
		cancel()
		<-ended
	})
}

// What a session publishes is a copy.
func TestTheStateIsTheReadersOwn(t *testing.T) {
	play(t, func(t *testing.T, w *world) {
		w.session.Move("ports", 1, "ports/reach-apache")
		w.becomes(holds(0))
		w.session.State().Checks[0] = false
		if got := w.session.State(); !got.Checks[0] || got.Judged == 0 {
			t.Errorf("%+v", got)
		}
	})
}

// Faces, the prompt's hook and other terminals ask side by side.
func TestASessionServesManyAtOnce(t *testing.T) {
	var n atomic.Int64
	session := live.New(func(context.Context, string) (checker.Verdict, error) {
		if i := n.Add(1); i%3 == 0 {
			return outage(), nil
		} else if i%3 == 1 {
			return because(holds(0), checker.PortReversed, fmt.Sprint(i)), nil
		}
		return holds(0, 1, 2), nil
	}, func() {})
	ctx, cancel := context.WithCancel(t.Context())
	var group sync.WaitGroup
	group.Go(func() { session.Run(ctx) })
	var work sync.WaitGroup
	for i := range 8 {
		work.Go(func() {
			for j := range 50 {
				session.Move("ports", j, fmt.Sprintf("ports/%d", (i+j)%3))
				session.Changed()
				_ = session.State()
				_ = session.Take(j%2 == 0)
				session.Repeat()
				session.Forget()
				if err := session.Settle(ctx, 5*time.Millisecond); err != nil {
					t.Error(err)
				}
			}
		})
	}
	work.Wait()
	cancel()
	group.Wait()
}
