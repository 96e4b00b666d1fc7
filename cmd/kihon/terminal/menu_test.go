package terminal

import (
	"strings"
	"testing"
)

func TestSelectInEnglish(t *testing.T) {
	t.Parallel()
	s := newScreen(t, 80, 24, "select")
	s.becomes(`
? What would you like to do?
> 1. Go on where I stopped
  2. Choose a chapter
  3. Check my machine
  4. Quit
  Up and Down to move, Enter to choose`)
	s.press("Down", "Down")
	s.wait("> 3. Check my machine")
	s.press("Up")
	s.wait("> 2. Choose a chapter")
	s.press("Enter")
	s.becomes(`
? What would you like to do?
  2. Choose a chapter
ANSWER 1
EXIT=0`)
}

func TestSelectInJapaneseOnANarrowScreen(t *testing.T) {
	t.Parallel()
	s := newScreen(t, 40, 20, "long", "KIHON_TEST_LANG=ja")
	s.becomes("" +
		"? `-p 8080:80` の 80 は、どこのポートで\n" +
		"  しょうか。\n" +
		"> 1. 自分のコンピューターのポートです。\n" +
		"     ブラウザーは「ここ」を見ます。\n" +
		"  2. コンテナの中のポートです。Apache\n" +
		"     はそこで待っています。\n" +
		"  3. Docker Hub のポートです。\n" +
		"  上下の矢印で移動、Enter で決定")
	// Drawn many times over, the menu leaves nothing behind.
	s.press("Down", "Down", "Up", "Up", "Up", "Up")
	s.wait("> 2.")
	s.press("Enter")
	s.becomes("" +
		"? `-p 8080:80` の 80 は、どこのポートで\n" +
		"  しょうか。\n" +
		"  2. コンテナの中のポートです。Apache\n" +
		"     はそこで待っています。\n" +
		"ANSWER 1\n" +
		"EXIT=0")
}

func TestSelectByTypingANumberOrAWord(t *testing.T) {
	tests := []struct{ name, typed, shown, answer string }{
		{"a number", "3", "> 3. このコンピューターを調べる", "ANSWER 2"},
		{"a full-width number", "２", "> 2. 章を選ぶ", "ANSWER 1"},
		{"a word", "終わ", "> 4. 終わる", "ANSWER 3"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := newScreen(t, 80, 24, "select", "KIHON_TEST_LANG=ja")
			s.wait("Enter で決定")
			s.press(test.typed)
			s.wait(test.shown)
			s.gone("1. 続き")
			s.press("Enter")
			s.wait(test.answer, "EXIT=0")
		})
	}
}

func TestSelectSaysThatNothingMatches(t *testing.T) {
	t.Parallel()
	s := newScreen(t, 80, 24, "select")
	s.wait("Enter to choose")
	s.press("zzz", "Enter", "Down", "Up")
	s.wait("Nothing here has that in it")
	s.press("BSpace", "BSpace", "BSpace")
	s.wait("> 1. Go on", "Enter to choose")
	s.press("Enter")
	s.wait("ANSWER 0")
}

func TestSelectShowsNoMoreThanFits(t *testing.T) {
	t.Parallel()
	s := newScreen(t, 80, 12, "many")
	s.wait("Which one?", "> 21. lesson Ca", "Enter to choose")
	for range 25 {
		s.press("Down")
	}
	s.wait("Which one?", ">  6. lesson Af", "Enter to choose")
	if n := strings.Count(s.text(), "Which one?"); n != 1 {
		t.Errorf("the question is on the screen %d times:\n%s", n, s.text())
	}
	s.press("Enter")
	s.wait("ANSWER 5")
}

func TestMultiSelectInBothLanguages(t *testing.T) {
	t.Parallel()
	s := newScreen(t, 60, 20, "multi")
	s.becomes("" +
		"? In `-p 8080:80`, where is port 80?\n" +
		"> [ ] 1. It is on your computer, where the browser looks\n" +
		"         for the page.\n" +
		"  [ ] 2. It is in the container, where Apache waits.\n" +
		"  [ ] 3. It is on Docker Hub.\n" +
		"  Up and Down to move, Space to mark, Enter when done")
	s.press("Enter")
	s.wait("Please choose at least one.")
	s.press("Down", "Space", "Down", "Space")
	s.wait("  [x] 2.", "> [x] 3.")
	s.press("Enter")
	s.wait("ANSWER [1 2]", "  [x] 2. It is in", "EXIT=0")
	s.gone("1. It is on")

	s = newScreen(t, 40, 24, "multi", "KIHON_TEST_LANG=ja")
	s.wait("> [ ] 1. 自分の", "スペースで印")
	// Letters and numbers narrow nothing down here.
	s.press("9", "x", "Up", "Space", "Up", "Space", "Space", "Enter")
	s.wait("ANSWER [2]")
}

func TestInputTakesJapaneseAndDefaults(t *testing.T) {
	t.Parallel()
	s := newScreen(t, 80, 24, "input", "KIHON_TEST_LANG=ja")
	s.wait("? お名前は？")
	s.press("山田太郎", "Left", "BSpace", "BSpace", "Right", "さん", "Home", "小", "End", "!", "Enter")
	s.wait(`ANSWER 0 "小山郎さん!"`, "(Enter で apa000ex2)")
	s.press("Enter")
	s.wait(`ANSWER 1 "apa000ex2"`, "EXIT=0")
	if got := s.text(); !strings.Contains(got, "? お名前は？ 小山郎さん!\n") || !strings.Contains(got, "? お名前は？ apa000ex2\n") {
		t.Errorf("the answers do not stand behind their questions:\n%s", got)
	}
}

