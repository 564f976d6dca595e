package link

import (
	"sync"

	"github.com/nocturne/nocturne/viewer"
)

// maxQueued bounds, in bytes, what waits for a window that does not read. Beyond
// it the window is taken for hung.
const maxQueued = 64 << 20

// outbox is lines on their way into a pipe: putting one never blocks.
type outbox struct {
	mu     sync.Mutex
	filled sync.Cond
	lines  [][]byte // guarded by mu
	size   int      // guarded by mu
	closed bool     // guarded by mu
}

func newOutbox() *outbox {
	o := &outbox{}
	o.filled.L = &o.mu
	return o
}

// put queues a line; false means that too much waits already, or that it is closed.
func (o *outbox) put(line []byte) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed || o.size+len(line) > maxQueued {
		return false
	}
	o.lines = append(o.lines, line)
	o.size += len(line)
	o.filled.Signal()
	return true
}

// take waits for lines and returns all of them; false means closed and empty.
func (o *outbox) take() ([][]byte, bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for len(o.lines) == 0 && !o.closed {
		o.filled.Wait()
	}
	out := o.lines
	o.lines, o.size = nil, 0
	return out, len(out) > 0
}

func (o *outbox) close() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.closed = true
	o.filled.Broadcast()
}

// maxEvents bounds the events that wait for the terminal, edits and actions apart.
const maxEvents = 1024

// mailbox hands events to a reader in order without ever blocking the writer. Of
// states that wait, only the newest is kept.
type mailbox struct {
	out  chan viewer.Event
	wake chan struct{}
	stop chan struct{}
	done chan struct{}

	mu      sync.Mutex
	waiting []viewer.Event // guarded by mu
}

func newMailbox() *mailbox {
	b := &mailbox{out: make(chan viewer.Event), wake: make(chan struct{}, 1), stop: make(chan struct{}), done: make(chan struct{})}
	go b.run()
	return b
}

// put queues an event.
func (b *mailbox) put(e viewer.Event) {
	b.mu.Lock()
	last := len(b.waiting) - 1
	switch {
	case e.Kind == viewer.Stated && last >= 0 && b.waiting[last].Kind == viewer.Stated && b.waiting[last].Epoch == e.Epoch:
		b.waiting[last] = e
	case len(b.waiting) < maxEvents || e.Kind == viewer.Edited || e.Kind == viewer.Viewed || e.Kind == viewer.Acted:
		b.waiting = append(b.waiting, e)
	}
	b.mu.Unlock()
	select {
	case b.wake <- struct{}{}:
	default:
	}
}

// run moves events to the reader until close.
func (b *mailbox) run() {
	defer close(b.done)
	defer close(b.out)
	for {
		b.mu.Lock()
		var next viewer.Event
		some := len(b.waiting) > 0
		if some {
			next = b.waiting[0]
			b.waiting = b.waiting[1:]
		}
		b.mu.Unlock()
		if !some {
			select {
			case <-b.wake:
			case <-b.stop:
				return
			}
			continue
		}
		select {
		case b.out <- next:
		case <-b.stop:
			return
		}
	}
}

// close ends the mailbox and waits for it; events still waiting are dropped.
func (b *mailbox) close() {
	close(b.stop)
	<-b.done
}
