package words

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"kihon/lessons"
)

func TestSayFillsPairs(t *testing.T) {
	w := &Words{ui: map[string]string{"a.b": "{n} {n|exercise|exercises} in {lesson}"}}
	for _, c := range []struct {
		args []any
		want string
	}{
		{[]any{"n", 1, "lesson", "ports"}, "1 exercise in ports"},
		{[]any{"lesson", "ports", "n", 3}, "3 exercises in ports"},
		{[]any{"n", 3}, "3 exercises in ?"},
		{[]any{"n", 3, "lesson"}, "3 exercises in ?"},
		{[]any{"n", 3, "lesson", ""}, "3 exercises in "},
		{[]any{"n", 3, "lesson", "{n}"}, "3 exercises in {n}"},
	} {
		if got := w.Say("a.b", c.args...); got != c.want {
			t.Errorf("Say with %v = %q, want %q", c.args, got, c.want)
		}
	}
	if got := w.Say("no.such"); got != "no.such" {
		t.Errorf("an unknown key gives %q", got)
	}
}

func TestBothLanguagesHaveTheSameKeysAndPlaceholders(t *testing.T) {
	for _, fault := range differences(uiEn, uiJa) {
		t.Error(fault)
	}
}

func TestDifferencesAreFound(t *testing.T) {
	got := differences(
		map[string]string{"a": "{x}", "b": "{x} {y}", "c": "c", "d": "d {Wrong}", "e": "{{.Id}} {x|one|many} {x}"},
		map[string]string{"a": "{x}", "b": "{y}", "d": "d", "e": "{x}", "f": "f"},
	)
	want := []string{
		"b: placeholders [x y] in English, [y] in Japanese",
		"c: missing in Japanese",
		`d: a brace that begins no placeholder: "d {Wrong}"`,
		"f: missing in English",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// differences compares two catalogues of the command's texts.
func differences(en, ja map[string]string) []string {
	var faults []string
	for key, say := range en {
		other, there := ja[key]
		if !there {
			faults = append(faults, key+": missing in Japanese")
			continue
		}
		if a, b := names(say), names(other); !slices.Equal(a, b) {
			faults = append(faults, fmt.Sprintf("%s: placeholders %v in English, %v in Japanese", key, a, b))
		}
	}
	for key := range ja {
		if _, there := en[key]; !there {
			faults = append(faults, key+": missing in English")
		}
	}
	for _, catalogue := range []map[string]string{en, ja} {
		for key, say := range catalogue {
			rest := placeholder.ReplaceAllString(say, "")
			if strings.Contains(strings.ReplaceAll(rest, "{{.", ""), "{") {
				faults = append(faults, fmt.Sprintf("%s: a brace that begins no placeholder: %q", key, say))
			}
		}
	}
	slices.Sort(faults)
	return faults
}

func TestSayInEachLanguage(t *testing.T) {
	for _, l := range lessons.Languages() {
		for key := range For(l).ui {
			if got := For(l).Say(key); got == "" || got == key {
				t.Errorf("%s: %s says %q", l, key, got)
			}
		}
	}
}
