package ebcot

import "math/bits"

// writer is the MQ encoder of C.2, its registers those of figure C.4: out[len−1] is
// the byte B that a carry may still reach; the first byte of out is none of the data.
type writer struct {
	a, c uint32
	ct   int
	out  []byte
	cx   ctxStates
}

// open begins a segment (INITENC, C.2.8); the contexts stay.
func (m *writer) open() {
	m.out = append(m.out[:0], 0)
	m.a, m.c, m.ct = 0x8000, 0, 12
}

// code encodes one decision in context k (C.2.2 to C.2.6).
func (m *writer) code(k int, bit uint64) {
	s := m.cx[k&31]
	qe := uint32(s >> 48)
	m.a -= qe
	if bit == s>>mpsShift&1 {
		if m.a&0x8000 != 0 {
			m.c += qe
			return
		}
		m.cx[k&31] = follow[(s+2)&511]
		if m.a < qe {
			m.a = qe
		} else {
			m.c += qe
		}
	} else {
		m.cx[k&31] = follow[(s+3)&511]
		if m.a < qe {
			m.c += qe
		} else {
			m.a = qe
		}
	}
	m.renew()
}

// renew shifts the interval back to its size (RENORME, C.2.6).
func (m *writer) renew() {
	n := bits.LeadingZeros16(uint16(m.a))
	m.a <<= n
	for n >= m.ct {
		m.c <<= m.ct
		n -= m.ct
		m.emit()
	}
	m.c <<= n
	m.ct -= n
}

// emit moves a byte out of c (BYTEOUT, C.2.7).
func (m *writer) emit() {
	b := &m.out[len(m.out)-1]
	if *b != 0xFF && m.c >= 1<<27 {
		*b++
		m.c &= 1<<27 - 1
	}
	if *b == 0xFF {
		m.out = append(m.out, byte(m.c>>20))
		m.c &= 1<<20 - 1
		m.ct = 7
		return
	}
	m.out = append(m.out, byte(m.c>>19))
	m.c &= 1<<19 - 1
	m.ct = 8
}

// close ends the segment (FLUSH, C.2.9) and returns its bytes, good until open.
func (m *writer) close() []byte {
	end := m.c + m.a // SETBITS
	if m.c |= 0xFFFF; m.c >= end {
		m.c -= 0x8000
	}
	for range 2 {
		m.c <<= m.ct
		m.emit()
	}
	out := m.out[1:]
	if n := len(out); n > 0 && out[n-1] == 0xFF {
		out = out[:n-1]
	}
	return out
}
