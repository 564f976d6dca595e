package desk

import (
	"image"
	"math"

	"github.com/nocturne/nocturne/cache/space"
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
		if a, b, ok := crossing(here, there); ok {
			at := t.onScreen([][2]float64{a, b})
			l.Append(d.style().Reference(clip, at[0], at[1], o == d.at()))
		}
	}
	return l
}

// crossing is where plane q's image cuts plane p, as image points of p; ok is false
// for planes within 20° of each other, whose crossing says nothing, and where q's
// image does not reach p.
func crossing(p, q space.Plane) (a, b [2]float64, ok bool) {
	n := p.Normal()
	if math.Abs(n.Dot(q.Normal())) > stack.Alike {
		return a, b, false
	}
	var ends [][2]float64
	corners := [4][2]float64{{0, 0}, {float64(q.Cols), 0}, {float64(q.Cols), float64(q.Rows)}, {0, float64(q.Rows)}}
	for i, c := range corners {
		e := corners[(i+1)%4]
		u, v := q.PixelToPatient(c[0], c[1]), q.PixelToPatient(e[0], e[1])
		_, _, from := p.PatientToPixel(u)
		_, _, to := p.PatientToPixel(v)
		if (from < 0) == (to < 0) {
			continue
		}
		col, row, _ := p.PatientToPixel(u.Add(v.Sub(u).Scale(from / (from - to))))
		ends = append(ends, [2]float64{col, row})
	}
	if len(ends) != 2 {
		return a, b, false
	}
	return ends[0], ends[1], true
}
