// Package deliver takes signed reports from the ledger's outbox to where they
// belong, and believes only what it has read back (security.md 3.7).
//
//	queued → sending → acked → verified → workitem COMPLETED
//	            ↘ retry (back-off, jitter; read back before it is sent again)
//	            ↘ parked (contents differ, refused for good: a person decides)
//
// Transport is at least once, and every retry sends the same bytes under the same
// UID: effectively once. A program killed at any point leaves a row from which
// the next one goes on. Two programs of one home never work on one row at once.
package deliver

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/worklist/pacs"
)

// Channel is one way to a destination. Both calls may be repeated at will.
type Channel interface {
	// Send hands the row's object over. nil says that the destination took it,
	// which proves nothing yet. ErrUnsure says that it may have it already.
	// *ParkError says that sending it again is no use; any other error is tried
	// again.
	Send(ctx context.Context, row ledger.OutboxRow) error
	// Confirm reads back what the destination holds and compares. nil: it holds
	// what was signed. ErrAbsent: it holds nothing under this UID. *ParkError: it
	// holds something else. Any other error says nothing.
	Confirm(ctx context.Context, row ledger.OutboxRow) error
}

// ErrAbsent says that the destination does not hold the object.
var ErrAbsent = errors.New("the destination does not hold the report")

// ErrUnsure says that only reading back can tell.
var ErrUnsure = errors.New("the destination may hold the report already")

// errDial says that the row's destination cannot even be addressed.
var errDial = errors.New("the destination cannot be reached as configured")

// ParkError says that a person has to look: nothing will change by itself. Reason
// holds no patient data.
type ParkError struct{ Reason string }

// Error implements error.
func (e *ParkError) Error() string { return e.Reason }

// overdueAfter is when an undelivered STAT report alarms (N12).
const overdueAfter = 10 * time.Minute

// Overdue reports whether a STAT report should long have arrived (N12).
func Overdue(row ledger.OutboxRow, now time.Time) bool {
	return row.Priority == string(pacs.Stat) && row.State != ledger.Verified && now.Sub(row.Signed) >= overdueAfter
}

// Waiting reports whether the destination does not hold the report for certain.
func Waiting(row ledger.OutboxRow) bool { return row.State != ledger.Verified }

// reason says why a row waits, in words without patient data: a server's own
// text may hold some, and is left out.
func reason(site string, err error) string {
	var status *pacs.StatusError
	var other *pacs.NotArchiveError
	why, unreachable := pacs.Unreachable(err)
	switch {
	case errors.As(err, &status) && (status.Code == 401 || status.Code == 403):
		return fmt.Sprintf("%s refuses our credentials (%d)", site, status.Code)
	case errors.As(err, &status):
		return fmt.Sprintf("%s answered %s", site, code(status.Code))
	case errors.As(err, &other):
		return fmt.Sprintf("something else answers in place of %s", site)
	case errors.Is(err, errDial):
		return site + " cannot be reached as configured"
	case errors.Is(err, pacs.ErrNoWorkitems):
		return site + " keeps no worklist now"
	case unreachable:
		return fmt.Sprintf("%s not answering (%s)", site, why)
	case errors.Is(err, ErrAbsent):
		return site + " took the report but does not show it yet"
	}
	return site + " not answering"
}

// code writes HTTP statuses in decimal, DIMSE statuses and failure reasons in hex.
func code(n int) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%04X", n)
}
