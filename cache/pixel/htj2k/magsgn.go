package htj2k

import "math/bits"

// folded is a sample of the cleanup pass: 0, or 2·μ + sign.
type folded = uint32

// Four samples of a quad whose U is at most narrowU are worked on at once, 16 bits
// each in a lane of a uint64, the first lowest. Their bits, 56, are within what
// bitBuffer.at promises.
const (
	narrowU   = 14
	everyLane = 0x0001_0001_0001_0001
)

// lanes[x] has a 1 in each lane whose bit of x is set.
var lanes = func() (t [16]uint64) {
	for i := range t {
		for n := range 4 {
			t[i] |= uint64(i>>n&1) << (16 * n)
		}
	}
	return t
}()

// readSamples reads from MagSgn the samples of a row's quads (T.814 7.3.8, 7.4)
// into d.line, or into d.wide, which it then says in d.isWide. It reports false
// where U of a quad is greater than the block's bit-planes allow.
//
// d.reach holds for each boundary between quads the bottom samples beside it in the
// row above, v_n = 2·(μ−1) + sign of them or-ed: the greatest exponent is the length
// of that, but for bit 0.
func (d *Decoder) readSamples(row []quad) bool {
	j, right := d.readNarrow(row)
	d.isWide = j < len(row)
	if d.isWide {
		for i, q := range d.line[:j] {
			d.wide[i] = [4]folded{uint32(q & 0xFFFF), uint32(q >> 16 & 0xFFFF), uint32(q >> 32 & 0xFFFF), uint32(q >> 48)}
		}
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
		reach := (*[2]uint32)(d.reach[j&(maxRow-1):])
		if q == 0 {
			d.line[j&(maxRow-1)], reach[0], right = 0, right, 0
			continue
		}
		u := q&quadLow + kappa(q, reach[0]|reach[1])
		if u > most {
			d.pos = pos
			return j, right
		}
		significant, known := lanes[q>>quadRho&15], lanes[q>>quadKnown&15]
		m := significant*uint64(u) - known // the samples' bits
		top := uint64(1) << ((u - 1) & 63)
		w := d.bits.at(pos)
		before := m * (everyLane ^ 1) // bits of the samples before each
		pos += int(before>>48 + m>>48)
		v := w&0xFFFF | w>>(before>>16&63)&0xFFFF<<16 | w>>(before>>32&63)&0xFFFF<<32 | w>>(before>>48&63)<<48
		v = v&(significant*(2*top-1)-known*top) | lanes[q>>quadHighest&15]*top
		d.line[j&(maxRow-1)] = v + 2*significant
		reach[0], right = right|uint32(v>>16)&0xFFFF, uint32(v>>48)
	}
	d.pos = pos
	return len(row), right
}

// readWide goes on with quad j, sample by sample.
func (d *Decoder) readWide(row []quad, j int, right uint32) (int, uint32) {
	for ; j < len(row); j++ {
		q, reach := row[j], (*[2]uint32)(d.reach[j&(maxRow-1):])
		u := q&quadLow + kappa(q, reach[0]|reach[1])
		if u > d.maxU {
			return j, right
		}
		var v [4]uint32
		for n := range v {
			m := (u - q>>(quadKnown+n)&1) & -(q >> (quadRho + n) & 1)
			v[n] = uint32(d.bits.at(d.pos))&(1<<m-1) | q>>(quadHighest+n)&1<<m
			d.pos += int(m)
			d.wide[j&(maxRow-1)][n] = v[n] + q>>(quadRho+n)&1<<1
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
