package main

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"

	"github.com/docker/docker/api/types/events"
	"github.com/spf13/cobra"

	"kihon/checker"
	"kihon/cmd/kihon/learner"
	"kihon/lessons/live"
	"kihon/sandbox/journal"
	"kihon/sandbox/shell"
)

// sessionWords are the words of a session at the prompt, each also kihon WORD.
var sessionWords = []string{"hint", "check", "next", "back", "task", "answer", "solution", "again", "quit"}

func (a *app) startCommand() *cobra.Command {
	var set []string
	cmd := a.verb("start [LESSON]", a.words.Say("cmd.start"), a.words.Say("cmd.start.examples"), between(0, 1), func(ctx context.Context, args []string) error {
		return a.start(ctx, args, set)
	})
	cmd.Flags().StringArrayVar(&set, "set", nil, a.words.Say("flag.set"))
	return cmd
}

// start runs the live session in this terminal.
func (a *app) start(ctx context.Context, args, set []string) error {
	if a.session != nil {
		return a.alreadyInside(ctx)
	}
	if !a.streams.InTTY || !a.streams.OutTTY {
		return a.usage(a.words.Say("error.start_terminal"), a.words.Say("error.start_terminal.next"))
	}
	l, err := a.open(ctx)
	if err != nil {
		return err
	}
	defer l.Close()
	l.Here = "" // the session's shell starts in the workspace
	lesson, section, err := a.place(ctx, l, args)
	if err != nil {
		return err
	}
	have, err := l.Lesson(lesson)
	if err != nil {
		return err
	}
	if err := l.Engine.Ping(ctx); err != nil {
		return err
	}
	if err := a.ensureImages(ctx, l, have.Images); err != nil {
		return err
	}
	values, err := pairs(a, set)
	if err != nil {
		return err
	}
	if err := l.Preset(ctx, have, values); err != nil {
		return err
	}
	return a.live(ctx, l, lesson, section)
}

// alreadyInside says where one is.
func (a *app) alreadyInside(ctx context.Context) error {
	info, err := a.session.state(ctx)
	if err != nil {
		return err
	}
	at := info.Exercise
	if at == "" {
		at = info.Lesson
	}
	if at == "" {
		return a.usage(a.words.Say("error.inside_run"), a.words.Say("error.inside_run.next"))
	}
	return a.usage(a.words.Say("error.inside", "at", at), a.words.Say("error.inside.next"))
}

// place is where to begin: the named lesson, else where the learner stopped,
// else the first lesson.
func (a *app) place(ctx context.Context, l *learner.Learner, args []string) (lesson string, section int, err error) {
	stopped, known, err := l.Store.Setting(ctx, settingLesson)
	if err != nil {
		return "", 0, err
	}
	at, _, err := l.Store.Setting(ctx, settingSection)
	if err != nil {
		return "", 0, err
	}
	section, _ = strconv.Atoi(at)
	if len(args) == 0 {
		if known && l.Course.HasLesson(stopped) {
			return stopped, section, nil
		}
		return l.Course.LessonIDs()[0], 0, nil
	}
	id, err := l.LessonID(args[0])
	if err != nil {
		return "", 0, err
	}
	return id, 0, nil
}

