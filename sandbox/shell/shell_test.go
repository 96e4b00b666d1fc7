//go:build unix

package shell_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"kihon/sandbox/shell"
)

func TestFirstPromptShowsWhatTheSessionSays(t *testing.T) {
	r := enter(t, 80, "")
	r.begin(setup{Prefix: "[ports 0/3]"})
	r.waitScreen("[ports 0/3] work>")
	first := r.asked("the first", func(c call) bool { return c.First })
	if first.Typed || first.Command != "" {
		t.Errorf("the first question is %+v, as if something had been typed", first)
	}

	next := "[ports 1/3]"
	r.answer(reply{Prefix: &next, Text: "✓ Apache answers\n"})
	r.line("true")
	r.waitScreen("[ports 0/3] work> true", "✓ Apache answers", "[ports 1/3] work>")
	r.asked("the second", func(c call) bool { return !c.First && c.Typed && c.Command == "true" && c.Status == 0 })
}

func TestPrefixLeavesTheLearnersPromptAsItIs(t *testing.T) {
	r := enter(t, 40, `PS1='\n\[\e[1;32m\]上\[\e[0m\] \W> '`+"\n"+
		`PROMPT_COMMAND='PS1=${PS1/上/下}'`+"\n")
	r.begin(setup{Prefix: "\x1b[36m[基本 0/3]\x1b[0m"})
	// Wide characters, colour and an empty line: only if the width is counted
	// right does the line break where the terminal's does.
	r.text("echo 一二三四五六七八九十")
	r.waitScreen("[基本 0/3] 下 work> echo 一二三四五六七", "八九十")
	r.keys("C-a")
	r.until("for the cursor behind the prompt", func() bool { return r.cursor() == "20,1" })
}

func TestWordsRunUnlessTheLearnerHasTheName(t *testing.T) {
	r := enter(t, 80, "alias hint='echo my alias'\ncheck() { echo my function; }\n")
	r.write("bin/next", "#!/bin/sh\necho my program\n")
	r.begin(setup{Hook: []string{"env", hookPath}, Words: []shell.Word{
		{Name: "hint", Command: "echo ours"},
		{Name: "check", Command: "echo ours"},
		{Name: "next", Command: "echo ours"},
		{Name: "time", Command: "echo ours"},
		{Name: "answer", Command: `printf '<%s>' answer "$@"; echo`},
	}})
	r.line(`hint; check; next; answer 'two words' 日本 "it's"`)
	r.wait("my alias\nmy function\nmy program\n<answer><two words><日本><it's>\n")
	first := r.asked("the first", func(c call) bool { return c.First })
	if want := []string{"hint", "check", "next", "time"}; !slices.Equal(first.Taken, want) {
		t.Errorf("the words left out are %q, want %q", first.Taken, want)
	}
}

func TestExitStatusIsKeptForEverybody(t *testing.T) {
	r := enter(t, 80, `PS1='$? work> '`+"\n"+`PROMPT_COMMAND='echo "mine: $?"'`+"\n")
	r.begin(setup{})
	r.line("sh -c 'exit 42'")
	r.wait("mine: 42\n42 work>\n")
	r.asked("with the status", func(c call) bool { return c.Status == 42 })
	r.line("echo $?")
	r.wait("echo $?\n42\nmine: 0")
}

func TestPromptCommandMayBeAnArray(t *testing.T) {
	r := enter(t, 80, `PROMPT_COMMAND=('echo "one $?"' 'echo "two $?"')`+"\n")
	r.begin(setup{Prefix: "[x]"})
	r.line("(exit 3)")
	r.wait("one 3\ntwo 3\n[x] work>")
}

