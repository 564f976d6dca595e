package evidence

import (
	"math"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/dicom/sr"
	"github.com/nocturne/nocturne/cache/space"
	"github.com/nocturne/nocturne/viewer"
)

// figure is a shape in image points: Graphic Type and its points.
type figure struct {
	graphic string
	points  [][2]float64
}

// figures are the figures of a mark, one for each line that is measured.
func figures(m viewer.Mark) []figure {
	p := m.Points
	switch {
	case len(p) == 0:
		return nil
	case len(p) == 1:
		return []figure{{"POINT", p}}
	case m.Kind == viewer.Ellipse:
		return []figure{{"ELLIPSE", ellipseEnds(p[0], p[1])}}
	case m.Kind == viewer.Rectangle:
		return []figure{{"POLYLINE", [][2]float64{p[0], {p[1][0], p[0][1]}, p[1], {p[0][0], p[1][1]}, p[0]}}}
	case m.Kind == viewer.Polygon:
		return []figure{{"POLYLINE", append(append([][2]float64(nil), p...), p[0])}}
	case (m.Kind == viewer.Cobb || m.Kind == viewer.Bidirectional) && len(p) == 4:
		return []figure{{"POLYLINE", p[:2]}, {"POLYLINE", p[2:]}}
	}
	return []figure{{"POLYLINE", p}}
}

// ellipseEnds are the ends of the major, then of the minor axis of the ellipse in a
// box (PS3.3 C.18.6.1.2).
func ellipseEnds(a, b [2]float64) [][2]float64 {
	cx, cy := (a[0]+b[0])/2, (a[1]+b[1])/2
	wide := [][2]float64{{min(a[0], b[0]), cy}, {max(a[0], b[0]), cy}}
	high := [][2]float64{{cx, min(a[1], b[1])}, {cx, max(a[1], b[1])}}
	if math.Abs(b[0]-a[0]) >= math.Abs(b[1]-a[1]) {
		return append(wide, high...)
	}
	return append(high, wide...)
}

// region puts a figure where its mark is: on the image, or in the patient. ok is false
// where the patient's coordinates have no frame of reference.
func region(f figure, m viewer.Mark, h *dicom.Dataset) (sr.Region, bool) {
	r := sr.Region{Purpose: sr.Path, Graphic: f.graphic}
	if f.graphic == "POINT" {
		r.Purpose = sr.Center
	}
	if m.Plane == nil {
		r.Image, r.Source = f.points, reference(m, h)
		return r, true
	}
	plane := planeOf(m.Plane)
	if !dicom.ValidUID(string(plane.FrameOfReference)) {
		return r, false
	}
	r.FrameOfReference = plane.FrameOfReference
	for _, p := range f.points {
		r.Patient = append(r.Patient, plane.PixelToPatient(p[0], p[1]))
	}
	if f.graphic == "POLYLINE" && len(f.points) > 3 && f.points[0] == f.points[len(f.points)-1] {
		r.Graphic = "POLYGON"
	}
	return r, true
}

func planeOf(p *viewer.Plane) space.Plane {
	return space.Plane{
		Origin: p.Origin, Row: p.Row, Col: p.Col, RowMM: p.MM, ColMM: p.MM, Rows: p.Rows, Cols: p.Cols,
		FrameOfReference: dicom.UID(p.FrameOfReference),
	}
}

// segments keeps an ellipse of 1000 pixels within half a pixel of round.
const segments = 72

// shape is what a figure of any maker is as a mark: its kind, unless numbers tell
// better, and its points. A slanting ellipse becomes a polygon.
func (f figure) shape() (viewer.MarkKind, [][2]float64) {
	p := f.points
	switch f.graphic {
	case "POINT", "MULTIPOINT":
		return viewer.Probe, p
	case "CIRCLE":
		r := math.Hypot(p[1][0]-p[0][0], p[1][1]-p[0][1])
		return viewer.Ellipse, [][2]float64{{p[0][0] - r, p[0][1] - r}, {p[0][0] + r, p[0][1] + r}}
	case "ELLIPSE":
		return ellipse(p)
	case "POLYGON":
		if len(p) > 1 && p[0] != p[len(p)-1] {
			p = append(append([][2]float64(nil), p...), p[0])
		}
	}
	if len(p) > 3 && near(p[0], p[len(p)-1]) {
		p = p[:len(p)-1]
		if a, b, ok := box(p); ok {
			return viewer.Rectangle, [][2]float64{a, b}
		}
		return viewer.Polygon, p
	}
	return viewer.Polyline, p
}

// rounding is what points lose as 32 bit numbers.
const rounding = 1e-3

func near(a, b [2]float64) bool {
	return math.Abs(a[0]-b[0]) < rounding && math.Abs(a[1]-b[1]) < rounding
}

// box is the rectangle along the image's axes that four corners are.
func box(p [][2]float64) (a, b [2]float64, ok bool) {
	if len(p) != 4 {
		return a, b, false
	}
	q := [4][2]float64(p)
	along := func(x, y int) bool {
		return near([2]float64{q[0][x], q[1][y]}, [2]float64{q[3][x], q[0][y]}) && near([2]float64{q[1][x], q[2][y]}, [2]float64{q[2][x], q[3][y]})
	}
	if along(0, 1) || along(1, 0) {
		return q[0], q[2], true
	}
	return a, b, false
}

// ellipse is the box of an ellipse along the image's axes, else a polygon.
func ellipse(p [][2]float64) (viewer.MarkKind, [][2]float64) {
	c := [2]float64{(p[0][0] + p[1][0]) / 2, (p[0][1] + p[1][1]) / 2}
	u := [2]float64{(p[1][0] - p[0][0]) / 2, (p[1][1] - p[0][1]) / 2}
	w := [2]float64{(p[3][0] - p[2][0]) / 2, (p[3][1] - p[2][1]) / 2}
	flat := math.Abs(u[1]) < rounding && math.Abs(w[0]) < rounding
	steep := math.Abs(u[0]) < rounding && math.Abs(w[1]) < rounding
	if flat || steep {
		rx, ry := math.Abs(u[0])+math.Abs(w[0]), math.Abs(u[1])+math.Abs(w[1])
		return viewer.Ellipse, [][2]float64{{c[0] - rx, c[1] - ry}, {c[0] + rx, c[1] + ry}}
	}
	out := make([][2]float64, segments)
	for i := range out {
		s, k := math.Sincos(2 * math.Pi * float64(i) / segments)
		out[i] = [2]float64{c[0] + u[0]*k + w[0]*s, c[1] + u[1]*k + w[1]*s}
	}
	return viewer.Polygon, out
}
