package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"kihon/cmd/kihon/learner"
	"kihon/cmd/kihon/terminal"
	"kihon/lessons"
	"kihon/lessons/words"
)

// execute runs one call and returns its exit code.
func execute(ctx context.Context, args []string) int {
	a := &app{getenv: os.Getenv}
	a.flags.lang, a.flags.plain = earlyFlags(args)
	language, languageErr := chooseLanguage(a.flags.lang, a.getenv)
	a.setLanguage(language)
	a.streams = terminal.Open(os.Stdin, os.Stdout, os.Stderr, a.getenv, a.flags.plain)
	questions := terminal.EnglishWords()
	if language == lessons.Japanese {
		questions = terminal.JapaneseWords()
	}
	a.prompter = terminal.NewPrompter(a.streams, questions)
	if languageErr != nil {
		return a.explain(ctx, a.usage(a.words.Say("error.lang", "lang", a.flags.lang), a.words.Say("error.lang.next")))
	}
	root := a.root()
	root.SetArgs(args)
	root.SetOut(a.streams.Out)
	root.SetErr(a.streams.Err)
	err := a.cobraError(root.ExecuteContext(ctx))
	code := a.explain(ctx, err)
	var ours *exitError
	if cmd, _, findErr := root.Find(args); findErr == nil && cmd.Name() == "run" && code != exitOK && !errors.As(err, &ours) {
		return exitRunFailed // nobody may take this for the command's own exit code
	}
	return code
}

func (a *app) setLanguage(l lessons.Language) { a.language, a.words = l, words.For(l) }

// earlyFlags looks for --lang and --plain before anything is parsed, since
// help and errors are in the language, too.
func earlyFlags(args []string) (lang string, plain bool) {
	run := false // after kihon run COMMAND, options are the command's
	for i, arg := range args {
		value := i > 0 && slices.Contains([]string{"--lang", "--course", "--format", "--engine", "--workspace"}, args[i-1])
		switch {
		case arg == "--", run && !strings.HasPrefix(arg, "-") && !value:
			return lang, plain
		case arg == "run" && !value:
			run = true
		case arg == "--plain", arg == "--plain=true":
			plain = true
		case arg == "--lang" && i+1 < len(args):
			lang = args[i+1]
		case strings.HasPrefix(arg, "--lang="):
			lang = strings.TrimPrefix(arg, "--lang=")
		}
	}
	return lang, plain
}

// cobraError puts the errors that cobra makes about a call into words. Ours
// come back as they are.
func (a *app) cobraError(err error) error {
	if err == nil {
		return nil
	}
	text := err.Error()
	switch {
	case strings.HasPrefix(text, "unknown command "):
		_, rest, _ := strings.Cut(text, `"`)
		name, more, _ := strings.Cut(rest, `"`)
		if _, near, found := strings.Cut(more, "Did you mean this?"); found {
			return &usageError{a.words.Say("error.verb", "name", name), a.words.Say("error.verb.near", "near", strings.Join(strings.Fields(near), ", "))}
		}
		return a.usage(a.words.Say("error.verb", "name", name), a.words.Say("error.verb.next"))
	case strings.HasPrefix(text, "unknown flag: "), strings.HasPrefix(text, "unknown shorthand flag: "):
		_, name, _ := strings.Cut(text, ": ")
		return a.usage(a.words.Say("error.flag", "name", name), a.words.Say("error.flag.next"))
	case strings.HasPrefix(text, "flag needs an argument: "):
		return a.usage(a.words.Say("error.flag_argument", "name", strings.TrimPrefix(text, "flag needs an argument: ")), a.words.Say("error.flag_argument.next"))
	case strings.HasPrefix(text, "invalid argument "):
		// invalid argument "abc" for "--wait" flag: and then Go's own words
		text, _, _ = strings.Cut(strings.TrimPrefix(text, "invalid argument "), " flag:")
		value, name, _ := strings.Cut(text, " for ")
		return a.usage(a.words.Say("error.flag_value", "value", strings.Trim(value, `"`), "name", strings.Trim(name, `"`)), a.words.Say("error.flag_value.next"))
	}
	var count *countError
	if errors.As(err, &count) {
		return a.usage(a.words.Say("error.arguments", "use", count.use), a.words.Say("error.arguments.next"))
	}
	return err
}

// countError says that a verb got too few or too many words.
type countError struct{ use string }

func (e *countError) Error() string { return "wrong number of arguments; use: " + e.use }

// words1 accepts from least to most arguments; most < 0 is no limit.
func between(least, most int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) < least || most >= 0 && len(args) > most {
			return &countError{use: "kihon " + cmd.Use}
		}
		return nil
	}
}

