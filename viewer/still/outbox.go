package still

import (
	"sync"

	"github.com/nocturne/nocturne/viewer"
)

// outbox carries events from the desk to whoever reads them, in order, without
// ever making the desk wait. Of states only the newest is kept, so that a reader
// who is slow costs no memory.
type outbox struct {
	events chan viewer.Event
	more   chan struct{}

	mu   sync.Mutex
	rows []viewer.Event // guarded by mu
}

func newOutbox() *outbox {
	return &outbox{events: make(chan viewer.Event), more: make(chan struct{}, 1)}
}

func (o *outbox) put(e viewer.Event) {
	o.mu.Lock()
	if n := len(o.rows); n > 0 && e.Kind == viewer.Stated && o.rows[n-1].Kind == viewer.Stated {
		o.rows[n-1] = e
	} else {
		o.rows = append(o.rows, e)
	}
	o.mu.Unlock()
	select {
	case o.more <- struct{}{}:
	default:
	}
}

// pump hands the events over until done.
func (o *outbox) pump(done <-chan struct{}) {
	for {
		o.mu.Lock()
		rows := o.rows
		o.rows = nil
		o.mu.Unlock()
		for _, e := range rows {
			select {
			case o.events <- e:
			case <-done:
				return
			}
		}
		select {
		case <-o.more:
		case <-done:
			return
		}
	}
}
