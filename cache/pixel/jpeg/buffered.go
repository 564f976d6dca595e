package jpeg

import "slices"

// coefBlock is a block's coefficients in zigzag order, four to a word, the first
// lowest: most words are zero, and told so at once.
type coefBlock [16]uint64

func (b *coefBlock) at(k int) int16 { return int16(b[k>>2&15] >> uint(k&3*16)) }

func (b *coefBlock) set(k int, v int16) {
	w, s := &b[k>>2&15], uint(k&3*16)
	*w = *w&^(0xFFFF<<s) | uint64(uint16(v))<<s
}

// nonZero has bit k set where coefficient k is not zero.
func (b *coefBlock) nonZero() (m uint64) {
	const low15, top = 0x7FFF7FFF7FFF7FFF, 0x8000800080008000
	for i, w := range b {
		if w != 0 {
			t := (w&low15 + low15 | w) & top // the top bit of each that is not zero
			m |= t >> 15 * (1<<60 | 1<<45 | 1<<30 | 1<<15) >> 60 << uint(4*i)
		}
	}
	return m
}

// coefs are the coefficients of a whole frame: blocks by lines, across·down of each
// component. Two bytes a sample, filled up to whole MCUs.
type coefs struct {
	blocks [4][]coefBlock
	// bits is by component and zigzag index the lowest bit known; −1: nothing yet.
	bits [4][64]int8
}

// newCoefs takes the memory for all blocks and clears it.
func newCoefs[T sample](f *frame[T]) *coefs {
	c := new(coefs)
	total := 0
	for i := range f.Components {
		total += f.planes[i].across * f.planes[i].down
	}
	if cap(f.w.coefs) < total {
		f.w.coefs = make([]coefBlock, total)
	} else {
		f.w.coefs = f.w.coefs[:total]
		clear(f.w.coefs)
	}
	all := f.w.coefs
	for i := range f.Components {
		n := f.planes[i].across * f.planes[i].down
		c.blocks[i], all = all[:n:n], all[n:]
		for k := range c.bits[i] {
			c.bits[i][k] = -1
		}
	}
	return c
}

// maxVisits bounds scans times MCUs of a stream that has more scans than encoders
// write: about a second's work.
const maxVisits = 1 << 24

// buffered decodes all scans into coefficients, then transforms those.
func (f *frame[T]) buffered() error {
	across, down := f.mcus()
	if n := len(f.scans); n > 24 && n*across*down > maxVisits {
		return unsupported("JPEG of %d scans and %d MCUs", n, across*down)
	}
	c := newCoefs(f)
	for i := range f.scans {
		if err := f.scanInto(c, &f.scans[i]); err != nil {
			return err
		}
	}
	if err := f.complete(c); err != nil {
		return err
	}
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
func (f *frame[T]) transform(i, m int, blocks []coefBlock) {
	p := &f.planes[i]
	for y := range p.v {
		from := (m*p.v + y) * p.across
		line := blocks[from : from+p.across]
		for x := range line {
			last := line[x].dequantise(&f.w.block, &f.w.quant[i])
			p.put(f.depth, &f.w.block, last, x, y)
		}
	}
}

// dequantise fills out, which is by rows and zero; q is in zigzag order. It returns
// an upper bound of the last coefficient's zigzag index.
func (b *coefBlock) dequantise(out *[64]int32, q *[64]int32) (last int) {
	for i, w := range b {
		if w == 0 {
			continue
		}
		k := 4 * i & 63
		z, f := (*[4]uint8)(zigzag[k:]), (*[4]int32)(q[k:])
		out[z[0]&63] = int32(int16(w)) * f[0]
		if w>>16 == 0 {
			last = k
			continue
		}
		out[z[1]&63] = int32(int16(w>>16)) * f[1]
		out[z[2]&63] = int32(int16(w>>32)) * f[2]
		out[z[3]&63] = int32(int16(w>>48)) * f[3]
		last = k + 3
	}
	return last
}

// visit calls block for each block of a scan in the order of coding, with the
// component and the block's place among its blocks; restart before each interval
// but the first; early after each line. Several components are interleaved by MCU, one alone goes by
// lines and without filling up (A.2).
func (f *frame[T]) visit(s *scan, restart func(k int) bool, early func() bool, block func(i, at int)) error {
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
		if early() {
			return errEarly()
		}
	}
	return nil
}
