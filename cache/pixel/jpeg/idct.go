package jpeg

// sample is what a plane holds: 8 bits, or 12 in 16.
type sample interface{ uint8 | uint16 }

// zigzag is the place in a block, by rows, of the k-th coefficient (A.3.6).
var zigzag = [64]uint8{
	0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5,
	12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
	35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51,
	58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
}

// Factors of the inverse DCT of Loeffler, Ligtenberg and Moschytz (ICASSP 1989),
// in 13 bits after the point.
const (
	f0298 = 2446
	f0390 = 3196
	f0541 = 4433
	f0765 = 6270
	f0899 = 7373
	f1175 = 9633
	f1501 = 12299
	f1847 = 15137
	f1961 = 16069
	f2053 = 16819
	f2562 = 20995
	f3072 = 25172
)

// depth is what precision changes in the inverse DCT. libjpeg keeps two more bits
// between the passes for 8-bit samples, one for 12. Here both keep two, in an int,
// which must have 64 bits as everywhere in this house; the second
// of 12-bit samples is rounded away.
type depth struct {
	round, mask int // of the first pass
	centre, top int // of samples: level shift and largest
}

var (
	depth8  = depth{round: 1 << 10, mask: ^0, centre: 128, top: 255}
	depth12 = depth{round: 1 << 11, mask: ^1, centre: 2048, top: 4095}
)

// clip brings a sample, level shifted, into its range. Like libjpeg's table it
// looks at the two bits above the sign only: wild coefficients may wrap around.
func (d *depth) clip(v int) int {
	if uint(v) <= uint(d.top) {
		return v
	}
	v = (v - d.centre) & (4*d.top + 3)
	switch half := d.top + 1; {
	case v < half/2:
		return v + d.centre
	case v < 2*half:
		return d.top
	case v < 4*half-half/2:
		return 0
	default:
		return v - 4*half + d.centre
	}
}

// inverse transforms a block into 8 lines of 8 samples at out, stride apart, and
// clears it. last is the zigzag index of its last coefficient that is not zero,
// or any larger.
func inverse[T sample](d *depth, block *[64]int32, last int, out []T, stride int) {
	switch {
	case last == 0:
		flat(d, int(block[0]), out, stride)
		block[0] = 0
	case last < 10: // within the first four rows and columns
		columns4(d, block)
		rows4(d, block, out, stride)
		*block = [64]int32{}
	default:
		columns(d, block)
		rows(d, block, out, stride)
		*block = [64]int32{}
	}
}

// flat is a block of nothing but its mean.
func flat[T sample](d *depth, dc int, out []T, stride int) {
	v := T(d.clip((dc<<2&d.mask+16)>>5 + d.centre))
	for y := range 8 {
		o := out[y*stride : y*stride+8 : y*stride+8]
		o[0], o[1], o[2], o[3], o[4], o[5], o[6], o[7] = v, v, v, v, v, v, v, v
	}
}

// columns is the first pass: it leaves each column with two more bits.
func columns(d *depth, b *[64]int32) {
	round, mask := d.round, d.mask
	for x := range 8 {
		c := (*[57]int32)(b[x:])
		if c[8]|c[16]|c[24]|c[32]|c[40]|c[48]|c[56] == 0 {
			v := int32(int(c[0]) << 2)
			c[0], c[8], c[16], c[24], c[32], c[40], c[48], c[56] = v, v, v, v, v, v, v, v
			continue
		}
		z2, z3 := int(c[16]), int(c[48])
		z1 := (z2 + z3) * f0541
		e2, e3 := z1-z3*f1847, z1+z2*f0765
		e0, e1 := (int(c[0])+int(c[32]))<<13+round, (int(c[0])-int(c[32]))<<13+round
		t10, t13, t11, t12 := e0+e3, e0-e3, e1+e2, e1-e2

		o0, o1, o2, o3 := int(c[56]), int(c[40]), int(c[24]), int(c[8])
		y1, y2, y3, y4 := -f0899*(o0+o3), -f2562*(o1+o2), o0+o2, o1+o3
		y5 := (y3 + y4) * f1175
		y3, y4 = y5-f1961*y3, y5-f0390*y4
		o0 = o0*f0298 + y1 + y3
		o1 = o1*f2053 + y2 + y4
		o2 = o2*f3072 + y2 + y3
		o3 = o3*f1501 + y1 + y4

		c[0], c[56] = int32((t10+o3)>>11&mask), int32((t10-o3)>>11&mask)
		c[8], c[48] = int32((t11+o2)>>11&mask), int32((t11-o2)>>11&mask)
		c[16], c[40] = int32((t12+o1)>>11&mask), int32((t12-o1)>>11&mask)
		c[24], c[32] = int32((t13+o0)>>11&mask), int32((t13-o0)>>11&mask)
	}
}

