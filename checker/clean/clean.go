// Package clean takes out of text what could steer a terminal or disguise what it
// shows.
package clean

import (
	"strings"
	"unicode/utf8"
)

// Text takes out of s everything that could steer a terminal or disguise
// what it shows, so that text from a course or a container can be printed:
//
//   - control sequences (ECMA-48 CSI, OSC, DCS, SOS, PM, APC and two-character
//     escapes), with their parameters; one that is not ended is cut at the end
//     of its line,
//   - all other C0 and C1 control characters and DEL, except line feed and tab,
//   - the marks that turn the direction of text round, and the interlinear
//     ones, which make a command read other than it is.
//
// The Unicode line and paragraph separators become line feeds, bytes that are
// not UTF-8 become U+FFFD. Text(Text(s)) is Text(s).
func Text(s string) string {
	if isClean(s) {
		return s
	}
	var out strings.Builder
	out.Grow(len(s))
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == '\x1b':
			i += escapeLength(s[i:])
			continue
		case r == '\u009b':
			i += size + csiLength(s[i+size:])
			continue
		case isStringOpener(r):
			i += size + stringLength(s[i+size:])
			continue
		case r == utf8.RuneError, r == '\n', r == '\t', !isUnprintable(r):
			out.WriteRune(r)
		case r == '\u2028', r == '\u2029':
			out.WriteByte('\n')
		}
		i += size
	}
	return out.String()
}

func isClean(s string) bool {
	for _, r := range s {
		// A range over a string yields RuneError for a bad byte as for a real
		// U+FFFD; the slow way sorts them out.
		if r == utf8.RuneError || r != '\n' && r != '\t' && isUnprintable(r) {
			return false
		}
	}
	return true
}

func isUnprintable(r rune) bool {
	switch {
	case r < 0x20, r >= 0x7f && r <= 0x9f: // C0, DEL, C1
		return true
	case r == '\u2028', r == '\u2029': // line and paragraph separator
		return true
	case r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069': // direction
		return true
	case r >= '\ufff9' && r <= '\ufffb': // interlinear annotation
		return true
	}
	return false
}

// isStringOpener reports whether r is a C1 character that opens a control
// string: DCS, SOS, OSC, PM or APC.
func isStringOpener(r rune) bool {
	return r == '\u0090' || r == '\u0098' || r == '\u009d' || r == '\u009e' || r == '\u009f'
}

// escapeLength returns the length in bytes of the escape sequence at the
// beginning of s, which is an ESC.
func escapeLength(s string) int {
	if len(s) < 2 {
		return 1
	}
	switch s[1] {
	case '[':
		return 2 + csiLength(s[2:])
	case ']', 'P', 'X', '^', '_':
		return 2 + stringLength(s[2:])
	}
	i := 1
	for i < len(s) && s[i] >= 0x20 && s[i] <= 0x2f {
		i++
	}
	if i < len(s) && s[i] >= 0x30 && s[i] <= 0x7e {
		return i + 1
	}
	return i
}

// csiLength returns how many bytes of s, which follows a control sequence
// introducer, belong to the sequence.
func csiLength(s string) int {
	i := 0
	for i < len(s) && s[i] >= 0x20 && s[i] <= 0x3f {
		i++
	}
	if i < len(s) && s[i] >= 0x40 && s[i] <= 0x7e {
		return i + 1
	}
	return i
}

// stringLength returns how many bytes of s, which follows the opener of a
// control string, belong to it: up to BEL, ST, or the end of the line.
func stringLength(s string) int {
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\a':
			return i + 1
		case s[i] == '\n':
			return i
		case s[i] == '\x1b' && i+1 < len(s) && s[i+1] == '\\':
			return i + 2
		case strings.HasPrefix(s[i:], "\u009c"):
			return i + len("\u009c")
		}
	}
	return len(s)
}
