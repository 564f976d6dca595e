package desk

import (
	"image"
	"math"
	"time"

	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/picture"
	"github.com/nocturne/nocturne/viewer/stack"
	"github.com/nocturne/nocturne/viewer/tool"
)

// MouseKind is what the pointer did.
type MouseKind int

// MouseLeave is the pointer leaving the window; its position is ignored.
const (
	MouseDown MouseKind = iota
	MouseMove
	MouseUp
	MouseLeave
)

// Button is a button of the mouse: left is the tool, middle pans, right zooms.
type Button int

// The buttons; NoButton goes with moves.
const (
	NoButton Button = iota
	LeftButton
	MiddleButton
	RightButton
)

// pointer is where the mouse is and what it holds.
type pointer struct {
	x, y   float64
	inside bool
	grab   *grab
}

// grab is a drag from button down to up.
type grab struct {
	button     Button
	fromX      float64
	fromY      float64
	moved      bool
	tile       int
	mark       viewer.Mark // being edited, as it is now; ID "" while none is
	before     viewer.Mark // as it was
	handle     int         // −1: the whole mark
	on         picture.Picture
	told       time.Time
	began      bool // this press set a point of a draft
	selectable bool // a click without a drag here may select or deselect
	refused    bool // the drag was refused once, and said so

	center, width float64 // of the window when the drag began
	cross         crossGrab
}

// Distances in logical pixels: how far a press may slip and still be a click, and
// how near a handle or outline must be.
const slip, reach = 4, 8

// Mouse takes the pointer, in device pixels of the scene.
func (d *Desk) Mouse(kind MouseKind, b Button, x, y float64) {
	if kind == MouseLeave {
		d.pointer.inside = false
		d.dirty = true
		return
	}
	dx, dy := x-d.pointer.x, y-d.pointer.y
	d.pointer.x, d.pointer.y, d.pointer.inside = x, y, true
	if kind != MouseMove || dx != 0 || dy != 0 {
		d.touched()
	}
	if kind == MouseDown && d.leavePattern() {
		return
	}
	if !d.open || d.menuMouse(kind, b, x, y) || d.stripMouse(kind, b, x, y) {
		return
	}
	d.dirty = d.dirty || d.loupe
	d.arrange()
	switch {
	case kind == MouseDown && d.pointer.grab == nil:
		d.catchUp()
		d.acted = true
		d.leaveHandle()
		d.stopMacro()
		if d.panel != nil {
			d.panel = nil
			d.touch()
			return
		}
		d.press(b, x, y)
	case kind == MouseMove && d.pointer.grab != nil:
		d.dragBy(d.pointer.grab, dx, dy)
	case kind == MouseMove:
		d.hover(x, y)
	case kind == MouseUp && d.pointer.grab != nil && d.pointer.grab.button == b:
		d.dragBy(d.pointer.grab, dx, dy)
		d.lift(d.pointer.grab)
		d.pointer.grab = nil
	}
}

// Wheel turns the stack under the pointer: notches above zero go down the stack,
// to the feet, left or back. Every notch counts (N9).
func (d *Desk) Wheel(x, y float64, notches int) {
	d.touched()
	if !d.open || notches == 0 || d.stripWheel(x, y, notches) {
		return
	}
	d.acted = true
	d.arrange()
	if i := d.tileAt(x, y); i >= 0 {
		d.scroll(d.tiles[i], notches)
	}
}

// tileAt is the index of the visible tile at a scene point, −1 beside all.
func (d *Desk) tileAt(x, y float64) int {
	p := image.Pt(int(math.Floor(x)), int(math.Floor(y)))
	for i, t := range d.tiles {
		for _, v := range d.visible() {
			if v == t && p.In(t.rect) {
				return i
			}
		}
	}
	return -1
}

