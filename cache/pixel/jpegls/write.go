package jpegls

import "encoding/binary"

// writer appends bits, highest first, and stuffs one behind each 0xFF (T.87 A.1).
type writer struct {
	b   []byte
	acc uint64 // bits not written yet, highest first
	n   uint   // how many; fewer than 32 between calls
	ff  bool   // the last byte written was 0xFF
}

// put appends the lowest n bits of v, at most 32; those above are 0.
func (w *writer) put(v uint64, n int) {
	w.n += uint(n)
	w.acc |= v << (64 - w.n)
	for w.n >= 32 {
		v := uint32(w.acc >> 32)
		if w.ff || v&^(v+0x01010101)&0x80808080 != 0 {
			w.byte()
			continue
		}
		w.b = binary.BigEndian.AppendUint32(w.b, v)
		w.acc <<= 32
		w.n -= 32
	}
}

// byte writes eight bits, or seven behind 0xFF.
func (w *writer) byte() {
	k := uint(8)
	if w.ff {
		k = 7
	}
	v := byte(w.acc >> (64 - k))
	w.b, w.ff = append(w.b, v), v == 0xFF
	w.acc <<= k
	w.n -= min(k, w.n)
}

// flush pads to a byte with zeros. A last 0xFF is followed by its stuffed bit.
func (w *writer) flush() {
	for w.n > 0 || w.ff {
		w.byte()
	}
}

// marker writes a marker and, where there is one, its segment.
func (w *writer) marker(m byte, segment ...byte) {
	w.b = append(w.b, 0xFF, m)
	if segment != nil {
		n := 2 + len(segment)
		w.b = append(append(w.b, byte(n>>8), byte(n)), segment...)
	}
}

// code writes a Golomb code of limited length (T.87 A.5.3).
func (w *writer) code(v, k, limit, qbpp int) {
	zeros := v >> k
	if zeros+1+k <= 32 && zeros < limit-qbpp-1 {
		w.put(uint64(1<<k|v&(1<<k-1)), zeros+1+k)
		return
	}
	if zeros >= limit-qbpp-1 {
		zeros, k, v = limit-qbpp-1, qbpp, v-1
	}
	for ; zeros >= 32; zeros -= 32 {
		w.put(0, 32)
	}
	w.put(1, zeros+1)
	w.put(uint64(v&(1<<k-1)), k)
}
