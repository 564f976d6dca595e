package ul

import (
	"context"
	"errors"
	"net"
	"os"
	"time"

	"github.com/nocturne/nocturne/worklist/pacs"
)

const (
	batchBytes  = 1 << 20  // handed to the system at once
	batchPieces = 512      // and in as many pieces at most
	record      = 16 << 10 // of TLS (RFC 8446 5.1): as much as is encrypted at once
)

// write sends all of l.pieces. A peer that takes less than leastBytes in an idle
// period is given up.
func (l *link) write(ctx context.Context) error {
	defer interrupt(ctx, l.conn.SetWriteDeadline)()
	rest := l.pieces
	left := l.idle
	for len(rest) > 0 {
		start := time.Now()
		deadline := start.Add(left)
		if err := l.conn.SetWriteDeadline(deadline); err != nil {
			return err
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		n, again, err := l.some(&rest)
		if n > 0 {
			l.moved.Store(true)
		}
		if n >= leastBytes || len(rest) == 0 {
			left = l.idle
		} else {
			left = max(left-time.Since(start), time.Millisecond)
		}
		if err == nil || again && n >= leastBytes && ctx.Err() == nil {
			continue
		}
		if err := l.blocked(ctx, err, deadline, again); err != nil {
			return err
		}
	}
	return nil
}

// some writes a part of rest and takes it off. again tells that writing may go on
// after a deadline, which it may not under TLS.
func (l *link) some(rest *net.Buffers) (n int64, again bool, err error) {
	if tcp, ok := l.conn.(*net.TCPConn); ok {
		n, err = rest.WriteTo(tcp) // one system call for heads and data, nothing is copied
		return n, true, err
	}
	if l.scratch == nil {
		l.scratch = make([]byte, 0, record)
	}
	b := l.scratch[:0]
	for len(*rest) > 0 && len(b) < cap(b) {
		first := (*rest)[0]
		k := min(len(first), cap(b)-len(b))
		b = append(b, first[:k]...)
		if (*rest)[0] = first[k:]; k == len(first) {
			*rest = (*rest)[1:]
		}
	}
	k, err := l.conn.Write(b)
	return int64(k), false, err
}

func (l *link) blocked(ctx context.Context, err error, deadline time.Time, again bool) error {
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case !errors.Is(err, os.ErrDeadlineExceeded):
		return err
	case again && time.Now().Before(deadline):
		return nil
	}
	return pacs.ErrStalled
}

// pdvs cuts values into P-DATA-TFs of one PDV each whose data are at most
// fragment bytes, and sends them in batches. before is asked ahead of each batch.
func (l *link) pdvs(ctx context.Context, values []PDV, fragment int, before func() error) error {
	l.begin()
	size := 0
	for i := range values {
		v := &values[i]
		for data, first := v.Data, true; first || len(data) > 0; first = false {
			n := min(len(data), fragment)
			l.add(appendPDV(l.heads, v, n, v.Last && n == len(data)), data[:n])
			data, size = data[n:], size+n
			if size < batchBytes && len(l.pieces) < batchPieces {
				continue
			}
			if err := l.flush(ctx, before); err != nil {
				return err
			}
			size = 0
		}
	}
	return l.flush(ctx, before)
}

func (l *link) begin() {
	if l.heads == nil {
		l.heads = make([]byte, 0, (headBytes+pdvBytes)*(batchPieces/2+1))
	}
	l.heads, l.pieces = l.heads[:0], l.pieces[:0]
}

// add puts a head, which was appended to l.heads, and data behind what is to be sent.
func (l *link) add(heads, data []byte) {
	l.pieces = append(l.pieces, heads[len(l.heads):])
	if l.heads = heads; len(data) > 0 {
		l.pieces = append(l.pieces, data)
	}
}

func (l *link) flush(ctx context.Context, before func() error) error {
	if len(l.pieces) == 0 {
		return nil
	}
	if err := before(); err != nil {
		return err
	}
	err := l.write(ctx)
	clear(l.pieces)
	l.begin()
	return err
}

// whole sends one PDU.
func (l *link) whole(ctx context.Context, pdu []byte) error {
	l.begin()
	l.pieces = append(l.pieces, pdu)
	err := l.write(ctx)
	l.begin()
	return err
}
