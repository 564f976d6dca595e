package reading

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/feed"
	"github.com/nocturne/nocturne/worklist/report"
)

// ErrNotSigned says that there is no signed report to amend.
var ErrNotSigned = errors.New("this study has no signed report: it is still being written")

// ErrFollowed says that something else already follows the signed report, as a draft.
var ErrFollowed = errors.New("an addendum, a correction or a withdrawal of this report is being written already: sign that first")

// Amend begins what follows the study's signed report (Added, Corrected, Withdrawn) and
// puts it on disk in place of the signed draft, which is kept. A draft of that kind
// that was begun already is returned as it is. A report signed elsewhere is read from
// the objects on disk.
func (r *Room) Amend(ctx context.Context, row feed.Row, kind report.Kind, why string) (*report.Draft, error) {
	if r.Trainee {
		return nil, ErrTrainee
	}
	if err := r.Permitted(ctx, row, actionOf[kind]); err != nil {
		return nil, err
	}
	d, signed, err := r.Draft(ctx, row)
	if err != nil {
		return nil, err
	}
	if !signed && d.What() == kind {
		return d, nil
	}
	before, ok, err := r.lastSigned(ctx, row, d, signed)
	if err != nil {
		return nil, fmt.Errorf("begin %s: %w", kind, err)
	}
	switch {
	case !signed && slices.Contains([]report.Kind{report.Added, report.Corrected, report.Withdrawn}, d.What()):
		return nil, fmt.Errorf("begin %s: %w", kind, ErrFollowed)
	case !ok || !signed && (d.Revision > 0 || d.What() != report.Final):
		return nil, ErrNotSigned
	}
	next := begin(d, before, kind, why, r)
	body, err := next.Encode()
	if err != nil {
		return nil, err
	}
	if signed {
		next.Revision, err = r.Ledger.SucceedDraft(ctx, row.StudyUID, body)
	} else {
		next.Revision, err = r.save(ctx, row.StudyUID, body, 0)
	}
	return next, err
}

func begin(d *report.Draft, before report.Document, kind report.Kind, why string, r *Room) *report.Draft {
	switch kind {
	case report.Corrected:
		return d.Correct(before, why, r.Now())
	case report.Withdrawn:
		return d.Withdraw(before, why, r.Now())
	}
	return d.Addend(before, why, r.Now())
}

// lastSigned names the signed report: the one that our draft became, else the newest
// of the study's objects, whose text is put into d.
func (r *Room) lastSigned(ctx context.Context, row feed.Row, d *report.Draft, signed bool) (report.Document, bool, error) {
	if !signed {
		e, ok := earlier(reportsIn(r.reportObjects(row.StudyUID)))
		if !ok || e.Preliminary {
			return report.Document{}, false, nil
		}
		for s, text := range e.Sections {
			d.Set(s, text, r.Now())
		}
		return e.Document, true, nil
	}
	stored, _, err := r.Ledger.Draft(ctx, row.StudyUID)
	if err != nil {
		return report.Document{}, false, err
	}
	rows, err := r.Ledger.OutboxOf(ctx, row.StudyUID)
	if err != nil {
		return report.Document{}, false, err
	}
	for _, o := range rows {
		if o.Control != stored.SignedAs {
			continue
		}
		file, err := dicom.Parse(o.Object)
		if err != nil {
			return report.Document{}, false, err
		}
		return documentOf(file.Dataset), true, nil
	}
	return report.Document{}, false, errors.New("the signed report is not in the outbox")
}

func documentOf(d *dicom.Dataset) report.Document {
	return report.Document{SeriesUID: d.Str(dicom.SeriesInstanceUID), SOPUID: d.Str(dicom.SOPInstanceUID), SOPClass: d.Str(dicom.SOPClassUID)}
}
