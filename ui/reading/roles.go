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
func (r *Room) enqueue(ctx context.Context, all []report.SignedOrder, rows []ledger.OutboxRow, records []ledger.Record) ([]int64, error) {
	d := all[0].Draft
	if d.WhatBy(all[0].Facts.Reader) != report.Preliminary {
		linked, err := r.linkedDrafts(ctx, all)
		if err != nil {
			return nil, err
		}
		return r.Ledger.EnqueueLinked(ctx, rows, d.Revision, linked, records...)
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
