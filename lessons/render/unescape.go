package render

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/yuin/goldmark/util"
)

// unescape resolves backslash escapes and character references (CommonMark
// 0.31, sections 2.4 and 2.5) in one pass, so that \&amp; stays &amp;.
func unescape(s string) string {
	if !strings.ContainsAny(s, `\&`) {
		return s
	}
	var out strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s) && util.IsPunct(s[i+1]):
			i++
			out.WriteByte(s[i])
		case s[i] == '&':
			value, length := reference(s[i:])
			out.WriteString(value)
			i += length - 1
		default:
			out.WriteByte(s[i])
		}
	}
	return out.String()
}

// reference resolves the character reference at the beginning of s, which is
// an ampersand, and returns its length in bytes; the ampersand itself when it
// begins none.
func reference(s string) (value string, length int) {
	end := strings.IndexByte(s[:min(len(s), 40)], ';')
	if end < 2 {
		return "&", 1
	}
	name := s[1:end]
	if digits, ok := strings.CutPrefix(name, "#"); ok {
		base := 10
		if hex := strings.TrimLeft(digits, "xX"); len(hex) == len(digits)-1 {
			digits, base = hex, 16
		}
		number, err := strconv.ParseUint(digits, base, 32)
		if err != nil {
			return "&", 1
		}
		r := rune(utf8.RuneError)
		if number != 0 && number <= utf8.MaxRune && utf8.ValidRune(rune(number)) {
			r = rune(number)
		}
		return string(r), end + 1
	}
	if entity, ok := util.LookUpHTML5EntityByName(name); ok {
		return string(entity.Characters), end + 1
	}
	return "&", 1
}
