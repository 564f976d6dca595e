package ledger

import (
	"context"
	"database/sql"
	"time"
)

// Alone is one program's right to do what several programs of a home need not do at once,
// such as fetching ahead.
type Alone struct{ k lock }

// Alone takes the right, or gives *HeldError. It lasts LeaseTime without Renew; that of a
// program of this machine that is gone lasts no longer at all. This process itself holds
// nothing against itself.
func (l *Ledger) Alone(ctx context.Context, what string, now time.Time) (*Alone, error) {
	a := &Alone{}
	err := l.write(ctx, "take "+what, func(tx *sql.Tx) (err error) {
		a.k, err = l.take(ctx, tx, "alone "+what, now, true)
		return err
	})
	if err != nil {
		return nil, err
	}
	return a, nil
}

// Renew makes it last LeaseTime from now; ErrLeaseLost says that another program has it.
func (a *Alone) Renew(ctx context.Context, now time.Time) error {
	return a.k.renew(ctx, "keep a right", now)
}

// Close gives it free. One that was lost already is no error.
func (a *Alone) Close(ctx context.Context) error { return a.k.release(ctx, "give a right back") }
