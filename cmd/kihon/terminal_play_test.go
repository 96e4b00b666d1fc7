//go:build linux

package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"kihon/cmd/kihon/learner"
	"kihon/internal/testengine"
	"kihon/lessons/render"
)

// seat is a learner's terminal (a tmux of its own) in which a shell runs that
// says OUTER>, and a home and a workspace of their own. In a session the
// learner's own prompt is you>.
type seat struct {
	t       testing.TB
	dir     string
	home    string
	env     []string
	columns int
	engine  *testengine.Engine // nil: the machine's own
	web     string             // names this learner's web server
	port    string             // this learner's host port
}

// sit opens a terminal. variables are added to its environment. The test ends
// with a look whether the learner has left anything behind.
func sit(t testing.TB, columns int, e *testengine.Engine, variables ...string) *seat {
	t.Helper()
	dir := testengine.Directory(t, "kihontest-seat-", func(dir string) { (&seat{t: t, dir: dir, home: dir + "/home"}).sweep() })
	s := &seat{t: t, dir: dir, home: dir + "/home", columns: columns, engine: e, web: "apa000ex2", port: "8080"}
	if e == nil {
		v := values()
		s.web, s.port = v["WEB"], v["WEB_PORT"]
	}
	s.env = seatEnvironment(t, s, variables)
	t.Cleanup(s.leave)
	for path, content := range map[string]string{"user/.bashrc": "PS1='you> '\n", "tmp/.keep": ""} {
		if err := errors.Join(os.MkdirAll(filepath.Dir(filepath.Join(dir, path)), 0o700), os.WriteFile(filepath.Join(dir, path), []byte(content), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	s.open("main")
	return s
}

// seatEnvironment is the test's own, without what would change the screens.
func seatEnvironment(t testing.TB, s *seat, variables []string) []string {
	paths, err := learner.FindPaths(os.Getenv)
	if err != nil {
		t.Fatal(err)
	}
	docker := os.Getenv("DOCKER_CONFIG")
	if docker == "" {
		user, _ := os.UserHomeDir()
		docker = filepath.Join(user, ".docker")
	}
	var env []string
	for _, pair := range os.Environ() {
		name, _, _ := strings.Cut(pair, "=")
		switch {
		case strings.HasPrefix(name, "KIHON_"), strings.HasPrefix(name, "TMUX"), strings.HasPrefix(name, "LC_"), strings.HasPrefix(name, "XDG_"):
		case name == "NO_COLOR", name == "PAGER", name == "LESS", name == "TERM", name == "COLUMNS", name == "PROMPT_COMMAND":
		default:
			env = append(env, pair)
		}
	}
	env = append(env, "HOME="+s.dir+"/user", "TMPDIR="+s.dir+"/tmp", "SHELL=/bin/bash", "LANG=C.UTF-8",
		"PATH="+filepath.Dir(binary)+":"+os.Getenv("PATH"), "DOCKER_CONFIG="+docker,
		"KIHON_HOME="+s.home, "KIHON_WORKSPACE="+s.dir+"/work", "KIHON_CACHE="+paths.Cache)
	if s.engine != nil {
		env = append(env, "DOCKER_HOST="+s.engine.Host())
	}
	return append(env, variables...)
}

// open opens a window of the terminal, with a shell.
func (s *seat) open(window string) {
	s.t.Helper()
	args := []string{"new-window", "-d", "-n", window}
	if window == "main" {
		args = []string{"set-option", "-g", "history-limit", "5000", ";", "new-session", "-d", "-n", window, "-x", strconv.Itoa(s.columns), "-y", "24"}
	}
	args = append(args, "-c", s.dir, "env", "PS1=OUTER> ", "bash", "--norc", "--noprofile", "-i")
	if out, err := s.tmux(args...); err != nil {
		s.t.Fatalf("tmux, which the plays need: %v\n%s", err, out)
	}
	s.in(window).wait("OUTER>")
}

// in is the same seat at another of its windows.
func (s *seat) in(window string) *pane { return &pane{s, window} }

// inside is a program of this learner's, in another terminal as it were.
func (s *seat) inside(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	if s.engine != nil {
		cmd = s.engine.Command(name, args...)
	}
	cmd.Env, cmd.Dir = s.env, s.dir
	return cmd
}

// kihon runs kihon in another terminal, without one, and returns standard
// output and exit code.
func (s *seat) kihon(args ...string) (string, int) {
	s.t.Helper()
	cmd := s.inside(binary, args...)
	var out, talk bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &talk
	if err := cmd.Run(); cmd.ProcessState == nil {
		s.t.Fatalf("kihon %v: %v", args, err)
	}
	if code := cmd.ProcessState.ExitCode(); code != 0 {
		s.t.Logf("kihon %v: exit %d: %s", args, code, talk.String())
	}
	return out.String(), cmd.ProcessState.ExitCode()
}

func (s *seat) tmux(args ...string) (string, error) {
	out, err := s.inside("tmux", append([]string{"-S", s.dir + "/tmux", "-f", "/dev/null", "-u"}, args...)...).CombinedOutput()
	return string(out), err
}

// until waits for ok, which looks at something that is about to happen.
func (s *seat) until(what string, ok func() bool) {
	s.t.Helper()
	for end := time.Now().Add(patience); !ok(); time.Sleep(25 * time.Millisecond) {
		if time.Now().After(end) {
			s.t.Fatalf("waited in vain %s\n%s", what, s.in("main").all())
		}
	}
}

// leave closes the window, cleans up as the learner would, and looks whether
// that was all.
func (s *seat) leave() {
	if s.t.Failed() {
		s.t.Logf("the screen at last:\n%s", s.in("main").all())
	}
	_, _ = s.tmux("kill-server")
	s.until("for the end of every process", func() bool { return len(s.processes()) == 0 })
	if s.engine == nil {
		leaveNothing(s.t, s.env, s.home)
	} else {
		s.kihon("sandbox", "clean")
	}
	_ = filepath.WalkDir(s.dir+"/tmp", func(path string, entry os.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && entry.Name() != ".keep" {
			s.t.Errorf("left behind: %s", path)
		}
		return nil
	})
	if err := os.RemoveAll(s.dir); err != nil {
		s.t.Error(err)
	}
}

// sweep is leave for the seat of a test that was killed.
func (s *seat) sweep() {
	s.env = seatEnvironment(s.t, s, nil)
	_, _ = s.tmux("kill-server")
	for end := time.Now().Add(patience); len(s.processes()) > 0 && time.Now().Before(end); time.Sleep(25 * time.Millisecond) {
		for id := range s.processes() {
			_ = syscall.Kill(id, syscall.SIGKILL)
		}
	}
	if _, err := os.Stat(s.home); err == nil {
		s.kihon("sandbox", "clean") // where its engine was a test's own, nothing is found
	}
}

// processes are those of this seat, by what is in their environment: its
// shells, kihon, and what was started by them.
func (s *seat) processes() map[int]string {
	found := map[int]string{}
	directories, _ := filepath.Glob("/proc/[0-9]*")
	for _, p := range directories {
		environ, _ := os.ReadFile(p + "/environ")
		if bytes.Contains(environ, []byte("KIHON_HOME="+s.home+"\x00")) {
			id, _ := strconv.Atoi(filepath.Base(p))
			arguments, _ := os.ReadFile(p + "/cmdline")
			found[id] = strings.TrimSpace(strings.ReplaceAll(string(arguments), "\x00", " "))
		}
	}
	return found
}

// pane is a window of a seat.
type pane struct {
	*seat
	window string
}

// text types without Enter; keys presses keys by tmux's names.
func (p *pane) text(s string) { _, _ = p.tmux("send-keys", "-t", p.window, "-l", s) }
func (p *pane) keys(k ...string) {
	_, _ = p.tmux(append([]string{"send-keys", "-t", p.window}, k...)...)
}

// all is all that this window has shown. Lines that the terminal has broken
// are put together again, and blanks at their ends are left out.
func (p *pane) all(more ...string) string {
	out, _ := p.tmux(append([]string{"capture-pane", "-t", p.window, "-p", "-J", "-S", "-"}, more...)...)
	lines := strings.Split(strings.TrimRight(out, " \n"), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " ")
	}
	return strings.Join(lines, "\n") + "\n"
}

// wait waits until the window has shown the text, on one line or on several.
func (p *pane) wait(text string) {
	p.t.Helper()
	p.until("for "+strconv.Quote(text), func() bool { return strings.Contains(p.all(), text) })
}

var (
	promptLine = regexp.MustCompile(`(?m)^(\[[^\]\n]*\] )?(you|OUTER)>.*`)
	promptEnd  = regexp.MustCompile(`(?m)^(\[[^\]\n]*\] )?(you|OUTER)>\n\z`)
	pageEnd    = regexp.MustCompile(`(Space: next page|スペース: 次のページ).*\n\z`)
)

// prompts counts the prompts that have been shown, with what was typed there.
func (p *pane) prompts() int { return len(promptLine.FindAllString(p.all(), -1)) }

// enter types a line and does not wait for what comes of it.
func (p *pane) enter(s string) {
	p.text(s)
	p.keys("Enter")
}

// line types a line at the prompt, waits for the next prompt, reading page by
// page what is longer than the screen, and returns what has been shown.
func (p *pane) line(s string) string {
	p.t.Helper()
	before := p.prompts()
	p.enter(s)
	return p.read(before)
}

// read waits until there is one more prompt than before, and returns what
// stands on the screen from the prompt on that was the last one then.
func (p *pane) read(before int) string {
	p.t.Helper()
	for {
		shown := ""
		p.until("for the next prompt or the end of a page", func() bool {
			shown = p.all()
			return pageEnd.MatchString(shown) || promptEnd.MatchString(shown) && len(promptLine.FindAllString(shown, -1)) > before
		})
		if !pageEnd.MatchString(shown) {
			return shown[promptLine.FindAllStringIndex(shown, -1)[before-1][0]:]
		}
		p.keys("Space")
		p.until("for the next page", func() bool { return p.all() != shown })
	}
}

// tells types a line and waits until all the texts stand below it: with the
// next prompt, or a moment later.
func (p *pane) tells(line string, texts ...string) {
	p.t.Helper()
	before := p.prompts()
	p.line(line)
	for _, text := range texts {
		p.until(fmt.Sprintf("for %q below %q", text, line), func() bool {
			shown := p.all()
			at := promptLine.FindAllStringIndex(shown, -1)
			return strings.Contains(shown[at[before-1][1]:], text) && promptEnd.MatchString(shown)
		})
	}
}

// start begins a session of the lesson on ports, with this seat's own names.
func (p *pane) start() string {
	p.t.Helper()
	command := "kihon start ports"
	if p.engine == nil {
		command += " --set web=" + p.web + " --set web_port=" + p.port
	}
	return p.line(command + " --set word=sakura")
}

// run is the right command of the first exercise.
func (p *pane) run() string {
	return fmt.Sprintf("docker run --name %s -d -p %s:80 httpd", p.web, p.port)
}

// reversed is the famous slip.
func (p *pane) reversed() string {
	return fmt.Sprintf("docker run --name %s -d -p 80:%s httpd", p.web, p.port)
}

// expect wants a text in what has been shown.
func expect(t testing.TB, shown string, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if !strings.Contains(shown, text) {
			t.Errorf("no %q in:\n%s", text, shown)
		}
	}
}

// golden compares what the window has shown, from the last line that is the
// text from on, with a file of expected screens. No line of ours may be wider
// than the window.
func (p *pane) golden(name, from string) {
	p.t.Helper()
	shown := p.all()
	if from != "" {
		shown = shown[strings.LastIndex(shown, "\n"+from+"\n")+1:]
	}
	for line := range strings.Lines(shown) {
		line = strings.TrimRight(line, "\n")
		if !promptLine.MatchString(line) && !unbroken.MatchString(line) && render.StringWidth(line) > p.columns {
			p.t.Errorf("wider than %d columns: %q", p.columns, line)
		}
	}
	if p.engine != nil {
		shown = strings.ReplaceAll(shown, p.engine.Host(), "unix://(the engine's socket)")
	}
	shown = engineID.ReplaceAllString(shown, "(the container's ID)")
	// What comes true after the prompt is shown above it (in plain mode below,
	// with the prompt once more), in a block of its own; how soon depends on
	// the machine.
	shown = barePrompt.ReplaceAllString(shown, "")
	shown = laterTick.ReplaceAllString(shown, "$1\n$2")
	path := filepath.Join("testdata", "screens", name)
	if *update {
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(shown), 0o644)); err != nil {
			p.t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		p.t.Fatal(err)
	}
	if shown != string(want) {
		differ := exec.Command("diff", "-u", path, "-")
		differ.Stdin = strings.NewReader(shown)
		out, _ := differ.Output()
		p.t.Errorf("the screens differ from %s:\n%s", path, out)
	}
}

