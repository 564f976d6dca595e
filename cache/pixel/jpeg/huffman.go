package jpeg

import "bytes"

// huffSpec is a table as a DHT segment gives it (B.2.4.2): how many codes there
// are of each length 1 to 16, then their symbols. The slices lie in the stream.
type huffSpec struct{ counts, symbols []byte }

// lookBits is the length of codes that one look-up decodes.
const lookBits = 10

// huffTable decodes the codes of one spec. 2 KiB of look-ups and as much for
// longer codes.
type huffTable struct {
	// look, by the next lookBits bits: symbol<<8 | code length; 0 where the code is
	// longer or none.
	look    [1 << lookBits]uint16
	limit   [17]uint32 // by length: end of its codes, left-justified in 16 bits
	delta   [17]int32  // by length: index of the symbol less the code
	symbols [256]byte
	counts  [16]byte
	n       int // symbols; 0 before build
}

// same reports whether the table was built from such a spec.
func (t *huffTable) same(s huffSpec) bool {
	return t.n > 0 && bytes.Equal(t.counts[:], s.counts) && bytes.Equal(t.symbols[:t.n], s.symbols)
}

// build makes the table of C.2 and F.2.2.3. top is the largest symbol that may
// occur: 16 for categories of differences (15 outside lossless), 255 for AC.
func (t *huffTable) build(s huffSpec, top byte) error {
	if len(s.counts) != 16 || len(s.symbols) > 256 {
		return invalid("JPEG scan without its Huffman table")
	}
	t.n, t.look = 0, [1 << lookBits]uint16{}
	for _, v := range s.symbols {
		if v > top {
			return invalid("JPEG Huffman table with the category %d", v)
		}
	}
	code, k := uint32(0), 0
	for l := 1; l <= 16; l++ {
		n := int(s.counts[l-1])
		if k+n > len(s.symbols) || code+uint32(n) > 1<<uint(l) {
			return invalid("JPEG Huffman table with more codes than there are")
		}
		t.delta[l] = int32(k) - int32(code)
		for range n {
			t.enter(code, l, s.symbols[k])
			code, k = code+1, k+1
		}
		t.limit[l] = code << uint(16-l)
		code <<= 1
	}
	copy(t.counts[:], s.counts)
	copy(t.symbols[:], s.symbols)
	t.n = k
	return nil
}

func (t *huffTable) enter(code uint32, l int, symbol byte) {
	if l > lookBits {
		return
	}
	from := code << uint(lookBits-l)
	for i := range uint32(1) << uint(lookBits-l) {
		t.look[from+i] = uint16(symbol)<<8 | uint16(l)
	}
}

// decode takes one code and returns its symbol. A code that the table does not
// have sets b.bad and is symbol 0. It leaves at least 40 − 16 bits in b.
func (t *huffTable) decode(b *bitReader) int {
	if b.n < 40 {
		b.fill()
	}
	e := t.look[b.acc>>(64-lookBits)]
	if e == 0 {
		return t.long(b)
	}
	b.acc <<= e & 63
	b.n -= int(e & 63)
	return int(e >> 8)
}

// long decodes a code of more than lookBits bits, of which b must have 16.
func (t *huffTable) long(b *bitReader) int {
	symbol, l := t.find(b.acc)
	if l == 0 {
		b.bad = true
		return 0
	}
	b.acc <<= uint(l)
	b.n -= l
	return symbol
}

// find is the symbol of the code at the head of acc, and its length; length 0:
// there is no such code.
func (t *huffTable) find(acc uint64) (symbol, length int) {
	top := uint32(acc >> 48)
	for l := 1; l <= 16; l++ {
		if top < t.limit[l] {
			i := int32(top>>uint(16-l)) + t.delta[l]
			return int(t.symbols[i&255]), l
		}
	}
	return 0, 0
}
