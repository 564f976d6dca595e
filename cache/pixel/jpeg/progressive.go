package jpeg

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
	return f.visit(s, restart, func(i, at int) {
		decode(i, (*[64]int16)(c.blocks[i][64*at:]))
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
func (p *pass) huffman(progressive bool) (func(i int, b *[64]int16), error) {
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

func (p *pass) sequential(i int, b *[64]int16) {
	w := p.w
	w.bits.decodeBlock(&w.dc[i], &w.ac[i], &plain, &p.pred[i], &w.block)
	for k, v := range w.block {
		b[k] = int16(v)
	}
	w.block = [64]int32{}
}

func (p *pass) dcFirst(i int, b *[64]int16) {
	if size := p.w.dc[i].decode(&p.w.bits); size > 0 {
		p.pred[i] += extend(p.w.bits.bits(size), size)
	}
	b[0] = int16(p.pred[i] << uint(p.al))
}

func (p *pass) dcRefine(_ int, b *[64]int16) {
	if p.w.bits.bits(1) != 0 {
		b[0] |= 1 << uint(p.al)
	}
}

// acFirst decodes a band for the first time (G.1.2.2).
func (p *pass) acFirst(i int, b *[64]int16) {
	if p.eobrun > 0 {
		p.eobrun--
		return
	}
	bits, t := &p.w.bits, &p.w.ac[i]
	for k := p.ss; k <= p.se; k++ {
		symbol := t.decode(bits)
		run, size := symbol>>4, symbol&15
		switch {
		case size > 0:
			k += run
			if k > p.se {
				bits.bad = true
				return
			}
			b[zigzag[k&63]] = int16(extend(bits.bits(size), size) << uint(p.al))
		case run == 15:
			k += 15
		default:
			p.eobrun = 1<<uint(run) + int(bits.bits(run)) - 1
			return
		}
	}
}

// acRefine decodes one more bit of a band (G.1.2.3): corrections of coefficients
// that are not zero, and new ones among those that are.
func (p *pass) acRefine(i int, b *[64]int16) {
	bits, t := &p.w.bits, &p.w.ac[i]
	k := p.ss
	if p.eobrun == 0 {
		for k <= p.se {
			symbol := t.decode(bits)
			run, size := symbol>>4, symbol&15
			fresh := int16(0)
			switch {
			case size > 0: // always 1, says the standard; libjpeg too takes any for it
				fresh = -1 << uint(p.al)
				if bits.bits(1) != 0 {
					fresh = 1 << uint(p.al)
				}
			case run < 15:
				p.eobrun = 1<<uint(run) + int(bits.bits(run))
			}
			if p.eobrun > 0 {
				break
			}
			if k = p.correct(b, k, run); fresh != 0 {
				if k > p.se {
					bits.bad = true
					return
				}
				b[zigzag[k&63]] = fresh
			}
			k++
		}
	}
	if p.eobrun > 0 {
		p.correct(b, k, 64)
		p.eobrun--
	}
}

// correct goes from k past so many zeros and returns the index of the next,
// correcting what is not zero on the way.
func (p *pass) correct(b *[64]int16, k, zeros int) int {
	one := int16(1) << uint(p.al)
	for ; k <= p.se; k++ {
		v := &b[zigzag[k&63]]
		switch {
		case *v == 0:
			if zeros == 0 {
				return k
			}
			zeros--
		case p.w.bits.bits(1) != 0 && *v&one == 0:
			if *v > 0 {
				*v += one
			} else {
				*v -= one
			}
		}
	}
	return k
}
