package reading

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/worklist/feed"
	"github.com/nocturne/nocturne/worklist/report"
)

// sealed is a room whose reader signed one report of two objects.
func sealed(t *testing.T, shown string) (*Room, Outgoing) {
	t.Helper()
	r, _ := newRoom(t)
	r.Key = func() (ed25519.PrivateKey, error) {
		return ed25519.NewKeyFromSeed([]byte(strings.Repeat("k", ed25519.SeedSize))), nil
	}
	r.Compose = func(context.Context, feed.Row, report.Release) []Parcel {
		return []Parcel{{Channel: ledger.DICOM, Kind: ledger.KindPDF, Control: "1.2.8", Bytes: []byte("paper")},
			{Channel: ledger.HL7, Address: "mllp://127.0.0.1:1", Kind: ledger.KindORU, Wrong: "no patient ID"}}
	}
	row := aRow()
	row.Expected = 0
	f := r.Facts(t.Context(), row, Context{})
	f.Shown = shown
	out, err := r.Sign(t.Context(), row, draftOn(t, r), f, true)
	if err != nil {
		t.Fatal(err)
	}
	return r, out
}

func proofs(t *testing.T, r *Room) []Proof {
	t.Helper()
	out, err := r.Proofs(t.Context(), "1.2")
	if err != nil || len(out) != 1 {
		t.Fatalf("%d proofs, %v", len(out), err)
	}
	return out
}

func TestASignatureIsKeptOfEveryObjectAndOfWhatWasShown(t *testing.T) {
	r, out := sealed(t, "the sheet as it stood")
	p := proofs(t, r)[0]
	if !p.Holds() || p.Report != out.Signed.SOPUID || len(p.Objects) != 2 || p.Objects[0].SHA256 != out.Signed.SHA256 ||
		p.Signature.Shown != "the sheet as it stood" || p.Statement.Reader != "READER^DEMO" || !p.Statement.At.Equal(out.Signed.At) {
		t.Errorf("%+v", p)
	}
	if open, err := r.Ledger.OpenRecords(t.Context(), SignatureKind); err != nil || len(open) > 0 {
		t.Errorf("a signature waits for something: %v %v", open, err)
	}
	r, _ = sealed(t, "")
	if p := proofs(t, r)[0]; !strings.Contains(p.Signature.Shown, "No fracture.") || !strings.Contains(p.Signature.Shown, `"accession_number": "A1"`) {
		t.Errorf("shown: %s", p.Signature.Shown)
	}
}

func TestARecalledReportLeavesNoSignature(t *testing.T) {
	r, out := sealed(t, "")
	if err := r.Ledger.Recall(t.Context(), out.ID, night); err != nil {
		t.Fatal(err)
	}
	if left, err := r.Proofs(t.Context(), "1.2"); err != nil || len(left) != 0 {
		t.Errorf("%+v, %v", left, err)
	}
}

func TestWithoutAKeyNothingIsSignedAndNothingLeaves(t *testing.T) {
	r, _ := newRoom(t)
	r.Key = func() (ed25519.PrivateKey, error) { return nil, errors.New("the reader's key can be read by others") }
	row := aRow()
	row.Expected = 0
	if _, err := r.Sign(t.Context(), row, draftOn(t, r), r.Facts(t.Context(), row, Context{}), true); err == nil || !strings.Contains(err.Error(), "key") {
		t.Errorf("%v", err)
	}
	if rows, _ := r.Ledger.Outbox(t.Context()); len(rows) > 0 {
		t.Error("a report without a signature left")
	}
}

// A row that is not what was signed, a signature that is not of it, one that is not
// there: each is told.
func TestWhatIsNotAsItWasSignedIsFound(t *testing.T) {
	r, out := sealed(t, "")
	rows, err := r.Ledger.OutboxOf(t.Context(), "1.2")
	if err != nil {
		t.Fatal(err)
	}
	records, err := r.Ledger.Records(t.Context(), SignatureKind, "1.2")
	if err != nil || len(records) != 1 {
		t.Fatalf("%v %d", err, len(records))
	}
	check := func(what string, want error, rows []ledger.OutboxRow) {
		t.Helper()
		p := proofOf(records[0], rows)
		found := errors.Is(p.Err, want)
		for _, o := range p.Objects {
			found = found || errors.Is(o.Err, want)
		}
		if p.Holds() || !found {
			t.Errorf("%s: %+v", what, p)
		}
	}
	altered := append([]ledger.OutboxRow{}, rows...)
	altered[0].Object = append([]byte{1}, altered[0].Object...)
	check("altered bytes", ErrAltered, altered)
	altered[0].SHA256 = report.Digest(altered[0].Object)
	check("altered bytes and digest", ErrAltered, altered)
	check("an object gone", ErrMissing, rows[:1])
	extra := rows[0]
	extra.Control = "1.2.99"
	check("an object too many", ErrAdded, append(append([]ledger.OutboxRow{}, rows...), extra))
	var s report.Signature
	if err := json.Unmarshal(records[0].Body, &s); err != nil {
		t.Fatal(err)
	}
	s.Statement = strings.Replace(s.Statement, out.Signed.SHA256, report.Digest(altered[0].Object), 1)
	records[0].Body, _ = json.Marshal(s)
	check("a statement made anew", report.ErrForged, altered)
	r.Key = nil
	if p := proofOf(ledger.Record{Body: []byte("{")}, rows); p.Holds() {
		t.Error("a broken record holds")
	}
}

func TestAReportWithoutASignatureIsSaid(t *testing.T) {
	r, _ := newRoom(t)
	row := aRow()
	row.Expected = 0
	out, err := r.Sign(t.Context(), row, draftOn(t, r), r.Facts(t.Context(), row, Context{}), true)
	if err != nil {
		t.Fatal(err)
	}
	if p := proofs(t, r)[0]; !errors.Is(p.Err, ErrUnsigned) || p.Report != out.Signed.SOPUID {
		t.Errorf("%+v", p)
	}
}
