package reading

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/worklist/report"
)

func TestASeriesCountsAsUndisplayedOnlyWhole(t *testing.T) {
	got := wholeSeries([]string{"Se 3 SWI: 20 of 20 not seen: 1–20", "Se 1: 7 of 10 not seen: 2–4, 7–10", "Se 2: 1 of 1 not seen: 1", "odd"})
	if !slices.Equal(got, []string{"Se 3 SWI", "Se 2"}) {
		t.Errorf("%v", got)
	}
}

// An override is audited: who, when, which rule, the evidence as a hash and why; asked
// twice it is kept once.
func TestAnOverrideIsKeptAsARecordWithoutItsEvidence(t *testing.T) {
	room, _ := newRoom(t)
	at := time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)
	d := report.New("1.2.3", "A1", "NORTH", at)
	d.Overrides = []report.Override{{Rule: "side-conflict", Evidence: []string{"impression: left hand of Anna"}, Reason: "wrong order", By: "READER^DEMO", At: at}}
	for range 2 {
		if err := room.KeepOverrides(t.Context(), d); err != nil {
			t.Fatal(err)
		}
	}
	rows, err := room.Ledger.Records(t.Context(), OverrideKind, "1.2.3")
	if err != nil || len(rows) != 1 || !rows[0].At.Equal(at) || rows[0].Closed.IsZero() {
		t.Fatalf("%+v, %v", rows, err)
	}
	var o OverrideRecord
	if err := json.Unmarshal(rows[0].Body, &o); err != nil || o.Rule != "side-conflict" || o.Reason != "wrong order" || o.By != "READER^DEMO" || len(o.Evidence) != 64 {
		t.Errorf("%+v, %v", o, err)
	}
	if strings.Contains(string(rows[0].Body), "Anna") {
		t.Error("the record quotes the report")
	}
}
