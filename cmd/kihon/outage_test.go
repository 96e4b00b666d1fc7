//go:build linux

package main

import (
	"encoding/json"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"kihon/internal/testengine"
)

// report is kihon check of one exercise in another terminal, as programs read it.
func (s *seat) report(id string, more ...string) (reportJSON, int) {
	s.t.Helper()
	out, code := s.kihon(append([]string{"check", id, "--format", "json"}, more...)...)
	var report reportJSON
	if err := json.Unmarshal([]byte(out), &report); err != nil {
		s.t.Fatalf("kihon check %s: exit %d, %v\n%s", id, code, err, out)
	}
	return report, code
}

// couldNot wants that kihon says it could not check, and why.
func (s *seat) couldNot(id, finding string) {
	s.t.Helper()
	r, exit := s.report(id)
	if exit != exitNoEngine || r.Outcome != "could_not_check" || r.Engine != nil || len(r.Exercises) != 1 ||
		r.Exercises[0].Now != "could_not_check" || code(r.Exercises[0]) != finding || len(r.Exercises[0].Evidence) > 0 {
		s.t.Errorf("exit %d, %+v, want %d and %s", exit, r, exitNoEngine, finding)
	}
}

// TestEngineGoesAndComesBack: an engine of the test's own crashes, is started
// again, stops answering, is stopped, while a session runs.
func TestEngineGoesAndComesBack(t *testing.T) {
	t.Parallel()
	e := testengine.New(t, "httpd")
	const id = "ports/reach-apache"

	t.Run("crash", func(t *testing.T) {
		for language, say := range map[string]struct{ task, goesOn, back, done string }{
			"en": {"Reach Apache in your browser", "The session goes on by itself when the engine answers again.", "✔ The engine answers again.", "- done."},
			"ja": {"ブラウザでApacheを見る", "エンジンがまた応答すれば、セッションは自動で続きます。", "✔ エンジンがまた応答しています。", "― できました。"},
		} {
			t.Run(language, func(t *testing.T) {
				p := sit(t, 80, e, "KIHON_LANG="+language).in("main")
				p.start()
				p.text("echo half")
				e.Kill()
				// It is told without a key being pressed, and once.
				p.wait(say.goesOn)
				p.until("for the half line again", func() bool { return strings.HasSuffix(p.all(), "[ports 1/3] you> echo half\n") })
				p.line(" a line")
				p.couldNot(id, "engine.unreachable")
				expect(t, p.line("docker ps; echo status $?"), "status 1")
				expect(t, p.line("kihon check; echo status $?"), "status 3")
				if n := strings.Count(p.all(), say.goesOn); n != 1 {
					t.Errorf("told %d times that the session goes on:\n%s", n, p.all())
				}

				e.Start()
				p.wait(say.back)
				p.tells(p.run(), say.done)
				if r, exit := p.report(id); exit != exitOK || r.Engine == nil {
					t.Errorf("exit %d, engine %v", exit, r.Engine)
				}
				p.line("quit")
				p.golden("outage."+language+".txt", say.task)
			})
		}
	})

	t.Run("no answer", func(t *testing.T) {
		p := sit(t, 80, e, "KIHON_LANG=en").in("main")
		p.start()
		p.tells(p.run(), "- done.")
		e.Pause()
		t.Cleanup(e.Resume)
		// Nothing waits for it for ever.
		codes := map[string]int{
			"check " + id: exitNoEngine, "reset " + id: exitNoEngine,
			"run -- docker ps": exitRunFailed, "sandbox status": exitNoEngine, "sandbox clean": exitNoEngine, "doctor": exitNotYet,
		}
		var asked sync.WaitGroup
		for line, want := range codes {
			asked.Go(func() {
				cmd := p.inside(binary, strings.Fields(line)...)
				began := time.Now()
				hung := time.AfterFunc(patience, func() { _ = cmd.Process.Signal(syscall.SIGKILL) })
				defer hung.Stop()
				out, _ := cmd.CombinedOutput()
				if code, took := exitCode(cmd.ProcessState), time.Since(began); code != want || took > 20*time.Second {
					t.Errorf("kihon %s: exit %d after %v, want %d\n%s", line, code, took, want, out)
				}
			})
		}
		p.couldNot(id, "engine.timeout")
		asked.Wait()
		// The learner can still type.
		began := time.Now()
		expect(t, p.line("echo still here"), "\nstill here\n")
		if took := time.Since(began); took > 10*time.Second {
			t.Errorf("a prompt took %v", took)
		}
		// A command hangs with the engine and can be left.
		before := p.prompts()
		p.enter("docker ps")
		p.wait("you> docker ps\n")
		p.keys("C-c")
		p.read(before)
		e.Resume()
		p.until("for the pass", func() bool { _, exit := p.report(id); return exit == exitOK })
		expect(t, p.line("docker ps"), p.web)
		p.line("quit")
	})

	t.Run("stopped and started", func(t *testing.T) {
		p := sit(t, 80, e, "KIHON_LANG=en").in("main")
		p.start()
		p.tells(p.run(), "- done.")
		p.line("next")
		e.Stop()
		p.wait("The session goes on by itself")
		// Going on needs no engine that answers, and is not lost for want of one.
		p.line("hint")
		e.Start()
		p.wait("✔ The engine answers again.")
		p.line("docker start " + p.web)
		p.line("docker cp index.html " + p.web + ":/usr/local/apache2/htdocs/")
		p.wait("A page of your own - done.")
		p.line("quit")
	})

	t.Run("port taken by a program", func(t *testing.T) {
		l, err := e.Listen("tcp", ":8080")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		p := sit(t, 80, e, "KIHON_LANG=en").in("main")
		shown := p.start()
		expect(t, shown, "browser  ---> 18080 ---> 80", "http://localhost:18080/ shows the start page", "※ Here the port is 18080, not 8080")
		expect(t, p.line(p.run()), "address already in use", "Another program on your computer uses port 8080", "docker run --name apa000ex2 -d -p 18080:80 httpd")
		p.line("docker rm -f " + p.web)
		p.line("docker run --name apa000ex2 -d -p 18080:80 httpd")
		p.wait("✔ http://localhost:18080/ shows the page that came with the image")
		p.line("quit")
		if r, _ := p.report(id); r.Exercises[0].Variables["host_port"].Value == nil && r.Exercises[0].Variables["web_port"].Value != float64(18080) {
			t.Errorf("variables: %v", r.Exercises[0].Variables)
		}
	})
}
