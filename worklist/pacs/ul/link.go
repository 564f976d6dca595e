package ul

import (
	"context"
	"errors"
	"net"
	"os"
	"sync/atomic"
	"time"

	"github.com/nocturne/nocturne/worklist/pacs"
)

// leastBytes must move in every idle period spent waiting, so that a peer which
// drips is given up like one that is silent.
const leastBytes = 1 << 10

// ahead is how much is read beyond the PDU that is waited for.
const ahead = 64 << 10

// errTimer says that the time given to a phase is over.
var errTimer = errors.New("the time of this phase is over")

// link is a connection that is read and written under contexts and the idle
// limit. One goroutine may read while another writes. Only time spent waiting
// for the other side counts: a reader who pauses is not mistaken for a slow peer.
//
// Memory: the buffer holds the largest PDU that came and 64 KiB of what came with it.
type link struct {
	conn net.Conn // what is read and written, TLS included
	raw  net.Conn // the connection below
	idle time.Duration

	patient atomic.Bool // a message was sent to the end: its answer takes time
	moved   atomic.Bool // bytes were sent: the other side takes them, and need not speak

	// owned by the reader
	buf  []byte
	r, w int
	left time.Duration
	got  int

	// owned by the writer
	heads   []byte
	pieces  net.Buffers
	scratch []byte
}

func newLink(conn net.Conn, idle time.Duration) *link {
	if idle < 0 {
		idle = 1 << 62
	}
	return &link{conn: conn, raw: conn, idle: idle, left: idle, buf: make([]byte, ahead)}
}

// interrupt ends a wait when ctx does. stop is to be called after it.
func interrupt(ctx context.Context, deadline func(time.Time) error) (stop func() bool) {
	if ctx.Done() == nil {
		return func() bool { return true }
	}
	return context.AfterFunc(ctx, func() { deadline(time.Unix(1, 0)) })
}

// need waits until n bytes can be taken, until the time of a phase is over
// (errTimer), the peer is given up (pacs.ErrStalled), ctx ends (its cause) or the
// connection does. What came is kept: need can be called again.
func (l *link) need(ctx context.Context, n int, until time.Time) error {
	if l.w-l.r >= n {
		return nil
	}
	l.room(n)
	l.renewed()
	defer interrupt(ctx, l.conn.SetReadDeadline)()
	for l.w-l.r < n {
		if err := l.fill(ctx, until); err != nil {
			return err
		}
	}
	return nil
}

// room makes place for n bytes after r, which lie together then.
func (l *link) room(n int) {
	if l.r == l.w {
		l.r, l.w = 0, 0
	}
	if len(l.buf)-l.r >= n {
		return
	}
	to := l.buf
	if len(to) < n {
		to = make([]byte, n+ahead)
	}
	l.w = copy(to, l.buf[l.r:l.w])
	l.buf, l.r = to, 0
}

// renewed gives the other side more time for what was sent since it was asked last.
func (l *link) renewed() bool {
	moved, patient := l.moved.Swap(false), l.patient.Swap(false)
	if moved {
		l.left = l.idle
	}
	if patient {
		l.left = 4 * min(l.idle, 1<<60)
	}
	return moved || patient
}

func (l *link) fill(ctx context.Context, until time.Time) error {
	start := time.Now()
	deadline := start.Add(l.left)
	phase := !until.IsZero() && until.Before(deadline)
	if phase {
		deadline = until
	}
	if err := l.conn.SetReadDeadline(deadline); err != nil {
		return err
	}
	if ctx.Err() != nil { // after the deadline was set: an interrupt before it would be lost
		return context.Cause(ctx)
	}
	n, err := l.conn.Read(l.buf[l.w:])
	l.w += n
	l.waited(time.Since(start), n)
	if n > 0 || err == nil {
		return nil
	}
	return l.fate(ctx, err, deadline, phase)
}

// fate tells why a wait ended without bytes; nil where it did not have to: a
// deadline was that of a context of before.
func (l *link) fate(ctx context.Context, err error, deadline time.Time, phase bool) error {
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case !errors.Is(err, os.ErrDeadlineExceeded):
		return err
	case time.Now().Before(deadline):
		return nil
	case phase:
		return errTimer
	case l.renewed():
		return nil
	}
	return pacs.ErrStalled
}

func (l *link) waited(d time.Duration, n int) {
	l.left -= d
	if l.got += n; l.got >= leastBytes {
		l.alive()
	}
	l.left = max(l.left, time.Millisecond)
}

// alive begins a new idle period: enough came, or the end of a message.
func (l *link) alive() { l.left, l.got = l.idle, 0 }

// take gives the next n bytes, which need waited for. They are valid until the
// next need.
func (l *link) take(n int) []byte {
	b := l.buf[l.r : l.r+n : l.r+n]
	l.r += n
	return b
}
