package evidence

import (
	"math"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/dicom/sr"
	"github.com/nocturne/nocturne/cache/space"
	"github.com/nocturne/nocturne/viewer"
)

// places finds where regions are among images.
type places struct {
	images Images
	planes []framePlane // of all frames that have one; filled when first needed
	filled bool
}

// framePlane is where an acquired frame lies.
type framePlane struct {
	sop   string
	frame int
	plane space.Plane
}

func (p *places) fill() {
	if p.filled {
		return
	}
	p.filled = true
	for sop, h := range p.images {
		frames := 1
		if many(h) {
			frames = max(1, len(h.Seq(dicom.PerFrameFunctionalGroupsSequence)))
		}
		for f := range frames {
			if plane, err := space.PlaneOf(h, f); err == nil {
				p.planes = append(p.planes, framePlane{sop, f, plane})
			}
		}
	}
}

// place makes marks of a place; several where one figure is of several frames or is
// loose points.
func (p *places) place(l located) []viewer.Mark {
	var values []viewer.Value
	used := map[string]bool{}
	for _, n := range l.numbers {
		if v, ok := valueOf(n); ok {
			if used[v.Name] {
				v.Name = "over " + v.Name // of what lies over the image: PET over CT
			}
			used[v.Name] = true
			values = append(values, v)
		}
	}
	base := viewer.Mark{Values: values}
	if len(l.regions[0].Patient) > 0 {
		if !p.inPatient(&base, l.regions) {
			return nil
		}
	} else {
		base.SOPUID = string(l.regions[0].Source.Instance)
		p.describe(&base)
	}
	points, drawn := p.points(base, l.regions)
	base.Kind, base.Points = kindOf(drawn, len(points), values, l.numbers), points
	out := []viewer.Mark{base}
	if l.regions[0].Graphic == "MULTIPOINT" {
		out = nil
		for _, q := range points {
			one := base
			one.Points = [][2]float64{q}
			out = append(out, one)
		}
	}
	return onFrames(out, l.regions[0].Source.Frames)
}

// points are those of all regions of a place, on the image or the plane of its mark.
func (p *places) points(m viewer.Mark, regions []sr.Region) (points [][2]float64, drawn viewer.MarkKind) {
	for _, r := range regions {
		f := figure{r.Graphic, r.Image}
		if len(r.Patient) > 0 {
			f.points = nil
			for _, q := range r.Patient {
				col, row, _ := p.planeFor(m).PatientToPixel(q)
				f.points = append(f.points, [2]float64{col, row})
			}
			if r.Graphic == "ELLIPSOID" {
				f.graphic = "ELLIPSE" // its first two axes, where the plane is theirs
				f.points = f.points[:4]
			}
		}
		kind, at := f.shape()
		points, drawn = append(points, at...), kind
	}
	if len(regions) > 1 {
		drawn = viewer.Polyline
	}
	return points, drawn
}

func (p *places) planeFor(m viewer.Mark) space.Plane {
	if m.Plane != nil {
		return planeOf(m.Plane)
	}
	plane, _ := space.PlaneOf(p.images[m.SOPUID], m.Frame)
	return plane
}

// onFrames repeats marks on each frame that they are said to be of, 1-based.
func onFrames(marks []viewer.Mark, frames []int) []viewer.Mark {
	if len(frames) == 0 {
		return marks
	}
	var out []viewer.Mark
	for _, m := range marks {
		for _, f := range frames {
			m.Frame = max(0, f-1)
			out = append(out, m)
		}
	}
	return out
}

// describe gives a mark what its image says.
func (p *places) describe(m *viewer.Mark) {
	if h := p.images[m.SOPUID]; h != nil {
		m.StudyUID, m.SeriesUID = h.Str(dicom.StudyInstanceUID), h.Str(dicom.SeriesInstanceUID)
		m.StudyDate, m.Modality = h.Str(dicom.StudyDate), h.Str(dicom.Modality)
	}
}

