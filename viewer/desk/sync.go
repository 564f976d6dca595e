package desk

import (
	"math"

	"github.com/nocturne/nocturne/cache/pixel"
	"github.com/nocturne/nocturne/viewer/stack"
)

// synced is how the active tile was looked at when the linked tiles last followed
// it.
type synced struct {
	tile          *tile
	stack         *stack.Stack
	view          view
	invert        bool
	center, width float64
}

// syncViews lets tiles that are linked, or show one view of two studies, follow the active one's zoom and pan, in
// millimetres, and its window where theirs was the same: brain and bone side by
// side keep their windows, current and prior go together.
func (d *Desk) syncViews() {
	t := d.at()
	if d.apart || t.stack == nil || t.shown.image == nil || t.made() != nil {
		d.synced = synced{}
		return
	}
	now := synced{tile: t, stack: t.stack, view: t.look.view, invert: t.look.invert}
	now.center, now.width = straight(t, t.shown.image)
	was := d.synced
	d.synced = now
	if was.tile != t || was.stack != t.stack {
		return
	}
	for _, o := range d.visible() {
		if o == t || !t.goesWith(o) || o.stack == nil || o.made() != nil || o.shown.image == nil {
			continue
		}
		o.look.view.alike(t.look.view, was.view, scaleBetween(t, o))
		if o.windowIs(was) && (now.center != was.center || now.width != was.width) {
			o.look.window = t.look.window
		}
		if o.look.invert == was.invert {
			o.look.invert = now.invert
		}
	}
}

// alike takes over a zoom and a pan that changed; per is how many pixels of this
// image make one of the other's.
func (v *view) alike(now, was view, per float64) {
	if now.Zoom == was.Zoom && now.PanX == was.PanX && now.PanY == was.PanY {
		return
	}
	v.Zoom, v.PanX, v.PanY = now.Zoom/per, now.PanX*per, now.PanY*per
	if now.FlipH != v.FlipH || now.Turn != v.Turn { // the same shift means another place
		v.PanX, v.PanY = 0, 0
	}
}

// scaleBetween is how many pixels of o are as wide as one of t; 1 where either has
// no millimetres.
func scaleBetween(t, o *tile) float64 {
	if a, b := t.shown.geo.MM, o.shown.geo.MM; a > 0 && b > 0 {
		return a / b
	}
	return 1
}

// windowIs reports whether a tile has the window that another had, of values of
// the same kind.
func (t *tile) windowIs(was synced) bool {
	im := t.shown.image
	if im.Stored == nil || was.tile.shown.image.Unit() != im.Unit() || t.stack.Modality != was.stack.Modality {
		return false
	}
	c, w := straight(t, im)
	const close = 1e-6
	return math.Abs(c-was.center) < close && math.Abs(w-was.width) < close && t.look.window.window(im).Function != pixel.VOILUT
}
