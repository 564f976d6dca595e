package htj2k

import (
	"math/bits"
)

// The writer of the tests: plain, sample by sample, after the standard's text and
// not after the decoder.

// stuffer writes bits to a segment, the first lowest, with the two rules of
// T.814 7.1: forward, seven bits after FF; backward, seven where they are all 1
// after a byte over 8F.
type stuffer struct {
	out      []byte
	acc      uint64
	n        int
	last     byte
	backward bool
}

func (s *stuffer) put(v uint64, n int) {
	for i := range n {
		s.acc |= (v >> i & 1) << s.n
		s.n++
		full := 8
		switch {
		case s.backward && s.last > 0x8F && s.acc == 0x7F && s.n == 7:
			full = 7
		case !s.backward && s.last == 0xFF:
			full = 7
		}
		if s.n == full {
			s.flush()
		}
	}
}

func (s *stuffer) flush() {
	s.last = byte(s.acc)
	s.out = append(s.out, s.last)
	s.acc, s.n = 0, 0
}

// reversed is a backward segment in the order of the file.
func (s *stuffer) reversed() []byte {
	if s.n > 0 {
		s.flush()
	}
	r := make([]byte, 0, len(s.out))
	for i := len(s.out) - 1; i >= 0; i-- {
		r = append(r, s.out[i])
	}
	return r
}

// melWriter is the run-length coder, bits highest first.
type melWriter struct {
	out    []byte
	acc, n uint
	run, k int
}

func (m *melWriter) bit(b uint) {
	m.acc = m.acc<<1 | b
	full := uint(8)
	if len(m.out) > 0 && m.out[len(m.out)-1] == 0xFF {
		full = 7
	}
	if m.n++; m.n == full {
		m.out = append(m.out, byte(m.acc))
		m.acc, m.n = 0, 0
	}
}

func (m *melWriter) event(one bool) {
	e := int(runExponents[m.k])
	if one {
		m.bit(0)
		for i := e - 1; i >= 0; i-- {
			m.bit(uint(m.run >> i & 1))
		}
		m.run, m.k = 0, max(m.k-1, 0)
		return
	}
	if m.run++; m.run == 1<<e {
		m.bit(1)
		m.run, m.k = 0, min(m.k+1, lastRunState)
	}
}

func (m *melWriter) close() []byte {
	if m.run > 0 {
		m.bit(1)
	}
	for m.n > 0 {
		m.bit(0)
	}
	return m.out
}

// writer has the coefficients of a block, as sign and magnitude.
type writer struct {
	w, h    int
	mag     []uint32
	neg     []bool
	plane   uint // that of the cleanup pass
	vcausal bool

	ms, vlc stuffer
	mel     melWriter
	codes   [2][8][]code
}

func newWriter(v []int32, w, h int, plane uint) *writer {
	e := &writer{w: w, h: h, mag: make([]uint32, w*h), neg: make([]bool, w*h), plane: plane}
	for i, x := range v {
		e.mag[i], e.neg[i] = uint32(max(x, -x)), x < 0
	}
	for c := range 8 {
		e.codes[0][c], e.codes[1][c] = parseCodes(initialCodes[c]), parseCodes(otherCodes[c])
	}
	return e
}

// mu is the magnitude in the cleanup pass; 0 outside.
func (e *writer) mu(x, y int) uint32 {
	if x < 0 || y < 0 || x >= e.w || y >= e.h {
		return 0
	}
	return e.mag[y*e.w+x] >> e.plane
}

func (e *writer) sig(x, y int) uint32 {
	if e.mu(x, y) > 0 {
		return 1
	}
	return 0
}

// exponent is E_n.
func (e *writer) exponent(x, y int) int {
	if m := e.mu(x, y); m > 0 {
		return bits.Len32(2*m - 1)
	}
	return 0
}

// coded is what a quad comes to.
type coded struct {
	rho, ek uint32
	u, U    int
}

func (e *writer) quad(qx, qy int) coded {
	x, y := 2*qx, 2*qy
	var q coded
	most, same := 0, uint32(0)
	for n := range 4 {
		k := e.exponent(x+n/2, y+n%2)
		q.rho |= e.sig(x+n/2, y+n%2) << n
		if k > most {
			most, same = k, 0
		}
		if k == most && k > 0 {
			same |= 1 << n
		}
	}
	kappa, context := 1, 0
	if qy == 0 {
		context = int((e.sig(x-2, 0) | e.sig(x-2, 1)) + 2*e.sig(x-1, 0) + 4*e.sig(x-1, 1))
	} else {
		context = int((e.sig(x-1, y-1) | e.sig(x, y-1)) + 2*(e.sig(x-1, y)|e.sig(x-1, y+1)) + 4*(e.sig(x+1, y-1)|e.sig(x+2, y-1)))
		if q.rho&(q.rho-1) != 0 {
			around := max(e.exponent(x-1, y-1), e.exponent(x, y-1), e.exponent(x+1, y-1), e.exponent(x+2, y-1))
			kappa = max(1, around-1)
		}
	}
	if context == 0 {
		if e.mel.event(q.rho != 0); q.rho == 0 {
			return q
		}
	}
	q.U = max(most, kappa)
	q.u = q.U - kappa
	c := e.choose(e.codes[min(qy, 1)][context], q.rho, q.u > 0, same)
	q.ek = c.ek
	e.vlc.put(uint64(c.word), c.n)
	return q
}

