package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/nocturne/nocturne/worklist/feed"
	"github.com/nocturne/nocturne/worklist/report"
	"github.com/spf13/cobra"
)

// checkAnswer is what `report check --json` prints.
type checkAnswer struct {
	Study     string           `json:"study_instance_uid"`
	Accession string           `json:"accession_number"`
	Blocks    bool             `json:"blocks"`
	Ready     bool             `json:"ready"` // nothing stops
	Findings  []report.Finding `json:"findings"`
}

func reportCheckCommand(env *environment) *cobra.Command {
	return &cobra.Command{
		Use: "check STUDY", Short: "Check the draft as the sign sheet would", Args: exactly(1, "a STUDY"),
		Long: "Prints what the checks before signing find, with the words they are about.\n" +
			"Exit status 1 when something blocks, which no reason overrides here.",
		RunE: func(c *cobra.Command, args []string) error {
			return env.withCase(c.Context(), args[0], func(h *house, row feed.Row) error { return h.check(c.Context(), env, row) })
		},
	}
}

func (h *house) check(ctx context.Context, env *environment, row feed.Row) error {
	d, _, err := h.room.Draft(ctx, row)
	if err != nil {
		return err
	}
	sheet := report.SignSheet(d, h.room.Facts(ctx, row, h.facts(ctx, row)))
	a := checkAnswer{Study: row.StudyUID, Accession: row.Accession, Ready: sheet.Ready, Findings: append([]report.Finding{}, sheet.Findings...)}
	for _, f := range report.Stopping(sheet.Findings) {
		a.Blocks = a.Blocks || f.Severity == report.Block
	}
	if env.JSON {
		err = env.printJSON(a)
	} else {
		sayFindings(env, a.Findings)
	}
	if err == nil && a.Blocks {
		return errSaid
	}
	return err
}

func sayFindings(env *environment, findings []report.Finding) {
	if len(findings) == 0 {
		fmt.Fprintln(env.Out, "nothing found")
	}
	for _, f := range findings {
		line := fmt.Sprintf("%-5s %s: %s", f.Severity, f.Rule, f.Hint)
		if len(f.Evidence) > 0 {
			line += ": " + strings.Join(f.Evidence, " · ")
		}
		if f.Override != "" {
			line += " (reason: " + f.Override + ")"
		}
		fmt.Fprintln(env.Out, line)
	}
}
