package reading

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/nocturne/nocturne/cache/access/policy"
	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/worklist/feed"
)

// GlassKind is of the records of emergency access (45 CFR 164.312(a)(2)(ii)): open while it
// lasts, Due its end.
const GlassKind = "break-glass"

// Glass is emergency access to one study: what the reader's role does not open, for a
// while, with a reason.
type Glass struct {
	ID        string    `json:"-"`
	StudyUID  string    `json:"-"`
	From      time.Time `json:"-"`
	Until     time.Time `json:"-"`
	Accession string    `json:"accession"`
	Site      string    `json:"site"`
	Reason    string    `json:"reason"`
	By        string    `json:"by"` // PN
	ByID      string    `json:"by_id,omitempty"`
}

// What breaking the glass needs.
var (
	ErrUnexplained = errors.New("emergency access needs its reason: it is in the audit log")
	ErrNotNeeded   = errors.New("nothing that emergency access opens is closed to you here")
	ErrNoEmergency = errors.New("this site's policy has no emergency access: ask its supervisor")
)

// Left is how long it lasts still, in words: "14 min", "40 s".
func (g Glass) Left(now time.Time) string {
	left := g.Until.Sub(now)
	if left >= time.Minute {
		return fmt.Sprintf("%d min", int((left+time.Minute-1)/time.Minute))
	}
	return fmt.Sprintf("%d s", max(0, int(left/time.Second)))
}

// Line is the bar that is shown while it lasts.
func (g Glass) Line(now time.Time) string {
	return dicom.Clean("EMERGENCY ACCESS · " + g.Left(now) + " left · " + g.Reason)
}

// Glass is the emergency access to the study that lasts now.
func (r *Room) Glass(ctx context.Context, study string) (g Glass, ok bool, err error) {
	all, err := r.Glasses(ctx)
	for _, g := range all {
		if g.StudyUID == study && r.Now().Before(g.Until) {
			return g, true, nil
		}
	}
	return Glass{}, false, err
}

// Glasses are the emergency accesses that were not ended yet, those whose time is over
// among them.
func (r *Room) Glasses(ctx context.Context) ([]Glass, error) {
	open, err := r.Ledger.OpenRecords(ctx, GlassKind)
	if err != nil {
		return nil, fmt.Errorf("read emergency access: %w", err)
	}
	var out []Glass
	for _, rec := range open {
		var g Glass
		if json.Unmarshal(rec.Body, &g) != nil {
			continue
		}
		g.ID, g.StudyUID, g.From, g.Until = rec.ID, rec.StudyUID, rec.At, rec.Due
		if g.From.After(r.Now()) || !g.Until.After(g.From) {
			g.Until = g.From // the clock was set back: it opens nothing
		}
		out = append(out, g)
	}
	return out, nil
}

// BreakGlass opens the row's study to the reader for as long as the site's policy says. It
// is on disk and in the audit log before it opens anything; on an error nothing is open.
func (r *Room) BreakGlass(ctx context.Context, row feed.Row, reason string) (Glass, error) {
	reason = strings.Join(strings.Fields(reason), " ")
	if reason == "" {
		return Glass{}, ErrUnexplained
	}
	if g, ok, err := r.Glass(ctx, row.StudyUID); err != nil || ok {
		return g, err
	}
	lasts, err := r.breaks(ctx, row)
	if err != nil {
		return Glass{}, err
	}
	now := r.Now().UTC()
	g := Glass{ID: GlassKind + " " + string(dicom.NewUID()), StudyUID: row.StudyUID, From: now, Until: now.Add(lasts),
		Accession: row.Accession, Site: row.Site, Reason: reason, By: r.Reader.Name, ByID: r.Reader.ID}
	if err := r.auditGlass(ctx, row, g, ""); err != nil {
		return Glass{}, err
	}
	return g, r.putGlass(ctx, g, time.Time{})
}

// breaks is how long emergency access to the row's study lasts; an error where there is
// none to be had or none is needed.
func (r *Room) breaks(ctx context.Context, row feed.Row) (time.Duration, error) {
	s, lasts := r.PolicyOf(row.Site), time.Duration(0)
	for _, a := range policy.Actions {
		lasts = max(lasts, s.Breaks(a))
	}
	if lasts == 0 {
		return 0, ErrNoEmergency
	}
	for _, a := range policy.Actions {
		if s.Breaks(a) > 0 && r.allowed(ctx, row, "", a) != nil {
			return lasts, nil
		}
	}
	return 0, ErrNotNeeded
}

func (r *Room) putGlass(ctx context.Context, g Glass, closed time.Time) error {
	body, err := json.Marshal(g)
	if err != nil {
		return err
	}
	if err := r.Ledger.PutRecord(context.WithoutCancel(ctx), ledger.Record{ID: g.ID, Kind: GlassKind, StudyUID: g.StudyUID, At: g.From, Due: g.Until, Closed: closed, Body: body}); err != nil {
		return fmt.Errorf("keep emergency access: %w", err)
	}
	return nil
}

// EndGlasses ends the emergency accesses whose time is over, and that to the study given,
// "" for none; those that ended are returned.
func (r *Room) EndGlasses(ctx context.Context, study string) (ended []Glass, err error) {
	all, err := r.Glasses(ctx)
	if err != nil {
		return nil, err
	}
	for _, g := range all {
		how := "its time was over"
		if r.Now().Before(g.Until) {
			if how = "ended by the reader"; g.StudyUID != study {
				continue
			}
		}
		row := feed.Row{Site: g.Site, StudyUID: g.StudyUID, Accession: g.Accession}
		if err := r.auditGlass(ctx, row, g, how); err != nil {
			return ended, err // it opens nothing any more where its time is over; it is tried again
		}
		if err := r.putGlass(ctx, g, r.Now().UTC()); err != nil {
			return ended, err
		}
		ended = append(ended, g)
	}
	return ended, nil
}
