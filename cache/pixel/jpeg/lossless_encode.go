package jpeg

import (
	"encoding/binary"
	"math/bits"
)

// EncodeLossless appends the frame to dst[:0] as a lossless stream (process 14,
// SOF3) and returns it: one scan, components interleaved, no restarts, Huffman
// tables made for it. Predictor is the selection value, 1 to 7; 1 is what transfer
// syntax 1.2.840.10008.1.2.4.70 asks for.
//
// samples are little endian cells of 1, 2 or 4 bytes, as many as make the frame,
// samples of a pixel side by side. Of h are read Width, Height, Components,
// Precision, 2 to 16, and Colour, which is said where there are three components.
// A sample of more than Precision bits makes it a *dicom.InvalidError: signed ones
// with their sign extended need all the bits of their cell.
//
// Not coded: a point transform, subsampling, and frames of 2 GiB and more.
func EncodeLossless(dst, samples []byte, h Head, predictor int) ([]byte, error) {
	e := lossEncoder{h: h, predictor: predictor, samples: samples}
	if err := e.check(); err != nil {
		return nil, err
	}
	for i := range h.Components {
		e.rows[i] = [2][]uint16{make([]uint16, h.Width), make([]uint16, h.Width)}
		e.diffs[i] = make([]uint16, h.Width)
	}
	if !e.each(e.count) {
		return nil, invalid("a sample of more than %d bits", h.Precision)
	}
	for i := range h.Components {
		e.codes[i] = codesFor(&e.counts[i])
	}
	e.out = e.head(dst[:0])
	e.each(e.write)
	e.flush()
	return append(e.out, 0xFF, mEOI), nil
}

// lossEncoder goes over a frame twice: to count and to write.
type lossEncoder struct {
	h         Head
	predictor int
	samples   []byte
	cell      int
	rows      [4][2][]uint16 // of each component: the line, and the one above
	diffs     [4][]uint16    // of each component: of the line
	counts    [4][17]int     // of each component: by category
	codes     [4]lossCodes

	out []byte
	acc uint64 // the low n bits are not written yet
	n   uint
}

func (e *lossEncoder) check() error {
	h := e.h
	if h.Width < 1 || h.Width > 0xFFFF || h.Height < 1 || h.Height > 0xFFFF || h.Components < 1 || h.Components > 4 {
		return invalid("a frame of %d × %d × %d", h.Width, h.Height, h.Components)
	}
	size := h.Size()
	if size > 0 && int64(len(e.samples))%size == 0 {
		e.cell = int(int64(len(e.samples)) / size)
	}
	switch {
	case h.Precision < 2 || h.Precision > 16 || e.predictor < 1 || e.predictor > 7:
		return invalid("lossless JPEG of %d bits by the predictor %d", h.Precision, e.predictor)
	case e.cell != 1 && e.cell != 2 && e.cell != 4 || h.Precision > 8*e.cell:
		return invalid("%d bytes for %d samples of %d bits", len(e.samples), size, h.Precision)
	case size >= 1<<31:
		return unsupported("a frame of %d samples", size)
	}
	return nil
}

// each gives the differences of each line to do; false: a sample is too large.
func (e *lossEncoder) each(do func()) bool {
	n := e.h.Width * e.h.Components * e.cell
	for y := range e.h.Height {
		line := e.samples[y*n : (y+1)*n]
		for c := range e.h.Components {
			r := &e.rows[c]
			r[0], r[1] = r[1], r[0]
			if over := e.read(r[0], line, c); over>>e.h.Precision != 0 {
				return false
			}
			e.differ(e.diffs[c], r[0], r[1], y == 0)
		}
		do()
	}
	return true
}

// read takes component c of a line and returns all its samples or-ed.
func (e *lossEncoder) read(row []uint16, line []byte, c int) (over uint32) {
	at, step := c*e.cell, e.h.Components*e.cell
	for x := range row {
		v := uint32(line[at])
		switch e.cell {
		case 2:
			v = uint32(binary.LittleEndian.Uint16(line[at:]))
		case 4:
			v = binary.LittleEndian.Uint32(line[at:])
		}
		row[x] = uint16(v)
		over |= v
		at += step
	}
	return over
}

// differ takes from each sample what its neighbours predict (table H.1, H.1.2.1).
func (e *lossEncoder) differ(out, row, up []uint16, first bool) {
	up, out = up[:len(row)], out[:len(row)]
	selection, a := e.predictor, up[0]
	if first {
		selection, a = 1, 1<<(e.h.Precision-1)
	}
	out[0] = row[0] - a
	for x := 1; x < len(row); x++ {
		out[x] = row[x] - uint16(predicted(selection, int32(row[x-1]), int32(up[x]), int32(up[x-1])))
	}
}

// predicted is Px of the neighbours at the left, above, and above at the left.
func predicted(selection int, a, b, c int32) int32 {
	switch selection {
	case 1:
		return a
	case 2:
		return b
	case 3:
		return c
	case 4:
		return a + b - c
	case 5:
		return a + (b-c)>>1
	case 6:
		return b + (a-c)>>1
	}
	return (a + b) >> 1
}

// category of a difference modulo 2¹⁶ and the bits that tell it from the others of
// its category; of category 16 there is one.
func category(d uint16) (size uint, extra uint16) {
	if d < 0x8000 {
		return uint(bits.Len16(d)), d
	}
	size = uint(bits.Len16(-d))
	return size, (d - 1) & (1<<size - 1)
}

func (e *lossEncoder) count() {
	for c := range e.h.Components {
		for _, d := range e.diffs[c] {
			size, _ := category(d)
			e.counts[c][size]++
		}
	}
}

func (e *lossEncoder) write() {
	for x := range e.h.Width {
		for c := range e.h.Components {
			size, extra := category(e.diffs[c][x])
			code := e.codes[c].code[size]
			if size == 16 {
				size, extra = 0, 0 // no bits follow
			}
			e.put(uint64(code.bits)<<size|uint64(extra), code.length+size)
		}
	}
}

// put writes the lowest k bits of v, at most 32.
func (e *lossEncoder) put(v uint64, k uint) {
	e.acc, e.n = e.acc<<k|v, e.n+k
	if e.n >= 32 {
		e.n -= 32
		e.four(uint32(e.acc >> e.n))
	}
}

// four writes bytes, with a zero stuffed behind each 0xFF.
func (e *lossEncoder) four(v uint32) {
	if (^v-0x01010101)&v&0x80808080 == 0 { // none is 0xFF
		e.out = binary.BigEndian.AppendUint32(e.out, v)
		return
	}
	for shift := 24; shift >= 0; shift -= 8 {
		e.one(byte(v >> shift))
	}
}

func (e *lossEncoder) one(b byte) {
	if e.out = append(e.out, b); b == 0xFF {
		e.out = append(e.out, 0)
	}
}

// flush writes what is left and fills its last byte with ones (F.1.2.3).
func (e *lossEncoder) flush() {
	if fill := -e.n & 7; fill > 0 {
		e.put(1<<fill-1, fill)
	}
	for e.n > 0 {
		e.n -= 8
		e.one(byte(e.acc >> e.n))
	}
}
