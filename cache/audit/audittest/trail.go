// Package audittest has a Trail for tests.
package audittest

import (
	"context"
	"sync"

	"github.com/nocturne/nocturne/cache/audit"
)

// Trail keeps events in memory. The zero value is ready.
type Trail struct {
	mu     sync.Mutex
	err    error
	events []audit.Event
}

// Record keeps the event.
func (t *Trail) Record(ctx context.Context, e audit.Event) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.err != nil {
		return t.err
	}
	t.events = append(t.events, e)
	return ctx.Err()
}

// Fail lets Record return err instead of keeping anything; nil: it keeps again.
func (t *Trail) Fail(err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.err = err
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
