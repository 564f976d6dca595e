package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

func configCommand(env *environment) *cobra.Command {
	c := &cobra.Command{Use: "config", Short: "Explain the configuration", Args: noArgs,
		RunE: func(*cobra.Command, []string) error { return usagef("expected: config reference") }}
	c.AddCommand(&cobra.Command{
		Use: "reference", Short: "Print every key of config.toml with its default and meaning", Args: noArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprint(env.Out, configReference())
			return err
		},
	})
	return c
}
