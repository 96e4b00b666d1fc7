package checker_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"kihon/checker"
)

// Each row is something that a program in a container may write to take the
// learner's terminal over: rename its window, answer in the learner's stead,
// hide or forge lines.
func TestCleanTakesAwayWhatSteersATerminal(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"plain text":                          {"ls: /htdocs: No such file or directory", "ls: /htdocs: No such file or directory"},
		"Japanese":                            {"こんにちは、世界", "こんにちは、世界"},
		"an accent that is a rune of its own": {"e\u0301", "e\u0301"},
		"colour":                              {"\x1b[1;31merror\x1b[0m", "error"},
		"the screen cleared":                  {"\x1b[2J\x1b[Hgone", "gone"},
		"the window's title":                  {"\x1b]0;owned\agone", "gone"},
		"the window's title, ended with ST":   {"\x1b]2;owned\x1b\\gone", "gone"},
		"the clipboard filled":                {"\x1b]52;c;cm0gLXJm\agone", "gone"},
		"a link with another target":          {"\x1b]8;;http://evil.example\x1b\\docs\x1b]8;;\x1b\\", "docs"},
		"a string that is never ended":        {"before\x1b]0;all the rest", "before"},
		"a device control string":             {"\x1bP$q\"p\x1b\\gone", "gone"},
		"a privacy message":                   {"\x1b^secret\x1b\\gone", "gone"},
		"an application command":              {"\x1b_G\x1b\\gone", "gone"},
		"a start of string":                   {"\x1bXtext\x1b\\gone", "gone"},
		"one-byte CSI":                        {"\u009b31mred", "red"},
		"a saved cursor":                      {"\x1b7there\x1b8", "there"},
		"another character set":               {"\x1b(0lqqk\x1b(B", "lqqk"},
		"a sequence cut off":                  {"text\x1b", "text"},
		"a CSI cut off":                       {"text\x1b[31", "text"},
		"a line overwritten":                  {"true\rfalse", "truefalse"},
		"a letter taken back":                 {"no\b\byes", "noyes"},
		"a bell":                              {"ding\a", "ding"},
		"a tab":                               {"a\tb", "a b"},
		"a new line":                          {"one\ntwo", "onetwo"},
		"a nought byte":                       {"a\x00b", "ab"},
		"delete":                              {"a\x7fb", "ab"},
		"nothing":                             {"", ""},
	} {
		t.Run(name, func(t *testing.T) {
			if got := checker.Clean(c.text); got != c.want {
				t.Errorf("Clean(%q) = %q, want %q", c.text, got, c.want)
			}
		})
	}
}

// Text that runs from right to left where nobody expects it can show a line
// that is not the one that is there.
func TestCleanTakesAwayWhatTurnsTheDirection(t *testing.T) {
	for _, mark := range "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069" {
		if got := checker.Clean("a" + string(mark) + "b"); got != "ab" {
			t.Errorf("Clean keeps %U: %q", mark, got)
		}
	}
}

// Of a sequence that is itself broken some letters may stay; nothing that a
// terminal obeys does.
func TestWhatCleanLeavesOfABrokenSequenceIsHarmless(t *testing.T) {
	for _, text := range []string{"\u009d0;owned\u009cgone", "\u0090q\u009cgone", "\x1b[3\x1b[2Jgone", "\x1b\x1b[2Jgone", "\x1b]0;\x1b[2Jgone"} {
		if got := checker.Clean(text); strings.ContainsFunc(got, unicode.IsControl) {
			t.Errorf("Clean(%q) = %q", text, got)
		}
	}
}

func FuzzClean(f *testing.F) {
	for _, seed := range []string{"", "text", "\x1b[31mred\x1b[0m", "\x1b]0;t\a", "\u009b1m", "\xff\xfe", "あ\x1b", "\x1bP\x1b\\"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := checker.Clean(text)
		if i := strings.IndexFunc(got, unicode.IsControl); i >= 0 {
			t.Errorf("Clean(%q) = %q, which has a control character at %d", text, got, i)
		}
		if !utf8.ValidString(got) {
			t.Errorf("Clean(%q) = %q is no UTF-8", text, got)
		}
		if again := checker.Clean(got); again != got {
			t.Errorf("Clean(Clean(%q)) = %q, want %q", text, again, got)
		}
	})
}

func TestReferencesAreTheSameAsDockerReadsThem(t *testing.T) {
	const digest = "@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"httpd", "httpd", true},
		{"httpd", "httpd:latest", true},
		{"httpd", "library/httpd", true},
		{"httpd", "docker.io/httpd", true},
		{"httpd", "docker.io/library/httpd:latest", true},
		{"httpd", "index.docker.io/library/httpd", true},
		{"httpd:2.4", "docker.io/library/httpd:2.4", true},
		{"someone/httpd", "docker.io/someone/httpd:latest", true},
		{"localhost:5000/httpd", "localhost:5000/httpd:latest", true},
		{"httpd" + digest, "docker.io/library/httpd" + digest, true},
		{"httpd", "httpd:2.4", false},
		{"httpd", "someone/httpd", false},
		{"httpd", "localhost:5000/httpd", false},
		{"httpd", "quay.io/library/httpd", false},
		{"httpd", "httpd2", false},
		{"httpd", "httpd" + digest, false},
		{"httpd", "", false},
		{"", "", false},
		{"HTTPD", "HTTPD", false},                // no reference at all
		{"httpd image", "httpd image", false},    // neither
		{"ｈｔｔｐｄ", "httpd", false},                // nor this
		{"sha256:" + digest[8:], "httpd", false}, // an ID says nothing about a name
	} {
		if got := checker.SameReference(c.a, c.b); got != c.same {
			t.Errorf("SameReference(%q, %q) = %v", c.a, c.b, got)
		}
		if got := checker.SameReference(c.b, c.a); got != c.same {
			t.Errorf("SameReference(%q, %q) = %v", c.b, c.a, got)
		}
	}
}

func TestDistanceCountsSlips(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"", "", 0},
		{"web", "web", 0},
		{"", "web", 3},
		{"web", "wbe", 1},  // neighbours swapped
		{"web", "we", 1},   // left out
		{"web", "webb", 1}, // put in
		{"web", "wed", 1},  // replaced
		{"web", "bew", 2},
		{"web", "ebw", 2},
		{"apa000ex2", "apa00ex2", 1},
		{"apa000ex2", "apa000xe3", 2},
		{"apa000ex2", "hello-world", 11},
		{"さくら", "さらく", 1}, // letters, not bytes
		{"さくら", "さくち", 1},
	} {
		if got := checker.Distance(c.a, c.b); got != c.want {
			t.Errorf("Distance(%q, %q) = %d, want %d", c.a, c.b, got, c.want)
		}
		if got := checker.Distance(c.b, c.a); got != c.want {
			t.Errorf("Distance(%q, %q) = %d, want %d", c.b, c.a, got, c.want)
		}
	}
}

func TestTheDigestOfAFileIsItsSHA256(t *testing.T) {
	if got := checker.Digest(nil); got != "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" {
		t.Errorf("the digest of nothing is %s", got)
	}
	if checker.Digest([]byte("a")) == checker.Digest([]byte("b")) {
		t.Error("two files have one digest")
	}
}
