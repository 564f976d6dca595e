package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/nocturne/nocturne/cache/access/policy"
	"github.com/nocturne/nocturne/cache/audit"
	"github.com/nocturne/nocturne/ui/reading"
	"github.com/nocturne/nocturne/worklist/feed"
	"github.com/spf13/cobra"
)

// pulled is one study's line of `pull --json`.
type pulled struct {
	Study    string      `json:"study_instance_uid"`
	Have     int         `json:"have"`
	Expected int         `json:"expected"`
	Bytes    int64       `json:"bytes"`
	Seconds  float64     `json:"seconds"`
	Missing  []pulledGap `json:"missing,omitempty"`
	Error    string      `json:"error,omitempty"`

	begun time.Time
}

// pulledGap is a series that is short of images.
type pulledGap struct {
	Series   int `json:"series_number"`
	Missing  int `json:"missing"`
	Expected int `json:"expected"`
}

// take notes how far the study is.
func (p *pulled) take(r reading.Progress) {
	p.Have, p.Expected, p.Bytes = r.Have, r.Expected, r.Bytes
	p.Seconds = math.Round(time.Since(p.begun).Seconds()*1000) / 1000
	p.Missing = nil
	for _, g := range r.Gaps {
		p.Missing = append(p.Missing, pulledGap{g.Number, g.Missing, g.Expected})
	}
}

// line is the study's line when it is done.
func (p *pulled) line() string {
	parts := []string{fmt.Sprintf("%d/%d", p.Have, p.Expected)}
	if p.Bytes > 0 && p.Seconds > 0 {
		parts = append(parts, fmt.Sprintf("%.1f MB in %.1f s, %.1f MB/s", float64(p.Bytes)/1e6, p.Seconds, float64(p.Bytes)/1e6/p.Seconds))
	}
	if p.Error != "" {
		parts = append(parts, p.Error)
	}
	return strings.Join(parts, "  ")
}

// over as a rate says that a study is done.
const over = -1

// pulling shows how far a study is on a terminal, in one line that is written over;
// elsewhere nothing.
func (env *environment) pulling(row feed.Row) func(p pulled, rate float64) {
	if env.JSON || !env.terminal() {
		return func(pulled, float64) {}
	}
	var last time.Time
	return func(p pulled, rate float64) {
		if rate == over {
			fmt.Fprint(env.Out, "\r\x1b[K")
			return
		}
		if time.Since(last) < 100*time.Millisecond {
			return
		}
		last = time.Now()
		fmt.Fprintf(env.Out, "\r\x1b[K%s  %d/%d  %.1f MB/s", row.Site, p.Have, p.Expected, rate/1e6)
	}
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
		if err == nil {
			err = h.room.Permitted(ctx, row, policy.Look)
		}
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
		p := pulled{Study: row.StudyUID, begun: time.Now()}
		h.room.Expect(row.StudyUID, row.Expected)
		show := env.pulling(row)
		err := h.room.Load(ctx, row.Site, row.StudyUID, func(r reading.Progress) {
			p.take(r)
			show(p, r.Rate)
		})
		show(p, over)
		err = errors.Join(err, h.room.Record(ctx, audit.Received(audit.Node{Name: row.Site, Address: h.room.Sites[row.Site].DICOMwebURL}, reading.Subject(row))))
		if err != nil {
			p.Error, failed = sentence(err), true
		}
		if !env.JSON {
			fmt.Fprintf(env.Out, "%s  %s\n", p.Study, p.line())
		}
		out = append(out, p)
	}
	return env.finish(out, failed)
}
