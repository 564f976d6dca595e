package jpeg

import "math/bits"

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
		case size > 0: // always 1, says the standard; libjpeg too takes any for it
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
