// Package wavelet is the discrete wavelet transform of JPEG 2000 (ISO/IEC 15444-1
// Annex F): the reversible 5/3 filter both ways and the irreversible 9/7 back, one
// level at a time, in place.
//
// A level lies band by band in its buffer: LL at the top left, HL to its right, LH
// below, HH below HL. x0, y0, x1, y1 are where the level lies on its reference grid
// (trx0 … of B.5 for that resolution): a sample at an even coordinate is low-pass, so
// that the left columns are ceil(x1/2)−ceil(x0/2) wide and the rest is HL. Row y of
// the level begins at a[(y−y0)·stride].
package wavelet

// Scratch is memory that the transforms reuse. Its zero value is ready; it serves
// one call at a time.
type Scratch struct{}

// Inverse53 undoes one level of the reversible transform (F.3): bands in, samples out.
func Inverse53(a []int32, stride, x0, y0, x1, y1 int, s *Scratch) {
	Rows53(a, stride, x0, x1, y1-y0, s)
	Columns53(a, stride, y0, y1, x1-x0, s)
}

// Rows53 and Columns53 are the two halves of Inverse53, rows first, for callers that
// share a level among goroutines: a begins with the first of the given rows
// or columns, and calls that touch different rows (columns) may run at once with a
// Scratch each.
func Rows53(a []int32, stride, x0, x1, rows int, s *Scratch) {}

// Columns53 : see Rows53.
func Columns53(a []int32, stride, y0, y1, columns int, s *Scratch) {}

// Inverse97 undoes one level of the irreversible transform in float32, in the order
// of operations of libopenjp2 2.5 and without fused multiply-add.
func Inverse97(a []float32, stride, x0, y0, x1, y1 int, s *Scratch) {
	Rows97(a, stride, x0, x1, y1-y0, s)
	Columns97(a, stride, y0, y1, x1-x0, s)
}

// Rows97 and Columns97 are to Inverse97 what Rows53 and Columns53 are to Inverse53.
func Rows97(a []float32, stride, x0, x1, rows int, s *Scratch) {}

// Columns97 : see Rows97.
func Columns97(a []float32, stride, y0, y1, columns int, s *Scratch) {}

// Forward53 is one level of the reversible transform (F.4): samples in, bands out.
// Inverse53 gives the samples back exactly.
func Forward53(a []int32, stride, x0, y0, x1, y1 int, s *Scratch) {}
