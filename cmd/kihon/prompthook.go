package main

import (
	"github.com/spf13/cobra"

	"kihon/sandbox/shell/hook"
)

// promptHookCommand does what kihon-prompt does, where that was not installed.
func (a *app) promptHookCommand() *cobra.Command {
	return &cobra.Command{
		Use: "prompt-hook", Hidden: true, DisableFlagParsing: true,
		RunE: func(_ *cobra.Command, args []string) error {
			if code := hook.Main(args, a.getenv, a.streams.Out); code != 0 {
				return &exitError{code}
			}
			return nil
		},
	}
}
