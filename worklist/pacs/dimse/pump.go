package dimse

import (
	"context"
	"io"
	"sync"
)

// pump reads beside what is being served, so that a C-CANCEL is seen at once. A
// message waits until it is asked for; while its data set is read, nothing else is.
type pump struct {
	messages chan pumped
	done     chan struct{}
	cancel   context.CancelFunc
}

type pumped struct {
	m   Message
	err error
}

func (c *Conn) pump(ctx context.Context) *pump {
	ctx, cancel := context.WithCancel(ctx)
	p := &pump{messages: make(chan pumped), done: make(chan struct{}), cancel: cancel}
	c.pumped = p
	go func() {
		defer close(p.done)
		for p.step(ctx, c) {
		}
	}()
	return p
}

// step hands one message on; false: it was the last.
func (p *pump) step(ctx context.Context, c *Conn) bool {
	m, err := c.receive(ctx)
	if err == nil && m.Command.Field == CCancel {
		c.note(m.Command.Responded)
		return true
	}
	read := make(chan struct{})
	if in, ok := m.Data.(*incoming); ok {
		in.read = read
	} else {
		close(read)
	}
	select {
	case p.messages <- pumped{m, err}:
	case <-ctx.Done():
		return false
	}
	select {
	case <-read:
		return err == nil
	case <-ctx.Done():
		return false
	}
}

func (p *pump) stop() {
	p.cancel()
	<-p.done
}

// take is the next message that the pump has.
func (p *pump) take(ctx context.Context) (Message, error) {
	select {
	case got := <-p.messages:
		return got.m, got.err
	case <-p.done:
		return Message{}, io.ErrUnexpectedEOF
	case <-ctx.Done():
		return Message{}, ctx.Err()
	}
}

// canceled are requests that a C-CANCEL named.
type canceled struct {
	mu  sync.Mutex
	ids map[uint16]chan struct{} // guarded by mu
}

func (c *canceled) of(id uint16) chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	ch, ok := c.ids[id]
	if !ok {
		if c.ids == nil {
			c.ids = map[uint16]chan struct{}{}
		}
		ch = make(chan struct{})
		c.ids[id] = ch
	}
	return ch
}

// note marks a request as canceled. One that is never served costs a few bytes: no
// more than 64 are kept.
func (c *Conn) note(id uint16) {
	ch := c.canceled.of(id)
	c.canceled.mu.Lock()
	defer c.canceled.mu.Unlock()
	select {
	case <-ch:
	default:
		close(ch)
	}
	if len(c.canceled.ids) > 64 {
		clear(c.canceled.ids)
	}
}

func (c *Conn) forget(id uint16) {
	c.canceled.mu.Lock()
	defer c.canceled.mu.Unlock()
	delete(c.canceled.ids, id)
}

// Canceled is closed when the peer cancels the request of that message ID (PS3.7
// 9.3.2.3); it works in what a Server serves.
func (c *Conn) Canceled(id uint16) <-chan struct{} { return c.canceled.of(id) }
