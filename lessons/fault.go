package lessons

import (
	"errors"
	"fmt"
	"strings"
)

// Fault is one thing wrong with a course's files.
type Fault struct {
	// File is the path within the course, Line counts from 1; 0 when the
	// whole file is meant.
	File string
	Line int
	// Message says what is wrong and what is wanted instead, in English: it
	// speaks to the course's author.
	Message string
}

func (f *Fault) Error() string {
	if f.Line == 0 {
		return fmt.Sprintf("%s: %s", f.File, f.Message)
	}
	return fmt.Sprintf("%s:%d: %s", f.File, f.Line, f.Message)
}

// Faults is all that was found wrong.
type Faults []*Fault

func (f Faults) Error() string {
	lines := make([]string, len(f))
	for i, fault := range f {
		lines[i] = fault.Error()
	}
	return strings.Join(lines, "\n")
}

// FaultsOf returns the faults in err; nil when err is of another kind.
func FaultsOf(err error) Faults {
	var many Faults
	if errors.As(err, &many) {
		return many
	}
	var one *Fault
	if errors.As(err, &one) {
		return Faults{one}
	}
	return nil
}

func (f Faults) orNil() error {
	if len(f) == 0 {
		return nil
	}
	return f
}
