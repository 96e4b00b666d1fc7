package checker

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Problem says what is wrong with how the check is written, in English, for
// the author of the course; "" when it is well written. Variables must have
// been replaced.
func (c Check) Problem() string {
	set := 0
	for _, is := range []bool{c.Container != nil, c.Port != nil, c.Image != nil, c.HTTP != nil, c.File != nil, c.History != nil, c.Answer != nil} {
		if is {
			set++
		}
	}
	if set != 1 {
		return fmt.Sprintf("a check names exactly one fact (container, port, image, http, file, history, answer); this one has %d", set)
	}
	switch {
	case c.Container != nil:
		return c.Container.problem()
	case c.Port != nil:
		return c.Port.problem()
	case c.Image != nil:
		return c.Image.problem()
	case c.HTTP != nil:
		return c.HTTP.problem()
	case c.File != nil:
		return c.File.problem()
	case c.History != nil:
		return c.History.problem()
	default:
		return c.Answer.problem()
	}
}

func need(fact string, pairs ...string) string {
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] == "" {
			return fmt.Sprintf("%s: %s is missing", fact, pairs[i])
		}
	}
	return ""
}

func oneOf(what, value string, allowed ...string) string {
	if value == "" || slices.Contains(allowed, value) {
		return ""
	}
	return fmt.Sprintf("%s must be one of %s: %q", what, strings.Join(allowed, ", "), value)
}

func first(messages ...string) string {
	for _, m := range messages {
		if m != "" {
			return m
		}
	}
	return ""
}

func (f *ContainerFact) problem() string {
	return first(
		need("container", "name", f.Name),
		containerName(f.Name),
		oneOf("container: state", f.State, "running", "exited", "created", "paused", "exists", "absent"),
		oneOf("container: by", f.By, "learner", "any"),
		badReference("container: image", f.Image),
	)
}

func (f *PortFact) problem() string {
	for _, n := range []int{f.Host, f.Inside} {
		if n < 1 || n > 65535 {
			return fmt.Sprintf("port: host and inside must be ports from 1 to 65535: %d", n)
		}
	}
	return first(need("port", "container", f.Container), oneOf("port: protocol", f.Protocol, "tcp", "udp"))
}

func (f *ImageFact) problem() string {
	return first(
		need("image", "reference", f.Reference),
		badReference("image: reference", f.Reference),
		oneOf("image: state", f.State, "present", "absent"),
	)
}

func (f *HTTPFact) problem() string {
	u, err := url.Parse(f.URL)
	if err != nil || u.Scheme != "http" || !slices.Contains([]string{"localhost", "127.0.0.1", "::1"}, u.Hostname()) || u.User != nil {
		return fmt.Sprintf("http: url must begin with http://localhost, since a check reaches only the learner's own computer: %q", f.URL)
	}
	if n, err := strconv.Atoi(u.Port()); u.Port() != "" && (err != nil || n < 1 || n > 65535) {
		return fmt.Sprintf("http: the port of url must be from 1 to 65535: %s", u.Port())
	}
	if f.Status != 0 && (f.Status < 100 || f.Status > 599) {
		return fmt.Sprintf("http: status must be from 100 to 599: %d", f.Status)
	}
	if f.FromImage && f.SameAs == "" {
		return "http: from_image needs same_as"
	}
	return need("http", "container", f.Container)
}

func (f *FileFact) problem() string {
	if f.Path != "" && !strings.HasPrefix(f.Path, "/") {
		return fmt.Sprintf("file: path must begin with /: %q", f.Path)
	}
	if f.Absent && f.Contains != "" {
		return "file: a file that is absent contains nothing"
	}
	return need("file", "container", f.Container, "path", f.Path)
}

func (f *HistoryFact) problem() string {
	for _, step := range f.Steps {
		if slices.Contains(strings.Split(step, "|"), "") {
			return "history: steps must name at least one action"
		}
	}
	if len(f.Steps) == 0 {
		return "history: steps must name at least one action"
	}
	return need("history", "container", f.Container)
}

// names are the container names that the engine takes
// (moby daemon/names, RestrictedNamePattern).
var names = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9_.-]+$`)

func containerName(name string) string {
	if name != "" && !names.MatchString(name) {
		return fmt.Sprintf("container: name must be letters, digits, _ . and -, at least two, the first a letter or digit: %q", name)
	}
	return ""
}

func (f *AnswerFact) problem() string {
	switch {
	case (len(f.Choices) > 0) == (f.ContainerID != ""):
		return "answer: give either choices or container_id"
	case len(f.Choices) > 0 && f.Of < 2:
		return "answer: of says how many choices there are, at least 2"
	}
	if f.MinLength < 0 || f.MinLength > 64 {
		return fmt.Sprintf("answer: min_length must be from 0 to 64, the length of an ID: %d", f.MinLength)
	}
	for i, n := range f.Choices {
		if slices.Contains(f.Choices[:i], n) {
			return fmt.Sprintf("answer: choice %d is named twice", n)
		}
		if n < 1 || n > f.Of {
			return fmt.Sprintf("answer: choice %d is not between 1 and %d", n, f.Of)
		}
	}
	return ""
}

func badReference(what, ref string) string {
	if ref != "" && normal(ref) == "" {
		return fmt.Sprintf("%s is not an image reference: %q", what, ref)
	}
	return ""
}
