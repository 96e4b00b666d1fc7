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
	values := map[string]string{Workspace: "~/kihon"}
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
// exercises.yaml, sorted.
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
	return slices.Sorted(maps.Keys(used))
}

// Replace puts the kept values in place of the defaults, wherever a default
// stands as a whole word.
func (l *Lesson) Replace(text string, values map[string]string) string {
	for _, name := range slices.Sorted(maps.Keys(values)) {
		v, known := l.Variables[name]
		if !known || v.Default == values[name] {
			continue
		}
		text = replaceWord(text, v.Default, values[name])
	}
	return text
}

func replaceWord(text, old, value string) string {
	var b strings.Builder
	for {
		i := strings.Index(text, old)
		if i < 0 {
			b.WriteString(text)
			return b.String()
		}
		before, _ := utf8.DecodeLastRuneInString(text[:i])
		after, _ := utf8.DecodeRuneInString(text[i+len(old):])
		b.WriteString(text[:i])
		if i > 0 && joins(before) || i+len(old) < len(text) && joins(after) {
			b.WriteString(old)
		} else {
			b.WriteString(value)
		}
		text = text[i+len(old):]
	}
}

// joins reports whether a rune beside a value makes it part of a longer word.
// Japanese letters do not: 8080番 is the port 8080.
func joins(r rune) bool {
	return r < utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_')
}

func keys[V any](values map[string]V) string {
	return strings.Join(slices.Sorted(maps.Keys(values)), ", ")
}
