package main

import (
	"context"
	"fmt"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/ui/app"
	"github.com/nocturne/nocturne/ui/reading"
	"github.com/spf13/cobra"
)

func callsCommand(env *environment) *cobra.Command {
	since := ""
	c := &cobra.Command{
		Use: "calls", Short: "List the calls and interruptions of this home", Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			h, from, err := env.openSince(c.Context(), since)
			if err != nil {
				return err
			}
			defer h.Close()
			calls, err := h.room.Calls(c.Context(), from)
			if err != nil {
				return err
			}
			if env.JSON {
				return env.printJSON(append([]reading.Call{}, calls...))
			}
			for _, l := range app.CallLines(calls, time.Local) {
				fmt.Fprintln(env.Out, dicom.Clean(l))
			}
			return nil
		},
	}
	sinceFlag(c, &since)
	return c
}

func sinceFlag(c *cobra.Command, since *string) {
	c.Flags().StringVar(since, "since", "", "a day, 2026-11-22, or how long ago, 12h or 7d; default: all")
}

// openSince opens the home for a command with --since, and reads its words.
func (env *environment) openSince(ctx context.Context, since string) (*house, time.Time, error) {
	from, err := reading.Since(since, time.Now())
	if err != nil {
		return nil, from, usageError{err}
	}
	h, err := env.open(ctx)
	return h, from, err
}
