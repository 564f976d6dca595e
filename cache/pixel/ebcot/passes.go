package ebcot

// significance is the significance propagation pass of a plane (D.3.1). plane is the
// number of the plane plus one: magnitudes are doubled.
func (d *Decoder) significance(plane int) {
	f := &d.field
	d.one = 3 << (plane - 1)
	for s := range f.stripes {
		for w := range f.words {
			i := f.wordAt(s, w)
			todo := f.beside(i) & f.free[i&1023]
			f.seen[i&1023] = todo
			if todo != 0 {
				d.significanceWord(s, w, i, todo)
			}
		}
	}
}

func (d *Decoder) significanceWord(s, w, i int, todo uint64) {
	f := &d.field
	a, c, ct := d.a, d.c, d.ct
	win, mag := f.winAt(s, 16*w), f.magAt(s, 16*w)
	free := f.free[i&1023]
	rest := free &^ todo // what may still join
	var found uint64
	for todo != 0 {
		n := nextBit(todo)
		todo &= todo - 1
		wi, r := win+n>>2, n&3
		k := d.zero[f.win[wi&4095]>>(3*r&63)&aroundMask]
		st := d.cx[k&31]
		q := st & qeMask
		a -= q
		lower, shift, event := weigh(a, c, q, st)
		a, c = (a^(a^q)&lower)<<(shift&63), (c-q&^lower)<<(shift&63)
		d.cx[k&31] = follow[(st+event)&511]
		if ct -= int(shift); ct < 0 {
			c, ct = d.fill(c, ct)
		}
		bit := (st>>mpsShift ^ event) & 1
		if bit != 0 {
			a, c, ct = d.found(wi, r, mag+n, a, c, ct)
			found |= 1 << n
			more := ahead[r] << n & rest
			todo |= more
			rest &^= more
		}
	}
	f.seen[i&1023] = free &^ rest
	f.sig[i&1023] |= found
	f.free[i&1023] = free &^ found
	d.a, d.c, d.ct = a, c, ct
}

// found decodes the sign of a sample that became significant (D.3.2), writes its
// magnitude and tells its neighbours. The registers come and go as arguments.
func (d *Decoder) found(wi, r, mi int, a, c uint64, ct int) (uint64, uint64, int) {
	f := &d.field
	around := f.win[wi&4095] >> (3 * r & 63)
	t := signTable[around&crossMask|around>>33&(crossMask>>1)]
	k := t >> 1
	st := d.cx[k&31]
	q := st & qeMask
	a -= q
	lower, shift, event := weigh(a, c, q, st)
	a, c = (a^(a^q)&lower)<<(shift&63), (c-q&^lower)<<(shift&63)
	d.cx[k&31] = follow[(st+event)&511]
	if ct -= int(shift); ct < 0 {
		c, ct = d.fill(c, ct)
	}
	bit := (st>>mpsShift ^ event ^ uint64(t)) & 1
	f.mag[mi&8191] = d.one | uint32(bit)<<31
	b, edge := 1|bit<<32, &f.edge[r&3] // mark, inlined
	f.tell(wi, b<<(3*(r+1)&63))
	f.tell(wi+edge.window, b*edge.bits)
	return a, c, ct
}

// refinement is the magnitude refinement pass of a plane (D.3.3).
func (d *Decoder) refinement(plane int) {
	f := &d.field
	d.one = 1 << plane
	for s := range f.stripes {
		for w := range f.words {
			i := f.wordAt(s, w)
			if todo := f.sig[i&1023] &^ f.seen[i&1023]; todo != 0 {
				d.refinementWord(f.magAt(s, 16*w), i, todo)
			}
		}
	}
}

