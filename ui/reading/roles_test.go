package reading

import (
	"errors"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/worklist/report"
)

// A trainee's signature carries the workitem, leaves the draft open, and the next version
// replaces what went out; the attending's final one names the last.
func TestATraineesVersionsFollowEachOtherAndTheAttendingsIsFinal(t *testing.T) {
	r, _ := newRoom(t)
	r.Trainee = true
	r.Reader.Name = "TRAINEE^ONE"
	claim := ledger.Claim{WorkitemUID: "9.1", TransactionUID: "2.25.77", StudyUID: "1.2", Accession: "A1", Site: "NORTH", State: ledger.Held, Since: night}
	if _, _, err := r.Ledger.PutClaim(t.Context(), claim); err != nil {
		t.Fatal(err)
	}
	row := aRow()
	row.Expected = 0
	sign := func(text string) Outgoing {
		t.Helper()
		night := night
		d, signed, err := r.Draft(t.Context(), row)
		if err != nil || signed {
			t.Fatalf("signed %v: %v", signed, err)
		}
		facts := r.Facts(t.Context(), row, Context{})
		d.Prefill(facts, night)
		d.Set(report.Findings, text, night)
		d.Set(report.Impression, text, night)
		if d.Revision, err = r.Save(t.Context(), d); err != nil {
			t.Fatal(err)
		}
		stale, err := Clone(d)
		if err != nil {
			t.Fatal(err)
		}
		stale.Revision--
		if _, err := r.Sign(t.Context(), row, stale, facts, false); !errors.Is(err, ledger.ErrStale) {
			t.Errorf("signed what another program changed: %v", err)
		}
		out, err := r.Sign(t.Context(), row, d, facts, false)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	first := sign("No fracture.")
	if got, _ := r.Ledger.Row(t.Context(), first.ID); got.WorkitemUID != "9.1" || got.Channel != ledger.DICOM {
		t.Errorf("the preliminary report completes %q", got.WorkitemUID)
	}
	if doc := sent(t, r, first.ID); !doc.Preliminary || doc.Verified || doc.Predecessor != nil {
		t.Errorf("first: %+v", doc)
	}
	r.Now = func() time.Time { return night.Add(time.Minute) }
	second := sign("Fracture.")
	if doc := sent(t, r, second.ID); !doc.Preliminary || doc.Predecessor == nil || string(doc.Predecessor.Instance) != first.Signed.SOPUID {
		t.Errorf("second: %+v", doc)
	}
	if _, err := r.Amend(t.Context(), row, report.Corrected, "side"); !errors.Is(err, ErrTrainee) {
		t.Errorf("a trainee corrects: %v", err)
	}
	r.Trainee, r.Reader.Name = false, "ATTENDING^TWO"
	r.Now = func() time.Time { return night.Add(2 * time.Minute) }
	d, _, err := r.Draft(t.Context(), row)
	if err != nil {
		t.Fatal(err)
	}
	facts := r.Facts(t.Context(), row, Context{})
	d.Prefill(facts, r.Now())
	if d.Revision, err = r.Save(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	final, err := r.Sign(t.Context(), row, d, facts, false)
	if err != nil {
		t.Fatal(err)
	}
	doc := sent(t, r, final.ID)
	if !doc.Verified || doc.Predecessor == nil || string(doc.Predecessor.Instance) != second.Signed.SOPUID || len(doc.Authors) != 1 || doc.Authors[0].Name != "TRAINEE^ONE" {
		t.Errorf("final: %+v", doc)
	}
	if _, signed, _ := r.Draft(t.Context(), row); !signed {
		t.Error("the final report's draft is not frozen")
	}
}

func TestATraineesReportIsTakenBackWithinItsWindow(t *testing.T) {
	r, _ := newRoom(t)
	r.Trainee = true
	row := aRow()
	row.Expected = 0
	d := draftOn(t, r)
	out, err := r.Sign(t.Context(), row, d, r.Facts(t.Context(), row, Context{}), true)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Ledger.Recall(t.Context(), out.ID, night); err != nil {
		t.Fatal(err)
	}
	if f := r.Facts(t.Context(), row, Context{}); f.Preliminary != nil {
		t.Errorf("it is still there: %+v", f.Preliminary)
	}
	if _, signed, err := r.Draft(t.Context(), row); signed || err != nil {
		t.Errorf("signed %v, %v", signed, err)
	}
}