// inPatient finds the acquired frame that points of the patient lie on: in a plane
// parallel to it and at most half a millimetre away, so that no distance changes when
// they are seen there. Else it makes a plane through them, beside the frame nearest to the first.
func (p *places) inPatient(m *viewer.Mark, regions []sr.Region) bool {
	p.fill()
	var points []space.Vec3
	for _, r := range regions {
		for _, q := range r.Patient {
			points = append(points, q)
		}
	}
	best, nearest := math.Inf(1), math.Inf(1)
	var on, beside *framePlane
	for i := range p.planes {
		f := &p.planes[i]
		if f.plane.FrameOfReference != regions[0].FrameOfReference {
			continue
		}
		_, _, d := f.plane.PatientToPixel(points[0])
		if math.Abs(d) < nearest {
			nearest, beside = math.Abs(d), f
		}
		if math.Abs(d) < best && f.parallel(points) {
			best, on = math.Abs(d), f
		}
	}
	switch {
	case beside == nil:
		return false
	case on != nil && best <= onSlice:
		m.SOPUID, m.Frame = on.sop, on.frame
	default:
		m.SOPUID, m.Frame = beside.sop, beside.frame
		m.Plane = through(points, regions[0].FrameOfReference)
	}
	p.describe(m)
	return true
}

// onSlice is how far points may be from a slice's plane, inPlane how much farther one
// than another, mm.
const onSlice, inPlane = 0.5, 0.005

// parallel reports whether points lie in a plane parallel to the frame's, the first of
// them over the frame.
func (f *framePlane) parallel(points []space.Vec3) bool {
	col, row, first := f.plane.PatientToPixel(points[0])
	for _, q := range points {
		if _, _, d := f.plane.PatientToPixel(q); math.Abs(d-first) > inPlane {
			return false
		}
	}
	return col >= 0 && row >= 0 && col <= float64(f.plane.Cols) && row <= float64(f.plane.Rows)
}

// through is a plane through points, of one millimetre a pixel: the points' own, else
// the coronal, sagittal or axial one that a line lies in, else any.
func through(points []space.Vec3, frame dicom.UID) *viewer.Plane {
	n := normal(points)
	name, row := "oblique", space.Vec3{}
	for _, a := range []struct {
		name        string
		normal, row space.Vec3
	}{{"coronal", space.Vec3{0, 1, 0}, space.Vec3{1, 0, 0}}, {"sagittal", space.Vec3{1, 0, 0}, space.Vec3{0, 1, 0}}, {"axial", space.Vec3{0, 0, 1}, space.Vec3{1, 0, 0}}} {
		across := points[len(points)-1].Sub(points[0])
		if math.Abs(n.Dot(a.normal)) > 1-1e-6 || n.Len() == 0 && math.Abs(across.Dot(a.normal)) < 1e-6 {
			name, n, row = a.name, a.normal, a.row
			break
		}
	}
	if n.Len() == 0 { // a slanting line: the plane that stands on the most level direction across it
		across := points[len(points)-1].Sub(points[0]).Unit()
		n = across.Cross(space.Vec3{0, 0, 1})
		if n.Len() < 1e-6 {
			n = space.Vec3{0, 1, 0}
		}
		n = n.Unit()
	}
	if row.Len() == 0 {
		if row = n.Cross(space.Vec3{0, 0, 1}); row.Len() < 1e-6 {
			row = space.Vec3{1, 0, 0}
		}
		row = row.Unit()
	}
	col := n.Cross(row).Unit()
	if math.Abs(col[2]) > 0.5 && col[2] > 0 || math.Abs(col[2]) <= 0.5 && col[1] < 0 {
		col = col.Scale(-1) // heads up, noses up
	}
	return frameOf(points, row, col, name, frame)
}

// frameOf bounds points on a plane.
func frameOf(points []space.Vec3, row, col space.Vec3, name string, frame dicom.UID) *viewer.Plane {
	lo, hi := [2]float64{math.Inf(1), math.Inf(1)}, [2]float64{math.Inf(-1), math.Inf(-1)}
	for _, q := range points {
		for i, v := range []float64{q.Sub(points[0]).Dot(row), q.Sub(points[0]).Dot(col)} {
			lo[i], hi[i] = min(lo[i], v), max(hi[i], v)
		}
	}
	size := func(i int) int { return int(min(hi[i]-lo[i], 1e6)) + 2 }
	return &viewer.Plane{
		Name: name, FrameOfReference: string(frame), Row: row, Col: col, MM: 1, Cols: size(0), Rows: size(1),
		Origin: points[0].Add(row.Scale(lo[0])).Add(col.Scale(lo[1])),
	}
}

// normal is that of the plane which points span, zero where they are on a line.
func normal(points []space.Vec3) space.Vec3 {
	for i := 2; i < len(points); i++ {
		a, b := points[1].Sub(points[0]), points[i].Sub(points[0])
		if n := a.Cross(b); n.Len() > 1e-6*a.Len()*b.Len() && n.Len() > 0 {
			return n.Unit()
		}
	}
	return space.Vec3{}
}