func (d *Desk) press(b Button, x, y float64) {
	i := d.tileAt(x, y)
	if i < 0 {
		return
	}
	drawing := d.draft.Begun() && i != d.active
	d.activate(i)
	g := &grab{button: b, fromX: x, fromY: y, tile: i, handle: -1}
	d.pointer.grab = g
	if drawing || b != LeftButton || d.label != nil {
		return
	}
	p, ok := d.imagePoint(i, x, y)
	switch {
	case ok && d.grabMark(g, x, y):
	case d.measuring():
		d.cursor, d.draft.Cursor = p, p
		if ok {
			g.began = true
			d.put(p)
			d.probeAt()
		}
	default:
		g.selectable, g.cross = true, d.grabCross(i, x, y)
		if t := d.tiles[i]; t.shown.Image != nil {
			g.center, g.width = t.look.window.Straight(t.shown.Image)
		}
	}
}

// imagePoint is the image point at a scene point; ok is false beside the image.
func (d *Desk) imagePoint(i int, x, y float64) (p [2]float64, ok bool) {
	t := d.tiles[i]
	g, here := t.geometry()
	if !here {
		return p, false
	}
	u, v := t.look.view.ToImage(g, t.rect).Apply(x, y)
	return [2]float64{u, v}, u >= 0 && v >= 0 && u <= float64(g.Cols) && v <= float64(g.Rows)
}

// grabMark takes hold of the selected mark: a handle, or its outline. Nothing but
// the selected mark can be dragged, so that a caliper that is in the report never
// moves by accident (N7).
func (d *Desk) grabMark(g *grab, x, y float64) bool {
	if d.c.ReadOnly != "" || d.draft.Begun() {
		return false
	}
	t := d.tiles[g.tile]
	for _, m := range d.marksOn(t.shown) {
		if m.ID != d.chosen {
			continue
		}
		at, near := [2]float64{x, y}, reach*d.scale
		g.handle = tool.Nearest(t.onScreen(m.Points), at, near)
		if g.handle < 0 && !t.touches(m, at, near) {
			return false
		}
		if m.Kind == viewer.Volume {
			return false // it follows from its axes
		}
		g.mark, g.before, g.on = m, m, t.shown
		return true
	}
	return false
}

func (t *tile) onScreen(points [][2]float64) [][2]float64 {
	g, ok := t.geometry()
	if !ok {
		return nil
	}
	a := t.look.view.ToScene(g, t.rect)
	out := make([][2]float64, len(points))
	for i, p := range points {
		out[i][0], out[i][1] = a.Apply(p[0], p[1])
	}
	return out
}

func (t *tile) touches(m viewer.Mark, at [2]float64, near float64) bool {
	if len(m.Points) == 1 {
		return tool.Touches(t.onScreen(m.Points), at, near)
	}
	for _, line := range tool.Outline(m.Kind, m.Points) {
		if tool.Touches(t.onScreen(line), at, near) {
			return true
		}
	}
	return false
}

func (d *Desk) dragBy(g *grab, dx, dy float64) {
	if !g.moved && math.Hypot(d.pointer.x-g.fromX, d.pointer.y-g.fromY) < slip*d.scale {
		return
	}
	if !g.moved { // catch up with what was held back as slip
		g.moved, dx, dy = true, d.pointer.x-g.fromX, d.pointer.y-g.fromY
	}
	t := d.tiles[g.tile]
	geo, ok := t.geometry()
	if !ok || dx == 0 && dy == 0 {
		return
	}
	switch {
	case g.mark.ID != "":
		d.dragMark(g, t, geo)
	case g.button == MiddleButton:
		t.look.view.Drag(dx, dy, geo, t.rect)
	case g.button == RightButton:
		t.look.view.ZoomAt(tool.ZoomDrag(dy, d.scale), geo, t.rect, g.fromX, g.fromY)
	case d.measuring():
		d.hover(d.pointer.x, d.pointer.y)
		if g.began {
			d.draft.Trace(d.cursor)
		}
	case g.cross.hold != noHold:
		d.dragCross(g)
	case g.selectable && g.width > 0 && t.shown.Image != nil && t.shown.Image.Stored != nil && !t.shown.Preview():
		by := picture.Fine(t.shown.Image)
		c, w := tool.WindowDrag(g.center*by, g.width*by, d.pointer.x-g.fromX, d.pointer.y-g.fromY, d.scale)
		d.setTo(t, c/by, w/by, "")
	}
	d.touch()
}

