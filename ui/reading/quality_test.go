package reading

import (
	"errors"
	"strings"
	"testing"

	"github.com/nocturne/nocturne/worklist/report"
	"github.com/nocturne/nocturne/worklist/report/quality"
)

// TestAPriorsReportIsReviewedBlindedAndOnesOwnIsRefused: the report on disk is OLD^READER's.
func TestAPriorsReportIsReviewedBlindedAndOnesOwnIsRefused(t *testing.T) {
	r, _ := newRoom(t)
	if err := r.Review(t.Context(), aRow(), "1.1", "1", ""); err == nil {
		t.Error("a report that is not there was reviewed")
	}
	keepReport(t, r, "1.1.9.1", "20251120", "101500", "No fracture.")
	if err := r.Review(t.Context(), aRow(), "1.1", "2a", "hairline fracture"); err != nil {
		t.Fatal(err)
	}
	recs, err := r.Ledger.Records(t.Context(), quality.PeerKind, "1.1")
	if err != nil || len(recs) != 1 || strings.Contains(string(recs[0].Body), "OLD") || !strings.Contains(string(recs[0].Body), `"while_reading":"1.2"`) {
		t.Errorf("%v, kept %+v", err, recs)
	}
	r.Reader.Name = "OLD^READER"
	if err := r.Review(t.Context(), aRow(), "1.1", "1", ""); !errors.Is(err, quality.ErrOwn) {
		t.Errorf("one's own: %v", err)
	}
}

// TestARecommendationThatWasClosedIsNotOpenedByAReportThatRepeatsIt, and one of a
// calculator is one task, with its patient.
func TestARecommendationThatWasClosedIsNotOpenedByAReportThatRepeatsIt(t *testing.T) {
	r, _ := newRoom(t)
	r.Keep = quality.Records
	row := aRow()
	row.Expected = 0
	d := draftOn(t, r)
	d.Set(report.Recommendation, "CT hand in 6 months.", night)
	d.Calculate(report.Calculated{ID: "x", Text: "No fracture.", FollowUp: []report.FollowUp{{What: "MRI wrist", By: night.AddDate(0, 1, 0), Why: "rule"}}}, night)
	var err error
	if d.Revision, err = r.Save(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	sign := func(d *report.Draft) {
		t.Helper()
		if _, err := r.Sign(t.Context(), row, d, r.Facts(t.Context(), row, Context{}), false); err != nil {
			t.Fatal(err)
		}
	}
	sign(d)
	open, err := r.FollowUps(t.Context())
	if err != nil || len(open) != 2 || open[0].PatientID != "P1" || open[1].PatientID != "P1" {
		t.Fatalf("%v, open %+v", err, open)
	}
	for _, task := range open {
		if _, err := r.CloseFollowUp(t.Context(), task.ID, "done elsewhere"); err != nil {
			t.Fatal(err)
		}
	}
	rel := d.Release(r.Facts(t.Context(), row, Context{}), report.Signed{StudyUID: "1.2", SOPUID: "1.2.99", At: night})
	again, err := r.unknown(t.Context(), quality.Records(rel))
	if err != nil || len(again) != 1 || again[0].Kind != quality.SignedKind {
		t.Errorf("%v, a second report leaves %+v", err, again)
	}
}
