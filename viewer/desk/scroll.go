package desk

import (
	"math"

	"github.com/nocturne/nocturne/cache/space"
	"github.com/nocturne/nocturne/viewer/stack"
)

// slice moves a tile to a slice.
func (d *Desk) slice(t *tile, to int) {
	if t.goTo(to) {
		d.sliceChanged(t)
		d.lead(t)
	}
	d.touch()
}

// sliceChanged ends what belongs to the slice that was left.
func (d *Desk) sliceChanged(t *tile) {
	t.cross = nil
	d.recentre(t)
	if t == d.tiles[d.active] && d.draft.Begun() {
		d.draft.Drop()
		d.notice("The unfinished mark was dropped: another slice.")
	}
}

// lead moves the tiles that are linked with t to the same level.
func (d *Desk) lead(t *tile) {
	if !t.linked {
		return
	}
	for _, o := range d.visible() {
		if o != t && o.linked && o.stack != nil {
			if i, ok := level(t, o); ok && o.goTo(i) {
				d.sliceChanged(o)
			}
		}
	}
}

// level is the slice of o that is at the level of t's: by patient position where
// the two can be compared, else at the same share of the way down.
func level(t, o *tile) (int, bool) {
	sl, ok := t.slot()
	if !ok || o.stack == nil || len(o.stack.Slots) == 0 {
		return 0, false
	}
	if !stack.Comparable(t.stack, o.stack) {
		n, m := len(t.stack.Slots)-1, len(o.stack.Slots)-1
		return int(math.Round(float64(t.look.slice) * float64(m) / float64(max(n, 1)))), true
	}
	return o.stack.Nearest(sl.Position + o.offset - t.offset), true
}

// link couples all tiles as they stand now, offsets included, or uncouples them.
func (d *Desk) link() {
	t := d.tiles[d.active]
	if t.linked {
		for _, o := range d.tiles {
			o.linked = false
		}
		d.notice("Scrolling is no longer linked.")
		d.touch()
		return
	}
	ref, ok := t.slot()
	if !ok || len(d.visible()) < 2 {
		d.notice("Nothing to link: there is one tile.")
		return
	}
	for _, o := range d.visible() {
		o.linked = o.stack != nil
		o.offset = 0
		if sl, ok := o.slot(); ok && o != t && stack.Comparable(t.stack, o.stack) {
			o.offset = sl.Position - ref.Position
		}
	}
	t.offset = 0
	d.notice("Scrolling is linked as the tiles stand now.")
	d.touch()
}

// samePoint shows the point under the cursor in all other tiles: the nearest
// slice, a cross where it is, the view moved only if the cross would be outside.
func (d *Desk) samePoint() {
	t := d.tiles[d.active]
	p, ok := t.plane()
	if !ok {
		d.notice("This image has no position in the patient.")
		return
	}
	d.aim()
	q := p.PixelToPatient(d.cursor[0], d.cursor[1])
	n := 0
	for _, o := range d.visible() {
		if o == t {
			o.cross = &q
			continue
		}
		if o.stack != nil && stack.Together(t.stack, o.stack) && d.point(o, q) {
			n++
		}
	}
	if n == 0 {
		d.notice("No other tile has this point.")
	}
	d.touch()
}

// point brings a patient point onto a tile's screen.
func (d *Desk) point(o *tile, q space.Vec3) bool {
	if !o.stack.Spatial {
		return false
	}
	i := o.stack.Nearest(q.Dot(o.stack.Along))
	if math.Abs(q.Dot(o.stack.Along)-o.stack.Slots[i].Position) > math.Max(o.stack.Spacing, 5) {
		return false
	}
	if o.goTo(i) {
		d.sliceChanged(o)
	}
	p, ok := o.plane()
	if !ok {
		return false
	}
	o.cross = &q
	col, row, _ := p.PatientToPixel(q)
	g, ok := o.geometry()
	if !ok {
		return false
	}
	x, y := o.look.view.ToScene(g, o.rect).Apply(col, row)
	if x < float64(o.rect.Min.X) || y < float64(o.rect.Min.Y) || x >= float64(o.rect.Max.X) || y >= float64(o.rect.Max.Y) {
		o.look.view.Pin(g, o.rect)
		o.look.view.PanX, o.look.view.PanY = col-float64(g.Cols)/2, row-float64(g.Rows)/2
		o.look.view.Clamp(g)
	}
	return true
}

// plane is where the slice a tile stands at lies in the patient.
func (t *tile) plane() (space.Plane, bool) {
	sl, ok := t.slot()
	if !ok || sl.Instance == nil {
		return space.Plane{}, false
	}
	return sl.Instance.Plane(sl.Frame)
}
