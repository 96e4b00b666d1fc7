package lessons

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// The kinds of variables.
const (
	PortKind      = "port"
	ContainerKind = "container"
	WordKind      = "word"
)

var (
	containerName = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9_.-]+$`)
	plainWord     = regexp.MustCompile(`^[a-z]{3,20}$`)
)

func (v Variable) check() string {
	if !slices.Contains([]string{PortKind, ContainerKind, WordKind}, v.Kind) {
		return fmt.Sprintf("kind must be port, container or word: %q", v.Kind)
	}
	if err := v.Accepts(v.Default); err != nil {
		return "default: " + err.Error()
	}
	return ""
}

// Accepts says why a value cannot be the variable's.
func (v Variable) Accepts(value string) error {
	switch v.Kind {
	case PortKind:
		if n, err := strconv.Atoi(value); err != nil || n < 1 || n > 65535 || strconv.Itoa(n) != value {
			return fmt.Errorf("%q is not a port: a port is a number from 1 to 65535", value)
		}
	case ContainerKind:
		if !containerName.MatchString(value) {
			return fmt.Errorf("%q is not a container name: letters, digits, _ . and -, at least two, the first a letter or digit", value)
		}
	default:
		if !plainWord.MatchString(value) {
			return fmt.Errorf("%q is not a word: 3 to 20 small letters a to z", value)
		}
	}
	return nil
}

// defaults are the values the text shows.
func (l *Lesson) defaults() map[string]string {
	values := map[string]string{Workspace: "~/kihon", Here: ""}
	for name, v := range l.Variables {
		values[name] = v.Default
	}
	return values
}

// Resolve returns the exercise with its variables replaced. Values that are
// missing are the defaults.
func (l *Lesson) Resolve(exercise string, values map[string]string) (Exercise, error) {
	n := l.node(exercise)
	if n == nil {
		return Exercise{}, fmt.Errorf("there is no exercise %q in lesson %s", exercise, l.ID)
	}
	all := l.defaults()
	maps.Copy(all, values)
	var e Exercise
	err := l.doc.decode(n, &e, all)
	return e, err
}

// node is where an exercise stands in exercises.yaml.
func (l *Lesson) node(exercise string) *yaml.Node {
	list := l.doc.at("exercises")
	if list == nil {
		return nil
	}
	for _, n := range list.Content {
		if id := below(n, "id"); id != nil && id.Value == exercise {
			return n
		}
	}
	return nil
}

// Uses returns the names of the variables that an exercise mentions in
// exercises.yaml and in the files that it lays, sorted.
func (l *Lesson) Uses(exercise string) []string {
	used := map[string]bool{}
	var look func(n *yaml.Node)
	look = func(n *yaml.Node) {
		for _, m := range variable.FindAllStringSubmatch(n.Value, -1) {
			if _, own := l.Variables[m[1]]; own {
				used[m[1]] = true
			}
		}
		for _, child := range n.Content {
			look(child)
		}
	}
	if n := l.node(exercise); n != nil {
		look(n)
	}
	if e, known := l.Exercise(exercise); known {
		for _, s := range e.Start {
			if s.File == nil {
				continue
			}
			if text, err := l.File(s.File.From); err == nil {
				look(&yaml.Node{Value: string(text)})
			}
		}
	}
	return slices.Sorted(maps.Keys(used))
}

// Replace puts the kept values in place of the defaults, wherever a default
// stands as a whole word. A longer or shorter value takes its room from the
// next run of spaces, so that what stands in columns stays there.
func (l *Lesson) Replace(text string, values map[string]string) string {
	olds := map[string]string{}
	for name, value := range values {
		if v, known := l.Variables[name]; known && v.Default != value {
			olds[v.Default] = value
		}
	}
	if len(olds) == 0 {
		return text
	}
	lines := strings.SplitAfter(text, "\n")
	for i, line := range lines {
		lines[i] = replaceLine(line, olds)
	}
	return strings.Join(lines, "")
}

func replaceLine(line string, olds map[string]string) string {
	var b strings.Builder
	wider := 0 // how many columns what was written is wider than it was
	before := rune(0)
	for len(line) > 0 {
		if old, value := wordAt(line, before, olds); old != "" {
			b.WriteString(value)
			wider += len(value) - len(old)
			line, before = line[len(old):], rune(old[len(old)-1])
			continue
		}
		if spaces := len(line) - len(strings.TrimLeft(line, " ")); spaces >= 2 {
			kept := max(spaces-wider, 1)
			b.WriteString(strings.Repeat(" ", kept))
			wider -= spaces - kept
			line, before = line[spaces:], ' '
			continue
		}
		r, size := utf8.DecodeRuneInString(line)
		b.WriteRune(r)
		line, before = line[size:], r
	}
	return b.String()
}

// wordAt returns the default that line begins with, as a whole word, and its
// value; the longest, where one begins another.
func wordAt(line string, before rune, olds map[string]string) (old, value string) {
	if joins(before) {
		return "", ""
	}
	for candidate, v := range olds {
		after, _ := utf8.DecodeRuneInString(strings.TrimPrefix(line, candidate))
		if strings.HasPrefix(line, candidate) && !(len(line) > len(candidate) && joins(after)) && len(candidate) > len(old) {
			old, value = candidate, v
		}
	}
	return old, value
}

// joins reports whether a rune beside a value makes it part of a longer word.
// Japanese letters do not: 8080番 is the port 8080.
func joins(r rune) bool {
	return r < utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_')
}

func keys[V any](values map[string]V) string {
	return strings.Join(slices.Sorted(maps.Keys(values)), ", ")
}
