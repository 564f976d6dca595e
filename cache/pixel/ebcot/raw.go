package ebcot

// raw reads the bits of a segment that bypasses the arithmetic coder (D.6): most
// significant first, a byte after 0xFF with seven of them; past the end all are ones.
type raw struct {
	buf  []byte // as reader.buf
	pos  int
	word uint32
	left int
}

func (b *raw) open(data []byte) {
	b.buf = append(append(b.buf[:0], data...), 0xFF, 0xFF)
	b.pos, b.word, b.left = 0, 0, 0
}

func (b *raw) bit() uint64 {
	if b.left == 0 {
		b.next()
	}
	b.left--
	return uint64(b.word>>b.left) & 1
}

func (b *raw) next() {
	v := b.buf[b.pos]
	b.left = 8
	switch {
	case b.word != 0xFF:
	case v > 0x8F:
		return
	default:
		b.left = 7
	}
	b.word = uint32(v)
	b.pos++
}

// rawSignificance is the significance propagation pass in raw bits.
func (d *Decoder) rawSignificance(plane int) {
	f := &d.field
	d.one = 3 << (plane - 1)
	for s := range f.stripes {
		for w := range f.words {
			i := f.wordAt(s, w)
			d.rawSignificanceWord(s, w, i, f.beside(i)&f.free[i])
		}
	}
}

func (d *Decoder) rawSignificanceWord(s, w, i int, todo uint64) {
	f := &d.field
	f.seen[i] = todo
	for todo != 0 {
		n := nextBit(todo)
		todo &= todo - 1
		if d.raw.bit() == 0 {
			continue
		}
		sign := d.raw.bit()
		f.mag[f.magAt(s, 16*w)+n] = d.one | uint32(sign)<<31
		f.mark(f.winAt(s, 16*w)+n>>2, n&3, sign)
		f.sig[i] |= 1 << n
		f.free[i] &^= 1 << n
		more := ahead[n&3] << n & f.free[i] &^ f.seen[i]
		todo |= more
		f.seen[i] |= more
	}
}

// rawRefinement is the magnitude refinement pass in raw bits.
func (d *Decoder) rawRefinement(plane int) {
	f := &d.field
	half := uint32(1) << (plane - 1)
	for s := range f.stripes {
		for w := range f.words {
			i := f.wordAt(s, w)
			todo := f.sig[i] &^ f.seen[i]
			f.fine[i] |= todo
			for ; todo != 0; todo &= todo - 1 {
				f.mag[f.magAt(s, 16*w)+nextBit(todo)] += 2*half&-uint32(d.raw.bit()) - half
			}
		}
	}
}