// root makes the command tree.
func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:               "kihon",
		Short:             a.words.Say("cmd.kihon"),
		Long:              a.words.Say("cmd.kihon.long"),
		Example:           a.words.Say("cmd.kihon.examples"),
		SilenceErrors:     true,
		SilenceUsage:      true,
		Args:              between(0, -1),
		CompletionOptions: cobra.CompletionOptions{HiddenDefaultCmd: true},
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error { return a.prepare(cmd.Context()) },
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return a.unknownVerb(cmd, args[0])
			}
			if !a.streams.InTTY || !a.streams.OutTTY {
				return cmd.Help()
			}
			return a.menu(cmd.Context())
		},
	}
	f := root.PersistentFlags()
	f.StringVar(&a.flags.course, "course", "", a.words.Say("flag.course"))
	f.StringVar(&a.flags.lang, "lang", "", a.words.Say("flag.lang"))
	f.BoolVar(&a.flags.plain, "plain", false, a.words.Say("flag.plain"))
	f.StringVar(&a.flags.format, "format", "text", a.words.Say("flag.format"))
	f.StringVar(&a.flags.engine, "engine", engineDefault(a.getenv), a.words.Say("flag.engine"))
	f.StringVar(&a.flags.workspace, "workspace", "", a.words.Say("flag.workspace"))
	f.BoolVarP(&a.flags.yes, "yes", "y", false, a.words.Say("flag.yes"))
	root.AddCommand(
		a.startCommand(), a.listCommand(), a.showCommand(), a.checkCommand(), a.taskCommand(),
		a.nextCommand(), a.backCommand(), a.hintCommand(), a.solutionCommand(), a.answerCommand(), a.resetCommand(),
		a.runCommand(), a.demoCommand(), a.progressCommand(), a.doctorCommand(), a.kitCommand(),
		a.sandboxCommand(), a.versionCommand(), a.schemaCommand(), a.promptHookCommand(), a.quitCommand(),
	)
	a.translateHelp(root)
	return root
}

// unknownVerb says that cmd has no such verb, and names the one that may be meant.
func (a *app) unknownVerb(cmd *cobra.Command, name string) error {
	cmd.SuggestionsMinimumDistance = 2
	if near := cmd.SuggestionsFor(name); len(near) > 0 {
		return &usageError{a.words.Say("error.verb", "name", name), a.words.Say("error.verb.near", "near", near[0])}
	}
	return a.usage(a.words.Say("error.verb", "name", name), a.words.Say("error.verb.next"))
}

// group makes a verb that only has verbs below it: alone it is its help.
func (a *app) group(use, short, examples string) *cobra.Command {
	cmd := a.verb(use, short, examples, between(0, -1), nil)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) > 0 {
			return a.unknownVerb(cmd, args[0])
		}
		return cmd.Help()
	}
	return cmd
}

func engineDefault(getenv func(string) string) string {
	if v := getenv("KIHON_ENGINE"); v != "" {
		return v
	}
	return "sandbox"
}

// prepare finds out where things are and checks the common options.
func (a *app) prepare(ctx context.Context) error {
	if a.flags.engine != "host" && a.flags.engine != "sandbox" {
		return a.usage(a.words.Say("error.engine_flag", "engine", a.flags.engine), a.words.Say("error.engine_flag.next"))
	}
	paths, err := learner.FindPaths(a.getenv)
	if err != nil {
		return err
	}
	a.paths = paths
	a.session = findSession(a.getenv)
	if a.session != nil && a.flags.course == "" {
		// Inside, everybody speaks of the same course.
		if info, err := a.session.state(ctx); err == nil {
			a.flags.course = info.Course
		}
	}
	return a.chooseWorkspace()
}

// chooseWorkspace follows --workspace; for a course on disk it is the current
// directory, unless everything of the user's lies below that.
func (a *app) chooseWorkspace() error {
	if a.flags.workspace != "" {
		absolute, err := filepath.Abs(a.flags.workspace)
		a.paths.Workspace = absolute
		return err
	}
	if !a.courseOnDisk() {
		return nil
	}
	return a.workHere()
}

// workHere makes the current directory the workspace, unless one is named or
// everything of the user's lies below it.
func (a *app) workHere() error {
	if a.getenv("KIHON_WORKSPACE") != "" || a.flags.workspace != "" {
		return nil
	}
	here, err := os.Getwd()
	if err != nil {
		return err
	}
	home, err := os.UserHomeDir()
	if below := strings.TrimSuffix(here, "/") + "/"; err == nil && strings.HasPrefix(home+"/", below) || here == "/" {
		return nil
	}
	a.paths.Workspace = here
	return nil
}

// formats accepts --format only where it is one of these.
func (a *app) formats(allowed ...string) error {
	for _, f := range allowed {
		if a.flags.format == f {
			return nil
		}
	}
	return a.usage(a.words.Say("error.format", "format", a.flags.format, "allowed", strings.Join(allowed, ", ")), a.words.Say("error.format.next"))
}

// verb makes a command.
func (a *app) verb(use, short, examples string, args cobra.PositionalArgs, run func(ctx context.Context, args []string) error) *cobra.Command {
	return &cobra.Command{
		Use: use, Args: args, Short: short, Example: examples,
		RunE: func(cmd *cobra.Command, args []string) error { return run(cmd.Context(), args) },
	}
}
