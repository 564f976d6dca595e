package jpeg

import "math/bits"

// pass is one scan of a buffered frame being decoded.
type pass struct {
	*scan
	*coefs
	w      *work
	pred   [4]int32
	eobrun int // blocks of only zeros, or only corrections, that are still to come
}

// scanInto decodes one scan into c.
func (f *frame[T]) scanInto(c *coefs, s *scan) error {
	p := &pass{scan: s, coefs: c, w: f.w}
	if err := p.header(f.stream); err != nil {
		return err
	}
	if f.arithmetic() {
		return f.arithmeticScan(p)
	}
	decode, err := p.huffman(f.progressive())
	if err != nil {
		return err
	}
	f.w.bits.reset(s.data)
	restart := func(k int) bool {
		p.pred, p.eobrun = [4]int32{}, 0
		return f.w.bits.restart(k)
	}
	return f.visit(s, restart, f.w.bits.overrun, func(i, at int) {
		decode(i, &c.blocks[i][at])
	})
}

// header checks what the scan says of its band and bits (G.1.1.1.1), and notes
// what will be known.
func (p *pass) header(s *stream) error {
	if !s.progressive() {
		p.ss, p.se, p.ah, p.al = 0, 63, 0, 0
	}
	switch {
	case p.ss == 0 && p.se != 0 && s.progressive(), p.ss > p.se, p.se > 63, p.ss > 0 && p.n != 1:
		return invalid("JPEG scan of an impossible band")
	case p.al > 13, p.ah > 0 && p.al != p.ah-1:
		return invalid("JPEG scan of impossible bits")
	}
	for _, i := range p.comps[:p.n] {
		for k := p.ss; k <= p.se; k++ {
			p.bits[i][k] = int8(p.al)
		}
	}
	return nil
}

// huffman makes the tables and says how the scan's blocks are decoded.
func (p *pass) huffman(progressive bool) (func(i int, b *coefBlock), error) {
	first := p.ah == 0
	err := p.w.tables(p.scan, p.ss == 0 && first, p.se > 0)
	switch {
	case !progressive:
		return p.sequential, err
	case p.ss == 0 && first:
		return p.dcFirst, err
	case p.ss == 0:
		return p.dcRefine, err
	case first:
		return p.acFirst, err
	}
	return p.acRefine, err
}

// plain is a table that leaves values as they are.
var plain = func() (q [64]int32) {
	for i := range q {
		q[i] = 1
	}
	return q
}()

func (p *pass) sequential(i int, b *coefBlock) {
	w := p.w
	*b = coefBlock{}
	last := w.bits.decodeBlock(&w.dc[i], &w.ac[i], &plain, &p.pred[i], &w.block)
	for k := range last&63 + 1 {
		b[k>>2&15] |= uint64(uint16(w.block[zigzag[k&63]&63])) << uint(k&3*16)
	}
	w.block = [64]int32{}
}

func (p *pass) dcFirst(i int, b *coefBlock) {
	if size := p.w.dc[i].decode(&p.w.bits); size > 0 {
		p.pred[i] += extend(p.w.bits.bits(size), size)
	}
	b.set(0, int16(p.pred[i]<<uint(p.al)))
}

func (p *pass) dcRefine(_ int, b *coefBlock) {
	b[0] |= uint64(p.w.bits.bits(1)<<uint(p.al)) & 0xFFFF
}

// acFirst decodes a band for the first time (G.1.2.2).
func (p *pass) acFirst(i int, b *coefBlock) {
	if p.eobrun > 0 {
		p.eobrun--
		return
	}
	bits, t := &p.w.bits, &p.w.ac[i]
	for k := p.ss; k <= p.se; {
		e := t.entry(bits)
		move := int(e >> 8 & 255)
		if move >= acEnd {
			run := move - acEnd
			p.eobrun = 1<<uint(run) + int(bits.bits(run)) - 1
			return
		}
		if k += move; k > p.se+1 {
			bits.bad = true
			return
		}
		if v := int32(e) >> 16; v != 0 {
			b.set(k-1, int16(v<<uint(p.al)))
		}
	}
}

// entry takes a code and its value as acTable.fast describes them.
func (t *acTable) entry(b *bitReader) uint32 {
	if b.n < 32 {
		b.fill()
	}
	e := t.fast[b.acc>>(64-acBits)]
	if e == 0 {
		return t.slow(b)
	}
	b.acc <<= e & 63
	b.n -= int(e & 63)
	return e
}

// acRefine decodes one more bit of a band (G.1.2.3): corrections of coefficients
// that are not zero, and new ones among those that are.
func (p *pass) acRefine(i int, b *coefBlock) {
	r, t := &p.w.bits, &p.w.ac[i]
	known := b.nonZero() & (1<<uint(p.se+1) - 1) // 1<<64 is 0: all bits
	k := p.ss
	for p.eobrun == 0 && k <= p.se {
		symbol := t.decode(r)
		run, size := symbol>>4, symbol&15
		fresh := int16(0)
		switch {
		case size > 1:
			r.bad = true
			return
		case size == 1:
			fresh = -1 << uint(p.al)
			if r.bits(1) != 0 {
				fresh = 1 << uint(p.al)
			}
		case run < 15:
			p.eobrun = 1<<uint(run) + int(r.bits(run))
			continue
		}
		if k = p.correct(b, known, k, run); fresh != 0 {
			if k > p.se {
				r.bad = true
				return
			}
			b.set(k, fresh)
		}
		k++
	}
	if p.eobrun > 0 {
		p.correct(b, known, k, 64)
		p.eobrun--
	}
}

// correct goes from k past so many zeros and returns the index of the next,
// correcting what is not zero on the way.
func (p *pass) correct(b *coefBlock, known uint64, k, zeros int) int {
	r, al := &p.w.bits, uint(p.al)
	acc, n := r.acc, r.n
	for m := known >> uint(k); m != 0; {
		z := bits.TrailingZeros64(m)
		if z > zeros {
			break
		}
		zeros, k, m = zeros-z, k+z, m>>1>>uint(z)
		if n == 0 {
			r.acc, r.n = acc, n
			r.fill()
			acc, n = r.acc, r.n
		}
		b.grow(k, al, int16(acc>>63))
		acc, n, k = acc<<1, n-1, k+1
	}
	r.acc, r.n = acc, n
	return k + zeros
}

// grow moves coefficient k by bit<<al away from zero, unless it has that bit: then
// a damaged stream has set it before. Half of all bits are ones, so it takes no
// branch.
func (b *coefBlock) grow(k int, al uint, bit int16) {
	w, s := &b[k>>2&15], uint(k&3*16)
	v := int16(*w >> s)
	sign := v >> 15
	add := ((bit<<(al&15) ^ sign) - sign) &^ -(v >> (al & 15) & 1)
	*w = *w&^(0xFFFF<<s) | uint64(uint16(v+add))<<s
}