// everyEdit is how often a drag tells where the mark is: often enough that a crash
// loses nothing, seldom enough not to flood.
const everyEdit = 80 * time.Millisecond

func (d *Desk) dragMark(g *grab, t *tile, geo *stack.Geometry) {
	from, _ := d.imagePoint(g.tile, g.fromX, g.fromY)
	to, _ := d.imagePoint(g.tile, d.pointer.x, d.pointer.y)
	points := append([][2]float64(nil), g.before.Points...)
	for i := range points {
		if g.handle < 0 || g.handle == i {
			points[i][0] = clampTo(points[i][0]+to[0]-from[0], geo.Cols)
			points[i][1] = clampTo(points[i][1]+to[1]-from[1], geo.Rows)
		}
	}
	if g.handle >= 0 {
		points[g.handle] = d.snapped(t, points[g.handle])
	}
	m := g.before
	m.Points, m.Changed = points, d.opt.Now()
	m, refused := picture.Measured(m, g.on)
	if refused != "" {
		if !g.refused {
			d.notice(refused)
		}
		g.refused = true
		return
	}
	d.onReformat(&m, g.on) // its points are of the plane on screen
	g.mark = m
	if now := d.opt.Now(); now.Sub(g.told) >= everyEdit {
		g.told = now
		d.edited(m)
	}
}

// lift is the button coming up.
func (d *Desk) lift(g *grab) {
	switch {
	case g.mark.ID != "" && g.moved:
		d.log.Change(g.mark)
		d.edited(g.mark)
	case g.began && g.moved && d.draft.Kind == viewer.Polygon:
		d.closeShape()
	case g.began && g.moved && d.draft.Begun() && d.measuring():
		d.put(clampPoint(d.cursor, d.tiles[g.tile]))
	case g.button == RightButton && !g.moved:
		d.openMenu(d.pointer.x, d.pointer.y)
	case g.selectable && !g.moved:
		d.choose(g.tile)
	}
}

// closeShape ends a freehand line where the button comes up; one that encloses
// nothing stays, to be gone on with point by point.
func (d *Desk) closeShape() {
	t := d.at()
	if points, ok := d.draft.Close(); ok && t.shown.Image != nil {
		d.make(t.shown, t.stack, points, "")
	}
}

func clampPoint(p [2]float64, t *tile) [2]float64 {
	if g, ok := t.geometry(); ok {
		return [2]float64{clampTo(p[0], g.Cols), clampTo(p[1], g.Rows)}
	}
	return p
}

// choose selects the mark under the pointer, the one made last on top; none
// deselects.
func (d *Desk) choose(i int) {
	t := d.tiles[i]
	d.chosen = ""
	for _, m := range d.marksOn(t.shown) {
		if t.touches(m, [2]float64{d.pointer.x, d.pointer.y}, reach*d.scale) {
			d.chosen = m.ID
		}
	}
	d.touch()
}

// hover moves the cursor of a measuring tool with the pointer.
func (d *Desk) hover(x, y float64) {
	if !d.measuring() || d.label != nil || d.tileAt(x, y) != d.active {
		return
	}
	if g, ok := d.at().geometry(); ok {
		u, v := d.at().look.view.ToImage(g, d.at().rect).Apply(x, y)
		p := d.snapped(d.at(), [2]float64{u, v})
		d.setCursor(g, p[0], p[1])
		d.probeAt()
	}
}
