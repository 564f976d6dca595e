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
// between the passes for 8-bit samples, one for 12. Here both keep two; the second
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
