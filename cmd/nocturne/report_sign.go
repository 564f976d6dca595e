package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/ui/reading"
	"github.com/nocturne/nocturne/worklist/deliver"
	"github.com/nocturne/nocturne/worklist/feed"
	"github.com/nocturne/nocturne/worklist/report"
	"github.com/spf13/cobra"
)

// signAnswer is what `report sign --json` and `report status --json` print.
type signAnswer struct {
	Study        string    `json:"study_instance_uid"`
	Accession    string    `json:"accession_number"`
	State        string    `json:"state"` // none draft queued verified parked; blocked when refused
	SOPUID       string    `json:"sop_instance_uid,omitempty"`
	WithoutClaim bool      `json:"signed_without_claim,omitempty"`
	WorkitemDone bool      `json:"workitem_completed"`
	Reason       string    `json:"reason,omitempty"`
	Blocked      []blocked `json:"blocked,omitempty"`
}

type blocked struct {
	Rule     string   `json:"rule"`
	Evidence []string `json:"evidence"`
	Hint     string   `json:"hint"`
}

// deliverWithin is how long `report sign` waits for the archive.
const deliverWithin = 9 * time.Second

func reportSignCommand(env *environment) *cobra.Command {
	yes, reason, pin := false, "", ""
	c := &cobra.Command{
		Use: "sign STUDY --yes", Short: "Sign the draft and deliver it", Args: exactly(1, "a STUDY"),
		Long: "Signs without asking: --yes confirms, and overrides every warning with --reason,\n" +
			"which is kept with the report. What blocks is not overridden. The report is\n" +
			"delivered before the command ends, or waits in the outbox.",
		RunE: func(c *cobra.Command, args []string) error {
			if !yes {
				return usagef("report sign needs --yes: there is nobody to ask")
			}
			return env.withCase(c.Context(), args[0], func(h *house, row feed.Row) error { return h.sign(c.Context(), env, row, reason, pin) })
		},
	}
	c.Flags().BoolVar(&yes, "yes", false, "sign without asking")
	c.Flags().StringVar(&reason, "reason", "signed from the command line", "why warnings are overridden")
	c.Flags().StringVar(&pin, "pin-file", "", "FILE that holds the reader's PIN, where the policy asks for it")
	return c
}

func (h *house) sign(ctx context.Context, env *environment, row feed.Row, reason, pinFile string) error {
	stop, err := h.writes(ctx, row.StudyUID)
	if err != nil {
		return err
	}
	defer stop()
	stored, ok, err := h.room.Ledger.Draft(ctx, row.StudyUID)
	if err != nil {
		return err
	}
	if !ok {
		return errors.New("there is no draft of this study: nocturne report draft writes one")
	}
	if stored.SignedAs != "" {
		return errors.New("this report is signed already; nocturne report draft begins an addendum")
	}
	d, _, err := h.room.Draft(ctx, row)
	if err != nil {
		return err
	}
	facts := h.room.Facts(ctx, row, h.facts(ctx, row))
	d.Saw()
	d.Adopt(facts.Preliminary, time.Now())
	overrideWarnings(d, facts, reason)
	if err := h.room.KeepOverrides(ctx, d); err != nil {
		return err
	}
	if d.Revision, err = h.room.Save(ctx, d); err != nil {
		return err
	}
	signing, err := h.withPIN(ctx, env, row.Site, pinFile)
	if err != nil {
		return err
	}
	out, err := h.room.Sign(signing, row, d, facts, false)
	return h.deliver(ctx, env, row, out, err)
}

// deliver waits a moment for what was signed to arrive and says how it stands; a
// signature that the checks stopped is said with what stopped it.
func (h *house) deliver(ctx context.Context, env *environment, row feed.Row, out reading.Outgoing, err error) error {
	var stopped *report.BlockedError
	if errors.As(err, &stopped) {
		return sayBlocked(env, row, stopped)
	}
	if err != nil {
		return err
	}
	if _, err := h.runner.Deliver(ctx, out.ID, deliverWithin); err != nil {
		fmt.Fprintf(env.Err, "nocturne: %s\n", sentence(err))
	}
	return h.sayStatus(ctx, env, row)
}

// overrideWarnings gives the reason to everything short of a block that stops.
func overrideWarnings(d *report.Draft, f report.Facts, reason string) {
	for _, finding := range report.Stopping(report.Check(d, f)) {
		if finding.Severity != report.Block {
			d.OverrideWith(finding, reason, f.Reader, time.Now())
		}
	}
}

func sayBlocked(env *environment, row feed.Row, e *report.BlockedError) error {
	a := signAnswer{Study: row.StudyUID, Accession: row.Accession, State: "blocked"}
	for _, f := range e.Findings {
		a.Blocked = append(a.Blocked, blocked{Rule: f.Rule, Evidence: append([]string{}, f.Evidence...), Hint: f.Hint})
	}
	if env.JSON {
		if err := env.printJSON(a); err != nil {
			return err
		}
		return errSaid
	}
	for _, b := range a.Blocked {
		fmt.Fprintf(env.Err, "blocked: %s %v: %s\n", b.Rule, b.Evidence, b.Hint)
	}
	return errSaid
}

func (h *house) sayStatus(ctx context.Context, env *environment, row feed.Row) error {
	a, err := h.status(ctx, row)
	if err != nil {
		return err
	}
	if env.JSON {
		err = env.printJSON(a)
	} else {
		fmt.Fprintf(env.Out, "%s %s\n", a.State, a.SOPUID)
	}
	if err == nil && a.State == "parked" {
		return errors.New("the report is parked: " + a.Reason)
	}
	return err
}

// status reads the ledger: it needs no network.
func (h *house) status(ctx context.Context, row feed.Row) (signAnswer, error) {
	a := signAnswer{Study: row.StudyUID, Accession: row.Accession, State: "none"}
	if _, ok, err := h.room.Ledger.Draft(ctx, row.StudyUID); err != nil {
		return a, err
	} else if ok {
		a.State = "draft"
	}
	rows, err := h.room.Ledger.OutboxOf(ctx, row.StudyUID)
	if err != nil || len(rows) == 0 {
		return a, err
	}
	all := deliver.Reports(rows)
	last := all[len(all)-1]
	worst := last.Worst()
	a.State, a.SOPUID, a.Reason = outboxWord(worst.State), last[0].Report, worst.Reason
	if last[0].Kind == ledger.KindSR { // of several orders' report this order's own
		a.SOPUID = last[0].Control
	}
	a.WithoutClaim, a.WorkitemDone = last[0].WithoutClaim, last[0].WorkitemDone
	return a, nil
}

// outboxWord folds the ways a report can wait into "queued".
func outboxWord(s ledger.OutboxState) string {
	switch s {
	case ledger.Verified, ledger.Parked:
		return string(s)
	}
	return "queued"
}
