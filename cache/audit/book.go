package audit

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/nocturne/nocturne/cache/disk"
	"github.com/nocturne/nocturne/cache/seal"
)

// book is one log's folder, opened: its keys and how far it stands.
type book struct {
	fs       disk.FS
	dir      string
	key      *seal.Key
	file     disk.File // records, to be written at its end
	name     string
	signer   note.Signer
	verifier note.Verifier
	months   map[int]*seal.Key
	at       point
}

// point is where a head ends: what the file holds up to there.
type point struct {
	tree tree
	head Head
	end  int64
}

var start = point{end: int64(len(magic))}

// errTorn: the file goes on behind its last head in a way that only a crash leaves.
type errTorn struct{ bytes int64 }

func (e *errTorn) Error() string {
	return fmt.Sprintf("the last %d bytes were not written whole", e.bytes)
}

// openBook opens what lies in dir and finds where it stands. kept is the head of it that
// is kept elsewhere; the zero Head: none. *Tampered: what stands there is not what was
// written. *errTorn comes with the book: what is behind its end is to be cut off.
func openBook(fs disk.FS, dir string, key *seal.Key, kept map[string]Head) (*book, error) {
	b := &book{fs: fs, dir: dir, key: key, months: map[int]*seal.Key{}}
	if _, err := fs.Stat(dir); err != nil {
		return nil, err // fs.ErrNotExist: there is none yet
	}
	err := b.readSigner()
	if err != nil {
		return nil, err
	}
	if b.file, err = fs.Append(filepath.Join(dir, "records")); err != nil {
		return nil, err
	}
	b.at, err = b.stand(kept[b.name])
	var torn *errTorn
	if err != nil && !errors.As(err, &torn) {
		b.file.Close()
		return nil, err
	}
	return b, err
}

func (b *book) close() error { return b.file.Close() }

func (b *book) size() (int64, error) {
	i, err := b.file.Stat()
	if err != nil {
		return 0, err
	}
	return i.Size(), nil
}

// stand finds the file's last head. Where the file ends in one, that it follows from the
// head before is proof enough of the last write; else the whole file is looked at.
func (b *book) stand(kept Head) (point, error) {
	size, err := b.size()
	if err != nil {
		return point{}, err
	}
	p, err := b.fromEnd(size)
	if unread(err) {
		return p, err
	}
	if err != nil {
		if p, err = b.fromStart(size, kept); err != nil {
			return p, err
		}
	}
	return p, against(p, kept)
}

// against holds the end of the log against the head that is kept elsewhere.
func against(p point, kept Head) error {
	switch {
	case kept.Size > p.head.Size:
		return &Tampered{Finding: Truncated, Record: p.head.Size, Of: kept.Size}
	case kept.Size == p.head.Size && kept.Size > 0 && kept.Hash != p.head.Hash:
		return &Tampered{Finding: Replaced, Record: p.head.Size, Of: kept.Size}
	}
	return nil
}

func (b *book) fromEnd(size int64) (point, error) {
	h, _, err := b.headBefore(size)
	if err != nil {
		return point{}, err
	}
	before := start
	if h.from != start.end {
		if before.head, before.tree, err = b.headBefore(h.from); err != nil {
			return point{}, err
		}
		before.end = h.from
	} else if err := b.begins(); err != nil {
		return point{}, err
	}
	p, err := b.write1(framesFrom(b.file, before.end, size), before, nil)
	if err == nil && p.end != size {
		err = errFrame
	}
	return p, err
}

func (b *book) begins() error {
	m := make([]byte, len(magic))
	switch _, err := b.file.ReadAt(m, 0); {
	case err == io.EOF:
		return &Tampered{Finding: Truncated}
	case err != nil:
		return &readError{err}
	}
	if string(m) != magic {
		return &Tampered{Finding: Edited}
	}
	return nil
}

// headBefore reads the head whose frame ends at end.
func (b *book) headBefore(end int64) (Head, tree, error) {
	f, err := frameBefore(b.file, end)
	if err != nil || f.kind != kindHead {
		return Head{}, tree{}, errors.Join(errFrame, err)
	}
	return b.head(f)
}

func (b *book) head(f frame) (Head, tree, error) {
	text, edge, err := readHeadBody(f.body)
	if err != nil {
		return Head{}, tree{}, err
	}
	h, err := openHead(text, b.verifier)
	if err != nil {
		return Head{}, tree{}, err
	}
	t := tree{h.Size, edge}
	if len(t.indexes()) != len(edge) {
		return h, t, errFrame
	}
	got, err := t.hash()
	if err != nil || got != h.Hash || h.offset != f.offset {
		return h, t, errFrame
	}
	return h, t, nil
}

// write1 reads the records of one write and the head that ends it. io.EOF: the file ends
// where a write would begin.
func (b *book) write1(s *frames, p point, each func(n int64, f frame) error) (point, error) {
	from := p.end
	for {
		f, err := s.next()
		if err == io.EOF && s.at != from {
			err = errFrame
		}
		if err != nil {
			return p, err
		}
		if f.kind == kindHead {
			h, t, err := b.head(f)
			if err != nil {
				return p, err
			}
			if t.size != p.tree.size || h.from != from || !slices.Equal(t.edge, p.tree.edge) {
				return p, errFrame
			}
			return point{tree: p.tree, head: h, end: f.end()}, nil
		}
		if each != nil {
			if err := each(p.tree.size, f); err != nil {
				return p, err
			}
		}
		if p.tree, err = p.tree.add(tlog.RecordHash(f.body)); err != nil {
			return p, err
		}
	}
}

// write appends records and a head in one write and syncs it. What fails is taken back
// as far as the disk lets it.
func (b *book) write(batch []*waiting, now time.Time) error {
	t, buf := b.at.tree, []byte(nil)
	for _, w := range batch {
		body, err := b.record(t.size, w)
		if err != nil {
			return err
		}
		buf = appendFrame(buf, kindLeaf, body)
		if t, err = t.add(tlog.RecordHash(body)); err != nil {
			return err
		}
	}
	h := Head{Log: b.name, Size: t.size, At: now.UTC().Round(0), offset: b.at.end + int64(len(buf)), from: b.at.end}
	var err error
	if h.Hash, err = t.hash(); err != nil {
		return err
	}
	if err = h.sign(b.signer); err != nil {
		return err
	}
	buf = appendFrame(buf, kindHead, headBody(h, t))
	if _, err = b.file.Write(buf); err == nil {
		err = b.file.Sync()
	}
	if err != nil {
		return errors.Join(err, b.file.Truncate(b.at.end))
	}
	b.at = point{tree: t, head: h, end: b.at.end + int64(len(buf))}
	return nil
}

// record seals a record: only as the n'th of this log can it be opened.
func (b *book) record(n int64, w *waiting) ([]byte, error) {
	k, err := b.month(w.month, true)
	if err != nil {
		return nil, err
	}
	return append(binary.BigEndian.AppendUint32(nil, uint32(w.month)), k.Seal(w.xml, b.context(n))...), nil
}

func (b *book) context(n int64) string { return fmt.Sprintf("audit record %d of %s", n, b.name) }
