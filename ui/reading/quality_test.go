package reading

import (
	"errors"
	"strings"
	"testing"

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
