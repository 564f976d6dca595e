package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/nocturne/nocturne/ui/reading"
	"github.com/nocturne/nocturne/worklist/feed"
	"github.com/nocturne/nocturne/worklist/report"
	"github.com/spf13/cobra"
)

func reportLinkCommand(env *environment) *cobra.Command {
	return &cobra.Command{
		Use: "link STUDY [ACCESSION…]", Short: "Report further orders of the patient together with this one", Args: atLeast(1, "a STUDY"),
		Long: "Claims the orders and notes them in the draft; without accession numbers those of the\n" +
			"same patient and site within two hours. report sign makes a report for each.",
		RunE: func(c *cobra.Command, args []string) error {
			return env.withCase(c.Context(), args[0], func(h *house, row feed.Row) error {
				return h.changeLinks(c.Context(), env, row, func(d *report.Draft) error { return h.link(c.Context(), row, d, args[1:]) })
			})
		},
	}
}

func reportUnlinkCommand(env *environment) *cobra.Command {
	return &cobra.Command{
		Use: "unlink STUDY [ACCESSION…]", Short: "Report linked orders apart again", Args: atLeast(1, "a STUDY"),
		Long: "Without accession numbers all of them. They stay yours: nocturne release gives them back.",
		RunE: func(c *cobra.Command, args []string) error {
			return env.withCase(c.Context(), args[0], func(h *house, row feed.Row) error {
				return h.changeLinks(c.Context(), env, row, func(d *report.Draft) error { return unlink(d, args[1:]) })
			})
		},
	}
}

// changeLinks changes which orders the study's draft answers and says them.
func (h *house) changeLinks(ctx context.Context, env *environment, row feed.Row, change func(*report.Draft) error) error {
	stop, err := h.writes(ctx, row.StudyUID)
	if err != nil {
		return err
	}
	defer stop()
	d, signed, err := h.room.Draft(ctx, row)
	if err != nil {
		return err
	}
	if signed || d.What() != report.Final {
		return errors.New("this report is signed already: what follows it is about one order")
	}
	if err := change(d); err != nil {
		return err
	}
	if _, err := h.room.Save(ctx, d); err != nil {
		return err
	}
	if env.JSON {
		return env.printJSON(map[string]any{"study_instance_uid": row.StudyUID, "accession_number": row.Accession, "linked": append([]report.LinkedOrder{}, d.Linked...)})
	}
	for _, o := range d.Linked {
		fmt.Fprintln(env.Out, strings.TrimSpace(o.Accession+" "+o.Exam))
	}
	return nil
}

func (h *house) link(ctx context.Context, row feed.Row, d *report.Draft, accessions []string) error {
	listed := h.feed.Poll(ctx).Rows
	others := reading.Together(row, listed)
	if len(accessions) > 0 {
		others = nil
	}
	for _, a := range accessions {
		found := false
		for _, r := range listed {
			if r.Accession == a && r.Site == row.Site && !found {
				others, found = append(others, r), true
			}
		}
		if !found {
			return fmt.Errorf("no order %s is listed at %s", a, row.Site)
		}
	}
	if len(others) == 0 {
		return errors.New("no other order of this patient is open here within two hours")
	}
	for _, other := range others {
		o, err := h.room.Link(ctx, row, other)
		if err != nil {
			return err
		}
		if err := h.room.Load(ctx, other.Site, other.StudyUID, func(reading.Progress) {}); err != nil {
			return err
		}
		d.Link(o, time.Now())
	}
	return nil
}

func unlink(d *report.Draft, accessions []string) error {
	if len(accessions) == 0 {
		accessions = []string{""}
	}
	for _, a := range accessions {
		if len(d.Unlink(a, time.Now())) == 0 {
			return errors.New("no such order is linked to this report")
		}
	}
	return nil
}

// linkedRows are the rows of the orders that are linked to the study's draft.
func (h *house) linkedRows(ctx context.Context, row feed.Row) []feed.Row {
	d, signed, err := h.room.Draft(ctx, row)
	if err != nil || signed || len(d.Linked) == 0 {
		return nil
	}
	return reading.LinkedRows(d, h.feed.Poll(ctx).Rows)
}
