package main

import "github.com/spf13/cobra"

// subcommands lists every subcommand; one file each.
var subcommands = []func(*environment) *cobra.Command{
	archiveCommand,
	configCommand,
	infoCommand,
	pixelsCommand,
	renderCommand,
	versionCommand,
}
