package pixel

import (
	"encoding/binary"

	"github.com/nocturne/nocturne/cache/dicom"
)

// store fills Stored from a frame of single samples. What does not fit 16 bits
// is moved, and where it must be rounded, into them; Slope and Intercept follow.
func (im *Image) store(d *dicom.Dataset, b []byte, h Header) {
	im.Stored = make([]uint16, im.Rows*im.Cols)
	switch {
	case h.Float && h.Allocated == 32:
		fit(im, float32s{b, floatPadding(d, h)})
	case h.Float:
		fit(im, float64s{b, floatPadding(d, h)})
	case h.Allocated == 1:
		unpackBits(im.Stored, b)
	case h.Allocated == 8:
		im.cells8(b, h)
	case h.Allocated == 16:
		im.cells16(b, h)
	case h.Allocated == 32:
		fit(im, ints32{b, wideCut(h)})
	default:
		fit(im, ints64{b, wideCut(h)})
	}
}

// unpackBits gives each bit, the lowest of a byte first, a cell.
func unpackBits(dst []uint16, b []byte) {
	for len(dst) >= 8 && len(b) > 0 {
		v, to := uint16(b[0]), dst[:8]
		for i := range to {
			to[i] = v >> i & 1
		}
		dst, b = dst[8:], b[1:]
	}
	for i := range dst {
		dst[i] = uint16(b[0]>>i) & 1
	}
}

// cut masks a cell to its value: overlays and rubbish in the other bits go, the
// sign is spread over 16. A cell that is padding as a whole is kept whole, so
// that a padding value wider than Bits Stored is still known for what it is.
type cut struct {
	shift, unused uint
	signed        bool
	pad           padding
}

func (c cut) value(raw uint16) uint16 {
	if c.pad.ok {
		v := int(raw)
		if c.signed {
			v = int(int16(raw))
		}
		if v >= c.pad.lo && v <= c.pad.hi {
			return raw
		}
	}
	v := raw >> c.shift << c.unused
	if c.signed {
		return uint16(int16(v) >> c.unused)
	}
	return v >> c.unused
}

func cutOf(h Header, p padding) cut {
	c := cut{shift: uint(h.HighBit + 1 - h.Stored), unused: uint(16 - h.Stored), signed: h.Signed}
	if p.ok && !(c.keeps(p.lo) && c.keeps(p.hi)) {
		c.pad = p
	}
	return c
}

// keeps reports whether masking leaves an integer what it is.
func (c cut) keeps(v int) bool {
	half := 1 << (15 - c.unused)
	if c.signed {
		return c.shift == 0 && v >= -half && v < half
	}
	return c.shift == 0 && v >= 0 && v < 2*half
}

func (im *Image) cells8(b []byte, h Header) {
	c := cutOf(h, im.padding)
	var table [256]uint16
	for i := range table {
		raw := uint16(i)
		if h.Signed {
			raw = uint16(int16(int8(i)))
		}
		table[i] = c.value(raw)
	}
	for i, v := range b[:len(im.Stored)] {
		im.Stored[i] = table[v]
	}
}

// cells16 reads four cells at a time, as one word, where no cell needs a look of
// its own.
func (im *Image) cells16(b []byte, h Header) {
	c := cutOf(h, im.padding)
	done := 0
	switch {
	case h.Stored == 16:
		done = masked(im.Stored, b, 0, 0xFFFF)
	case !c.pad.ok && !c.signed:
		done = masked(im.Stored, b, c.shift, 0xFFFF>>c.unused)
	case !c.pad.ok:
		done = extended(im.Stored, b, c)
	}
	if len(im.Stored)-done > 1<<17 {
		var table [1 << 16]uint16
		for raw := range table {
			table[raw] = c.value(uint16(raw))
		}
		for i := range im.Stored {
			im.Stored[i] = table[binary.LittleEndian.Uint16(b[2*i:])]
		}
		return
	}
	for i := done; i < len(im.Stored); i++ {
		im.Stored[i] = c.value(binary.LittleEndian.Uint16(b[2*i:]))
	}
}

// masked writes the masked cells of b to dst and returns how many; the last few
// are left.
func masked(dst []uint16, b []byte, shift uint, mask uint64) int {
	mask |= mask << 16
	mask |= mask << 32
	n := 0
	for len(dst) >= 4 && len(b) >= 8 {
		v := binary.LittleEndian.Uint64(b) >> shift & mask
		dst[0], dst[1], dst[2], dst[3] = uint16(v), uint16(v>>16), uint16(v>>32), uint16(v>>48)
		dst, b, n = dst[4:], b[8:], n+4
	}
	return n
}

// extended is masked for two's complement: the sign fills the bits above.
func extended(dst []uint16, b []byte, c cut) int {
	n := 0
	shift, unused := c.shift&15, c.unused&15
	for len(dst) >= 4 && len(b) >= 8 {
		v := binary.LittleEndian.Uint64(b) >> shift << unused // what spills over is cut off below
		dst[0] = uint16(int16(v) >> unused)
		dst[1] = uint16(int16(v>>16) >> unused)
		dst[2] = uint16(int16(v>>32) >> unused)
		dst[3] = uint16(int16(v>>48) >> unused)
		dst, b, n = dst[4:], b[8:], n+4
	}
	return n
}
