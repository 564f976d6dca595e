package deliver

import (
	"context"
	"errors"
	"fmt"

	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/worklist/fhir"
	"github.com/nocturne/nocturne/worklist/pacs"
)

// FHIR delivers a transaction to a FHIR server: posted, read back by identifier,
// compared. Every entry is created only where the server has none, so that posting it
// again changes nothing. It is a Channel.
type FHIR struct{ Client *fhir.Client }

// Send posts the transaction, then marks the report that it withdraws or corrects.
func (c FHIR) Send(ctx context.Context, row ledger.OutboxRow) (answer string, err error) {
	d := fhir.Document{Control: row.Control, Bytes: row.Object}
	if err := c.Client.Post(ctx, d); err != nil {
		var status *pacs.StatusError
		if errors.As(err, &status) && status.Code == 412 { // R4 3.1.0.8.1
			return "", &ParkError{Reason: row.Site + " holds several under one number of " + Noun(row.Kind) + " (412)"}
		}
		return "", fhirError(row, err)
	}
	if err := c.Client.Withdraw(ctx, d); err != nil {
		return "", fhirError(row, err)
	}
	return "answered for every entry", nil
}

// fhirError sorts refusals (R4 3.1.0.11, 3.1.0.4.1): those that another try cannot
// change are parked.
func fhirError(row ledger.OutboxRow, err error) error {
	var status *pacs.StatusError
	var other *fhir.DiffersError
	switch {
	case errors.As(err, &other):
		return &ParkError{Reason: row.Site + " holds " + other.What}
	case !errors.As(err, &status):
		return err
	}
	switch status.Code {
	case 400, 405, 413, 415, 422:
		return &ParkError{Reason: fmt.Sprintf("%s refuses %s (%d)", row.Site, Noun(row.Kind), status.Code)}
	}
	return err
}

// Confirm reads back what the transaction made, and the report that it replaces.
func (c FHIR) Confirm(ctx context.Context, row ledger.OutboxRow) error {
	d := fhir.Document{Control: row.Control, Bytes: row.Object}
	err := c.Client.Check(ctx, d)
	var other *fhir.DiffersError
	switch {
	case errors.Is(err, fhir.ErrAbsent):
		return fmt.Errorf("read FHIR bundle back: %w", ErrAbsent)
	case errors.As(err, &other):
		return &ParkError{Reason: row.Site + " holds something else than was signed: " + other.What}
	case err != nil:
		return fmt.Errorf("read FHIR bundle back: %w", err)
	}
	done, err := c.Client.Withdrawn(ctx, d)
	if err != nil {
		return fmt.Errorf("read withdrawn report back: %w", err)
	}
	if !done {
		return fmt.Errorf("withdrawn report: %w", ErrAbsent)
	}
	return nil
}
