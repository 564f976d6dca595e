package pixel

import (
	"image/color"
	"math"

	"github.com/nocturne/nocturne/cache/dicom"
)

// shutterOf is the display shutter of a frame as a layer, nil where there is none:
// the frame's own, else the object's (PS3.3 C.7.6.11, C.7.6.15, C.8.19.3). What any
// of its shapes hides is drawn in the Shutter Presentation Value, a P-value, black
// where there is none; the colour in CIELab is not read. An edge counts as seen.
func shutterOf(d *dicom.Dataset, frame int, aspect float64) (l *Layer, unread int) {
	from := d.FrameGroup(frame, dicom.FrameDisplayShutterSequence)
	if !from.Has(dicom.ShutterShape) {
		from = d
	}
	var hidden []func(col, row float64) bool
	for _, shape := range from.Strs(dicom.ShutterShape) {
		outside, ok := shutterShape(d, from, frame, shape, aspect)
		if !ok {
			unread++
			continue
		}
		hidden = append(hidden, outside)
	}
	if len(hidden) == 0 {
		return nil, unread
	}
	p := min(max(from.IntOr(dicom.ShutterPresentationValue, 0), 0), 0xFFFF)
	g := Level(float64(p) / 0xFFFF)
	l = newLayer(Shutter, d, color.RGBA{g, g, g, 255})
	bands(l.Rows, l.Cols, func(y int) {
		for x := range l.Cols {
			for _, outside := range hidden {
				if outside(float64(x+1), float64(y+1)) {
					l.Cells[y*l.Cols+x] = 1
					break
				}
			}
		}
	})
	return l, unread
}

// shutterShape tells which pixels a shape hides. Pixels are counted from 1 and are
// their centres; a radius is in columns, so that on pixels that are not square a
// circle on the screen is an ellipse of pixels.
func shutterShape(d, from *dicom.Dataset, frame int, shape string, aspect float64) (func(col, row float64) bool, bool) {
	switch shape {
	case "RECTANGULAR":
		left, okL := from.Float(dicom.ShutterLeftVerticalEdge)
		right, okR := from.Float(dicom.ShutterRightVerticalEdge)
		top, okT := from.Float(dicom.ShutterUpperHorizontalEdge)
		bottom, okB := from.Float(dicom.ShutterLowerHorizontalEdge)
		return func(col, row float64) bool { return col < left || col > right || row < top || row > bottom }, okL && okR && okT && okB
	case "CIRCULAR":
		center := from.Floats(dicom.CenterOfCircularShutter) // row, column
		radius, ok := from.Float(dicom.RadiusOfCircularShutter)
		if len(center) != 2 || !ok || !(radius >= 0) {
			return nil, false
		}
		return func(col, row float64) bool { return math.Hypot(col-center[1], (row-center[0])*aspect) > radius }, true
	case "POLYGONAL":
		v := from.Floats(dicom.VerticesOfThePolygonalShutter) // row, column, row, column …
		if len(v) < 6 || len(v)%2 != 0 {
			return nil, false
		}
		return func(col, row float64) bool { return !inPolygon(v, col, row) }, true
	case "BITMAP":
		return bitmapShutter(d, frame)
	}
	return nil, false
}

// inPolygon reports whether a point is in a polygon of rows and columns, or on it.
func inPolygon(v []float64, col, row float64) bool {
	in := false
	for i, k := 0, len(v)-2; i < len(v); i, k = i+2, i {
		y0, x0, y1, x1 := v[i], v[i+1], v[k], v[k+1]
		cross := (x1-x0)*(row-y0) - (y1-y0)*(col-x0)
		if math.Abs(cross) < 1e-9 && col >= min(x0, x1) && col <= max(x0, x1) && row >= min(y0, y1) && row <= max(y0, y1) {
			return true
		}
		if (y0 > row) != (y1 > row) && col < x0+(row-y0)*(x1-x0)/(y1-y0) {
			in = !in
		}
	}
	return in
}

// shutterGroup is the group of the overlay that is a bitmap shutter, 0 for none.
func shutterGroup(d *dicom.Dataset) int { return d.IntOr(dicom.ShutterOverlayGroup, 0) }

// bitmapShutter hides the pixels whose bit is set (PS3.3 C.7.6.15).
func bitmapShutter(d *dicom.Dataset, frame int) (func(col, row float64) bool, bool) {
	g := shutterGroup(d)
	if g < 0x6000 || g > 0x601E || g%2 != 0 {
		return nil, false
	}
	p, ok := planeOf(d, dicom.Tag(g-0x6000)<<16, frame)
	if !ok || p.absent {
		return nil, false
	}
	bit, ok := p.bits(d, Header{}, nil)
	if !ok {
		return nil, false
	}
	l := newLayer(Shutter, d, color.RGBA{})
	p.onto(l, 1, bit)
	return func(col, row float64) bool { return l.Cells[(int(row)-1)*l.Cols+int(col)-1] == 1 }, true
}
