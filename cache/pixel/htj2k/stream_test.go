package htj2k

import (
	"bytes"
	"encoding/binary"
	"math/bits"
)

// segmentBits is a packet header in the making (T.800 B.10): highest bit first, a
// 0 after FF.
type segmentBits struct {
	out []byte
	acc uint
	n   uint
}

func (s *segmentBits) put(v uint, n int) {
	for i := n - 1; i >= 0; i-- {
		s.acc = s.acc<<1 | v>>i&1
		full := uint(8)
		if len(s.out) > 0 && s.out[len(s.out)-1] == 0xFF {
			full = 7
		}
		if s.n++; s.n == full {
			s.out = append(s.out, byte(s.acc))
			s.acc, s.n = 0, 0
		}
	}
}

// laid is how the passes of a block are spread: how many each layer brings, and how
// many sets of placeholder passes go before them.
type laid struct {
	layers []int
	sets   int
}

// codestream is an image of one component of 16 bits that is one code-block
// without a wavelet, so that its samples are the block's coefficients halved and
// moved up by 32768.
func codestream(b *Block, l laid) []byte {
	var s []byte
	marker := func(code uint16, body ...any) {
		var buf bytes.Buffer
		for _, x := range body {
			_ = binary.Write(&buf, binary.BigEndian, x)
		}
		s = binary.BigEndian.AppendUint16(s, code)
		s = binary.BigEndian.AppendUint16(s, uint16(buf.Len()+2))
		s = append(s, buf.Bytes()...)
	}
	w, h := uint32(b.Width), uint32(b.Height)
	s = append(s, 0xFF, 0x4F)
	marker(0xFF51, uint16(0x4000), w, h, uint32(0), uint32(0), w, h, uint32(0), uint32(0), uint16(1), byte(15), byte(1), byte(1))
	marker(0xFF50, uint32(0x00020000), uint16(0x0013))
	style := byte(0x40)
	if b.VCausal {
		style |= 8
	}
	marker(0xFF52, byte(0), byte(0), uint16(len(l.layers)), byte(0), byte(0), side(b.Width), side(b.Height), style, byte(1))
	marker(0xFF5C, byte(1<<5), byte((b.Planes+b.Zero)<<3))
	p := packets(b, l)
	marker(0xFF90, uint16(0), uint32(12+2+len(p)), byte(0), byte(1))
	s = append(append(s, 0xFF, 0x93), p...)
	return append(s, 0xFF, 0xD9)
}

// side is xcb−2 or ycb−2 of the smallest nominal block that holds n.
func side(n int) byte { return byte(max(bits.Len(uint(n-1)), 2) - 2) }

// packets are those of all layers: headers as T.800 B.10 and T.814 B.3 have them.
func packets(b *Block, l laid) (out []byte) {
	lblock, done, rest := 3, 0, b.Refinement
	for k, n := range l.layers {
		var s segmentBits
		var chunks [][]byte
		var extra []int
		s.put(1, 1) // not empty
		s.put(1, 1) // the block is in it
		if k == 0 {
			s.put(1, b.Zero-l.sets+1) // as many 0 bits as planes are missing
			chunks, extra = append(chunks, b.Cleanup), append(extra, bits.Len(uint(3*l.sets+1))-1)
			s.passes(n + 3*l.sets)
			done, n = 1, n-1
		} else {
			s.passes(n)
		}
		if n > 0 {
			part := rest
			if done+n < b.Passes {
				part = rest[:len(rest)/2]
			}
			chunks, extra = append(chunks, part), append(extra, bits.Len(uint(n))-1)
			done, rest = done+n, rest[len(part):]
		}
		lblock = s.lengths(chunks, extra, lblock)
		out = append(out, s.close()...)
		for _, c := range chunks {
			out = append(out, c...)
		}
	}
	return out
}

// passes is the number of passes, T.800 table B.4.
func (s *segmentBits) passes(n int) {
	switch {
	case n == 1:
		s.put(0, 1)
	case n == 2:
		s.put(2, 2)
	case n <= 5:
		s.put(uint(12+n-3), 4)
	default:
		s.put(uint(0b1111<<5+n-6), 9)
	}
}

func (s *segmentBits) lengths(chunks [][]byte, extra []int, lblock int) int {
	n := lblock
	for i, c := range chunks {
		n = max(n, bits.Len(uint(len(c)))-extra[i])
	}
	for range n - lblock {
		s.put(1, 1)
	}
	s.put(0, 1)
	for i, c := range chunks {
		s.put(uint(len(c)), n+extra[i])
	}
	return n
}

func (s *segmentBits) close() []byte {
	for s.n > 0 {
		s.put(0, 1)
	}
	if s.out[len(s.out)-1] == 0xFF {
		s.out = append(s.out, 0)
	}
	return s.out
}
