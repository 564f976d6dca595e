// Package rt reads radiotherapy structure sets (PS3.3 A.19): regions drawn as contours
// in patient coordinates. Doses and plans are not read here.
package rt

import (
	"math"
	"sort"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/space"
)

// Contour is one outline of a region.
type Contour struct {
	Type   string // CLOSED_PLANAR, OPEN_PLANAR, OPEN_NONPLANAR, POINT, CLOSEDPLANAR_XOR
	Points []space.Vec3
	Images []string // SOP Instance UIDs it was drawn on
}

// Closed reports whether the last point is joined to the first.
func (c Contour) Closed() bool { return c.Type == "CLOSED_PLANAR" || c.Type == "CLOSEDPLANAR_XOR" }

// Region is one ROI.
type Region struct {
	Number           int
	Name             string
	Kind             string // RT ROI Interpreted Type: GTV, ORGAN, …
	Algorithm        string // AUTOMATIC, SEMIAUTOMATIC or MANUAL
	FrameOfReference dicom.UID
	Color            [3]uint8
	Contours         []Contour
}

// Automatic reports whether an algorithm alone made the region.
func (r Region) Automatic() bool { return r.Algorithm == "AUTOMATIC" }

// Structures is one structure set.
type Structures struct {
	Label   string
	Regions []Region
}

// maxPoints bounds what one set may hold.
const maxPoints = 4 << 20

// Read reads a structure set. What is none is a *dicom.UnsupportedError. Contours whose
// numbers are no points in threes are left out.
func Read(d *dicom.Dataset) (*Structures, error) {
	if class := dicom.UID(d.Str(dicom.SOPClassUID)); class != dicom.RTStructureSetStorage {
		return nil, dicom.Unsupportedf("a %s as a structure set", class.Name())
	}
	s := &Structures{Label: dicom.Clean(d.Str(dicom.StructureSetLabel))}
	at := map[int]int{}
	for _, it := range d.Seq(dicom.StructureSetROISequence) {
		n := it.IntOr(dicom.ROINumber, 0)
		if _, twice := at[n]; twice {
			continue
		}
		at[n] = len(s.Regions)
		s.Regions = append(s.Regions, Region{
			Number: n, Name: dicom.Clean(it.Str(dicom.ROIName)), Algorithm: it.Str(dicom.ROIGenerationAlgorithm),
			FrameOfReference: dicom.UID(it.Str(dicom.ReferencedFrameOfReferenceUID)), Color: [3]uint8{240, 200, 70},
		})
	}
	left := maxPoints
	for _, it := range d.Seq(dicom.ROIContourSequence) {
		if k, ok := at[it.IntOr(dicom.ReferencedROINumber, 0)]; ok {
			s.Regions[k].contours(it, &left)
		}
	}
	for _, it := range d.Seq(dicom.RTROIObservationsSequence) {
		if k, ok := at[it.IntOr(dicom.ReferencedROINumber, 0)]; ok {
			s.Regions[k].Kind = dicom.Clean(it.Str(dicom.RTROIInterpretedType))
		}
	}
	return s, nil
}

func (r *Region) contours(it *dicom.Dataset, left *int) {
	if c := it.Floats(dicom.ROIDisplayColor); len(c) == 3 {
		for i, v := range c {
			r.Color[i] = uint8(max(0, min(255, v)))
		}
	}
	for _, one := range it.Seq(dicom.ContourSequence) {
		c := Contour{Type: one.Str(dicom.ContourGeometricType)}
		v := one.Floats(dicom.ContourData)
		if len(v) == 0 || len(v)%3 != 0 || len(v)/3 > *left || !finite(v) {
			continue
		}
		*left -= len(v) / 3
		for i := 0; i < len(v); i += 3 {
			c.Points = append(c.Points, space.Vec3{v[i], v[i+1], v[i+2]})
		}
		for _, im := range one.Seq(dicom.ContourImageSequence) {
			c.Images = append(c.Images, im.Str(dicom.ReferencedSOPInstanceUID))
		}
		r.Contours = append(r.Contours, c)
	}
}

func finite(v []float64) bool {
	for _, f := range v {
		if math.IsNaN(f) || math.IsInf(f, 0) || math.Abs(f) > 1e9 {
			return false
		}
	}
	return true
}

// flat is how thick a planar contour may be, mm.
const flat = 0.1

// Volume is the ml inside the closed axial contours: the areas of each level times the
// distance of the levels, what is inside two of one level left out. ok is false with
// fewer than two levels, or where a contour is not axial.
func (r Region) Volume() (ml float64, ok bool) {
	levels := map[float64][][]space.Vec3{}
	for _, c := range r.Contours {
		if !c.Closed() {
			continue
		}
		z := c.Points[0][2]
		for _, p := range c.Points {
			if math.Abs(p[2]-z) > flat {
				return 0, false
			}
		}
		z = math.Round(z/flat) * flat
		levels[z] = append(levels[z], c.Points)
	}
	var at []float64
	area := 0.0
	for z, outlines := range levels {
		at = append(at, z)
		area += evenOdd(outlines)
	}
	sort.Float64s(at)
	var steps []float64
	for i := 1; i < len(at); i++ {
		steps = append(steps, at[i]-at[i-1])
	}
	if len(steps) == 0 {
		return 0, false
	}
	sort.Float64s(steps)
	return area * steps[(len(steps)-1)/2] / 1000, true
}

// evenOdd adds the areas of outlines that lie in no or an even number of the others,
// and takes away the rest: outlines do not cross.
func evenOdd(outlines [][]space.Vec3) (sum float64) {
	for i, o := range outlines {
		within := 0
		for k, other := range outlines {
			if i != k && inside(o[0], other) {
				within++
			}
		}
		if within%2 == 0 {
			sum += area(o)
		} else {
			sum -= area(o)
		}
	}
	return sum
}

func area(p []space.Vec3) (twice float64) {
	for i, a := range p {
		b := p[(i+1)%len(p)]
		twice += a[0]*b[1] - b[0]*a[1]
	}
	return math.Abs(twice) / 2
}

func inside(q space.Vec3, p []space.Vec3) (in bool) {
	for i, a := range p {
		b := p[(i+1)%len(p)]
		if (a[1] > q[1]) != (b[1] > q[1]) && q[0] < a[0]+(q[1]-a[1])/(b[1]-a[1])*(b[0]-a[0]) {
			in = !in
		}
	}
	return in
}
