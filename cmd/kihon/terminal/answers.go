package terminal

import (
	"slices"
	"strconv"
	"strings"
)

// narrow makes half-width what a Japanese input method leaves full-width:
// １ ， ｙ and the ideographic space and comma. It also takes away the spaces
// around and makes letters small.
func narrow(s string) string {
	return strings.ToLower(strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case r >= '！' && r <= '～':
			return r - '！' + '!'
		case r == '\u3000':
			return ' '
		case r == '、':
			return ','
		}
		return r
	}, s)))
}

// parseNumber reads the number of one of count options and returns its index.
func parseNumber(answer string, count int) (int, bool) {
	n, err := strconv.Atoi(strings.TrimSuffix(narrow(answer), "."))
	return n - 1, err == nil && n >= 1 && n <= count
}

// parseNumbers reads numbers of options with commas or spaces between them,
// and returns their indexes in order, each once.
func parseNumbers(answer string, count int) ([]int, bool) {
	var indexes []int
	for _, field := range strings.FieldsFunc(narrow(answer), func(r rune) bool { return r == ',' || r == ' ' }) {
		i, ok := parseNumber(field, count)
		if !ok {
			return nil, false
		}
		indexes = append(indexes, i)
	}
	slices.Sort(indexes)
	return slices.Compact(indexes), len(indexes) > 0
}

// parseConfirm reads the answer to a yes-or-no question.
func (w Words) parseConfirm(answer string, def bool) (yes, ok bool) {
	answer = strings.TrimRight(narrow(answer), ".。!")
	switch {
	case answer == "":
		return def, true
	case answer == "y", answer == "yes", slices.Contains(w.YesForms, answer):
		return true, true
	case answer == "n", answer == "no", slices.Contains(w.NoForms, answer):
		return false, true
	}
	return false, false
}

func (w Words) yesNo(yes bool) string {
	if yes {
		return w.Yes
	}
	return w.No
}

// numbers writes indexes as they are typed.
func numbers(indexes []int) string {
	var out []string
	for _, i := range indexes {
		out = append(out, strconv.Itoa(i+1))
	}
	return strings.Join(out, ",")
}
