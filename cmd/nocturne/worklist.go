package main

import (
	"cmp"
	"fmt"
	"strings"

	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/ui/list"
	"github.com/nocturne/nocturne/worklist/feed"
	"github.com/spf13/cobra"
)

func worklistCommand(env *environment) *cobra.Command {
	return &cobra.Command{
		Use: "worklist", Short: "List the cases assigned to the reader by all sites", Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			h, err := env.open(c.Context())
			if err != nil {
				return err
			}
			defer h.Close()
			if len(h.room.Sites) == 0 {
				return errNoSite
			}
			s := h.listed(c.Context())
			h.aheadElsewhere(c.Context())
			h.room.FetchAhead(s.Rows)
			h.room.Forecast(s.Rows)
			if err := printRows(env, s.Rows); err != nil {
				return err
			}
			return silent(env, s)
		},
	}
}

// printRows prints the list as JSON or as one line a case.
func printRows(env *environment, rows []feed.Row) error {
	if env.JSON {
		if rows == nil {
			rows = []feed.Row{}
		}
		return env.printJSON(rows)
	}
	for _, r := range rows {
		due, _ := list.Due(r, time.Now())
		holder := string(r.State)
		if r.ClaimedBy != nil {
			holder += " by " + dicom.ParsePN(*r.ClaimedBy).Display()
		}
		fmt.Fprintln(env.Out, dicom.Clean(strings.Join([]string{fmt.Sprintf("%-7s", cmp.Or(string(r.Priority), "not stated")), fmt.Sprintf("%9s", due),
			dicom.ParsePN(r.PatientName).Display(), r.Age + " " + r.Sex, r.Modality, r.Study, r.Accession, r.Site, holder,
			fmt.Sprintf("%d/%d", r.Cached, r.Expected), r.Forecast.Text}, "  ")))
	}
	return nil
}

// silent fails the command when a site did not answer: its rows may be missing.
func silent(env *environment, s feed.Snapshot) error {
	failed := false
	for _, site := range s.Sites {
		if site.Err != nil {
			said := sentence(site.Err)
			if !strings.HasPrefix(said, site.Name) {
				said = site.Name + ": " + said
			}
			if !site.LastOK.IsZero() {
				said += "; " + agoLine(s, site.Name)
			}
			fmt.Fprintf(env.Err, "nocturne: %s\n", said)
			failed = true
		}
	}
	if failed {
		return errSaid
	}
	return nil
}
