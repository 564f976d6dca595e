// Package measure is geometry and statistics in millimetres: what a ruler, an
// angle, an ellipse and a probe say about an image. It draws nothing and knows
// no mouse.
//
// Points are (column, row) by the convention of SCOORD: the outer corner of the
// first pixel is 0,0 and its centre 0.5,0.5 (PS3.3 C.18.6.1.2). Everything is
// computed in millimetres of the calibration, never in pixels, so that
// anisotropic pixels and turned or zoomed views give the same numbers. Without
// a calibration the unit is the pixel.
package measure

import (
	"math"

	"github.com/nocturne/nocturne/cache/space"
)

// Number is a measured value and its uncertainty (M6), one standard deviation
// of half-pixel placement error, in the same unit. The uncertainty is about
// where the reader can put a point, not about what a radiologist calls the edge.
type Number struct{ Value, Uncertainty float64 }

// placement is the standard deviation of a point that may be anywhere within
// its pixel: 1/√12 of a pixel along each axis.
var placement = 1 / math.Sqrt(12)

// Length is the distance between two points, mm or px.
func Length(c space.Calibration, a, b [2]float64) Number {
	v := vector(c, a, b)
	l := v.len()
	// Along the line, each end contributes its placement error: √2 of it together.
	ux, uy := 1.0, 1.0
	if l > 0 {
		ux, uy = v.x/l, v.y/l
	}
	return Number{l, math.Sqrt2 * placement * math.Hypot(ux*c.ColMM, uy*c.RowMM)}
}

// Angle is the angle in degrees, 0 to 180, at the vertex. ok is false when an
// arm has no length.
func Angle(c space.Calibration, a, vertex, b [2]float64) (n Number, ok bool) {
	u, w := vector(c, vertex, a), vector(c, vertex, b)
	if u.len() == 0 || w.len() == 0 {
		return Number{}, false
	}
	cos := (u.x*w.x + u.y*w.y) / (u.len() * w.len())
	// Each arm turns by the error of its end across the arm; the vertex moves both.
	across := placement * math.Max(c.ColMM, c.RowMM)
	turn := math.Sqrt2 * across * math.Hypot(1/u.len(), 1/w.len())
	return Number{degrees(math.Acos(clamp(cos))), math.Min(degrees(turn), 180)}, true
}

// EllipseArea is the area of the ellipse in the box with opposite corners a and
// b: the shape's, not the sum of its pixels (display.md D6), mm² or px².
func EllipseArea(c space.Calibration, a, b [2]float64) Number {
	rx, ry := math.Abs(b[0]-a[0])*c.ColMM/2, math.Abs(b[1]-a[1])*c.RowMM/2
	du := math.Sqrt2 * placement / 2
	return Number{math.Pi * rx * ry, math.Pi * math.Hypot(rx*du*c.RowMM, ry*du*c.ColMM)}
}

// RectangleArea is the area of the rectangle with opposite corners a and b, mm² or
// px².
func RectangleArea(c space.Calibration, a, b [2]float64) Number {
	w, h := math.Abs(b[0]-a[0])*c.ColMM, math.Abs(b[1]-a[1])*c.RowMM
	return Number{w * h, math.Sqrt2 * placement * math.Hypot(h*c.ColMM, w*c.RowMM)}
}

// PolygonArea is the area within a closed line that does not cross itself, mm² or
// px². Each corner moves the area by half the distance of its neighbours.
func PolygonArea(c space.Calibration, p [][2]float64) Number {
	sum, moved := 0.0, 0.0
	for i := range p {
		before, next := vector(c, p[0], p[(i+len(p)-1)%len(p)]), vector(c, p[0], p[(i+1)%len(p)])
		here := vector(c, p[0], p[i])
		sum += here.x*next.y - next.x*here.y
		dx, dy := (next.x-before.x)*c.RowMM, (next.y-before.y)*c.ColMM
		moved += dx*dx + dy*dy
	}
	return Number{math.Abs(sum) / 2, placement * math.Sqrt(moved) / 2}
}

// Cobb is the angle in degrees between two lines, folded to 0…90 so that it does not
// depend on the way either was drawn (display.md D6). ok is false when a line has no
// length.
func Cobb(c space.Calibration, a, b, d, e [2]float64) (n Number, ok bool) {
	u, w := vector(c, a, b), vector(c, d, e)
	if u.len() == 0 || w.len() == 0 {
		return Number{}, false
	}
	cos := math.Abs(u.x*w.x+u.y*w.y) / (u.len() * w.len())
	turn := math.Sqrt2 * placement * math.Max(c.ColMM, c.RowMM) * math.Hypot(1/u.len(), 1/w.len())
	return Number{degrees(math.Acos(clamp(cos))), math.Min(degrees(turn), 90)}, true
}

// Square moves point e so that the line from d is square to the line from a to b, in
// millimetres; where a and b are one point e stays.
func Square(c space.Calibration, a, b, d, e [2]float64) [2]float64 {
	u, w := vector(c, a, b), vector(c, d, e)
	if u.len() == 0 {
		return e
	}
	along := (u.x*w.x + u.y*w.y) / (u.len() * u.len())
	return [2]float64{e[0] - along*u.x/c.ColMM, e[1] - along*u.y/c.RowMM}
}

type mm struct{ x, y float64 }

func (v mm) len() float64 { return math.Hypot(v.x, v.y) }

func vector(c space.Calibration, a, b [2]float64) mm {
	return mm{(b[0] - a[0]) * c.ColMM, (b[1] - a[1]) * c.RowMM}
}

// clamp keeps a cosine that rounding pushed past ±1 from becoming NaN.
func clamp(cos float64) float64 { return math.Max(-1, math.Min(1, cos)) }

func degrees(rad float64) float64 { return rad * 180 / math.Pi }

// Ellipsoid is the volume in ml of an ellipsoid with three axes in mm: π/6·a·b·c
// (display.md D6). Its relative uncertainty is that of the axes together.
func Ellipsoid(a, b, c Number) Number {
	v := math.Pi / 6 * a.Value * b.Value * c.Value / 1000
	relative := 0.0
	for _, n := range []Number{a, b, c} {
		if n.Value > 0 {
			relative += n.Uncertainty / n.Value * n.Uncertainty / n.Value
		}
	}
	return Number{v, v * math.Sqrt(relative)}
}
