package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/nocturne/nocturne/cache/access/policy"
	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/ui/reading"
	"github.com/nocturne/nocturne/worklist/feed"
	"github.com/nocturne/nocturne/worklist/report"
	"github.com/spf13/cobra"
)

func reportCommand(env *environment) *cobra.Command {
	c := &cobra.Command{Use: "report", Short: "Write, sign and show reports", Args: noArgs,
		RunE: func(*cobra.Command, []string) error {
			return usagef("expected: report draft, preview, check, sign, show, status or verify")
		}}
	c.AddCommand(reportDraftCommand(env), reportSignCommand(env), reportShowCommand(env), reportStatusCommand(env), reportPrelimCommand(env),
		reportVerifyCommand(env), reportLinkCommand(env), reportUnlinkCommand(env), reportPreviewCommand(env), reportCheckCommand(env),
		reportFollowCommand(env, report.Corrected, "correct", "Begin a report that takes the place of the signed one"),
		reportFollowCommand(env, report.Withdrawn, "withdraw", "Begin taking the signed report back"))
	return c
}

// withCase opens the house and finds the case, here or at its site.
func (env *environment) withCase(ctx context.Context, study string, do func(h *house, row feed.Row) error) error {
	h, err := env.open(ctx)
	if err != nil {
		return err
	}
	defer h.Close()
	row, err := h.rowOrLocal(ctx, study)
	if err != nil {
		return err
	}
	if err := h.room.Permitted(ctx, row, policy.Look); err != nil {
		return err
	}
	return do(h, row)
}

func reportDraftCommand(env *environment) *cobra.Command {
	var sets []string
	var name string
	c := &cobra.Command{
		Use: "draft STUDY --set SECTION=TEXT …", Short: "Write sections of a study's report", Args: exactly(1, "a STUDY"),
		Long: "Sections: indication technique comparison findings impression recommendation addendum.\n" +
			"TEXT may be @FILE, or @- for standard input. Sections that are not set are prefilled from facts,\n" +
			"or begun from a template (nocturne templates list; auto: the one that fits best). Sections that\n" +
			"are set are what you say, whatever the template says of them.",
		RunE: func(c *cobra.Command, args []string) error {
			texts, err := readSets(env.In, sets)
			if err != nil {
				return err
			}
			return env.withCase(c.Context(), args[0], func(h *house, row feed.Row) error { return h.draft(c.Context(), env, row, name, texts) })
		},
	}
	c.Flags().StringVar(&name, "template", "", "begin with the template of that NAME, or auto")
	c.Flags().StringArrayVar(&sets, "set", nil, "SECTION=TEXT, SECTION=@FILE or SECTION=@-")
	return c
}

func readSets(in io.Reader, sets []string) (map[report.Section]string, error) {
	out := map[report.Section]string{}
	for _, set := range sets {
		name, text, err := splitSet(set)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(report.Order, report.Section(name)) {
			return nil, usagef("no section %q; there are %v", name, report.Order)
		}
		if file, ok := strings.CutPrefix(text, "@"); ok {
			if text, err = readText(in, file); err != nil {
				return nil, err
			}
		}
		out[report.Section(name)] = strings.TrimRight(text, "\n")
	}
	return out, nil
}

func readText(in io.Reader, file string) (string, error) {
	if file == "-" {
		b, err := io.ReadAll(io.LimitReader(in, 1<<20))
		return string(b), err
	}
	b, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("read section: %w", err)
	}
	return string(b), nil
}

