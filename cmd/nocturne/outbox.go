package main

import (
	"fmt"
	"time"

	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/spf13/cobra"
)

// outboxLine is one report under way.
type outboxLine struct {
	ID           int64  `json:"id"`
	Kind         string `json:"kind"` // sr measurements key-images presentation pdf oru fhir
	Channel      string `json:"channel"`
	Address      string `json:"address"`
	Control      string `json:"control_id"`
	Study        string `json:"study_instance_uid"`
	Accession    string `json:"accession_number"`
	SOPUID       string `json:"sop_instance_uid"` // of the report that it belongs to
	Site         string `json:"site"`
	State        string `json:"state"`
	Tries        int    `json:"tries"`
	NextAt       string `json:"next_at,omitempty"`
	Reason       string `json:"reason,omitempty"`
	Signed       string `json:"signed"`
	WorkitemDone bool   `json:"workitem_completed"`
	SHA256       string `json:"sha256"`
	Answer       string `json:"answer,omitempty"`
}

func outboxCommand(env *environment) *cobra.Command {
	c := &cobra.Command{Use: "outbox", Short: "List or send the signed reports that wait", Args: noArgs,
		RunE: func(*cobra.Command, []string) error {
			return usagef("expected: outbox list, flush, explain, resend, conflicts or decide")
		}}
	c.AddCommand(
		&cobra.Command{Use: "list", Short: "List the signed reports and how far they are", Args: noArgs,
			RunE: func(c *cobra.Command, _ []string) error { return runOutbox(c, env, false) }},
		&cobra.Command{Use: "flush", Short: "Try to deliver everything now, back-off or not", Args: noArgs,
			RunE: func(c *cobra.Command, _ []string) error { return runOutbox(c, env, true) }},
		outboxExplainCommand(env), outboxResendCommand(env), outboxConflictsCommand(env), outboxDecideCommand(env),
	)
	return c
}

func runOutbox(c *cobra.Command, env *environment, flush bool) error {
	h, err := env.open(c.Context())
	if err != nil {
		return err
	}
	defer h.Close()
	if flush {
		if _, err := h.runner.Flush(c.Context(), true); err != nil {
			fmt.Fprintf(env.Err, "nocturne: %s\n", sentence(err))
		}
	}
	rows, err := h.room.Ledger.Outbox(c.Context())
	if err != nil {
		return err
	}
	if err := printOutbox(env, rows); err != nil {
		return err
	}
	for _, r := range rows {
		if flush && !r.Done() {
			return errSaid
		}
	}
	return nil
}

func printOutbox(env *environment, rows []ledger.OutboxRow) error {
	lines := make([]outboxLine, 0, len(rows))
	for _, r := range rows {
		lines = append(lines, lineOf(r))
	}
	if env.JSON {
		return env.printJSON(lines)
	}
	for _, l := range lines {
		fmt.Fprintf(env.Out, "%d  %s  acc %s  %s %s  %s  tries %d  %s\n", l.ID, l.State, l.Accession, l.Site, l.Channel, l.Kind, l.Tries, l.Reason)
	}
	return nil
}

func lineOf(r ledger.OutboxRow) outboxLine {
	l := outboxLine{ID: r.ID, Kind: r.Kind, Channel: r.Channel, Address: r.Address, Control: r.Control,
		Study: r.StudyUID, Accession: r.Accession, SOPUID: r.Report, Site: r.Site, State: string(r.State),
		Tries: r.Tries, Reason: r.Reason, Signed: r.Signed.Format(time.RFC3339), WorkitemDone: r.WorkitemDone, SHA256: r.SHA256, Answer: r.Answer}
	if !r.NextAt.IsZero() && !r.Done() {
		l.NextAt = r.NextAt.Format(time.RFC3339)
	}
	return l
}
