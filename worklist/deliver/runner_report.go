package deliver

import (
	"context"
	"slices"
	"time"

	"github.com/nocturne/nocturne/cache/ledger"
)

// Deliver works on all rows of the row's report until each is Done or Parked, or the
// budget is spent, and returns the row as it stands then. Rows that another program is
// at, or that an earlier report of their study holds back, are waited for. What does
// not get through is no error: it waits in the outbox.
func (r *Runner) Deliver(ctx context.Context, id int64, budget time.Duration) (ledger.OutboxRow, error) {
	limited, cancel := context.WithTimeout(ctx, budget)
	defer cancel()
	for {
		row, err := r.Ledger.Row(ctx, id)
		if err != nil {
			return row, err
		}
		left, err := r.deliverReport(limited, row.Report)
		if err != nil && !elsewhere(err) && limited.Err() == nil {
			return row, err
		}
		if err == nil && !left {
			return r.Ledger.Row(ctx, id)
		}
		select {
		case <-limited.Done():
			return r.Ledger.Row(ctx, id)
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// deliverReport makes one attempt at each row of the report that is due, and reports
// whether it can still get further by itself.
func (r *Runner) deliverReport(ctx context.Context, report string) (left bool, err error) {
	due, err := r.Ledger.Due(ctx, r.now(), false)
	if err != nil {
		return true, err
	}
	sites := map[string][]int64{}
	for _, row := range due {
		if row.Report == report {
			sites[place(row)] = append(sites[place(row)], row.ID)
		}
	}
	if err := r.flush(ctx, sites); err != nil {
		return true, err
	}
	rows, err := r.Ledger.RowsOf(ctx, report)
	if err != nil {
		return true, err
	}
	return slices.ContainsFunc(rows, func(row ledger.OutboxRow) bool { return moving(rows, row) }), nil
}

// moving reports whether a row can get further by itself: not Done, not Parked, and not
// waiting only to complete a workitem that a parked row holds back.
func moving(rows []ledger.OutboxRow, row ledger.OutboxRow) bool {
	if row.Done() || row.State == ledger.Parked {
		return false
	}
	return row.State != ledger.Verified || !slices.ContainsFunc(rows, func(e ledger.OutboxRow) bool {
		return e.State == ledger.Parked && e.Required && e.Accession == row.Accession
	})
}
