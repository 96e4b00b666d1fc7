package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"kihon/checker"
	"kihon/cmd/kihon/learner"
	"kihon/lessons"
	"kihon/lessons/live"
	"kihon/lessons/render"
	"kihon/sandbox/journal"
	"kihon/sandbox/shell"
	"kihon/sandbox/shell/hook"
)

// How long a prompt may wait for a verdict: long enough for a program that
// starts at once, short enough to be taken for the prompt's own time. What
// takes longer is shown when it is true.
const promptPatience = 700 * time.Millisecond

// room is the terminal face of a live session: it puts the state of the
// session into text, at the prompt's time.
type room struct {
	a       *app
	learner *learner.Learner
	session *live.Session
	shell   *shell.Session
	info    sessionInfo
	stop    context.CancelFunc

	mu       sync.Mutex
	lesson   *lessons.Lesson
	section  int
	current  learner.Ready // the exercise at hand; ID empty when there is none
	recorded map[string]checker.Outcome
	held     bytes.Buffer // what could not be shown while a program had the terminal
	opening  string       // shown before the first prompt
	taken    []string     // words that are the learner's own commands
	attempts map[string]time.Time
	advice   []string // what the last finding said to type
	acted    bool     // the learner has done something since the last prompt
	owed     bool     // what is wrong is still to be explained
}

// judge judges for the session, and writes a pass down before anybody is told.
func (r *room) judge(ctx context.Context, id string) (checker.Verdict, error) {
	ready, v, err := r.learner.Judge(ctx, id, 0)
	if err != nil {
		verdict, away := learner.Outage(err)
		if !away {
			return verdict, err
		}
		v = verdict
	}
	r.mu.Lock()
	if r.current.ID == id && ready.Lesson != nil {
		r.current = ready
	}
	known := r.recorded[id]
	r.mu.Unlock()
	if v.Outcome == known || v.Pending || v.Outcome == checker.CouldNotCheck {
		return v, nil
	}
	if err := r.learner.Record(ctx, id, v); err != nil {
		return v, err
	}
	r.mu.Lock()
	r.recorded[id] = v.Outcome
	r.mu.Unlock()
	return v, nil
}

// noticed is told of every changing call and every event of the engine.
func (r *room) noticed(e journal.Entry) {
	if e.Actor == journal.Learner && e.Source == journal.Call {
		r.mu.Lock()
		r.acted = true
		r.mu.Unlock()
	}
	r.session.Changed()
}

// announce shows what came true while the learner sits at the prompt.
func (r *room) announce(ctx context.Context) {
	// What a command of this terminal brings about is told with its prompt.
	select {
	case <-ctx.Done():
		return
	case <-time.After(250 * time.Millisecond):
	}
	r.mu.Lock()
	explain := r.owed && r.session.Fresh()
	r.owed = r.owed && !explain
	r.mu.Unlock()
	text := r.news(r.a.face(), explain)
	if text == "" {
		return
	}
	shown, err := r.shell.Print(ctx, text)
	if err != nil || !shown {
		r.mu.Lock()
		r.held.WriteString(text)
		r.mu.Unlock()
	}
}

// news puts the session's news into text.
func (r *room) news(f face, findings bool) string {
	n := r.session.Take(findings)
	if n.Empty() {
		return ""
	}
	r.mu.Lock()
	current := r.current
	r.mu.Unlock()
	var out bytes.Buffer
	if n.Finding != nil && r.following(n.Finding.Commands) {
		// The learner is doing what was said; there is nothing new to explain.
		f.rest(&out, n.Finding.Commands)
		n.Finding = nil
	}
	f.news(&out, n, current.Replace(r.a.title(current)), func(w io.Writer) { r.afterPass(w, f, current) })
	return "\n" + out.String() + "\n"
}

// following reports whether these commands are what is left of the advice that
// was given last, and remembers them as that.
func (r *room) following(commands []string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	before := r.advice
	r.advice = commands
	left := len(before) - len(commands)
	return len(commands) > 0 && left > 0 && slices.Equal(before[left:], commands)
}

// afterPass says what comes next; for a quiz also why the answer is right.
func (r *room) afterPass(w io.Writer, f face, current learner.Ready) {
	page := r.page()
	if s, found := page.Section(current.Exercise.ID); found && current.Exercise.Kind == lessons.Quiz {
		for _, c := range current.Exercise.Checks {
			if c.Answer == nil {
				continue
			}
			for _, n := range c.Answer.Choices {
				f.markdown(w, page, s.Answers[n-1], current.Replace)
			}
		}
	}
	f.para(w, r.a.words.Say("session.next", "word", r.word("next")))
}

// word is how a word of the session is typed: by itself, unless the learner
// has a command of that name.
func (r *room) word(name string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	if slices.Contains(r.taken, name) {
		return "kihon " + name
	}
	return name
}

func (r *room) page() *lessons.Page {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.lesson.Pages[r.a.language]
}

// question is what the prompt hook asks.
type question struct {
	Status  int      `json:"status"`
	Command string   `json:"command"`
	Columns int      `json:"columns"`
	First   bool     `json:"first"`
	Typed   bool     `json:"typed"`
	Taken   []string `json:"taken"`
}