func TestWhatIsTypedAheadAnswersTheNextQuestion(t *testing.T) {
	t.Parallel()
	s := newScreen(t, 80, 24, "input")
	s.press("one", "Enter", "two", "Enter") // before anything is asked
	s.wait(`ANSWER 0 "one"`, `ANSWER 1 "two"`, "EXIT=0")
}

func TestKeysWithoutAMeaningDoNothing(t *testing.T) {
	t.Parallel()
	s := newScreen(t, 80, 24, "input")
	s.wait("? What is your name?")
	s.press("F5", "C-Left", "PageUp", "a", "F1", "M-b", "Enter")
	s.wait(`ANSWER 0 "ab"`)
	s.press("Escape")
	s.press("c", "Enter")
	s.wait(`ANSWER 1 "c"`)
}

func TestConfirmAnswers(t *testing.T) {
	tests := []struct {
		name, lang, first, second string
		want                      []string
	}{
		{"yes and no", "en", "yes", "no", []string{"ANSWER true", "ANSWER false"}},
		{"y and N", "en", "y", "N", []string{"ANSWER true", "ANSWER false"}},
		{"はい and いいえ", "ja", "はい", "いいえ", []string{"ANSWER true", "ANSWER false"}},
		{"full-width letters", "ja", "ｙ", "ｎ", []string{"ANSWER true", "ANSWER false"}},
		{"Enter for the default", "ja", "", "", []string{"ANSWER false", "ANSWER true", "消しますか？ いいえ", "消しますか？ はい"}},
		{"nonsense is asked again", "en", "perhaps", "", []string{"Please answer yes or no."}},
		{"nonsense is asked again in Japanese", "ja", "たぶん", "", []string{"「はい」か「いいえ」で答えてください。"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := newScreen(t, 80, 24, "confirm", "KIHON_TEST_LANG="+test.lang)
			s.wait("apa000ex2")
			s.press(test.first, "Enter")
			s.press(test.second, "Enter")
			s.wait(test.want...)
		})
	}
}

func TestConfirmOnANarrowScreenPutsItsHintBelow(t *testing.T) {
	t.Parallel()
	s := newScreen(t, 40, 20, "confirm", "KIHON_TEST_LANG=ja")
	s.becomes("" +
		"? コンテナ apa000ex2 を消しますか？\n" +
		"  (はい/いいえ、Enter で「いいえ」)")
	s.press("うん", "Enter")
	s.becomes("" +
		"  「はい」か「いいえ」で答えてくださ\n" +
		"  い。\n" +
		"? コンテナ apa000ex2 を消しますか？\n" +
		"  (はい/いいえ、Enter で「いいえ」)")
	s.press("はい", "Enter")
	s.wait("? コンテナ apa000ex2 を消しますか？ はい", "ANSWER true")
}

func TestEveryQuestionCanBeLeft(t *testing.T) {
	for _, program := range []string{"select", "multi", "input", "confirm"} {
		for key, want := range map[string]string{"C-c": "INTERRUPTED", "C-d": "CANCELLED"} {
			for _, plain := range []string{"", "1"} {
				t.Run(program+" "+key+" plain="+plain, func(t *testing.T) {
					t.Parallel()
					s := newScreen(t, 80, 24, program, "KIHON_TEST_PLAIN="+plain)
					s.wait("?")
					s.waitFor("a place to answer", func(screen string) bool {
						return strings.Contains(screen, "Enter to choose") || strings.Contains(screen, "Enter when done") ||
							strings.Contains(screen, "name?") || strings.Contains(screen, "Enter for no)") || strings.Contains(screen, "):") || strings.Contains(screen, "them:")
					})
					s.press(key)
					s.wait(want, "EXIT=0")
					// The terminal is itself again: it has its cursor.
					if got := strings.TrimSpace(s.tmux("display-message", "-p", "#{cursor_flag}")); got != "1" {
						t.Errorf("the cursor is hidden")
					}
				})
			}
		}
	}
}

func TestColoursComeAndGo(t *testing.T) {
	tests := []struct {
		name   string
		env    []string
		colour bool
	}{
		{"on a terminal", nil, true},
		{"with NO_COLOR", []string{"NO_COLOR=1"}, false},
		{"with an empty NO_COLOR", []string{"NO_COLOR="}, true},
		{"with NO_COLOR and CLICOLOR_FORCE", []string{"NO_COLOR=1", "CLICOLOR_FORCE=1"}, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := newScreen(t, 80, 24, "select", test.env...)
			s.wait("Enter to choose") // it is the menu all the same
			s.press("Down")
			s.wait("> 2.")
			if got := strings.Contains(s.colours(), "\x1b["); got != test.colour {
				t.Errorf("colour is %v, want %v:\n%q", got, test.colour, s.colours())
			}
		})
	}
}

func TestADumbTerminalGetsNumberedLines(t *testing.T) {
	t.Parallel()
	s := newScreen(t, 40, 24, "long", "TERM=dumb", "KIHON_TEST_LANG=ja")
	s.becomes("" +
		"`-p 8080:80` の 80 は、どこのポートで\n" +
		"しょうか。\n" +
		"  1. 自分のコンピューターのポートです。\n" +
		"     ブラウザーは「ここ」を見ます。\n" +
		"  2. コンテナの中のポートです。Apache は\n" +
		"     そこで待っています。\n" +
		"  3. Docker Hub のポートです。\n" +
		"番号 (1～3):")
	s.press("七", "Enter")
	s.wait("1 から 3 までの番号を一つ入れてくださ")
	s.press("２", "Enter")
	s.wait("ANSWER 1")
}
