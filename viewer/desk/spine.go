package desk

import (
	"math"
	"strings"

	"github.com/nocturne/nocturne/cache/space"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/overlay"
	"github.com/nocturne/nocturne/viewer/picture"
	"github.com/nocturne/nocturne/viewer/stack"
)

// spine is a row of labels being set: the first is named by the reader, the second
// tells the direction, the others follow.
type spine struct {
	study  string
	source string   // "from C2", "assumed L5"
	ids    []string // of the labels set, in order
}

// vertebrae from the head down. Five sacral ones, since a count may end there.
var vertebrae = []string{
	"C1", "C2", "C3", "C4", "C5", "C6", "C7", "T1", "T2", "T3", "T4", "T5", "T6", "T7", "T8", "T9", "T10", "T11", "T12",
	"L1", "L2", "L3", "L4", "L5", "S1", "S2", "S3", "S4", "S5",
}

// vertebra is the place of a name in the row, −1 for none.
func vertebra(name string) int {
	name = strings.ToUpper(strings.TrimSpace(name))
	for i, v := range vertebrae {
		if v == name {
			return i
		}
	}
	return -1
}

// source is where a count comes from: the dens is seen, any other beginning is the
// reader's assumption (night.md, Habits).
func source(first string) string {
	if first == "C2" || first == "C1" {
		return "from " + first
	}
	return "assumed " + first
}

// putVertebra takes a click of the spine tool.
func (d *Desk) putVertebra(p [2]float64, on picture.Picture, s *stack.Stack) {
	last, ok := d.lastLabel(s.Study)
	if !ok {
		d.ask("vertebra, C1 to S5", "C2", func(d *Desk, text string) { d.firstVertebra(text, p, on, s) })
		return
	}
	at := vertebra(last.Label)
	next := at + d.direction(last, p, on)
	if at < 0 || next < 0 || next >= len(vertebrae) {
		d.notice("The row of labels ends at " + last.Label + "; Esc ends it, V begins another.")
		return
	}
	d.putLabel(vertebrae[next], p, on, s)
}

func (d *Desk) firstVertebra(text string, p [2]float64, on picture.Picture, s *stack.Stack) {
	i := vertebra(text)
	if i < 0 {
		d.notice("A vertebra is C1 to C7, T1 to T12, L1 to L5 or S1 to S5.")
		return
	}
	d.spine = spine{study: s.Study, source: source(vertebrae[i])}
	d.putLabel(vertebrae[i], p, on, s)
}

func (d *Desk) putLabel(name string, p [2]float64, on picture.Picture, s *stack.Stack) {
	m := viewer.Mark{Kind: viewer.Vertebra, Points: [][2]float64{p}, Label: name, Calibration: d.spine.source}
	if id, ok := d.place(m, on, s); ok {
		d.spine.ids = append(d.spine.ids, id)
	}
}

// lastLabel is the label of the row set last that is still there.
func (d *Desk) lastLabel(study string) (viewer.Mark, bool) {
	if d.spine.study != study {
		return viewer.Mark{}, false
	}
	for len(d.spine.ids) > 0 {
		if m, ok := d.log.Find(d.spine.ids[len(d.spine.ids)-1]); ok {
			return m, true
		}
		d.spine.ids = d.spine.ids[:len(d.spine.ids)-1]
	}
	return viewer.Mark{}, false
}

// direction is +1 down the spine, −1 up: that of the first two labels, else of the
// first and this point.
func (d *Desk) direction(last viewer.Mark, p [2]float64, on picture.Picture) int {
	if n := len(d.spine.ids); n > 1 {
		before, ok := d.log.Find(d.spine.ids[n-2])
		if ok && vertebra(last.Label) < vertebra(before.Label) {
			return -1
		}
		return 1
	}
	plane, ok := on.Slot.Instance.Plane(on.Slot.Frame)
	from, known := d.patientPoint(last)
	if !ok || !known { // no patient: down the image
		if p[1] < last.Points[0][1] {
			return -1
		}
		return 1
	}
	if to := plane.PixelToPatient(p[0], p[1]); to[2] > from[2] { // LPS: z grows to the head
		return -1
	}
	return 1
}

