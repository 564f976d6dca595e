package main

import (
	"fmt"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/ui/app"
	"github.com/nocturne/nocturne/worklist/ahead"
	"github.com/nocturne/nocturne/worklist/report/quality"
	"github.com/spf13/cobra"
)

// figures is what `stats --json` prints.
type figures struct {
	quality.Stats
	Forecasts map[string]ahead.Accuracy `json:"forecasts,omitempty"` // by site
}

func statsCommand(env *environment) *cobra.Command {
	since, csv := "", false
	c := &cobra.Command{
		Use: "stats", Short: "Print this reader's own figures; no patient is in them", Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			h, from, err := env.openSince(c.Context(), since)
			if err != nil {
				return err
			}
			defer h.Close()
			s, err := h.room.Figures(c.Context(), from)
			switch {
			case err != nil:
				return err
			case csv:
				return s.CSV(env.Out)
			case env.JSON:
				return env.printJSON(figures{s, h.forecasts(from)})
			}
			for _, l := range s.Lines() {
				fmt.Fprintln(env.Out, dicom.Clean(l))
			}
			for _, l := range forecastLines(h.forecasts(from)) {
				fmt.Fprintln(env.Out, l)
			}
			return nil
		},
	}
	sinceFlag(c, &since)
	c.Flags().BoolVar(&csv, "csv", false, "as CSV: measure, group, value")
	return c
}

func followUpsCommand(env *environment) *cobra.Command {
	c := &cobra.Command{
		Use: "followups", Short: "List the examinations that were recommended and not seen done", Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			h, err := env.open(c.Context())
			if err != nil {
				return err
			}
			defer h.Close()
			open, err := h.room.FollowUps(c.Context())
			if err != nil {
				return err
			}
			if env.JSON {
				return env.printJSON(append([]quality.Task{}, open...))
			}
			for _, t := range open {
				fmt.Fprintln(env.Out, t.ID+"  "+dicom.Clean(app.FollowUpLine(t, time.Now())))
			}
			return nil
		},
	}
	c.AddCommand(closeFollowUpCommand(env))
	return c
}

func closeFollowUpCommand(env *environment) *cobra.Command {
	reason := ""
	c := &cobra.Command{
		Use: "close ID --reason TEXT", Short: "Close a recommended examination by hand", Args: exactly(1, "an ID"),
		RunE: func(c *cobra.Command, args []string) error {
			if reason == "" {
				return usagef("followups close needs --reason")
			}
			h, err := env.open(c.Context())
			if err != nil {
				return err
			}
			defer h.Close()
			t, err := h.room.CloseFollowUp(c.Context(), args[0], reason)
			if err != nil {
				return err
			}
			if env.JSON {
				return env.printJSON(t)
			}
			fmt.Fprintln(env.Out, "closed")
			return nil
		},
	}
	c.Flags().StringVar(&reason, "reason", "", "why")
	return c
}
