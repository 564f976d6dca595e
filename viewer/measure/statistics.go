package measure

import "math"

// Statistics are of the pixels whose centres lie inside a shape, in the unit of
// the values. SD divides by N: it describes these pixels and estimates nothing.
type Statistics struct {
	N                  int
	Mean, SD, Min, Max float64
	Padding            int // inside the shape but without a value
}

// Source gives the value of the pixel at (col, row), counted from 0; ok is false
// where there is none: padding is not measured.
type Source func(col, row int) (v float64, ok bool)

// Ellipse counts the pixels of a cols×rows image whose centre lies inside or on
// the ellipse in the box with opposite corners a and b. N is 0 when there is none.
func Ellipse(values Source, cols, rows int, a, b [2]float64) Statistics {
	cx, cy := (a[0]+b[0])/2, (a[1]+b[1])/2
	rx, ry := math.Abs(b[0]-a[0])/2, math.Abs(b[1]-a[1])/2
	var s Statistics
	var w welford
	for row := from(cy-ry, rows); row < to(cy+ry, rows); row++ {
		for col := from(cx-rx, cols); col < to(cx+rx, cols); col++ {
			if !inside(float64(col)+0.5-cx, float64(row)+0.5-cy, rx, ry) {
				continue
			}
			if v, ok := values(col, row); ok {
				w.add(v)
			} else {
				s.Padding++
			}
		}
	}
	s.N, s.Mean, s.SD, s.Min, s.Max = w.n, w.mean, w.sd(), w.min, w.max
	return s
}

func inside(dx, dy, rx, ry float64) bool {
	if rx == 0 || ry == 0 {
		return false
	}
	const edge = 1e-9 // a centre exactly on the outline counts
	return dx*dx/(rx*rx)+dy*dy/(ry*ry) <= 1+edge
}

func from(v float64, size int) int { return int(math.Max(0, math.Min(float64(size), math.Floor(v)))) }
func to(v float64, size int) int   { return int(math.Max(0, math.Min(float64(size), math.Ceil(v)))) }

// PixelAt is the pixel that holds an image point; ok is false outside the image.
func PixelAt(p [2]float64, cols, rows int) (col, row int, ok bool) {
	x, y := math.Floor(p[0]), math.Floor(p[1])
	if !(x >= 0 && y >= 0 && x < float64(cols) && y < float64(rows)) {
		return 0, 0, false
	}
	return int(x), int(y), true
}

// welford sums without losing the small differences of large values.
type welford struct {
	n                  int
	mean, m2, min, max float64
}

func (w *welford) add(v float64) {
	w.n++
	if w.n == 1 || v < w.min {
		w.min = v
	}
	if w.n == 1 || v > w.max {
		w.max = v
	}
	d := v - w.mean
	w.mean += d / float64(w.n)
	w.m2 += d * (v - w.mean)
}

func (w *welford) sd() float64 {
	if w.n == 0 {
		return 0
	}
	return math.Sqrt(w.m2 / float64(w.n))
}
