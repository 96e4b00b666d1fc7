package terminal

import (
	"sync"

	"github.com/AlecAivazis/survey/v2"

	"kihon/lessons/render"
)

// survey takes its layout from package variables, in English and coloured by
// its own reading of the environment. Ours are set once, before the first
// question, and never again. They hold neither words nor colours: both come
// with each question, in fields of survey's icons that a template may print.
//
//	Question.Format, .Text   look of the mark, the mark before a question
//	HelpInput.Format         look of a question
//	HelpInput.Text           what switches a look off
//	Help.Format, .Text       look of hints, the hint of the question
//	Error.Format, .Text      look of an error, the hint when no option is left
//	SelectFocus.Format       look of the option under the cursor
//
// survey measures what the templates give to know how many lines to take
// away; it leaves control sequences out of that.
const (
	questionLine = `
{{- .Config.Icons.Question.Format }}{{ .Config.Icons.Question.Text }}{{ .Config.Icons.HelpInput.Text }} ` +
		`{{ .Config.Icons.HelpInput.Format }}{{ .Message }}{{ .Config.Icons.HelpInput.Text }}`

	hintLine = `
{{- if .PageEntries }}{{ .Config.Icons.Help.Format }}{{ .Config.Icons.Help.Text }}
{{- else }}{{ .Config.Icons.Error.Format }}{{ .Config.Icons.Error.Text }}{{ end }}
{{- .Config.Icons.HelpInput.Text }}{{ "\n" }}`

	selectTemplate = `
{{- define "option" }}
{{- if eq .SelectedIndex .CurrentIndex }}{{ .Config.Icons.SelectFocus.Format }}> {{ .CurrentOpt.Value }}{{ .Config.Icons.HelpInput.Text }}
{{- else }}  {{ .CurrentOpt.Value }}{{ end }}
{{ end }}` + questionLine + `
{{- if .ShowAnswer }}{{ "\n" }}  {{ .Config.Icons.SelectFocus.Format }}{{ .Answer }}{{ .Config.Icons.HelpInput.Text }}{{ "\n" }}
{{- else }}{{ .FilterMessage }}{{ "\n" }}
{{- range $i, $option := .PageEntries }}{{ template "option" $.IterateOption $i $option }}{{ end }}` + hintLine + `
{{- end }}`

	multiSelectTemplate = `
{{- define "option" }}
{{- if eq .SelectedIndex .CurrentIndex }}{{ .Config.Icons.SelectFocus.Format }}> {{ else }}  {{ end }}
{{- if index .Checked .CurrentOpt.Index }}[x]{{ else }}[ ]{{ end }} {{ .CurrentOpt.Value }}{{ .Config.Icons.HelpInput.Text }}
{{ end }}` + questionLine + `{{ "\n" }}
{{- if .ShowAnswer }}
{{- range $i, $option := .Options }}{{ if index $.Checked $i }}  [x] {{ $.Config.Icons.SelectFocus.Format }}{{ $option }}{{ $.Config.Icons.HelpInput.Text }}{{ "\n" }}{{ end }}{{ end }}
{{- else }}
{{- range $i, $option := .PageEntries }}{{ template "option" $.IterateOption $i $option }}{{ end }}` + hintLine + `
{{- end }}`

	inputTemplate = questionLine + `
{{- if .ShowAnswer }} {{ .Config.Icons.SelectFocus.Format }}{{ .Answer }}{{ .Config.Icons.HelpInput.Text }}{{ "\n" }}
{{- else }}{{ .Config.Icons.Help.Format }}{{ .Config.Icons.Help.Text }}{{ .Config.Icons.HelpInput.Text }} {{ end }}`

	errorTemplate = `{{ .Icon.Format }}{{ .Error.Error }}` + "\n"
)

var setTemplates sync.Once

// useTemplates puts our templates in the place of survey's. They are read by
// the goroutine that asks, after this.
func useTemplates() {
	setTemplates.Do(func() {
		survey.SelectQuestionTemplate = selectTemplate
		survey.MultiSelectQuestionTemplate = multiSelectTemplate
		survey.InputQuestionTemplate = inputTemplate
		survey.ErrorTemplate = errorTemplate
	})
}

// icons fills the fields that the templates print.
func icons(style render.Style, hint, noMatch string) survey.AskOpt {
	off := style.Strong.Off
	return survey.WithIcons(func(i *survey.IconSet) {
		i.Question = survey.Icon{Text: "?", Format: style.OK.On}
		i.HelpInput = survey.Icon{Text: off, Format: style.Strong.On}
		i.Help = survey.Icon{Text: hint, Format: style.Dim.On}
		i.Error = survey.Icon{Text: noMatch, Format: style.Warn.On}
		i.SelectFocus = survey.Icon{Format: style.Code.On}
	})
}
