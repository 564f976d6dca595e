package desk

import (
	"image"
	"math"

	"github.com/nocturne/nocturne/cache/space"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/outline"
	"github.com/nocturne/nocturne/viewer/overlay"
)

// hold is what of the crosshair a drag has.
type hold int

// A drag of the crossing point moves both other planes, one of a line that plane
// alone, one of a grip turns both about the tile's normal.
const (
	noHold hold = iota
	holdPoint
	holdLine
	holdGrip
)

// crossGrab is a drag of the crosshair.
type crossGrab struct {
	hold  hold
	plane int     // whose line; of holdLine
	angle float64 // of the pointer about the crossing, when it was turned last
}

func crossing3() map[viewer.Action]func(*Desk) {
	out := map[viewer.Action]func(*Desk){}
	for a, by := range map[viewer.Action][2]float64{
		viewer.CrossLeft: {-1, 0}, viewer.CrossRight: {1, 0}, viewer.CrossUp: {0, -1}, viewer.CrossDown: {0, 1},
	} {
		out[a] = changing(func(d *Desk) { d.stepCross(by[0], by[1]) })
	}
	return out
}

// plane3 is which plane of the MPR a tile holds; −1 for none.
func (d *Desk) plane3(t *tile) int {
	if d.mpr == nil || t.made() == nil {
		return -1
	}
	for i := range 3 {
		if d.tiles[i] == t {
			return i
		}
	}
	return -1
}

// crossAt is where the planes meet, on a tile's screen.
func (d *Desk) crossAt(t *tile) (at [2]float64, ok bool) {
	p, ok := t.shownPlane()
	if !ok {
		return at, false
	}
	col, row, _ := p.PatientToPixel(d.mpr.set.Centre)
	return t.onScreen([][2]float64{{col, row}})[0], true
}

func (t *tile) shownPlane() (space.Plane, bool) {
	if t.shown.Image == nil {
		return space.Plane{}, false
	}
	return t.shown.Slot.Instance.Plane(t.shown.Slot.Frame)
}

// axes are the lines of the other planes on a tile of an MPR, in their colours, and
// the bar of its own.
func (d *Desk) axes(t *tile, clip image.Rectangle) (l overlay.List) {
	for _, a := range d.axesOf(t, clip) {
		l.Append(d.style().Axis(a))
	}
	if own := d.plane3(t); own >= 0 {
		here, _ := t.shownPlane()
		if there, ok := d.tiles[3].shownPlane(); ok && d.tileVisible(d.tiles[3]) {
			if a, b, ok := outline.Crossing(here, there); ok {
				at := t.onScreen([][2]float64{a, b})
				l.Append(d.style().Reference(clip, at[0], at[1], d.tiles[3] == d.at()))
			}
		}
		l.Append(d.style().PlaneBar(clip, overlay.Planes[own]))
	}
	return l
}

// axesOf lists the lines, in the order of the planes; one that does not cross the
// tile is left out.
func (d *Desk) axesOf(t *tile, clip image.Rectangle) (out []overlay.Axis) {
	here, ok := t.shownPlane()
	if d.oneUp || !ok { // alone on screen, nothing else is to be found by it
		return nil
	}
	cross, known := d.crossAt(t)
	if !known {
		return nil
	}
	for i, o := range d.tiles[:3] {
		there, ok := o.plane()
		if o == t || !ok {
			continue
		}
		a, b, ok := outline.Crossing(here, there)
		if !ok {
			continue
		}
		ends := t.onScreen([][2]float64{a, b})
		x := overlay.Axis{Clip: clip, A: ends[0], B: ends[1], Cross: cross, Color: overlay.Planes[i], Selected: o == d.at()}
		if d.plane3(t) >= 0 {
			x.Grips = grips(x, t.rect)
		}
		x.Slab = d.faces(t, o, here, there)
		out = append(out, x)
	}
	return out
}

// faces are the lines of the two faces of another plane's slab.
func (d *Desk) faces(t, o *tile, here, there space.Plane) (out [][2][2]float64) {
	made := o.made()
	if made == nil {
		return nil
	}
	_, thick := made.Thickness()
	if thick <= 0 {
		return nil
	}
	for _, side := range []float64{-0.5, 0.5} {
		face := there
		face.Origin = face.Origin.Add(face.Normal().Scale(side * thick))
		if a, b, ok := outline.Crossing(here, face); ok {
			at := t.onScreen([][2]float64{a, b})
			out = append(out, [2][2]float64{at[0], at[1]})
		}
	}
	return out
}

