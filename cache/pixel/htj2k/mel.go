package htj2k

// mel decodes the runs of the adaptive run-length coder (T.814 7.3.3): events that
// say whether a quad of context 0 has significant samples.
type mel struct {
	data    []byte // not yet taken; the last with its lower four bits set
	acc     uint64 // bits taken, the first highest
	n       uint   // of them
	stuffed uint   // 1 after a byte FF
	k       uint   // state, 0 … 12
	left    int    // events of the run that are to come
	last    uint32 // 0, or all bits set where the last of them is 1
}

// runExponents are MEL_E of T.814 Table 2: a run in state k is of 2^e events at
// most.
var runExponents = [16]uint8{0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 4, 5}

const lastRunState = 12

// open starts at data, what MEL and VLC share without the last byte. Its last
// byte belongs to MEL with its upper half.
func (m *mel) open(data []byte) {
	*m = mel{data: data}
	m.run()
}

// event is the next one: 0, or all bits set for 1.
func (m *mel) event() uint32 {
	if m.left--; m.left > 0 {
		return 0
	}
	last := m.last
	m.run()
	return last
}

// fill takes bytes while they fit. After the end come bytes FF.
func (m *mel) fill() {
	for m.n <= 48 {
		b := uint64(0xFF)
		if len(m.data) > 0 {
			if b = uint64(m.data[0]); len(m.data) == 1 {
				b |= 0x0F
			}
			m.data = m.data[1:]
		}
		m.n += 8 - m.stuffed
		m.acc |= b & (0xFF >> m.stuffed) << (64 - m.n)
		m.stuffed = uint(b+1) >> 8
	}
}

// run reads how many events come, 1 to 32, and what the last of them is; the
// others are 0.
func (m *mel) run() {
	if m.n < 6 {
		m.fill()
	}
	e := uint(runExponents[m.k&15])
	if m.acc>>63 != 0 {
		m.acc, m.n = m.acc<<1, m.n-1
		m.k = min(m.k+1, lastRunState)
		m.left, m.last = 1<<e, 0
		return
	}
	m.left, m.last = int(m.acc>>(63-e))+1, ^uint32(0) // the first bit is 0
	m.acc, m.n = m.acc<<(e+1), m.n-e-1
	if m.k > 0 {
		m.k--
	}
}
