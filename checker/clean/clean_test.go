package clean

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// A lesson by a stranger, or a container's log, may try to change the title of
// the window, clear the screen, hide lines, answer questions for the user, or
// make one command look like another.
func TestStripDisarmsAttacks(t *testing.T) {
	tests := []struct {
		name, text, want string
	}{
		{"harmless text is untouched", "docker run\n\tコンテナ 👍 é", "docker run\n\tコンテナ 👍 é"},
		{"colour", "\x1b[1;31mred\x1b[0m", "red"},
		{"clearing the screen", "a\x1b[2J\x1b[Hb", "ab"},
		{"a private mode", "\x1b[?1049hx\x1b[?25l", "x"},
		{"asking for the cursor's place", "\x1b[6n", ""},
		{"the title, ended by BEL", "\x1b]0;title\atext", "text"},
		{"the title, ended by ST", "\x1b]0;title\x1b\\text", "text"},
		{"the clipboard", "\x1b]52;c;cm0gLXJmIC8=\atext", "text"},
		{"a link that says something else", "\x1b]8;;http://evil.example/\x1b\\docs\x1b]8;;\x1b\\", "docs"},
		{"an OSC without an end hides no other line", "a\x1b]0;title\nb", "a\nb"},
		{"a CSI without an end", "a\x1b[31", "a"},
		{"a CSI cut by a line feed", "a\x1b[31\nb", "a\nb"},
		{"DCS, SOS, PM, APC", "\x1bPq#0\x1b\\a\x1bXsos\x1b\\b\x1b^pm\x1b\\c\x1b_apc\x1b\\d", "abcd"},
		{"reset to initial state", "\x1bcx", "x"},
		{"a character set", "\x1b(0x", "x"},
		{"ESC at the end", "x\x1b", "x"},
		{"ESC before a wide character", "\x1b漢", "漢"},
		{"eight-bit CSI", "a\u009b31mb", "ab"},
		{"eight-bit OSC", "a\u009d0;title\u009cb", "ab"},
		{"other C1 characters", "a\u0085b\u0084c", "abc"},
		{"raw bytes that are C1 in old encodings", "a\x9b31mb", "a\ufffd31mb"},
		{"a carriage return that overwrites", "rm -rf /\rdocker ps", "rm -rf /docker ps"},
		{"a line break as on Windows", "a\r\nb", "a\nb"},
		{"backspaces that overwrite", "evil\b\b\b\bgood", "evilgood"},
		{"bell, DEL, NUL, vertical tab, form feed", "a\a\x7f\x00\v\fb", "ab"},
		{"text turned round", "docker \u202esp mr\u202c ps \u2066x\u2069", "docker sp mr ps x"},
		{"Unicode line separators", "a\u2028b\u2029c", "a\nb\nc"},
		{"a sequence made by taking another out", "\x1b\x1b[31m[2J", "[2J"},
		{"a sequence inside a sequence", "\x1b[\x1b[31m2J", "2J"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := Text(test.text); got != test.want {
				t.Errorf("Text(%q) = %q, want %q", test.text, got, test.want)
			}
		})
	}
}

// controls returns the first character of s that could steer a terminal.
func controls(s string) string {
	for _, r := range s {
		if r != '\n' && isUnprintable(r) {
			return string(r)
		}
	}
	return ""
}

func FuzzStrip(f *testing.F) {
	f.Add("a\x1b[31mb\u009b0m\x1b]0;x\a\x9b")
	f.Fuzz(func(t *testing.T, s string) {
		got := Text(s)
		if bad := controls(strings.ReplaceAll(got, "\t", "")); bad != "" {
			t.Errorf("Text(%q) = %q holds %q", s, got, bad)
		}
		if !utf8.ValidString(got) {
			t.Errorf("Text(%q) = %q is not UTF-8", s, got)
		}
		if again := Text(got); again != got {
			t.Errorf("Text(%q) = %q, and then %q", s, got, again)
		}
	})
}
