package reading

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nocturne/nocturne/cache/access/policy"
	"github.com/nocturne/nocturne/cache/audit"
	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/worklist/feed"
	"github.com/nocturne/nocturne/worklist/pacs"
	"github.com/nocturne/nocturne/worklist/report"
	"github.com/nocturne/nocturne/worklist/ups"
)

// Claimed is how a case was opened.
type Claimed struct {
	Words    string // "yours since 03:12 CET", "NOT LOCKED at this site"
	ReadOnly string // why nothing can be reported; empty = may
	Held     bool   // our ledger holds the lock
	By       string // who else holds it, PN form, where the worklist says
	Since    time.Time
}

// Claim opens a row for reading. A refusal is no error: the case opens read-only
// and says who holds it and since when.
func (r *Room) Claim(ctx context.Context, row feed.Row) (Claimed, error) {
	site, ok := r.Sites[row.Site]
	if !ok {
		return Claimed{}, fmt.Errorf("claim: no site %q is configured", row.Site)
	}
	if err := r.Permitted(ctx, row, policy.Look); err != nil {
		return Claimed{}, err
	}
	if err := r.Permitted(ctx, row, policy.Claim); err != nil {
		return Claimed{Words: "not claimed", ReadOnly: err.Error()}, nil
	}
	if row.WorkitemUID == "" {
		return Claimed{Words: string(ups.NotLocked)}, nil
	}
	result, err := r.performer(site).Claim(ctx, workitem(row))
	switch {
	case err == nil && result.Lock == ups.NotLocked:
		return Claimed{Words: string(ups.NotLocked)}, nil
	case err == nil:
		if err := r.Record(ctx, audit.Claimed(Subject(row))); err != nil {
			return Claimed{}, fmt.Errorf("claim: %w", err)
		}
		return Claimed{Words: "yours since " + clock(result.Claim.Since), Held: true, Since: result.Claim.Since}, nil
	}
	var ended *ups.EndedError
	if errors.As(err, &ended) && r.follows(ctx, row.StudyUID) {
		return Claimed{Words: "the task is over; what you write follows its report"}, nil
	}
	return refused(row, err)
}

// follows reports whether a draft that follows a signed report is being written: it
// needs no task.
func (r *Room) follows(ctx context.Context, study string) bool {
	stored, ok, err := r.Ledger.Draft(ctx, study)
	if err != nil || !ok || stored.SignedAs != "" {
		return false
	}
	d, err := report.Decode(stored.Body)
	return err == nil && d.Before != nil
}

// ClaimOnDisk is the claim as this home's ledger has it, asking nobody: what is
// ours may be read on while the site is silent.
func (r *Room) ClaimOnDisk(ctx context.Context, row feed.Row) Claimed {
	if c, held, err := r.Holds(ctx, row.StudyUID); err == nil && held && c.WorkitemUID == row.WorkitemUID {
		return Claimed{Words: "yours since " + clock(c.Since) + ", " + row.Site + " not answering", Held: true, Since: c.Since}
	}
	return Claimed{Words: "asking " + row.Site + " …", ReadOnly: onlyTheServer(row.Site)}
}

func workitem(row feed.Row) pacs.Workitem {
	return pacs.Workitem{UID: dicom.UID(row.WorkitemUID), StudyUID: dicom.UID(row.StudyUID), Accession: row.Accession,
		State: pacs.Scheduled, Readiness: row.Readiness, Priority: row.Priority, Label: row.Study}
}

func refused(row feed.Row, err error) (Claimed, error) {
	var held *ups.HeldError
	var asking *ups.AskingError
	var ended *ups.EndedError
	switch {
	case errors.As(err, &held):
		return Claimed{Words: "held", ReadOnly: holder(held.Performer, held.Since), By: held.Performer, Since: held.Since}, nil
	case errors.As(err, &asking):
		return Claimed{Words: "asking " + row.Site, ReadOnly: onlyTheServer(row.Site)}, nil
	case errors.As(err, &ended):
		return Claimed{Words: "ended", ReadOnly: "this task is over at " + row.Site}, nil
	}
	return Claimed{}, fmt.Errorf("claim: %w", err)
}

// onlyTheServer says, in what 80 columns hold, why a case cannot be had while its site
// is silent. The site is asked on until it answers (Settle).
func onlyTheServer(site string) string {
	return site + " is silent: only the server can give it; v looks without claim"
}

func holder(name string, since time.Time) string {
	s := "held by another reader"
	if name != "" {
		s = "held by " + dicom.ParsePN(name).Display()
	}
	if !since.IsZero() {
		s += " since " + clock(since)
	}
	return s
}

func clock(t time.Time) string { return t.Local().Format("15:04 MST") }

// Holds reports whether this home's ledger has a live claim on the study.
func (r *Room) Holds(ctx context.Context, study string) (ledger.Claim, bool, error) {
	c, ok, err := r.Ledger.ClaimByStudy(ctx, study)
	return c, ok && c.State == ledger.Held, err
}

// Release gives a held case back with a reason in words.
func (r *Room) Release(ctx context.Context, study string, why ups.Reason) error {
	c, ok, err := r.Holds(ctx, study)
	if err != nil {
		return err
	}
	if !ok {
		return ups.ErrNotHeld
	}
	site, ok := r.Sites[c.Site]
	if !ok {
		return fmt.Errorf("release: no site %q is configured", c.Site)
	}
	if err := r.performer(site).Release(ctx, c, why); err != nil {
		return err
	}
	return r.Record(ctx, audit.Released(audit.Study{UID: c.StudyUID, Accession: c.Accession}, why.Text))
}

// Aside tells the worklist that a held case is put aside, or read again.
func (r *Room) Aside(ctx context.Context, study string, aside bool) error {
	c, ok, err := r.Holds(ctx, study)
	if err != nil || !ok {
		return err
	}
	if site, ok := r.Sites[c.Site]; ok && site.Workitems != nil {
		return r.performer(site).Aside(ctx, c, aside)
	}
	return nil
}

// Resolve brings claims left open by a crash or a lost link together with the
// servers; the sentences are for the reader.
func (r *Room) Resolve(ctx context.Context) ([]string, error) {
	var out []string
	for _, site := range r.Sites {
		if site.Workitems == nil {
			continue
		}
		changes, err := r.performer(site).Resolve(ctx)
		if err != nil {
			return out, err
		}
		for _, c := range changes {
			out = append(out, changed(c))
		}
	}
	return out, nil
}

// Settle is Resolve when a claim waits for an answer; else it asks nobody.
func (r *Room) Settle(ctx context.Context) ([]string, error) {
	open, err := r.Ledger.Claims(ctx, ledger.Asking, ledger.Releasing)
	if err != nil || len(open) == 0 {
		return nil, err
	}
	return r.Resolve(ctx)
}

func changed(c ups.Change) string {
	what := fmt.Sprintf("%s: accession %s is %s", c.Claim.Site, cmp.Or(c.Claim.Accession, "without number"), c.Claim.State)
	if c.Err != nil {
		what += " (" + c.Err.Error() + ")"
	}
	return what
}
