package terminal

import (
	"context"
	"errors"
	"io"
	"os"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
)

// plainStreams are streams in plain mode on which answers are typed; what is
// asked can be read from the buffer.
func plainStreams(answers string) (Streams, *strings.Builder) {
	var talk strings.Builder
	return Streams{
		In: strings.NewReader(answers), Out: io.Discard, Err: &talk,
		InTTY: true, Columns: 60, Rows: 24, Plain: true,
	}, &talk
}

func TestPlainSelect(t *testing.T) {
	tests := []struct {
		name, answers string
		def, want     int
		err           error
		asked         string
	}{
		{"a number", "2\n", -1, 1, nil, ""},
		{"a number with spaces and a full stop", " 2. \n", -1, 1, nil, ""},
		{"a full-width number", "２\n", -1, 1, nil, ""},
		{"Enter for the default", "\n", 2, 2, nil, "番号 (1～4、Enter で 3):"},
		{"Enter without a default is asked again", "\n1\n", -1, 0, nil, "1 から 4 までの番号を一つ入れてください。"},
		{"nonsense is asked again", "0\n5\nx\n1,2\n-1\n4\n", -1, 3, nil, "1 から 4 までの番号を一つ入れてください。"},
		{"a last line without its end", "3", -1, 2, nil, ""},
		{"a line break as on Windows", "3\r\n", -1, 2, nil, ""},
		{"nothing at all", "", 0, 0, ErrCancelled, ""},
		{"nonsense and then nothing", "x\n", 0, 0, ErrCancelled, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s, talk := plainStreams(test.answers)
			q, options := menu(JapaneseWords())
			got, err := NewPrompter(s, JapaneseWords()).Select(t.Context(), q, options, test.def)
			if got != test.want || !errors.Is(err, test.err) {
				t.Errorf("got %d, %v, want %d, %v", got, err, test.want, test.err)
			}
			if !strings.Contains(talk.String(), test.asked) {
				t.Errorf("%q is not in\n%s", test.asked, talk)
			}
		})
	}
}

func TestPlainQuestionsReadWellLineByLine(t *testing.T) {
	s, talk := plainStreams("9\n2\n1 3\n\nno\n")
	p := NewPrompter(s, EnglishWords())
	q, options := quiz(EnglishWords())
	ctx := t.Context()
	if i, err := p.Select(ctx, q, options, -1); i != 1 || err != nil {
		t.Errorf("Select: %d, %v", i, err)
	}
	if i, err := p.MultiSelect(ctx, q, options, []int{1}); !reflect.DeepEqual(i, []int{0, 2}) || err != nil {
		t.Errorf("MultiSelect: %v, %v", i, err)
	}
	if name, err := p.Input(ctx, Question{Message: "What is its name?"}, "apa000ex2"); name != "apa000ex2" || err != nil {
		t.Errorf("Input: %q, %v", name, err)
	}
	if yes, err := p.Confirm(ctx, Question{Message: "Remove it?"}, true); yes || err != nil {
		t.Errorf("Confirm: %v, %v", yes, err)
	}
	// What is typed is not in here: a terminal would show it, and break the line.
	want := "" +
		"In `-p 8080:80`, where is port 80?\n" +
		"  1. It is on your computer, where the browser looks for the\n" +
		"     page.\n" +
		"  2. It is in the container, where Apache waits.\n" +
		"  3. It is on Docker Hub.\n" +
		"Number (1 to 3): Please type one of the numbers from 1 to 3.\n" +
		"Number (1 to 3): " +
		"In `-p 8080:80`, where is port 80?\n" +
		"  1. It is on your computer, where the browser looks for the\n" +
		"     page.\n" +
		"  2. It is in the container, where Apache waits.\n" +
		"  3. It is on Docker Hub.\n" +
		"Numbers (1 to 3), with commas between them; Enter for 2: " +
		"What is its name? (Enter for apa000ex2) " +
		"Remove it? (yes or no; Enter for yes) "
	if talk.String() != want {
		t.Errorf("got\n%s\nwant\n%s", talk, want)
	}
}

