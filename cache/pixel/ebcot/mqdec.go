package ebcot

import (
	"encoding/binary"
	"math/bits"
)

// reader is the MQ decoder of C.3 over one codeword segment. Its registers a and c
// are those of the standard moved up, so that Chigh is the topmost 16 bits of c: below
// it there is room for 48 bits and fill is called once for several bytes. ct counts
// the bits of c below Chigh that have been filled.
//
// The passes keep a, c and ct in variables of their own and leave them here between.
type reader struct {
	a, c uint64
	ct   int
	buf  []byte // the segment and two bytes 0xFF, which stop it: D.4.1
	pos  int    // the next byte of buf
	last byte   // the one before it
	cx   ctxStates
}

// open begins a segment (INITDEC, C.3.5).
func (m *reader) open(data []byte) {
	m.buf = append(append(m.buf[:0], data...), 0xFF, 0xFF, 0, 0, 0, 0)
	m.pos, m.last = 1, m.buf[0]
	m.a = 0x8000 << 48
	// The first byte stands at bits 16 to 23 of the standard's register, then 7 shifts.
	m.c, m.ct = m.fill(uint64(m.buf[0])<<(48+7), -7)
}

// fill adds bytes to c until more than 32 bits wait below Chigh (BYTEIN, C.3.4). A
// byte that carries into Chigh, which no encoder writes, waits for its turn.
func (m *reader) fill(c uint64, ct int) (uint64, int) {
	if w := binary.BigEndian.Uint32(m.buf[m.pos:]); ct <= 16 && m.last != 0xFF && !hasFF(w) {
		m.pos += 4
		m.last = byte(w)
		return c + uint64(w)<<(16-ct), ct + 32
	}
	for ct <= 32 {
		b := m.buf[m.pos]
		switch {
		case m.last != 0xFF:
			c += uint64(b) << (40 - ct)
			ct += 8
		case b > 0x8F: // a marker: ones from here on
			c += 0xFF << (40 - ct)
			ct += 8
			continue
		case b >= 0x80 && ct >= 0:
			return c, ct
		default:
			c += uint64(b) << (41 - ct)
			ct += 7
		}
		m.last = b
		m.pos++
	}
	return c, ct
}

// hasFF says whether one of the four bytes is 0xFF.
func hasFF(w uint32) bool { return (^w-0x01010101)&w&0x80808080 != 0 }

// split is the rest of a decision (C.3.2) that leaves the interval too small: s is the
// state, q its Qe in place, a has Qe off already. It returns the registers before they
// are shifted, by how much they are to be, and 1 if the decision was the less probable
// symbol.
func split(a, c, q, s uint64) (uint64, uint64, uint64, uint64) {
	c, lower := bits.Sub64(c, q, 0)
	_, swap := bits.Sub64(a, q, 0)
	m := -lower
	n := 2 - a>>62 // above Qe at most two shifts are needed
	n ^= (n ^ s>>qeShift&15) & m
	return a ^ (a^q)&m, c + q&m, n, (m ^ -swap) & 1
}

// decide decodes one decision in context k (C.3.2).
func (m *reader) decide(k int) uint64 {
	s := m.cx[k&31]
	q := s & qeMask
	m.a -= q
	if int64(m.a) < 0 && m.c >= q {
		m.c -= q
		return s >> mpsShift & 1
	}
	a, c, n, lps := split(m.a, m.c, q, s)
	m.cx[k&31] = follow[(s+2+lps)&511]
	m.a, m.c = a<<(n&63), c<<(n&63)
	if m.ct -= int(n); m.ct < 0 {
		m.c, m.ct = m.fill(m.c, m.ct)
	}
	return s>>mpsShift&1 ^ lps
}
