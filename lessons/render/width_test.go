package render

import (
	"strings"
	"testing"
)

const (
	red   = "\x1b[31m"
	reset = "\x1b[0m"
)

func TestStringWidthCountsColumns(t *testing.T) {
	tests := []struct {
		text string
		want int
	}{
		{"", 0},
		{"docker", 6},
		{"コンテナ", 8},
		{"ｺﾝﾃﾅ", 4},
		{"ﾄﾞｯｶｰ", 5},
		{"がぎ", 4}, // with combining marks
		{"か\u3099き\u3099", 4},
		{"…①→─✓", 5},
		{"👍", 2},
		{"「」", 4},
		{red + "赤" + reset, 2},
		{"a" + red + reset, 1},
	}
	for _, test := range tests {
		if got := StringWidth(test.text); got != test.want {
			t.Errorf("StringWidth(%q) = %d, want %d", test.text, got, test.want)
		}
	}
}

func TestTruncateCutsAtCharacters(t *testing.T) {
	tests := []struct {
		text  string
		width int
		want  string
	}{
		{"docker", 6, "docker"},
		{"docker", 5, "dock…"},
		{"コンテナ", 8, "コンテナ"},
		{"コンテナ", 7, "コンテ…"},
		{"コンテナ", 6, "コン…"},
		{"か\u3099き\u3099く\u3099", 5, "か\u3099き\u3099…"},
		{red + "コンテナ" + reset, 5, red + "コン…" + reset},
		{"docker", 1, "…"},
		{"docker", 0, ""},
		{"docker", -3, ""},
	}
	for _, test := range tests {
		got := Truncate(test.text, test.width)
		if got != test.want {
			t.Errorf("Truncate(%q, %d) = %q, want %q", test.text, test.width, got, test.want)
		}
	}
}

func TestPadFillsUpToTheWidth(t *testing.T) {
	for _, text := range []string{"", "id", "名前", red + "名前" + reset, "名前が長すぎる"} {
		got := Pad(text, 8)
		if want := max(8, StringWidth(text)); StringWidth(got) != want || !strings.HasPrefix(got, text) {
			t.Errorf("Pad(%q, 8) = %q, %d columns, want %d", text, got, StringWidth(got), want)
		}
	}
}

func TestWrapIndentsAndKeepsColour(t *testing.T) {
	tests := []struct {
		name, text, first, rest, want string
		width                         int
	}{
		{
			name: "indents count", text: "次に打つもの：一度消してから動かします。", width: 20, first: "→ ", rest: "  ",
			want: "→ 次に打つもの：一度\n  消してから動かしま\n  す。",
		},
		{
			name: "paragraphs begin with the rest's indent", text: "one two\nthree", width: 20, first: "- ", rest: "    ",
			want: "- one two\n    three",
		},
		{
			name: "an empty line has no spaces", text: "a\n\nb", width: 20, first: "  ", rest: "  ",
			want: "  a\n\n  b",
		},
		{
			name: "colour takes no room", text: red + "aaaa" + reset + " " + red + "bbbb" + reset, width: 9,
			want: red + "aaaa" + reset + " " + red + "bbbb" + reset,
		},
		{
			name: "colour stays around its words", text: "aaaa " + red + "bbbb cccc" + reset + " d", width: 9,
			want: "aaaa " + red + "bbbb\ncccc" + reset + " d",
		},
		{name: "nothing is nothing", text: "", width: 20, want: ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := Wrap(test.text, test.width, test.first, test.rest); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
