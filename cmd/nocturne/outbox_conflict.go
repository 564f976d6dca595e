package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/ui/reading"
	"github.com/spf13/cobra"
)

func outboxConflictsCommand(env *environment) *cobra.Command {
	kept := false
	c := &cobra.Command{
		Use: "conflicts", Short: "List the reports that wait because of another's", Args: noArgs,
		Long: "Lists the signed reports that were not sent because somebody else reported the study\n" +
			"meanwhile, or has its task, with both texts. With --kept, those that were not sent in\n" +
			"the end and are kept in this home. It needs no network.",
		RunE: func(c *cobra.Command, _ []string) error {
			h, err := env.open(c.Context())
			if err != nil {
				return err
			}
			defer h.Close()
			if kept {
				return printWithheld(c.Context(), env, h.room)
			}
			all, err := h.room.Conflicts(c.Context())
			if err != nil {
				return err
			}
			return printConflicts(env, all)
		},
	}
	c.Flags().BoolVar(&kept, "kept", false, "reports that were taken back for another's, as they were signed")
	return c
}

func printConflicts(env *environment, all []reading.Conflict) error {
	if env.JSON {
		return env.printJSON(append([]reading.Conflict{}, all...))
	}
	for _, c := range all {
		fmt.Fprintf(env.Out, "acc %s  %s  signed %s, not sent\n", c.Accession, c.Site, c.Signed.Local().Format(time.DateTime))
		if c.Task != "" {
			fmt.Fprintf(env.Out, "  %s\n", dicom.Clean(c.Task))
		}
		printParts(env, "MINE", c.Mine)
		for _, v := range c.Rivals {
			printParts(env, strings.TrimRight("THEIRS "+dicom.ParsePN(v.By).Display(), " ")+", "+v.At.Local().Format(time.DateTime), v.Parts)
		}
		var ways []string
		for _, d := range c.Choices() {
			ways = append(ways, "--"+string(d))
		}
		fmt.Fprintf(env.Out, "  nocturne outbox decide %s %s\n", c.Accession, strings.Join(ways, " | "))
	}
	return nil
}

func printParts(env *environment, head string, parts []reading.Said) {
	fmt.Fprintf(env.Out, "  %s\n", dicom.Clean(head))
	for _, p := range parts {
		fmt.Fprintf(env.Out, "    %s: %s\n", dicom.Clean(p.Title), strings.ReplaceAll(dicom.Clean(p.Text), "\n", "\n      "))
	}
}

// withheldLine is what `outbox conflicts --kept --json` prints of a report.
type withheldLine struct {
	Study     string `json:"study_instance_uid"`
	Accession string `json:"accession_number"`
	SOPUID    string `json:"sop_instance_uid"`
	Signed    string `json:"signed"`
	Withheld  string `json:"withheld"`
	SHA256    string `json:"sha256"`
	Text      string `json:"text"`
}

func printWithheld(ctx context.Context, env *environment, room *reading.Room) error {
	records, err := room.Ledger.Records(ctx, ledger.WithheldKind, "")
	if err != nil {
		return err
	}
	lines := []withheldLine{}
	for _, rec := range records {
		var w ledger.Withheld
		if err := json.Unmarshal(rec.Body, &w); err != nil || len(w.Rows) == 0 {
			return fmt.Errorf("read a report kept aside: %w", errors.Join(err, ledger.ErrMalformed))
		}
		first := w.Rows[0]
		lines = append(lines, withheldLine{Study: first.StudyUID, Accession: first.Accession, SOPUID: first.Report, Signed: first.Signed.Format(time.RFC3339),
			Withheld: rec.At.Format(time.RFC3339), SHA256: first.SHA256, Text: reading.SignedText(first.Object)})
	}
	if env.JSON {
		return env.printJSON(lines)
	}
	for _, l := range lines {
		fmt.Fprintf(env.Out, "acc %s  signed %s  kept aside %s\n%s\n", l.Accession, l.Signed, l.Withheld, l.Text)
	}
	return nil
}

func outboxDecideCommand(env *environment) *cobra.Command {
	chosen, why := map[reading.Decision]*bool{}, ""
	c := &cobra.Command{
		Use: "decide STUDY (--addendum | --replace --reason WORDS | --keep | --send)", Short: "Decide about a report that waits because of another's",
		Args: exactly(1, "a STUDY"),
		Long: "--addendum makes the text a draft that adds to the other report, --replace one that\n" +
			"takes its place; either has to be signed (nocturne report sign). --keep leaves the\n" +
			"other standing and keeps this one here. --send sends it as it was signed: only where\n" +
			"the task is another's and the site holds no other report.",
		RunE: func(c *cobra.Command, args []string) error {
			var what reading.Decision
			for d, on := range chosen {
				if *on && what != "" {
					return usagef("only one of --addendum, --replace, --keep and --send")
				} else if *on {
					what = d
				}
			}
			if what == "" {
				return usagef("outbox decide needs --addendum, --replace, --keep or --send")
			}
			return decide(c.Context(), env, args[0], what, why)
		},
	}
	for d, help := range map[reading.Decision]string{reading.AddToTheirs: "mine becomes an addendum to theirs, to be signed", reading.ReplaceTheirs: "mine replaces theirs, to be signed",
		reading.KeepAside: "theirs stands; mine is kept here", reading.SendMine: "mine goes as it was signed"} {
		chosen[d] = c.Flags().Bool(string(d), false, help)
	}
	c.Flags().StringVar(&why, "reason", "", "why theirs is replaced; everyone who got it is told")
	return c
}

func decide(ctx context.Context, env *environment, study string, what reading.Decision, why string) error {
	h, err := env.open(ctx)
	if err != nil {
		return err
	}
	defer h.Close()
	all, err := h.room.Conflicts(ctx)
	if err != nil {
		return err
	}
	for _, c := range all {
		if c.Accession != study && c.StudyUID != study && c.Report != study {
			continue
		}
		if err := h.room.Decide(ctx, c, what, why); err != nil {
			return err
		}
		if env.JSON {
			return env.printJSON(map[string]any{"study_instance_uid": c.StudyUID, "accession_number": c.Accession, "decision": what})
		}
		fmt.Fprintln(env.Out, string(what))
		return nil
	}
	return reading.ErrNoConflict
}
