//go:build linux

package main

import (
	"encoding/json"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"kihon/checker"
)

// states are the exercises' states in this home's record.
func (s *seat) states() map[string]string {
	s.t.Helper()
	out, code := s.kihon("progress", "--format", "json")
	var progress progressJSON
	if err := json.Unmarshal([]byte(out), &progress); err != nil || code != exitOK {
		s.t.Fatalf("kihon progress: exit %d, %v\n%s", code, err, out)
	}
	states := map[string]string{}
	for _, e := range progress.Exercises {
		states[e.ID] = e.State
	}
	return states
}

// session is the process id of this seat's session.
func (s *seat) session() int {
	s.t.Helper()
	id := 0
	s.until("for the session's process", func() bool {
		for process, command := range s.processes() {
			if strings.HasPrefix(command, "kihon start") {
				id = process
			}
		}
		return id != 0
	})
	return id
}

func TestSessionGoesOnWhereItStopped(t *testing.T) {
	t.Parallel()
	p := sit(t, 80, nil, "KIHON_LANG=en").in("main")
	p.start()
	p.tells(p.run(), "Reach Apache in your browser - done.")
	p.line("next")
	p.line("hint")
	p.line("docker cp index.html " + p.web + ":/usr/local/apache2/htdocs/")
	p.wait("A page of your own - done.")
	p.line("exit")

	again := p.line("kihon start")
	expect(t, again, "A page of your own\n───", "[ports 2/3] you>", "A page of your own - done.")
	if strings.Contains(again, "Reach it from the browser") {
		t.Errorf("the lesson begins from the beginning:\n%s", again)
	}
	// Hints go on as well.
	expect(t, p.line("hint"), "Hint 2 of 2")

	before := p.prompts()
	p.enter("again")
	p.wait("Begin ports/your-own-page anew?")
	p.enter("y")
	expect(t, p.read(before), "begins anew.")
	// The page is the image's again; what passed is passed.
	if out, code := p.kihon("check", "ports/your-own-page", "--format", "json", "--wait", "0"); code != exitNotYet || !strings.Contains(out, `"code": "http.wrong_body"`) {
		t.Errorf("after again: exit %d\n%s", code, out)
	}
	if got := p.states()["ports/your-own-page"]; got != string(checker.Passed) {
		t.Errorf("after again the record says %s", got)
	}

	expect(t, p.line("back"), "Reach Apache in your browser\n───", "[ports 1/3] you>")
	p.line("quit")
	expect(t, p.line("kihon start"), "Reach Apache in your browser\n───")
	p.line("quit")
}

func TestTickComesWhileALineIsBeingTyped(t *testing.T) {
	for language, c := range map[string]struct{ half, more, whole, tick string }{
		"en": {"echo one line, ", "typed twice", "\none line, typed twice\n", "Reach Apache in your browser - done."},
		"ja": {"echo とちゅうまで、", "さいごまで", "\nとちゅうまで、さいごまで\n", "ブラウザでApacheを見る ― できました。"},
	} {
		t.Run(language, func(t *testing.T) {
			t.Parallel()
			p := sit(t, 80, nil, "KIHON_LANG="+language).in("main")
			p.start()
			p.text(c.half)
			p.wait("you> " + strings.TrimRight(c.half, " "))
			if out, code := p.kihon(append([]string{"run", "--"}, strings.Fields(p.run())...)...); code != exitOK {
				t.Fatalf("kihon run: exit %d\n%s", code, out)
			}
			p.wait(c.tick)
			p.until("for the line to stand below the news again", func() bool {
				return strings.HasSuffix(p.all(), "\n[ports 1/3] you> "+strings.TrimRight(c.half, " ")+"\n")
			})
			p.enter(c.more)
			p.wait(c.whole)
			if shown := p.all(); strings.Count(shown, c.tick) != 1 {
				t.Errorf("the pass is not told once:\n%s", shown)
			}
			p.line("quit")
		})
	}
}

