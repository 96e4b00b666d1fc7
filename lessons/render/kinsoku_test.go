package render

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"
)

// The signs a reader would miss at once at the wrong end of a line, written
// down here on their own so that the renderer's list is not its own judge.
const (
	forbiddenFirst = "、。，．！？）」』】〕》・：；ー々ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ…〜"
	forbiddenLast  = "（「『【〔《"
)

func TestRandomTextKeepsKinsokuAndWidth(t *testing.T) {
	for _, width := range []int{80, 60, 40, 24} {
		t.Run(fmt.Sprint(width), func(t *testing.T) {
			random := rand.New(rand.NewPCG(1, uint64(width)))
			var lines, first, last, wide int
			for range 300 {
				source := randomText(random)
				for i, line := range strings.Split(strings.TrimSuffix(Text([]byte(source), Options{Width: width}), "\n"), "\n") {
					lines++
					begin, _ := utf8.DecodeRuneInString(line)
					end, _ := utf8.DecodeLastRuneInString(line)
					if i > 0 && strings.ContainsRune(forbiddenFirst, begin) {
						first++
						t.Errorf("line begins with %q: %s", begin, line)
					}
					if strings.ContainsRune(forbiddenLast, end) {
						last++
						t.Errorf("line ends with %q: %s", end, line)
					}
					if StringWidth(line) > width {
						wide++
						t.Errorf("line of %d columns: %s", StringWidth(line), line)
					}
				}
			}
			t.Logf("%d lines: %d begin wrongly, %d end wrongly, %d are too wide", lines, first, last, wide)
			if lines < 1000 {
				t.Errorf("only %d lines: the text is too short to prove anything", lines)
			}
		})
	}
}

// randomText returns a paragraph as a lesson might have it: Japanese and
// English words in any order, brackets, code, emphasis, breaks in the source.
func randomText(random *rand.Rand) string {
	pick := func(list string) string {
		words := strings.Fields(list)
		return words[random.IntN(len(words))]
	}
	var out strings.Builder
	out.WriteString("始")
	for range 30 + random.IntN(60) {
		word := pick("コンテナ サーバー チェック きょう ちょっと 人々 型 イメージを 動かす まっ ラー ファ しゃ Docker httpd port 8080 --publish-all /usr/local/apache2 apa000ex2 and-so-on")
		switch random.IntN(9) {
		case 0:
			word = pick("「 （ 『 【") + word
			word += strings.NewReplacer("「", "」", "（", "）", "『", "』", "【", "】").Replace(firstOf(word))
		case 1:
			word += pick("。 、 ！ ？ ： … ・ 〜")
		case 2:
			word = "`" + pick("docker ps -p 80:80 。 「 あ") + " " + word + "`"
		case 3:
			word = " **" + word + "** "
		case 4:
			word += pick("」。 ！？ …。 ）、")
		case 5:
			word += " "
		case 6:
			word += "\n"
		}
		out.WriteString(word)
	}
	return out.String()
}

func firstOf(s string) string {
	_, size := utf8.DecodeRuneInString(s)
	return s[:size]
}

func TestLinesBreakWhereTheyShould(t *testing.T) {
	tests := []struct {
		name, text string
		width      int
		want       string
	}{
		{"a full stop takes the character before it along", "ああああああ。いい", 12, "あああああ\nあ。いい"},
		{"an opening bracket goes with what it opens", "あああああ「いい」", 12, "あああああ\n「いい」"},
		{"small kana and the long mark stay with their kana", "ああああああっと", 12, "あああああ\nあっと"},
		{"a space before a closing sign is no place to break", "aaaa aaaaaa 。", 12, "aaaa\naaaaaa 。"},
		{"an English word is not cut", "コンテナapa000ex2", 12, "コンテナ\napa000ex2"},
		{"an option keeps its hyphens", "use the --rm-all", 12, "use the\n--rm-all"},
		{"a path keeps its slashes", "see /usr/local/", 12, "see\n/usr/local/"},
		{"what is between backquotes stays together", "type `docker ps` now", 14, "type\n`docker ps`\nnow"},
		{"a command longer than the line breaks at its spaces", "`docker run --rm -it httpd`", 14, "`docker run\n--rm -it\nhttpd`"},
		{"a word longer than the line breaks anywhere", "abcdefghijklmnop", 12, "abcdefghijkl\nmnop"},
		{"a long path breaks behind a slash", "/usr/local/apache2", 12, "/usr/local/\napache2"},
		{"a URL is never cut", "see http://localhost:8080/index.html now", 14, "see\nhttp://localhost:8080/index.html\nnow"},
		{"a URL takes the full stop behind it along", "http://localhost:8080/。次", 14, "http://localhost:8080/。\n次"},
		{"a number stays with what it counts", "コンテナは1つずつ", 12, "コンテナは\n1つずつ"},
		{"a number that fills the line leaves what it counts", "123456789012番", 12, "123456789012\n番"},
		{"forbidden signs alone break all the same", "。。。。。。。。", 12, "。。。。。。\n。。"},
		{"spaces at a break vanish", "aaaa    bbbbbbbbb", 12, "aaaa\nbbbbbbbbb"},
		{"an ideographic space does not begin a line", "ああああああ　いい", 12, "ああああああ\nいい"},
		{"line breaks stay", "a\n\nb", 12, "a\n\nb"},
		{"half-width voiced marks have their column", "ｶﾞｶﾞｶﾞｶﾞｶﾞｶﾞｶﾞ", 12, "ｶﾞｶﾞｶﾞｶﾞｶﾞｶﾞ\nｶﾞ"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := Wrap(test.text, test.width, "", ""); got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}
