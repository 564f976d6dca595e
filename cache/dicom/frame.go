package dicom

import (
	"bytes"
	"math/bits"
)

// span is one encapsulated frame: fragments [from, to), cut to size bytes
// where size is not 0.
type span struct {
	from, to int
	size     uint64
}

// Frame returns the stored bytes of frame i, counted from 0. Native frames
// alias the input; a 1-bit frame that starts within a byte is copied so that
// its first pixel is the lowest bit. An encapsulated frame of one fragment
// aliases the input, one of several is a copy. When the bytes of a native frame
// end early, what is there comes with an *InvalidError. Safe for concurrent use.
func (f *File) Frame(i int) ([]byte, error) {
	if !f.Pixel.Present() {
		return nil, &UnsupportedError{What: "a frame of an object without pixel data"}
	}
	if n := Frames(f); i < 0 || i >= n {
		return nil, invalid(-1, "no frame %d of %d", i, n)
	}
	if f.Pixel.Encapsulated {
		return f.encapsulated(i)
	}
	return f.native(i)
}

// native cuts frame i out of the native value by rows, columns, samples and
// bits, in 64-bit arithmetic that cannot wrap.
func (f *File) native(i int) ([]byte, error) {
	size, err := f.frameBits()
	if err != nil {
		return nil, err
	}
	have := uint64(len(f.Pixel.Native)) * 8
	over, from := bits.Mul64(size, uint64(i))
	if over != 0 || from >= have {
		return nil, invalid(-1, "pixel data end before frame %d", i)
	}
	to := from + size
	short := to < from || to > have
	if short {
		to = have
	}
	b := f.Pixel.Native[from/8 : (to+7)/8]
	if shift := from % 8; shift != 0 {
		b = shiftBits(b, uint(shift), int((to-from+7)/8))
	}
	if short {
		return b, invalid(-1, "pixel data end within frame %d", i)
	}
	return b, nil
}

// frameBits is the size of one native frame in bits (PS3.5 8.1.1, 8.2.1).
func (f *File) frameBits() (uint64, error) {
	d := f.Dataset
	rows, cols := d.IntOr(Rows, 0), d.IntOr(Columns, 0)
	samples, alloc := d.IntOr(SamplesPerPixel, 1), d.IntOr(BitsAllocated, 0)
	for _, v := range []int{rows, cols, samples, alloc} {
		if v <= 0 || v > 0xFFFF {
			return 0, invalid(-1, "rows, columns, samples or bits of the pixels missing or impossible")
		}
	}
	per := uint64(samples * alloc)
	switch pi := d.Str(PhotometricInterpretation); {
	case samples != 3:
	case pi == "YBR_FULL_422" || pi == "YBR_PARTIAL_422":
		per = uint64(2 * alloc) // Cb and Cr every second column, PS3.3 C.7.6.3.1.2
	case pi == "YBR_PARTIAL_420":
		per = uint64(3*alloc) / 2
	}
	return uint64(rows*cols) * per, nil
}

func shiftBits(b []byte, shift uint, n int) []byte {
	out := make([]byte, n)
	for i := range out {
		out[i] = b[i] >> shift
		if i+1 < len(b) {
			out[i] |= b[i+1] << (8 - shift)
		}
	}
	return out
}

func (f *File) encapsulated(i int) ([]byte, error) {
	f.group.Do(func() { f.spans, f.spErr = f.Pixel.spans(Frames(f)) })
	if f.spErr != nil {
		return nil, f.spErr
	}
	if i >= len(f.spans) {
		return nil, invalid(-1, "pixel data end before frame %d", i)
	}
	s := f.spans[i]
	b := f.Pixel.Fragments[s.from]
	if s.to-s.from > 1 {
		b = bytes.Join(f.Pixel.Fragments[s.from:s.to], nil)
	}
	if s.size > 0 && s.size < uint64(len(b)) {
		b = b[:s.size]
	}
	return b, nil
}

// spans groups fragments to n frames: by the extended offset table, else the
// basic one, else all to a single frame, one to one, or by the marker that
// starts a JPEG or JPEG 2000 stream. A table that does not hold for these
// fragments is passed over.
func (p *PixelData) spans(n int) ([]span, error) {
	frags := len(p.Fragments)
	if s := p.tableSpans(p.EOT, n); s != nil {
		for i := range s {
			if i < len(p.EOTLengths) {
				s[i].size = p.EOTLengths[i]
			}
		}
		return s, nil
	}
	bot := make([]uint64, len(p.BOT))
	for i, o := range p.BOT {
		bot[i] = uint64(o)
	}
	if s := p.tableSpans(bot, n); s != nil {
		return s, nil
	}
	switch {
	case frags == 0:
		return nil, invalid(-1, "encapsulated pixel data without a fragment")
	case n == 1:
		return []span{{0, frags, 0}}, nil
	case frags <= n:
		return oneToOne(frags), nil
	}
	if s := p.markerSpans(); len(s) == n {
		return s, nil
	}
	return nil, &UnsupportedError{What: "several fragments a frame without an offset table"}
}

func oneToOne(n int) []span {
	s := make([]span, n)
	for i := range s {
		s[i] = span{i, i + 1, 0}
	}
	return s
}

// tableSpans applies offsets counted from the first fragment's item head. It
// returns nil unless there are n, ascending, each at the start of a fragment.
func (p *PixelData) tableSpans(table []uint64, n int) []span {
	if len(table) != n || n > len(p.Fragments) || len(table) == 0 || table[0] != 0 {
		return nil
	}
	var out []span
	var at uint64
	for k, fr := range p.Fragments {
		if len(out) < n && at == table[len(out)] {
			if len(out) > 0 {
				out[len(out)-1].to = k
			}
			out = append(out, span{from: k})
		}
		at += 8 + uint64(len(fr))
	}
	if len(out) != n {
		return nil
	}
	out[n-1].to = len(p.Fragments)
	return out
}

func (p *PixelData) markerSpans() []span {
	var out []span
	for k, fr := range p.Fragments {
		if bytes.HasPrefix(fr, []byte{0xFF, 0xD8, 0xFF}) || bytes.HasPrefix(fr, []byte{0xFF, 0x4F, 0xFF, 0x51}) {
			if len(out) > 0 {
				out[len(out)-1].to = k
			}
			out = append(out, span{from: k})
		}
	}
	if len(out) == 0 || out[0].from != 0 {
		return nil
	}
	out[len(out)-1].to = len(p.Fragments)
	return out
}
