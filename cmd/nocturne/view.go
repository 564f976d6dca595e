package main

import (
	"fmt"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"github.com/nocturne/nocturne/viewer/hang"
	"github.com/nocturne/nocturne/viewer/screen"
)

// monitorEnv tells the image window which monitor to open on (window.monitor).
const monitorEnv = "NOCTURNE_MONITOR"

// viewCommand is the image window: the terminal starts it as a child and speaks to
// it over standard input and output. Nothing about a patient is in its arguments.
func viewCommand(env *environment) *cobra.Command {
	return &cobra.Command{
		Use: "view", Short: "Run the image window for a terminal (internal)", Args: noArgs, Hidden: true,
		RunE: func(c *cobra.Command, _ []string) error {
			return screen.Run(c.Context(), env.In, env.Out, env.protocols(), env.Getenv(monitorEnv))
		},
	}
}

// protocols are the reader's own hanging protocols (hanging/*.toml in the home),
// then those that come with the program. A file that is wrong is told and left out.
func (env *environment) protocols() []hang.Protocol {
	own, err := hang.Load(os.DirFS(env.home()), "hanging")
	if err != nil {
		fmt.Fprintln(env.Err, err)
	}
	slices.SortStableFunc(own, func(a, b hang.Protocol) int { return last(a) - last(b) })
	return append(own, hang.Default()...)
}

// last puts what a reader kept before what is written by hand.
func last(p hang.Protocol) int {
	if p.Kept() {
		return 0
	}
	return 1
}
