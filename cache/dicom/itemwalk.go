package dicom

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
)

// itemWalk finds the fragments of an opened file: of a single frame where an offset
// table tells where it is, else of all, by their heads, 16 bytes each with the
// first of the fragment, which are remembered: 16 bytes of memory a fragment.
type itemWalk struct {
	mu      sync.Mutex // guards all below
	started bool
	base    int64 // where the first fragment's item begins: offsets count from there
	first   beginning
	tables  []offsetTable // that have not been found to lie
	bot     []uint32
	spans   []span // of the whole walk; nil before
	ext     []extent
	err     error
	win     window
}

// offsetTable is the extended or the basic one.
type offsetTable struct {
	n       int
	at      func(i int) int64
	lengths []uint64
}

// readEncapsulated reads frame i of an opened file.
func (f *File) readEncapsulated(i int) ([]byte, error) {
	ext, length, err := f.frameExtents(i)
	if err != nil {
		return nil, err
	}
	total := int64(0)
	for _, e := range ext {
		total += int64(e.n)
	}
	if total > f.src.lim.Frame {
		return nil, beyond("frame size", f.src.lim.Frame, total, -1)
	}
	var b []byte
	if f.src.size >= 0 {
		b = make([]byte, 0, total) // walk let no fragment be longer than the file
	}
	for _, e := range ext {
		if b, err = f.src.appendRead(b, f.src.items.base+e.at+8, int64(e.n)); err != nil {
			return nil, err
		}
	}
	return cutTo(b, length), nil
}

// frameExtents finds the fragments of frame i, and its length where a table has it.
func (f *File) frameExtents(i int) ([]extent, uint64, error) {
	w, n := f.src.items, Frames(f)
	w.mu.Lock()
	defer w.mu.Unlock()
	f.start(n)
	for w.err == nil && len(w.tables) > 0 {
		t := w.tables[0]
		ext, err := f.byTable(t, i)
		if err == nil {
			length := uint64(0)
			if i < len(t.lengths) {
				length = t.lengths[i]
			}
			return ext, length, nil
		}
		if !errors.Is(err, errLies) {
			return nil, 0, err
		}
		w.tables = w.tables[1:]
	}
	if w.err == nil && w.spans == nil {
		if w.ext, w.err = f.walk(0, -1); w.err == nil {
			w.spans, w.err = new(PixelData).grouped(w.ext, n)
		}
	}
	if w.err != nil {
		return nil, 0, w.err
	}
	if i >= len(w.spans) {
		return nil, 0, invalid(-1, "pixel data end before frame %d", i)
	}
	return w.ext[w.spans[i].from:w.spans[i].to], 0, nil
}

// start is called with mu held.
func (f *File) start(n int) {
	if w := f.src.items; !w.started {
		w.started = true
		w.err = f.startWalk(n)
	}
}

// allExtents walks all fragments of an opened file and groups them to frames; spans
// is nil where that cannot be done.
func (f *File) allExtents() (ext []extent, spans []span, err error) {
	w := f.src.items
	w.mu.Lock()
	defer w.mu.Unlock()
	if f.start(Frames(f)); w.err != nil {
		return nil, nil, w.err
	}
	if ext, err = f.walk(0, -1); err != nil {
		return nil, nil, err
	}
	px := PixelData{EOT: f.Pixel.EOT, EOTLengths: f.Pixel.EOTLengths, BOT: w.bot}
	spans, _ = px.grouped(ext, Frames(f))
	return ext, spans, nil
}

// startWalk reads the item of the Basic Offset Table and takes the tables that can be
// true: as many entries as frames, ascending from 0.
func (f *File) startWalk(n int) error {
	w := f.src.items
	h, b, err := f.itemHead(f.src.at)
	if errors.Is(err, io.EOF) {
		return invalid(-1, "encapsulated pixel data without a fragment")
	}
	if err != nil {
		return err
	}
	if h.tag != tagItem || h.length == undefined {
		return invalid(-1, "no fragment where one must stand")
	}
	w.base = f.src.at + 8 + int64(h.length)
	if begins(b) != beginsOther {
		w.base = f.src.at // no table in front
		w.first = begins(b)
		return nil
	}
	if eot := f.Pixel.EOT; len(eot) == n {
		w.add(offsetTable{n, func(i int) int64 { return int64(eot[i]) }, f.Pixel.EOTLengths})
	}
	if int64(h.length) == 4*int64(n) && n <= f.src.lim.Elements {
		raw, err := f.src.appendRead(nil, f.src.at+8, int64(h.length))
		if err != nil {
			return err
		}
		if w.bot = offsets(raw, f.src.order); len(w.bot) == n {
			w.add(offsetTable{n, func(i int) int64 { return int64(w.bot[i]) }, nil})
		}
	}
	if first, b, err := f.itemHead(w.base); err == nil && first.tag == tagItem {
		w.first = begins(b)
	}
	return nil
}

