package terminal

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

func TestKeysComeOneByOne(t *testing.T) {
	tests := []struct{ name, sent, want string }{
		{"letters", "ab", "a|b"},
		{"wide characters", "日本", "日|本"},
		{"arrows", "\x1b[A\x1b[B\x1bOC", "\x1b[A|\x1b[B|\x1b[C"},
		{"Home and End by all their names", "\x1b[H\x1b[1~\x1b[7~\x1b[F\x1b[4~\x1b[8~", "\x1b[H|\x1b[H|\x1b[H|\x1b[F|\x1b[F|\x1b[F"},
		{"Delete", "\x1b[3~", "\x1b[3~"},
		{"the place of the cursor", "\x1b[12;40Rx", "\x1b[12;40R|x"},
		{"function keys", "\x1b[15~\x1bOPa\x1b[[Ab", "a|b"},
		{"arrows with Control", "\x1b[1;5Da", "a"},
		{"a letter with Alt", "\x1bba", "b|a"},
		{"Escape before another key", "\x1b\x1b[Aa", "\x1b[A|a"},
		{"bytes that are no character", "\xff\xfea", "a"},
		{"Enter and control characters", "\r\x03\x04", "\r|\x03|\x04"},
		{"a sequence without an end", "a\x1b[1;", "a"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for name, in := range map[string]io.Reader{
				"at once":      strings.NewReader(test.sent),
				"byte by byte": iotest.OneByteReader(strings.NewReader(test.sent)),
			} {
				keys := &typed{in: in}
				var got []string
				for {
					key, err := keys.key(t.Context())
					if errors.Is(err, io.EOF) {
						break
					}
					if err != nil {
						t.Fatal(err)
					}
					got = append(got, string(key))
				}
				if joined := strings.Join(got, "|"); joined != test.want {
					t.Errorf("%s: got %q, want %q", name, joined, test.want)
				}
			}
		})
	}
}

func FuzzKeysEnd(f *testing.F) {
	f.Add([]byte("\x1b[\x1bO\x1b[[日\xff\x1b[1;5D"))
	f.Fuzz(func(t *testing.T, sent []byte) {
		for len(sent) > 0 {
			key, used := firstKey(sent)
			if used == 0 {
				return
			}
			if used > len(sent) || len(key) > 0 && key[0] == escape && len(key) < 3 {
				t.Fatalf("firstKey(%q) = %q, %d", sent, key, used)
			}
			sent = sent[used:]
		}
	})
}
