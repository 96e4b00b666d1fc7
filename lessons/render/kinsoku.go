package render

import (
	"strings"
	"unicode"

	"github.com/rivo/uniseg"
)

// Signs that may not begin or end a line, after JIS X 4051 (Formatting rules
// for Japanese documents), strict setting. The Unicode algorithm (UAX #14)
// forbids most of these breaks, but not after a space and not for all signs.
const (
	neverFirst = "、。，．・：；？！‼⁇⁈⁉゛゜´｀¨ヽヾゝゞ々〻ー―‐–〜～゠…‥’”）〕］｝〉》」』】〙〗｠»" +
		"ぁぃぅぇぉっゃゅょゎゕゖァィゥェォッャュョヮヵヶㇰㇱㇲㇳㇴㇵㇶㇷㇸㇹㇺㇻㇼㇽㇾㇿ" +
		"｡､｣･ｰｧｨｩｪｫｬｭｮｯﾞﾟ％‰℃"
	neverLast = "‘“（〔［｛〈《「『【〘〖｟«｢￥＄＃＠"
)

func mayBegin(r rune) bool { return !strings.ContainsRune(neverFirst, r) }

func mayEnd(r rune) bool { return !strings.ContainsRune(neverLast, r) }

// isWide reports whether r takes two columns.
func isWide(r rune) bool { return uniseg.StringWidth(string(r)) == 2 }

// joinsWithoutSpace reports whether r belongs to a script that is written
// without spaces between words, so that a line break in the source means
// nothing beside it. Korean is wide, too, but has spaces.
func joinsWithoutSpace(r rune) bool { return isWide(r) && !unicode.Is(unicode.Hangul, r) }

// breakVanishes reports whether a line break of the source between last and
// next stands for nothing: between two characters of such a script, and beside
// full-width punctuation, which brings its own gap. Elsewhere it is a space.
func breakVanishes(last, next rune) bool {
	const punctuation = "、。，．・：；？！（）［］｛｝〈〉《》「」『』【】〔〕"
	return joinsWithoutSpace(last) && joinsWithoutSpace(next) ||
		strings.ContainsRune(punctuation, last) || strings.ContainsRune(punctuation, next)
}

// isWordRune reports whether r is of the kind that names, commands, paths and
// addresses are made of.
func isWordRune(r rune) bool { return r > ' ' && r < 0x7f }

// isCounted reports whether last is the end of a number and next what it
// counts: 80番 and 1つ are read in one.
func isCounted(last, next rune) bool {
	return (last >= '0' && last <= '9' || last >= '０' && last <= '９') && joinsWithoutSpace(next)
}

// beginsWord reports whether s, which follows a space, goes on with a word
// that may begin a line. UAX #14 (LB13) glues /usr, ./run.sh and :latest to
// the word before them as if they were the end of a sentence.
func beginsWord(s string) bool {
	if s == "" || !isWordRune(rune(s[0])) || strings.IndexByte(")]}", s[0]) >= 0 {
		return false
	}
	alone := len(s) == 1 || !isWordRune(rune(s[1]))
	return !alone || strings.IndexByte(",.;:!?", s[0]) < 0
}
