package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nocturne/nocturne/cache/audit"
	"github.com/nocturne/nocturne/ui/reading"
	"github.com/spf13/cobra"
)

func auditCommand(env *environment) *cobra.Command {
	c := &cobra.Command{Use: "audit", Short: "Show, verify and export the audit log", Args: noArgs,
		Long: "The log says who did what with whose data on this machine: PS3.15 A.5 messages, sealed, in a\n" +
			"Merkle tree whose signed heads are kept in the ledger and sent on. Reading it is recorded in\n" +
			"it. Each of these fails, and says where, when the log is not as it was written.",
		RunE: func(*cobra.Command, []string) error {
			return usagef("expected: audit show, audit verify or audit export")
		}}
	c.AddCommand(auditShowCommand(env), auditVerifyCommand(env), auditExportCommand(env), auditSendCommand(env))
	return c
}

func auditShowCommand(env *environment) *cobra.Command {
	var since, study string
	c := &cobra.Command{Use: "show", Short: "List what happened", Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			from, err := reading.Since(since, time.Now())
			if err != nil {
				return usageError{err}
			}
			return env.withAudit(c.Context(), "audit show", func(h *house) error { return showAudit(c.Context(), env, h.audit, from, study) })
		}}
	c.Flags().StringVar(&since, "since", "", "how far back: 12h, 7d or a date (default: everything)")
	c.Flags().StringVar(&study, "study", "", "only what concerns this study UID or accession number")
	return c
}

// withAudit opens the house, records that its log is looked at and how, and looks.
func (env *environment) withAudit(ctx context.Context, how string, do func(*house) error) error {
	h, err := env.open(ctx)
	if err != nil {
		return err
	}
	defer h.Close()
	if err := h.room.Record(ctx, audit.ViewedAudit(how)); err != nil {
		return err
	}
	return do(h)
}

func showAudit(ctx context.Context, env *environment, l *audit.Log, from time.Time, study string) error {
	out := []auditRow{}
	err := eachEvent(ctx, l, func(n audit.Entry, e audit.Event) error {
		if n.XML != nil && (e.At.Before(from) || study != "" && !concerns(e, study)) || n.XML == nil && study != "" {
			return nil
		}
		row := rowOf(n, e)
		if env.JSON {
			out = append(out, row)
			return nil
		}
		_, err := fmt.Fprintln(env.Out, row.line())
		return err
	})
	if err == nil && env.JSON {
		err = env.printJSON(out)
	}
	if err != nil {
		return err
	}
	_, err = l.Verify(ctx)
	return err
}

// eachEvent gives every record with its event; that of one whose key was erased is empty.
func eachEvent(ctx context.Context, l *audit.Log, each func(audit.Entry, audit.Event) error) error {
	return l.Entries(ctx, audit.Cursor{}, func(of []audit.Entry, _ audit.Head, _ audit.Cursor) error {
		for _, n := range of {
			var e audit.Event
			var err error
			if n.XML != nil {
				if e, err = n.Event(); err != nil {
					return fmt.Errorf("read audit record %d: %w", n.N+1, err)
				}
			}
			if err := each(n, e); err != nil {
				return err
			}
		}
		return nil
	})
}

// auditVerdict is what `audit verify --json` prints.
type auditVerdict struct {
	OK       bool           `json:"ok"`
	Log      string         `json:"log"`
	Records  int64          `json:"records"`
	Erased   int64          `json:"erased"`
	Head     string         `json:"head,omitempty"` // the signed note
	Kept     int64          `json:"kept_size"`      // how long the log was when its head was last kept in the ledger
	Aside    int            `json:"set_aside"`
	Findings []auditFinding `json:"findings"`
}

type auditFinding struct {
	Finding audit.Finding `json:"finding"`
	Record  int64         `json:"record"`
	Says    string        `json:"says"`
}

func auditVerifyCommand(env *environment) *cobra.Command {
	return &cobra.Command{Use: "verify", Short: "Hold every record against the signed heads", Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			h, err := env.open(c.Context())
			if err != nil {
				return err
			}
			defer h.Close()
			v, err := h.audit.Verify(c.Context())
			found := tampered(err)
			if err != nil && len(found) == 0 {
				return err
			}
			return printVerdict(env, v, found)
		}}
}

func printVerdict(env *environment, v audit.Verdict, found []auditFinding) error {
	out := auditVerdict{OK: len(found) == 0, Log: v.Head.Log, Records: v.Records, Erased: v.Erased, Head: v.Head.Note, Kept: v.KeptSize, Aside: v.Aside, Findings: found}
	if !env.JSON {
		for _, f := range found {
			fmt.Fprintln(env.Out, f.Says)
		}
		if out.OK {
			fmt.Fprintf(env.Out, "ok: %d records, as the signed heads say\n", v.Records)
		}
	}
	return env.finish(out, !out.OK)
}

// tampered are what Verify named, each once.
func tampered(err error) []auditFinding {
	out := []auditFinding{}
	var bad *audit.Tampered
	if all, ok := err.(interface{ Unwrap() []error }); ok {
		for _, e := range all.Unwrap() {
			out = append(out, tampered(e)...)
		}
	} else if errors.As(err, &bad) {
		out = append(out, auditFinding{bad.Finding, bad.Record, bad.Error()})
	}
	return out
}
