package reading

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/dicom/sr"
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
		e, ok := newest(r.textReports(row.StudyUID))
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

// textReports are the files of the study's text reports on disk.
func (r *Room) textReports(study string) (paths []string) {
	for _, o := range r.Objects(study) {
		if f, err := dicom.ReadHeader(o.Path); err == nil && isTextReport(f.Dataset) {
			paths = append(paths, o.Path)
		}
	}
	return paths
}

// newest is the report that was written last of those in the files: one that another
// follows is not, whatever the clocks say.
func newest(paths []string) (e report.Earlier, ok bool) {
	var all []report.Earlier
	followed := map[string]bool{}
	for _, path := range paths {
		f, err := dicom.ReadFile(path)
		if err != nil {
			continue
		}
		if next, fine := earlier(f.Dataset); fine {
			all = append(all, next)
		}
		for _, before := range sr.References(f.Dataset, dicom.PredecessorDocumentsSequence) {
			followed[string(before.Instance)] = true
		}
	}
	for _, next := range all {
		if !followed[next.SOPUID] && (!ok || next.At.After(e.At)) {
			e, ok = next, true
		}
	}
	return e, ok
}

func isTextReport(d *dicom.Dataset) bool {
	c := dicom.UID(d.Str(dicom.SOPClassUID))
	return c == dicom.BasicTextSRStorage || c == dicom.EnhancedSRStorage
}

// earlier reads a report as the draft that comes after it needs it.
func earlier(d *dicom.Dataset) (report.Earlier, bool) {
	doc, err := sr.Read(d)
	if err != nil {
		return report.Earlier{}, false
	}
	e := report.Earlier{Document: documentOf(d), Preliminary: doc.Preliminary || !doc.Verified, At: doc.Content,
		By: report.Reader{Name: doc.Observer.Name, ID: doc.Observer.ID, Organization: doc.Observer.Organization}, Sections: map[report.Section]string{}}
	switch {
	case doc.Verified:
		e.At = doc.VerifiedAt
	case !doc.AttestedAt.IsZero():
		e.At = doc.AttestedAt
	}
	for _, s := range report.Order {
		if text := doc.Section(string(s)); text != "" {
			e.Sections[s] = text
		}
	}
	return e, len(e.Sections) > 0
}
