package dicom

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
)

// ReadHeader reads a file only as far as its pixel data, mostly by one read of 16
// KiB. Of File.Pixel only VR, Tag, Encapsulated and the extended offset table are
// set. What is held of the file is its head alone: the headers of a thousand slices
// hold no thousand read buffers. A deflated file is inflated only as far.
func ReadHeader(path string) (*File, error) { return Options{}.ReadHeader(path) }

// ReadHeader is the function ReadHeader, by these options.
func (o Options) ReadHeader(path string) (*File, error) {
	fh, err := openFile(path)
	if err != nil {
		return nil, fmt.Errorf("read header: %w", err)
	}
	defer fh.Close()
	f, _, err := o.header(&input{r: fh, size: -1})
	return f, err
}

// ReadHeaderAt is ReadHeader for size bytes of r.
func (o Options) ReadHeaderAt(r io.ReaderAt, size int64) (*File, error) {
	f, _, err := o.header(&input{r: r, size: size})
	return f, err
}

const (
	headFirst = 16 << 10 // the first read: most headers fit in it
	headPool  = 64 << 10 // buffers that are used again
)

// heads are first buffers, which no result aliases.
var heads = sync.Pool{New: func() any { return new([headPool]byte) }}

// input is where an object is read from.
type input struct {
	r      io.ReaderAt
	size   int64 // -1: not known yet, or not to be known
	most   int64 // bytes of it that may be held at once where size is not known
	buf    []byte
	pooled *[headPool]byte
	whole  bool // buf reaches to the end
}

// length finds the size out where that is possible.
func (in *input) length() int64 {
	if in.size >= 0 {
		return in.size
	}
	switch r := in.r.(type) {
	case handle:
		in.size = r.size()
	case *os.File:
		if st, err := r.Stat(); err == nil && st.Mode().IsRegular() {
			in.size = st.Size()
		}
	}
	return in.size
}

// grow reads on: four times as much, or as much as is wanted if it is there.
func (in *input) grow(want int) error {
	to := headFirst
	switch {
	case in.buf == nil:
		in.pooled = heads.Get().(*[headPool]byte)
		in.buf = in.pooled[:0]
	case len(in.buf) < headPool:
		to = headPool
	default:
		to = max(4*len(in.buf), want+headFirst)
		if in.length() >= 0 {
			to = int(min(int64(to), in.size+1))
		} else if to = int(min(int64(to), max(in.most, 1<<20))); to <= len(in.buf) {
			return beyond("memory", in.most, in.most+1, to)
		}
		in.buf = append(make([]byte, 0, to), in.buf...)
	}
	have := len(in.buf)
	n, err := in.r.ReadAt(in.buf[have:to], int64(have))
	in.buf = in.buf[:have+n]
	in.whole = errors.Is(err, io.EOF)
	if err != nil && !in.whole {
		return fmt.Errorf("read object: %w", err)
	}
	return nil
}

func (in *input) release() {
	if in.pooled != nil {
		heads.Put(in.pooled)
		in.pooled, in.buf = nil, nil
	}
}

// own is a copy of the first n bytes, or those themselves where little is wasted.
func (in *input) own(n int) []byte {
	if cap(in.buf) > headPool && 2*n > cap(in.buf) {
		return in.buf[:n:n]
	}
	return bytes.Clone(in.buf[:n])
}

// header reads the head of an object and returns where its pixels are to be read
// from: in, or its inflated form.
func (o Options) header(in *input) (*File, *input, error) {
	p, err := o.head(in, (*parser).startAndBody, func(b []byte) *parser { return o.parser(b) })
	if err != nil {
		return nil, nil, err
	}
	if !p.deflated {
		f, err := p.done()
		return f, in, err
	}
	z := newInflater(in.r, int64(p.pos), in.length(), p.lim)
	budget := p.lim.Memory + p.lim.Factor*max(in.length(), 0)
	from := &input{r: z, size: -1, most: budget / 2}
	meta, ts, full := p.f.Meta, p.f.TransferSyntax, p.f.Preamble
	body, err := o.head(from, (*parser).body, func(b []byte) *parser {
		q := o.parser(b)
		q.f.Meta, q.f.TransferSyntax, q.f.Preamble = meta, ts, full
		q.budget = budget - int64(len(b))*4/3
		return q
	})
	if err != nil {
		return nil, nil, err
	}
	if z.broken && len(body.b) == 0 {
		return nil, nil, invalid(p.pos, "deflated data set cannot be inflated")
	}
	body.f.Truncated = z.broken
	f, err := body.done()
	return f, from, err
}

// head lets step read a growing part of in until it reaches the pixel data or the
// end, and moves what it found to memory of its own.
func (o Options) head(in *input, step func(*parser) error, begin func([]byte) *parser) (*parser, error) {
	defer in.release()
	var stack []rawElem
	want := 0
	for {
		if err := in.grow(want); err != nil {
			return nil, err
		}
		p := begin(in.buf)
		p.header, p.partial = true, !in.whole
		if cap(stack) > cap(p.stack) {
			p.stack = stack
		}
		err := step(p)
		stack = p.stack[:0]
		p.release()
		if err != nil {
			return nil, err
		}
		if p.stop || in.whole || p.deflated {
			p.move(in)
			return p, nil
		}
		want = p.want
	}
}

// startAndBody stops before the body of a deflated object.
func (p *parser) startAndBody() error {
	if err := p.start(); err != nil {
		return err
	}
	if p.deflated = p.f.TransferSyntax.deflated() && !p.cut; p.deflated {
		return nil
	}
	return p.body()
}

// move lets the data sets that p read hold the head alone.
func (p *parser) move(in *input) {
	var b []byte
	for _, d := range []*Dataset{p.f.Meta, p.f.Dataset} {
		if d.raw == nil || d.raw.opt != p.opt {
			continue // none, or read by the parser before
		}
		if b == nil {
			b = in.own(p.pos)
		}
		d.raw.b = b
	}
}
