package deliver

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/worklist/pacs"
)

// later puts the row off. It counts tries and backs off: 1, 2, 4, 8 s at first, a
// minute once it has failed for some ten minutes, a quarter more or less each, and
// never sooner than the server asked for.
func (a *attempt) later(ctx context.Context, why error) error {
	row := a.Row()
	row.Tries++
	if row.State != ledger.Verified {
		row.State = ledger.Retry
	}
	row.Reason = reason(row, why)
	if row.State == ledger.Verified {
		row.Reason = "workitem not completed yet: " + row.Reason
	}
	wait := backOff(row.Tries, rand.Float64())
	var status *pacs.StatusError
	if errors.As(why, &status) {
		wait = max(wait, min(status.RetryAfter, time.Minute))
	}
	var asked *WaitError
	if errors.As(why, &asked) {
		wait = max(wait, min(asked.After, time.Minute))
		if asked.Answer != "" {
			row.Answer = asked.Answer
		}
	}
	row.NextAt = a.r.now().Add(wait)
	return a.save(ctx, row)
}

func backOff(tries int, random float64) time.Duration {
	wait := min(8*time.Second, time.Second<<min(tries-1, 3))
	if tries > 60 {
		wait = time.Minute
	}
	return time.Duration(float64(wait) * (0.75 + random/2))
}

func (a *attempt) park(ctx context.Context, why string) error {
	row := a.Row()
	row.State, row.Reason = ledger.Parked, why
	return a.save(ctx, row)
}

// save stores the row and tells who listens. A cancelled context does not keep
// the outcome of a request that was made from the disk.
func (a *attempt) save(ctx context.Context, row ledger.OutboxRow) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 20*time.Second)
	defer cancel()
	if err := a.le.Save(ctx, row); err != nil {
		return err
	}
	if a.r.Changed != nil {
		a.r.Changed(a.le.Row)
	}
	return nil
}
