package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"kihon/lessons"
)

// schemaCommand prints a JSON Schema of a course file, for editors. It is
// hidden: go generate keeps the files under docs/schema.
func (a *app) schemaCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "schema FILE", Hidden: true, Args: between(1, 1),
		RunE: func(_ *cobra.Command, args []string) error {
			schema, err := lessons.Schema(args[0])
			if err != nil {
				return err
			}
			fmt.Fprint(a.streams.Out, strings.TrimRight(string(schema), "\n")+"\n")
			return nil
		},
	}
	c.SetContext(context.Background())
	return c
}
