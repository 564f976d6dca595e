package reading

import (
	"context"
	"errors"
	"fmt"

	"github.com/nocturne/nocturne/cache/access/policy"
	"github.com/nocturne/nocturne/cache/audit"
	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/worklist/feed"
	"github.com/nocturne/nocturne/worklist/report"
)

// ErrUnaudited says that the audit log could not be written, and that therefore what was
// asked for did not happen.
var ErrUnaudited = errors.New("the audit log cannot be written, so this was not done")

// New gives a Room its trail, to which all of its doings go. A Room that was made in
// another way has none: it opens, signs, sends and exports nothing.
func New(trail audit.Trail, r *Room) *Room {
	r.trail = trail
	return r
}

// Record keeps an event. The error wraps ErrUnaudited: what the event is of must not
// happen then.
func (r *Room) Record(ctx context.Context, e audit.Event) error {
	if r.trail == nil {
		return ErrUnaudited
	}
	if err := r.trail.Record(ctx, e); err != nil {
		return fmt.Errorf("%w: %w", ErrUnaudited, err)
	}
	return nil
}

// Subject is a row as events name it.
func Subject(row feed.Row) audit.Study {
	return audit.Study{UID: row.StudyUID, Accession: row.Accession, PatientID: row.PatientID, PatientName: row.PatientName}
}

// Opened records that a case is put before the reader. Nothing of it may be shown before
// it returned nil.
func (r *Room) Opened(ctx context.Context, row feed.Row) error {
	e := audit.Opened(Subject(row))
	if m := r.Sites[row.Site].Medium; m != nil {
		e = audit.Imported(audit.Medium{Type: audit.URI, Label: row.Site}, Subject(row))
	}
	return r.Record(ctx, e)
}

// OpenedPriors is Opened for the studies that come with a case; all are of its patient.
// That they were searched for is recorded first.
func (r *Room) OpenedPriors(ctx context.Context, row feed.Row, p Priors) error {
	if err := r.Searched(ctx, row.Site, "studies of the patient "+row.PatientID); err != nil {
		return err
	}
	for _, s := range p.Studies {
		prior := audit.Study{UID: s.UID, PatientID: row.PatientID, PatientName: row.PatientName}
		if err := r.Record(ctx, audit.Opened(prior)); err != nil {
			return err
		}
	}
	return nil
}

// Exported records that something of a study is about to be written to a file or a
// screen that the house does not own.
func (r *Room) Exported(ctx context.Context, row feed.Row, to, what string) error {
	return r.Record(ctx, audit.Exported(audit.Medium{Type: audit.URI, Label: to}, what, Subject(row)))
}

// Searched records a search that the reader's doing sent to a site.
func (r *Room) Searched(ctx context.Context, site, query string) error {
	return r.Record(ctx, audit.Searched(audit.Node{Name: site, Address: r.Sites[site].DICOMwebURL}, query))
}

// signing records that reports are signed, before they are; undo records that it did not
// come about after all.
func (r *Room) signing(ctx context.Context, row feed.Row, all []report.SignedOrder) (undo func(), err error) {
	var events []audit.Event
	for i, o := range all {
		of := row
		if i > 0 {
			of = linkedRow(row, o)
		}
		events = append(events, signature(of, o.Draft.WhatBy(o.Facts.Reader), o.Signed))
	}
	return r.announced(ctx, events)
}

func signature(row feed.Row, kind report.Kind, s report.Signed) audit.Event {
	switch kind {
	case report.Final:
		return audit.Signed(Subject(row), s.SOPUID)
	case report.Preliminary:
		e := audit.Signed(Subject(row), s.SOPUID)
		e.Objects[len(e.Objects)-1].Name = "signed as preliminary"
		return e
	}
	return audit.Amended(Subject(row), s.SOPUID, string(kind))
}

func (r *Room) announced(ctx context.Context, events []audit.Event) (undo func(), err error) {
	for _, e := range events {
		if err := r.Record(ctx, e); err != nil {
			return nil, err
		}
	}
	return func() {
		for _, e := range events {
			r.Record(context.WithoutCancel(ctx), e.Failed(audit.Serious, "it was not signed after all"))
		}
	}, nil
}

// leaving records that a row of the outbox goes to its destination now.
func (r *Room) leaving(ctx context.Context, row ledger.OutboxRow) error {
	s := audit.Study{UID: row.StudyUID, Accession: row.Accession}
	to := audit.Node{Name: row.Site, Address: row.Address}
	e := audit.Sent(to, s)
	if row.Channel != ledger.DICOM {
		e = audit.ExportedTo(to, row.Kind, s)
	}
	return r.Record(ctx, e)
}

// auditGlass tells the trail that emergency access begins, or, with how, that it ended.
func (r *Room) auditGlass(ctx context.Context, row feed.Row, g Glass, how string) error {
	if how != "" {
		return r.Record(ctx, audit.BreakGlassEnded(Subject(row), how))
	}
	return r.Record(ctx, audit.BrokeGlass(Subject(row), g.Reason, g.Until))
}

// Permitted is Allowed for what is about to be done: a refusal is recorded.
func (r *Room) Permitted(ctx context.Context, row feed.Row, a policy.Action) error {
	err := r.Allowed(ctx, row, a)
	var refused *RefusedError
	if !errors.As(err, &refused) {
		return err
	}
	if unsaid := r.Record(ctx, audit.Restricted(string(a), refused.Reason, Subject(row))); unsaid != nil {
		return errors.Join(err, unsaid)
	}
	return err
}
