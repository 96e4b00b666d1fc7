package words

import (
	"maps"
	"strings"

	"kihon/checker"
)

// finding is what the catalogue has for one code.
type finding struct{ Message, Next text }

// merged is one catalogue out of several that have no code in common.
func merged(parts ...map[string]finding) map[string]finding {
	all := map[string]finding{}
	for _, part := range parts {
		maps.Copy(all, part)
	}
	return all
}

// longestValue bounds what is quoted from an engine or a program, in
// characters: a sentence has to stay one.
const longestValue = 200

// Finding returns the observed fact and the next step for f. Both are never
// empty, and neither holds a placeholder, whatever arguments f brings. The
// next step introduces f.Commands where there are some.
func (w *Words) Finding(f checker.Finding) (message, next string) {
	values := w.values(f)
	entry := w.findings[f.Code]
	message, ok := entry.Message.in(values, f.Commands)
	if !ok {
		message = w.Say("finding.unknown", "code", f.Code)
	}
	next, ok = entry.Next.in(values, f.Commands)
	if !ok {
		next = w.Say("finding.unknown_next")
	}
	return message, next
}

// values are what the placeholders of f's texts stand for: its arguments, its
// subject, wanted and found, and what follows from them. All of it passes
// through checker.Clean, since it may come from a container.
func (w *Words) values(f checker.Finding) map[string]string {
	values := map[string]string{}
	set := func(name, value string) {
		if values[name] == "" {
			values[name] = short(strings.TrimSpace(checker.Clean(value)))
		}
	}
	for name, value := range f.Args {
		set(name, value)
	}
	set("subject", f.Subject)
	set("wanted", f.Wanted)
	set("found", f.Found)
	// Subjects are spelled "container NAME".
	if kind, name, ok := strings.Cut(f.Subject, " "); ok {
		switch kind {
		case "container", "image":
			set(kind, name)
		case "file":
			set("path", name)
		}
	}
	set("asked_image", values["image"])
	// "80/tcp" is how the API spells a port inside; tcp is what is meant
	// where nothing is said.
	values["found_port"] = strings.TrimSuffix(values["found_port"], "/tcp")
	if step := values["step"]; step != "" {
		set("step_do", w.action(step).do)
		set("step_did", w.action(step).did)
	}
	if f.Code == checker.HistoryWrongOrder && f.Wanted != "" {
		set("steps", w.inOrder(strings.Split(f.Wanted, ", ")))
	}
	return values
}

func short(value string) string {
	if runes := []rune(value); len(runes) > longestValue {
		return string(runes[:longestValue]) + "..."
	}
	return value
}
