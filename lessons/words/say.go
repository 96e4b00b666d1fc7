package words

import "fmt"

// Say returns the command's own text that stands under key. args are pairs of
// a placeholder's name and its value: Say("reset.done", "exercise", id). The
// values are put in as they are; whoever passes text that came from a
// container cleans it first (checker.Clean).
//
// That keys and names fit the catalogue is held by a test over the source, so
// a slip cannot reach a learner; should one, an unknown key is returned itself
// and a value that is not given shows as "?".
func (w *Words) Say(key string, args ...any) string {
	say, known := w.ui[key]
	if !known {
		return key
	}
	values := map[string]string{}
	for _, parts := range placeholder.FindAllStringSubmatch(say, -1) {
		values[parts[1]] = "?"
	}
	// An empty value is a value here: the caller decided on it. fill takes
	// an empty one for none, but says only so and leaves no braces.
	for i := 0; i+1 < len(args); i += 2 {
		values[fmt.Sprint(args[i])] = fmt.Sprint(args[i+1])
	}
	filled, _ := fill(say, values)
	return filled
}
