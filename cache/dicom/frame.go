package dicom

import (
	"bytes"
	"math/bits"
)

// Frame returns the stored bytes of frame i, counted from 0. Native frames
// alias the input; a 1-bit frame that starts within a byte is copied so that
// its first pixel is the lowest bit. An encapsulated frame of one fragment
// aliases the input, one of several is a copy. Of a file that was opened every
// frame is a copy, of at most Limits.Frame. When the bytes of a native frame
// end early, what is there comes with an *InvalidError. Safe for concurrent use.
func (f *File) Frame(i int) ([]byte, error) {
	if !f.Pixel.Present() {
		return nil, &UnsupportedError{What: "a frame of an object without pixel data"}
	}
	if n := Frames(f); i < 0 || i >= n {
		return nil, invalid(-1, "no frame %d of %d", i, n)
	}
	switch {
	case !f.Pixel.Encapsulated:
		return f.native(i)
	case f.src.r != nil:
		return f.readEncapsulated(i)
	}
	return f.encapsulated(i)
}

// native cuts frame i out of the native value by rows, columns, samples and
// bits, in 64-bit arithmetic that cannot wrap.
func (f *File) native(i int) ([]byte, error) {
	size, err := f.frameBits()
	if err != nil {
		return nil, err
	}
	have := uint64(len(f.Pixel.Native)) * 8
	if f.src.r != nil {
		have = uint64(f.src.length) * 8
	}
	over, from := bits.Mul64(size, uint64(i))
	if over != 0 || from >= have {
		return nil, invalid(-1, "pixel data end before frame %d", i)
	}
	to := from + size
	short := to < from || to > have
	if short {
		to = have
	}
	b, err := f.nativeBytes(from/8, (to+7)/8)
	if err != nil {
		return nil, err
	}
	short = short || uint64(len(b)) < (to+7)/8-from/8
	if shift := from % 8; shift != 0 {
		b = shiftBits(b, uint(shift), min(len(b), int((to-from+7)/8)))
	}
	if len(b) == 0 {
		return nil, invalid(-1, "pixel data end before frame %d", i)
	}
	if short {
		return b, invalid(-1, "pixel data end within frame %d", i)
	}
	return b, nil
}

func (f *File) nativeBytes(from, to uint64) ([]byte, error) {
	if f.src.r != nil {
		return f.src.appendRead(nil, f.src.at+int64(from), int64(to-from))
	}
	return f.Pixel.Native[from:to], nil
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
	over, size := bits.Mul64(uint64(rows*cols), per)
	if over != 0 {
		return 0, invalid(-1, "rows, columns, samples or bits of the pixels impossible together")
	}
	return size, nil
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
	return cutTo(b, s.size), nil
}

// cutTo applies the extended offset table's length of a frame, which is what its
// fragments hold without padding (PS3.3 C.7.6.3.1.9); one that cannot be is passed over.
func cutTo(b []byte, size uint64) []byte {
	if size > 0 && size+1 == uint64(len(b)) {
		return b[:size]
	}
	return b
}
