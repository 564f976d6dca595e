package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/nocturne/nocturne/ui/reading"
	"github.com/nocturne/nocturne/worklist/feed"
	"github.com/spf13/cobra"
)

// pulled is one study's line of `pull --json`.
type pulled struct {
	Study    string `json:"study_instance_uid"`
	Have     int    `json:"have"`
	Expected int    `json:"expected"`
	Error    string `json:"error,omitempty"`
}

func pullCommand(env *environment) *cobra.Command {
	assigned := false
	c := &cobra.Command{
		Use: "pull STUDY|--assigned", Short: "Fetch a study, or all assigned ones, into the cache",
		Args: func(_ *cobra.Command, args []string) error {
			if (len(args) == 1) == assigned {
				return usagef("expected a STUDY or --assigned")
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			h, err := env.open(c.Context())
			if err != nil {
				return err
			}
			defer h.Close()
			rows, err := h.wanted(c.Context(), args)
			if err != nil {
				return err
			}
			return h.pull(c.Context(), env, rows)
		},
	}
	c.Flags().BoolVar(&assigned, "assigned", false, "all cases of the worklist")
	return c
}

func (h *house) wanted(ctx context.Context, args []string) ([]feed.Row, error) {
	if len(args) == 1 {
		row, err := h.row(ctx, args[0])
		return []feed.Row{row}, err
	}
	if len(h.room.Sites) == 0 {
		return nil, errNoSite
	}
	s := h.feed.Poll(ctx)
	var errs []error
	for _, site := range s.Sites {
		errs = append(errs, site.Err)
	}
	return s.Rows, errors.Join(errs...)
}

// pull fetches each row's study; one that stays incomplete fails the command after
// the others were tried.
func (h *house) pull(ctx context.Context, env *environment, rows []feed.Row) error {
	var out []pulled
	failed := false
	for _, row := range rows {
		p := pulled{Study: row.StudyUID}
		err := h.room.Load(ctx, row.Site, row.StudyUID, func(r reading.Progress) { p.Have, p.Expected = r.Have, r.Expected })
		if err != nil {
			p.Error, failed = sentence(err), true
		}
		if !env.JSON {
			fmt.Fprintf(env.Out, "%s  %d/%d  %s\n", p.Study, p.Have, p.Expected, p.Error)
		}
		out = append(out, p)
	}
	return env.finish(out, failed)
}
