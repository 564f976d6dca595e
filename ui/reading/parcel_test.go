package reading

import (
	"context"
	"testing"

	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/worklist/feed"
	"github.com/nocturne/nocturne/worklist/report"
)

// All that a signing sends is fixed with it: other destinations, what could not be
// made, and what is left to be done.
func TestSigningFixesEveryParcelAndRecord(t *testing.T) {
	r, _ := newRoom(t)
	claim := ledger.Claim{WorkitemUID: "9.1", TransactionUID: "2.25.77", StudyUID: "1.2", Accession: "A1", Site: "NORTH", State: ledger.Held, Since: night}
	if _, _, err := r.Ledger.PutClaim(t.Context(), claim); err != nil {
		t.Fatal(err)
	}
	r.Compose = func(_ context.Context, row feed.Row, rel report.Release) []Parcel {
		if row.Accession != "A1" || rel.Site != "NORTH" || rel.Part(report.Impression) == "" {
			t.Errorf("composed of %s, %s, %q", row.Accession, rel.Site, rel.Part(report.Impression))
		}
		return []Parcel{{Channel: ledger.DICOM, Kind: ledger.KindPDF, Control: "1.2.8", Bytes: []byte("paper")},
			{Channel: ledger.HL7, Address: "mllp://127.0.0.1:1", Kind: ledger.KindORU, Control: "M1", Bytes: []byte("MSH|"), Required: true},
			{Channel: ledger.FHIR, Address: "http://127.0.0.1/fhir", Kind: ledger.KindFHIR, Wrong: "no patient ID"}}
	}
	r.Keep = func(rel report.Release) []ledger.Record {
		return []ledger.Record{{ID: "t", Kind: "follow-up", StudyUID: "1.2", At: night}}
	}
	row := aRow()
	row.Expected = 0
	out, err := r.Sign(t.Context(), row, draftOn(t, r), r.Facts(t.Context(), row, Context{}), true)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := r.Ledger.OutboxOf(t.Context(), "1.2")
	if err != nil || len(rows) != 4 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	sr, pdf, oru, fhir := rows[0], rows[1], rows[2], rows[3]
	if sr.Kind != ledger.KindSR || !sr.Required || sr.WorkitemUID != "9.1" || sr.Control != out.Signed.SOPUID {
		t.Errorf("the report: %+v", sr)
	}
	if pdf.Address != sr.Address || pdf.WorkitemUID != "" || pdf.Required || string(pdf.Object) != "paper" || pdf.SHA256 != report.Digest([]byte("paper")) {
		t.Errorf("the PDF: %+v", pdf)
	}
	if oru.Channel != ledger.HL7 || oru.Address != "mllp://127.0.0.1:1" || oru.Control != "M1" || !oru.Required || oru.State != ledger.Queued {
		t.Errorf("the message: %+v", oru)
	}
	if fhir.State != ledger.Parked || fhir.Reason != "no patient ID" || len(fhir.Object) > 0 {
		t.Errorf("the bundle: %+v", fhir)
	}
	for _, o := range rows {
		if o.Report != out.Signed.SOPUID || o.Accession != "A1" || !o.NotBefore.Equal(sr.NotBefore) {
			t.Errorf("%s: %+v", o.Kind, o)
		}
	}
	if kept, err := r.Ledger.OpenRecords(t.Context(), "follow-up"); err != nil || len(kept) != 1 {
		t.Errorf("%d tasks, %v", len(kept), err)
	}
}