func (d *Decoder) refinementWord(mag, i int, todo uint64) {
	f := &d.field
	a, c, ct := d.a, d.c, d.ct
	one, half := d.one, d.one>>1
	fine := f.fine[i&1023]
	f.fine[i&1023] |= todo
	beside := uint64(0)
	if todo&^fine != 0 {
		beside = f.beside(i)
	}
	beside |= fine
	for todo != 0 {
		n := nextBit(todo)
		todo &= todo - 1
		k := ctxRefine + beside>>n&1 + fine>>n&1
		st := d.cx[k&31]
		q := st & qeMask
		a -= q
		lower, shift, event := weigh(a, c, q, st)
		a, c = (a^(a^q)&lower)<<(shift&63), (c-q&^lower)<<(shift&63)
		d.cx[k&31] = follow[(st+event)&511]
		if ct -= int(shift); ct < 0 {
			c, ct = d.fill(c, ct)
		}
		bit := (st>>mpsShift ^ event) & 1
		f.mag[(mag+n)&8191] += one&-uint32(bit) - half
	}
	d.a, d.c, d.ct = a, c, ct
}

// cleanup is the clean-up pass of a plane (D.3.4).
func (d *Decoder) cleanup(plane int) {
	f := &d.field
	d.one = 3 << (plane - 1)
	for s := range f.stripes {
		whole := f.height-4*s >= 4
		for w := range f.words {
			i := f.wordAt(s, w)
			todo := f.free[i&1023] &^ f.seen[i&1023]
			f.seen[i&1023] = 0
			if whole && f.sig[i&1023]|f.beside(i) == 0 {
				todo = d.emptyColumns(todo)
			}
			if todo != 0 {
				d.cleanupWord(s, w, i, todo, whole)
			}
		}
	}
}

func (d *Decoder) cleanupWord(s, w, i int, todo uint64, whole bool) {
	f := &d.field
	a, c, ct := d.a, d.c, d.ct
	win, mag := f.winAt(s, 16*w), f.magAt(s, 16*w)
	var found uint64
	for todo != 0 {
		n := nextBit(todo)
		wi, r := win+n>>2, n&3
		around := f.win[wi&4095]
		k := int(d.zero[around>>(3*r&63)&aroundMask])
		coded := uint64(1)
		if around == 0 && r == 0 && whole {
			k, coded = ctxRun, 15
		}
		st := d.cx[k&31]
		q := st & qeMask
		bit := st >> mpsShift & 1
		if a -= q; int64(a) < 0 && c >= q {
			c -= q // most decisions here are foretold, so that a branch is less than weigh
		} else {
			lower, shift, event := weigh(a, c, q, st)
			a, c = (a^(a^q)&lower)<<(shift&63), (c-q&^lower)<<(shift&63)
			d.cx[k&31] = follow[(st+event)&511]
			if ct -= int(shift); ct < 0 {
				c, ct = d.fill(c, ct)
			}
			bit ^= event & 1
		}
		if bit != 0 {
			if k == ctxRun {
				d.a, d.c, d.ct = a, c, ct
				r = int(d.decide(ctxUniform)<<1 | d.decide(ctxUniform))
				a, c, ct = d.a, d.c, d.ct
				coded = 2<<r - 1
			}
			found |= (coded + 1) >> 1 << n
			a, c, ct = d.found(wi, r, mag+n&^3+r, a, c, ct)
		}
		todo &^= coded << n
	}
	f.sig[i&1023] |= found
	f.free[i&1023] &^= found
	d.a, d.c, d.ct = a, c, ct
}

// emptyColumns takes from the front of todo the columns of four that are run-lengths
// of zeros, as long as the interval need not be renewed: most of a word that nothing
// significant is in or near.
func (d *Decoder) emptyColumns(todo uint64) uint64 {
	a, c, st := d.a, d.c, d.cx[ctxRun]
	if st>>mpsShift&1 != 0 {
		return todo
	}
	q := st & qeMask
	n := 0
	for todo>>n != 0 && int64(a-q) < 0 && c >= q {
		a, c, n = a-q, c-q, n+4
	}
	d.a, d.c = a, c
	return todo >> n << n
}
