// Package wavelet is the discrete wavelet transform of JPEG 2000 (ISO/IEC 15444-1
// Annex F): the reversible 5/3 filter both ways and the irreversible 9/7 back, one
// level at a time, in place.
//
// A level lies band by band in its buffer: LL at the top left, HL to its right, LH
// below, HH below HL. x0, y0, x1, y1 are where the level lies on its reference grid
// (trx0 … of B.5 for that resolution): a sample at an even coordinate is low-pass, so
// that the left columns are ceil(x1/2)−ceil(x0/2) wide and the rest is HL. Row y of
// the level begins at a[(y−y0)·stride].
//
// A single row or column is as F.3.6 has it: left alone where its coordinate is even,
// halved where it is odd.
package wavelet

// Scratch is memory that the transforms reuse: a row, or a strip of columns. Its zero
// value is ready; it serves one call at a time.
type Scratch struct {
	ints   []int32
	floats []float32
}

func (s *Scratch) int32s(n int) []int32 {
	if cap(s.ints) < n {
		s.ints = make([]int32, n)
	}
	return s.ints[:n]
}

func (s *Scratch) float32s(n int) []float32 {
	if cap(s.floats) < n {
		s.floats = make([]float32, n)
	}
	return s.floats[:n]
}

// minStrip to maxStrip columns are transformed side by side: as many as make
// stripSamples of all rows, which stay in the second cache, and whole cache lines of
// each row.
const (
	minStrip     = 32
	maxStrip     = 256
	stripSamples = 1 << 17
)

func strip(rows int) int { return max(minStrip, min(maxStrip, stripSamples/rows&^15)) }

// lows is how many of the samples from i0 to i1 are at even coordinates.
func lows(i0, i1 int) int { return (i1+1)>>1 - (i0+1)>>1 }

// Inverse53 undoes one level of the reversible transform (F.3.2): bands in, samples
// out. Sums that leave 32 bits wrap around.
func Inverse53(a []int32, stride, x0, y0, x1, y1 int, s *Scratch) {
	Rows53(a, stride, x0, x1, y1-y0, s)
	Columns53(a, stride, y0, y1, x1-x0, s)
}

// Inverse97 undoes one level of the irreversible transform in float32, in the order
// of operations of libopenjp2 2.5 and without fused multiply-add, so that every
// machine finds the same bits. Coefficients are those of E.1 with the step sizes of
// E.1.1, the gain of the band (table E.1) included.
func Inverse97(a []float32, stride, x0, y0, x1, y1 int, s *Scratch) {
	Rows97(a, stride, x0, x1, y1-y0, s)
	Columns97(a, stride, y0, y1, x1-x0, s)
}
