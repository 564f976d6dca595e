package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/worklist/deliver"
	"github.com/nocturne/nocturne/worklist/pacs"
	"github.com/spf13/cobra"
)

// check is one line of `nocturne doctor`.
type check struct {
	Name   string `json:"name"`
	Level  string `json:"level"` // ok, warn, fail
	Detail string `json:"detail"`
}

func doctorCommand(env *environment) *cobra.Command {
	return &cobra.Command{
		Use: "doctor", Short: "Check home, configuration, sites and display", Args: noArgs,
		Long: "With --site NAME the site is looked at closely: what its server does differently, what it can do, and how fast\n" +
			"each way to it is, measured on a few of its images, which are read and not kept. Nothing is written there.",
		RunE: func(c *cobra.Command, _ []string) error { return runDoctor(c.Context(), env) },
	}
}

func runDoctor(ctx context.Context, env *environment) error {
	h, err := env.open(ctx)
	if err != nil {
		return err
	}
	defer h.Close()
	checks := []check{{"home", "ok", env.Home}}
	checks = append(checks, readerChecks(h)...)
	checks = append(checks, env.keyCheck(), windowCheck(env), outboxCheck(ctx, h), h.ledgerCheck(ctx), h.cacheCheck(ctx), h.forecastCheck())
	checks = append(checks, auditCheck(ctx, h))
	checks = append(checks, forwardChecks(ctx, h)...)
	var speeds map[string]*speed
	for name, s := range h.room.Sites {
		checks = append(checks, siteCheck(ctx, name, s.Archive), worklistCheck(ctx, name, s.Workitems),
			watchCheck(ctx, name, s.Watchers, time.Duration(max(1, h.config.Policy.PollSeconds))*time.Second))
		checks = append(checks, env.identityChecks(ctx, h.sites[name].config)...)
		if env.Site != "" || env.URL != "" {
			var more []check
			more, speeds = h.siteChecks(ctx, h.sites[name])
			checks = append(checks, more...)
		}
	}
	if len(h.room.Sites) == 0 {
		checks = append(checks, check{"sites", "fail", errNoSite.Error()})
	}
	return printChecks(env, checks, speeds)
}

// readerChecks warns of defaults that would stand in a signed report.
func readerChecks(h *house) []check {
	out := []check{{"reader", "ok", h.room.Reader.Name}}
	if h.assumed {
		out[0].Level, out[0].Detail = "warn", fmt.Sprintf("%q is the system's user; set [reader] name in config.toml before signing", h.room.Reader.Name)
	}
	if h.room.Reader.Organization == unknownOrganization {
		out = append(out, check{"organization", "warn", "not set; reports will say " + unknownOrganization})
	}
	return out
}

func windowCheck(env *environment) check {
	if why := noWindow(env); why != "" {
		return check{"window", "warn", why + ": images are shown in the terminal, not for diagnosis"}
	}
	return check{"window", "ok", "display " + os.Getenv("DISPLAY")}
}

func outboxCheck(ctx context.Context, h *house) check {
	rows, err := h.room.Ledger.Outbox(ctx)
	if err != nil {
		return check{"outbox", "fail", err.Error()}
	}
	waiting, parked := 0, 0
	for _, r := range deliver.Reports(rows) {
		if r.Worst().State == ledger.Parked {
			parked++
		} else if !r.Done() {
			waiting++
		}
	}
	c := check{"outbox", "ok", fmt.Sprintf("%d waiting, %d parked", waiting, parked)}
	if parked > 0 {
		c.Level = "fail"
	} else if waiting > 0 {
		c.Level = "warn"
	}
	return c
}

func siteCheck(ctx context.Context, name string, a pacs.Archive) check {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	start := time.Now()
	if err := a.Verify(ctx); err != nil {
		return check{name, "fail", sentence(err)}
	}
	return check{name, "ok", fmt.Sprintf("answers in %d ms", time.Since(start).Milliseconds())}
}

func worklistCheck(ctx context.Context, name string, w pacs.Workitems) check {
	name += " worklist"
	if w == nil {
		return check{name, "warn", "no UPS: NOT LOCKED at this site"}
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	items, err := w.SearchWorkitems(ctx, pacs.WorkitemQuery{})
	if err != nil {
		return check{name, "fail", sentence(err)}
	}
	return check{name, "ok", fmt.Sprintf("%d workitems", len(items))}
}

// timed is a line with the figures behind it, for JSON.
type timed struct {
	check
	Speed *speed `json:"speed,omitempty"`
}

func printChecks(env *environment, checks []check, speeds map[string]*speed) error {
	failed := false
	var out []timed
	for _, c := range checks {
		failed = failed || c.Level == "fail"
		out = append(out, timed{c, speeds[c.Name]})
		if !env.JSON {
			fmt.Fprintf(env.Out, "%-5s %-18s %s\n", c.Level, c.Name, c.Detail)
		}
	}
	return env.finish(out, failed)
}
