package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nocturne/nocturne/worklist/ahead"
	"github.com/spf13/cobra"
)

// prefetched is what `prefetch --json` prints.
type prefetched struct {
	Studies   []ahead.Result            `json:"studies"`
	Forecasts map[string]ahead.Accuracy `json:"forecasts,omitempty"`
}

func prefetchCommand(env *environment) *cobra.Command {
	claimed := false
	c := &cobra.Command{
		Use: "prefetch", Short: "Fetch the cases of the worklist and their priors into the cache, then end", Args: noArgs,
		Long: "Fetches what the list holds in the order to read it: STAT, then what this reader holds, then what is assigned,\n" +
			"then the rest, each case before its priors. It claims nothing. Exit 1 when something could not be fetched. The\n" +
			"terminal program does the same while it runs (policy.prefetch).",
		RunE: func(c *cobra.Command, _ []string) error {
			h, err := env.open(c.Context())
			if err != nil {
				return err
			}
			defer h.Close()
			return h.prefetch(c.Context(), env, claimed)
		},
	}
	c.Flags().BoolVar(&claimed, "claimed", false, "only what this reader holds, and STAT")
	return c
}

// prefetch fetches until nothing more is to be had.
func (h *house) prefetch(ctx context.Context, env *environment, claimed bool) error {
	if len(h.room.Sites) == 0 {
		return errNoSite
	}
	if h.config.Policy.Prefetch == string(ahead.Off) || claimed {
		h.config.Policy.Prefetch = string(ahead.All) // it was asked for by name
		if claimed {
			h.config.Policy.Prefetch = string(ahead.Claimed)
		}
		h.fetchAhead(env)
	}
	list := h.feed.Poll(ctx)
	h.room.CountCached(list.Rows)
	h.room.Ahead.Set(list.Rows)
	if err := h.fetchAll(ctx); err != nil {
		return err
	}
	out, failed := prefetched{h.room.Ahead.Results(), h.forecasts(time.Now().Add(-thisNight))}, false
	for _, r := range out.Studies {
		failed = failed || !r.Ready
		if !env.JSON {
			fmt.Fprintln(env.Out, prefetchLine(r))
		}
	}
	if !env.JSON {
		for _, l := range forecastLines(out.Forecasts) {
			fmt.Fprintln(env.Out, l)
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return errors.Join(silent(env, list), env.finish(out, failed))
}

func prefetchLine(r ahead.Result) string {
	line := fmt.Sprintf("%s  %s  %d/%d  ", r.Site, r.Study, r.Have, r.Expected)
	switch {
	case r.Ready:
		line += "ready"
	case r.Why != "":
		line += r.Why
	default:
		line += "not fetched"
	}
	if r.Of != "" {
		line += "  prior: " + r.Reason
	}
	return line
}