func TestPlainMultiSelect(t *testing.T) {
	tests := []struct {
		answers string
		def     []int
		want    []int
	}{
		{"1,3\n", nil, []int{0, 2}},
		{"3 1\n", nil, []int{0, 2}},
		{"２、３\n", nil, []int{1, 2}},
		{"2,2, 2\n", nil, []int{1}},
		{"\n", []int{0, 1}, []int{0, 1}},
		{"\n,\n1,9\n1;2\n2\n", nil, []int{1}},
	}
	for _, test := range tests {
		s, talk := plainStreams(test.answers)
		q, options := quiz(JapaneseWords())
		got, err := NewPrompter(s, JapaneseWords()).MultiSelect(t.Context(), q, options, test.def)
		if !reflect.DeepEqual(got, test.want) || err != nil {
			t.Errorf("%q: got %v, %v, want %v\n%s", test.answers, got, err, test.want, talk)
		}
	}
}

func TestPlainConfirm(t *testing.T) {
	tests := []struct {
		answers   string
		def, want bool
	}{
		{"y\n", false, true}, {"YES\n", false, true}, {"はい\n", false, true}, {"はい。\n", false, true}, {"ハイ\n", false, true},
		{"ｙｅｓ\n", false, true}, {"\u3000はい\u3000\n", false, true},
		{"n\n", true, false}, {"No.\n", true, false}, {"いいえ\n", true, false}, {"イイエ\n", true, false},
		{"\n", true, true}, {"\n", false, false},
		{"うん\nyep\nはい\n", false, true},
	}
	for _, test := range tests {
		s, _ := plainStreams(test.answers)
		got, err := NewPrompter(s, JapaneseWords()).Confirm(t.Context(), Question{Message: "消しますか？"}, test.def)
		if got != test.want || err != nil {
			t.Errorf("%q, default %v: got %v, %v", test.answers, test.def, got, err)
		}
	}
}

func TestQuestionsCannotSteerTheTerminal(t *testing.T) {
	s, talk := plainStreams("1\n")
	_, err := NewPrompter(s, EnglishWords()).Select(t.Context(), Question{Message: "a\x1b[2J?"}, []string{"b\x1b]0;t\a", "c\nd"}, -1)
	if err != nil || strings.ContainsAny(talk.String(), "\x1b\a") || !strings.Contains(talk.String(), "2. c d") {
		t.Errorf("%v: %q", err, talk)
	}
}

func TestWithoutATerminalAQuestionNamesTheFlagToUse(t *testing.T) {
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer read.Close()
	defer write.Close()
	p := NewPrompter(Open(read, write, write, environment(), false), EnglishWords())
	q := Question{"Remove it?", "--yes"}
	ctx := t.Context()
	_, selectErr := p.Select(ctx, q, []string{"a"}, 0)
	_, multiErr := p.MultiSelect(ctx, q, []string{"a"}, nil)
	_, inputErr := p.Input(ctx, q, "")
	_, confirmErr := p.Confirm(ctx, q, true)
	for _, err := range []error{selectErr, multiErr, inputErr, confirmErr} {
		var needs *NeedsTerminalError
		if !errors.As(err, &needs) || needs.Flag != "--yes" || !strings.Contains(err.Error(), "--yes") {
			t.Errorf("got %v, want a NeedsTerminalError that names --yes", err)
		}
	}
}

func TestAnAnswerThatWasGivenUpBelongsToTheNextQuestion(t *testing.T) {
	read, write := io.Pipe()
	s, _ := plainStreams("")
	s.In = read
	p := NewPrompter(s, EnglishWords())
	ctx, cancel := context.WithCancel(t.Context())
	result := make(chan error, 1)
	go func() {
		_, err := p.Input(ctx, Question{Message: "one?"}, "")
		result <- err
	}()
	cancel()
	if err := <-result; !errors.Is(err, ErrInterrupted) {
		t.Fatalf("got %v, want ErrInterrupted", err)
	}
	go write.Write([]byte("late\n"))
	if got, err := p.Input(t.Context(), Question{Message: "two?"}, ""); got != "late" || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestABrokenInputIsAnErrorOfItsOwn(t *testing.T) {
	broken := errors.New("the line is dead")
	s, _ := plainStreams("")
	s.In = iotest.ErrReader(broken)
	if _, err := NewPrompter(s, EnglishWords()).Input(t.Context(), Question{Message: "?"}, ""); !errors.Is(err, broken) {
		t.Errorf("got %v, want %v", err, broken)
	}
}
