package ledger

import (
	"context"
	"database/sql"
	"time"
)

// Hold is one program's right to write one study's draft. Two programs of a home that
// open one report would otherwise part it (PartDraft); the second learns of the first
// and only looks.
type Hold struct{ lock lock }

func holdName(study string) string { return "writing " + study }

// HoldDraft takes the right to write the study's draft, or gives *HeldError. It lasts
// LeaseTime without Renew; that of a program of this machine that is gone lasts no
// longer at all. The same program may hold it several times over: the last one counts.
func (l *Ledger) HoldDraft(ctx context.Context, study string, now time.Time) (*Hold, error) {
	h := &Hold{}
	err := l.write(ctx, "take draft", func(tx *sql.Tx) (err error) {
		h.lock, err = l.take(ctx, tx, holdName(study), now, true)
		return err
	})
	if err != nil {
		return nil, err
	}
	return h, nil
}

// Renew makes the hold last LeaseTime from now; ErrLeaseLost says that another
// program has it.
func (h *Hold) Renew(ctx context.Context, now time.Time) error {
	return h.lock.renew(ctx, "keep draft held", now)
}

// Close gives the draft free. A hold that was lost already is no error.
func (h *Hold) Close(ctx context.Context) error { return h.lock.release(ctx, "give draft free") }
