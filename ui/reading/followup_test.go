package reading

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/nocturne/nocturne/worklist/report"
)

// A recommendation with a date is an open task from the signature on, once; a recalled
// signature takes it back.
func TestAFollowUpBecomesADatedTaskWithTheSignature(t *testing.T) {
	r, _ := newRoom(t)
	row := aRow()
	row.Expected = 0
	by := night.AddDate(1, 0, 0)
	d := draftOn(t, r)
	d.Calculate(report.Calculated{ID: "fleischner", Text: "No fracture.", FollowUp: []report.FollowUp{{What: "CT chest", By: by, Why: "Fleischner 2017"}}}, night)
	var err error
	if d.Revision, err = r.Save(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	out, err := r.Sign(t.Context(), row, d, r.Facts(t.Context(), row, Context{}), true)
	if err != nil {
		t.Fatal(err)
	}
	open, err := r.Ledger.OpenRecords(t.Context(), FollowUpKind)
	if err != nil || len(open) != 1 || !open[0].Due.Equal(by) || open[0].StudyUID != "1.2" {
		t.Fatalf("%+v, %v", open, err)
	}
	var f report.FollowUp
	if err := json.Unmarshal(open[0].Body, &f); err != nil || f.What != "CT chest" || f.Why != "Fleischner 2017" {
		t.Errorf("%+v, %v", f, err)
	}
	if err := r.Ledger.Recall(t.Context(), out.ID, night.Add(time.Second)); err != nil {
		t.Fatal(err)
	}
	if open, _ = r.Ledger.OpenRecords(t.Context(), FollowUpKind); len(open) != 0 {
		t.Errorf("a report taken back left %d tasks", len(open))
	}
	if out, err = r.Sign(t.Context(), row, d, r.Facts(t.Context(), row, Context{}), true); err != nil {
		t.Fatal(err)
	}
	open, _ = r.Ledger.OpenRecords(t.Context(), FollowUpKind)
	open[0].Closed = night.Add(time.Hour)
	if err := r.Ledger.PutRecord(t.Context(), open[0]); err != nil {
		t.Fatal(err)
	}
	again, err := r.tasks(t.Context(), d.Release(r.Facts(t.Context(), row, Context{}), out.Signed))
	if err != nil || len(again) != 0 {
		t.Errorf("a closed task is opened again: %+v, %v", again, err)
	}
}
