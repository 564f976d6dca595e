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
	// Four samples of 14 bits are within what bitBuffer.at promises.
	narrowU = 14
)

// folded is a sample of the cleanup pass: 0, or 2·μ + sign.
type folded = uint32

// readSamples reads from MagSgn the samples of a row's quads into d.line (T.814
// 7.3.8, 7.4). It reports false where U of a quad is greater than the block's
// bit-planes allow.
//
// d.reach holds for each boundary between quads the bottom samples beside it in the
// row above, v_n = 2·(μ−1) + sign of them or-ed: the greatest exponent is the length
// of that, but for bit 0.
func (d *Decoder) readSamples(row []quad) bool {
	j, right := d.readNarrow(row)
	if j < len(row) {
		j, right = d.readWide(row, j, right)
	}
	d.reach[len(row)] = right
	return j == len(row)
}

// readNarrow reads samples up to the first quad whose U is greater than narrowU
// or than the block allows, and returns its index.
func (d *Decoder) readNarrow(row []quad) (j int, right uint32) {
	pos, most := d.pos, min(d.maxU, narrowU)
	for j, q := range row {
		reach, x := (*[2]uint32)(d.reach[j&(maxRow-1):]), &d.line[j&(maxRow-1)]
		if q == 0 {
			*x, reach[0], right = [4]folded{}, right, 0
			continue
		}
		u := q>>quadLength + kappa(q, reach[0]|reach[1])
		if u > most {
			d.pos = pos
			return j, right
		}
		m := lanes[q&15]*u - lanes[q>>4&15]
		w := d.bits.at(pos)
		pos += int(m * everyLane >> 24)

		t := uint32(1) << (m & 31)
		v := uint32(w)&(t-1) | t&-(q>>8&1)
		x[0] = v + q&1<<1
		w >>= m & 31

		t = 1 << (m >> 8 & 31)
		v = uint32(w)&(t-1) | t&-(q>>9&1)
		reach[0] = right | v
		x[1] = v + q&2
		w >>= m >> 8 & 31

		t = 1 << (m >> 16 & 31)
		v = uint32(w)&(t-1) | t&-(q>>10&1)
		x[2] = v + q>>1&2
		w >>= m >> 16 & 31

		t = 1 << (m >> 24)
		right = uint32(w)&(t-1) | t&-(q>>11&1)
		x[3] = right + q>>2&2
	}
	d.pos = pos
	return len(row), right
}

// readWide goes on with quad j, sample by sample.
func (d *Decoder) readWide(row []quad, j int, right uint32) (int, uint32) {
	for ; j < len(row); j++ {
		q, reach := row[j], (*[2]uint32)(d.reach[j&(maxRow-1):])
		u := q>>quadLength + kappa(q, reach[0]|reach[1])
		if u > d.maxU {
			return j, right
		}
		var v [4]uint32
		for n := range v {
			m := (u - q>>(4+n)&1) & -(q >> n & 1)
			v[n] = uint32(d.bits.at(d.pos))&(1<<m-1) | q>>(8+n)&1<<m
			d.pos += int(m)
			d.line[j&(maxRow-1)][n] = v[n] + q>>n&1<<1
		}
		reach[0], right = right|v[1], v[3]
	}
	return j, right
}

// kappa is the predictor of U: the greatest exponent around, less 1, where more
// than one sample of the quad is significant; never less than 1.
func kappa(q quad, around uint32) uint32 {
	return uint32(bits.Len32(around&-(q>>quadGamma&1)>>1 | 1))
}