// draft writes sections; what was signed already is continued by an addendum.
func (h *house) draft(ctx context.Context, env *environment, row feed.Row, name string, texts map[report.Section]string) error {
	stop, err := h.writes(ctx, row.StudyUID)
	if err != nil {
		return err
	}
	defer stop()
	d, signed, err := h.room.Draft(ctx, row)
	if err != nil {
		return err
	}
	if signed {
		if d, err = h.room.Amend(ctx, row, report.Added, ""); err != nil {
			return err
		}
	}
	now := time.Now()
	facts := h.room.Facts(ctx, row, h.facts(ctx, row))
	if d.What() == report.Final {
		d.Prefill(facts, now)
	}
	if err := h.begin(env, d, name, facts, now); err != nil {
		return err
	}
	for s, text := range texts {
		if s == report.Addendum && d.What() != report.Added {
			return fmt.Errorf("an addendum needs a signed report first")
		}
		if d.What() == report.Added && s != report.Addendum && s != report.Critical {
			return fmt.Errorf("this report is signed: only --set addendum=… is added to it; nocturne report correct changes it")
		}
		d.Set(s, text, now)
	}
	return h.saveAndSay(ctx, env, row, d)
}

func (h *house) saveAndSay(ctx context.Context, env *environment, row feed.Row, d *report.Draft) error {
	revision, err := h.room.Save(ctx, d)
	if err != nil {
		return err
	}
	if env.JSON {
		return env.printJSON(map[string]any{"study_instance_uid": row.StudyUID, "accession_number": row.Accession, "state": "draft", "kind": d.What(), "revision": revision, "sections": plain(d)})
	}
	fmt.Fprintln(env.Out, d.Text())
	return nil
}

// writes takes the right to write the study's report: a terminal that has it open
// keeps it.
func (h *house) writes(ctx context.Context, study string) (stop func(), err error) {
	w, busy, err := h.room.Write(ctx, study)
	if err != nil {
		return nil, err
	}
	if busy != "" {
		return nil, errors.New("the report is " + busy)
	}
	return w.Stop, nil
}

func plain(d *report.Draft) map[report.Section]string {
	out := map[report.Section]string{}
	for _, s := range report.Order {
		if text := d.Said(s); text != "" {
			out[s] = text
		}
	}
	return out
}

func reportShowCommand(env *environment) *cobra.Command {
	return &cobra.Command{
		Use: "show STUDY", Short: "Show the report of a study: the draft here, else the archive's", Args: exactly(1, "a STUDY"),
		RunE: func(c *cobra.Command, args []string) error {
			return env.withCase(c.Context(), args[0], func(h *house, row feed.Row) error { return h.show(c.Context(), env, row) })
		},
	}
}

func (h *house) show(ctx context.Context, env *environment, row feed.Row) error {
	stored, ok, err := h.room.Ledger.Draft(ctx, row.StudyUID)
	if err != nil {
		return err
	}
	text, sections := "", map[report.Section]string{}
	if ok {
		d, err := report.Decode(stored.Body)
		if err != nil {
			return err
		}
		text, sections = d.Text(), plain(d)
	} else {
		err := h.room.Load(ctx, row.Site, row.StudyUID, func(reading.Progress) {})
		if text = h.room.PriorReport(row.StudyUID); text == "" {
			if err != nil {
				return err
			}
			return fmt.Errorf("there is no report of this study")
		}
	}
	if env.JSON {
		return env.printJSON(map[string]any{"study_instance_uid": row.StudyUID, "accession_number": row.Accession, "text": text, "sections": sections})
	}
	fmt.Fprintln(env.Out, dicom.Clean(text))
	return nil
}

func reportStatusCommand(env *environment) *cobra.Command {
	return &cobra.Command{
		Use: "status STUDY", Short: "Say how far the report of a study is", Args: exactly(1, "a STUDY"),
		RunE: func(c *cobra.Command, args []string) error {
			return env.withCase(c.Context(), args[0], func(h *house, row feed.Row) error {
				a, err := h.status(c.Context(), row)
				if err != nil {
					return err
				}
				if env.JSON {
					return env.printJSON(a)
				}
				fmt.Fprintf(env.Out, "%s %s\n", a.State, a.SOPUID)
				return nil
			})
		},
	}
}
