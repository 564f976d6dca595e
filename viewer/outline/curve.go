package outline

import (
	"image"
	"image/color"
	"math"
	"strings"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/dicom/pr"
	"github.com/nocturne/nocturne/viewer/overlay"
)

// LayerInk is a layer's colour; the white and grey that most recommend would be taken for
// the image's own.
func LayerInk(c *[3]uint8) color.NRGBA {
	if c == nil || c[0] == c[1] && c[1] == c[2] {
		return overlay.Cyan
	}
	return color.NRGBA{c[0], c[1], c[2], 255}
}

// Text are a text at the upper left of its box, else at its anchor, and the line
// between them.
func Text(x pr.Text, to func([][2]float64, string) [][2]float64, clip image.Rectangle, ink color.NRGBA) []overlay.Shape {
	s := overlay.Shape{Clip: clip, Words: strings.Split(dicom.Clean(x.Value), "\n"), Ink: ink, Draft: true}
	var anchor [][2]float64
	if x.Anchor != nil {
		anchor = to([][2]float64{*x.Anchor}, x.AnchorUnits)
		s.Points = anchor
	}
	if x.Box != nil {
		b := to(x.Box[:], x.BoxUnits)
		at := [2]float64{math.Min(b[0][0], b[1][0]), math.Min(b[0][1], b[1][1])}
		s.Points = [][2]float64{at}
		if anchor != nil && x.Line {
			s.Lines = [][][2]float64{{anchor[0], at}}
		}
	}
	return []overlay.Shape{s}
}

// Curve is a figure as a polyline: circles and ellipses of 72 strokes, a curve through
// points of eight between two.
func Curve(g pr.Graphic) [][2]float64 {
	p := g.Points
	round := func(c, u, w [2]float64) [][2]float64 {
		out := make([][2]float64, 73)
		for i := range out {
			s, k := math.Sincos(2 * math.Pi * float64(i) / 72)
			out[i] = [2]float64{c[0] + u[0]*k + w[0]*s, c[1] + u[1]*k + w[1]*s}
		}
		return out
	}
	switch {
	case g.Type == "POINT":
		return [][2]float64{{p[0][0] - 0.5, p[0][1]}, {p[0][0] + 0.5, p[0][1]}, p[0], {p[0][0], p[0][1] - 0.5}, {p[0][0], p[0][1] + 0.5}}
	case g.Type == "CIRCLE":
		u := [2]float64{p[1][0] - p[0][0], p[1][1] - p[0][1]}
		return round(p[0], u, [2]float64{-u[1], u[0]})
	case g.Type == "ELLIPSE":
		half := func(a, b [2]float64) [2]float64 { return [2]float64{(b[0] - a[0]) / 2, (b[1] - a[1]) / 2} }
		return round([2]float64{(p[0][0] + p[1][0]) / 2, (p[0][1] + p[1][1]) / 2}, half(p[0], p[1]), half(p[2], p[3]))
	case g.Type == "INTERPOLATED" && len(p) > 2:
		return spline(p)
	}
	return p
}

// spline is a Catmull-Rom curve through points, closed where the first is the last.
func spline(p [][2]float64) [][2]float64 {
	n := len(p)
	closed := p[0] == p[n-1]
	at := func(i int) [2]float64 {
		switch {
		case closed:
			return p[((i%(n-1))+n-1)%(n-1)]
		case i < 0:
			return p[0]
		case i >= n:
			return p[n-1]
		}
		return p[i]
	}
	out := [][2]float64{p[0]}
	for i := range n - 1 {
		a, b, c, e := at(i-1), p[i], p[i+1], at(i+2)
		for k := 1; k <= 8; k++ {
			t := float64(k) / 8
			var q [2]float64
			for x := range q {
				q[x] = 0.5 * (2*b[x] + (c[x]-a[x])*t + (2*a[x]-5*b[x]+4*c[x]-e[x])*t*t + (3*b[x]-a[x]-3*c[x]+e[x])*t*t*t)
			}
			out = append(out, q)
		}
	}
	return out
}

// Author says who outlined something.
func Author(algorithm string) string {
	if algorithm == "AUTOMATIC" {
		return "AI"
	}
	return strings.ToLower(dicom.Clean(algorithm))
}

// Ink is a colour, opaque.
func Ink(c [3]uint8) color.NRGBA { return color.NRGBA{c[0], c[1], c[2], 255} }
