package jpeg

import "slices"

// component's coefficients of a whole frame: blocks of 64 by rows, across·down of
// them. Two bytes a sample, filled up to whole MCUs.
type coefs struct {
	blocks [4][]int16
	// bits is by component and zigzag index the lowest bit known; −1: nothing yet.
	bits [4][64]int8
}

// newCoefs takes the memory for all blocks and clears it.
func newCoefs[T sample](f *frame[T]) *coefs {
	c := new(coefs)
	total := 0
	for i := range f.Components {
		total += 64 * f.planes[i].across * f.planes[i].down
	}
	if cap(f.w.coefs) < total {
		f.w.coefs = make([]int16, total)
	} else {
		f.w.coefs = f.w.coefs[:total]
		clear(f.w.coefs)
	}
	all := f.w.coefs
	for i := range f.Components {
		n := 64 * f.planes[i].across * f.planes[i].down
		c.blocks[i], all = all[:n:n], all[n:]
		for k := range c.bits[i] {
			c.bits[i][k] = -1
		}
	}
	return c
}

// buffered decodes all scans into coefficients, then transforms those.
func (f *frame[T]) buffered() error {
	c := newCoefs(f)
	for i := range f.scans {
		if err := f.scanInto(c, &f.scans[i]); err != nil {
			return err
		}
	}
	if err := f.complete(c); err != nil {
		return err
	}
	_, down := f.mcus()
	for m := range down {
		for i := range f.Components {
			f.transform(i, m, c.blocks[i])
		}
		f.finishRow(m)
	}
	return nil
}

// complete: libjpeg would smooth what scans have left out; a reader of images wants
// to know instead.
func (f *frame[T]) complete(c *coefs) error {
	for i := range f.Components {
		switch known := &c.bits[i]; {
		case slices.Max(known[:]) == 0 && slices.Min(known[:]) == 0:
		case !f.ended:
			return invalid("JPEG stream ends before its last scan")
		case known[0] < 0:
			return invalid("JPEG component without a scan")
		default:
			return unsupported("progressive JPEG that leaves coefficients out")
		}
	}
	return nil
}

// transform does component i's blocks of MCU row m.
func (f *frame[T]) transform(i, m int, blocks []int16) {
	p := &f.planes[i]
	for y := range p.v {
		from := (m*p.v + y) * p.across * 64
		line := blocks[from : from+p.across*64]
		for x := 0; len(line) >= 64; x++ {
			last := dequantise(&f.w.block, (*[64]int16)(line), &f.w.quant[i])
			p.put(f.depth, &f.w.block, last, x, y)
			line = line[64:]
		}
	}
}

// dequantise fills out, which is by rows as in is; q is in zigzag order. It returns
// an upper bound of the last coefficient's zigzag index: 0, 9 or 63.
func dequantise(out *[64]int32, in *[64]int16, q *[64]int32) (last int) {
	var low, high int32
	for k, at := range zigzag {
		v := int32(in[at&63]) * q[k]
		out[at&63] = v
		switch {
		case k >= 10:
			high |= v
		case k > 0:
			low |= v
		}
	}
	switch {
	case high != 0:
		return 63
	case low != 0:
		return 9
	}
	return 0
}

// visit calls block for each block of a scan in the order of coding, with the
// component and the block's place among its blocks; restart before each interval
// but the first. Several components are interleaved by MCU, one alone goes by
// lines and without filling up (A.2).
func (f *frame[T]) visit(s *scan, restart func(k int) bool, block func(i, at int)) error {
	across, down := f.mcus()
	if s.n == 1 {
		c := &f.comps[s.comps[0]]
		across, down = (c.width+7)/8, (c.height+7)/8
	}
	r := restarts{every: s.restart}
	for y := range down {
		for x := range across {
			if r.due() && !restart(r.next()) {
				return errRestart()
			}
			if s.n == 1 {
				block(s.comps[0], y*f.planes[s.comps[0]].across+x)
				continue
			}
			for _, i := range s.comps[:s.n] {
				p := &f.planes[i]
				for b := range p.v * p.h {
					block(i, (y*p.v+b/p.h)*p.across+x*p.h+b%p.h)
				}
			}
		}
		if f.w.early() {
			return errEarly()
		}
	}
	return nil
}
