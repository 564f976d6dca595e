package desk

import (
	"math"

	"github.com/nocturne/nocturne/cache/space"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/measure"
	"github.com/nocturne/nocturne/viewer/picture"
	"github.com/nocturne/nocturne/viewer/stack"
)

// axis is one axis of an ellipsoid and the mark it was measured with.
type axis struct {
	measure.Number
	ends [2][2]float64
	of   viewer.Mark
}

// axesOf are the axes a mark gives: a length one, a bidirectional two.
func axesOf(m viewer.Mark) []axis {
	one := func(name string, a, b int) axis {
		v, _ := m.Value(name)
		return axis{measure.Number{Value: v.Number, Uncertainty: v.Uncertainty}, [2][2]float64{m.Points[a], m.Points[b]}, m}
	}
	switch {
	case m.Kind == viewer.Length && len(m.Points) == 2:
		return []axis{one("length", 0, 1)}
	case m.Kind == viewer.Bidirectional && len(m.Points) == 4:
		return []axis{one("long", 0, 1), one("short", 2, 3)}
	}
	return nil
}

func millimetres(m viewer.Mark) bool {
	for _, v := range m.Values {
		if v.Unit != "mm" {
			return false
		}
	}
	return len(m.Values) > 0
}

const howVolume = "A volume needs three axes: a bidirectional and a length on another plane, or three lengths."

// makeVolume is the ellipsoid of the three axes measured last: π/6·a·b·c (display.md
// D6). They must be of one study, in millimetres, and not all on parallel planes.
func (d *Desk) makeVolume() {
	if d.c.ReadOnly != "" {
		d.notice("Nothing can be marked: " + d.c.ReadOnly)
		return
	}
	axes := d.lastAxes()
	if len(axes) != 3 {
		d.notice(howVolume)
		return
	}
	m, refused := d.volumeOf(axes)
	if refused != "" {
		d.notice(refused)
		return
	}
	m.ID = d.opt.NewID()
	d.log.Add(m)
	d.chosen = m.ID
	if !m.Prior {
		d.last = m.ID
	}
	d.edited(m)
}

// lastAxes go back from the selected mark, or from the last one.
func (d *Desk) lastAxes() (axes []axis) {
	marks := d.log.Marks()
	from := len(marks) - 1
	for i, m := range marks {
		if m.ID == d.chosen && axesOf(m) != nil {
			from = i
		}
	}
	study := ""
	for i := from; i >= 0 && len(axes) < 3; i-- {
		some := axesOf(marks[i])
		if some == nil || study != "" && marks[i].StudyUID != study {
			continue
		}
		study = marks[i].StudyUID
		axes = append(axes, some...)
	}
	return axes
}

// volumeOf is the volume's mark, on the image of its longest axis; refused is a
// sentence.
func (d *Desk) volumeOf(axes []axis) (m viewer.Mark, refused string) {
	longest := axes[0]
	for _, a := range axes {
		if !millimetres(a.of) || !(a.Value > 0) {
			return m, "A volume needs axes in millimetres: one of the last three has none."
		}
		if a.Value > longest.Value {
			longest = a
		}
	}
	if d.onePlane(axes) {
		return m, "These three axes lie on one plane or on parallel ones: the third must be measured on another plane."
	}
	v := measure.Ellipsoid(axes[0].Number, axes[1].Number, axes[2].Number)
	m = longest.of
	m.Kind, m.Label, m.Points = viewer.Volume, "", [][2]float64{longest.ends[0], longest.ends[1]}
	m.Values = []viewer.Value{{Name: "volume", Number: v.Value, Unit: "ml", Uncertainty: v.Uncertainty}}
	m.From, m.Changed = nil, d.opt.Now()
	for i, name := range []string{"axis a", "axis b", "axis c"} {
		a := axes[i]
		m.Values = append(m.Values, viewer.Value{Name: name, Number: a.Value, Unit: "mm", Uncertainty: a.Uncertainty})
		if i == 0 || axes[i-1].of.ID != a.of.ID {
			m.From = append(m.From, a.of.ID)
		}
	}
	return m, ""
}

// onePlane reports whether all axes are known to lie on parallel planes (within
// 20°): such three are no ellipsoid's.
func (d *Desk) onePlane(axes []axis) bool {
	first, ok := d.planeOfMark(axes[0].of)
	for _, a := range axes[1:] {
		p, known := d.planeOfMark(a.of)
		if !ok || !known || math.Abs(first.Normal().Dot(p.Normal())) <= stack.Alike {
			return false
		}
	}
	return true
}

// planeOfMark is where a mark's image lies in the patient.
func (d *Desk) planeOfMark(m viewer.Mark) (p space.Plane, ok bool) {
	if m.Plane != nil {
		return picture.PlaneOf(m.Plane), true
	}
	if in := d.objects[m.SOPUID]; in != nil && in.Header != nil {
		return in.Plane(m.Frame)
	}
	return p, false
}

// follow brings what is computed from a mark up to date with it (N7); a volume whose
// axis is gone says so.
func (d *Desk) follow(id string) {
	for _, v := range d.log.Marks() {
		if v.Kind != viewer.Volume || !among(v.From, id) {
			continue
		}
		var axes []axis
		for _, from := range v.From {
			if m, ok := d.log.Find(from); ok {
				if h := d.handle; h != nil && h.mark.ID == from {
					m = h.mark
				}
				if g := d.pointer.grab; g != nil && g.mark.ID == from {
					m = g.mark
				}
				axes = append(axes, axesOf(m)...)
			}
		}
		if len(axes) != 3 {
			v.Calibration = "an axis was deleted"
		} else if n, refused := d.volumeOf(axes); refused == "" {
			n.ID, n.Label = v.ID, v.Label
			v = n
		}
		d.log.Renew(v)
		d.emit(viewer.Event{Kind: viewer.Edited, Marks: []viewer.Mark{v}})
	}
}

func among(list []string, s string) bool {
	for _, l := range list {
		if l == s {
			return true
		}
	}
	return false
}
