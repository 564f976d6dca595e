package tool

import (
	"math"

	"github.com/nocturne/nocturne/viewer"
)

// ellipseSegments keeps an ellipse of 1000 pixels within half a pixel of round.
const ellipseSegments = 72

// Outline is what a mark looks like as polylines in image points. A draft with
// too few points gives what it can.
func Outline(k viewer.MarkKind, p [][2]float64) [][][2]float64 {
	switch {
	case len(p) < 2:
		return nil
	case k == viewer.Ellipse:
		return [][][2]float64{ellipse(p[0], p[1])}
	case k == viewer.Rectangle:
		return [][][2]float64{{p[0], {p[1][0], p[0][1]}, p[1], {p[0][0], p[1][1]}, p[0]}}
	case k == viewer.Polygon:
		return [][][2]float64{append(append([][2]float64(nil), p...), p[0])}
	case (k == viewer.Cobb || k == viewer.Bidirectional) && len(p) > 2:
		return [][][2]float64{p[:2], p[2:]}
	}
	return [][][2]float64{p}
}

func ellipse(a, b [2]float64) [][2]float64 {
	cx, cy := (a[0]+b[0])/2, (a[1]+b[1])/2
	rx, ry := (b[0]-a[0])/2, (b[1]-a[1])/2
	out := make([][2]float64, ellipseSegments+1)
	for i := range out {
		s, c := math.Sincos(2 * math.Pi * float64(i) / ellipseSegments)
		out[i] = [2]float64{cx + rx*c, cy + ry*s}
	}
	return out
}

// Nearest is the index of the point within reach of p, -1 when none is. Of two
// the closer wins, of two equal ones the later. Points and p are in one space:
// screen pixels.
func Nearest(points [][2]float64, p [2]float64, reach float64) int {
	best := -1
	for i, q := range points {
		if d := math.Hypot(q[0]-p[0], q[1]-p[1]); d <= reach {
			best, reach = i, d
		}
	}
	return best
}

// Touches reports whether p is within reach of a polyline, or of a lone point.
func Touches(line [][2]float64, p [2]float64, reach float64) bool {
	if len(line) == 1 {
		return math.Hypot(line[0][0]-p[0], line[0][1]-p[1]) <= reach
	}
	for i := 1; i < len(line); i++ {
		if toSegment(line[i-1], line[i], p) <= reach {
			return true
		}
	}
	return false
}

func toSegment(a, b, p [2]float64) float64 {
	dx, dy := b[0]-a[0], b[1]-a[1]
	t := 0.0
	if l := dx*dx + dy*dy; l > 0 {
		t = math.Max(0, math.Min(1, ((p[0]-a[0])*dx+(p[1]-a[1])*dy)/l))
	}
	return math.Hypot(a[0]+t*dx-p[0], a[1]+t*dy-p[1])
}
