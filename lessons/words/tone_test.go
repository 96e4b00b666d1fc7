package words

import (
	"regexp"
	"strings"
	"testing"

	"kihon/checker"
	"kihon/lessons"
)

// needsCommands reports whether a condition holds only where there are
// commands; only then may a next step point at what stands below it.
func needsCommands(when string) bool {
	for part := range strings.SplitSeq(when, " & ") {
		if part != "" && part != "no commands" && !strings.Contains(part, "=") {
			return true
		}
	}
	return false
}

var pointsBelow = map[lessons.Language]*regexp.Regexp{
	lessons.English:  regexp.MustCompile(`:$|\bbelow\b`),
	lessons.Japanese: regexp.MustCompile(`次の|下の`),
}

func TestANextStepPointsAtCommandsOnlyWhereThereAreSome(t *testing.T) {
	for _, l := range lessons.Languages() {
		for code, entry := range For(l).findings {
			for _, a := range entry.Next {
				if points := pointsBelow[l].MatchString(a.say); points != needsCommands(a.when) {
					t.Errorf("%s: %s with condition %q: points at commands: %v: %q", l, code, a.when, points, a.say)
				}
			}
			for _, a := range entry.Message {
				if pointsBelow[l].MatchString(a.say) {
					t.Errorf("%s: the message of %s points at commands: %q", l, code, a.say)
				}
			}
		}
	}
}

var ends = map[lessons.Language]*regexp.Regexp{
	lessons.English:  regexp.MustCompile(`[.!?;](\s|$)|:$`),
	lessons.Japanese: regexp.MustCompile(`[。！？]`),
}

func TestFindingsAreShort(t *testing.T) {
	for _, l := range lessons.Languages() {
		longest := map[lessons.Language]int{lessons.English: 200, lessons.Japanese: 110}[l]
		for code, entry := range For(l).findings {
			for what, some := range map[string]text{"message": entry.Message, "next": entry.Next} {
				for _, a := range some {
					if n := len(ends[l].FindAllString(a.say, -1)); n > 2 && !strings.Contains(a.say, ";") || n > 3 {
						t.Errorf("%s: the %s of %s has %d sentences: %q", l, what, code, n, a.say)
					}
					if n := len([]rune(a.say)); n > longest {
						t.Errorf("%s: the %s of %s has %d characters: %q", l, what, code, n, a.say)
					}
				}
			}
		}
	}
}

// blame is what nobody is told about their work: it is not yet done (まだ).
var blame = map[lessons.Language]*regexp.Regexp{
	lessons.English:  regexp.MustCompile(`(?i)\b(fail\w*|wrongly|you must|mistake\w*|invalid|illegal|sorry|please|oops|simply|just)\b`),
	lessons.Japanese: regexp.MustCompile(`失敗|エラー|間違|不正`),
}

// untidy is what no text holds. English is ASCII, since other characters have
// different widths in different terminals. In Japanese, a server has no long
// mark, and no half-width punctuation touches a Japanese character.
var untidy = map[lessons.Language]*regexp.Regexp{
	lessons.English:  regexp.MustCompile(`[^\x00-\x7f]|,,| [.,;:!?](\s|$)`),
	lessons.Japanese: regexp.MustCompile(`失敗|サーバー|[、。]{2}|[ぁ-んァ-ヶー一-龠][,.:;!?()]|[,:;!?()][ぁ-んァ-ヶー一-龠]`),
}

func TestTone(t *testing.T) {
	for _, l := range lessons.Languages() {
		every(For(l), func(where, say string) {
			if found := blame[l].FindString(say); found != "" && !strings.HasPrefix(where, "ui ") {
				t.Errorf("%s: %s: %q in %q", l, where, found, say)
			}
			if found := untidy[l].FindString(say); found != "" {
				t.Errorf("%s: %s: %q in %q", l, where, found, say)
			}
		})
	}
}

// A half-width space parts Japanese from code words, and from placeholders
// that stand for some. Punctuation of full width needs none. What the actions
// stand for is Japanese itself.
func TestJapaneseAndCodeAreParted(t *testing.T) {
	const japanese = `[ぁ-んァ-ヶー一-龠]`
	inJapanese := regexp.MustCompile(`\{(step_do|step_did|steps|did)\}`)
	joined := regexp.MustCompile(japanese + `[A-Za-z0-9{$-]|[A-Za-z0-9}]` + japanese)
	torn := regexp.MustCompile(`[、。「」（）：] | [、。「」（）：]|` + japanese + ` ` + japanese)
	every(For(lessons.Japanese), func(where, say string) {
		if strings.HasPrefix(where, "action ") {
			return
		}
		say = inJapanese.ReplaceAllString(say, "す")
		if found := joined.FindString(say); found != "" {
			t.Errorf("%s: no space in %q of %q", where, found, say)
		}
		if found := torn.FindString(say); found != "" {
			t.Errorf("%s: a space too much in %q of %q", where, found, say)
		}
	})
}

func TestJapaneseFindingsArePolite(t *testing.T) {
	polite := regexp.MustCompile(`(です|ます|ません|ました|でした|ください|ましょう)$`)
	for code, entry := range For(lessons.Japanese).findings {
		for _, a := range append(append(text{}, entry.Message...), entry.Next...) {
			sentences := strings.Split(a.say, "。")
			last := sentences[len(sentences)-1]
			if last != "" && !strings.Contains(last, "：{") {
				t.Errorf("%s does not end with a full stop: %q", code, a.say)
			}
			for _, s := range sentences[:len(sentences)-1] {
				s = regexp.MustCompile(`（[^）]*）$`).ReplaceAllString(s, "")
				if !polite.MatchString(s) {
					t.Errorf("%s: %q is not polite", code, s)
				}
			}
		}
	}
}

func TestThePortsTheWrongWayRoundSaysWhichSideIsWhich(t *testing.T) {
	f := checker.Finding{Code: checker.PortReversed, Args: map[string]string{"host_port": "8080", "container_port": "80"}}
	for l, want := range map[lessons.Language][]string{
		lessons.English:  {"HOST:CONTAINER", "left", "your computer", "right", "inside"},
		lessons.Japanese: {"HOST:CONTAINER", "左", "あなたのコンピュータ", "右", "中"},
	} {
		message, _ := For(l).Finding(f)
		for _, word := range want {
			if !strings.Contains(message, word) {
				t.Errorf("%s: %q is not in %q", l, word, message)
			}
		}
	}
}
