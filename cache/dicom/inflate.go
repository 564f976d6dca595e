package dicom

import (
	"bytes"
	"compress/flate"
	"errors"
	"io"
	"sync"
)

// mostInflated is what size deflated bytes may become at most.
func (l Limits) mostInflated(size int64) int64 {
	return min(l.Inflated, max(l.Memory, l.Ratio*size))
}

// inflate replaces the rest of the bytes by their inflated form (PS3.5 A.5), of
// bounded size. One that is large is measured first, so that no byte is allocated
// that is not needed.
func (p *parser) inflate() error {
	rest := p.b[p.pos:]
	z := flate.NewReader(bytes.NewReader(rest))
	defer z.Close()
	most := p.lim.mostInflated(int64(len(rest)))
	first := make([]byte, min(1<<20, most))
	n, err := io.ReadFull(z, first)
	b, total := first[:n], int64(n)
	if err == nil {
		var more int64
		more, err = io.Copy(io.Discard, io.LimitReader(z, most+1-total))
		if total += more; total > most {
			return beyond("inflated size", most, total, p.pos)
		}
		if err2 := p.spend(total); err2 != nil {
			return err2
		}
		b = make([]byte, total)
		if err2 := z.(flate.Resetter).Reset(bytes.NewReader(rest), nil); err2 != nil {
			return err2
		}
		if got, err2 := io.ReadFull(z, b); err == nil && err2 != nil {
			b, err = b[:got], err2
		}
	} else if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) && ended(z) {
		err = nil
	}
	if err != nil && len(b) == 0 {
		return invalid(p.pos, "deflated data set cannot be inflated")
	}
	if err != nil {
		p.notes.add("deflated data set ends early", 0)
	}
	p.b, p.pos, p.f.Truncated = b, 0, err != nil
	return nil
}

// ended tells a stream that is at its end from one that breaks off, which reads as
// an unexpected end too.
func ended(z io.Reader) bool {
	_, err := z.Read(make([]byte, 1))
	return err == io.EOF
}

// inflater reads a deflated stream as if it lay there inflated: forward without
// keeping anything, back by beginning again. Safe for concurrent use.
type inflater struct {
	r     *io.SectionReader
	limit int64

	mu     sync.Mutex
	z      io.ReadCloser // guarded by mu
	pos    int64         // guarded by mu: of the next byte of z
	broken bool          // guarded by mu: the stream breaks off
}

// newInflater reads what begins at byte at of r; size is -1 where it is not known.
func newInflater(r io.ReaderAt, at, size int64, l Limits) *inflater {
	n := size - at
	if size < 0 {
		n = l.Memory / l.Ratio
	}
	f := &inflater{r: io.NewSectionReader(r, at, n), limit: l.mostInflated(n)}
	if size < 0 {
		f.r = io.NewSectionReader(r, at, 1<<40)
	}
	return f
}

// ReadAt implements io.ReaderAt. A stream that breaks off ends there.
func (f *inflater) ReadAt(b []byte, off int64) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	part := b[:max(0, min(int64(len(b)), f.limit-off))]
	if len(part) < len(b) && len(part) == 0 {
		return 0, beyond("inflated size", f.limit, off+int64(len(b)), -1)
	}
	if err := f.seek(off); err != nil {
		return 0, err
	}
	n, err := io.ReadFull(f.z, part)
	f.pos += int64(n)
	if err == nil && len(part) < len(b) {
		err = beyond("inflated size", f.limit, off+int64(len(b)), -1)
	}
	return n, f.end(err)
}

func (f *inflater) seek(off int64) error {
	if f.z == nil || off < f.pos {
		if _, err := f.r.Seek(0, io.SeekStart); err != nil {
			return err
		}
		if f.z != nil {
			f.z.Close()
		}
		f.z, f.pos = flate.NewReader(f.r), 0
	}
	n, err := io.CopyN(io.Discard, f.z, off-f.pos)
	f.pos += n
	return f.end(err)
}

// end turns what flate says at the end of a stream into io.EOF.
func (f *inflater) end(err error) error {
	var corrupt flate.CorruptInputError
	switch {
	case err == nil || errors.Is(err, io.EOF):
		return err
	case errors.As(err, &corrupt):
		f.broken = true
		return io.EOF
	case errors.Is(err, io.ErrUnexpectedEOF):
		f.broken = f.broken || !ended(f.z)
		return io.EOF
	}
	return err
}
