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

// weigh takes a decision (C.3.2) without a branch, since nothing foretells most of
// them: a has the Qe of state s off already, q is that Qe in place. lower is all ones if
// the code lies in the lower part of the interval, of size q, and 0 if in the upper,
// of size a; shift is what renews the interval; event is 0 if nothing needs renewal,
// else 2 for the more and 3 for the less probable symbol.
//
// A decision in full is
//
//	q := s & qeMask
//	a -= q
//	lower, shift, event := weigh(a, c, q, s)
//	a, c = (a^(a^q)&lower)<<(shift&63), (c-q&^lower)<<(shift&63)
//	s = follow[(s+event)&511]
//
// and the symbol the s before, >> mpsShift, and event differ in bit 0.
func weigh(a, c, q, s uint64) (lower, shift, event uint64) {
	_, borrow := bits.Sub64(c, q, 0)
	_, swap := bits.Sub64(a, q, 0)
	lower = -borrow
	full := uint64(int64(a) >> 63)
	shift = (2 - a>>62) &^ full // above Qe at most two shifts are needed
	shift ^= (shift ^ s>>qeShift&15) & lower
	return lower, shift, (lower^-swap)&1 + (lower|^full)&2
}

// decide decodes one decision in context k.
func (m *reader) decide(k int) uint64 {
	s := m.cx[k&31]
	q := s & qeMask
	a, c := m.a-q, m.c
	lower, shift, event := weigh(a, c, q, s)
	m.a, m.c = (a^(a^q)&lower)<<(shift&63), (c-q&^lower)<<(shift&63)
	m.cx[k&31] = follow[(s+event)&511]
	if m.ct -= int(shift); m.ct < 0 {
		m.c, m.ct = m.fill(m.c, m.ct)
	}
	return (s>>mpsShift ^ event) & 1
}
