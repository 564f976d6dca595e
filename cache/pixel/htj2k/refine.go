package htj2k

import "math/bits"

// The refinement passes go by stripes of four rows, in them by groups of four
// columns: a group is 16 bits, column by column, the highest sample of each lowest.
// Groups stand with one beside each end of a stripe and one stripe below the last,
// so that each has neighbours.

// groupsOf is how many groups a stripe has, and how many stripes there are.
func groupsOf(b *Block) (wide, high int) { return (b.Width + 3) / 4, (b.Height + 3) / 4 }

// maxGroups is what a block of 5 × 819 has with those around.
const maxGroups = 1024

// collect makes the groups of what the cleanup pass found significant.
func (d *Decoder) collect(b *Block) {
	wide, high := groupsOf(b)
	n, rows := (b.Width+1)/2, (b.Height+1)/2
	clear(d.groups[:(wide+2)*(high+1)])
	for r := range rows {
		group := d.groups[r/2*(wide+2)+1:]
		for j, q := range d.quads[r*n:][:n] {
			rho := uint16(q >> quadRho & 15)
			group[j/2] |= (rho | rho<<2) & 0x33 << (r & 1 * 2) << (j & 1 * 8)
		}
	}
}

// refinements decodes the passes after the first into Decode's result of that.
func (d *Decoder) refinements(out []int32, stride int, b *Block) {
	d.collect(b)
	d.propagate(out, stride, b)
	if b.Passes == 3 {
		d.refine(out, stride, b)
	}
}

// fringe is, of each sample in a column, the neighbours that come later in it and
// in the next one.
var fringe = [4]uint16{0x32, 0x74, 0xE8, 0xC0}

// propagate decodes the HT SigProp pass (T.814 7.5): a bit for each sample beside a
// significant one, known from the cleanup pass or found before it in this, then the
// signs of those found, group by group.
func (d *Decoder) propagate(out []int32, stride int, b *Block) {
	wide, high := groupsOf(b)
	d.bits.forward(b.Refinement, 0)
	d.pos = 0
	above := d.found[:wide+2] // significant in the stripe above, those of this pass as well
	clear(above)
	for s := range high {
		now, below := d.groups[s*(wide+2):][:wide+2], d.groups[(s+1)*(wide+2):][:wide+2]
		rows := uint16(0xFFFF)
		if s == high-1 {
			rows = 0x1111 * (1<<((b.Height-1)&3+1) - 1)
		}
		corner, left := above[0], uint16(0)
		for g := 1; g <= wide; g++ {
			inside := rows
			if g == wide {
				inside &= 1<<(4*((b.Width-1)&3+1)) - 1
			}
			near := window(left, now[g], now[g+1])
			near |= near&0x777777<<1 | near>>1&0x777777 | window(corner, above[g], above[g+1])>>3&0x111111
			if !b.VCausal {
				near |= window(below[g-1], below[g], below[g+1]) & 0x111111 << 3
			}
			near |= near<<4 | near>>4
			found := uint16(0)
			if m := uint16(near>>4) & inside &^ now[g]; m != 0 {
				found = d.findGroup(m, inside&^now[g])
				if found != 0 {
					d.placeGroup(out[4*s*stride+4*(g-1):], stride, found, int32(3)<<(b.Planes-2))
				}
			}
			corner, left = above[g], now[g]|found
			above[g] = left
		}
	}
}

// window is a group between the columns beside it.
func window(left, group, right uint16) uint32 {
	return uint32(left>>12) | uint32(group)<<4 | uint32(right&15)<<20
}

// findGroup reads the bits of a group whose samples m come into question; those
// found bring further ones of open.
func (d *Decoder) findGroup(m, open uint16) (found uint16) {
	w, n := d.refinement(&d.bits), bits.OnesCount16(m)
	if w&(1<<n-1) == 0 {
		d.pos += n
		return 0
	}
	for ; m != 0; w >>= 1 {
		i := bits.TrailingZeros16(m)
		m &= m - 1
		d.pos++
		if w&1 != 0 {
			found |= 1 << i
			m |= fringe[i&3] << (i &^ 3) & open
		}
	}
	return found
}

// placeGroup reads the signs of the samples found.
func (d *Decoder) placeGroup(out []int32, stride int, found uint16, value int32) {
	w := d.refinement(&d.bits)
	for ; found != 0; found &= found - 1 {
		i := bits.TrailingZeros16(found)
		minus := -int32(w & 1)
		out[i&3*stride+i>>2] = value ^ minus - minus
		w >>= 1
		d.pos++
	}
}

// refinement is what comes next of a refinement pass; after the end come bits 0.
func (d *Decoder) refinement(s *bitBuffer) uint64 {
	if d.pos >= s.end {
		return 0
	}
	return s.at(d.pos)
}

// refine decodes the HT MagRef pass (T.814 7.6): a bit for each sample of the
// cleanup pass, which halves its interval.
func (d *Decoder) refine(out []int32, stride int, b *Block) {
	wide, high := groupsOf(b)
	d.vlc.backward(b.Refinement, 0, 0, 0xFF)
	d.pos = 0
	half := int32(1) << (b.Planes - 2)
	for s := range high {
		for g := range wide {
			group := d.groups[s*(wide+2)+1+g]
			if group == 0 {
				continue
			}
			w := d.refinement(&d.vlc)
			d.pos += bits.OnesCount16(group)
			at := out[4*s*stride+4*g:]
			for ; group != 0; group &= group - 1 {
				i := bits.TrailingZeros16(group)
				v := &at[i&3*stride+i>>2]
				less := *v>>31 ^ (int32(w&1) - 1) // −1: toward the negative
				*v += half ^ less - less
				w >>= 1
			}
		}
	}
}