// choose takes of the fitting codewords that which saves the most.
func (e *writer) choose(list []code, rho uint32, offset bool, same uint32) (best code) {
	for _, c := range list {
		if c.rho != rho || c.offset != offset || c.ek&same != c.e1 {
			continue
		}
		if best.n == 0 || bits.OnesCount32(c.ek)-c.n > bits.OnesCount32(best.ek)-best.n {
			best = c
		}
	}
	if best.n == 0 {
		panic("no codeword")
	}
	return best
}

// uCode is prefix and suffix of u.
func uCode(u int) (prefix, n, suffix, m int) {
	switch {
	case u <= 0:
		return 0, 0, 0, 0
	case u <= 2:
		return u, u, 0, 0 // 1, 01
	case u <= 4:
		return 4, 3, u - 3, 1
	}
	return 0, 3, u - 5, 5
}

func (e *writer) pair(a, b coded, first bool) {
	u0, u1 := a.u, b.u
	short := false
	if first && u0 > 0 && u1 > 0 {
		long := min(u0, u1) > 2
		e.mel.event(long)
		if long {
			u0, u1 = u0-2, u1-2
		} else {
			short = u0 > 2
		}
	}
	p0, n0, s0, m0 := uCode(u0)
	p1, n1, s1, m1 := uCode(u1)
	if short {
		p1, n1, s1, m1 = u1-1, 1, 0, 0
	}
	e.vlc.put(uint64(p0), n0)
	e.vlc.put(uint64(p1), n1)
	e.vlc.put(uint64(s0), m0)
	e.vlc.put(uint64(s1), m1)
}

func (e *writer) samples(q coded, x, y int) {
	for n := range 4 {
		if q.rho>>n&1 == 0 {
			continue
		}
		i := (y+n%2)*e.w + x + n/2
		v := 2 * uint64(e.mag[i]>>e.plane-1)
		if e.neg[i] {
			v++
		}
		e.ms.put(v, q.U-int(q.ek>>n&1))
	}
}

// cleanup is the segment of the HT cleanup pass.
func (e *writer) cleanup() []byte {
	e.vlc = stuffer{backward: true, last: 0xFF, acc: 15, n: 4}
	wide := (e.w + 1) / 2
	for qy := range (e.h + 1) / 2 {
		for qx := 0; qx < wide; qx += 2 {
			a, b := e.quad(qx, qy), coded{}
			if qx+1 < wide {
				b = e.quad(qx+1, qy)
			}
			e.pair(a, b, qy == 0)
			e.samples(a, 2*qx, 2*qy)
			e.samples(b, 2*qx+2, 2*qy)
		}
	}
	if e.ms.n > 0 {
		full := 8
		if e.ms.last == 0xFF {
			full = 7
		}
		e.ms.put(^uint64(0), full-e.ms.n)
	}
	out := e.ms.out
	if len(out) > 0 && out[len(out)-1] == 0xFF {
		out = out[:len(out)-1]
	}
	tail := append(e.mel.close(), e.vlc.reversed()...)
	tail = append(tail, 0xFF)
	k := len(tail)
	tail[k-1], tail[k-2] = byte(k>>4), tail[k-2]&0xF0|byte(k&15)
	return append(out, tail...)
}

// refinement is the segment of SigProp and, of three passes, MagRef.
func (e *writer) refinement(passes int) []byte {
	sp, mr := stuffer{}, stuffer{backward: true, last: 0xFF}
	below := e.plane - 1
	found := make([]bool, len(e.mag))
	near := func(x, y int) bool {
		for j := y - 1; j <= y+1; j++ {
			for i := x - 1; i <= x+1; i++ {
				if e.vcausal && j/4 > y/4 {
					continue
				}
				if i >= 0 && j >= 0 && i < e.w && j < e.h && (e.sig(i, j) == 1 || found[j*e.w+i]) {
					return true
				}
			}
		}
		return false
	}
	for y := 0; y < e.h; y += 4 {
		for x := 0; x < e.w; x += 4 {
			var signs []bool
			for i := x; i < min(x+4, e.w); i++ {
				for j := y; j < min(y+4, e.h); j++ {
					bit, k := uint64(e.mag[j*e.w+i]>>below&1), j*e.w+i
					switch {
					case e.sig(i, j) == 1:
						mr.put(bit, 1)
					case near(i, j):
						sp.put(bit, 1)
						if bit == 1 {
							found[k] = true
							signs = append(signs, e.neg[k])
						}
					}
				}
			}
			for _, s := range signs {
				if s {
					sp.put(1, 1)
				} else {
					sp.put(0, 1)
				}
			}
		}
	}
	if sp.n > 0 {
		sp.flush()
	}
	if passes == 2 {
		return sp.out
	}
	return append(sp.out, mr.reversed()...)
}
