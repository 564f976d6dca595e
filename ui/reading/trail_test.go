package reading

import (
	"errors"
	"os"
	"testing"

	"github.com/nocturne/nocturne/cache/audit"
	"github.com/nocturne/nocturne/cache/audit/audittest"
	"github.com/nocturne/nocturne/cache/ledger"
)

func TestNothingIsSignedSentOrHandedOutThatCannotBeRecorded(t *testing.T) {
	r, _ := newRoom(t)
	trail := &audittest.Trail{}
	New(trail, r)
	row := aRow()
	row.Expected = 0
	d, f := draftOn(t, r), r.Facts(t.Context(), row, Context{})
	full := errors.New("no space left on device")
	trail.Fail(full)
	if _, err := r.Sign(t.Context(), row, d, f, true); !errors.Is(err, ErrUnaudited) || !errors.Is(err, full) {
		t.Fatal("signed:", err)
	}
	if rows, err := r.Ledger.Outbox(t.Context()); err != nil || len(rows) > 0 {
		t.Fatalf("in the outbox: %v, %v", rows, err)
	}
	trail.Fail(nil)
	out, err := r.Sign(t.Context(), row, d, f, true)
	if err != nil {
		t.Fatal(err)
	}
	e := trail.Events()[len(trail.Events())-1]
	if e.ID != audit.PatientRecord || e.Objects[0].ID != row.PatientID || e.Objects[1].ID != out.Signed.SOPUID || e.Objects[1].Life != audit.Verified {
		t.Errorf("the signature is recorded as %+v", e)
	}
	trail.Fail(full)
	rows, err := r.Ledger.Outbox(t.Context(), ledger.Queued)
	if err != nil || len(rows) == 0 {
		t.Fatal(rows, err)
	}
	if err := r.Before(t.Context(), rows[0]); !errors.Is(err, ErrUnaudited) {
		t.Error("sent:", err)
	}
	dir := t.TempDir()
	if _, err := r.WriteHandout(t.Context(), out.Signed.SOPUID, dir); !errors.Is(err, ErrUnaudited) {
		t.Error("handed out:", err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("a file is there: %v, %v", left, err)
	}
	if err := r.Opened(t.Context(), row); !errors.Is(err, ErrUnaudited) {
		t.Error("opened:", err)
	}
}

func TestARoomWithoutATrailDoesNothing(t *testing.T) {
	r, _ := newRoom(t)
	bare := &Room{Reader: r.Reader, Sites: r.Sites, Ledger: r.Ledger, Store: r.Store, Journal: r.Journal, Now: r.Now}
	row := aRow()
	row.Expected = 0
	if _, err := bare.Sign(t.Context(), row, draftOn(t, bare), bare.Facts(t.Context(), row, Context{}), false); !errors.Is(err, ErrUnaudited) {
		t.Error("signed:", err)
	}
	if err := bare.Opened(t.Context(), row); !errors.Is(err, ErrUnaudited) {
		t.Error("opened:", err)
	}
}