// grips lie on both sides of the crossing, a third of the tile away.
func grips(x overlay.Axis, r image.Rectangle) (out [][2]float64) {
	length := math.Hypot(x.B[0]-x.A[0], x.B[1]-x.A[1])
	away := float64(min(r.Dx(), r.Dy())) / 3
	if length == 0 {
		return nil
	}
	u := [2]float64{(x.B[0] - x.A[0]) / length, (x.B[1] - x.A[1]) / length}
	for _, side := range []float64{-away, away} {
		g := [2]float64{x.Cross[0] + side*u[0], x.Cross[1] + side*u[1]}
		if t := (g[0]-x.A[0])*u[0] + (g[1]-x.A[1])*u[1]; t > 0 && t < length {
			out = append(out, g)
		}
	}
	return out
}

// grabCross takes hold of what of the crosshair is under the pointer.
func (d *Desk) grabCross(i int, x, y float64) crossGrab {
	t := d.tiles[i]
	if d.plane3(t) < 0 || d.noLines {
		return crossGrab{}
	}
	at, ok := d.crossAt(t)
	if !ok || d.oneUp {
		return crossGrab{}
	}
	near := func(p [2]float64, within float64) bool { return math.Hypot(p[0]-x, p[1]-y) <= within*d.scale }
	if near(at, reach+4) {
		return crossGrab{hold: holdPoint}
	}
	axes := d.axesOf(t, t.rect)
	for _, a := range axes {
		for _, g := range a.Grips {
			if near(g, reach) {
				return crossGrab{hold: holdGrip, angle: math.Atan2(y-at[1], x-at[0])}
			}
		}
	}
	for _, a := range axes {
		if apart([2]float64{x, y}, a.A, a.B) <= reach/2*d.scale {
			for p, c := range overlay.Planes {
				if c == a.Color {
					return crossGrab{hold: holdLine, plane: p}
				}
			}
		}
	}
	return crossGrab{}
}

// apart is the distance of a point from a segment.
func apart(p, a, b [2]float64) float64 {
	dx, dy := b[0]-a[0], b[1]-a[1]
	t := 0.0
	if n := dx*dx + dy*dy; n > 0 {
		t = max(0, min(1, ((p[0]-a[0])*dx+(p[1]-a[1])*dy)/n))
	}
	return math.Hypot(a[0]+t*dx-p[0], a[1]+t*dy-p[1])
}

// dragCross follows the pointer with what it has hold of.
func (d *Desk) dragCross(g *grab) {
	t := d.tiles[g.tile]
	p, ok := t.shownPlane()
	if d.mpr == nil || !ok {
		return
	}
	if g.cross.hold == holdGrip {
		at, _ := d.crossAt(t)
		angle := math.Atan2(d.pointer.y-at[1], d.pointer.x-at[0])
		by := math.Remainder(angle-g.cross.angle, 2*math.Pi) * 180 / math.Pi
		if t.look.view.FlipH {
			by = -by
		}
		g.cross.angle = angle
		d.mpr.set.Turn(g.tile, by)
		d.rehang()
		return
	}
	to, _ := d.imagePoint(g.tile, d.pointer.x, d.pointer.y)
	q := p.PixelToPatient(to[0], to[1])
	along := t.stack.Along
	if g.cross.hold == holdLine {
		along = d.tiles[g.cross.plane].stack.Along
		d.moveCross(d.mpr.set.Centre.Add(along.Scale(q.Sub(d.mpr.set.Centre).Dot(along))))
		return
	}
	d.moveCross(q.Add(along.Scale(d.mpr.set.Centre.Sub(q).Dot(along))))
}

// moveCross brings the planes to a point, no further than the volume reaches.
func (d *Desk) moveCross(q space.Vec3) {
	for _, t := range d.tiles[:3] {
		made := t.made()
		if made == nil {
			return
		}
		along := made.Along()
		low, high := made.Position(0), made.Position(made.Slices()-1)
		if at := q.Dot(along); at < low || at > high {
			q = q.Add(along.Scale(max(low, min(high, at)) - at))
		}
	}
	d.mpr.set.Centre = q
	d.cross3()
}

// stepCross moves the crossing by image pixels of the active plane, in the directions
// of the screen.
func (d *Desk) stepCross(dx, dy float64) {
	t := d.at()
	p, ok := t.shownPlane()
	g, known := t.geometry()
	if d.plane3(t) < 0 || !ok || !known {
		d.notice("Choose one of the reformats: the crossing moves in it.")
		return
	}
	d.arrange()
	in := t.look.view.ToImage(g, t.rect)
	u, v := along(in[0]*dx+in[1]*dy, in[3]*dx+in[4]*dy, 1)
	d.moveCross(d.mpr.set.Centre.Add(p.Row.Scale(u * p.ColMM)).Add(p.Col.Scale(v * p.RowMM)))
}
