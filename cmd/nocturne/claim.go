package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/nocturne/nocturne/ui/reading"
	"github.com/nocturne/nocturne/worklist/feed"
	"github.com/nocturne/nocturne/worklist/ups"
	"github.com/spf13/cobra"
)

// claimAnswer is what `claim --json` prints.
type claimAnswer struct {
	Study     string  `json:"study_instance_uid"`
	Accession string  `json:"accession_number"`
	Claimed   bool    `json:"claimed"`
	Words     string  `json:"state"`
	Reason    string  `json:"reason,omitempty"`
	ClaimedBy *string `json:"claimed_by"`
	Since     string  `json:"claimed_since,omitempty"`
}

func claimCommand(env *environment) *cobra.Command {
	return &cobra.Command{
		Use: "claim STUDY", Short: "Claim a case for reading", Args: exactly(1, "a STUDY"),
		Long: "Claims a case. Exit 0 when it is yours, also when it was already; 1 when\n" +
			"somebody else holds it or nobody could be asked.",
		RunE: func(c *cobra.Command, args []string) error {
			h, err := env.open(c.Context())
			if err != nil {
				return err
			}
			defer h.Close()
			row, err := h.find(c.Context(), args[0])
			if err != nil {
				return err
			}
			if row.Stale { // its site has just been asked in vain: nothing is begun that it would have to answer
				return sayClaim(env, h, row, h.room.ClaimOnDisk(c.Context(), row))
			}
			claimed, err := h.room.Claim(c.Context(), row)
			if err != nil {
				return err
			}
			return sayClaim(env, h, row, claimed)
		},
	}
}

func sayClaim(env *environment, h *house, row feed.Row, claimed reading.Claimed) error {
	a := claimAnswer{Study: row.StudyUID, Accession: row.Accession, Claimed: claimed.Held, Words: claimed.Words, Reason: claimed.ReadOnly}
	if claimed.Held {
		a.ClaimedBy = &h.room.Reader.Name
	} else if claimed.By != "" {
		a.ClaimedBy = &claimed.By
	}
	if !claimed.Since.IsZero() {
		a.Since = claimed.Since.Format(time.RFC3339)
	}
	if env.JSON {
		if err := env.printJSON(a); err != nil {
			return err
		}
	} else if claimed.ReadOnly == "" {
		fmt.Fprintln(env.Out, claimed.Words)
	}
	if claimed.ReadOnly != "" {
		return errors.New(claimed.ReadOnly)
	}
	return nil
}

func releaseCommand(env *environment) *cobra.Command {
	var why ups.Reason
	c := &cobra.Command{
		Use: "release STUDY", Short: "Give a claimed case back", Args: exactly(1, "a STUDY"),
		RunE: func(c *cobra.Command, args []string) error {
			if _, known := ups.Reasons[why.Code]; !known {
				return usagef("--code %s is no reason of CID 9300", why.Code)
			}
			h, err := env.open(c.Context())
			if err != nil {
				return err
			}
			defer h.Close()
			row, err := h.find(c.Context(), args[0])
			if err != nil {
				return err
			}
			if err := h.room.Release(c.Context(), row.StudyUID, why); err != nil {
				return err
			}
			if env.JSON {
				return env.printJSON(map[string]any{"study_instance_uid": row.StudyUID, "accession_number": row.Accession, "released": true})
			}
			fmt.Fprintln(env.Out, "given back")
			return nil
		},
	}
	c.Flags().StringVar(&why.Code, "code", "110530", "reason, a code of CID 9300")
	c.Flags().StringVar(&why.Text, "reason", "", "reason in words")
	return c
}
