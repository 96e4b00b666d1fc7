package words

import "strings"

// action is a step of a history fact in words. English: do "stop", did
// "stopped", and nothing for the rest. Japanese: do 「止める」, did 「止めた」,
// then 「止めて」, since a row of steps needs the form that goes on.
type action struct{ do, did, then string }

// grammar is what the two languages do differently with actions.
type grammar struct {
	// unknown makes the words of an action that the catalogue lacks.
	unknown func(name string) action
	// order joins the actions of an order that is asked for: "start, then stop".
	order func(actions []action) string
	// told joins actions that were taken: "started and then stopped".
	told func(actions []action) string
}

// action returns the words of one step. Of alternatives joined with | the
// first counts: it is the one that the lesson teaches.
func (w *Words) action(step string) action {
	name, _, _ := strings.Cut(step, "|")
	if a, known := w.actions[name]; known {
		return a
	}
	return w.grammar.unknown(name)
}

func (w *Words) inOrder(steps []string) string { return w.grammar.order(w.all(steps)) }

func (w *Words) told(steps []string) string { return w.grammar.told(w.all(steps)) }

func (w *Words) all(steps []string) []action {
	var out []action
	for _, step := range steps {
		out = append(out, w.action(step))
	}
	return out
}

var actionsEn = map[string]action{
	"create":      {do: "make", did: "made"},
	"start":       {do: "start", did: "started"},
	"stop":        {do: "stop", did: "stopped"},
	"kill":        {do: "kill", did: "killed"},
	"restart":     {do: "restart", did: "restarted"},
	"pause":       {do: "pause", did: "paused"},
	"unpause":     {do: "unpause", did: "unpaused"},
	"destroy":     {do: "remove", did: "removed"},
	"rename":      {do: "rename", did: "renamed"},
	"update":      {do: "update", did: "updated"},
	"commit":      {do: "commit", did: "committed"},
	"export":      {do: "export", did: "exported"},
	"attach":      {do: "attach to", did: "attached to"},
	"exec_create": {do: "run a command in", did: "ran a command in"},
	"exec_start":  {do: "run a command in", did: "ran a command in"},
}

var grammarEn = grammar{
	unknown: func(name string) action {
		return action{do: "take the step " + name + " with", did: "took the step " + name + " with"}
	},
	order: func(actions []action) string {
		var words []string
		for _, a := range actions {
			words = append(words, a.do)
		}
		return strings.Join(words, ", then ")
	},
	told: func(actions []action) string {
		var words []string
		for _, a := range actions {
			words = append(words, a.did)
		}
		if last := len(words) - 1; last > 0 {
			return strings.Join(words[:last], ", ") + " and then " + words[last]
		}
		return strings.Join(words, "")
	},
}

var actionsJa = map[string]action{
	"create":      {do: "作る", did: "作った", then: "作って"},
	"start":       {do: "起動する", did: "起動した", then: "起動して"},
	"stop":        {do: "止める", did: "止めた", then: "止めて"},
	"kill":        {do: "強制終了する", did: "強制終了した", then: "強制終了して"},
	"restart":     {do: "再起動する", did: "再起動した", then: "再起動して"},
	"pause":       {do: "一時停止する", did: "一時停止した", then: "一時停止して"},
	"unpause":     {do: "再開する", did: "再開した", then: "再開して"},
	"destroy":     {do: "消す", did: "消した", then: "消して"},
	"rename":      {do: "改名する", did: "改名した", then: "改名して"},
	"update":      {do: "設定変更する", did: "設定変更した", then: "設定変更して"},
	"commit":      {do: "イメージ化する", did: "イメージ化した", then: "イメージ化して"},
	"export":      {do: "書き出す", did: "書き出した", then: "書き出して"},
	"exec_create": {do: "操作する（exec）", did: "操作した（exec）", then: "操作して（exec）"},
	"exec_start":  {do: "操作する（exec）", did: "操作した（exec）", then: "操作して（exec）"},
}

var grammarJa = grammar{
	unknown: func(name string) action {
		return action{do: " " + name + " する", did: " " + name + " した", then: " " + name + " して"}
	},
	order: func(actions []action) string {
		var words []string
		for _, a := range actions {
			words = append(words, "「"+strings.TrimSpace(a.do)+"」")
		}
		return strings.Join(words, "")
	},
	told: func(actions []action) string {
		var words []string
		for i, a := range actions {
			word := a.did
			if i < len(actions)-1 {
				word = a.then + "、"
			}
			if i > 0 {
				word = strings.TrimSpace(word) // after 、 no space is needed
			}
			words = append(words, word)
		}
		return strings.Join(words, "")
	},
}