// patientPoint is where a mark's first point lies in the patient.
func (d *Desk) patientPoint(m viewer.Mark) (space.Vec3, bool) {
	p, ok := d.planeOfMark(m)
	if !ok || len(m.Points) == 0 {
		return space.Vec3{}, false
	}
	return p.PixelToPatient(m.Points[0][0], m.Points[0][1]), true
}

// Levels: a label is shown on an image that crosses the one it was set on, in the
// same study and Frame of Reference, if it is the nearest: alone within this part of
// the way to the next one, with it in between, and never farther than lone mm.
const ownPart, lone, farthest = 0.3, 15, 40

// rung is a label as seen from another plane.
type rung struct {
	mark viewer.Mark
	at   space.Vec3
	off  float64 // mm along the plane's normal
}

// levels are the spine labels of another image that say at which level a tile's is.
func (d *Desk) levels(t *tile) (words []string, at [2]float64, ok bool) {
	p := t.shown
	if p.Image == nil || t.stack == nil || !d.labelled(t.stack.Study) {
		return nil, at, false
	}
	plane, ok := p.Slot.Instance.Plane(p.Slot.Frame)
	if !ok || plane.FrameOfReference == "" {
		return nil, at, false
	}
	near, other := d.nearestLevels(plane, t.stack.Study)
	if near == nil {
		return nil, at, false
	}
	name := near.mark.Label
	a, b := math.Abs(near.off), math.Inf(1)
	if other != nil {
		b = math.Abs(other.off)
	}
	switch {
	case other != nil && a+b <= farthest && a > ownPart*(a+b):
		name = between(near.mark.Label, other.mark.Label)
	case other == nil && a > lone || a > farthest/2:
		return nil, at, false
	}
	at[0], at[1], _ = plane.PatientToPixel(near.at)
	return []string{name, near.mark.Calibration}, at, true
}

// labelled reports whether a study has spine labels at all.
func (d *Desk) labelled(study string) bool {
	for _, m := range d.log.Marks() {
		if m.Kind == viewer.Vertebra && m.StudyUID == study {
			return true
		}
	}
	return false
}

// nearestLevels are the label nearest to a plane and the nearest on its other side.
func (d *Desk) nearestLevels(plane space.Plane, study string) (near, other *rung) {
	var all []rung
	for _, m := range d.log.Marks() {
		if m.Kind != viewer.Vertebra || m.StudyUID != study {
			continue
		}
		from, ok := d.planeOfMark(m)
		if !ok || from.FrameOfReference != plane.FrameOfReference ||
			math.Abs(from.Normal().Dot(plane.Normal())) > stack.Alike {
			continue
		}
		at := from.PixelToPatient(m.Points[0][0], m.Points[0][1])
		_, _, off := plane.PatientToPixel(at)
		all = append(all, rung{m, at, off})
	}
	for i := range all {
		if near == nil || math.Abs(all[i].off) < math.Abs(near.off) {
			near = &all[i]
		}
	}
	for i := range all {
		if (all[i].off < 0) != (near.off < 0) && (other == nil || math.Abs(all[i].off) < math.Abs(other.off)) {
			other = &all[i]
		}
	}
	return near, other
}

// between names the level of two vertebrae, the one nearer to the head first.
func between(a, b string) string {
	if vertebra(a) > vertebra(b) {
		a, b = b, a
	}
	return a + "/" + b
}

// levelShape is the level as drawn: where the label is met, in blue.
func (d *Desk) levelShape(t *tile) []overlay.Shape {
	words, at, ok := d.levels(t)
	if !ok {
		return nil
	}
	return []overlay.Shape{{Clip: t.rect, Points: t.onScreen([][2]float64{at}), Words: words, Level: true}}
}
