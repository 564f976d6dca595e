package main

import (
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
			from, err := sinceTime(since, time.Now())
			if err != nil {
				return err
			}
			h, err := env.open(c.Context())
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
	c.Flags().StringVar(&since, "since", "", "a day, 2026-11-22, or how long ago, 12h or 7d; default: all")
	return c
}

// sinceTime reads a day or a time ago; "" is the beginning.
func sinceTime(text string, now time.Time) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if day, err := time.ParseInLocation(time.DateOnly, text, time.Local); err == nil {
		return day, nil
	}
	n, unit := 0, ""
	if _, err := fmt.Sscanf(text, "%d%1s", &n, &unit); err == nil && n > 0 {
		switch unit {
		case "h":
			return now.Add(-time.Duration(n) * time.Hour), nil
		case "d":
			return now.AddDate(0, 0, -n), nil
		}
	}
	return time.Time{}, usagef("--since takes a day, 2026-11-22, or a time ago, 12h or 7d")
}