var (
	// unbroken is what must not be broken: an ID, a command, a diagram, and
	// what the docker command itself says.
	unbroken   = regexp.MustCompile(`^[0-9a-f]{64}$|^ {4,}(\$ )?docker |^ {5,}.*--->|^Error response|^Successfully`)
	engineID   = regexp.MustCompile(`(?m)^[0-9a-f]{64}$`)
	barePrompt = regexp.MustCompile(`(?m)^\[[^\]\n]*\] you>\n`)
	laterTick  = regexp.MustCompile(`(?m)^((?:✔|\[x\]) .*)\n\n\n((?:✔|\[x\]) )`)
)

// TestLessonOnTheScreen plays the lesson on ports as a newcomer may, and holds
// every line that stands on the screen in the meantime. The engine is the
// test's own, so that the names and ports are those of the lesson.
func TestLessonOnTheScreen(t *testing.T) {
	t.Parallel()
	e := testengine.New(t, "httpd")
	for language, done := range map[string]string{"en": "- done.", "ja": "― できました。"} {
		t.Run(language, func(t *testing.T) {
			p := sit(t, 80, e, "KIHON_LANG="+language).in("main")
			p.start()
			p.line("hint")
			p.tells(p.reversed(), "      docker rm -f "+p.web, "      "+p.run())
			p.tells("docker rm -f "+p.web, "      "+p.run())
			p.tells(p.run(), done)
			p.tells("next", "✔ ")
			p.line("hint")
			p.tells("docker cp index.html "+p.web+":/", "      docker cp index.html "+p.web+":/usr")
			p.line("solution")
			p.tells("docker cp index.html "+p.web+":/usr/local/apache2/htdocs/index.html", done)
			p.line("next")
			p.line("answer 1")
			p.choose("answer", 3)
			p.wait(map[string]string{"en": "Which side is which? - done.", "ja": "どちらが外、どちらが中？ ― できました。"}[language])
			p.line("next")
			p.line("back")
			p.line("task")
			p.line("quit")
			p.golden("ports."+language+".txt", "")
		})
	}
	t.Run("narrow", func(t *testing.T) {
		p := sit(t, 40, e, "KIHON_LANG=ja").in("main")
		p.start()
		p.tells(p.reversed(), "      "+p.run())
		p.line("quit")
		p.golden("ports.ja.40.txt", "")
	})
	t.Run("plain", func(t *testing.T) {
		p := sit(t, 80, e, "KIHON_LANG=en").in("main")
		p.line("export TERM=dumb")
		p.start()
		p.tells(p.reversed(), "      "+p.run())
		p.tells("docker rm -f "+p.web, "      "+p.run())
		p.tells(p.run(), "- done.")
		p.tells("next", "[x] ")
		p.line("next")
		p.tells("answer 3", "- done.")
		p.line("quit")
		p.golden("ports.en.plain.txt", "")
	})
}

// choose answers with a menu, going down from its first line.
func (p *pane) choose(command string, n int) {
	p.t.Helper()
	before := p.prompts()
	p.enter(command)
	for i := 1; ; i++ {
		p.until("for the menu's line", func() bool { return regexp.MustCompile(`(?m)^> ` + strconv.Itoa(i)).MatchString(p.all()) })
		if i == n {
			break
		}
		p.keys("Down")
	}
	p.keys("Enter")
	p.read(before)
}
