package syslog

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"strings"
	"time"

	"github.com/nocturne/nocturne/cache/audit"
	"github.com/nocturne/nocturne/worklist/transit"
)

// Port is where receivers listen (RFC 5425 4.1).
const Port = "6514"

// Source is a log to be sent on.
type Source interface {
	Entries(ctx context.Context, at audit.Cursor, each func([]audit.Entry, audit.Head, audit.Cursor) error) error
}

// Position is where a receiver has come to, kept over restarts.
type Position interface {
	Load() (audit.Cursor, error)
	Save(audit.Cursor) error
}

// Forwarder sends a log to one receiver. Its fields are not changed once it is used, and
// only one Forwarder of a home may send to a receiver at a time.
type Forwarder struct {
	Log      Source
	Position Position
	Form     Form
	Address  string // host:port; without a port 6514
	Identity transit.Identity
	// Changed, if set, is told of every success and every trouble: how many records wait
	// is not known to it. It must not block.
	Changed func(error)

	times times
}

// times of a forwarder; tests have others.
type times struct {
	poll  time.Duration // how often the log is looked at
	quiet time.Duration // after which silence what was sent is confirmed by closing
	close time.Duration // how long the receiver may take to close
	dial  time.Duration
	write time.Duration
	least time.Duration // between two tries, doubled up to most
	most  time.Duration
}

var usual = times{poll: 2 * time.Second, quiet: 15 * time.Second, close: 5 * time.Second, dial: 10 * time.Second,
	write: 15 * time.Second, least: time.Second, most: time.Minute}

func (f *Forwarder) timed() times {
	if f.times == (times{}) {
		return usual
	}
	return f.times
}

// margin is how many writes of the log a receiver that does not close is sent again
// after a break.
const margin = 16

// atOnce is after how many messages what was sent is confirmed.
const atOnce = 1000

// Run sends what is there and what comes, until ctx ends; then it closes in order. What
// goes wrong is tried again, ever less often.
func (f *Forwarder) Run(ctx context.Context) {
	wait := f.timed().least
	at, err := f.Position.Load()
	for ctx.Err() == nil {
		sent := false
		if err == nil {
			at, sent, err = f.session(ctx, at, false)
		}
		if sent {
			wait = f.timed().least
		}
		f.tell(err)
		if err == nil {
			continue
		}
		at, err = f.Position.Load() // everything behind it is sent again
		select {
		case <-ctx.Done():
		case <-time.After(wait/2 + rand.N(wait)):
		}
		wait = min(2*wait, f.timed().most)
	}
}

// Flush sends what is there now, has it confirmed, and returns.
func (f *Forwarder) Flush(ctx context.Context) error {
	at, err := f.Position.Load()
	if err == nil {
		_, _, err = f.session(ctx, at, true)
	}
	f.tell(err)
	return err
}

func (f *Forwarder) tell(err error) {
	if f.Changed != nil && !errors.Is(err, context.Canceled) {
		f.Changed(err)
	}
}

// Waiting counts the records that no receiver has confirmed.
func (f *Forwarder) Waiting(ctx context.Context) (n int64, err error) {
	at, err := f.Position.Load()
	if err != nil {
		return 0, err
	}
	err = f.Log.Entries(ctx, at, func(of []audit.Entry, _ audit.Head, _ audit.Cursor) error {
		n += int64(len(of))
		return nil
	})
	return n, err
}

// Probe shakes hands with the receiver and leaves.
func (f *Forwarder) Probe(ctx context.Context) error {
	c, err := f.connect(ctx)
	if err != nil {
		return err
	}
	return c.end(f.timed().close)
}

// session waits until there is something to send behind at, connects, and sends until
// what was sent is to be confirmed. next is behind what was written; sent: something was.
func (f *Forwarder) session(ctx context.Context, at audit.Cursor, once bool) (next audit.Cursor, sent bool, err error) {
	s := &sending{f: f, next: at}
	for {
		n, err := s.more(ctx)
		if err != nil && ctx.Err() == nil {
			s.drop()
			return s.next, s.wrote > 0, err
		}
		switch {
		case ctx.Err() != nil || once && n == 0 || s.wrote >= atOnce || s.c != nil && time.Since(s.last) > f.timed().quiet:
			err := s.confirm(ctx)
			return s.next, s.wrote > 0, err
		case n > 0:
			continue
		}
		if err := s.pause(ctx); err != nil {
			return s.next, s.wrote > 0, err
		}
	}
}

// sending is one connection's work.
type sending struct {
	f     *Forwarder
	c     *connection
	next  audit.Cursor   // behind what was written
	past  []audit.Cursor // behind each write of the log, the last ones
	wrote int
	last  time.Time // when something was written last
}

// more writes what the log holds behind next, connecting where that is needed.
func (s *sending) more(ctx context.Context) (n int, err error) {
	var head audit.Head
	err = s.f.Log.Entries(ctx, s.next, func(of []audit.Entry, h audit.Head, next audit.Cursor) error {
		if s.c == nil {
			if s.c, err = s.f.connect(ctx); err != nil {
				return err
			}
		}
		if err := s.write(of); err != nil {
			return err
		}
		n, head = n+len(of), h
		s.next, s.past = next, append(s.past, next)
		if s.wrote += len(of); s.wrote >= atOnce {
			return errEnough
		}
		return nil
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	if err == nil && n > 0 {
		s.last = time.Now()
		err = s.c.write(frame(nil, s.f.Form.Head(head)), s.f.timed().write)
	}
	return n, err
}

var errEnough = errors.New("enough for one connection")

func (s *sending) write(of []audit.Entry) error {
	var b []byte
	for _, e := range of {
		if e.XML == nil {
			continue // its key was erased: nobody can read it any more
		}
		x, err := e.Event()
		if err != nil {
			return fmt.Errorf("send audit record %d: %w", e.N+1, err)
		}
		b = frame(b, s.f.Form.Message(x.At, e.N, e.XML))
	}
	return s.c.write(b, s.f.timed().write)
}

// pause waits for the log to grow; an error says that the receiver closed or broke the
// connection meanwhile.
func (s *sending) pause(ctx context.Context) error {
	var gone <-chan struct{}
	if s.c != nil {
		gone = s.c.gone
	}
	select {
	case <-ctx.Done():
	case <-time.After(s.f.timed().poll):
	case <-gone:
		err := s.c.why()
		s.drop()
		return err
	}
	return nil
}

// confirm closes in order. What the receiver closed behind has been read by it.
func (s *sending) confirm(ctx context.Context) error {
	if s.c == nil {
		return nil
	}
	err := s.c.end(s.f.timed().close)
	s.c = nil
	switch {
	case err == nil:
		return s.f.Position.Save(s.next)
	case errors.Is(err, errMute) && len(s.past) > margin:
		return s.f.Position.Save(s.past[len(s.past)-1-margin])
	case errors.Is(err, errMute):
		return nil
	}
	return err
}

func (s *sending) drop() {
	if s.c != nil {
		s.c.close()
	}
	s.c = nil
}

// Host is the host of a receiver's address, host:port or a host alone.
func Host(address string) (string, error) {
	host, _, err := split(address)
	return host, err
}

func split(address string) (host, port string, err error) {
	if host, port, err = net.SplitHostPort(address); err != nil {
		host, port = address, Port
	}
	if host == "" || port == "" || strings.ContainsAny(host, " /") {
		return "", "", errors.New("a receiver of the audit log is host:port, or a host")
	}
	return host, port, nil
}
