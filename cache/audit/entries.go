package audit

import (
	"context"
	"errors"
	"io"
)

// Cursor is a place between records. The zero Cursor is before the first of whichever
// log is in force.
type Cursor struct {
	Log string `json:"log"` // whose places these are
	N   int64  `json:"n"`   // records before it
	Off int64  `json:"off"` // where the write that N is the first record of begins
}

// Entry is one record as it is stored.
type Entry struct {
	N     int64  // counted from 0
	Month int    // 202611
	XML   []byte // the message; nil: its key was erased
	Hash  [32]byte
}

// Event is what the record says.
func (e Entry) Event() (Event, error) { return ParseXML(e.XML) }

// Entries gives each write behind at to each: its records, the head that ends it, and the
// Cursor behind it. Only what verifies is given. A cursor of another log, or into a place
// that is none, begins at the first record again.
func (l *Log) Entries(ctx context.Context, at Cursor, each func(of []Entry, h Head, next Cursor) error) error {
	b, end, err := l.reader()
	if err != nil {
		return err
	}
	defer b.close()
	p, err := b.resume(at, end)
	if err != nil {
		return err
	}
	s := framesFrom(b.file, p.end, end)
	for {
		var of []Entry
		next, err := b.write1(s, p, func(n int64, f frame) error {
			x, month, err := b.open(n, f)
			of = append(of, Entry{N: n, Month: month, XML: x, Hash: f.leaf()})
			return errors.Join(err, ctx.Err())
		})
		if err == io.EOF {
			return nil
		}
		if unread(err) {
			return err
		}
		if err != nil {
			return b.classify(p, end, Head{})
		}
		p = next
		if err := each(of, p.head, Cursor{b.name, p.head.Size, p.end}); err != nil {
			return err
		}
	}
}

// resume is the point that a cursor means.
func (b *book) resume(at Cursor, end int64) (point, error) {
	if err := b.begins(); err != nil {
		return point{}, err
	}
	if at.Log == b.name && at.Off > start.end && at.Off <= end {
		if h, t, err := b.headBefore(at.Off); err == nil && h.Size == at.N {
			return point{tree: t, head: h, end: at.Off}, nil
		}
	}
	return start, nil
}
