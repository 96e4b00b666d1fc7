// Package words puts what kihon has to say into the learner's language: one
// catalogue for each language, looked up by stable codes and keys.
//
// Three things are said. A finding, which the checker hands over as data,
// becomes a message (the observed fact) and a next step (one thing to do). A
// check becomes the short label of its fact, for a line with a tick. And the
// command's own texts stand under keys.
//
// # Texts
//
// A text has placeholders in braces, filled from the finding's arguments or
// from the pairs given to Say: "Host port {host_port} is taken." A number can
// choose between two forms, for one and for any other number:
//
//	{count} {count|exercise|exercises}
//
// The texts of findings and checks come in alternatives, tried from the first
// to the last. One is taken when its condition holds and each of its
// placeholders has something to stand for. So the sentence with the program's
// last words comes before the one without them, and no sentence is ever
// printed with a gap in it. The conditions are explained at alternative.
//
// # Tone
//
// The message states what was observed, in at most two sentences; the next
// step says one thing to do, in one or two. Nobody is blamed and nothing has
// failed: it is not yet as the exercise asks. Where a finding brings commands,
// the face prints them below the next step, which introduces them and does not
// repeat them; where it brings none, the next step stands alone. English is
// plain ASCII in the second person. Japanese is polite and short, with a
// half-width space between Japanese and code words, and full-width punctuation.
package words

import "kihon/lessons"

// Words speaks one language. It holds nothing that changes, so any number of
// goroutines may use one.
type Words struct {
	language lessons.Language
	findings map[string]finding
	checks   map[string]text
	ui       map[string]string
	actions  map[string]action
	grammar  grammar
}

// For returns the words of a language; English for one that is not known.
func For(l lessons.Language) *Words {
	if l == lessons.Japanese {
		return &Words{language: l, findings: findingsJa, checks: checksJa, ui: uiJa, actions: actionsJa, grammar: grammarJa}
	}
	return &Words{language: lessons.English, findings: findingsEn, checks: checksEn, ui: uiEn, actions: actionsEn, grammar: grammarEn}
}

// Language returns the language that w speaks.
func (w *Words) Language() lessons.Language { return w.language }
