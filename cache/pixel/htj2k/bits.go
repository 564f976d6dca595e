package htj2k

import (
	"encoding/binary"
	"math/bits"
)

// A bitBuffer holds bits after unstuffing, the first lowest, so that any 57 of
// them are one load and one shift away. It is larger than any pass can need: 4096
// samples of 31 bits, and one row more read past the end before that is noticed.
const (
	bufferBytes = 1 << 15
	usefulBytes = 1 << 14
)

type bitBuffer struct {
	b   [bufferBytes + 8]byte
	end int // bits that the segment had
}

// at is the 57 bits from bit i on, and some.
func (s *bitBuffer) at(i int) uint64 {
	return s.word(uint(i)>>3) >> (uint(i) & 7)
}

// word is the 8 bytes from byte i on.
func (s *bitBuffer) word(i uint) uint64 {
	return binary.LittleEndian.Uint64(s.b[i&(bufferBytes-1):])
}

// bitReader is how far a bitBuffer has been read from its start.
type bitReader struct {
	w    uint64 // the next bits, and more above them
	n    uint   // how many of them count
	next uint   // the byte after these
}

// taken is how many bits have been read.
func (r *bitReader) taken() int { return int(r.next<<3 - r.n) }

// bitWriter fills a bitBuffer, eight bytes at a time.
type bitWriter struct {
	s   *bitBuffer
	acc uint64
	n   uint // bits in acc, 0 … 63
	i   int  // bytes written, multiple of 8
}

// put8 appends 8 bytes.
func (w *bitWriter) put8(x uint64) {
	binary.LittleEndian.PutUint64(w.s.b[w.i&(bufferBytes-1):], w.acc|x<<w.n)
	w.i += 8
	w.acc = x >> (64 - w.n)
}

// put appends the lowest n ≤ 8 bits of x, which has no others.
func (w *bitWriter) put(x uint64, n uint) {
	w.acc |= x << w.n
	if w.n += n; w.n < 64 {
		return
	}
	binary.LittleEndian.PutUint64(w.s.b[w.i&(bufferBytes-1):], w.acc)
	w.i += 8
	w.n -= 64
	w.acc = x >> (n - w.n)
}

// close ends the bits and puts 16 bytes of fill after them.
func (w *bitWriter) close(fill uint64) {
	w.s.end = w.i<<3 + int(w.n)
	w.put8(fill)
	w.put8(fill)
	w.put8(fill)
}

const (
	everyByte = 0x0101010101010101
	everyHigh = 0x8080808080808080
	everyLow  = 0x7F7F7F7F7F7F7F7F
)

// zeroByte tells whether a byte of x is 0.
func zeroByte(x uint64) bool { return (x-everyByte)&^x&everyHigh != 0 }

// forward unstuffs a segment that grows forward, MagSgn or SigProp (T.814 7.1.2,
// 7.1.5): of a byte after FF the highest bit is left out. After the end come fill
// bits, all 0 or all 1.
func (s *bitBuffer) forward(data []byte, fill uint64) {
	w := bitWriter{s: s}
	data = data[:min(len(data), usefulBytes)]
	stuffed := uint(0) // 1 after a byte FF
	for len(data) > 0 {
		if len(data) >= 8 && stuffed == 0 {
			if x := binary.LittleEndian.Uint64(data); !zeroByte(^x) {
				w.put8(x)
				data = data[8:]
				continue
			}
		}
		n := min(len(data), 8)
		for _, b := range data[:n] {
			w.put(uint64(b)&(0xFF>>stuffed), 8-stuffed)
			stuffed = (uint(b) + 1) >> 8
		}
		data = data[n:]
	}
	w.close(fill)
}

// backward unstuffs a segment that grows backward from the end of data, VLC or
// MagRef (T.814 7.1.4, 7.1.6): a byte whose lower seven bits are all 1 has only
// them where the one before it in reading order, at first last, is over 8F. The
// first bits are given.
func (s *bitBuffer) backward(data []byte, first uint64, n uint, last byte) {
	w := bitWriter{s: s, acc: first, n: n}
	data = data[max(0, len(data)-usefulBytes):]
	for len(data) > 0 {
		k := max(0, len(data)-8)
		if len(data) >= 8 {
			x := bits.ReverseBytes64(binary.LittleEndian.Uint64(data[k:]))
			if !zeroByte((x ^ everyLow) & everyLow) {
				w.put8(x)
				last = byte(x >> 56)
				data = data[:k]
				continue
			}
		}
		for i := len(data) - 1; i >= k; i-- {
			b, n := data[i], uint(8)
			if last > 0x8F && b&0x7F == 0x7F {
				b, n = 0x7F, 7
			}
			w.put(uint64(b), n)
			last = b
		}
		data = data[:k]
	}
	w.close(0)
}
