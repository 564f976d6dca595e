package reading

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/worklist/feed"
	"github.com/nocturne/nocturne/worklist/report"
)

// together is how far apart studies of one occasion are begun.
const together = 2 * time.Hour

// Together are the rows that may be reported with the row: of the same patient at the
// same site, in all that is stated of both, begun within two hours, not finished and held
// by nobody else.
func Together(row feed.Row, rows []feed.Row) (out []feed.Row) {
	begun, dated := dicom.ParseDateTime(row.StudyDate, row.StudyTime, time.UTC)
	for _, o := range rows {
		at, ok := dicom.ParseDateTime(o.StudyDate, o.StudyTime, time.UTC)
		if dated && ok && at.Sub(begun).Abs() <= together && linkable(row, o) == nil {
			out = append(out, o)
		}
	}
	return out
}

// linkable says in a sentence why an order cannot be reported with the row's; nil: it can.
func linkable(row, other feed.Row) error {
	differs := patientOf(row).Differs(patientOf(other))
	switch {
	case other.StudyUID == row.StudyUID:
		return errors.New("it is this order itself")
	case other.Site != row.Site:
		return errors.New("it is of another site")
	case len(differs) > 0:
		return fmt.Errorf("it is not of this patient, as far as both say: the %s differs", differs[0])
	case other.Accession == "" || other.Accession == row.Accession:
		return errors.New("it has no accession number of its own")
	case other.Finished():
		return errors.New("it is finished")
	case other.ClaimedBy != nil && !other.Mine:
		return errors.New("it is " + holder(*other.ClaimedBy, other.Since))
	}
	return nil
}

func patientOf(row feed.Row) report.Patient {
	return report.Patient{Name: row.PatientName, ID: row.PatientID, Birth: row.BirthDate, Sex: row.Sex}
}

// Link claims an order that is to be reported with the row's. An order with a report of
// its own is not linked: nothing that was written is put aside.
func (r *Room) Link(ctx context.Context, row, other feed.Row) (o report.LinkedOrder, err error) {
	if err := linkable(row, other); err != nil {
		return o, fmt.Errorf("%s is not linked: %w", other.Accession, err)
	}
	if _, err := r.replaceable(ctx, other.StudyUID); err != nil {
		return o, fmt.Errorf("%s is not linked: %w", other.Accession, err)
	}
	claimed, err := r.Claim(ctx, other)
	if err != nil {
		return o, fmt.Errorf("%s is not linked: %w", other.Accession, err)
	}
	if claimed.ReadOnly != "" {
		return o, fmt.Errorf("%s is not linked: %s", other.Accession, claimed.ReadOnly)
	}
	return report.LinkedOrder{StudyUID: other.StudyUID, Accession: other.Accession, Exam: other.Study}, nil
}

// replaceable is the revision of the study's own draft, which a linked one may take the
// place of while nobody wrote in it.
func (r *Room) replaceable(ctx context.Context, study string) (revision int64, err error) {
	stored, ok, err := r.Ledger.Draft(ctx, study)
	if err != nil || !ok {
		return 0, err
	}
	if stored.SignedAs != "" {
		return 0, errors.New("it has a signed report")
	}
	d, err := report.Decode(stored.Body)
	if err != nil {
		return 0, err
	}
	if !d.Untouched() {
		return 0, errors.New("a report of its own was begun: sign that one, or empty it")
	}
	return stored.Revision, nil
}

// LinkedRows are the rows of the draft's linked orders that are open still.
func LinkedRows(d *report.Draft, rows []feed.Row) (out []feed.Row) {
	if d == nil {
		return nil
	}
	for _, o := range d.Linked {
		i := slices.IndexFunc(rows, func(r feed.Row) bool {
			return r.StudyUID == o.StudyUID && r.Accession == o.Accession && r.Site == d.Site && !r.Finished()
		})
		if i >= 0 {
			out = append(out, rows[i])
		}
	}
	return out
}

// addLinked gathers the facts of the linked orders, which are no priors of the row's.
func (r *Room) addLinked(ctx context.Context, f *report.Facts, row feed.Row, c Context) {
	seen := map[string]bool{}
	for _, study := range append([]string{row.StudyUID}, studiesOf(c.Linked)...) {
		frames, err := r.Ledger.SeenFrames(ctx, study)
		if err != nil {
			continue // nothing of it counts as seen
		}
		for _, s := range frames {
			seen[s.SOPUID] = true
		}
	}
	for _, o := range c.Linked {
		lf := r.Facts(ctx, o, Context{Assumed: c.Assumed})
		for _, i := range lf.Instances {
			if dicom.IsImageSOPClass(i.Class) && !seen[string(i.Instance)] {
				lf.Unseen++
			}
		}
		f.Linked = append(f.Linked, report.LinkedFacts{StudyUID: o.StudyUID, Facts: lf})
		same := func(p report.Prior) bool { return p.StudyUID == o.StudyUID }
		f.Priors, f.Newer = slices.DeleteFunc(f.Priors, same), slices.DeleteFunc(f.Newer, same)
	}
}

func studiesOf(rows []feed.Row) (out []string) {
	for _, r := range rows {
		out = append(out, r.StudyUID)
	}
	return out
}

// linkedRow is a linked order as what sends its report needs of it.
func linkedRow(row feed.Row, o report.SignedOrder) feed.Row {
	p := o.Facts.Patient
	return feed.Row{Site: row.Site, StudyUID: o.Draft.StudyUID, Accession: o.Draft.Accession, PatientName: p.Name, PatientID: p.ID, BirthDate: p.Birth, Sex: p.Sex,
		Modality: o.Facts.Modality, Study: o.Facts.Exam, Priority: row.Priority, Expected: o.Facts.Expected, Indication: o.Facts.Indication, Requester: o.Facts.Requester}
}

// addOrder adds the rows and records of one order of a report, under the report of the
// first. Each order has its own claim, whose workitem its own rows complete.
func (r *Room) addOrder(ctx context.Context, row feed.Row, o report.SignedOrder, first ledger.OutboxRow) ([]ledger.OutboxRow, []ledger.Record, error) {
	claim, held, err := r.Holds(ctx, row.StudyUID)
	if err != nil {
		return nil, nil, err
	}
	if held {
		first.WorkitemUID, first.TransactionUID = claim.WorkitemUID, claim.TransactionUID
	}
	first.WithoutClaim = !held
	return r.parcels(ctx, row, o.Draft, o.Facts, o.Signed, first)
}

// linkedDrafts are the drafts that are frozen with the first one.
func (r *Room) linkedDrafts(ctx context.Context, all []report.SignedOrder) (out []ledger.LinkedDraft, err error) {
	for _, o := range all[1:] {
		revision, err := r.replaceable(ctx, o.Draft.StudyUID)
		if err != nil {
			return nil, fmt.Errorf("the linked order %s: %w", o.Draft.Accession, err)
		}
		body, err := o.Draft.Encode()
		if err != nil {
			return nil, err
		}
		out = append(out, ledger.LinkedDraft{StudyUID: o.Draft.StudyUID, SignedAs: o.Signed.SOPUID, Body: body, Revision: revision})
	}
	return out, nil
}
