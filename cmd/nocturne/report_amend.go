package main

import (
	"context"
	"errors"
	"time"

	"github.com/nocturne/nocturne/worklist/feed"
	"github.com/nocturne/nocturne/worklist/report"
	"github.com/spf13/cobra"
)

func reportPrelimCommand(env *environment) *cobra.Command {
	text, reason, pin := "", "", ""
	c := &cobra.Command{
		Use: "prelim STUDY --text LINE", Short: "Send one line as a preliminary report at once", Args: exactly(1, "a STUDY"),
		Long: "The draft and the claim stay as they are; what is signed later replaces the line.\n" +
			"With --reason what may be overridden is.",
		RunE: func(c *cobra.Command, args []string) error {
			if text == "" {
				return usagef("report prelim needs --text")
			}
			return env.withCase(c.Context(), args[0], func(h *house, row feed.Row) error { return h.prelim(c.Context(), env, row, text, reason, pin) })
		},
	}
	c.Flags().StringVar(&text, "text", "", "the line")
	c.Flags().StringVar(&reason, "reason", "", "why it is sent in spite of a warning")
	c.Flags().StringVar(&pin, "pin-file", "", "FILE that holds the reader's PIN, where the policy asks for it")
	return c
}

func (h *house) prelim(ctx context.Context, env *environment, row feed.Row, text, reason, pinFile string) error {
	d, signed, err := h.room.Draft(ctx, row)
	if err != nil {
		return err
	}
	if signed {
		return errors.New("this report is signed already; report correct or an addendum follow it")
	}
	signing, err := h.withPIN(ctx, env, row.Site, pinFile)
	if err != nil {
		return err
	}
	out, err := h.room.WetRead(signing, row, d, h.room.Facts(ctx, row, h.facts(ctx, row)), text, reason)
	return h.deliver(ctx, env, row, out, err)
}

// reportFollowCommand begins what takes a signed report's place.
func reportFollowCommand(env *environment, kind report.Kind, use, short string) *cobra.Command {
	reason, sets := "", []string(nil)
	c := &cobra.Command{
		Use: use + " STUDY --reason WHY", Short: short, Args: exactly(1, "a STUDY"),
		Long: "Begins the draft; report sign sends it. Where whoever acted on the old report has to\n" +
			"be told, the call is recorded before (nocturne critical).",
		RunE: func(c *cobra.Command, args []string) error {
			if reason == "" {
				return usagef("report %s needs --reason: it is said to everyone who got the report", use)
			}
			texts, err := readSets(env.In, sets)
			if err != nil {
				return err
			}
			return env.withCase(c.Context(), args[0], func(h *house, row feed.Row) error {
				return h.follow(c.Context(), env, row, kind, reason, texts)
			})
		},
	}
	c.Flags().StringVar(&reason, "reason", "", "why, in words")
	c.Flags().StringArrayVar(&sets, "set", nil, "SECTION=TEXT, SECTION=@FILE or SECTION=@-")
	return c
}

func (h *house) follow(ctx context.Context, env *environment, row feed.Row, kind report.Kind, reason string, texts map[report.Section]string) error {
	stop, err := h.writes(ctx, row.StudyUID)
	if err != nil {
		return err
	}
	defer stop()
	d, err := h.room.Amend(ctx, row, kind, reason)
	if err != nil {
		return err
	}
	for s, text := range texts {
		d.Set(s, text, time.Now())
	}
	return h.saveAndSay(ctx, env, row, d)
}
