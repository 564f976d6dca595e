package ledger

import (
	"context"
	"database/sql"
	"errors"
	"strconv"
	"time"
)

// Lease is one program's right to deliver one row: while it holds, no other
// program of the home gets the row. A program that was suspended past its lease
// learns so from ErrLeaseLost.
type Lease struct {
	Row  OutboxRow // as it stands, with its Object
	lock lock
}

func leaseName(id int64) string { return leasePrefix + strconv.FormatInt(id, 10) }

// leasePrefix and a row's id are the name of its lock; leased is the condition that a row
// a has one, whoever took it.
const (
	leasePrefix = "sending "
	leased      = `EXISTS (SELECT 1 FROM lock WHERE name='` + leasePrefix + `' || a.id)`
)

// Lease takes the row, or fails with ErrLeased or ErrNone.
func (l *Ledger) Lease(ctx context.Context, id int64, now time.Time) (*Lease, error) {
	le := &Lease{}
	err := l.write(ctx, "take outbox row", func(tx *sql.Tx) (err error) {
		le.lock, err = l.take(ctx, tx, leaseName(id), now, false)
		var held *HeldError
		if errors.As(err, &held) {
			return ErrLeased
		}
		if err != nil {
			return err
		}
		le.Row, err = scanRow(tx.QueryRowContext(ctx, fullRow+`WHERE id=?`, id))
		if errors.Is(err, sql.ErrNoRows) {
			return ErrNone
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return le, nil
}

// Save stores what may change of a row (state, workitem done, tries, next time,
// reason, answer, verified, without claim), adds it to the row's steps, and sets
// le.Row to it. The identity and the bytes never change. A way that the states do not
// have gives *StateError.
func (le *Lease) Save(ctx context.Context, r OutboxRow) error {
	err := le.lock.l.write(ctx, "move outbox row", func(tx *sql.Tx) error {
		if err := le.lock.has(ctx, tx); err != nil {
			return err
		}
		var from OutboxState
		err := tx.QueryRowContext(ctx, `SELECT state FROM outbox WHERE id=?`, le.Row.ID).Scan(&from)
		if errors.Is(err, sql.ErrNoRows) {
			return ErrLeaseLost
		}
		if err != nil {
			return err
		}
		if !allowed(from, r.State) {
			return &StateError{From: from, To: r.State}
		}
		if _, err = tx.ExecContext(ctx, `UPDATE outbox SET state=?, workitem_done=?, tries=?, next_at=?, reason=?, answer=?,
			verified=?, without_claim=? WHERE id=?`, r.State, r.WorkitemDone, r.Tries, nanos(r.NextAt), r.Reason, r.Answer,
			nanos(r.Verified), r.WithoutClaim, le.Row.ID); err != nil {
			return err
		}
		return addStep(ctx, tx, le.Row.ID, r)
	})
	if err == nil {
		le.keep(r)
	}
	return err
}

func (le *Lease) keep(r OutboxRow) {
	k := &le.Row
	k.State, k.WorkitemDone, k.Tries, k.NextAt = r.State, r.WorkitemDone, r.Tries, r.NextAt
	k.Reason, k.Answer, k.Verified, k.WithoutClaim = r.Reason, r.Answer, r.Verified, r.WithoutClaim
}

// Renew makes the lease hold for LeaseTime from now.
func (le *Lease) Renew(ctx context.Context, now time.Time) error {
	return le.lock.renew(ctx, "renew lease", now)
}

// Close gives the row back. A lease that was lost already is no error.
func (le *Lease) Close(ctx context.Context) error {
	return le.lock.release(ctx, "give back outbox row")
}