func TestTheTerminalIsTheLearnersOwn(t *testing.T) {
	t.Parallel()
	p := sit(t, 80, nil, "KIHON_LANG=en").in("main")
	p.start()

	before := p.prompts()
	p.text("docker rum")
	p.wait("you> docker rum")
	p.keys("C-c")
	expect(t, p.read(before), "docker rum^C\n[ports 1/3] you>\n")

	before = p.prompts()
	p.enter("docker run -it --name " + p.web + " -p " + p.port + ":80 httpd sh")
	p.wait("httpd sh\n#")
	// The docker command tells the container the size a moment after the start.
	p.enter("until stty size | grep -x '24 80'; do :; done; echo in$((20+3))side")
	p.wait("\n24 80\nin23side\n#")
	p.keys("C-d")
	expect(t, p.read(before), "A container lives as long as its program.")
	p.line("docker rm -f " + p.web)
	p.line(p.run())

	before = p.prompts()
	p.enter("docker exec -it " + p.web + " sh")
	p.wait("exec -it " + p.web + " sh\n#")
	p.enter("echo ex$((20+3))ec")
	p.wait("\nex23ec\n#")
	p.enter("exit 7")
	p.read(before)
	expect(t, p.line("echo status $?"), "\nstatus 7\n")

	p.keys("C-d")
	p.wait("Until next time. 1 thing of the course is left on the engine; kihon sandbox\nclean removes it.\nOUTER>\n")
	p.line("echo status $?")
	p.wait("\nstatus 0\n")
}

// Who looks around has made no mistake, and is told nothing.
func TestLookingAroundIsNoMistake(t *testing.T) {
	t.Parallel()
	p := sit(t, 80, nil, "KIHON_LANG=en").in("main")
	p.start()
	looks := []string{"ls", "hint", "task", "docker ps -a", "docker images", "docker run --help | head -3", "kihon progress", "true"}
	for _, line := range looks {
		if shown := p.line(line); strings.Contains(shown, "→") {
			t.Errorf("before anything was done:\n%s", shown)
		}
	}
	// What stopped short of the engine is worth a word.
	p.tells("docker run --name "+p.web+" -d -p "+p.port+"：80 httpd", "I see no change on the engine")
	// -P, not a port on the left that somebody else may have.
	p.tells("docker run --name "+p.web+" -d -P httpd", "docker rm -f "+p.web)
	for _, line := range looks {
		if shown := p.line(line); strings.Contains(shown, "→") {
			t.Errorf("after a finding has been told:\n%s", shown)
		}
	}
	p.line("quit")
}

func TestOneSessionAtATime(t *testing.T) {
	t.Parallel()
	s := sit(t, 80, nil, "KIHON_LANG=en")
	p := s.in("main")
	p.start()
	expect(t, p.line("kihon start"), "kihon: you are in a session already, at ports/reach-apache\n")
	expect(t, p.line("echo status $?"), "\nstatus 2\n")

	s.open("second")
	second := s.in("second")
	expect(t, second.line("kihon start"), "kihon: a session of yours is running in another terminal\n")
	expect(t, second.line("echo status $?"), "\nstatus 2\n")
	// What it says works there does.
	expect(t, second.line("kihon run -- "+p.run()+" >/dev/null && echo ran"), "\nran\n")
	p.wait("Reach Apache in your browser - done.")
	expect(t, second.line("kihon check ports/reach-apache; echo status $?"), "✔ Reach Apache in your browser", "\nstatus 0\n")
	p.line("quit")
	expect(t, second.line("kihon start"), "[ports 1/3] you>")
	second.line("quit")
}

