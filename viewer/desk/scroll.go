package desk

import (
	"math"

	"github.com/nocturne/nocturne/cache/space"
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
	if !ok || o.stack == nil || len(o.stack.slots) == 0 {
		return 0, false
	}
	if !comparable(t.stack, o.stack) {
		n, m := len(t.stack.slots)-1, len(o.stack.slots)-1
		return int(math.Round(float64(t.look.slice) * float64(m) / float64(max(n, 1)))), true
	}
	return o.stack.nearest(sl.pos + o.offset - t.offset), true
}

// alike is how parallel two stacks must be to scroll by position: a cosine of
// 0.94, 20°, as a head laid differently a year later.
const alike = 0.94

// comparable reports whether positions of two stacks mean the same: parallel,
// and either of one frame of reference or overlapping by half of the shorter
// one. Two studies never share a frame of reference, but a table is usually
// zeroed at the same landmark; where it was not, X sets the offset.
func comparable(a, b *stack) bool {
	if !a.spatial || !b.spatial || a.along.Dot(b.along) < alike {
		return false
	}
	if a.frameOfRef != "" && a.frameOfRef == b.frameOfRef {
		return true
	}
	lowA, highA := a.extent()
	lowB, highB := b.extent()
	overlap := math.Min(highA, highB) - math.Max(lowA, lowB)
	shorter := math.Min(highA-lowA, highB-lowB)
	return overlap >= shorter/2 && overlap >= 0
}

// together reports whether a patient point of one stack means anything in another.
func together(a, b *stack) bool {
	return a.root() == b.root() || a.frameOfRef != "" && a.frameOfRef == b.frameOfRef || comparable(a, b)
}

func (s *stack) extent() (low, high float64) {
	return s.slots[0].pos, s.slots[len(s.slots)-1].pos
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
		if sl, ok := o.slot(); ok && o != t && comparable(t.stack, o.stack) {
			o.offset = sl.pos - ref.pos
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
		if o.stack != nil && together(t.stack, o.stack) && d.point(o, q) {
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
	if !o.stack.spatial {
		return false
	}
	i := o.stack.nearest(q.Dot(o.stack.along))
	if math.Abs(q.Dot(o.stack.along)-o.stack.slots[i].pos) > math.Max(o.stack.spacing, 5) {
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
	x, y := o.look.view.toScene(g, o.rect).Apply(col, row)
	if x < float64(o.rect.Min.X) || y < float64(o.rect.Min.Y) || x >= float64(o.rect.Max.X) || y >= float64(o.rect.Max.Y) {
		o.look.view.pin(g, o.rect)
		o.look.view.PanX, o.look.view.PanY = col-float64(g.Cols)/2, row-float64(g.Rows)/2
		o.look.view.clamp(g)
	}
	return true
}

// plane is where the slice a tile stands at lies in the patient.
func (t *tile) plane() (space.Plane, bool) {
	sl, ok := t.slot()
	if !ok || sl.inst == nil {
		return space.Plane{}, false
	}
	return sl.inst.plane(sl.frame)
}
