package main

import (
	"context"
	"fmt"
	"time"

	"github.com/nocturne/nocturne/ui/reading"
	"github.com/nocturne/nocturne/worklist/feed"
	"github.com/spf13/cobra"
)

func breakGlassCommand(env *environment) *cobra.Command {
	reason, end := "", false
	c := &cobra.Command{
		Use: "breakglass STUDY --reason WHY", Short: "Emergency access to one study, for a while, in the audit log", Args: exactly(1, "a STUDY"),
		Long: "Opens a study that your role at its site does not open, for as long as the site's policy says\n" +
			"(nocturne policy show). It ends by itself, or with --end. Exit 0: open, or ended; 1: not.",
		RunE: func(c *cobra.Command, args []string) error {
			if reason == "" && !end {
				return usagef("breakglass needs --reason: it is in the audit log")
			}
			h, err := env.open(c.Context())
			if err != nil {
				return err
			}
			defer h.Close()
			row, err := h.rowOrLocal(c.Context(), args[0])
			if err != nil {
				return err
			}
			if end {
				return h.endGlass(c.Context(), env, row)
			}
			g, err := h.room.BreakGlass(c.Context(), row, reason)
			if err != nil {
				return err
			}
			return sayGlass(env, g)
		},
	}
	c.Flags().StringVar(&reason, "reason", "", "why, in words")
	c.Flags().BoolVar(&end, "end", false, "end it now")
	return c
}

// glassAnswer is what `breakglass --json` prints.
type glassAnswer struct {
	Study     string    `json:"study_instance_uid"`
	Accession string    `json:"accession_number"`
	Site      string    `json:"site"`
	Until     time.Time `json:"until"`
	Ended     bool      `json:"ended"`
}

func sayGlass(env *environment, g reading.Glass) error {
	if env.JSON {
		return env.printJSON(glassAnswer{g.StudyUID, g.Accession, g.Site, g.Until, false})
	}
	fmt.Fprintf(env.Out, "Open until %s, in the audit log.\n", g.Until.Local().Format("15:04 MST"))
	return nil
}

func (h *house) endGlass(ctx context.Context, env *environment, row feed.Row) error {
	g, open, err := h.room.Glass(ctx, row.StudyUID)
	if err != nil {
		return err
	}
	if _, err := h.room.EndGlasses(ctx, row.StudyUID); err != nil {
		return err
	}
	if env.JSON {
		return env.printJSON(glassAnswer{row.StudyUID, row.Accession, row.Site, g.Until, open})
	}
	fmt.Fprintln(env.Out, map[bool]string{true: "Ended.", false: "There was none."}[open])
	return nil
}
