package reading

import (
	"context"
	"errors"

	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/worklist/report"
)

// ErrTrainee says who may do what a trainee may not.
var ErrTrainee = errors.New("only an attending adds to, corrects or withdraws a report: ask one to open the case")

// enqueue puts what was signed into the outbox. A trainee's preliminary report leaves the
// draft open: who goes on with it, the trainee or an attending, replaces what went out.
func (r *Room) enqueue(ctx context.Context, d *report.Draft, f report.Facts, rows []ledger.OutboxRow, records []ledger.Record) ([]int64, error) {
	if d.WhatBy(f.Reader) != report.Preliminary {
		return r.Ledger.Enqueue(ctx, rows, d.Revision, records...)
	}
	sent, err := Clone(d)
	if err != nil {
		return nil, err
	}
	sent.Kind = report.Preliminary
	body, err := sent.Encode()
	if err != nil {
		return nil, err
	}
	return r.Ledger.EnqueuePreliminary(ctx, rows, d.Revision, body, records...)
}
