package reading

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/dicom/sr"
	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/worklist/report"
)

// sent reads the report of an outbox row back.
func sent(t *testing.T, r *Room, id int64) sr.Document {
	t.Helper()
	row, err := r.Ledger.Row(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	f, err := dicom.Parse(row.Object)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := sr.Read(f.Dataset)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestAWetReadLeavesDraftAndClaimAndTheFinalReplacesIt(t *testing.T) {
	r, _ := newRoom(t)
	row := aRow()
	row.Expected = 0
	if _, _, err := r.Ledger.PutClaim(t.Context(), ledger.Claim{WorkitemUID: "9.1", TransactionUID: "2.25.77", StudyUID: "1.2", Site: "NORTH", State: ledger.Held, Since: night}); err != nil {
		t.Fatal(err)
	}
	d := draftOn(t, r)
	copyOf, err := Clone(d)
	if err != nil {
		t.Fatal(err)
	}
	out, err := r.WetRead(t.Context(), row, copyOf, r.Facts(t.Context(), row, Context{}), "Fracture of the radius.", "")
	if err != nil {
		t.Fatal(err)
	}
	wet := sent(t, r, out.ID)
	if !wet.Preliminary || wet.Verified || wet.Section("impression") != "Fracture of the radius." || len(wet.Sections) != 1 {
		t.Errorf("sent: %+v", wet)
	}
	if row, _ := r.Ledger.Row(t.Context(), out.ID); row.WorkitemUID != "" || !row.NotBefore.Equal(night) {
		t.Errorf("it completes the task %q or waits until %v", row.WorkitemUID, row.NotBefore)
	}
	if stored, _, err := r.Draft(t.Context(), row); err != nil || stored.Text() != d.Text() {
		t.Errorf("the draft on disk reads %q (%v)", stored.Text(), err)
	}
	facts := r.Facts(t.Context(), row, Context{})
	if !d.Prefill(facts, night) || d.Before == nil || d.Before.SOPUID != string(wet.SOPUID) || d.What() != report.Final {
		t.Fatalf("the draft follows %+v", d.Before)
	}
	if d.Revision, err = r.Save(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	final, err := r.Sign(t.Context(), row, d, facts, false)
	if err != nil {
		t.Fatal(err)
	}
	doc := sent(t, r, final.ID)
	if doc.Predecessor == nil || doc.Predecessor.Instance != wet.SOPUID || doc.PredecessorPurpose != sr.Preliminary || !doc.Verified || doc.Preliminary {
		t.Errorf("the final report: %+v", doc)
	}
	if e := r.Facts(t.Context(), row, Context{}).Preliminary; e != nil {
		t.Errorf("after the final report the preliminary is still the last: %+v", e)
	}
}

func TestATraineesReportIsGoneOnWithAndNamed(t *testing.T) {
	r, _ := newRoom(t)
	header := &dicom.Dataset{}
	for tag, v := range map[dicom.Tag]string{dicom.StudyInstanceUID: "1.2", dicom.PatientName: "PHANTOM^ANNA", dicom.PatientID: "P1"} {
		header.SetStr(tag, v)
	}
	d, err := sr.BasicText(sr.Document{Study: header, SOPUID: "1.2.8.1", SeriesUID: "1.2.8", Content: night.Add(-time.Hour), Preliminary: true,
		Observer: sr.Observer{Name: "TRAINEE^TOM", Organization: "Test"},
		Sections: []sr.Section{{Key: "findings", Name: "Findings", Text: "Nodule left."}, {Key: "impression", Name: "Impression", Text: "Nodule."}}})
	if err != nil {
		t.Fatal(err)
	}
	put(t, r, d)
	draft := report.New("1.2", "A1", "NORTH", night)
	draft.Prefill(r.Facts(t.Context(), aRow(), Context{}), night)
	if draft.Plain(report.Findings) != "Nodule left." || len(draft.Authors) != 1 || draft.Authors[0].Name != "TRAINEE^TOM" || draft.BeforeKind != report.Preliminary {
		t.Errorf("the draft begins as %+v", draft)
	}
	begun := report.New("1.2", "A1", "NORTH", night)
	begun.Set(report.Findings, "My own words.", night)
	begun.Prefill(r.Facts(t.Context(), aRow(), Context{}), night)
	if begun.Plain(report.Findings) != "My own words." || len(begun.Authors) != 0 || begun.Before == nil {
		t.Errorf("a report begun already became %+v", begun)
	}
}

func TestWhatIsSignedIsOnlyAmended(t *testing.T) {
	for _, kind := range []report.Kind{report.Added, report.Corrected, report.Withdrawn} {
		t.Run(string(kind), func(t *testing.T) {
			r, _ := newRoom(t)
			row := aRow()
			row.Expected = 0
			if _, err := r.Amend(t.Context(), row, kind, "why"); !errors.Is(err, ErrNotSigned) {
				t.Errorf("before it was signed: %v", err)
			}
			first, err := r.Sign(t.Context(), row, draftOn(t, r), r.Facts(t.Context(), row, Context{}), false)
			if err != nil {
				t.Fatal(err)
			}
			d, err := r.Amend(t.Context(), row, kind, "wrong side")
			if err != nil || d.What() != kind || d.Before.SOPUID != first.Signed.SOPUID || d.Reason != "wrong side" {
				t.Fatalf("%v: %+v", err, d)
			}
			again, err := r.Amend(t.Context(), row, kind, "another reason")
			if err != nil || again.Revision != d.Revision || again.Reason != "wrong side" {
				t.Errorf("begun twice: %v %+v", err, again)
			}
			for _, other := range []report.Kind{report.Added, report.Corrected, report.Withdrawn} {
				if _, err := r.Amend(t.Context(), row, other, "why"); other != kind && !errors.Is(err, ErrFollowed) {
					t.Errorf("%s beside an open %s: %v", other, kind, err)
				}
			}
		})
	}
}

func TestAReportSignedElsewhereIsCorrectedHere(t *testing.T) {
	r, _ := newRoom(t)
	header := &dicom.Dataset{}
	for tag, v := range map[dicom.Tag]string{dicom.StudyInstanceUID: "1.2", dicom.PatientName: "PHANTOM^ANNA", dicom.PatientID: "P1"} {
		header.SetStr(tag, v)
	}
	d, err := sr.BasicText(sr.Document{Study: header, SOPUID: "1.2.8.1", SeriesUID: "1.2.8", Content: night.Add(-time.Hour), Verified: true, VerifiedAt: night.Add(-time.Hour),
		Observer: sr.Observer{Name: "OTHER^READER", Organization: "Test"}, Sections: []sr.Section{{Key: "impression", Name: "Impression", Text: "Normal."}}})
	if err != nil {
		t.Fatal(err)
	}
	put(t, r, d)
	next, err := r.Amend(t.Context(), aRow(), report.Corrected, "nodule overlooked")
	if err != nil || next.Before.SOPUID != "1.2.8.1" || next.Plain(report.Impression) != "Normal." {
		t.Fatalf("%v: %+v", err, next)
	}
	if len(next.Changes()) != 0 {
		t.Errorf("changed before anything was: %v", next.Changes())
	}
	next.Set(report.Impression, "Nodule.", night)
	stops := report.Stopping(report.Check(next, r.Facts(t.Context(), aRow(), Context{})))
	if len(stops) == 0 || !strings.Contains(stops[0].Hint+stops[len(stops)-1].Hint, "called") {
		t.Errorf("nobody has to be called: %+v", stops)
	}
}
