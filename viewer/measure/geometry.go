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

type mm struct{ x, y float64 }

func (v mm) len() float64 { return math.Hypot(v.x, v.y) }

func vector(c space.Calibration, a, b [2]float64) mm {
	return mm{(b[0] - a[0]) * c.ColMM, (b[1] - a[1]) * c.RowMM}
}

// clamp keeps a cosine that rounding pushed past ±1 from becoming NaN.
func clamp(cos float64) float64 { return math.Max(-1, math.Min(1, cos)) }

func degrees(rad float64) float64 { return rad * 180 / math.Pi }
