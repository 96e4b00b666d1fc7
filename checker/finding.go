package checker

import "time"

// Outcome is what a check came to. The four are never folded together.
type Outcome string

// The outcomes, from best to worst.
const (
	Passed        Outcome = "passed"
	NotYet        Outcome = "not_yet"
	CouldNotCheck Outcome = "could_not_check"
	BadlyWritten  Outcome = "badly_written"
)

// Worse returns the worse of two outcomes: a whole is as good as its worst part.
func Worse(a, b Outcome) Outcome {
	rank := map[Outcome]int{"": -1, Passed: 0, NotYet: 1, CouldNotCheck: 2, BadlyWritten: 3}
	if rank[b] > rank[a] {
		return b
	}
	return a
}

// Finding is one cause why a check has not passed, as data: no field is in a
// natural language. Package words turns it into one.
type Finding struct {
	// Code is stable: "subject.kind", for example "port.reversed".
	Code string
	// Subject, Wanted and Found are spelled as the API spells them and are
	// the same in every language.
	Subject, Wanted, Found string
	// Args fill the placeholders of the message in the catalogue.
	Args map[string]string
	// Commands is the advice as something to type, in order; nil when there is none.
	Commands []string
}

// Evidence is one observed fact behind a pass.
type Evidence struct {
	Fact  string `json:"fact"`
	Value string `json:"value"`
}

// Result is what became of one Check.
type Result struct {
	Check    Check
	OK       bool
	Evidence Evidence
}

// Verdict is the judgement of one exercise at one moment.
type Verdict struct {
	Outcome Outcome
	// Results has one entry for each check, in the order of the exercise;
	// empty when nothing could be gathered.
	Results []Result
	// Findings is empty when Outcome is Passed; the first one is the cause
	// whose cure makes the others vanish.
	Findings []Finding
	// Remarks are observations that do not stand in the way of a pass.
	Remarks  []Finding
	Evidence []Evidence
	Duration time.Duration
	// Pending says that a fact which can become true without an engine event
	// was not true yet, and still could become so.
	Pending bool
}
