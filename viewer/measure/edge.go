package measure

import (
	"math"

	"github.com/nocturne/nocturne/cache/space"
)

// Edge is the point of steepest change within reach mm of p, along the gradient to a
// fraction of a pixel: where a reader would put the end of a ruler on a smooth edge,
// at half of its height. ok is false where nothing changes or values are missing.
func Edge(values Source, cols, rows int, c space.Calibration, p [2]float64, reach float64) (q [2]float64, ok bool) {
	e := edges{values, cols, rows, c}
	best := 0.0
	for row := int(p[1] - reach/c.RowMM - 1); row <= int(p[1]+reach/c.RowMM+1); row++ {
		for col := int(p[0] - reach/c.ColMM - 1); col <= int(p[0]+reach/c.ColMM+1); col++ {
			at := [2]float64{float64(col) + 0.5, float64(row) + 0.5}
			far := vector(c, p, at).len()
			if far > reach {
				continue
			}
			// Of two edges the nearer wins unless the other is much steeper.
			if g := e.steep(at) * (1 - far/(2*reach)); g > best {
				best, q, ok = g, at, true
			}
		}
	}
	if !ok {
		return p, false
	}
	return e.refine(q), true
}

// edges are gradients in values per mm.
type edges struct {
	values     Source
	cols, rows int
	c          space.Calibration
}

// at is the value at an image point, interpolated between pixel centres.
func (e edges) at(p [2]float64) (float64, bool) {
	x, y := p[0]-0.5, p[1]-0.5
	col, row := math.Floor(x), math.Floor(y)
	sum := 0.0
	for _, k := range [4][2]float64{{0, 0}, {1, 0}, {0, 1}, {1, 1}} {
		i, j := int(col+k[0]), int(row+k[1])
		w := (1 - math.Abs(x-col-k[0])) * (1 - math.Abs(y-row-k[1]))
		if w == 0 {
			continue
		}
		if i < 0 || j < 0 || i >= e.cols || j >= e.rows {
			return 0, false
		}
		v, ok := e.values(i, j)
		if !ok {
			return 0, false
		}
		sum += w * v
	}
	return sum, true
}

func (e edges) gradient(p [2]float64) (g mm, ok bool) {
	left, a := e.at([2]float64{p[0] - 1, p[1]})
	right, b := e.at([2]float64{p[0] + 1, p[1]})
	up, c := e.at([2]float64{p[0], p[1] - 1})
	down, d := e.at([2]float64{p[0], p[1] + 1})
	return mm{(right - left) / (2 * e.c.ColMM), (down - up) / (2 * e.c.RowMM)}, a && b && c && d
}

func (e edges) steep(p [2]float64) float64 {
	if g, ok := e.gradient(p); ok {
		return g.len()
	}
	return 0
}

// refine moves along the gradient to the top of the parabola through the steepness
// one pixel before, at, and one after.
func (e edges) refine(p [2]float64) [2]float64 {
	g, _ := e.gradient(p)
	step := math.Min(e.c.ColMM, e.c.RowMM)
	du, dv := g.x/g.len()*step/e.c.ColMM, g.y/g.len()*step/e.c.RowMM
	at := func(k float64) [2]float64 { return [2]float64{p[0] + k*du, p[1] + k*dv} }
	before, here, after := e.steep(at(-1)), e.steep(p), e.steep(at(1))
	bend := before - 2*here + after
	if bend >= 0 || before == 0 || after == 0 {
		return p
	}
	return at(math.Max(-1, math.Min(1, (before-after)/(2*bend))))
}
