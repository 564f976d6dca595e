package deliver

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/nocturne/nocturne/cache/ledger"
)

// Runner delivers the rows of one ledger. Several programs of a home may each
// have one. Its fields are not changed once it is used.
type Runner struct {
	Ledger *ledger.Ledger
	// Dial reaches the destination that the row names by its Channel and Address.
	Dial func(row ledger.OutboxRow) (Destination, error)
	// Changed, if set, is told of every change of a row, from any goroutine, and
	// must not block.
	Changed func(row ledger.OutboxRow)
	Now     func() time.Time // nil: time.Now
	// Before, if set, is asked before an object leaves, of a row that its destination was
	// seen not to hold. No error: it may go. *ConflictError: the reader decides first; any
	// other error puts the row off as silence does. It must obey ctx.
	Before func(ctx context.Context, row ledger.OutboxRow) error

	once sync.Once
	wake chan struct{}
}

// place is the destination of a row.
func place(row ledger.OutboxRow) string { return row.Channel + " " + row.Address }

// poll is how often Run looks for rows that another program queued.
const poll = 2 * time.Second

func (r *Runner) now() time.Time {
	if r.Now != nil {
		return r.Now()
	}
	return time.Now()
}

func (r *Runner) init() { r.once.Do(func() { r.wake = make(chan struct{}, 1) }) }

// Wake makes Run look at once: call it after a report was queued.
func (r *Runner) Wake() {
	r.init()
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// Run delivers what is due until ctx ends, one row at a time for each
// destination, so that a silent site holds up no other. It returns when all it
// started has ended. A ledger that fails is told to fail, which may be nil, and
// tried again.
func (r *Runner) Run(ctx context.Context, fail func(error)) {
	r.init()
	var mu sync.Mutex // guards busy
	busy := map[string]bool{}
	var all sync.WaitGroup
	defer all.Wait()
	tick := time.NewTicker(poll)
	defer tick.Stop()
	for {
		rows, err := r.Ledger.Due(ctx, r.now(), false)
		if err != nil && ctx.Err() == nil && fail != nil {
			fail(err)
		}
		for _, row := range rows {
			mu.Lock()
			taken := busy[place(row)]
			busy[place(row)] = true
			mu.Unlock()
			if taken {
				continue
			}
			all.Go(func() {
				_, err := r.try(ctx, row.ID)
				if err != nil && !elsewhere(err) && ctx.Err() == nil && fail != nil {
					fail(err)
				}
				mu.Lock()
				delete(busy, place(row))
				mu.Unlock()
				if err == nil {
					r.Wake() // there may be more for this destination
				}
			})
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-r.wake:
		case <-time.After(r.nextIn(ctx)):
		}
	}
}

// nextIn is how long until a row that waits is due, at most poll.
func (r *Runner) nextIn(ctx context.Context) time.Duration {
	rows, err := r.Ledger.Outbox(ctx, ledger.Queued, ledger.Retry)
	wait := poll
	if err != nil {
		return wait
	}
	now := r.now()
	for _, row := range rows {
		at := row.NotBefore
		if row.NextAt.After(at) {
			at = row.NextAt
		}
		if d := at.Sub(now); d > 0 {
			wait = min(wait, d)
		}
	}
	return wait
}

// try makes one attempt at a row, if nobody else is at it (ledger.ErrLeased).
func (r *Runner) try(ctx context.Context, id int64) (ledger.OutboxRow, error) {
	le, err := r.Ledger.Lease(ctx, id, r.now())
	if err != nil {
		return ledger.OutboxRow{}, err
	}
	ctx, cancel := context.WithCancel(ctx)
	var keeper sync.WaitGroup
	keeper.Go(func() { r.keep(ctx, cancel, le) })
	err = r.attempt(ctx, le)
	cancel()
	keeper.Wait()
	cerr := le.Close(context.WithoutCancel(ctx))
	return le.Row, errors.Join(err, cerr)
}

func (r *Runner) attempt(ctx context.Context, le *ledger.Lease) error {
	if le.Row.Done() || le.Row.State == ledger.Parked {
		return nil // another program was quicker
	}
	a := &attempt{r: r, le: le}
	to, err := r.Dial(le.Row)
	if err == nil && to.Channel == nil {
		err = fmt.Errorf("no channel %q", le.Row.Channel)
	}
	if err != nil {
		return a.later(ctx, fmt.Errorf("%w: %w", errDial, err))
	}
	a.channel, a.workitems = to.Channel, to.Workitems
	return a.run(ctx)
}

// keep renews the lease while the attempt lasts, and stops it when it is lost.
func (r *Runner) keep(ctx context.Context, stop context.CancelFunc, le *ledger.Lease) {
	tick := time.NewTicker(ledger.LeaseTime / 4)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if err := le.Renew(ctx, r.now()); errors.Is(err, ledger.ErrLeaseLost) {
				stop()
				return
			}
		}
	}
}

// elsewhere reports whether another program is at the row.
func elsewhere(err error) bool {
	return errors.Is(err, ledger.ErrLeased) || errors.Is(err, ledger.ErrLeaseLost)
}

// Flush makes one attempt at every row that is due, or, with ignoreBackOff, that
// only waits for its next try, and returns all rows that are not Done then,
// without their Object. A recall window is never cut short.
func (r *Runner) Flush(ctx context.Context, ignoreBackOff bool) ([]ledger.OutboxRow, error) {
	for tried := map[int64]bool{}; ; {
		rows, err := r.Ledger.Due(ctx, r.now(), ignoreBackOff)
		if err != nil {
			return nil, err
		}
		sites := map[string][]int64{}
		for _, row := range rows {
			if !tried[row.ID] {
				tried[row.ID] = true
				sites[place(row)] = append(sites[place(row)], row.ID)
			}
		}
		if len(sites) == 0 { // nor any that an earlier row held back
			break
		}
		if err := r.flush(ctx, sites); err != nil {
			return nil, err
		}
	}
	all, err := r.Ledger.Outbox(ctx)
	return slices.DeleteFunc(all, ledger.OutboxRow.Done), err
}

// flush works on all destinations at once, on the rows of one in turn.
func (r *Runner) flush(ctx context.Context, sites map[string][]int64) error {
	var all sync.WaitGroup
	errs := make(chan error, len(sites))
	for _, ids := range sites {
		all.Go(func() {
			for _, id := range ids {
				if _, err := r.try(ctx, id); err != nil && !elsewhere(err) {
					errs <- err
					return
				}
			}
		})
	}
	all.Wait()
	close(errs)
	return <-errs
}
