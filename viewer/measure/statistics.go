package measure

import "math"

// Statistics are of the pixels whose centres lie inside a shape, in the unit of
// the values. SD divides by N: it describes these pixels and estimates nothing.
// Mean is the exact sum divided once where the values are whole numbers (HU), and
// within two units in the last place otherwise.
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
	return within(values, cols, rows, [2]float64{cx - rx, cy - ry}, [2]float64{cx + rx, cy + ry}, func(x, y float64) bool {
		return inside(x-cx, y-cy, rx, ry)
	})
}

// Rectangle counts the pixels whose centre lies inside or on the rectangle with
// opposite corners a and b.
func Rectangle(values Source, cols, rows int, a, b [2]float64) Statistics {
	lo := [2]float64{math.Min(a[0], b[0]), math.Min(a[1], b[1])}
	hi := [2]float64{math.Max(a[0], b[0]), math.Max(a[1], b[1])}
	return within(values, cols, rows, lo, hi, func(x, y float64) bool {
		return x >= lo[0] && x <= hi[0] && y >= lo[1] && y <= hi[1] && lo[0] < hi[0] && lo[1] < hi[1]
	})
}

// Polygon counts the pixels whose centre lies inside a closed line, by the even-odd
// rule where it crosses itself.
func Polygon(values Source, cols, rows int, p [][2]float64) Statistics {
	lo, hi := [2]float64{math.Inf(1), math.Inf(1)}, [2]float64{math.Inf(-1), math.Inf(-1)}
	for _, q := range p {
		for k := range q {
			lo[k], hi[k] = math.Min(lo[k], q[k]), math.Max(hi[k], q[k])
		}
	}
	return within(values, cols, rows, lo, hi, func(x, y float64) bool { return enclosed(p, x, y) })
}

// enclosed casts a ray to the right and counts the sides it crosses.
func enclosed(p [][2]float64, x, y float64) bool {
	in := false
	for i, a := range p {
		b := p[(i+1)%len(p)]
		if (a[1] > y) != (b[1] > y) && x < a[0]+(y-a[1])/(b[1]-a[1])*(b[0]-a[0]) {
			in = !in
		}
	}
	return in
}

// within counts the pixels between two corners whose centre a shape holds.
func within(values Source, cols, rows int, lo, hi [2]float64, holds func(x, y float64) bool) Statistics {
	var s Statistics
	var w sums
	for row := from(lo[1], rows); row < to(hi[1], rows); row++ {
		for col := from(lo[0], cols); col < to(hi[0], cols); col++ {
			if !holds(float64(col)+0.5, float64(row)+0.5) {
				continue
			}
			if v, ok := values(col, row); ok {
				w.add(v)
			} else {
				s.Padding++
			}
		}
	}
	s.N, s.Mean, s.SD, s.Min, s.Max = w.n, w.mean(), w.sd(), w.min, w.max
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
