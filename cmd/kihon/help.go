package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"kihon/lessons/render"
)

// helpWidth is how wide help is at most, in columns.
const helpWidth = 80

// translateHelp gives help its own words, in the language of the call, with
// the examples first.
func (a *app) translateHelp(root *cobra.Command) {
	root.SetHelpCommand(&cobra.Command{Use: "help [VERB]", Short: a.words.Say("cmd.help"), RunE: func(_ *cobra.Command, args []string) error {
		target, rest, err := root.Find(args)
		if err != nil || len(rest) > 0 {
			return a.unknownVerb(target, args[len(args)-max(len(rest), 1)])
		}
		return target.Help()
	}})
	root.SetHelpFunc(func(cmd *cobra.Command, _ []string) { a.help(a.streams.Out, cmd) })
	root.SetUsageFunc(func(cmd *cobra.Command) error {
		a.help(a.streams.Err, cmd)
		return nil
	})
}

// help writes what a verb does, examples, how it is used, its options.
func (a *app) help(w io.Writer, cmd *cobra.Command) {
	width := min(max(a.width(), 40), helpWidth)
	about := cmd.Long
	if about == "" {
		about = cmd.Short
	}
	fmt.Fprintln(w, render.Wrap(about, width, "", ""))
	if cmd.Example != "" {
		fmt.Fprintf(w, "\n%s\n%s\n", a.words.Say("help.examples"), cmd.Example)
	}
	fmt.Fprintf(w, "\n%s\n", a.words.Say("help.usage"))
	switch {
	case cmd.HasAvailableSubCommands():
		fmt.Fprintf(w, "  %s VERB\n", cmd.CommandPath())
	default:
		path := strings.TrimSuffix(cmd.CommandPath(), cmd.Name())
		fmt.Fprintf(w, "  %s%s\n", path, cmd.Use)
	}
	if cmd.HasAvailableSubCommands() {
		fmt.Fprintf(w, "\n%s\n", a.words.Say("help.verbs"))
		for _, verb := range cmd.Commands() {
			if verb.IsAvailableCommand() {
				row(w, width, verb.Name(), 12, verb.Short)
			}
		}
	}
	a.options(w, width, a.words.Say("help.options"), cmd.LocalNonPersistentFlags())
	a.options(w, width, a.words.Say("help.global"), cmd.Root().PersistentFlags())
	if cmd.HasAvailableSubCommands() {
		fmt.Fprintf(w, "\n%s\n", render.Wrap(a.words.Say("help.more"), width, "", ""))
	}
}

func (a *app) options(w io.Writer, width int, title string, flags *pflag.FlagSet) {
	said := false
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Hidden || f.Name == "help" {
			return
		}
		if !said {
			said = true
			fmt.Fprintf(w, "\n%s\n", title)
		}
		name := "--" + f.Name
		if f.Shorthand != "" {
			name = "-" + f.Shorthand + ", " + name
		}
		if f.Value.Type() != "bool" {
			name += " " + placeholderOf(f.Name)
		}
		text := f.Usage
		if f.DefValue != "" && f.DefValue != "false" && f.DefValue != "[]" {
			text += " " + a.words.Say("flag.default", "value", f.DefValue)
		}
		row(w, width, name, 20, text)
	})
}

// placeholderOf is what stands for an option's value.
func placeholderOf(name string) string {
	switch name {
	case "course", "workspace":
		return "DIR"
	case "wait":
		return "TIME"
	case "set":
		return "NAME=VALUE"
	}
	return strings.ToUpper(name)
}

// row writes a name and, from a column on, what it means. A name that is too
// long for its column has a line of its own.
func row(w io.Writer, width int, name string, column int, text string) {
	rest := strings.Repeat(" ", column+2)
	if render.StringWidth(name) >= column {
		fmt.Fprintln(w, "  "+name)
		fmt.Fprintln(w, render.Wrap(text, width, rest, rest))
		return
	}
	fmt.Fprintln(w, render.Wrap(text, width, "  "+render.Pad(name, column), rest))
}
