package desk

import (
	"image"

	"github.com/nocturne/nocturne/viewer/outline"
	"github.com/nocturne/nocturne/viewer/overlay"
	"github.com/nocturne/nocturne/viewer/stack"
)

// referenceLines are where the other tiles' slices cut a tile's: each along the
// length that the other image covers.
func (d *Desk) referenceLines(t *tile, clip image.Rectangle) (l overlay.List) {
	if d.noLines || t.stack == nil || !t.stack.Spatial {
		return l
	}
	here, ok := t.shown.Slot.Instance.Plane(t.shown.Slot.Frame)
	if !ok {
		return l
	}
	if d.mpr != nil {
		return d.axes(t, clip)
	}
	for _, o := range d.visible() {
		if o == t || o.shown.Image == nil || o.stack == nil || !o.stack.Spatial || !stack.Together(t.stack, o.stack) {
			continue
		}
		there, ok := o.shown.Slot.Instance.Plane(o.shown.Slot.Frame)
		if !ok {
			continue
		}
		if a, b, ok := outline.Crossing(here, there); ok {
			at := t.onScreen([][2]float64{a, b})
			l.Append(d.style().Reference(clip, at[0], at[1], o == d.at()))
		}
	}
	return l
}
