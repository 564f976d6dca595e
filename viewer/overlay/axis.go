package overlay

import (
	"image"
	"image/color"
	"math"
)

// Planes are the colours of the three planes of an MPR: axial, coronal, sagittal. A
// plane has it at the top of its own tile, and its line in the others.
var Planes = [3]color.NRGBA{{240, 95, 95, 255}, {70, 200, 230, 255}, {210, 125, 245, 255}}

// Axis is where another plane of an MPR cuts a tile.
type Axis struct {
	Clip     image.Rectangle
	A, B     [2]float64      // ends of the line
	Cross    [2]float64      // where the planes meet: left free
	Grips    [][2]float64    // where it is taken hold of to be turned
	Slab     [][2][2]float64 // the faces of a slab, as lines
	Color    color.NRGBA
	Selected bool // the active tile's
}

// Axis draws the line with a gap where the planes meet, a bar across it at each grip,
// and faintly the faces of the slab.
func (s Style) Axis(x Axis) (l List) {
	wide := max(s.Scale, 0.5)
	c := x.Color
	if c.A = 150; x.Selected {
		c.A = 230
	}
	length := math.Hypot(x.B[0]-x.A[0], x.B[1]-x.A[1])
	if length == 0 {
		return l
	}
	along := [2]float64{(x.B[0] - x.A[0]) / length, (x.B[1] - x.A[1]) / length}
	line := func(a, b [2]float64, c color.NRGBA) {
		l.Lines = append(l.Lines, Line{a[0], a[1], b[0], b[1], wide, c, x.Clip})
	}
	at := (x.Cross[0]-x.A[0])*along[0] + (x.Cross[1]-x.A[1])*along[1]
	point := func(t float64) [2]float64 { return [2]float64{x.A[0] + t*along[0], x.A[1] + t*along[1]} }
	gap := 10 * wide
	if at-gap > 0 {
		line(x.A, point(min(at-gap, length)), c)
	}
	if at+gap < length {
		line(point(max(at+gap, 0)), x.B, c)
	}
	for _, g := range x.Grips {
		d := [2]float64{-along[1] * 6 * wide, along[0] * 6 * wide}
		line([2]float64{g[0] - d[0], g[1] - d[1]}, [2]float64{g[0] + d[0], g[1] + d[1]}, c)
	}
	c.A /= 2
	for _, f := range x.Slab {
		line(f[0], f[1], c)
	}
	return l
}

// PlaneBar is a plane's own colour, along the top of its tile.
func (s Style) PlaneBar(r image.Rectangle, c color.NRGBA) (l List) {
	r.Max.Y = min(r.Max.Y, r.Min.Y+s.px(3))
	l.fill(r, c)
	return l
}
