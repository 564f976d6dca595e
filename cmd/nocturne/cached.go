package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/nocturne/nocturne/cache/evict"
	"github.com/nocturne/nocturne/ui/reading"
	"github.com/spf13/cobra"
)

// cachedLine is what `cached --json` and `evict --json` print of a study.
type cachedLine struct {
	Study    string   `json:"study_instance_uid"`
	Site     string   `json:"site,omitempty"`
	Bytes    int64    `json:"bytes"`
	Have     int      `json:"held_instances"`
	Expected int      `json:"expected_instances"`
	Pinned   []string `json:"pinned"`
	Why      string   `json:"why"`
	Goes     string   `json:"goes,omitempty"` // "now", a time, or "" while it is pinned
	Gone     bool     `json:"gone,omitempty"`
}

func cachedCommand(env *environment) *cobra.Command {
	return &cobra.Command{
		Use: "cached", Short: "List the studies on disk, why each stays and when it goes", Args: noArgs,
		Long: "Lists what is on disk: how much of each study, what pins it, and when it goes by\n" +
			"itself: days after sign-off (the site's policy file, else limits.keep_days), priors\n" +
			"with the study that needed them, what was used least lately when limits.cache_gb or\n" +
			"limits.free_gb are not kept. It needs no network.",
		RunE: func(c *cobra.Command, _ []string) error {
			h, err := env.open(c.Context())
			if err != nil {
				return err
			}
			defer h.Close()
			all, shortage, err := h.room.Cached(c.Context())
			if err != nil {
				return err
			}
			return printCached(env, all, shortage, false)
		},
	}
}

func evictCommand(env *environment) *cobra.Command {
	dry, all, study := false, false, ""
	c := &cobra.Command{
		Use: "evict [--study STUDY | --all] [--dry-run]", Short: "Erase images that need not be on disk", Args: noArgs,
		Long: "Erases the images of every study that goes by the rules (nocturne cached lists them),\n" +
			"as the program does by itself every hour: the study's key first, so that no copy of\n" +
			"its files can be read, then the files. --study erases one more, --all every one that\n" +
			"nothing pins. What is assigned, claimed, open, being written or not delivered stays.\n" +
			"Reports, drafts and marks are never erased.",
		RunE: func(c *cobra.Command, _ []string) error {
			if all && study != "" {
				return usagef("either --study or --all")
			}
			h, err := env.open(c.Context())
			if err != nil {
				return err
			}
			defer h.Close()
			asked := func(x reading.Cached) bool {
				return all || study != "" && (string(x.UID) == study || h.accession(x) == study)
			}
			if dry {
				return h.wouldGo(c, env, asked)
			}
			return h.evict(c, env, study, asked)
		},
	}
	c.Flags().BoolVar(&dry, "dry-run", false, "only say what would go")
	c.Flags().BoolVar(&all, "all", false, "every study that nothing pins")
	c.Flags().StringVar(&study, "study", "", "one study, by Study Instance UID or accession number")
	return c
}

// accession is the number of a study on disk, as its images say it.
func (h *house) accession(x reading.Cached) string { return h.room.About(x.UID).Accession }

func (h *house) wouldGo(c *cobra.Command, env *environment, asked func(reading.Cached) bool) error {
	all, shortage, err := h.room.Cached(c.Context())
	if err != nil {
		return err
	}
	var going []reading.Cached
	for _, x := range all {
		if !x.Go && asked(x) && len(x.Pins) == 0 {
			x.Go, x.Why = true, "asked for"
		}
		if x.Go {
			going = append(going, x)
		}
	}
	return printCached(env, going, shortage, false)
}

func (h *house) evict(c *cobra.Command, env *environment, study string, asked func(reading.Cached) bool) error {
	if study != "" {
		if err := h.mayGo(c, asked); err != nil {
			return err
		}
	}
	gone, shortage, err := h.room.Evict(c.Context(), asked)
	return errors.Join(printCached(env, gone, shortage, true), err)
}

// mayGo says why a study that was asked for by name does not go.
func (h *house) mayGo(c *cobra.Command, asked func(reading.Cached) bool) error {
	all, _, err := h.room.Cached(c.Context())
	if err != nil {
		return err
	}
	for _, x := range all {
		if asked(x) && len(x.Pins) > 0 {
			return fmt.Errorf("%w: %s", reading.ErrPinned, x.Why)
		} else if asked(x) {
			return nil
		}
	}
	return errors.New("no such study is on disk")
}

func printCached(env *environment, all []reading.Cached, shortage int64, gone bool) error {
	lines, total := make([]cachedLine, 0, len(all)), int64(0)
	for _, x := range all {
		l := cachedLine{Study: string(x.UID), Site: x.Site, Bytes: x.Size, Have: x.Have, Expected: x.Expected, Pinned: []string{}, Why: x.Why, Gone: gone}
		for _, p := range x.Pins {
			l.Pinned = append(l.Pinned, string(p))
		}
		switch {
		case x.Go:
			l.Goes = "now"
		case !x.At.IsZero():
			l.Goes = x.At.Format(time.RFC3339)
		}
		lines, total = append(lines, l), total+x.Size
	}
	if env.JSON {
		return env.printJSON(lines)
	}
	for i, l := range lines {
		word := "stays"
		switch {
		case gone:
			word = "erased"
		case l.Goes == "now":
			word = "goes"
		case l.Goes != "":
			word = "until " + all[i].At.Local().Format("2 Jan 15:04")
		}
		fmt.Fprintf(env.Out, "%-18s %9s  %5d/%-5d %s  %s\n", word, evict.Bytes(l.Bytes), l.Have, l.Expected, l.Study, l.Why)
	}
	fmt.Fprintf(env.Out, "%d studies, %s\n", len(lines), evict.Bytes(total))
	if shortage > 0 {
		fmt.Fprintf(env.Err, "nocturne: %s\n", (&reading.ShortageError{Bytes: shortage}).Error())
	}
	return nil
}