// live holds the session until the learner's shell ends.
func (a *app) live(ctx context.Context, l *learner.Learner, lessonID string, section int) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	r := &room{a: a, learner: l, stop: stop, recorded: map[string]checker.Outcome{}, attempts: map[string]time.Time{}}
	r.session = live.New(r.judge, func() { go r.announce(ctx) })

	s, err := a.openSandbox(ctx, l, r.noticed)
	if err != nil {
		return err
	}
	defer s.close()
	r.info = a.sessionInfo(s.host)
	server, listener, err := a.listenSession(ctx, s.dir, sessionSocket, func() sessionInfo {
		info := r.info
		info.State = r.session.State()
		return info
	})
	if errors.Is(err, errSessionRuns) {
		return a.usage(a.words.Say("error.session_runs"), a.words.Say("error.session_runs.next"))
	}
	if err != nil {
		return err
	}
	defer server.close()
	sweepShells(s.dir)
	r.routes(server.mux)

	lesson, err := l.Lesson(lessonID)
	if err != nil {
		return err
	}
	r.lesson = lesson
	if r.shell, err = a.newShell(s, server); err != nil {
		return err
	}
	go r.session.Run(ctx)
	record := r.recorder(s)
	known, err := l.KnownUntil(ctx)
	if err != nil {
		return err
	}
	if err := record.CatchUp(ctx, known); err != nil {
		return err
	}
	recorded := make(chan error, 1)
	go func() {
		err := record.Run(ctx)
		if err != nil {
			stop() // without a record nothing that is shown could be kept
		}
		recorded <- err
	}()
	opening, err := r.enter(ctx, a.face(), lesson, section)
	if err != nil {
		return errors.Join(err, r.shell.Remove())
	}
	// What is longer than the screen is read page by page, before the prompt.
	if err := a.page(ctx, opening.Prose); err != nil {
		return errors.Join(err, r.shell.Remove())
	}
	r.opening = opening.Task
	server.serve(listener)
	// The exit code is that of the shell's last command, no fault of the session.
	_, err = r.shell.Run(ctx)
	if ctx.Err() != nil {
		err = nil // quit, or a signal: the shell was ended on purpose
	}
	stop()
	err = errors.Join(err, <-recorded, l.KeepKnown(context.WithoutCancel(ctx), record.Known()))
	a.farewell(l)
	return err
}

// newShell prepares the learner's shell.
func (a *app) newShell(s *sandbox, server *sessionServer) (*shell.Session, error) {
	if err := os.MkdirAll(a.paths.Workspace, 0o755); err != nil {
		return nil, &learner.WorkspaceError{Dir: a.paths.Workspace, Err: err}
	}
	path, err := shell.Find(a.getenv)
	if err != nil {
		return nil, err
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	// The hook is a small program of its own, since it runs before every
	// prompt; where it was not installed, kihon itself does the same.
	prompt := []string{self, "prompt-hook"}
	if small := filepath.Join(filepath.Dir(self), "kihon-prompt"); isExecutable(small) {
		prompt = []string{small}
	}
	call := shell.Quote(self)
	if a.flags.plain {
		call += " --plain"
	}
	var words []shell.Word
	for _, w := range sessionWords {
		verb := w
		if w == "again" {
			verb = "reset"
		}
		command := call + " " + verb + ` "$@"`
		if w == "quit" {
			command = shell.Quit
		}
		words = append(words, shell.Word{Name: w, Command: command})
	}
	// kihon itself must be found, wherever it was started from.
	words = append(words, shell.Word{Name: "kihon", Command: call + ` "$@"`})
	env := []string{"KIHON_HOME=" + a.paths.Home, "KIHON_WORKSPACE=" + a.paths.Workspace, "KIHON_LANG=" + string(a.language)}
	return shell.New(shell.Config{
		Shell: path, Dir: a.paths.Workspace, RunDir: s.dir, SocketPath: server.socket, Secret: server.secret,
		Hook: prompt, DockerHost: s.host, Env: env, Words: words, Ended: a.words.Say("session.ended"),
		Plain: a.streams.Plain, Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
	})
}

func isExecutable(path string) bool {
	_, err := exec.LookPath(path)
	return err == nil
}

// farewell says what is left on the engine, after the session.
func (a *app) farewell(l *learner.Learner) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	made, err := a.madeByCourse(ctx, l)
	if err != nil || made == 0 {
		a.say(a.words.Say("session.bye"))
		return
	}
	a.say(a.words.Say("session.bye_left", "count", made))
}

// recorder keeps the journal up with what happens on the engine by itself or by
// somebody else's hand, and wakes the session.
func (r *room) recorder(s *sandbox) *journal.Recorder {
	return journal.NewRecorder(journal.Config{
		Engine: r.learner.Engine, Journal: r.learner.Store, Busy: s.proxy.Busy,
		Seen:   func(events.Message) { r.session.Changed() },
		Stored: r.noticed,
		Down:   func(error) { r.session.Changed() },
		Up:     r.session.Changed,
	})
}

// sweepShells removes what the shells of killed sessions have left. Ours is the
// only session of this home now, and it has no shell yet.
func sweepShells(dir string) {
	left, _ := filepath.Glob(filepath.Join(dir, "shell-*"))
	for _, one := range left {
		_ = os.RemoveAll(one)
	}
}
