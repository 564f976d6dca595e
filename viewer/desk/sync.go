package desk

import (
	"math"

	"github.com/nocturne/nocturne/cache/pixel"
	"github.com/nocturne/nocturne/viewer/picture"
	"github.com/nocturne/nocturne/viewer/stack"
)

// synced is how the active tile was looked at when the linked tiles last followed
// it.
type synced struct {
	tile          *tile
	stack         *stack.Stack
	view          picture.View
	invert        bool
	center, width float64
}

// syncViews lets tiles that are linked, or show one view of two studies, follow the active one's zoom and pan, in
// millimetres, and its window where theirs was the same: brain and bone side by
// side keep their windows, current and prior go together.
func (d *Desk) syncViews() {
	t := d.at()
	if d.apart || t.stack == nil || t.shown.Image == nil || t.made() != nil {
		d.synced = synced{}
		return
	}
	now := synced{tile: t, stack: t.stack, view: t.look.view, invert: t.look.invert}
	now.center, now.width = t.look.window.Straight(t.shown.Image)
	was := d.synced
	d.synced = now
	if was.tile != t || was.stack != t.stack {
		return
	}
	for _, o := range d.visible() {
		if o == t || !t.goesWith(o) || o.stack == nil || o.made() != nil || o.shown.Image == nil {
			continue
		}
		o.look.view.Follow(t.look.view, was.view, scaleBetween(t, o))
		if o.windowIs(was) && (now.center != was.center || now.width != was.width) {
			o.look.window = t.look.window
		}
		if o.look.invert == was.invert {
			o.look.invert = now.invert
		}
	}
}

// scaleBetween is how many pixels of o are as wide as one of t; 1 where either has
// no millimetres.
func scaleBetween(t, o *tile) float64 {
	if a, b := t.shown.Geometry.MM, o.shown.Geometry.MM; a > 0 && b > 0 {
		return a / b
	}
	return 1
}

// windowIs reports whether a tile has the window that another had, of values of
// the same kind.
func (t *tile) windowIs(was synced) bool {
	im := t.shown.Image
	if im.Stored == nil || was.tile.shown.Image.Unit() != im.Unit() || t.stack.Modality != was.stack.Modality {
		return false
	}
	c, w := t.look.window.Straight(im)
	const close = 1e-6
	return math.Abs(c-was.center) < close && math.Abs(w-was.width) < close && t.look.window.Window(im).Function != pixel.VOILUT
}
