package ebcot

import "math/bits"

// Encoder encodes blocks. Its zero value is ready and serves one goroutine at a time.
type Encoder struct {
	field
	writer
	zero *[512]uint8
}

// Encode codes the w × h coefficients of in, rows stride apart, without loss in one
// codeword segment and no style bits. data is the encoder's own until the next call;
// passes is 0 where all coefficients are 0, else 3·planes−2. Magnitudes must be less
// than 2³¹; w and h as Width and Height of a Block.
func (e *Encoder) Encode(in []int32, stride, w, h, orient int) (data []byte, passes, planes int) {
	e.field.reset(w, h, false)
	planes = e.load(in, stride)
	if planes == 0 {
		return nil, 0, 0
	}
	e.zero = &zeroTables[orient]
	e.cx = fresh
	e.open()
	for p := planes - 1; p >= 0; p-- {
		if p < planes-1 {
			e.significance(p)
			e.refinement(p)
		}
		e.cleanup(p)
	}
	return e.close(), 3*planes - 2, planes
}

// load takes the coefficients as sign and magnitude and returns how many planes the
// largest needs.
func (e *Encoder) load(in []int32, stride int) int {
	var all uint32
	for y := range e.height {
		row := in[y*stride:][:e.width]
		at := e.magAt(y/4, 0) + y%4
		for x, v := range row {
			s := uint32(v>>31) & signBit
			m := uint32((v ^ v>>31) - v>>31)
			all |= m
			e.mag[at+4*x] = m | s
		}
	}
	return bits.Len32(all)
}

// significance is the significance propagation pass of plane p (D.3.1).
func (e *Encoder) significance(p int) {
	for s := range e.stripes {
		for w := range e.words {
			i := e.wordAt(s, w)
			todo := e.beside(i) & e.free[i]
			e.seen[i] = todo
			for todo != 0 {
				n := nextBit(todo)
				todo &= todo - 1
				if e.zeroCoding(s, w, i, n, p) {
					more := ahead[n&3] << n & e.free[i] &^ e.seen[i]
					todo |= more
					e.seen[i] |= more
				}
			}
		}
	}
}

// zeroCoding codes whether sample n of the word becomes significant (D.3.1), and its
// sign if so.
func (e *Encoder) zeroCoding(s, w, i, n, p int) bool {
	around := e.win[e.winAt(s, 16*w+n>>2)] >> (3 * (n & 3)) & aroundMask
	bit := e.mag[e.magAt(s, 16*w)+n] >> p & 1
	e.code(int(e.zero[around]), uint64(bit))
	if bit != 0 {
		e.found(s, w, i, n)
	}
	return bit != 0
}

// found codes the sign of sample n of the word (D.3.2) and tells its neighbours.
func (e *Encoder) found(s, w, i, n int) {
	wi := e.winAt(s, 16*w+n>>2)
	around := e.win[wi] >> (3 * (n & 3))
	t := signTable[around&crossMask|around>>33&(crossMask>>1)]
	sign := uint64(e.mag[e.magAt(s, 16*w)+n] >> 31)
	e.code(int(t>>1), sign^uint64(t&1))
	e.mark(wi, n&3, sign)
	e.sig[i] |= 1 << n
	e.free[i] &^= 1 << n
}

// refinement is the magnitude refinement pass of plane p (D.3.3).
func (e *Encoder) refinement(p int) {
	for s := range e.stripes {
		for w := range e.words {
			i := e.wordAt(s, w)
			todo := e.sig[i] &^ e.seen[i]
			beside, fine := e.beside(i)|e.fine[i], e.fine[i]
			e.fine[i] |= todo
			for ; todo != 0; todo &= todo - 1 {
				n := nextBit(todo)
				k := ctxRefine + beside>>n&1 + fine>>n&1
				e.code(int(k), uint64(e.mag[e.magAt(s, 16*w)+n]>>p&1))
			}
		}
	}
}

// cleanup is the clean-up pass of plane p (D.3.4).
func (e *Encoder) cleanup(p int) {
	for s := range e.stripes {
		for w := range e.words {
			i := e.wordAt(s, w)
			todo := e.free[i] &^ e.seen[i]
			e.seen[i] = 0
			for todo != 0 {
				n := nextBit(todo)
				if n&3 == 0 && e.height-4*s >= 4 && e.win[e.winAt(s, 16*w+n>>2)] == 0 {
					todo &^= (1<<e.runLength(s, w, i, n, p) - 1) << n
					continue
				}
				todo &= todo - 1
				e.zeroCoding(s, w, i, n, p)
			}
		}
	}
}

// runLength codes a column of four with nothing around it (D.3.4) up to its first
// significant sample, and returns how many samples that was.
func (e *Encoder) runLength(s, w, i, n, p int) int {
	m := e.mag[e.magAt(s, 16*w)+n:][:4]
	r := 0
	for r < 4 && m[r]>>p&1 == 0 {
		r++
	}
	if r == 4 {
		e.code(ctxRun, 0)
		return 4
	}
	e.code(ctxRun, 1)
	e.code(ctxUniform, uint64(r>>1))
	e.code(ctxUniform, uint64(r&1))
	e.found(s, w, i, n+r)
	return r + 1
}
