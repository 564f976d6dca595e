package demo

import (
	"context"
	"sync"
	"time"
)

// deliverReports sends the reports of UPS events to a peer that negotiated UPS Event,
// over its own association (PS3.4 CC.2.4). stop ends it and waits.
func (s *session) deliverReports(ctx context.Context) (stop func()) {
	on, ok := s.assoc.Find(upsEvent)
	aet := s.peer.CallingAE
	if !ok || !aeTitle.MatchString(aet) {
		return func() {}
	}
	ctx, cut := context.WithCancel(ctx)
	c := &connection{queue: make(chan report, maxQueued), cut: s.assoc.Abort}
	if !s.a.hub.join(aet, c, &s.a.done) {
		cut()
		return func() {}
	}
	var sending sync.WaitGroup
	sending.Go(func() {
		for {
			select {
			case <-ctx.Done():
				return
			case r := <-c.queue:
				if s.conn.SendDataset(ctx, on.ID, r.command(), inUnicode(r.attributes), on.Transfer) != nil {
					return // the association's end is seen where it is read
				}
			}
		}
	})
	return func() {
		cut()
		sending.Wait()
		s.a.hub.leave(aet, c, &s.a.done)
	}
}

// linger is how long an association for reports is kept for the next.
const linger = time.Second

// couriers deliver reports to subscribers that listen nowhere, at their configured
// addresses: one an AE title, begun when it is needed.
type couriers struct {
	a *Archive

	mu sync.Mutex
	to map[string]chan report // guarded by mu
}

// take queues a report, or drops it where the subscriber is not configured or lags
// behind: reports are never replayed. It does not block; what it begins ends with ctx.
func (c *couriers) take(ctx context.Context, aet string, r report) {
	address, known := c.a.dimse.destinations[aet]
	if !known || ctx.Err() != nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	q := c.to[aet]
	if q == nil {
		q = make(chan report, maxQueued)
		c.to[aet] = q
		c.a.done.Go(func() { c.run(ctx, aet, address, q) })
	}
	select {
	case q <- r:
	default:
	}
}

func (c *couriers) run(ctx context.Context, aet, address string, q chan report) {
	for {
		select {
		case <-ctx.Done():
			return
		case r := <-q:
			err := c.a.dimse.call(ctx, aet, address, upsEvent, func(e *eventCall) error { return c.reports(ctx, e, r, q) })
			if err != nil && ctx.Err() == nil {
				c.a.log.Warn("report of a UPS event", "error", err.Error())
			}
		}
	}
}

// reports sends r, and those that follow it soon.
func (c *couriers) reports(ctx context.Context, e *eventCall, r report, q chan report) error {
	for {
		if err := e.report(ctx, r.command(), inUnicode(r.attributes)); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(linger):
			return nil
		case r = <-q:
		}
	}
}
