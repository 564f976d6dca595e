package jpeg2000

import (
	"encoding/binary"
	"sync"
)

// output is the frame being written: samples of a pixel side by side in cells of
// 1, 2 or 4 bytes, little endian.
type output struct {
	rect  // on the grid of the size given
	cell  int
	b     []byte // as it was given, until made
	made  sync.Once
	comps []rangeOf
}

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

// bytes is what the frame takes.
func (o *output) bytes() int64 {
	return int64(o.width()) * int64(o.height()) * int64(len(o.comps)*o.cell)
}

// make takes the memory of the frame.
func (o *output) make() {
	o.made.Do(func() { o.b = grown(o.b[:0], int(o.bytes())) })
}

// row writes row y of the strip's samples: the component transformation undone,
// then rounded, shifted and clamped, in this order.
func (o *output) row(w *worker, b *build, j, y int) {
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
	if o.cell == 1 && len(o.comps) == 3 && o.comps[0] == o.comps[1] && o.comps[0] == o.comps[2] {
		o.triples(w, b, j, y, dst)
		return
	}
	for i := range o.comps {
		r, x := b.comps[i].row(b, j, y), 0
		if r.ints != nil {
			o.put(dst, i, r.ints)
			continue
		}
		if o.cell == 2 && len(o.comps) == 1 {
			x = o.comps[0].roundedWords(dst, r.floats)
		}
		for ; x < n; x += len(w.shifted) {
			k := min(n-x, len(w.shifted))
			round(w.shifted[:k], r.floats[x:])
			o.put(dst[x*len(o.comps)*o.cell:], i, w.shifted[:k])
		}
	}
}

// triples writes a row of three like components in cells of a byte.
func (o *output) triples(w *worker, b *build, j, y int, dst []byte) {
	const part = len(w.shifted) / 3
	n := b.want.width()
	for x := 0; x < n; x += part {
		var p [3][]int32
		for i := range p {
			if l := b.comps[i].row(b, j, y); l.ints != nil {
				p[i] = l.ints[x:min(x+part, n)]
			} else {
				p[i] = w.shifted[i*part:][:min(part, n-x)]
				round(p[i], l.floats[x:])
			}
		}
		o.comps[0].pixels(dst[3*x:], p[0], p[1], p[2])
	}
}

// blank writes an area of coefficients that are all 0: empty frames cost no more
// than their memory.
func (o *output) blank(area rect) {
	if area.empty() {
		return
	}
	size := len(o.comps) * o.cell
	row := func(y int) []byte {
		return o.b[((y-o.y0)*o.width()+area.x0-o.x0)*size:][:area.width()*size]
	}
	first := row(area.y0)
	zero := make([]int32, area.width())
	for i := range o.comps {
		o.put(first, i, zero)
	}
	for y := area.y0 + 1; y < area.y1; y++ {
		copy(row(y), first)
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

// put writes component i of a row, or of a part of it.
func (o *output) put(dst []byte, i int, row []int32) {
	r, step, at := o.comps[i], len(o.comps)*o.cell, i*o.cell
	if o.cell == 2 {
		if step == 2 {
			n := r.words(dst, row)
			row, at = row[n:], 2*n
		}
		for _, v := range row {
			binary.LittleEndian.PutUint16(dst[at:], uint16(r.sample(int(v))))
			at += step
		}
		return
	}
	if o.cell == 1 {
		for _, v := range row {
			dst[at] = byte(r.sample(int(v)))
			at += step
		}
		return
	}
	for _, v := range row {
		binary.LittleEndian.PutUint32(dst[at:], uint32(r.sample(int(v))))
		at += step
	}
}
