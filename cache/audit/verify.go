package audit

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"path/filepath"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/nocturne/nocturne/cache/seal"
)

// Verdict is what Verify found in order.
type Verdict struct {
	Records int64 // of the log in force
	Erased  int64 // of them: whose month's key was erased
	Head    Head
	// KeptSize is how long the log was when its head was last kept elsewhere; 0: never.
	KeptSize int64
	Aside    int // logs that were set aside
}

// Verify reads the whole log and holds every record, every head and the heads kept
// elsewhere against each other; then the logs that were set aside. What is wrong is one
// or more *Tampered.
func (l *Log) Verify(ctx context.Context) (Verdict, error) {
	kept, err := l.kept()
	if err != nil {
		return Verdict{}, err
	}
	b, end, err := l.reader()
	if err != nil {
		return Verdict{}, err
	}
	defer b.close()
	v, err := b.verify(ctx, end, kept[b.name])
	if err := ctx.Err(); err != nil {
		return v, err
	}
	var all error = err
	dirs, err := l.aside()
	all = errors.Join(all, err)
	for _, dir := range dirs {
		v.Aside++
		all = errors.Join(all, l.verifyAside(ctx, dir, kept))
	}
	gone, err := l.gone(kept)
	for _, g := range gone {
		all = errors.Join(all, g)
	}
	return v, errors.Join(all, err)
}

// reader opens the log in force once more, for reading, and where it ends now.
func (l *Log) reader() (*book, int64, error) {
	if err := l.commit(nil); err != nil { // what others wrote is caught up with
		return nil, 0, err
	}
	l.file.Lock()
	dir, end := l.book.dir, l.book.at.end
	l.file.Unlock()
	b, err := l.open1(dir)
	return b, end, err
}

// open1 opens a log's folder without judging how it stands.
func (l *Log) open1(dir string) (*book, error) {
	b := &book{fs: l.opt.FS, dir: dir, key: &l.key, months: map[int]*seal.Key{}}
	if err := b.readSigner(); err != nil {
		return nil, err
	}
	var err error
	b.file, err = l.opt.FS.Open(filepath.Join(b.dir, "records"))
	return b, err
}

func (l *Log) verifyAside(ctx context.Context, dir string, kept map[string]Head) error {
	b, err := l.open1(dir)
	if err != nil {
		return err
	}
	defer b.close()
	size, err := b.size()
	if err != nil {
		return err
	}
	_, err = b.verify(ctx, size, kept[b.name])
	return err
}

// verify walks the file up to end.
func (b *book) verify(ctx context.Context, end int64, kept Head) (v Verdict, err error) {
	if err := b.begins(); err != nil {
		return v, err
	}
	p, s := start, framesFrom(b.file, start.end, end)
	missing := map[int]bool{}
	erased := map[int]bool{}
	each := func(n int64, f frame) error {
		x, month, err := b.open(n, f)
		switch {
		case err != nil:
			return err
		case x == nil:
			missing[month] = true
			v.Erased++
		default:
			noteErased(x, erased)
		}
		return ctx.Err()
	}
	for {
		next, err := b.write1(s, p, each)
		if err == io.EOF {
			break
		}
		if unread(err) {
			return v, err
		}
		if err != nil {
			return v, b.classify(p, end, kept)
		}
		if p = next; kept.Size == p.head.Size && kept.Size > 0 && kept.Hash != p.head.Hash {
			return v, &Tampered{Finding: Replaced, Record: p.head.Size, Of: kept.Size}
		}
	}
	v.Records, v.Head, v.KeptSize = p.head.Size, p.head, kept.Size
	for m := range missing {
		if !erased[m] {
			return v, &Tampered{Finding: KeyGone, Month: m}
		}
	}
	return v, against(p, kept)
}

// open is the XML of the n'th record; nil where its month's key is not there.
func (b *book) open(n int64, f frame) (x []byte, month int, err error) {
	if len(f.body) < 4 {
		return nil, 0, errFrame
	}
	month = int(binary.BigEndian.Uint32(f.body))
	k, err := b.month(month, false)
	if err != nil || k == nil {
		return nil, month, err
	}
	x, err = k.Open(f.body[4:], b.context(n))
	return x, month, err
}

// classify names what is wrong behind p, where the next head does not hold.
func (b *book) classify(p point, end int64, kept Head) error {
	s, n := framesFrom(b.file, p.end, end), p.tree.size
	for {
		f, err := s.next()
		switch {
		case err == io.EOF:
			return &Tampered{Finding: Truncated, Record: p.head.Size, Of: max(kept.Size, n)}
		case unread(err):
			return err
		case err != nil:
			return &Tampered{Finding: Edited, Record: n}
		case f.kind == kindHead:
			return b.classifyHead(f, n)
		}
		_, _, err = b.open(n, f)
		var bad *Tampered
		if errors.As(err, &bad) {
			return bad
		}
		if err != nil {
			return b.classifyRecord(f, s, n, max(kept.Size, n+(end-p.end)/80))
		}
		n++
	}
}

func (b *book) classifyHead(f frame, n int64) error {
	h, _, err := b.head(f)
	switch {
	case errors.Is(err, errStranger):
		return &Tampered{Finding: Replaced, Record: n}
	case h.Size > n:
		return &Tampered{Finding: Removed, Record: n}
	case h.Size < n && h.Size > 0:
		return &Tampered{Finding: Repeated, Record: n}
	}
	return &Tampered{Finding: Edited, Record: max(0, n-1)}
}

// classifyRecord tells of a record that does not open in its place whether it is another
// place's: one of the first most.
func (b *book) classifyRecord(f frame, s *frames, n, most int64) error {
	for i := range most {
		if _, _, err := b.open(i, f); err != nil || i == n {
			continue
		}
		if i < n {
			return &Tampered{Finding: Repeated, Record: n}
		}
		for { // does the one that belongs here stand further on?
			g, err := s.next()
			if err != nil {
				return &Tampered{Finding: Removed, Record: n}
			}
			if _, _, err := b.open(n, g); g.kind == kindLeaf && err == nil {
				return &Tampered{Finding: Moved, Record: n}
			}
		}
	}
	for {
		g, err := s.next()
		if err != nil {
			return &Tampered{Finding: Edited, Record: n}
		}
		if g.kind == kindHead {
			if _, _, err := b.head(g); errors.Is(err, errStranger) {
				return &Tampered{Finding: Replaced, Record: n}
			}
			return &Tampered{Finding: Edited, Record: n}
		}
	}
}

// leaf is the hash that the tree has of a record.
func (f frame) leaf() tlog.Hash { return tlog.RecordHash(f.body) }
