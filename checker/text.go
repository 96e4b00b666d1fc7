package checker

import (
	"crypto/sha256"
	"fmt"
	"strings"

	dockerref "github.com/distribution/reference"

	"kihon/checker/clean"
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

// Clean makes one harmless line of a text from a container, a log or the
// engine: nothing in it can steer a terminal, tabs are spaces, and what would
// break the line is left out.
func Clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case '\t':
			return ' '
		case '\n':
			return -1
		}
		return r
	}, clean.Text(s))
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
