package picture

import (
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/measure"
)

// ValuesIn are the values of the pixels that a closed shape counts.
func ValuesIn(m viewer.Mark, p Picture) []float64 {
	var out []float64
	im := *p.Image
	take := func(col, row int) (float64, bool) {
		v, ok := im.At(col, row)
		if ok {
			out = append(out, v)
		}
		return v, ok
	}
	at := m.Points
	switch m.Kind {
	case viewer.Rectangle:
		measure.Rectangle(take, im.Cols, im.Rows, at[0], at[1])
	case viewer.Polygon:
		measure.Polygon(take, im.Cols, im.Rows, at)
	case viewer.Ellipse:
		measure.Ellipse(take, im.Cols, im.Rows, at[0], at[1])
	}
	return out
}

// ClosedShape reports whether a mark of a kind has an inside.
func ClosedShape(k viewer.MarkKind) bool {
	return k == viewer.Ellipse || k == viewer.Rectangle || k == viewer.Polygon
}

// Bins is how many a Histogram has.
const Bins = 48

// Histogram counts values into bins of equal width between two ends.
func Histogram(values []float64, lo, hi float64) []int {
	out := make([]int, Bins)
	for _, v := range values {
		i := 0
		if hi > lo {
			i = min(int((v-lo)/(hi-lo)*Bins), Bins-1)
		}
		out[i]++
	}
	return out
}
