package jpegls

import (
	"encoding/binary"
	"math/bits"
)

// scan decodes the lines of one scan.
type scan struct {
	reader
	model
}

// line decodes a line of one component. prev and cur hold a sample more on
// either side: T.87 A.2.1 says what stands outside the image. runIndex is that
// of the component.
func (s *scan) line(prev, cur []uint16, runIndex *int) error {
	n := len(cur) - 2
	prev[n+1], cur[0] = prev[n], prev[1]
	if s.exact() {
		return s.exactly(prev, cur, runIndex)
	}
	return s.nearly(prev, cur, runIndex)
}

// seldom decodes what the loops below leave out: a run and the sample behind it,
// or a sample whose code is not a short one or not in the window yet. It returns
// where the next sample is.
func (s *scan) seldom(prev, cur []uint16, x int, runIndex *int) (int, error) {
	if x == len(cur)-1 {
		return x, nil
	}
	ra, rb, rc := int(cur[x-1]), int(prev[x]), int(prev[x-1])
	q := s.joined(ra, rb, rc, int(prev[x+1]))
	if q == 0 {
		return s.run(prev, cur, x, runIndex)
	}
	v, err := s.sample(q, ra, rb, rc)
	cur[x] = uint16(v)
	return x + 1, err
}

// exactly decodes a line's samples in regular mode (T.87 A.4 to A.6) where
// coding.exact holds. It is sample and context.add, written out: all that one
// sample does but follow from the one before it can then run beside others.
func (s *scan) exactly(prev, cur []uint16, runIndex *int) (err error) {
	q, ctx, win := &s.g.q, &s.ctx, &s.win
	maxval, reset, long := s.maxval, s.reset, s.long
	above := prev[1:]
	out := cur[:len(above)]
	for x := 1; x < len(above); {
		at, ra, rb, rc := s.at, int(cur[x-1]), int(prev[x]), int(prev[x-1])
		d2 := rb - rc
		q2 := int(q[uint32(d2)%differences])
		for ; x < len(above); x++ {
			rd := int(above[x])
			d1, d3 := rd-rb, rc-ra
			q1 := int(q[uint32(d1)%differences])
			qs := (9*q1+q2)*9 - flat3 + int(q[uint32(d3)%differences])
			i := uint(at) >> 3
			if qs == 0 || i > last {
				break
			}
			v := binary.BigEndian.Uint64(win[i:i+8]) << (uint(at) & 7)
			if v < long {
				break
			}
			sign := qs >> 63
			c := &ctx[(qs^sign)-sign]
			k, zeros := uint64(c.k), uint64(bits.LeadingZeros64(v))
			coded := int((zeros-1)<<(k&63) + v<<(zeros&63)>>(^k&63))
			if coded > maxCoded {
				break
			}
			at += int(zeros + 1 + k)
			px := median(ra, d2, d3) + (int(c.c) ^ sign) - sign
			if uint(px) > uint(maxval) {
				px = maxval &^ (px >> 63)
			}
			e := coded>>1 ^ -(coded & 1) ^ int(c.flip)
			ra = (px + (e ^ sign) - sign) & maxval
			out[x] = uint16(ra)
			rc, rb, q2, d2 = rb, rd, q1, d1

			es := e >> 63
			a, b, n := int(c.a)+(e^es)-es, int(c.b)+e, int(c.n)
			if n == reset {
				a, b, n = a>>1, b>>1, n>>1
			}
			n++
			b, px = biased(b, n, int(c.c))
			next := golomb(a, n)
			c.a, c.b, c.n, c.c, c.k, c.flip = uint32(a), int32(b), uint16(n), int16(px), uint8(next), int8(flip(b, n, next))
		}
		s.at = at
		if x, err = s.seldom(prev, cur, x, runIndex); err != nil {
			return err
		}
	}
	return nil
}

// nearly is exactly for scans that lose something, or whose largest sample is
// not all ones.
func (s *scan) nearly(prev, cur []uint16, runIndex *int) (err error) {
	q, ctx, win := &s.g.q, &s.ctx, &s.win
	maxval, near, scale, lossless := s.maxval, s.near, s.scale, s.lossless()
	reset, long, wrap := s.reset, s.long, s.span*s.scale
	above := prev[1:]
	out := cur[:len(above)]
	for x := 1; x < len(above); {
		at, ra, rb, rc := s.at, int(cur[x-1]), int(prev[x]), int(prev[x-1])
		d2 := rb - rc
		q2 := int(q[uint32(d2)%differences])
		for ; x < len(above); x++ {
			rd := int(above[x])
			d1, d3 := rd-rb, rc-ra
			q1 := int(q[uint32(d1)%differences])
			qs := (9*q1+q2)*9 - flat3 + int(q[uint32(d3)%differences])
			i := uint(at) >> 3
			if qs == 0 || i > last {
				break
			}
			v := binary.BigEndian.Uint64(win[i:i+8]) << (uint(at) & 7)
			if v < long {
				break
			}
			sign := qs >> 63
			c := &ctx[(qs^sign)-sign]
			k, zeros := uint64(c.k), uint64(bits.LeadingZeros64(v))
			coded := int((zeros-1)<<(k&63) + v<<(zeros&63)>>(^k&63))
			if coded > maxCoded {
				break
			}
			at += int(zeros + 1 + k)
			px := median(ra, d2, d3) + (int(c.c) ^ sign) - sign
			if uint(px) > uint(maxval) {
				px = maxval &^ (px >> 63)
			}
			e := coded>>1 ^ -(coded & 1) ^ int(c.flip)
			ra = px + ((e^sign)-sign)*scale
			if uint(ra) > uint(maxval) {
				ra = clamp(ra+wrap&((ra+near)>>63)-wrap&((maxval+near-ra)>>63), maxval)
			}
			out[x] = uint16(ra)
			rc, rb, q2, d2 = rb, rd, q1, d1

			es := e >> 63
			a, b, n := int(c.a)+(e^es)-es, int(c.b)+e*scale, int(c.n)
			if n == reset {
				a, b, n = a>>1, b>>1, n>>1
			}
			n++
			b, px = biased(b, n, int(c.c))
			next := golomb(a, n)
			c.a, c.b, c.n, c.c, c.k, c.flip = uint32(a), int32(b), uint16(n), int16(px), uint8(next), int8(flip(b, n, next)&lossless)
		}
		s.at = at
		if x, err = s.seldom(prev, cur, x, runIndex); err != nil {
			return err
		}
	}
	return nil
}
