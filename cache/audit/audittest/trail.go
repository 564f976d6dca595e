// Package audittest has a Trail for tests.
package audittest

import (
	"context"
	"sync"

	"github.com/nocturne/nocturne/cache/audit"
)

// Trail keeps events in memory. The zero value is ready.
type Trail struct {
	// Err is what Record returns instead of keeping the event; it may be set between calls.
	Err error

	mu     sync.Mutex
	events []audit.Event
}

// Record keeps the event.
func (t *Trail) Record(ctx context.Context, e audit.Event) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.Err != nil {
		return t.Err
	}
	t.events = append(t.events, e)
	return ctx.Err()
}

// Events are what was recorded so far, in order.
func (t *Trail) Events() []audit.Event {
	t.mu.Lock()
	defer t.mu.Unlock()
	return append([]audit.Event(nil), t.events...)
}

// Count says how many events of a kind were recorded.
func (t *Trail) Count(id audit.Code) (n int) {
	for _, e := range t.Events() {
		if e.ID == id {
			n++
		}
	}
	return n
}
