package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/nocturne/nocturne/cache/access"
	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/cache/store"
)

// verified is one kind of thing that `verify` read: how much of it is in order, and what
// is not. File is a hidden name below the home; Do is what helps.
type verified struct {
	Name    string           `json:"name"`
	Counts  map[string]int64 `json:"counts,omitempty"`
	Said    string           `json:"summary"`
	Damaged []damagedFile    `json:"damaged"`
}

type damagedFile struct {
	File   string `json:"file"`
	What   string `json:"what"`
	Do     string `json:"do"`
	Mended bool   `json:"mended,omitempty"`
}

// verifiers are all that verify looks at, in its order. One that returns an error could
// not look.
var verifiers = []func(context.Context, *environment, *access.Ring, bool) (verified, error){
	verifyStore, verifyLedger, verifyAudit,
}

func verifyCommand(env *environment) *cobra.Command {
	mend := false
	c := &cobra.Command{
		Use: "verify [--mend]", Short: "Read and authenticate everything that is kept", Args: noArgs,
		Long: "Reads every sealed file of the home: images with their keys and lists, the ledger of drafts, claims and\n" +
			"reports, and the audit log. Each byte is authenticated, and what is not as it was kept is named with what to do. --mend takes\n" +
			"damaged images away, so that they are fetched again; nothing else is ever changed. Files have hidden names:\n" +
			"the output tells of no patient. Exits 1 when anything is damaged or the home is locked.",
		RunE: func(c *cobra.Command, _ []string) error { return runVerify(c.Context(), env, mend) },
	}
	c.Flags().BoolVar(&mend, "mend", false, "take damaged images away, to be fetched again")
	return c
}

func runVerify(ctx context.Context, env *environment, mend bool) error {
	if err := ledger.CheckHome(env.Home); err != nil {
		return err
	}
	ring, err := env.ring()
	if err != nil {
		return err
	}
	var all []verified
	damaged := false
	for _, look := range verifiers {
		v, err := look(ctx, env, ring, mend)
		if err != nil {
			return err
		}
		all = append(all, v)
		damaged = damaged || len(v.Damaged) > 0
		if !env.JSON {
			env.printVerified(v)
		}
	}
	return env.finish(all, damaged)
}

func (env *environment) printVerified(v verified) {
	level := "ok  "
	if len(v.Damaged) > 0 {
		level = "FAIL"
	}
	fmt.Fprintf(env.Out, "%s  %-8s %s\n", level, v.Name, v.Said)
	for _, d := range v.Damaged {
		fmt.Fprintf(env.Out, "      %s\n        %s: %s\n", d.File, d.What, d.Do)
	}
}

func verifyStore(ctx context.Context, env *environment, ring *access.Ring, mend bool) (verified, error) {
	s, err := store.Open(filepath.Join(env.Home, "cache"), ring)
	if err != nil {
		return verified{}, err
	}
	v, err := s.Verify(ctx)
	if err != nil {
		return verified{}, err
	}
	out := verified{Name: "images", Damaged: []damagedFile{},
		Counts: map[string]int64{"studies": int64(v.Studies), "objects": int64(v.Objects), "bytes": v.Bytes, "records": int64(v.Records)},
		Said:   fmt.Sprintf("%d studies, %d objects, %.1f MB, %d records of lists", v.Studies, v.Objects, float64(v.Bytes)/1e6, v.Records)}
	for _, d := range v.Damaged {
		f := damagedFile{File: "cache/" + d.File, What: d.What, Do: "nocturne verify --mend takes it away, and the case is fetched again when it is opened"}
		if mend {
			if err := s.Mend(d); err != nil {
				return verified{}, err
			}
			f.Do, f.Mended = "it is taken away; it is fetched again when the case is opened", true
		}
		out.Damaged = append(out.Damaged, f)
	}
	return out, nil
}

func verifyLedger(ctx context.Context, env *environment, ring *access.Ring, _ bool) (verified, error) {
	out := verified{Name: "ledger", Said: "every page is as it was written", Damaged: []damagedFile{}}
	led, err := ledger.Open(env.Home, ring.Key("ledger"))
	if err == nil {
		err = errors.Join(led.Check(ctx), led.Close())
	}
	var damage *ledger.DamageError
	if errors.As(err, &damage) {
		out.Said = "damaged"
		out.Damaged = append(out.Damaged, damagedFile{File: "ledger.db", What: sentence(err),
			Do: "end nocturne, keep a copy of the home, and put a backup of ledger.db in its place; what was signed and sent is at the sites"})
		err = nil
	}
	return out, err
}

// verifyAudit holds the audit log against its signed heads, those that the ledger keeps
// too where it can be read.
func verifyAudit(ctx context.Context, env *environment, ring *access.Ring, _ bool) (verified, error) {
	config, err := env.configuration()
	if err != nil {
		config = defaultConfig() // whose log it is does not matter to reading it
	}
	led, err := ledger.Open(env.Home, ring.Key("ledger"))
	if err != nil {
		led = nil // verifyLedger said so
	} else {
		defer led.Close()
	}
	var failed error
	log, err := env.openAudit(config, led, func(err error) { failed = err })
	if err != nil {
		return verified{}, err
	}
	v, err := log.Verify(ctx)
	found := tampered(err)
	if len(found) > 0 {
		err = nil
	}
	err = errors.Join(err, log.Close(), failed)
	out := verified{Name: "audit", Damaged: []damagedFile{}, Counts: map[string]int64{"records": v.Records, "erased": v.Erased, "set_aside": int64(v.Aside)},
		Said: fmt.Sprintf("%d records, as the signed heads say", v.Records)}
	for _, f := range found {
		out.Said = "changed"
		out.Damaged = append(out.Damaged, damagedFile{File: "audit", What: f.Says, Do: "keep a copy of the home and tell who is responsible for it; nocturne audit verify says more"})
	}
	return out, err
}
