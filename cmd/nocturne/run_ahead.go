package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/worklist/ahead"
)

// What one program of a home does for all, and how often it is looked after.
const (
	fetchingAhead = "prefetch"
	renewAhead    = ledger.LeaseTime / 4
)

// runAhead fetches ahead until ctx ends, while no other program of this home does: two
// would only share the line.
func (h *house) runAhead(ctx context.Context) {
	for ctx.Err() == nil && h.config.Policy.Prefetch != string(ahead.Off) {
		right, err := h.room.Ledger.Alone(ctx, fetchingAhead, time.Now())
		h.room.Ahead.Elsewhere(isHeld(err))
		if err == nil {
			h.fetchWhile(ctx, right)
		}
		select {
		case <-ctx.Done():
		case <-time.After(renewAhead):
		}
	}
}

// fetchWhile fetches ahead until ctx ends or the right to do it is lost.
func (h *house) fetchWhile(ctx context.Context, right *ledger.Alone) {
	run, stop := context.WithCancel(ctx)
	var running sync.WaitGroup
	running.Go(func() { h.room.Ahead.Run(run) })
	for run.Err() == nil {
		select {
		case <-run.Done():
		case <-time.After(renewAhead):
			if errors.Is(right.Renew(ctx, time.Now()), ledger.ErrLeaseLost) {
				stop()
			}
		}
	}
	stop()
	running.Wait()
	_ = right.Close(context.WithoutCancel(ctx)) // it ends by itself
}

func isHeld(err error) bool {
	var held *ledger.HeldError
	return errors.As(err, &held)
}

// aheadElsewhere finds out whether another program of this home fetches ahead.
func (h *house) aheadElsewhere(ctx context.Context) {
	right, err := h.room.Ledger.Alone(ctx, fetchingAhead, time.Now())
	if h.room.Ahead.Elsewhere(isHeld(err)); err == nil {
		_ = right.Close(ctx) // it ends by itself
	}
}

// fetchAll runs until everything is here or is not to be had.
func (h *house) fetchAll(ctx context.Context) error {
	right, err := h.room.Ledger.Alone(ctx, fetchingAhead, time.Now())
	if isHeld(err) {
		return errors.New("another program of this home fetches ahead already")
	}
	if err != nil {
		return fmt.Errorf("fetch ahead: %w", err)
	}
	run, stop := context.WithCancel(ctx)
	defer stop()
	go func() {
		defer stop()
		for run.Err() == nil && !h.room.Ahead.Settled() {
			select {
			case <-run.Done():
			case <-time.After(100 * time.Millisecond):
			}
		}
	}()
	h.fetchWhile(run, right)
	return nil
}
