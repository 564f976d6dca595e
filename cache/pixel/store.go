package pixel

import (
	"encoding/binary"
	"math"
)

// store fills Stored from a frame of single samples. What does not fit 16 bits
// is moved, and where it must be rounded, into them; Slope and Intercept follow.
func (im *Image) store(b []byte, h Header) {
	im.Stored = make([]uint16, h.Rows*h.Cols)
	switch {
	case h.Float:
		im.fit(func(i int) float64 { return floatCell(b, i, h.Allocated) })
	case h.Allocated == 1:
		for i := range im.Stored {
			im.Stored[i] = uint16(b[i/8]>>(i%8)) & 1
		}
	case h.Allocated == 8:
		im.cells8(b, h)
	case h.Allocated == 16:
		im.cells16(b, h)
	default:
		im.fit(func(i int) float64 { return float64(wideCell(b, i, h)) })
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
	return cut{shift: uint(h.HighBit + 1 - h.Stored), unused: uint(16 - h.Stored), signed: h.Signed, pad: p}
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
	for i := range im.Stored {
		im.Stored[i] = table[b[i]]
	}
}

func (im *Image) cells16(b []byte, h Header) {
	if h.Stored == 16 {
		for i := range im.Stored {
			im.Stored[i] = binary.LittleEndian.Uint16(b[2*i:])
		}
		return
	}
	c := cutOf(h, im.padding)
	for i := range im.Stored {
		im.Stored[i] = c.value(binary.LittleEndian.Uint16(b[2*i:]))
	}
}

func wideCell(b []byte, i int, h Header) int64 {
	var v uint64
	if h.Allocated == 32 {
		v = uint64(binary.LittleEndian.Uint32(b[4*i:]))
	} else {
		v = binary.LittleEndian.Uint64(b[8*i:])
	}
	unused := uint(64 - h.Stored)
	v = v >> uint(h.HighBit+1-h.Stored) << unused
	if h.Signed {
		return int64(v) >> unused
	}
	return int64(v >> unused)
}

func floatCell(b []byte, i, bits int) float64 {
	if bits == 32 {
		return float64(math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:])))
	}
	return math.Float64frombits(binary.LittleEndian.Uint64(b[8*i:]))
}

// fit spreads the range of the frame over 65,536 steps; whole numbers that span
// no more than that stay exact. What is no number becomes the smallest value.
func (im *Image) fit(cell func(i int) float64) {
	lo, hi, whole := math.Inf(1), math.Inf(-1), true
	for i := range im.Stored {
		v := cell(i)
		if math.IsNaN(v) || math.IsInf(v, 0) {
			whole = false
			continue
		}
		lo, hi = min(lo, v), max(hi, v)
		whole = whole && v == math.Trunc(v)
	}
	if lo > hi {
		lo, hi = 0, 0
	}
	step := 1.0
	if !whole || hi-lo > 65535 {
		step = (hi - lo) / 65535
		im.Exact = false
	}
	if step == 0 || math.IsInf(step, 0) {
		step = 1
	}
	for i := range im.Stored {
		if v := math.Floor((cell(i)-lo)/step + 0.5); v > 0 {
			im.Stored[i] = uint16(min(v, 65535))
		}
	}
	im.Intercept += im.Slope * lo
	im.Slope *= step
	im.refit(lo, step)
}

// refit follows the move in what was read as integers of the file.
func (im *Image) refit(lo, step float64) {
	im.Signed, im.ModalityLUT = false, nil
	if im.padding.ok {
		im.padding.lo = int(math.Floor((float64(im.padding.lo)-lo)/step + 0.5))
		im.padding.hi = int(math.Floor((float64(im.padding.hi)-lo)/step + 0.5))
	}
}
