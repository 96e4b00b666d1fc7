package compare

import (
	"slices"
	"sort"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"kihon/checker"
)

// answerHolds compares a typed answer. Full-width digits and letters, which a
// Japanese keyboard gives, mean the same as half-width ones.
func answerHolds(f *checker.AnswerFact, snap *checker.Snapshot) (bool, string) {
	if !snap.Answered {
		return false, ""
	}
	typed := strings.ToLower(strings.TrimSpace(norm.NFKC.String(snap.Answer)))
	if len(f.Choices) > 0 {
		chosen, ok := numbers(typed)
		sort.Ints(chosen)
		right := slices.Clone(f.Choices)
		sort.Ints(right)
		return ok && slices.Equal(slices.Compact(chosen), right), typed
	}
	c := snap.Containers[f.ContainerID]
	if c == nil {
		return false, ""
	}
	return len(typed) >= max(f.MinLength, 1) && strings.HasPrefix(c.ID, typed), typed
}

// numbers reads "2", "1,3" and "1 3".
func numbers(text string) ([]int, bool) {
	var out []int
	fields := strings.FieldsFunc(text, func(r rune) bool {
		return r == ',' || r == '、' || unicode.IsSpace(r)
	})
	for _, field := range fields {
		n, err := strconv.Atoi(strings.Trim(field, ".)"))
		if err != nil {
			return nil, false
		}
		out = append(out, n)
	}
	return out, len(out) > 0
}

func explainAnswer(f *checker.AnswerFact, task checker.Task, snap *checker.Snapshot) checker.Finding {
	found := checker.Finding{Code: checker.AnswerMissing, Subject: "answer", Args: map[string]string{"exercise": task.ID}}
	if f.ContainerID != "" {
		found.Args["container"] = f.ContainerID
	}
	if !snap.Answered {
		return found
	}
	found.Code = checker.AnswerWrong
	found.Found = checker.Clean(snap.Answer)
	found.Args["answer"] = found.Found
	if chosen, ok := numbers(norm.NFKC.String(snap.Answer)); len(f.Choices) > 0 && ok && len(chosen) > 0 {
		// The first wrong choice is explained; of an answer that is only
		// incomplete, its own first.
		found.Args["choice"] = strconv.Itoa(chosen[0])
		for _, n := range chosen {
			if !slices.Contains(f.Choices, n) {
				found.Args["choice"] = strconv.Itoa(n)
				break
			}
		}
	}
	return found
}