func (w *itemWalk) add(t offsetTable) {
	for i := range t.n {
		if i == 0 && t.at(0) != 0 || i > 0 && t.at(i) <= t.at(i-1) || t.at(i) > 1<<48 {
			return
		}
	}
	w.tables = append(w.tables, t)
}

var errLies = errors.New("the offset table does not hold")

// byTable reads the heads of frame i's fragments only. They must begin where the
// table says, with what the first frame begins with, and end where the next frame
// does.
func (f *File) byTable(t offsetTable, i int) ([]extent, error) {
	upTo := int64(-1)
	if i+1 < t.n {
		upTo = t.at(i + 1)
	}
	ext, err := f.walk(t.at(i), upTo)
	var inv *InvalidError
	if errors.As(err, &inv) || err == nil && (len(ext) == 0 || !ext[0].begin.after(f.src.items.first)) {
		return nil, errLies
	}
	return ext, err
}

// walk reads item heads from one offset to another, or to the delimiter (-1). Where
// the bytes end early, what is there is taken.
func (f *File) walk(at, upTo int64) ([]extent, error) {
	var out []extent
	for {
		h, b, err := f.itemHead(f.src.items.base + at)
		switch {
		case errors.Is(err, io.EOF) && upTo < 0:
			return out, nil
		case errors.Is(err, io.EOF):
			return nil, invalid(-1, "no fragment where one must stand")
		case err != nil:
			return nil, err
		case upTo < 0 && (h.tag == tagSeqEnd || h.tag != tagItem && len(out) > 0):
			return out, nil
		case h.tag != tagItem || h.length == undefined || upTo >= 0 && at > upTo:
			return nil, invalid(-1, "no fragment where one must stand")
		case at == upTo && !begins(b).after(f.src.items.first):
			return nil, invalid(-1, "no frame where one must begin")
		case at == upTo:
			return out, nil
		case len(out) >= f.src.lim.Elements:
			return nil, beyond("elements", int64(f.src.lim.Elements), int64(len(out))+1, -1)
		}
		n := int64(h.length)
		if f.src.size >= 0 {
			n = max(0, min(n, f.src.size-(f.src.items.base+at+8)))
		}
		if len(out) == cap(out) {
			out = slices.Grow(out, max(1, len(out)))
		}
		out = append(out, extent{at, uint32(n), begins(b[:min(n, int64(len(b)))])})
		at += 8 + int64(h.length)
	}
}

// itemHead reads an item's head and up to 8 bytes behind it. io.EOF: it is not there.
func (f *File) itemHead(off int64) (h header, b []byte, err error) {
	b, err = f.src.items.win.at(f.src.r, off)
	if err != nil {
		return h, nil, err
	}
	o := f.src.order
	h.tag = Tag(o.uint16(b))<<16 | Tag(o.uint16(b[2:]))
	h.length = o.uint32(b[4:])
	return h, b[8:], nil
}

// window holds the bytes last read, so that heads close to each other cost one
// read: 16 bytes after a leap, 4 KiB after a step.
type window struct {
	buf [4096]byte
	off int64
	n   int
}

// at returns 8 to 16 bytes at off; io.EOF where there are fewer.
func (w *window) at(r io.ReaderAt, off int64) ([]byte, error) {
	if off < w.off || off+16 > w.off+int64(w.n) {
		size := 16
		if step := off - w.off - int64(w.n); w.n > 0 && step > -16 && step < int64(len(w.buf)) {
			size = len(w.buf)
		}
		n, err := r.ReadAt(w.buf[:size], off)
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, fmt.Errorf("read frame: %w", err)
		}
		w.off, w.n = off, n
	}
	b := w.buf[off-w.off : min(off-w.off+16, int64(w.n))]
	if len(b) < 8 {
		return nil, io.EOF
	}
	return b, nil
}