// prompt answers the hook: what the learner should read before the next prompt.
func (r *room) prompt(w http.ResponseWriter, req *http.Request) {
	var q question
	if err := json.NewDecoder(req.Body).Decode(&q); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	f := r.faceOf(q.Columns)
	var out bytes.Buffer
	if q.First {
		r.mu.Lock()
		r.taken = q.Taken
		out.WriteString(r.opening)
		r.opening = ""
		r.mu.Unlock()
	}
	explain := false
	if q.Typed && !r.ownWord(q.Command) {
		var err error
		if explain, err = r.commandEnded(req.Context(), q); err != nil {
			fmt.Fprintln(&out, render.Wrap(err.Error(), f.textWidth(), "", ""))
		}
	}
	if err := r.session.Settle(req.Context(), promptPatience); err != nil {
		fmt.Fprintln(&out, render.Wrap(err.Error(), f.textWidth(), "", ""))
	}
	r.mu.Lock()
	out.Write(r.held.Bytes())
	r.held.Reset()
	r.mu.Unlock()
	// On a busy computer the verdict may still be that of a moment ago, of a
	// container half made. What is wrong is then said when it is known.
	if explain && !r.session.Fresh() {
		r.mu.Lock()
		explain, r.owed = false, true
		r.mu.Unlock()
	}
	out.WriteString(r.news(f, explain))
	w.Header().Set("X-Kihon-Prompt", r.prefix())
	_, _ = w.Write(out.Bytes())
}

// commandEnded writes down that a command has ended, and reports whether what
// is wrong should be explained: after something was done on the engine, and
// after a docker command that went wrong and never got there. Somebody who only
// looks round is left in peace.
func (r *room) commandEnded(ctx context.Context, q question) (bool, error) {
	words := strings.Fields(q.Command)
	if _, err := r.learner.Store.Append(ctx, journal.Entry{
		Time: time.Now(), Actor: journal.Learner, Source: journal.Command, Command: words, ExitCode: &q.Status,
	}); err != nil {
		return false, err
	}
	r.mu.Lock()
	explain := r.acted
	r.acted, r.owed = false, false
	r.mu.Unlock()
	if q.Status != 0 && len(words) > 0 && strings.Contains(words[0], "docker") {
		explain = true
	}
	if explain {
		// What is still wrong after one more try is worth saying again.
		r.session.Repeat()
		r.session.Changed()
	}
	return explain, nil
}

// ownWord reports whether a command line is one of ours.
func (r *room) ownWord(command string) bool {
	first, _, _ := strings.Cut(strings.TrimSpace(command), " ")
	if first == "kihon" {
		return true
	}
	return slices.Contains(sessionWords, first)
}

func (r *room) faceOf(columns int) face {
	f := r.a.face()
	if columns > 0 {
		f.width = columns
	}
	return f
}

// prefix stands before the learner's own prompt.
func (r *room) prefix() string {
	r.mu.Lock()
	lesson, current := r.lesson, r.current
	r.mu.Unlock()
	at, total := 0, len(lesson.Exercises)
	for i, e := range lesson.Exercises {
		if current.ID == lesson.FullID(e.ID) {
			at = i + 1
		}
	}
	text := "[" + lesson.ID + "]"
	if at > 0 {
		text = fmt.Sprintf("[%s %d/%d]", lesson.ID, at, total)
	}
	return hook.Mark(r.a.style().Dim.Apply(text))
}

// routes adds the session's own calls to the socket.
func (r *room) routes(mux *http.ServeMux) {
	mux.HandleFunc("POST /v1/prompt", r.prompt)
	mux.HandleFunc("POST /v1/changed", func(w http.ResponseWriter, req *http.Request) {
		r.refresh(req.Context())
		accept(w, req)
	})
	mux.HandleFunc("POST /v1/move", func(w http.ResponseWriter, req *http.Request) {
		var in struct {
			To      string `json:"to"`
			Columns int    `json:"columns"`
		}
		if err := json.NewDecoder(req.Body).Decode(&in); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		text, err := r.move(req.Context(), r.faceOf(in.Columns), in.To)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		writeAnswer(w, text)
	})
	mux.HandleFunc("POST /v1/quit", func(w http.ResponseWriter, req *http.Request) {
		accept(w, req)
		r.stop()
	})
}

func accept(w http.ResponseWriter, _ *http.Request) { writeAnswer(w, struct{}{}) }

// refresh looks anew at the exercise at hand, of which another process may
// have begun a new attempt or taken an answer.
func (r *room) refresh(ctx context.Context) {
	r.mu.Lock()
	id := r.current.ID
	r.mu.Unlock()
	if id == "" || !r.renewed(ctx, id) {
		r.session.Repeat()
		r.session.Changed()
		return
	}
	r.session.Forget()
}

// renewed takes over the variables of the exercise's present attempt and
// reports whether it is another attempt than the last time.
func (r *room) renewed(ctx context.Context, id string) bool {
	ready, err := r.learner.Ready(ctx, id)
	if err != nil {
		return false
	}
	attempt, err := r.learner.Store.Attempt(ctx, id)
	if err != nil {
		return false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.current = ready
	before, known := r.attempts[id]
	r.attempts[id] = attempt.Started
	if !known || before.Equal(attempt.Started) {
		return false
	}
	delete(r.recorded, id)
	return true
}
