//go:build unix

package shell_test

import (
	"fmt"
	"testing"
)

func TestPrintKeepsTheHalfTypedLine(t *testing.T) {
	const typed = "echo half typed 日本語 abcdefghijklmnopqrstuvwxyz 1234567890 日本語日本語 the quick brown fox"
	wrapped := []string{
		"本 work> echo half typed 日本語 abcdefgh",
		"ijklmnopqrstuvwxyz 1234567890 日本語日本",
		"語 the quick brown fox",
	}
	for name, keys := range map[string][]string{
		"at its end":         nil,
		"at its begin":       {"C-a"},
		"in its second line": {"C-a", "M-f", "M-f", "M-f", "M-f", "M-f", "M-f"},
	} {
		t.Run(name, func(t *testing.T) {
			r := enter(t, 40, "PS1='本 \\W> '\n")
			r.begin(setup{})
			r.text(typed)
			r.waitScreen(wrapped...)
			if keys != nil {
				atEnd := r.cursor()
				r.keys(keys...)
				r.until("for the cursor to move", func() bool { return r.cursor() != atEnd })
			}
			column, row := r.settledCursor()
			r.print("✓ 一つ目\n", true)
			r.print("✓ the second\n  on two lines\n", true)
			r.waitScreen(append([]string{"✓ 一つ目", "✓ the second", "  on two lines"}, wrapped...)...)
			want := fmt.Sprintf("%d,%d", column, row+3)
			r.until("for the cursor at "+want, func() bool { return r.cursor() == want })

			// The line is still the shell's, not only a picture of it.
			r.keys("C-e")
			r.line(" END")
			r.wait("fox END")
			r.asked("the whole line", func(c call) bool { return c.Command == typed+" END" })
		})
	}
}

func TestPrintAtTheBottomOfTheScreen(t *testing.T) {
	r := enter(t, 40, "")
	r.begin(setup{})
	r.line("seq 30")
	r.wait("\n30\nwork>\n")
	r.text("echo 一二三四五六七八九十一二三四五六七八九十")
	r.wait("八九十")
	r.print("✓ one\n✓ two", true)
	r.wait("\n30\n✓ one\n✓ two\nwork> echo 一二三四五六七八九十一二三四\n五六七八九十\n")
	r.until("for the cursor", func() bool { return r.cursor() == "12,23" })
}

