package jpeg

import "encoding/binary"

// row decodes the differences of samples that lie one after another.
func (b *lossReader) row(t *lossTable, out []uint16) bool {
	for len(out) > 0 {
		run := out[:b.ready(len(out))]
		out = out[len(run):]
		for len(run) > 0 {
			if run = run[b.pairs(t, run):]; len(run) == 0 {
				break
			}
			d, ok := t.next(b)
			if !ok {
				return false
			}
			run[0], run = d, run[1:]
		}
		if b.left() < 0 {
			return false
		}
	}
	return true
}

// pairs decodes two samples after each look at the data, which has 56 bits for
// twice 25, up to a code that is not in the look-up. It returns how many samples
// it decoded.
func (b *lossReader) pairs(t *lossTable, out []uint16) int {
	acc, n, p, done := b.acc, b.n, b.p, len(out)&^1
	for i := 0; i < len(out)-1; i += 2 {
		at := p & inWindow
		acc |= binary.BigEndian.Uint64(b.buf[at:at+8]) >> (n & 63)
		p += int((63 - n) >> 3)
		n |= 56
		k := acc >> (64 - lookBits)
		take := t.take[k]
		if take == 0 {
			done = i
			break
		}
		out[i] = t.look[k].value(acc)
		acc <<= take & 63
		n -= uint(take)
		k = acc >> (64 - lookBits)
		if take = t.take[k]; take == 0 {
			done = i + 1
			break
		}
		out[i+1] = t.look[k].value(acc)
		acc <<= take & 63
		n -= uint(take)
	}
	b.acc, b.n, b.p = acc, n, p
	return done
}

// triples decodes the differences of three components, sample by sample in turns.
func (b *lossReader) triples(t *[4]lossTable, x, y, z []uint16) bool {
	for len(x) > 0 {
		k := b.ready(3*len(x)) / 3
		rows := [3][]uint16{x[:k], y[:k], z[:k]}
		for done := 0; done < 3*k; {
			i := done / 3
			done += b.turns(t, rows[0][i:], rows[1][i:], rows[2][i:])
			if done == 3*k {
				break
			}
			for c := done % 3; c < 3; c++ { // to the end of the pixel
				d, ok := t[c].next(b)
				if !ok {
					return false
				}
				rows[c][done/3] = d
				done++
			}
		}
		x, y, z = x[k:], y[k:], z[k:]
		if b.left() < 0 {
			return false
		}
	}
	return true
}

// turns is pairs for three components: it looks at the data twice a pixel.
func (b *lossReader) turns(t *[4]lossTable, x, y, z []uint16) int {
	acc, n, p, done := b.acc, b.n, b.p, 3*len(x)
	y, z = y[:len(x)], z[:len(x)]
	t0, t1, t2 := &t[0], &t[1], &t[2]
	for i := range x {
		at := p & inWindow
		acc |= binary.BigEndian.Uint64(b.buf[at:at+8]) >> (n & 63)
		p += int((63 - n) >> 3)
		n |= 56
		k := acc >> (64 - lookBits)
		take := t0.take[k]
		if take == 0 {
			done = 3 * i
			break
		}
		x[i] = t0.look[k].value(acc)
		acc <<= take & 63
		n -= uint(take)
		k = acc >> (64 - lookBits)
		if take = t1.take[k]; take == 0 {
			done = 3*i + 1
			break
		}
		y[i] = t1.look[k].value(acc)
		acc <<= take & 63
		n -= uint(take)
		at = p & inWindow
		acc |= binary.BigEndian.Uint64(b.buf[at:at+8]) >> (n & 63)
		p += int((63 - n) >> 3)
		n |= 56
		k = acc >> (64 - lookBits)
		if take = t2.take[k]; take == 0 {
			done = 3*i + 2
			break
		}
		z[i] = t2.look[k].value(acc)
		acc <<= take & 63
		n -= uint(take)
	}
	b.acc, b.n, b.p = acc, n, p
	return done
}
