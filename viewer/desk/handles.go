package desk

import (
	"math"

	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/picture"
	"github.com/nocturne/nocturne/viewer/tool"
)

// handle is a handle of the selected mark that the keyboard holds: arrows move it.
// One step of undo is what happened between taking it and leaving it.
type handle struct {
	at     int // of the mark's points; len(points): the whole mark
	mark   viewer.Mark
	before viewer.Mark
	on     picture.Picture
	tile   int
}

// editable is the selected mark where it can be changed: on screen, all of it, by
// someone who may (N7: nothing but the selected mark).
func (d *Desk) editable() (m viewer.Mark, tile int, ok bool) {
	switch {
	case d.chosen == "":
		d.notice("No mark is selected; n selects the next.")
		return m, 0, false
	case d.c.ReadOnly != "":
		d.notice("Nothing can be changed: " + d.c.ReadOnly)
		return m, 0, false
	}
	for i, t := range d.tiles {
		if i != d.active && !d.tileVisible(t) || t.shown.Preview() {
			continue
		}
		for _, m := range d.marksOn(t.shown) {
			if m.ID == d.chosen {
				return m, i, true
			}
		}
	}
	d.notice("The selected mark is not on screen; n goes to it.")
	return m, 0, false
}

// nextHandle is Enter on a selected mark: it takes the first handle, then the next,
// then the whole mark.
func (d *Desk) nextHandle() {
	m, i, ok := d.editable()
	if !ok {
		return
	}
	if m.Kind == viewer.Volume {
		d.notice("A volume follows from its axes: edit those.")
		return
	}
	at := 0
	if h := d.handle; h != nil && h.mark.ID == m.ID {
		at = (h.at + 1) % (len(m.Points) + 1)
		if len(m.Points) == 1 {
			at = 0
		}
		d.settle()
		m = d.handle.mark
	}
	d.activate(i)
	d.handle = &handle{at: at, mark: m, before: m, on: d.tiles[i].shown, tile: i}
	d.touch()
}

// settle makes what was moved a step of its own.
func (d *Desk) settle() {
	if h := d.handle; h != nil && !samePoints(h.mark.Points, h.before.Points) {
		d.log.Change(h.mark)
		h.before = h.mark
	}
}

func samePoints(a, b [][2]float64) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// leaveHandle ends editing by keys.
func (d *Desk) leaveHandle() {
	if d.handle != nil {
		d.settle()
		d.handle = nil
		d.touch()
	}
}

// holding are the actions during which a handle stays held.
var holding = map[viewer.Action]bool{
	viewer.CursorLeft: true, viewer.CursorRight: true, viewer.CursorUp: true, viewer.CursorDown: true,
	viewer.CursorLeft10: true, viewer.CursorRight10: true, viewer.CursorUp10: true, viewer.CursorDown10: true,
	viewer.ToolFinish: true, viewer.ToolDrop: true, viewer.MarkHandle: true, viewer.PointAdd: true, viewer.PointDelete: true,
	viewer.ViewZoomIn: true, viewer.ViewZoomOut: true, viewer.ToolSnap: true,
}

// moveHandle moves the held handle, or the whole mark, by image pixels in the
// directions of the screen.
func (d *Desk) moveHandle(dx, dy float64) {
	t := d.tiles[d.handle.tile]
	g, ok := t.geometry()
	if !ok {
		return
	}
	in := t.look.view.ToImage(g, t.rect)
	u, v := along(in[0]*dx+in[1]*dy, in[3]*dx+in[4]*dy, math.Max(math.Abs(dx), math.Abs(dy)))
	points := append([][2]float64(nil), d.handle.mark.Points...)
	for i := range points {
		if i == d.handle.at || d.handle.at == len(points) {
			points[i] = [2]float64{clampTo(points[i][0]+u, g.Cols), clampTo(points[i][1]+v, g.Rows)}
		}
	}
	d.reshape(points)
}

// reshape gives the held mark other points, unless it must not be measured there.
func (d *Desk) reshape(points [][2]float64) {
	h := d.handle
	m := h.mark
	m.Points, m.Changed = points, d.opt.Now()
	m, refused := picture.Measured(m, h.on)
	if refused != "" {
		d.notice(refused)
		return
	}
	d.onReformat(&m, h.on) // its points are of the plane on screen
	h.mark = m
	d.edited(m)
}

// addPoint puts a corner between the held one and the next.
func (d *Desk) addPoint() {
	h := d.handle
	if h == nil || h.mark.Kind != viewer.Polygon || h.at == len(h.mark.Points) {
		d.notice("Corners are added to a selected freehand shape: Enter takes one first.")
		return
	}
	p := h.mark.Points
	a, b := p[h.at], p[(h.at+1)%len(p)]
	points := append([][2]float64(nil), p[:h.at+1]...)
	points = append(points, [2]float64{(a[0] + b[0]) / 2, (a[1] + b[1]) / 2})
	d.reshape(append(points, p[h.at+1:]...))
	d.settle()
	h.at++
}

// deletePoint takes back the last point set, or takes the held corner out of a
// polygon.
func (d *Desk) deletePoint() {
	h := d.handle
	switch {
	case h == nil:
		if !d.draft.Back() {
			d.notice("There is no point to take back.")
		}
		d.touch()
	case h.mark.Kind != viewer.Polygon || h.at == len(h.mark.Points):
		d.notice("Only a corner of a freehand shape can be taken out.")
	case len(h.mark.Points) <= tool.Points(viewer.Polygon):
		d.notice("A shape has three corners at least.")
	default:
		p := h.mark.Points
		d.reshape(append(append([][2]float64(nil), p[:h.at]...), p[h.at+1:]...))
		d.settle()
		h.at %= len(h.mark.Points)
	}
}
