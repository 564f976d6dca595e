package deliver

import (
	"context"
	"errors"

	"github.com/nocturne/nocturne/cache/ledger"
)

// ConflictError says that somebody else reported the study, or has its task: the
// report stays until its reader has looked at both. Reason holds no patient data.
type ConflictError struct{ Reason string }

// Error implements error.
func (e *ConflictError) Error() string { return e.Reason }

// Unwrap makes it known as the ledger's.
func (e *ConflictError) Unwrap() error { return ledger.ErrConflict }

// before asks whether the row may leave; stop says that it may not now.
func (a *attempt) before(ctx context.Context) (stop bool, err error) {
	if a.r.Before == nil {
		return false, nil
	}
	row := a.Row()
	err = a.step(ctx, confirmTime, func(ctx context.Context) error { return a.r.Before(ctx, row) })
	var other *ConflictError
	switch {
	case err == nil:
		return false, nil
	case errors.As(err, &other):
		return true, a.park(ctx, other.Reason)
	}
	return true, a.later(ctx, err)
}
