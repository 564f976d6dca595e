package space

import (
	"math"

	"github.com/nocturne/nocturne/cache/dicom"
)

// RegionUnit is what one axis of an ultrasound region measures (PS3.3
// C.8.5.5.1.15).
type RegionUnit int

// The units that are spoken of here; others keep their number.
const (
	NoUnit              RegionUnit = 0
	Centimetre          RegionUnit = 3
	Second              RegionUnit = 4
	Hertz               RegionUnit = 5
	CentimetrePerSecond RegionUnit = 7
)

// Region is one calibrated rectangle of an ultrasound image (PS3.3 C.8.5.5).
type Region struct {
	MinX, MinY, MaxX, MaxY int // pixel indices, inclusive
	UnitX, UnitY           RegionUnit
	DeltaX, DeltaY         float64 // physical value per pixel, signed, in the units
	// RefX and RefY are the reference pixel, counted from the corner of the region,
	// and AtX and AtY what is true there, in the units (C.8.5.5.1.6).
	RefX, RefY    float64
	AtX, AtY      float64
	SpatialFormat int  // 1 = 2D, 2 = M-mode, 3 = spectral, 4 = wave form
	LowPriority   bool // overlapped by regions that are not (C.8.5.5.1.3)
}

// Regions reads the ultrasound regions of an object; nil when there are none.
// A region without a rectangle, without deltas or without a unit is left out.
func Regions(d *dicom.Dataset) []Region {
	var out []Region
	for _, it := range d.Seq(dicom.SequenceOfUltrasoundRegions) {
		if r, ok := region(it); ok && r.measures() {
			out = append(out, r)
		}
	}
	return out
}

func region(it *dicom.Dataset) (Region, bool) {
	var box [4]int
	for i, t := range []dicom.Tag{dicom.RegionLocationMinX0, dicom.RegionLocationMinY0,
		dicom.RegionLocationMaxX1, dicom.RegionLocationMaxY1} {
		v, ok := it.Int(t)
		if !ok {
			return Region{}, false
		}
		box[i] = v
	}
	dx, okX := it.Float(dicom.PhysicalDeltaX)
	dy, okY := it.Float(dicom.PhysicalDeltaY)
	if !okX || !okY || box[0] > box[2] || box[1] > box[3] {
		return Region{}, false
	}
	refX, _ := it.Float(dicom.ReferencePixelX0)
	refY, _ := it.Float(dicom.ReferencePixelY0)
	atX, _ := it.Float(dicom.ReferencePixelPhysicalValueX)
	atY, _ := it.Float(dicom.ReferencePixelPhysicalValueY)
	return Region{
		RefX: refX, RefY: refY, AtX: atX, AtY: atY,
		MinX: box[0], MinY: box[1], MaxX: box[2], MaxY: box[3], DeltaX: dx, DeltaY: dy,
		UnitX:         RegionUnit(it.IntOr(dicom.PhysicalUnitsXDirection, 0)),
		UnitY:         RegionUnit(it.IntOr(dicom.PhysicalUnitsYDirection, 0)),
		SpatialFormat: it.IntOr(dicom.RegionSpatialFormat, 0),
		LowPriority:   it.IntOr(dicom.RegionFlags, 0)&1 == 1,
	}, true
}

// Holds reports whether an image point lies in the region.
func (r Region) Holds(p [2]float64) bool {
	x, y := int(math.Floor(p[0])), int(math.Floor(p[1]))
	return x >= r.MinX && x <= r.MaxX && y >= r.MinY && y <= r.MaxY
}

// At is what the axes say at an image point: a time, a velocity, a depth, in UnitX and
// UnitY. The reference pixel's centre has the reference values.
func (r Region) At(p [2]float64) (x, y float64) {
	return r.AtX + (p[0]-0.5-float64(r.MinX)-r.RefX)*r.DeltaX, r.AtY + (p[1]-0.5-float64(r.MinY)-r.RefY)*r.DeltaY
}

// Plane reports whether lengths can be measured in a region: centimetres both ways.
func (r Region) Plane() bool { return r.calibration().Source != "" }

// measures reports whether an axis has a unit: a region of none only says what is
// drawn where, often all over the image.
func (r Region) measures() bool {
	return r.UnitX != NoUnit && r.DeltaX != 0 || r.UnitY != NoUnit && r.DeltaY != 0
}

// RegionAt is the region by whose axes something through all the points is measured:
// of those that hold them, one of high priority before the others. ok
// is false where there is none, or where several do not say the same.
func RegionAt(regions []Region, points ...[2]float64) (Region, bool) {
	var high, low []Region
	for _, r := range regions {
		switch {
		case !r.holdsAll(points):
		case r.LowPriority:
			low = append(low, r)
		default:
			high = append(high, r)
		}
	}
	if len(high) == 0 {
		high = low
	}
	for _, r := range high {
		if first := high[0]; r.UnitX != first.UnitX || r.UnitY != first.UnitY || r.DeltaX != first.DeltaX || r.DeltaY != first.DeltaY {
			return Region{}, false
		}
	}
	if len(high) == 0 {
		return Region{}, false
	}
	return high[0], true
}

// calibration is known only where both axes are centimetres: a length across
// seconds means nothing (display.md D4).
func (r Region) calibration() Calibration {
	if r.UnitX != Centimetre || r.UnitY != Centimetre || !usable([]float64{math.Abs(r.DeltaY), math.Abs(r.DeltaX)}) {
		return InPixels
	}
	return Calibration{RowMM: 10 * math.Abs(r.DeltaY), ColMM: 10 * math.Abs(r.DeltaX), Source: USRegion, ERMF: 1}
}

// regionCalibration takes the regions that hold every point, of those the ones
// of high priority where there are any, and what they agree on.
func regionCalibration(regions []Region, points [][2]float64) Calibration {
	var high, low []Calibration
	for _, r := range regions {
		switch {
		case !r.holdsAll(points):
		case r.LowPriority:
			low = append(low, r.calibration())
		default:
			high = append(high, r.calibration())
		}
	}
	if len(high) > 0 {
		return agreed(high)
	}
	return agreed(low)
}

func agreed(cs []Calibration) Calibration {
	for i, c := range cs {
		first := cs[0]
		if i > 0 && (c.Source != first.Source || !same([]float64{c.RowMM, c.ColMM}, []float64{first.RowMM, first.ColMM})) {
			return InPixels
		}
	}
	if len(cs) == 0 {
		return InPixels
	}
	return cs[0]
}

func (r Region) holdsAll(points [][2]float64) bool {
	for _, p := range points {
		if !r.Holds(p) {
			return false
		}
	}
	return len(points) > 0
}
