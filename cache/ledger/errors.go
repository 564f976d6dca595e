package ledger

import (
	"errors"
	"fmt"
)

var (
	// ErrStale says that the draft was saved by another program since it was read.
	ErrStale = errors.New("the draft changed since it was read")
	// ErrSigned says that the draft is frozen: its report is signed.
	ErrSigned = errors.New("the report is signed")
	// ErrNone says that there is no such row.
	ErrNone = errors.New("no such row")
	// ErrLeased says that another program is delivering the row right now.
	ErrLeased = errors.New("being delivered by another program")
	// ErrLeaseLost says that the lease ran out and another program took the row.
	ErrLeaseLost = errors.New("the delivery was taken over by another program")
	// ErrMalformed says that rows to be queued do not belong together or lack a name.
	ErrMalformed = errors.New("the rows to be queued do not belong together")
	// ErrTooLate says that the recall window is over: the report may have left.
	ErrTooLate = errors.New("the report can no longer be recalled")
)

// VersionError says that a home or its ledger was written by a newer program, or
// by none that is known. Nothing was changed.
type VersionError struct {
	What  string // "home" or "ledger"
	Found string
	Known int
}

// Error implements error.
func (e *VersionError) Error() string {
	return fmt.Sprintf("this %s has format %s and this program knows formats up to %d: use the newer nocturne; nothing was changed",
		e.What, e.Found, e.Known)
}

// StateError says that an outbox row may not go from one state to another.
type StateError struct{ From, To OutboxState }

// Error implements error.
func (e *StateError) Error() string {
	return fmt.Sprintf("outbox row: no way from %s to %s", e.From, e.To)
}
