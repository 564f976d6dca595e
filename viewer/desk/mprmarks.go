package desk

import (
	"math"

	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/overlay"
	"github.com/nocturne/nocturne/viewer/picture"
)

// onReformat notes where a mark lies that was put on a reformat, and the acquired
// image nearest to its first point.
func (d *Desk) onReformat(m *viewer.Mark, on picture.Picture) {
	made := on.Slot.Instance.Made
	if made == nil || d.mpr == nil {
		return
	}
	p := made.At(on.Slot.Frame)
	m.Plane = &viewer.Plane{
		Name: overlay.Join(", ", made.Name(), made.Words()), FrameOfReference: string(p.FrameOfReference),
		Origin: p.Origin, Row: p.Row, Col: p.Col, MM: p.ColMM, Rows: p.Rows, Cols: p.Cols,
	}
	q := p.PixelToPatient(m.Points[0][0], m.Points[0][1])
	source := d.mpr.source
	if sl := source.Slots[source.Nearest(q.Dot(source.Along))]; sl.Instance != nil {
		m.SOPUID, m.Frame = sl.SOP(), sl.Frame
	} else {
		m.SOPUID, m.Frame = source.First.Object.SOPUID, 0
	}
}

// goToReformat shows a mark of a reformat where its plane is on screen.
func (d *Desk) goToReformat(m viewer.Mark) bool {
	if d.mpr == nil || m.SeriesUID != d.mpr.source.Series {
		d.notice("This mark is on a reformat: m makes it of its series.")
		return false
	}
	own := picture.PlaneOf(m.Plane)
	for i, t := range d.tiles[:3] {
		made := t.made()
		if made == nil || math.Abs(made.Along().Dot(own.Normal())) < 1-1e-6 {
			continue
		}
		d.activate(i)
		d.slice(t, made.Nearest(own.Origin))
		return true
	}
	d.notice("This mark is on a reformat that faced another way.")
	return false
}
