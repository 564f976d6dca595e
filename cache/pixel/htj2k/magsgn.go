package htj2k

import "math/bits"

// Byte n of lanes[x] is 1 where bit n of x is set.
var lanes = func() (t [16]uint32) {
	for i := range t {
		t[i] = uint32(i) * 0x00204081 & everyLane
	}
	return t
}()

const (
	everyLane = 0x01010101
	// Four samples of 14 bits are within the bits that bitBuffer.at promises.
	narrowU = 14
)

// readSamples reads from MagSgn the samples of a row's quads (T.814 7.3.8, 7.4)
// into top and bottom, which have two for each quad. It reports false where U of a
// quad is greater than the block's bit-planes allow.
//
// d.reach holds for each boundary between quads the bottom samples beside it in the
// row above, v_n of them or-ed: the greatest exponent is the length of that, but
// for bit 0, which is the sign. d.right is what the last quad left.
func (d *Decoder) readSamples(top, bottom []int32, row []quad, reach []uint32) bool {
	pos, shift, right := d.pos, d.shift&31, d.right
	reach = reach[:len(row)+1]
	for j, q := range row {
		around := (reach[j] | reach[j+1]) & -(q >> quadGamma & 1)
		u := q>>quadLength + uint32(bits.Len32(around>>1|1)) // κ is that length less 1, or 1
		if u > d.maxU {
			return false
		}
		m := u*everyLane&(lanes[q&15]*0xFF) - lanes[q>>4&15]
		var v0, v1, v2, v3 uint32
		if u <= narrowU {
			w := d.bits.at(pos)
			v0, w = uint32(w)&(1<<(m&31)-1), w>>(m&63)
			v1, w = uint32(w)&(1<<(m>>8&31)-1), w>>(m>>8&63)
			v2, w = uint32(w)&(1<<(m>>16&31)-1), w>>(m>>16&63)
			v3 = uint32(w) & (1<<(m>>24&31) - 1)
		} else {
			v0, v1, v2, v3 = d.bits.wide(pos, m)
		}
		pos += int(m * everyLane >> 24)
		v0 |= q >> 8 & 1 << (m & 31)
		v1 |= q >> 9 & 1 << (m >> 8 & 31)
		v2 |= q >> 10 & 1 << (m >> 16 & 31)
		v3 |= q >> 11 & 1 << (m >> 24 & 31)
		reach[j], right = right|v1, v3
		t, b := top[2*j:], bottom[2*j:]
		t[0], t[1] = signed(v0, shift, q), signed(v2, shift, q>>2)
		b[0], b[1] = signed(v1, shift, q>>1), signed(v3, shift, q>>3)
	}
	d.pos, d.right = pos, right
	return true
}

// signed is the sample of v_n = 2·(μ−1) + sign: μ with half of one more at the last
// plane, or 0 where bit 0 of significant is.
func signed(v uint32, shift uint, significant uint32) int32 {
	minus := -(v & 1)
	x := (v&^1 + 3) << (shift & 31)
	return int32((x ^ minus - minus) & -(significant & 1))
}

// wide takes samples of any m ≤ 31, a byte of each.
func (s *bitBuffer) wide(pos int, m uint32) (v0, v1, v2, v3 uint32) {
	v := [4]uint32{}
	for i := range v {
		n := m & 31
		v[i] = uint32(s.at(pos)) & (1<<n - 1)
		pos += int(n)
		m >>= 8
	}
	return v[0], v[1], v[2], v[3]
}
