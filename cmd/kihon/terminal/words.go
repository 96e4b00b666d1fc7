package terminal

// Words are the texts that questions need besides their own. In those with a
// verb for fmt the comment says what it stands for.
type Words struct {
	// SelectHint and MultiSelectHint stand below a menu and say which keys do
	// what; NoMatch stands there when what was typed is in no option.
	SelectHint, MultiSelectHint, NoMatch string

	// In plain mode, what stands before the place to answer. %d is the number
	// of options; the ones with Default name (%s) what an empty line means.
	Number, NumberDefault   string
	Numbers, NumbersDefault string
	// WrongNumber and WrongNumbers ask again; %d is the number of options.
	WrongNumber, WrongNumbers string
	// NothingChosen asks again when no option is marked.
	NothingChosen string

	// Yes and No are what an answer is shown as. YesForms and NoForms are
	// what may be typed for them, in lower case, besides y, yes, n and no.
	Yes, No           string
	YesForms, NoForms []string
	// YesDefault and NoDefault stand behind a question and say how it may be
	// answered; the one means yes when the line is empty, the other no.
	YesDefault, NoDefault string
	// WrongConfirm asks again.
	WrongConfirm string

	// Default stands behind a question for a text; %s is what an empty line
	// means.
	Default string

	// PagerHint stands below a page of a long text and says what Space, Enter
	// and q do.
	PagerHint string
}

// EnglishWords returns the texts in English.
func EnglishWords() Words {
	return Words{
		SelectHint:      "Up and Down to move, Enter to choose",
		MultiSelectHint: "Up and Down to move, Space to mark, Enter when done",
		NoMatch:         "Nothing here has that in it. Delete a character.",
		Number:          "Number (1 to %d):",
		NumberDefault:   "Number (1 to %d; Enter for %s):",
		Numbers:         "Numbers (1 to %d), with commas between them:",
		NumbersDefault:  "Numbers (1 to %d), with commas between them; Enter for %s:",
		WrongNumber:     "Please type one of the numbers from 1 to %d.",
		WrongNumbers:    "Please type numbers from 1 to %d, with commas between them, such as 1,2.",
		NothingChosen:   "Please choose at least one.",
		Yes:             "yes",
		No:              "no",
		YesDefault:      "(yes or no; Enter for yes)",
		NoDefault:       "(yes or no; Enter for no)",
		WrongConfirm:    "Please answer yes or no.",
		Default:         "(Enter for %s)",
		PagerHint:       "Space: next page   Enter: next line   q: stop",
	}
}

// JapaneseWords returns the texts in Japanese.
func JapaneseWords() Words {
	return Words{
		SelectHint:      "上下の矢印で移動、Enter で決定",
		MultiSelectHint: "上下の矢印で移動、スペースで印、Enter で決定",
		NoMatch:         "当てはまるものがありません。文字を消してください。",
		Number:          "番号 (1～%d):",
		NumberDefault:   "番号 (1～%d、Enter で %s):",
		Numbers:         "番号 (1～%d、複数のときはコンマで区切る):",
		NumbersDefault:  "番号 (1～%d、複数のときはコンマで区切る、Enter で %s):",
		WrongNumber:     "1 から %d までの番号を一つ入れてください。",
		WrongNumbers:    "1 から %d までの番号を、1,2 のようにコンマで区切って入れてください。",
		NothingChosen:   "一つ以上選んでください。",
		Yes:             "はい",
		No:              "いいえ",
		YesForms:        []string{"はい", "ハイ"},
		NoForms:         []string{"いいえ", "イイエ"},
		YesDefault:      "(はい/いいえ、Enter で「はい」)",
		NoDefault:       "(はい/いいえ、Enter で「いいえ」)",
		WrongConfirm:    "「はい」か「いいえ」で答えてください。",
		Default:         "(Enter で %s)",
		PagerHint:       "スペース: 次のページ   Enter: 次の行   q: やめる",
	}
}
