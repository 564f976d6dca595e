// Package tool is what a gesture does: which points a mark still needs, where a
// handle is grabbed, how a drag turns into window and level, how long a key must
// be held, what is typing and what is stray speech, and how edits are undone. It
// knows neither a device nor an engine: time and positions are passed in.
package tool

import "github.com/nocturne/nocturne/viewer"

// kinds maps the measuring tools to the marks they make.
var kinds = map[viewer.Action]viewer.MarkKind{
	viewer.ToolLength:  viewer.Length,
	viewer.ToolAngle:   viewer.Angle,
	viewer.ToolEllipse: viewer.Ellipse,
	viewer.ToolProbe:   viewer.Probe,
	viewer.ToolArrow:   viewer.Arrow,
	viewer.ToolText:    viewer.Text,

	viewer.ToolBidirect:  viewer.Bidirectional,
	viewer.ToolCobb:      viewer.Cobb,
	viewer.ToolRectangle: viewer.Rectangle,
	viewer.ToolPolygon:   viewer.Polygon,
	viewer.ToolVertebra:  viewer.Vertebra,
	viewer.ToolRegion:    viewer.Rectangle,
}

// Names of the tools as the status line and the overlay show them.
var names = map[viewer.Action]string{
	"":                 "scroll",
	viewer.ToolWindow:  "window/level",
	viewer.ToolShift:   "mask shift",
	viewer.ToolLength:  "ruler",
	viewer.ToolAngle:   "angle",
	viewer.ToolEllipse: "ellipse",
	viewer.ToolProbe:   "probe",
	viewer.ToolArrow:   "arrow",
	viewer.ToolText:    "text",

	viewer.ToolBidirect:  "bidirectional",
	viewer.ToolCobb:      "Cobb",
	viewer.ToolRectangle: "rectangle",
	viewer.ToolPolygon:   "freehand",
	viewer.ToolVertebra:  "spine labels",
	viewer.ToolRegion:    "window from a box",
}

// Kind is the mark that a tool makes; ok is false for tools that measure nothing.
func Kind(a viewer.Action) (k viewer.MarkKind, ok bool) {
	k, ok = kinds[a]
	return k, ok
}

// Name is the reader's word for a tool; "" means it is none.
func Name(a viewer.Action) string { return names[a] }

// Points is how many points a mark of a kind has; of a polygon, at least.
func Points(k viewer.MarkKind) int {
	switch k {
	case viewer.Bidirectional, viewer.Cobb:
		return 4
	case viewer.Angle, viewer.Polygon:
		return 3
	case viewer.Length, viewer.Ellipse, viewer.Rectangle, viewer.Arrow, viewer.Volume:
		return 2
	}
	return 1
}

// Draft is a mark in the making: the points set so far and the one that follows
// the pointer. The zero value of Kind is no draft.
type Draft struct {
	Kind   viewer.MarkKind
	Points [][2]float64
	Cursor [2]float64
}

// closed is how near a polygon's point must be to its first or last one to close it,
// in image pixels.
const closed = 1

// Put sets the next point. When it was the last one, done holds all of them and
// the draft starts afresh. A polygon is closed by a point on its first or its last
// one.
func (d *Draft) Put(p [2]float64) (done [][2]float64, ok bool) {
	d.Cursor = p
	if d.Kind == viewer.Polygon {
		n := len(d.Points)
		if n > 0 && (Nearest(d.Points[:1], p, closed) == 0 || Nearest(d.Points[n-1:], p, closed) == 0) {
			return d.Close()
		}
		d.Points = append(d.Points, p)
		return nil, false
	}
	d.Points = append(d.Points, p)
	if len(d.Points) < Points(d.Kind) {
		return nil, false
	}
	done, d.Points = d.Points, nil
	return done, true
}

// maxTrace bounds the points of a freehand line.
const maxTrace = 4096

// Trace takes a freehand line on, a point for every pixel of its way.
func (d *Draft) Trace(p [2]float64) {
	d.Cursor = p
	if n := len(d.Points); d.Kind == viewer.Polygon && n > 0 && n < maxTrace && Nearest(d.Points[n-1:], p, closed) < 0 {
		d.Points = append(d.Points, p)
	}
}

// Close ends a polygon of three points or more; ok is false while there are fewer.
func (d *Draft) Close() (done [][2]float64, ok bool) {
	if d.Kind != viewer.Polygon || len(d.Points) < Points(d.Kind) {
		return nil, false
	}
	done, d.Points = d.Points, nil
	return done, true
}

// Shape is what to draw now: the set points and the cursor.
func (d *Draft) Shape() [][2]float64 {
	return append(append([][2]float64(nil), d.Points...), d.Cursor)
}

// Begun reports whether any point is set.
func (d *Draft) Begun() bool { return len(d.Points) > 0 }

// Drop forgets the points, keeping the tool.
func (d *Draft) Drop() { d.Points = nil }

// Back takes the last point back; ok is false when there is none.
func (d *Draft) Back() (ok bool) {
	if ok = len(d.Points) > 0; ok {
		d.Points = d.Points[:len(d.Points)-1]
	}
	return ok
}