func TestColourOnlyRepeatsWhatTheSignsSay(t *testing.T) {
	for name, c := range map[string]struct {
		variable, flag, tick string
		colour               bool
	}{
		"by itself": {tick: "✔ container", colour: true},
		"NO_COLOR":  {variable: "NO_COLOR=1", tick: "✔ container"},
		"--plain":   {flag: " --plain", tick: "[x] container"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := sit(t, 80, nil, "KIHON_LANG=en", c.variable).in("main")
			p.line("kihon start ports --set web=" + p.web + " --set web_port=" + p.port + c.flag)
			p.line(p.run())
			p.wait(c.tick + " " + p.web + " is running")
			p.line("next")
			p.line("next")
			p.line("answer 1")
			p.line("quit")
			if shown := p.all("-e"); strings.Contains(shown, "\x1b") != c.colour {
				t.Errorf("colour: %v\n%q", !c.colour, shown)
			}
		})
	}
}

// gone waits until of this seat nothing runs but the terminal and its own
// shells.
func (s *seat) gone() {
	s.t.Helper()
	s.until("for the session and its shell to end", func() bool {
		for _, command := range s.processes() {
			if !strings.HasPrefix(command, "tmux ") && !strings.HasPrefix(command, "bash --norc") {
				return false
			}
		}
		return true
	})
}

func TestKilledSessionLosesNothingThatWasShown(t *testing.T) {
	const done = "Reach Apache in your browser - done."
	for name, begin := range map[string]func(p *pane){
		"before the verdict": func(p *pane) {
			p.enter(p.run())
			p.until("for the container", func() bool {
				out, _ := exec.Command("docker", "inspect", "-f", "{{.State.Running}}", p.web).Output()
				return string(out) == "true\n"
			})
		},
		"after the tick": func(p *pane) {
			p.enter(p.run())
			p.wait(done)
		},
		"in the middle of docker run": func(p *pane) {
			p.enter("docker run -it --name " + p.web + " -p " + p.port + ":80 httpd sh")
			p.wait("\n#")
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := sit(t, 80, nil, "KIHON_LANG=en")
			p := s.in("main")
			p.start()
			begin(p)
			if err := syscall.Kill(s.session(), syscall.SIGKILL); err != nil {
				t.Fatal(err)
			}
			p.wait("Killed")
			s.gone()
			// The docker command may have had its last word below the prompt.
			p.keys("Enter")
			p.until("for the shell from which kihon was started", func() bool { return strings.HasSuffix(p.all(), "\nOUTER>\n") })
			p.enter("echo ready; read -r x; echo \"got $x\"; stty -a | grep -o ' icanon'")
			p.wait("\nready\n")
			p.text("what is typed")
			p.wait("\nwhat is typed\n")
			p.keys("Enter")
			p.wait("\nwhat is typed\ngot what is typed\n icanon\nOUTER>\n")

			if strings.Contains(p.all(), done) && s.states()["ports/reach-apache"] != string(checker.Passed) {
				t.Error("what was shown as passed is not in the record")
			}
			if _, code := s.kihon("run", "--", "docker", "ps"); code != exitOK {
				t.Errorf("kihon run after a killed session: exit %d", code)
			}
			expect(t, p.line("kihon start"), "Reach Apache in your browser\n───", "[ports 1/3] you>")
			if !strings.Contains(name, "docker run") {
				p.until("for the pass", func() bool { return s.states()["ports/reach-apache"] == string(checker.Passed) })
			}
			p.line("quit")
			// The next session has tidied up after the one that was killed.
			if left, _ := filepath.Glob(s.dir + "/tmp/*/*"); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

func TestClosingTheWindowEndsTheSession(t *testing.T) {
	t.Parallel()
	s := sit(t, 80, nil, "KIHON_LANG=en")
	s.open("second")
	p := s.in("second")
	p.start()
	p.tells(p.run(), "Reach Apache in your browser - done.")
	if out, err := s.tmux("kill-window", "-t", "second"); err != nil {
		t.Fatal(out)
	}
	s.gone()
	if left, _ := filepath.Glob(s.dir + "/tmp/*/*"); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	expect(t, s.in("main").line("kihon start"), "Reach Apache in your browser - done.")
	s.in("main").line("quit")
}
