package deliver

import (
	"testing"

	"github.com/nocturne/nocturne/cache/ledger"
)

// A report counts as delivered only when every row of it is, and says what is worst.
func TestAReportIsDoneWithItsLastRow(t *testing.T) {
	row := func(report string, seq int, kind string, s ledger.OutboxState, workitem string) ledger.OutboxRow {
		return ledger.OutboxRow{ID: int64(seq), Report: report, Seq: seq, Kind: kind, State: s, WorkitemUID: workitem}
	}
	sr := row("A", 0, "sr", ledger.Verified, "7.1")
	for name, c := range map[string]struct {
		rows          Report
		done, arrived bool
		left, worst   int
	}{
		"all there":            {Report{row("A", 0, "sr", ledger.Verified, ""), row("A", 1, "pdf", ledger.Verified, "")}, true, true, 0, 0},
		"workitem open":        {Report{sr, row("A", 1, "pdf", ledger.Verified, "")}, false, true, 1, 0},
		"PDF under way":        {Report{sr, row("A", 1, "pdf", ledger.Sending, "")}, false, true, 2, 1},
		"one waits, one sends": {Report{row("A", 0, "sr", ledger.Sending, ""), row("A", 1, "oru", ledger.Retry, "")}, false, false, 2, 1},
		"parked is worst":      {Report{row("A", 0, "sr", ledger.Retry, ""), row("A", 1, "pdf", ledger.Retry, ""), row("A", 2, "oru", ledger.Parked, "")}, false, false, 3, 2},
		"a linked order's SR":  {Report{row("A", 0, "sr", ledger.Verified, ""), row("A", 1, "sr", ledger.Queued, "")}, false, false, 1, 1},
	} {
		if c.rows.Done() != c.done || c.rows.Arrived() != c.arrived || c.rows.Left() != c.left || c.rows.Worst().Seq != c.worst {
			t.Errorf("%s: done %v, arrived %v, left %d, worst %d", name, c.rows.Done(), c.rows.Arrived(), c.rows.Left(), c.rows.Worst().Seq)
		}
	}
	old, new := row("A", 1, "oru", ledger.Parked, ""), row("B", 2, "oru", ledger.Verified, "")
	elsewhere := new
	elsewhere.Address = "mllp://other:1"
	if !Later([]ledger.OutboxRow{old, new}, old) || Later([]ledger.OutboxRow{old, new}, new) || Later([]ledger.OutboxRow{old, elsewhere}, old) {
		t.Error("an older report sent after a newer one is not noticed, or another is")
	}
	got := Reports([]ledger.OutboxRow{row("A", 1, "pdf", ledger.Queued, ""), row("B", 0, "sr", ledger.Queued, ""), row("A", 0, "sr", ledger.Queued, "")})
	if len(got) != 2 || got[0][0].Kind != "sr" || len(got[0]) != 2 || got[1][0].Report != "B" {
		t.Errorf("%+v", got)
	}
}