func TestEmptyLineIsNotACommand(t *testing.T) {
	r := enter(t, 80, "HISTCONTROL=ignoreboth\nPS0='(mine)'\n")
	r.begin(setup{})
	questions := func(n int) []call {
		r.until("for the questions", func() bool { return len(r.calls()) >= n })
		return r.calls()
	}
	r.keys("Enter")
	if c := questions(2)[1]; c.Typed || c.Command != "" {
		t.Errorf("Enter alone is asked as %+v", c)
	}
	r.wait("work>\nwork>\n")
	r.line(" true hidden") // kept out of the history
	if c := questions(3)[2]; !c.Typed || c.Command != "" {
		t.Errorf("a hidden command is asked as %+v", c)
	}
	r.wait("(mine)work>\n")
	r.line(`echo "日本" \`)
	r.wait("\n>\n")
	r.line("and more")
	if c := questions(4)[3]; !c.Typed || c.Command != `echo "日本" and more` {
		t.Errorf("a command on two lines is asked as %+v", c)
	}
	r.wait("and more\nwork>\n")
	r.keys("Enter")
	if c := questions(5)[4]; c.Typed || c.Command != "" {
		t.Errorf("Enter alone is asked as %+v", c)
	}
}

func TestStrictOptionsOfTheLearnerEndNothing(t *testing.T) {
	r := enter(t, 60, "set -o vi\n")
	r.begin(setup{Words: []shell.Word{{Name: "hint", Command: "echo ours"}}})
	r.line("set -euo pipefail; set -C; IFS=,; unset LINES COLUMNS")
	r.wait("COLUMNS\nwork>\n")
	r.keys("Enter")
	r.wait("work>\nwork>\n")
	r.text("hint; if false; then :; fi")
	r.wait("work> hint; if false; then :; fi")
	r.print("✓ one\n", true)
	r.print("✓ two\n", true)
	r.answer(reply{Delay: 4 * time.Second}) // an unanswered question
	r.keys("Enter")
	r.wait("✓ one\n✓ two\nwork> hint; if false; then :; fi\nours\nwork>\n")
}

func TestJobControlWorks(t *testing.T) {
	r := enter(t, 80, "")
	r.begin(setup{})
	r.line("sleep 1000")
	r.until("for sleep to run", func() bool { return r.foreground() == "sleep" })
	r.keys("C-c")
	r.asked("after Ctrl-C", func(c call) bool { return c.Status == 130 })
	r.wait("^C\nwork>\n")

	r.line("cat")
	r.until("for cat to run", func() bool { return r.foreground() == "cat" })
	r.keys("C-z")
	r.wait("Stopped")
	r.asked("after Ctrl-Z", func(c call) bool { return c.Status == 148 })
	r.wait("Stopped                 cat\nwork>\n")
	r.line("jobs")
	r.wait("work> jobs\n[1]+  Stopped                 cat\nwork>\n")
	r.line("fg")
	r.until("for cat to run again", func() bool { return r.foreground() == "cat" })
	r.line("still here")
	r.wait("still here\nstill here")
	r.keys("C-d")
	r.asked("after cat", func(c call) bool { return c.Command == "fg" && c.Status == 0 })
	r.wait("still here\nwork>\n")

	r.text("half a command")
	r.wait("work> half a command")
	r.keys("C-c")
	r.wait("work> half a command^C\nwork>\n")
	r.line("echo whole")
	r.wait("\nwhole\n")
}

func TestHistoryIsTheLearnersOwn(t *testing.T) {
	r := enter(t, 80, "")
	r.write("home/.bash_history", "echo from yesterday\n")
	r.begin(setup{})
	r.keys("Up")
	r.wait("work> echo from yesterday")
	r.keys("Enter")
	r.wait("\nfrom yesterday\n")
	r.line("echo from today")
	r.wait("\nfrom today\nwork>\n")
	r.keys("Up", "Up", "Enter")
	r.wait("\nfrom today\nwork> echo from yesterday\nfrom yesterday\n")
}

func TestEnvironmentLeadsToTheGuardWhateverBashrcSays(t *testing.T) {
	r := enter(t, 100, "export DOCKER_HOST=tcp://other:2375 DOCKER_CONTEXT=other COURSE=theirs MINE=yes\ncd /\n",
		"DOCKER_TLS_VERIFY=1", "DOCKER_TLS=1", "DOCKER_CERT_PATH=/certs", "DOCKER_CONFIG=/config")
	r.begin(setup{Env: []string{"COURSE=docker 'basics'"}})
	r.line("clear; env | grep -E 'DOCKER|COURSE|MINE|KIHON_SESSION' | sort; pwd")
	r.waitScreen(
		"COURSE=docker 'basics'",
		"DOCKER_CONFIG=/config",
		"DOCKER_HOST=unix://"+r.dir+"/guard.sock",
		"KIHON_SESSION="+r.dir+"/s.sock",
		"MINE=yes",
		filepath.Join(r.dir, "work"),
		"work>")
}

func TestShellEndsWithItsExitCode(t *testing.T) {
	for name, ending := range map[string]struct {
		end  func(r *room)
		code string
	}{
		"exit":                  {func(r *room) { r.line("exit 7") }, "7"},
		"ctrl-d":                {func(r *room) { r.line("(exit 3)"); r.waitScreen("work> (exit 3)", "work>"); r.keys("C-d") }, "3"},
		"the word":              {func(r *room) { r.line("(exit 3)"); r.line("quit") }, "0"},
		"the word, with a job":  {func(r *room) { stop(r); r.line("quit"); r.wait("stopped jobs.\nwork>\n"); r.line("quit") }, "0"},
		"killed":                {func(r *room) { r.line("stty -echo; kill -KILL $$") }, "137"},
		"replaced":              {func(r *room) { r.line("exec sh -c 'exit 9'") }, "9"},
		"the end of the caller": {func(r *room) { r.post("/cancel", "") }, "129"},
	} {
		t.Run(name, func(t *testing.T) {
			r := enter(t, 80, "")
			r.begin(setup{Words: []shell.Word{{Name: "quit", Command: shell.Quit}}})
			ending.end(r)
			r.wait("host: exit " + ending.code + ", error ")
			r.wait("OUTER>")
			r.line("echo $((6*7))")
			r.wait("OUTER> echo $((6*7))\n42\n")
			if strings.Contains(r.screen(), "left behind") {
				t.Error("files of the shell are left")
			}
		})
	}
}

func stop(r *room) {
	r.line("cat")
	r.until("for cat to run", func() bool { return r.foreground() == "cat" })
	r.keys("C-z")
	r.wait("Stopped                 cat\nwork>\n")
}

func TestSlowSessionDoesNotHoldThePrompt(t *testing.T) {
	r := enter(t, 80, "")
	r.begin(setup{})
	r.answer(reply{Delay: time.Hour})
	begun := time.Now()
	r.line("echo one")
	r.wait("\none\nwork>")
	if waited := time.Since(begun); waited > 5*time.Second {
		t.Errorf("the prompt came after %v", waited)
	}

	r.line("clear; echo two")
	r.asked("of the second command", func(c call) bool { return c.Command == "clear; echo two" })
	r.until("for the hook to wait", func() bool { return r.foreground() == "kihon-prompt" })
	r.keys("C-z") // must not leave a stopped job
	r.keys("C-c")
	begun = time.Now()
	r.wait("two\n")
	r.wait("work>")
	if waited := time.Since(begun); waited > 2*time.Second {
		t.Errorf("after Ctrl-C the prompt came after %v", waited)
	}
	r.answer(reply{Text: "awake\n"})
	r.line("jobs")
	r.wait("jobs\nawake\nwork>")
}

func TestShellSaysOnceThatTheSessionHasEnded(t *testing.T) {
	r := enter(t, 80, "")
	r.begin(setup{})
	r.post("/close", "")
	r.line("echo one")
	r.wait("one\nthe session has ended\nwork>")
	r.line("echo two")
	r.waitScreen("work> echo one", "one", "the session has ended", "work> echo two", "two", "work>")
}
