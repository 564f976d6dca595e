package main

import (
	"github.com/nocturne/nocturne/viewer/screen"
	"github.com/spf13/cobra"
)

// viewCommand is the image window: the terminal starts it as a child and speaks to
// it over standard input and output. Nothing about a patient is in its arguments.
func viewCommand(env *environment) *cobra.Command {
	return &cobra.Command{
		Use: "view", Short: "Run the image window for a terminal (internal)", Args: noArgs, Hidden: true,
		RunE: func(c *cobra.Command, _ []string) error { return screen.Run(c.Context(), env.In, env.Out) },
	}
}