func TestPrintStandsAboveAPromptOfSeveralLines(t *testing.T) {
	r := enter(t, 60, `PS1='┌ \[\e[33m\]日本\[\e[0m\] $?\n└ \W> '`+"\n")
	r.begin(setup{Prefix: "[ports 0/3]"})
	r.line("(exit 4)")
	r.wait("[ports 0/3] ┌ 日本 4\n└ work>\n")
	r.text("echo half")
	r.wait("└ work> echo half")
	r.print("✓ done\n", true)
	r.waitScreen(
		"[ports 0/3] ┌ 日本 0", "└ work> (exit 4)",
		"✓ done",
		"[ports 0/3] ┌ 日本 4", "└ work> echo half")

	// In a command of several lines the prompt is another one.
	r.line(` \`)
	r.wait("\n>\n")
	r.text("and more")
	r.wait("> and more")
	r.print("✓ again\n", true)
	r.waitScreen(
		"[ports 0/3] ┌ 日本 0", "└ work> (exit 4)",
		"✓ done",
		"[ports 0/3] ┌ 日本 4", `└ work> echo half \`,
		"✓ again",
		"> and more")
	r.keys("Enter")
	r.wait("\nhalf and more\n[ports 0/3] ┌ 日本 0\n")
}

func TestPrintLeavesASearchOfTheHistoryGoing(t *testing.T) {
	r := enter(t, 60, "set horizontal-scroll-mode off\n")
	r.begin(setup{})
	r.line("echo needle")
	r.wait("\nneedle\nwork>\n")
	r.keys("C-r")
	r.text("need")
	r.wait("(reverse-i-search)`need': echo needle")
	r.print("✓ done\n", true)
	r.waitScreen("work> echo needle", "needle", "✓ done", "(reverse-i-search)`need': echo needle")
	r.keys("Enter")
	r.wait("✓ done\nwork> echo needle\nneedle\nwork>\n")
}

func TestPrintBelowTheLineInPlainMode(t *testing.T) {
	for name, room := range map[string]struct {
		bashrc string
		setup  setup
	}{
		"asked for":         {"", setup{Plain: true}},
		"on such terminals": {"TERM=dumb\n", setup{}},
	} {
		t.Run(name, func(t *testing.T) {
			r := enter(t, 60, room.bashrc)
			r.begin(room.setup)
			r.text("echo half")
			r.wait("work> echo half")
			r.print("done\n", true)
			r.waitScreen("work> echo half", "done", "work> echo half")
			r.line("way")
			r.wait("\nhalfway\nwork>\n")
		})
	}
}

func TestPrintDisturbsNoProgram(t *testing.T) {
	r := enter(t, 60, "")
	// It says when its window changes, and prints what it is given.
	r.write("bin/program", "#!/bin/bash\ntrap 'echo winch' WINCH\necho ready\nwhile read -r -t 600 x; do echo \"got $x\"; done\n")
	r.begin(setup{})
	r.line("program")
	r.wait("program\nready\n")
	r.print("✓ done\n", false)
	r.line("one")
	r.wait("got one")
	r.answer(reply{Text: "✓ done\n"})
	r.keys("C-d")
	r.wait("work>\n")
	r.waitScreen("work> program", "ready", "one", "got one", "✓ done", "work>")

	// A builtin runs in the shell's own process group.
	r.line("echo on; read -r x; echo \"got $x\"")
	r.wait("\non\n")
	r.text("tw")
	r.print("✓ more\n", false)
	r.line("o")
	r.wait("\ntwo\ngot two\nwork>\n")
	r.line("seq 3")
	r.waitScreen("work> program", "ready", "one", "got one", "✓ done",
		`work> echo on; read -r x; echo "got $x"`, "on", "two", "got two", "work> seq 3", "1", "2", "3", "work>")
}

func TestPrintKeepsTheLearnersOwnTrapAndScrolling(t *testing.T) {
	r := enter(t, 40, "trap 'mine=yes' WINCH\nbind 'set horizontal-scroll-mode on'\n")
	r.begin(setup{})
	r.text("echo abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJ")
	r.wait("ABCDEFGHIJ")
	before := r.screen()
	r.print("✓ done\n", true)
	r.waitScreen("✓ done", before)
	r.keys("C-u")
	r.wait("✓ done\nwork>\n")
	r.line(`echo "mine: $mine"`)
	r.wait("\nmine: yes\n")
}

func TestPrintLeavesTheTerminalsSizeAsItIs(t *testing.T) {
	r := enter(t, 60, "")
	r.begin(setup{})
	r.print("✓ done\n", true)
	r.line("stty size; echo $LINES $COLUMNS")
	r.wait("\n24 60\n24 60\nwork>\n")

	// The window becomes narrower while the line is long, then comes a text.
	r.text("echo abcdefghijklmnopqrstuvwxyz")
	r.wait("wxyz")
	r.tmux("resize-window", "-x", "20")
	r.wait("\nwork> echo abcdefghi\njklmnopqrstuvwxyz\n")
	r.print("✓ narrow\n", true)
	r.wait("\n✓ narrow\nwork> echo abcdefghi\njklmnopqrstuvwxyz\n")
	r.keys("C-u")
	r.wait("✓ narrow\nwork>\n")
	r.line("stty size")
	r.wait("\n24 20\n")
}

func TestPrintManyTimesWhileTyping(t *testing.T) {
	r := enter(t, 60, "")
	r.begin(setup{})
	done := make(chan struct{})
	go func() {
		defer close(done)
		for range 60 {
			r.text("ab")
		}
	}()
	for range 10 {
		r.print("✓\n", true)
	}
	<-done
	r.keys("C-a")
	r.line("echo ")
	line := ""
	for range 60 {
		line += "ab"
	}
	r.asked("the whole line", func(c call) bool { return c.Command == "echo "+line })
}
