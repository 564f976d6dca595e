// Package outline is what other objects draw on an acquired slice, as lines: which
// frames of segmentations, contours of structure sets and other planes meet it, and the
// figures of presentation states.
package outline

import (
	"math"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/dicom/rt"
	"github.com/nocturne/nocturne/cache/dicom/seg"
	"github.com/nocturne/nocturne/cache/space"
	"github.com/nocturne/nocturne/viewer/stack"
)

// Slice is an acquired slice that things are drawn on.
type Slice struct {
	Plane  space.Plane // where it is Placed in the patient
	Placed bool
	sop    string
	frame  int
	half   float64 // of the distance of its stack's slices, mm
}

// On is a slot of a stack to draw on; it must not be missing.
func On(s *stack.Stack, sl stack.Slot) Slice {
	on := Slice{sop: sl.SOP(), frame: sl.Frame, half: s.Spacing / 2}
	on.Plane, on.Placed = sl.Instance.Plane(sl.Frame)
	return on
}

// holds reports whether a plane lies in the slice: in one frame of reference, parallel,
// and within a distance, mm.
func (on Slice) holds(p space.Plane, within float64) bool {
	if !on.Placed || p.FrameOfReference == "" || p.FrameOfReference != on.Plane.FrameOfReference || !p.Parallel(on.Plane) {
		return false
	}
	return math.Abs(p.Origin.Sub(on.Plane.Origin).Dot(on.Plane.Normal())) < within
}

// near is how far from a slice a plane may lie that rounding put there, mm.
const near = 0.05

// Frames are the frames of a segmentation on a slice: those drawn on it, else those
// whose own slice it lies in.
func (on Slice) Frames(s *seg.Segmentation) (out []int) {
	for k, f := range s.Frames {
		if f.On(on.sop, on.frame) || f.Placed && on.holds(f.Plane, max(near, 0.499*s.SliceMM)) {
			out = append(out, k)
		}
	}
	return out
}

// Has reports whether a contour lies in the slice: drawn on it, or all of it near
// its plane in one frame of reference; related, whether it is of the same place at all.
func (on Slice) Has(c rt.Contour, frameOfReference dicom.UID) (in, related bool) {
	for _, sop := range c.Images {
		if sop == on.sop {
			return true, true
		}
	}
	if !on.Placed || frameOfReference == "" || frameOfReference != on.Plane.FrameOfReference {
		return false, false
	}
	for _, q := range c.Points {
		if _, _, mm := on.Plane.PatientToPixel(q); math.Abs(mm) >= max(near, 0.998*on.half) {
			return false, true
		}
	}
	return true, true
}

// Crossing is where plane q's image cuts plane p, as image points of p; ok is false
// for planes within 20° of each other, whose crossing says nothing, and where q's
// image does not reach p.
func Crossing(p, q space.Plane) (a, b [2]float64, ok bool) {
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
