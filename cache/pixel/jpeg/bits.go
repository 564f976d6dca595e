package jpeg

import (
	"bytes"
	"encoding/binary"
)

// bitReader reads the bits of one scan's entropy-coded segments, the highest of a
// byte first, without the stuffed zeros (ISO/IEC 10918-1 B.1.1.5, F.2.2.5).
//
// It never reads past a marker or the end of src: from there on it gives zeros and
// counts them, and overrun says whether one was taken for data. Callers ask once a
// row, not once a symbol. bad is set by a code that its table does not have.
type bitReader struct {
	src  []byte
	pos  int
	acc  uint64 // the next bits, left-justified; below them zeros
	n    int    // bits in acc
	fake int    // bits given so far that are not in src
	bad  bool
}

// reset starts at the first byte of a scan.
func (b *bitReader) reset(src []byte) { *b = bitReader{src: src} }

// overrun reports whether more bits were taken than there are, or a code met
// that does not exist.
func (b *bitReader) overrun() bool { return b.fake > b.n || b.bad }

const (
	low8  = 0x0101010101010101
	high8 = 0x8080808080808080
)

// hasFF reports whether one of the eight bytes of x is 0xFF.
func hasFF(x uint64) bool { return (^x-low8)&x&high8 != 0 }

// fill makes n at least 56: enough for a code and the bits that follow it.
func (b *bitReader) fill() {
	if b.pos+8 <= len(b.src) {
		if x := binary.BigEndian.Uint64(b.src[b.pos:]); !hasFF(x) {
			// The bytes that fit in part are or-ed in too and will be again, the same.
			b.acc |= x >> uint(b.n)
			b.pos += (63 - b.n) >> 3
			b.n |= 56
			return
		}
	}
	b.fillSlowly()
}

func (b *bitReader) fillSlowly() {
	b.acc &= ^(^uint64(0) >> uint(b.n)) // what fill or-ed in beyond n
	for b.n <= 56 {
		c, ok := b.nextByte()
		if !ok {
			k := (64 - b.n) &^ 7
			b.fake += k
			b.n += k
			return
		}
		b.acc |= uint64(c) << uint(56-b.n)
		b.n += 8
	}
}

// nextByte takes a byte of data; at a marker or the end it takes none.
func (b *bitReader) nextByte() (byte, bool) {
	if b.pos >= len(b.src) {
		return 0, false
	}
	c := b.src[b.pos]
	if c != 0xFF {
		b.pos++
		return c, true
	}
	at := b.pos + 1
	for at < len(b.src) && b.src[at] == 0xFF { // fill bytes
		at++
	}
	if at >= len(b.src) || b.src[at] != 0 {
		return 0, false
	}
	b.pos = at + 1
	return 0xFF, true
}

// bits takes k bits, 0 to 32.
func (b *bitReader) bits(k int) uint32 {
	if b.n < k {
		b.fill()
	}
	v := uint32(b.acc >> 1 >> uint(63-k))
	b.acc <<= uint(k)
	b.n -= k
	return v
}

// extend is the value of k extra bits v (F.2.2.1, table F.1): those without a
// leading one are negative. k is at most 16.
func extend(v uint32, k int) int32 {
	if k > 0 && v>>uint(k-1) == 0 {
		return int32(v) - int32(1)<<uint(k) + 1
	}
	return int32(v)
}

// restart ends an interval and goes behind the marker RSTk (k modulo 8). It is
// false where the interval took more bits than it has, and where the next marker
// is another one. Bytes left over before the marker are passed by.
func (b *bitReader) restart(k int) bool {
	if b.overrun() {
		return false
	}
	at := b.pos
	for {
		i := bytes.IndexByte(b.src[at:], 0xFF)
		if i < 0 || at+i+1 >= len(b.src) {
			return false
		}
		at += i + 1
		if c := b.src[at]; c != 0 && c != 0xFF {
			*b = bitReader{src: b.src, pos: at + 1}
			return c == 0xD0|byte(k&7)
		}
	}
}
