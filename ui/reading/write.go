package reading

import (
	"context"
	"errors"
	"time"

	"github.com/nocturne/nocturne/cache/ledger"
)

// Writing is the right to write a study's report: of two programs of one home only
// one has it, and what the other types would be kept apart.
type Writing struct {
	room *Room
	hold *ledger.Hold
}

// Write takes the right to write. busy says in a sentence which program has it; the
// report can be looked at then.
func (r *Room) Write(ctx context.Context, study string) (w *Writing, busy string, err error) {
	h, err := r.Ledger.HoldDraft(ctx, study, r.Now())
	var held *ledger.HeldError
	if errors.As(err, &held) {
		return nil, held.Error(), nil
	}
	if err != nil {
		return nil, "", err
	}
	return &Writing{room: r, hold: h}, "", nil
}

// RenewEvery is how often Keep is called while the report is open.
const RenewEvery = ledger.LeaseTime / 4

// Keep makes the right last on. lost: another program took it over while this one
// slept.
func (w *Writing) Keep(ctx context.Context) (lost bool, err error) {
	err = w.hold.Renew(ctx, w.room.Now())
	if errors.Is(err, ledger.ErrLeaseLost) {
		return true, nil
	}
	return false, err
}

// Stop gives the right back once all that was typed is on disk, and returns at once.
func (w *Writing) Stop() {
	w.room.Journal.Put("", func(ctx context.Context) error {
		ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
		defer cancel()
		return w.hold.Close(ctx)
	})
}
