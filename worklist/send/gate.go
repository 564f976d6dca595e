package send

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/nocturne/nocturne/worklist/pacs"
)

// gate bounds the requests under way by how the archive takes them: it begins with
// two, adds one after every round of successes, and halves at every failure of link or
// server. Where the server said how long to wait, all wait. What the requests hold in
// memory is bounded, too: an object larger than that goes alone.
type gate struct {
	mu      sync.Mutex
	most    int
	limit   int           // guarded by mu
	busy    int           // guarded by mu
	bytes   int64         // guarded by mu: held by those under way
	good    int           // guarded by mu: successes since limit changed
	until   time.Time     // guarded by mu
	changed chan struct{} // guarded by mu; closed when a place is free
}

// mostBytes is what requests may hold at once: object, copy and answer of one.
const mostBytes = 256 << 20

func newGate(most int) *gate {
	return &gate{most: most, limit: min(2, most), changed: make(chan struct{})}
}

// through runs do, which holds cost bytes, when there is a place.
func (g *gate) through(ctx context.Context, cost int64, do func() error) error {
	if err := g.enter(ctx, cost); err != nil {
		return err
	}
	err := do()
	g.leave(cost, err)
	return err
}

func (g *gate) enter(ctx context.Context, cost int64) error {
	for {
		g.mu.Lock()
		pause, changed := time.Until(g.until), g.changed
		if g.busy < g.limit && pause <= 0 && (g.busy == 0 || g.bytes+cost <= mostBytes) && ctx.Err() == nil {
			g.busy, g.bytes = g.busy+1, g.bytes+cost
			g.mu.Unlock()
			return nil
		}
		g.mu.Unlock()
		if pause <= 0 {
			pause = time.Hour
		}
		t := time.NewTimer(pause)
		select {
		case <-ctx.Done():
		case <-changed:
		case <-t.C:
		}
		t.Stop()
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
}

// leave frees the place and learns from how it went.
func (g *gate) leave(cost int64, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.busy, g.bytes = g.busy-1, g.bytes-cost
	switch slow, wait := overloaded(err); {
	case slow:
		g.limit, g.good = max(1, g.limit/2), 0
		if at := time.Now().Add(min(wait, longestPause)); at.After(g.until) {
			g.until = at
		}
	case err == nil:
		if g.good++; g.good >= g.limit {
			g.limit, g.good = min(g.most, g.limit+1), 0
		}
	}
	close(g.changed)
	g.changed = make(chan struct{})
}

// overloaded tells failures that fewer requests may cure, and how long the server
// asked to be left alone.
func overloaded(err error) (slow bool, wait time.Duration) {
	var status *pacs.StatusError
	if errors.As(err, &status) {
		return status.Reason() == pacs.Busy || status.Code >= 500 && status.Code < 600 || status.Code>>8 == 0xA7, status.RetryAfter
	}
	var different *pacs.DifferentError
	return err != nil && !errors.As(err, &different) && !errors.Is(err, pacs.ErrNotComparable), 0
}
