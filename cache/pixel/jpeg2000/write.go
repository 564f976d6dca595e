package jpeg2000

import (
	"encoding/binary"
	"math"
	"math/bits"
)

// write appends the codestream of coded blocks to dst.
func (e *encoder) write(dst []byte) ([]byte, error) {
	if e.guard > maxGuard {
		return nil, unsupported("coefficients of %d guard bits", e.guard)
	}
	dst = e.mainHeader(dst)
	sot := len(dst)
	dst = append(dst, 0xFF, 0x90, 0, 10, 0, 0, 0, 0, 0, 0, 0, 1, 0xFF, 0x93)
	err := e.t.walk(func(res *resolution, n, _, _ int) error {
		dst = e.packet(dst, res, n)
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(dst)-sot > math.MaxUint32 {
		return nil, unsupported("a codestream of more than 4 GB")
	}
	binary.BigEndian.PutUint32(dst[sot+6:], uint32(len(dst)-sot))
	return append(dst, 0xFF, 0xD9), nil
}

// mainHeader appends SOC, SIZ, COD and QCD.
func (e *encoder) mainHeader(b []byte) []byte {
	u16 := func(v int) { b = binary.BigEndian.AppendUint16(b, uint16(v)) }
	u32 := func(v int) { b = binary.BigEndian.AppendUint32(b, uint32(v)) }
	u16(mSOC)
	u16(mSIZ)
	u16(38 + 3*e.h.Components)
	u16(0)
	for _, v := range []int{e.h.Width, e.h.Height, 0, 0, e.h.Width, e.h.Height, 0, 0} {
		u32(v)
	}
	u16(e.h.Components)
	depth := byte(e.h.Precision - 1)
	if e.h.Signed {
		depth |= 0x80
	}
	for range e.h.Components {
		b = append(b, depth, 1, 1)
	}
	u16(mCOD)
	u16(12)
	b = append(b, 0, orderLRCP, 0, 1, 0, byte(e.levels), encodeBlock-2, encodeBlock-2, 0, 1)
	if e.t.set.mct {
		b[len(b)-6] = 1
	}
	u16(mQCD)
	u16(4 + 3*e.levels)
	b = append(b, byte(e.guard)<<5)
	for i := range 3*e.levels + 1 {
		b = append(b, byte(e.h.Precision+bandGain(i))<<3)
	}
	return b
}

// packet appends the packet of a precinct: header and code-blocks.
func (e *encoder) packet(dst []byte, res *resolution, n int) []byte {
	w := bitWriter{b: dst}
	w.bit(1)
	first := e.blocks[&res.precincts[n]]
	var bodies [][]byte
	for b := range res.bands {
		_, g := res.span(n, &res.bands[b])
		if g.empty() {
			continue
		}
		blocks := e.coded[first[b]:][:g.width()*g.height()]
		e.bandHeader(&w, g.width(), g.height(), blocks)
		for i := range blocks {
			bodies = append(bodies, blocks[i].data)
		}
	}
	dst = w.close()
	for _, body := range bodies {
		dst = append(dst, body...)
	}
	return dst
}

// bandHeader writes what a packet header says of a band's blocks.
func (e *encoder) bandHeader(w *bitWriter, wide, high int, blocks []coded) {
	inclusion, zero := newTree(wide, high), newTree(wide, high)
	for i := range blocks {
		k := &blocks[i]
		inclusion.value[i] = 0
		if k.passes == 0 {
			inclusion.value[i] = 1 // one layer: never
		}
		zero.value[i] = k.band.planes + e.guard - minGuard - k.planes
	}
	inclusion.fold()
	zero.fold()
	for i := range blocks {
		k := &blocks[i]
		x, y := i%wide, i/wide
		inclusion.tell(w, x, y, 1)
		if k.passes == 0 {
			continue
		}
		zero.tell(w, x, y, zero.value[i]+1)
		w.passes(k.passes)
		room := 3 + bits.Len(uint(k.passes)) - 1
		more := max(bits.Len(uint(len(k.data)))-room, 0)
		for range more {
			w.bit(1)
		}
		w.bit(0)
		w.bits(len(k.data), room+more)
	}
}

// bitWriter writes packet headers; after a byte FF the next holds seven bits.
type bitWriter struct {
	b    []byte
	cur  byte
	left int // bits still free in cur, less 8: the zero value is an empty byte
}

func (w *bitWriter) bit(v int) {
	w.cur = w.cur<<1 | byte(v)
	w.left--
	if w.left == -8 {
		w.flush()
	}
}

func (w *bitWriter) flush() {
	w.b = append(w.b, w.cur)
	w.left = 0
	if w.cur == 0xFF {
		w.left = -1 // the stuffed 0
	}
	w.cur = 0
}

func (w *bitWriter) bits(v, n int) {
	for n--; n >= 0; n-- {
		w.bit(v >> n & 1)
	}
}

// close fills the last byte; a byte FF gets one more behind it.
func (w *bitWriter) close() []byte {
	for w.left != 0 {
		w.bit(0)
	}
	return w.b
}

// passes writes a number of coding passes (table B.4).
func (w *bitWriter) passes(n int) {
	switch {
	case n == 1:
		w.bit(0)
	case n == 2:
		w.bits(0b10, 2)
	case n <= 5:
		w.bits(0b1100+n-3, 4)
	case n <= 36:
		w.bits(0b1111_00000+n-6, 9)
	default:
		w.bits(0b111111111<<7+n-37, 16)
	}
}

// tree is a tag tree being written (B.10.2).
type tree struct {
	treeShape
	h     int
	value []int
	low   []int
	known []bool
}

func newTree(w, h int) *tree {
	t := &tree{treeShape: shapeOf(w, h), h: h}
	t.value, t.low, t.known = make([]int, t.total), make([]int, t.total), make([]bool, t.total)
	return t
}

// fold sets the inner nodes to the least of what they stand over.
func (t *tree) fold() {
	h := t.h
	for d := 1; d < t.depth; d++ {
		below := t.width[d-1]
		for i := t.off[d]; i < t.off[d]+t.width[d]*((h+1)/2); i++ {
			t.value[i] = math.MaxInt
		}
		for y := range h {
			for x := range below {
				up := &t.value[t.off[d]+y/2*t.width[d]+x/2]
				*up = min(*up, t.value[t.off[d-1]+y*below+x])
			}
		}
		h = (h + 1) / 2
	}
}

// tell writes what a reader needs to know whether leaf (x, y) is less than limit.
func (t *tree) tell(w *bitWriter, x, y, limit int) {
	low := 0
	for d := t.depth - 1; d >= 0; d-- {
		i := t.off[d] + (y>>d)*t.width[d] + x>>d
		low = max(low, t.low[i])
		for low < limit && !t.known[i] {
			if low < t.value[i] {
				w.bit(0)
				low++
			} else {
				w.bit(1)
				t.known[i] = true
			}
		}
		t.low[i] = low
	}
}
