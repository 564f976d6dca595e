package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/ui/outbox"
	"github.com/nocturne/nocturne/worklist/deliver"
	"github.com/spf13/cobra"
)

// outboxStep is one thing that happened to a row.
type outboxStep struct {
	At     string `json:"at"`
	State  string `json:"state"`
	Reason string `json:"reason,omitempty"`
	Answer string `json:"answer,omitempty"`
}

func outboxExplainCommand(env *environment) *cobra.Command {
	return &cobra.Command{Use: "explain ID", Short: "Tell all that happened to one row: what was sent, when, every answer", Args: exactly(1, "an ID"),
		RunE: func(c *cobra.Command, args []string) error { return env.withRow(c.Context(), args[0], explainRow) }}
}

func outboxResendCommand(env *environment) *cobra.Command {
	yes, older := false, false
	c := &cobra.Command{Use: "resend ID --yes", Short: "Send a parked row again, the same bytes", Args: exactly(1, "an ID"),
		RunE: func(c *cobra.Command, args []string) error {
			if !yes {
				return usagef("outbox resend needs --yes: there is nobody to ask")
			}
			return env.withRow(c.Context(), args[0], func(ctx context.Context, env *environment, h *house, row ledger.OutboxRow) error {
				return resendRow(ctx, env, h, row, older)
			})
		}}
	c.Flags().BoolVar(&older, "older", false, "even where a later report of the study went there already")
	c.Flags().BoolVar(&yes, "yes", false, "send it again without asking")
	return c
}

// withRow opens the house and reads the row with that number.
func (env *environment) withRow(ctx context.Context, id string, do func(context.Context, *environment, *house, ledger.OutboxRow) error) error {
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return usagef("%q is no ID; nocturne outbox list shows them", id)
	}
	h, err := env.open(ctx)
	if err != nil {
		return err
	}
	defer h.Close()
	row, err := h.room.Ledger.Row(ctx, n)
	if errors.Is(err, ledger.ErrNone) {
		return errors.New("the outbox has no row of this number: nocturne outbox list shows them")
	}
	if err != nil {
		return err
	}
	return do(ctx, env, h, row)
}

func explainRow(ctx context.Context, env *environment, h *house, row ledger.OutboxRow) error {
	steps, err := h.room.Ledger.Steps(ctx, row.ID)
	if err != nil {
		return err
	}
	if env.JSON {
		told := make([]outboxStep, 0, len(steps))
		for _, s := range steps {
			told = append(told, outboxStep{s.At.Format(time.RFC3339Nano), string(s.State), s.Reason, s.Answer})
		}
		return env.printJSON(struct {
			outboxLine
			Bytes int          `json:"bytes"`
			Steps []outboxStep `json:"steps"`
		}{lineOf(row), len(row.Object), told})
	}
	for _, l := range outbox.Explain(row, len(row.Object)) {
		fmt.Fprintln(env.Out, l)
	}
	call := "call " + row.Site
	if phone := h.site(row.Site).Phone; phone != "" {
		call += ": " + phone
	}
	fmt.Fprintln(env.Out, outbox.Advice(row, call))
	for _, s := range steps {
		fmt.Fprintln(env.Out, outbox.Line(s))
	}
	return nil
}

func resendRow(ctx context.Context, env *environment, h *house, row ledger.OutboxRow, older bool) error {
	all, err := h.room.Ledger.OutboxOf(ctx, row.StudyUID)
	if err != nil {
		return err
	}
	if deliver.Later(all, row) && !older {
		return errors.New("a later report of this study went there already: sent now, this one may be taken for the newest; --older sends it all the same")
	}
	if err := h.room.Ledger.Unpark(ctx, row.ID); err != nil {
		if errors.Is(err, ledger.ErrNone) {
			return errors.New("only what is parked and has bytes is sent again by hand; the rest is tried by itself")
		}
		return err
	}
	row, err = h.runner.Deliver(ctx, row.ID, deliverWithin)
	if err != nil {
		return err
	}
	if err := printOutbox(env, []ledger.OutboxRow{row}); err != nil {
		return err
	}
	if row.State == ledger.Parked {
		return errSaid
	}
	return nil
}
