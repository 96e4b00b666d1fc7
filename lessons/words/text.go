package words

import (
	"regexp"
	"slices"
	"strings"
)

// alternative is one wording of a text, and when it is right.
//
// The condition is empty, which always holds, or made of parts joined with
// " & ", all of which must hold:
//
//	commands          the finding brings commands
//	no commands       it brings none
//	docker rm         one of its commands is this, or begins with it
//	found=created     the placeholder found stands for "created"
//
// Placeholders in a condition are filled before it is looked at.
type alternative struct{ when, say string }

// text is a text with its alternatives, in the order in which they are tried.
type text []alternative

// plain is a text without alternatives.
func plain(say string) text { return text{{"", say}} }

// or goes on with the alternatives of u where none of t fits.
func (t text) or(u text) text { return slices.Concat(t, u) }

// after puts a sentence before every alternative.
func (t text) after(sentence string) text {
	var out text
	for _, a := range t {
		out = append(out, alternative{a.when, sentence + a.say})
	}
	return out
}

// in returns the first alternative that fits, filled; ok is false when none does.
func (t text) in(values map[string]string, commands []string) (filled string, ok bool) {
	for _, a := range t {
		if !holds(a.when, values, commands) {
			continue
		}
		if filled, ok := fill(a.say, values); ok {
			return filled, true
		}
	}
	return "", false
}

func holds(when string, values map[string]string, commands []string) bool {
	if when == "" {
		return true
	}
	for part := range strings.SplitSeq(when, " & ") {
		part, ok := fill(part, values)
		if !ok || !holdsPart(part, values, commands) {
			return false
		}
	}
	return true
}

func holdsPart(part string, values map[string]string, commands []string) bool {
	switch part {
	case "commands":
		return len(commands) > 0
	case "no commands":
		return len(commands) == 0
	}
	if name, value, is := strings.Cut(part, "="); is {
		return values[name] == value
	}
	return slices.ContainsFunc(commands, func(c string) bool {
		return c == part || strings.HasPrefix(c, part+" ")
	})
}

// placeholder is {name} or {name|one|other}.
var placeholder = regexp.MustCompile(`\{([a-z_]+)(?:\|([^{}|]*)\|([^{}|]*))?\}`)

// fill replaces the placeholders; ok is false when one has nothing to stand
// for. What is put in is not looked at again, so braces in it stay.
func fill(say string, values map[string]string) (filled string, ok bool) {
	ok = true
	filled = placeholder.ReplaceAllStringFunc(say, func(found string) string {
		parts := placeholder.FindStringSubmatch(found)
		value := values[parts[1]]
		switch {
		case value == "":
			ok = false
			return ""
		case !strings.Contains(found, "|"):
			return value
		case value == "1":
			return parts[2]
		default:
			return parts[3]
		}
	})
	return filled, ok
}