// columns4 is columns where only the first four rows and columns hold anything.
func columns4(d *depth, b *[64]int32) {
	round, mask := d.round, d.mask
	for x := range 4 {
		c := (*[57]int32)(b[x:])
		if c[8]|c[16]|c[24] == 0 {
			v := int32(int(c[0]) << 2)
			c[0], c[8], c[16], c[24], c[32], c[40], c[48], c[56] = v, v, v, v, v, v, v, v
			continue
		}
		z2 := int(c[16])
		e2, e3 := z2*f0541, z2*(f0541+f0765)
		e0 := int(c[0])<<13 + round
		t10, t13, t11, t12 := e0+e3, e0-e3, e0+e2, e0-e2

		o2, o3 := int(c[24]), int(c[8])
		y5 := (o2 + o3) * f1175
		y3, y4 := y5-f1961*o2, y5-f0390*o3
		o0, o1 := y3-f0899*o3, y4-f2562*o2
		o2 = o2*(f3072-f2562) + y3
		o3 = o3*(f1501-f0899) + y4

		c[0], c[56] = int32((t10+o3)>>11&mask), int32((t10-o3)>>11&mask)
		c[8], c[48] = int32((t11+o2)>>11&mask), int32((t11-o2)>>11&mask)
		c[16], c[40] = int32((t12+o1)>>11&mask), int32((t12-o1)>>11&mask)
		c[24], c[32] = int32((t13+o0)>>11&mask), int32((t13-o0)>>11&mask)
	}
}

// rows is the second pass: it takes the bits of both away again.
func rows[T sample](d *depth, b *[64]int32, out []T, stride int) {
	round, top := 1<<17+d.centre<<18, uint(d.top)
	for y := range 8 {
		r := (*[8]int32)(b[8*y:])
		z2, z3 := int(r[2]), int(r[6])
		z1 := (z2 + z3) * f0541
		e2, e3 := z1-z3*f1847, z1+z2*f0765
		e0, e1 := (int(r[0])+int(r[4]))<<13+round, (int(r[0])-int(r[4]))<<13+round
		t10, t13, t11, t12 := e0+e3, e0-e3, e1+e2, e1-e2

		o0, o1, o2, o3 := int(r[7]), int(r[5]), int(r[3]), int(r[1])
		y1, y2, y3, y4 := -f0899*(o0+o3), -f2562*(o1+o2), o0+o2, o1+o3
		y5 := (y3 + y4) * f1175
		y3, y4 = y5-f1961*y3, y5-f0390*y4
		o0 = o0*f0298 + y1 + y3
		o1 = o1*f2053 + y2 + y4
		o2 = o2*f3072 + y2 + y3
		o3 = o3*f1501 + y1 + y4

		v0, v7, v1, v6 := (t10+o3)>>18, (t10-o3)>>18, (t11+o2)>>18, (t11-o2)>>18
		v2, v5, v3, v4 := (t12+o1)>>18, (t12-o1)>>18, (t13+o0)>>18, (t13-o0)>>18
		if uint(v0|v1|v2|v3|v4|v5|v6|v7) > top {
			v0, v1, v2, v3 = d.clip(v0), d.clip(v1), d.clip(v2), d.clip(v3)
			v4, v5, v6, v7 = d.clip(v4), d.clip(v5), d.clip(v6), d.clip(v7)
		}
		o := out[y*stride : y*stride+8 : y*stride+8]
		o[0], o[1], o[2], o[3] = T(v0), T(v1), T(v2), T(v3)
		o[4], o[5], o[6], o[7] = T(v4), T(v5), T(v6), T(v7)
	}
}

// rows4 is rows where only the first four columns hold anything.
func rows4[T sample](d *depth, b *[64]int32, out []T, stride int) {
	round, top := 1<<17+d.centre<<18, uint(d.top)
	for y := range 8 {
		r := (*[8]int32)(b[8*y:])
		z2 := int(r[2])
		e2, e3 := z2*f0541, z2*(f0541+f0765)
		e0 := int(r[0])<<13 + round
		t10, t13, t11, t12 := e0+e3, e0-e3, e0+e2, e0-e2

		o2, o3 := int(r[3]), int(r[1])
		y5 := (o2 + o3) * f1175
		y3, y4 := y5-f1961*o2, y5-f0390*o3
		o0, o1 := y3-f0899*o3, y4-f2562*o2
		o2 = o2*(f3072-f2562) + y3
		o3 = o3*(f1501-f0899) + y4

		v0, v7, v1, v6 := (t10+o3)>>18, (t10-o3)>>18, (t11+o2)>>18, (t11-o2)>>18
		v2, v5, v3, v4 := (t12+o1)>>18, (t12-o1)>>18, (t13+o0)>>18, (t13-o0)>>18
		if uint(v0|v1|v2|v3|v4|v5|v6|v7) > top {
			v0, v1, v2, v3 = d.clip(v0), d.clip(v1), d.clip(v2), d.clip(v3)
			v4, v5, v6, v7 = d.clip(v4), d.clip(v5), d.clip(v6), d.clip(v7)
		}
		o := out[y*stride : y*stride+8 : y*stride+8]
		o[0], o[1], o[2], o[3] = T(v0), T(v1), T(v2), T(v3)
		o[4], o[5], o[6], o[7] = T(v4), T(v5), T(v6), T(v7)
	}
}
