package picture

import (
	"image"
	"math"

	"github.com/nocturne/nocturne/cache/dicom/pr"
	"github.com/nocturne/nocturne/viewer/stack"
)

// Show brings an area into sight: all of it as large as fits, or as it is to be
// magnified.
func (v *View) Show(a pr.Area, g *stack.Geometry, r image.Rectangle) {
	x0, y0, x1, y1 := Edges(a)
	if w, h := x1-x0, y1-y0; w > 0 && h > 0 && (x0 != 0 || y0 != 0 || x1 != float64(g.Cols) || y1 != float64(g.Rows) || a.Mode == "MAGNIFY") {
		h *= g.Aspect
		if v.Turn%2 != 0 {
			w, h = h, w
		}
		v.Zoom = math.Min(float64(r.Dx())/w, float64(r.Dy())/h)
		if a.Mode == "MAGNIFY" && a.Magnification > 0 {
			v.Zoom = a.Magnification
		}
		v.Zoom = math.Max(minZoom, math.Min(maxZoom, v.Zoom))
		v.PanX, v.PanY = (x0+x1)/2-float64(g.Cols)/2, (y0+y1)/2-float64(g.Rows)/2
	}
}

// Edges are an area's in image points, whichever corner is the upper left.
func Edges(a pr.Area) (x0, y0, x1, y1 float64) {
	x0, x1 = float64(min(a.TopLeft[0], a.BottomRight[0])-1), float64(max(a.TopLeft[0], a.BottomRight[0]))
	y0, y1 = float64(min(a.TopLeft[1], a.BottomRight[1])-1), float64(max(a.TopLeft[1], a.BottomRight[1]))
	return x0, y0, x1, y1
}
