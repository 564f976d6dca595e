package main

import "github.com/spf13/cobra"

// subcommands lists every subcommand; one file each.
var subcommands = []func(*environment) *cobra.Command{
	archiveCommand,
	calcCommand,
	callsCommand,
	claimCommand,
	configCommand,
	conformanceCommand,
	criticalCommand,
	demoCommand,
	doctorCommand,
	documentsCommand,
	followUpsCommand,
	infoCommand,
	keysCommand,
	lesionsCommand,
	loginCommand,
	logoutCommand,
	measurementsCommand,
	objectsCommand,
	openCommand,
	outboxCommand,
	pinCommand,
	pixelsCommand,
	pullCommand,
	releaseCommand,
	renderCommand,
	reportCommand,
	segmentsCommand,
	templatesCommand,
	statsCommand,
	versionCommand,
	viewCommand,
	worklistCommand,
}
