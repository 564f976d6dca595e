package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
)

// signed queues a report of two rows with a record made at its signature.
func signed(t *testing.T, l *Ledger, study string) []int64 {
	t.Helper()
	ctx := context.Background()
	rev, err := l.SaveDraft(ctx, Draft{StudyUID: study, Body: []byte("mine")})
	must(t, err)
	sr, oru := row(study, ""), row(study, "")
	oru.Channel, oru.Kind, oru.Control, oru.Address, oru.Object = HL7, KindORU, "ctl"+study, "mllp://127.0.0.1:1", []byte("MSH")
	ids, err := l.Enqueue(ctx, []OutboxRow{sr, oru}, rev, Record{ID: "sig " + study, Kind: "signature", StudyUID: study, At: t0, Body: []byte("s")})
	must(t, err)
	return ids
}

func TestNothingOfAReportIsDueWhileItsConflictIsOpen(t *testing.T) {
	ctx := context.Background()
	l := open(t, t.TempDir())
	ids := signed(t, l, "1.2")
	if n := len(due(t, l, t0, true)); n != 2 {
		t.Fatalf("%d rows due before", n)
	}
	must(t, l.OpenConflict(ctx, "1.2.9", "1.2", t0, []byte("{}")))
	if ids := due(t, l, t0, true); len(ids) != 0 {
		t.Fatalf("due in spite of the conflict: %v", ids)
	}
	step(t, l, ids[0], Parked)
	if err := l.Unpark(ctx, ids[0]); !errors.Is(err, ErrConflict) {
		t.Fatalf("queued again without a decision: %v", err)
	}
	c, ok, err := l.Conflict(ctx, "1.2.9")
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	c.Closed = t0
	must(t, l.PutRecord(ctx, c))
	must(t, l.Unpark(ctx, ids[0]))
	if n := len(due(t, l, t0, true)); n != 2 {
		t.Fatalf("%d rows due after the decision", n)
	}
}

func TestAWithheldReportIsKeptWholeAndItsDraftGivesWay(t *testing.T) {
	ctx := context.Background()
	l := open(t, t.TempDir())
	signed(t, l, "1.2")
	if err := l.Withhold(ctx, "1.2.9", []byte("next"), t0); !errors.Is(err, ErrNone) {
		t.Fatalf("without a conflict: %v", err)
	}
	must(t, l.OpenConflict(ctx, "1.2.9", "1.2", t0, []byte("{}")))
	must(t, l.Withhold(ctx, "1.2.9", []byte("next"), t0))
	if rows, err := l.OutboxOf(ctx, "1.2"); err != nil || len(rows) != 0 {
		t.Fatalf("left in the outbox: %d, %v", len(rows), err)
	}
	d, ok, err := l.Draft(ctx, "1.2")
	if err != nil || !ok || string(d.Body) != "next" || d.SignedAs != "" {
		t.Fatalf("draft %+v, %v, %v", d, ok, err)
	}
	kept, err := l.Records(ctx, WithheldKind, "1.2")
	if err != nil || len(kept) != 1 {
		t.Fatal(len(kept), err)
	}
	var w Withheld
	must(t, json.Unmarshal(kept[0].Body, &w))
	if len(w.Rows) != 2 || string(w.Rows[0].Object) != "bytes of 1.2" || string(w.Draft) != "mine" || len(w.Records) != 1 {
		t.Fatalf("kept %+v", w)
	}
	if c, ok, err := l.Conflict(ctx, "1.2.9"); err != nil || !ok || c.Closed.IsZero() {
		t.Fatalf("the conflict is still open: %+v, %v", c, err)
	}
	if sigs, _ := l.Records(ctx, "signature", "1.2"); len(sigs) != 0 {
		t.Error("a signature of a report that is none any more")
	}
}

func TestWhatLeftIsNeverWithheld(t *testing.T) {
	ctx := context.Background()
	l := open(t, t.TempDir())
	ids := signed(t, l, "1.2")
	must(t, l.OpenConflict(ctx, "1.2.9", "1.2", t0, []byte("{}")))
	step(t, l, ids[1], Sending, Acked)
	if err := l.Withhold(ctx, "1.2.9", nil, t0); !errors.Is(err, ErrTooLate) {
		t.Fatalf("a row was taken by its destination: %v", err)
	}
	if rows, _ := l.OutboxOf(ctx, "1.2"); len(rows) != 2 {
		t.Error("a row is gone")
	}
}

func TestADraftBegunMeanwhileIsKeptApart(t *testing.T) {
	ctx := context.Background()
	l := open(t, t.TempDir())
	signed(t, l, "1.2")
	_, err := l.SucceedDraft(ctx, "1.2", []byte("addendum"))
	must(t, err)
	must(t, l.OpenConflict(ctx, "1.2.9", "1.2", t0, []byte("{}")))
	must(t, l.Withhold(ctx, "1.2.9", []byte("next"), t0))
	if d, _, _ := l.Draft(ctx, "1.2"); string(d.Body) != "next" {
		t.Errorf("draft %q", d.Body)
	}
	if p, err := l.PartedDrafts(ctx, "1.2"); err != nil || len(p) != 1 || string(p[0].Body) != "addendum" {
		t.Errorf("kept apart: %v, %v", p, err)
	}
}
