// Package deliver takes signed reports from the ledger's outbox to where they
// belong, and believes only what proves arrival (security.md 3.7).
//
//	queued → sending → acked → verified → workitem COMPLETED
//	            ↘ retry (back-off, jitter; asked about before it is sent again)
//	            ↘ parked (contents differ, refused for good: a person decides)
//
// One signature makes one outbox row for each object and destination; all bytes and
// control ids are fixed in the transaction that signs. Transport is at least once, and
// every retry sends the same bytes under the same id: effectively once. A program
// killed at any point leaves a row from which the next one goes on. Two programs of
// one home never work on one row at once, one program never on two rows of one
// destination.
//
// A Channel is one way to a destination. What its Send returns without an error is
// stored in the row (Answer) together with the state ACKED, before anything else is
// done. Confirm decides from the far end where it can be asked (DICOM: retrieve and
// compare; FHIR: read and compare), and from Answer where it cannot (HL7: an
// application acknowledgement AA for our MSH-10 is acceptance). So a row whose answer
// was stored before a crash is VERIFIED by the next program without being sent again,
// and a row whose answer was lost is sent again, the same bytes under the same control
// id. A row left in SENDING or RETRY is always asked about (Confirm) before Send.
package deliver

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/worklist/pacs"
	"github.com/nocturne/nocturne/worklist/pacs/token"
	"github.com/nocturne/nocturne/worklist/transit"
)

// Channel is one way to a destination. Both calls may be repeated at will.
type Channel interface {
	// Send hands the row's object over, the bytes as they are. No error says that the
	// destination took it, which proves nothing yet where it can be asked; answer is what
	// it said, without patient data, and becomes the row's Answer. ErrUnsure says that it
	// may have it already. *ParkError says that sending it again is no use, *WaitError why
	// it has to wait; any other error is tried again, too.
	Send(ctx context.Context, row ledger.OutboxRow) (answer string, err error)
	// Confirm asks what the destination holds and compares, or looks at row.Answer where
	// it cannot be asked. nil: it holds what was signed. ErrAbsent: it holds nothing under
	// this control id, or nothing is known of it; the row may be sent. *ParkError: it
	// holds something else. Any other error says nothing.
	Confirm(ctx context.Context, row ledger.OutboxRow) error
}

// Destination is what a row needs of the outside.
type Destination struct {
	Channel   Channel
	Workitems pacs.Workitems // nil where the row has no workitem
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

// WaitError says in a sentence without patient data why a row waits, and how long the
// destination asked for.
type WaitError struct {
	Reason string
	After  time.Duration
	Answer string // not "": becomes the row's, and stays with it when it is sent again
	Err    error  // may be nil
}

// Error implements error.
func (e *WaitError) Error() string { return e.Reason }

// Unwrap gives the cause.
func (e *WaitError) Unwrap() error { return e.Err }

// overdueAfter is when an undelivered STAT report alarms (N12).
const overdueAfter = 10 * time.Minute

// Overdue reports whether a STAT report's text should long have arrived (N12). Objects
// beside the text alarm only where the site's policy requires them.
func Overdue(row ledger.OutboxRow, now time.Time) bool {
	switch row.Kind {
	case ledger.KindMeasurements, ledger.KindKeyImages, ledger.KindPresentation:
		if !row.Required {
			return false
		}
	}
	return row.Priority == string(pacs.Stat) && row.State != ledger.Verified && now.Sub(row.Signed) >= overdueAfter
}

// Noun names what a row carries, in a sentence.
func Noun(kind string) string {
	switch kind {
	case ledger.KindMeasurements:
		return "the measurements"
	case ledger.KindKeyImages:
		return "the key images"
	case ledger.KindPresentation:
		return "the presentation state"
	case ledger.KindPDF:
		return "the PDF"
	case ledger.KindORU:
		return "the HL7 message"
	case ledger.KindFHIR:
		return "the FHIR bundle"
	}
	return "the report"
}

// reason says why a row waits, in words without patient data: a server's own
// text may hold some, and is left out.
func reason(row ledger.OutboxRow, err error) string {
	site := row.Site
	var status *pacs.StatusError
	var other *pacs.NotArchiveError
	var wait *WaitError
	var needed *token.NeededError
	why, unreachable := pacs.Unreachable(err)
	switch {
	case errors.As(err, &wait):
		return wait.Reason
	case errors.As(err, &needed):
		return needed.Error() + ": nocturne login --site " + site
	case transit.Sentence(err) != "":
		return site + ": " + transit.Sentence(err)
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
		return site + " took " + Noun(row.Kind) + " but does not show it yet"
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
