package jpeg

// contexts are the bins of one scan, by table as its header names them (F.1.4.4):
// those of DC differences and those of AC coefficients.
type contexts struct {
	qmReader
	dc [4][64]bin
	ac [4][256]bin
	// category is by component what the last DC difference was: 0, small or
	// large, and its sign.
	category [4]int
}

// Places among a table's bins (tables F.4 and F.5).
const (
	dcMagnitude  = 20  // X1 of DC differences; those of its bits are 14 behind
	acLow        = 189 // X2 of AC coefficients up to Kx
	acHigh       = 217 // and of those above
	magnitudeBit = 14
)

// arithmeticScan decodes one scan of SOF9 or SOF10.
func (f *frame[T]) arithmeticScan(p *pass) error {
	for i := range p.n {
		if p.dcTable[i] > 3 && p.ss == 0 || p.acTable[i] > 3 && p.se > 0 {
			return invalid("JPEG scan of a conditioning table that does not exist")
		}
	}
	c := &contexts{qmReader: qmReader{src: p.data}}
	c.qmReader.reset()
	restart := func(k int) bool {
		q := c.qmReader
		if !q.restart(k) {
			return false
		}
		*c, p.pred = contexts{qmReader: q}, [4]int32{}
		return true
	}
	decode := p.arithmetic(c, f.progressive())
	// Zeros left out at the end are right before a marker only.
	early := func() bool { return c.bad || c.beyond > 0 && !f.ended }
	return f.visit(p.scan, restart, early, func(i, at int) { decode(i, &p.blocks[i][at]) })
}

// arithmetic says how the scan's blocks are decoded.
func (p *pass) arithmetic(c *contexts, progressive bool) func(i int, b *coefBlock) {
	place := func(i int) int { // among the scan's components
		for k, at := range p.comps[:p.n] {
			if at == i {
				return k
			}
		}
		return 0
	}
	switch {
	case !progressive:
		return func(i int, b *coefBlock) {
			b.set(0, int16(p.qmDC(c, i, place(i))))
			p.qmAC(c, b, place(i), 1)
		}
	case p.ss == 0 && p.ah == 0:
		return func(i int, b *coefBlock) { b.set(0, int16(p.qmDC(c, i, place(i))<<uint(p.al))) }
	case p.ss == 0:
		return func(_ int, b *coefBlock) { b[0] |= uint64(c.even()) << uint(p.al) }
	case p.ah == 0:
		return func(_ int, b *coefBlock) { p.qmAC(c, b, 0, p.ss) }
	}
	return func(_ int, b *coefBlock) { p.qmRefine(c, b) }
}

// qmDC decodes a DC coefficient of component i, the scan's k-th (F.1.4.1, F.2.4.1).
func (p *pass) qmDC(c *contexts, i, k int) int32 {
	bins := &c.dc[p.dcTable[k]&3]
	at := c.category[i]
	if c.decide(&bins[at]) == 0 {
		c.category[i] = 0
		return p.pred[i]
	}
	sign := c.decide(&bins[at+1])
	at += 2 + sign
	m := c.decide(&bins[at])
	if m != 0 {
		for at = dcMagnitude; c.decide(&bins[at&63]) != 0; at++ {
			if m <<= 1; m == 0x8000 {
				c.bad = true
				return 0
			}
		}
	}
	switch low, high := p.dcCond[k]&15, p.dcCond[k]>>4; {
	case m < 1<<low>>1:
		c.category[i] = 0
	case m > 1<<high>>1:
		c.category[i] = 12 + 4*sign
	default:
		c.category[i] = 4 + 4*sign
	}
	p.pred[i] += c.value(&bins[(at+magnitudeBit)&63], m, sign)
	return p.pred[i]
}

// value reads the bits below the leading one of a magnitude m, less one (F.1.4.3).
func (c *contexts) value(s *bin, m, sign int) int32 {
	v := m
	for m >>= 1; m > 0; m >>= 1 {
		if c.decide(s) != 0 {
			v |= m
		}
	}
	if sign != 0 {
		return int32(-v - 1)
	}
	return int32(v + 1)
}

// qmAC decodes a band from coefficient `from` on, of the scan's i-th component
// (F.1.4.2, F.2.4.2).
func (p *pass) qmAC(c *contexts, b *coefBlock, i, from int) {
	bins := &c.ac[p.acTable[i]&3]
	for k := from; k <= p.se; k++ {
		at := 3 * (k - 1)
		if c.decide(&bins[at&255]) != 0 {
			return
		}
		for ; c.decide(&bins[(at+1)&255]) == 0; at += 3 {
			if k++; k > p.se {
				c.bad = true
				return
			}
		}
		sign := c.even()
		at += 2
		m := c.decide(&bins[at&255])
		if m != 0 && c.decide(&bins[at&255]) != 0 {
			m <<= 1
			if at = acLow; k > int(p.acCond[i]) {
				at = acHigh
			}
			for ; c.decide(&bins[at&255]) != 0; at++ {
				if m <<= 1; m == 0x8000 {
					c.bad = true
					return
				}
			}
		}
		b.set(k, int16(c.value(&bins[(at+magnitudeBit)&255], m, sign)<<uint(p.al)))
	}
}

// qmRefine decodes one more bit of a band (G.1.3.3).
func (p *pass) qmRefine(c *contexts, b *coefBlock) {
	bins := &c.ac[p.acTable[0]&3]
	known := p.se
	for known > 0 && b.at(known) == 0 {
		known--
	}
	for k := p.ss; k <= p.se; k++ {
		if k > known && c.decide(&bins[3*(k-1)&255]) != 0 {
			return
		}
		for {
			if b.at(k) != 0 {
				b.grow(k, uint(p.al), int16(c.decide(&bins[(3*k-1)&255])))
				break
			}
			if c.decide(&bins[(3*k-2)&255]) != 0 {
				one := int16(1) << uint(p.al)
				if c.even() != 0 {
					one = -one
				}
				b.set(k, one)
				break
			}
			if k++; k > p.se {
				c.bad = true
				return
			}
		}
	}
}
