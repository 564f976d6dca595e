package deliver

import (
	"slices"

	"github.com/nocturne/nocturne/cache/ledger"
)

// Report is one signed report with all its rows, in the order of their Seq; there is at
// least one.
type Report []ledger.OutboxRow

// Reports groups rows by the report that they belong to, the oldest report first.
func Reports(rows []ledger.OutboxRow) (out []Report) {
	place := map[string]int{}
	for _, r := range rows {
		i, ok := place[r.Report]
		if !ok {
			i = len(out)
			place[r.Report] = i
			out = append(out, nil)
		}
		out[i] = append(out[i], r)
	}
	for _, r := range out {
		slices.SortFunc(r, func(a, b ledger.OutboxRow) int { return a.Seq - b.Seq })
	}
	return out
}

// Done reports whether the report is delivered: every destination holds its part and
// every workitem is completed.
func (r Report) Done() bool {
	return !slices.ContainsFunc(r, func(row ledger.OutboxRow) bool { return !row.Done() })
}

// Worst is the row that says how far the report is: a parked one before one that
// waits, that before one under way, and the report itself before what goes with it.
func (r Report) Worst() ledger.OutboxRow {
	return slices.MinFunc(r, func(a, b ledger.OutboxRow) int { return rank(a) - rank(b) })
}

func rank(r ledger.OutboxRow) int {
	switch r.State {
	case ledger.Parked:
		return 0
	case ledger.Retry:
		return 1
	case ledger.Verified:
		if r.Done() {
			return 4
		}
		return 3
	}
	return 2
}

// Arrived reports whether the report's own text is where it belongs: every SR is
// verified, whatever else still waits.
func (r Report) Arrived() bool {
	return !slices.ContainsFunc(r, func(row ledger.OutboxRow) bool { return row.Kind == ledger.KindSR && row.State != ledger.Verified })
}

// Later reports whether one of the rows took a report signed after the row's to the same
// destination: sent now, the older one may be taken for the newest there.
func Later(rows []ledger.OutboxRow, row ledger.OutboxRow) bool {
	return slices.ContainsFunc(rows, func(r ledger.OutboxRow) bool {
		return r.StudyUID == row.StudyUID && place(r) == place(row) && r.Kind == row.Kind && r.Report != row.Report &&
			r.ID > row.ID && (r.State == ledger.Acked || r.State == ledger.Verified)
	})
}

// Left counts the rows that are not Done.
func (r Report) Left() (n int) {
	for _, row := range r {
		if !row.Done() {
			n++
		}
	}
	return n
}
