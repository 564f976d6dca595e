package jpeg

import "encoding/binary"

// acBits is the length of codes and values together that one look-up decodes.
const acBits = 11

// acTable decodes AC coefficients: run, size and, where they fit, the value's bits
// in one look-up (8 KiB).
type acTable struct {
	huffTable
	// fast, by the next acBits bits:
	//	bits 0–5    how many bits it takes
	//	bits 8–15   by how much the index moves: run + 1; 16 for ZRL; acEnd + run
	//	            where a block ends, run being that of EOBn, 0 for EOB
	//	bits 16–31  the value, signed
	// 0 where code and value are longer than acBits.
	fast [1 << acBits]uint32
}

const acEnd = 128

// buildAC makes both tables, unless they are those of s already.
func (t *acTable) buildAC(s huffSpec) error {
	if t.same(s) {
		return nil
	}
	if err := t.build(s, 255); err != nil {
		return err
	}
	for i := range t.fast {
		t.fast[i] = 0
		acc := uint64(i) << (64 - acBits)
		symbol, l := t.find(acc)
		run, size := uint32(symbol>>4), symbol&15
		switch {
		case l == 0 || l+size > acBits:
		case size > 0:
			v := extend(uint32(acc<<uint(l)>>uint(64-size)), size)
			t.fast[i] = uint32(v)<<16 | (run+1)<<8 | uint32(l+size)
		case run == 15:
			t.fast[i] = 16<<8 | uint32(l)
		default: // any EOBn ends a sequential block too, as in libjpeg
			t.fast[i] = (acEnd+run)<<8 | uint32(l)
		}
	}
	return nil
}

// decodeBlock decodes one block of a sequential scan (F.2.2) into w.block,
// dequantised, and returns the zigzag index of its last coefficient.
func (b *bitReader) decodeBlock(dc *huffTable, ac *acTable, q *[64]int32, pred *int32, block *[64]int32) (last int) {
	if size := dc.decode(b); size > 0 {
		*pred += extend(b.bits(size), size)
	}
	block[0] = int32(int16(*pred)) * q[0]
	acc, n := b.acc, b.n
	k := 1
	for k < 64 {
		if n < 32 {
			if pos := b.pos; pos+8 <= len(b.src) {
				if x := binary.BigEndian.Uint64(b.src[pos:]); !hasFF(x) {
					acc |= x >> uint(n&63)
					b.pos = pos + (63-n)>>3
					n |= 56
					goto filled
				}
			}
			b.acc, b.n = acc, n
			b.fillSlowly()
			acc, n = b.acc, b.n
		}
	filled:
		e := ac.fast[acc>>(64-acBits)]
		if e == 0 {
			b.acc, b.n = acc, n
			e = ac.slow(b)
			acc, n = b.acc, b.n
		} else {
			acc <<= e & 63
			n -= int(e & 63)
		}
		k += int(e >> 8 & 255)
		if k > 64 {
			break
		}
		last = k - 1
		block[zigzag[last&63]&63] = int32(e) >> 16 * q[last&63]
	}
	b.acc, b.n = acc, n
	if k > 64 && k < acEnd {
		b.bad = true
	}
	return last
}

// slow is the entry of a code that fast does not have. It takes its bits.
func (t *acTable) slow(b *bitReader) uint32 {
	symbol := t.decode(b)
	run, size := uint32(symbol>>4), symbol&15
	switch {
	case size > 0:
		return uint32(extend(b.bits(size), size))<<16 | (run+1)<<8
	case run == 15:
		return 16 << 8
	}
	return (acEnd + run) << 8
}
