package jpeg2000

import (
	"encoding/binary"
	"math"
)

// output is the frame being written: samples of a pixel side by side in cells of
// 1, 2 or 4 bytes, little endian.
type output struct {
	rect  // on the grid of the size given
	cell  int
	b     []byte
	comps []rangeOf
}

// rangeOf is how a component's values become samples (G.1): shift, then clamp.
type rangeOf struct{ shift, low, high int }

func newOutput(area rect, comps []component, cell int) *output {
	o := &output{rect: area, cell: cell}
	for _, c := range comps {
		half := 1 << (c.precision - 1)
		r := rangeOf{half, 0, 2*half - 1}
		if c.signed {
			r = rangeOf{0, -half, half - 1}
		}
		o.comps = append(o.comps, r)
	}
	return o
}

func (r *rangeOf) sample(v int) int { return min(max(v+r.shift, r.low), r.high) }

// bytes is what the frame takes.
func (o *output) bytes() int64 {
	return int64(o.width()) * int64(o.height()) * int64(len(o.comps)*o.cell)
}

// row writes row y of the strip's samples: the component transformation undone,
// then rounded, shifted and clamped, in this order.
func (o *output) row(b *build, j, y int) {
	n := b.want.width()
	at := ((y-o.y0)*o.width() + b.want.x0 - o.x0) * len(o.comps) * o.cell
	dst := o.b[at:][:n*len(o.comps)*o.cell]
	if b.t.set.mct && len(o.comps) >= 3 {
		y0, y1, y2 := b.comps[0].row(b, j, y), b.comps[1].row(b, j, y), b.comps[2].row(b, j, y)
		if y0.ints != nil {
			undoRCT(y0.ints, y1.ints, y2.ints)
		} else {
			undoICT(y0.floats, y1.floats, y2.floats)
		}
	}
	for i := range o.comps {
		r := b.comps[i].row(b, j, y)
		if r.ints != nil {
			o.ints(dst, i, r.ints)
		} else {
			o.floats(dst, i, r.floats)
		}
	}
}

// line is a row of samples, one of the two.
type line struct {
	ints   []int32
	floats []float32
}

func (c *compBuild) row(b *build, j, y int) line {
	p := &c.high[j&1]
	at, n := (y-p.y0)*p.width()+b.want.x0-p.x0, b.want.width()
	if p.ints != nil {
		return line{ints: p.ints[at:][:n]}
	}
	return line{floats: p.floats[at:][:n]}
}

// undoRCT undoes the reversible component transformation (G.2.2).
func undoRCT(a, b, c []int32) {
	b, c = b[:len(a)], c[:len(a)]
	for i, y := range a {
		u, v := b[i], c[i]
		g := y - (u+v)>>2
		a[i], b[i], c[i] = v+g, g, u+g
	}
}

// undoICT undoes the irreversible one (G.3.2), each product and sum rounded to
// float32 as libopenjp2 has them.
func undoICT(a, b, c []float32) {
	b, c = b[:len(a)], c[:len(a)]
	for i, y := range a {
		u, v := b[i], c[i]
		a[i] = y + float32(v*1.402)
		b[i] = float32(y-float32(u*0.34413)) - float32(v*0.71414)
		c[i] = y + float32(u*1.772)
	}
}

// ints writes component i of a row.
func (o *output) ints(dst []byte, i int, row []int32) {
	r := o.comps[i]
	step := len(o.comps) * o.cell
	dst = dst[i*o.cell:]
	switch o.cell {
	case 1:
		for x, v := range row {
			dst[x*step] = byte(r.sample(int(v)))
		}
	case 2:
		for x, v := range row {
			binary.LittleEndian.PutUint16(dst[x*step:], uint16(r.sample(int(v))))
		}
	default:
		for x, v := range row {
			binary.LittleEndian.PutUint32(dst[x*step:], uint32(r.sample(int(v))))
		}
	}
}

// floats writes component i of a row, rounded to the nearest, halves to even.
func (o *output) floats(dst []byte, i int, row []float32) {
	r := o.comps[i]
	step := len(o.comps) * o.cell
	dst = dst[i*o.cell:]
	switch o.cell {
	case 1:
		for x, v := range row {
			dst[x*step] = byte(r.sample(rounded(v)))
		}
	case 2:
		for x, v := range row {
			binary.LittleEndian.PutUint16(dst[x*step:], uint16(r.sample(rounded(v))))
		}
	default:
		for x, v := range row {
			binary.LittleEndian.PutUint32(dst[x*step:], uint32(r.sample(rounded(v))))
		}
	}
}

// rounded is v to the nearest integer, halves to even; beyond 2^31 it is clamped.
func rounded(v float32) int {
	const magic = 3 << 51 // adding it leaves the integer in the low bits
	f := min(max(float64(v), math.MinInt32), math.MaxInt32)
	return int(int32(math.Float64bits(f + magic)))
}
