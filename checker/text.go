package checker

import (
	"crypto/sha256"
	"fmt"
	"strings"

	dockerref "github.com/distribution/reference"
)

// SameReference reports whether two image references mean the same name, as
// Docker reads them: httpd, httpd:latest and docker.io/library/httpd:latest.
func SameReference(a, b string) bool {
	na, nb := normal(a), normal(b)
	return na != "" && na == nb
}

func normal(ref string) string {
	named, err := dockerref.ParseDockerRef(ref)
	if err != nil {
		return ""
	}
	return named.String()
}

// Clean takes out of a text what could steer a terminal: control characters
// and escape sequences. Text from containers goes through it before anything
// else sees it.
func Clean(s string) string {
	var b strings.Builder
	runes := []rune(s)
	for i := 0; i < len(runes); i++ {
		r := runes[i]
		switch {
		case r == 0x1b:
			i = skipEscape(runes, i)
		case r == 0x9b:
			i = skipCSI(runes, i)
		case r == '\t':
			b.WriteByte(' ')
		case r < 0x20 || r == 0x7f || r >= 0x80 && r < 0xa0:
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// skipEscape returns the index of the last rune of the sequence that begins at i.
func skipEscape(runes []rune, i int) int {
	if i+1 >= len(runes) {
		return i
	}
	switch runes[i+1] {
	case '[':
		return skipCSI(runes, i+1)
	case ']', 'P', 'X', '^', '_': // strings, ended by BEL or ESC \
		for j := i + 2; j < len(runes); j++ {
			if runes[j] == 0x07 {
				return j
			}
			if runes[j] == 0x1b && j+1 < len(runes) && runes[j+1] == '\\' {
				return j + 1
			}
		}
		return len(runes) - 1
	default:
		return i + 1
	}
}

func skipCSI(runes []rune, i int) int {
	for j := i + 1; j < len(runes); j++ {
		if runes[j] >= 0x40 && runes[j] <= 0x7e {
			return j
		}
	}
	return len(runes) - 1
}

// Distance counts the slips between two words (optimal string alignment):
// letters put in, left out, replaced, and neighbours swapped.
func Distance(x, y string) int {
	a, b := []rune(x), []rune(y)
	d := make([][]int, len(a)+1)
	for i := range d {
		d[i] = make([]int, len(b)+1)
		d[i][0] = i
	}
	for j := range d[0] {
		d[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			d[i][j] = min(d[i-1][j]+1, d[i][j-1]+1, d[i-1][j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d[i][j] = min(d[i][j], d[i-2][j-2]+1)
			}
		}
	}
	return d[len(a)][len(b)]
}

// Digest is the SHA-256 of a file's content, in hex.
func Digest(content []byte) string { return fmt.Sprintf("%x", sha256.Sum256(content)) }
