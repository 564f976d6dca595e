package pixel

import (
	"encoding/binary"
	"math"
)

// cells are a frame's cells of more than 16 bits, as numbers.
type cells interface{ at(i int) float64 }

type ints32 struct {
	b []byte
	wide
}

type ints64 struct {
	b []byte
	wide
}

func (c ints32) at(i int) float64 {
	return c.value(uint64(binary.LittleEndian.Uint32(c.b[4*i:])))
}

func (c ints64) at(i int) float64 { return c.value(binary.LittleEndian.Uint64(c.b[8*i:])) }

// wide is cut for cells of up to 64 bits.
type wide struct {
	shift, unused uint
	signed        bool
}

func wideCut(h Header) wide {
	return wide{uint(h.HighBit+1-h.Stored) & 63, uint(64-h.Stored) & 63, h.Signed}
}

func (c wide) value(v uint64) float64 {
	v = v >> c.shift << c.unused
	if c.signed {
		return float64(int64(v) >> c.unused)
	}
	return float64(v >> c.unused)
}

type float32s struct {
	b    []byte
	hole [2]float64 // padding, from and to
}

type float64s struct {
	b    []byte
	hole [2]float64
}

func (c float32s) at(i int) float64 {
	return without(float64(math.Float32frombits(binary.LittleEndian.Uint32(c.b[4*i:]))), c.hole)
}

func (c float64s) at(i int) float64 {
	return without(math.Float64frombits(binary.LittleEndian.Uint64(c.b[8*i:])), c.hole)
}

func without(v float64, hole [2]float64) float64 {
	if v >= hole[0] && v <= hole[1] {
		return math.NaN()
	}
	return v
}

// fit spreads the range of the frame over 65,536 steps; whole numbers that span
// no more than that stay exact. What is no number becomes padding, which takes the
// first of the steps.
func fit[C cells](im *Image, c C) {
	lo, hi, whole, holes := extent(len(im.Stored), c)
	first := 0
	if holes {
		first = 1
	}
	step, steps := 1.0, float64(65535-first)
	if !whole || hi-lo > steps || max(-lo, hi) > 1<<53 {
		step = (hi - lo) / steps
		im.Exact = false
	}
	if step == 0 || math.IsInf(step, 0) {
		step = 1
	}
	for i := range im.Stored {
		if v := c.at(i); number(v) {
			im.Stored[i] = uint16(first + int(min((v-lo)/step+0.5, steps))) // neither is negative
		}
	}
	im.Signed = false
	if holes {
		im.padding = padding{ok: true}
	} else {
		im.padding = im.padding.moved(lo, step)
	}
	im.Intercept += im.Slope * (lo - step*float64(first))
	im.Slope *= step
}

// number is false for NaN and the infinities, whose difference with themselves is
// NaN.
func number(v float64) bool { return v-v == 0 }

// extent is the range of the numbers among the cells, whether all of them are
// whole, and whether there are others.
func extent[C cells](n int, c C) (lo, hi float64, whole, holes bool) {
	lo, hi, whole = math.Inf(1), math.Inf(-1), true
	for i := range n {
		v := c.at(i)
		if !number(v) {
			holes = true
			continue
		}
		lo, hi = min(lo, v), max(hi, v)
		whole = whole && v == math.Trunc(v)
	}
	if lo > hi {
		lo, hi = 0, 0
	}
	return lo, hi, whole, holes
}

// moved follows the move of fit in what was read as integers of the file.
func (p padding) moved(lo, step float64) padding {
	if p.ok {
		p.lo = int(math.Floor((float64(p.lo)-lo)/step + 0.5))
		p.hi = int(math.Floor((float64(p.hi)-lo)/step + 0.5))
	}
	return p
}
