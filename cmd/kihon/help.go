package main

import (
	"strings"

	"github.com/spf13/cobra"
)

// translateHelp gives help its own words, in the language of the call, with
// the examples first.
func (a *app) translateHelp(root *cobra.Command) {
	say := func(key string) string { return a.words.Say(key) }
	root.SetHelpCommand(&cobra.Command{Use: "help [VERB]", Short: say("cmd.help"), RunE: func(cmd *cobra.Command, args []string) error {
		target, _, err := root.Find(args)
		if err != nil {
			return err
		}
		return target.Help()
	}})
	root.SetUsageTemplate(strings.NewReplacer(
		"@examples", say("help.examples"), "@usage", say("help.usage"), "@verbs", say("help.verbs"),
		"@options", say("help.options"), "@global", say("help.global"), "@more", say("help.more"),
	).Replace(usageTemplate))
	root.SetHelpTemplate(`{{with (or .Long .Short)}}{{. | trimTrailingWhitespaces}}

{{end}}{{.UsageString}}`)
	root.InitDefaultHelpFlag()
	for _, c := range append(root.Commands(), root) {
		c.InitDefaultHelpFlag()
		if flag := c.Flags().Lookup("help"); flag != nil {
			flag.Usage = say("flag.help")
		}
		for _, below := range c.Commands() {
			below.InitDefaultHelpFlag()
			if flag := below.Flags().Lookup("help"); flag != nil {
				flag.Usage = say("flag.help")
			}
		}
	}
}

const usageTemplate = `{{if .HasExample}}@examples:
{{.Example}}

{{end}}@usage:{{if .Runnable}}
  {{.UseLine}}{{end}}{{if .HasAvailableSubCommands}}
  {{.CommandPath}} VERB{{end}}{{if .HasAvailableSubCommands}}

@verbs:{{range .Commands}}{{if (and .IsAvailableCommand (ne .Name "help"))}}
  {{rpad .Name .NamePadding }} {{.Short}}{{end}}{{end}}{{end}}{{if .HasAvailableLocalFlags}}

@options:
{{.LocalFlags.FlagUsages | trimTrailingWhitespaces}}{{end}}{{if .HasAvailableInheritedFlags}}

@global:
{{.InheritedFlags.FlagUsages | trimTrailingWhitespaces}}{{end}}{{if .HasAvailableSubCommands}}

@more{{end}}
`
