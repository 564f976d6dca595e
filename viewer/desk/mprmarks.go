package desk

import (
	"math"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/space"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/stack"
)

// reformatWords name the reformat a value was taken from: "coronal reformat, MIP
// 10 mm"; "" on what was acquired (N21).
func (p picture) reformatWords() string {
	made := p.slot.Instance.Made
	if made == nil {
		return ""
	}
	return join(", ", made.Name()+" reformat", made.Words())
}

// acrossGap says why points of a reformat must not be measured: slices are missing
// between them (N8).
func acrossGap(in *stack.Instance, frame int, m viewer.Mark) string {
	if in.Made == nil || len(m.Values) == 0 && len(m.Points) < 2 {
		return ""
	}
	plane := in.Made.At(frame)
	for i := 1; i < len(m.Points); i++ {
		a, b := m.Points[i-1], m.Points[i]
		if !in.Made.Whole(plane.PixelToPatient(a[0], a[1]), plane.PixelToPatient(b[0], b[1])) {
			return "Slices are missing between these points: nothing is measured across a gap."
		}
	}
	return ""
}

// onReformat notes where a mark lies that was put on a reformat, and the acquired
// image nearest to its first point.
func (d *Desk) onReformat(m *viewer.Mark, on picture) {
	made := on.slot.Instance.Made
	if made == nil || d.mpr == nil {
		return
	}
	p := made.At(on.slot.Frame)
	m.Plane = &viewer.Plane{
		Name: join(", ", made.Name(), made.Words()), FrameOfReference: string(p.FrameOfReference),
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

func planeOf(p *viewer.Plane) space.Plane {
	return space.Plane{
		Origin: p.Origin, Row: p.Row, Col: p.Col, RowMM: p.MM, ColMM: p.MM, Rows: p.Rows, Cols: p.Cols,
		FrameOfReference: dicom.UID(p.FrameOfReference),
	}
}

// lies reports whether a mark lies on a picture, and gives it with its points there:
// one of a reformat is seen on every plane that is its own within half a slice.
func (p picture) lies(m viewer.Mark) (viewer.Mark, bool) {
	if p.image == nil {
		return m, false
	}
	made := p.slot.Instance.Made
	if m.Plane == nil || made == nil {
		return m, (m.Plane == nil) == (made == nil) && m.SOPUID == p.slot.SOP() && m.Frame == p.slot.Frame
	}
	at, own := made.At(p.slot.Frame), planeOf(m.Plane)
	if m.SeriesUID != p.slot.Instance.Object.SeriesUID || math.Abs(at.Normal().Dot(own.Normal())) < 1-1e-6 {
		return m, false
	}
	if _, _, off := at.PatientToPixel(own.Origin); math.Abs(off) > made.Spacing()/2 {
		return m, false
	}
	points := make([][2]float64, len(m.Points))
	for i, q := range m.Points {
		points[i][0], points[i][1], _ = at.PatientToPixel(own.PixelToPatient(q[0], q[1]))
	}
	m.Points = points
	return m, true
}

// goToReformat shows a mark of a reformat where its plane is on screen.
func (d *Desk) goToReformat(m viewer.Mark) bool {
	if d.mpr == nil || m.SeriesUID != d.mpr.source.Series {
		d.notice("This mark is on a reformat: m makes it of its series.")
		return false
	}
	own := planeOf(m.Plane)
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
