package desk

import (
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/measure"
	"github.com/nocturne/nocturne/viewer/picture"
)

// snapPixels is how far a point may jump to an edge, in screen pixels.
const snapPixels = 14

// snapping reports whether points go to the edge nearest: only while the key is
// down (N7).
func (d *Desk) snapping() bool {
	for _, h := range d.held {
		if h.action == viewer.ToolSnap {
			return true
		}
	}
	return false
}

// askSnap is the key itself: what it does lasts while it is down.
func (d *Desk) askSnap() {
	d.touch()
	if !d.measuring() {
		d.notice("Snap to edge: hold the key while a measuring tool sets points or a handle is dragged.")
	}
}

// snapped is the edge near an image point of a tile, or the point itself.
func (d *Desk) snapped(t *tile, p [2]float64) [2]float64 {
	im := t.shown.Image
	if !d.snapping() || im == nil || im.Stored == nil || t.shown.Preview() {
		return p
	}
	g, ok := t.geometry()
	if !ok {
		return p
	}
	cal, _ := picture.Calibration(t.shown.Slot.Instance, t.shown.Slot.Frame, viewer.Mark{Kind: viewer.Length, Points: [][2]float64{p}})
	if cal.ColMM <= 0 || cal.RowMM <= 0 {
		return p
	}
	reach := snapPixels * d.scale / t.look.view.Scale(g, t.rect) * cal.ColMM
	q, ok := measure.Edge(im.At, im.Cols, im.Rows, cal, p, reach)
	if !ok {
		return p
	}
	return q
}

// snapWords say so beside the cursor.
func (d *Desk) snapWords() []string {
	if d.snapping() {
		return []string{"snap to edge"}
	}
	return nil
}
