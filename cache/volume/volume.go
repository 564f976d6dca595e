// Package volume is a stack of slices as one block of voxels: what a cut through
// it in any direction shows, and what a slab of any thickness shows.
//
// Voxels are int16 in one buffer, columns fastest, then rows, then slices in
// viewing order. Where they lie is a general affine map, so that a gantry's tilt
// needs no resampling: a sheared stack is cut where it is. Distances between
// slices may be uneven; a hole, and a slice that is not here yet, is Outside and is
// never bridged (N8).
package volume

import (
	"fmt"
	"math"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/pixel"
	"github.com/nocturne/nocturne/cache/space"
)

// Outside is the voxel value where there is none.
const Outside = math.MinInt16

// MaxBytes bounds one volume: 2,000 slices of 512² are 1 GB.
const MaxBytes = 2 << 30

// Volume is voxels and where they lie. Set fills slices in; everything else may be
// called from several goroutines as long as nobody calls Set.
type Volume struct {
	Cols, Rows, Slices int
	FrameOfReference   dicom.UID
	// Slope and Intercept make modality values: value = Slope·voxel + Intercept.
	Slope, Intercept float64
	Unit             string         // of modality values, as pixel.Image.Unit
	Windows          []pixel.Window // the first frame's own
	Inverse          bool           // small values are bright
	Lossy            bool           // some slice was lossily compressed (N21)

	voxels  []int16
	have    []bool    // slices that are here
	joined  []bool    // joined[k]: between slice k and k+1 there may be interpolated
	at      []float64 // of each slice along normal, mm from the first, ascending
	even    bool      // at is k times step, within 1 %
	origin  space.Vec3
	col     space.Vec3 // mm for one column, one row, one mm along the stack's normal
	row     space.Vec3
	along   space.Vec3
	inverse [3]space.Vec3
	scaled  bool // Slope, Intercept and Unit are known
}

// New makes an empty volume of a stack: planes as they were given to space.Sort and
// what it made of them. *dicom.UnsupportedError: it makes no volume, and why.
func New(planes []space.Plane, s space.Stack) (*Volume, error) {
	if len(s.Apart) > 0 || len(s.Order) < 2 || s.Spacing <= 0 {
		return nil, dicom.Unsupportedf("a volume of fewer than two parallel slices")
	}
	if len(s.Duplicates) > 0 {
		return nil, dicom.Unsupportedf("a volume of slices that lie in one place")
	}
	first, last := planes[s.Order[0]], planes[s.Order[len(s.Order)-1]]
	v := &Volume{
		Cols: first.Cols, Rows: first.Rows, Slices: len(s.Order), FrameOfReference: first.FrameOfReference,
		Slope: 1, even: s.Even(), origin: first.Origin, col: first.Row.Scale(first.ColMM), row: first.Col.Scale(first.RowMM),
	}
	for _, i := range s.Order {
		if p := planes[i]; p.Cols != v.Cols || p.Rows != v.Rows || !near(p.ColMM, first.ColMM) || !near(p.RowMM, first.RowMM) {
			return nil, dicom.Unsupportedf("a volume of slices of several sizes")
		}
	}
	if n := int64(v.Cols) * int64(v.Rows) * int64(v.Slices) * 2; n > MaxBytes {
		return nil, dicom.Unsupportedf("a volume of more than %d MiB", MaxBytes>>20)
	}
	height := s.Position[len(s.Position)-1] - s.Position[0]
	v.along = last.Origin.Sub(first.Origin).Scale(1 / height)
	if err := v.invert(); err != nil {
		return nil, err
	}
	for k := range s.Order {
		v.at = append(v.at, s.Position[k]-s.Position[0])
	}
	if err := v.straight(planes, s.Order); err != nil {
		return nil, err
	}
	v.joined = make([]bool, v.Slices)
	for k := range v.Slices - 1 {
		v.joined[k] = true
	}
	for _, g := range s.Gaps {
		v.joined[g.After] = false
	}
	v.have = make([]bool, v.Slices)
	v.voxels = make([]int16, v.Cols*v.Rows*v.Slices)
	return v, nil
}

// straight refuses a stack whose slices do not follow one line within half a pixel:
// no affine map places them.
func (v *Volume) straight(planes []space.Plane, order []int) error {
	for k, i := range order {
		x, y, _ := v.index(planes[i].Origin.Sub(v.along.Scale(v.at[k])))
		if math.Abs(x) > 0.5 || math.Abs(y) > 0.5 {
			return dicom.Unsupportedf("a volume of slices that do not lie on one line")
		}
	}
	return nil
}

func near(a, b float64) bool { return math.Abs(a-b) <= 1e-3*math.Abs(b) }

// invert prepares the way from a patient point to voxels.
func (v *Volume) invert() error {
	det := v.col.Dot(v.row.Cross(v.along))
	if math.Abs(det) < 1e-9 {
		return dicom.Unsupportedf("a volume whose slices move within their own plane")
	}
	v.inverse = [3]space.Vec3{
		v.row.Cross(v.along).Scale(1 / det),
		v.along.Cross(v.col).Scale(1 / det),
		v.col.Cross(v.row).Scale(1 / det),
	}
	return nil
}

// Set fills slice k, counted in viewing order, from its frame. The first frame
// gives the volume its scale; frames of another slope or sign are converted to it
// and rounded. It refuses colour, modality tables and other sizes.
func (v *Volume) Set(k int, im *pixel.Image) error {
	switch {
	case k < 0 || k >= v.Slices:
		return fmt.Errorf("slice %d of a volume of %d", k, v.Slices)
	case im.Stored == nil || im.ModalityLUT != nil:
		return dicom.Unsupportedf("a volume of colour or of values by a table")
	case im.Cols != v.Cols || im.Rows != v.Rows:
		return dicom.Invalidf("a frame of another size than its volume")
	case v.scaled && im.Unit() != v.Unit:
		return dicom.Unsupportedf("a volume of values in several units")
	}
	v.scale(im)
	v.Lossy = v.Lossy || im.Lossy
	v.fill(v.voxels[k*v.Cols*v.Rows:][:v.Cols*v.Rows], im)
	v.have[k] = true
	return nil
}

// scaleOf is the scale a volume of such frames has: unsigned values of 16 bits are
// moved down so that they have a place beside Outside.
func scaleOf(im *pixel.Image) (slope, intercept float64) {
	if !im.Signed && im.Bits > 15 {
		return im.Slope, im.Intercept + math.MaxInt16*im.Slope
	}
	return im.Slope, im.Intercept
}

// scale takes the scale of the first frame, and a larger slope when one comes, so
// that the values of later slices fit: PET has one for each. What is there is
// rounded to it.
func (v *Volume) scale(im *pixel.Image) {
	slope, intercept := scaleOf(im)
	switch {
	case !v.scaled:
		v.Unit, v.Windows, v.Inverse = im.Unit(), im.Windows(), im.Inverse
	case slope <= v.Slope:
		return
	default:
		for i, x := range v.voxels {
			if x != Outside {
				v.voxels[i] = voxel((v.Slope*float64(x) + v.Intercept - intercept) / slope)
			}
		}
	}
	v.scaled, v.Slope, v.Intercept = true, slope, intercept
}

func voxel(x float64) int16 {
	return int16(max(Outside+1, min(math.MaxInt16, math.Floor(x+0.5))))
}

// fill converts values by a table of all stored ones: no slice costs more than one
// look-up a voxel.
func (v *Volume) fill(dst []int16, im *pixel.Image) {
	lo, hi, padded := im.Padding()
	var table [1 << 16]int16
	for s := range table {
		raw := float64(s)
		if im.Signed {
			raw = float64(int16(s))
		}
		if padded && int(raw) >= lo && int(raw) <= hi {
			table[s] = Outside
			continue
		}
		table[s] = voxel((im.Slope*raw + im.Intercept - v.Intercept) / v.Slope)
	}
	for i, s := range im.Stored {
		dst[i] = table[s]
	}
}

// Have reports how many slices are here.
func (v *Volume) Have() (n int) {
	for _, h := range v.have {
		if h {
			n++
		}
	}
	return n
}

// Voxel is the patient point at the centre of a voxel.
func (v *Volume) Voxel(col, row, slice int) space.Vec3 {
	return v.origin.Add(v.col.Scale(float64(col))).Add(v.row.Scale(float64(row))).Add(v.along.Scale(v.at[slice]))
}

// Centre is the patient point in the middle of the volume.
func (v *Volume) Centre() space.Vec3 {
	return v.origin.Add(v.col.Scale(float64(v.Cols-1) / 2)).Add(v.row.Scale(float64(v.Rows-1) / 2)).Add(v.along.Scale(v.at[v.Slices-1] / 2))
}

// Image is values sampled from the volume, as an image.
func (v *Volume) Image(values []int16, cols, rows int) *pixel.Image {
	return pixel.Resampled(values, cols, rows, pixel.Scale{
		Slope: v.Slope, Intercept: v.Intercept, Unit: v.Unit, Windows: v.Windows,
		Inverse: v.Inverse, Lossy: v.Lossy, Outside: Outside,
	})
}

// Steps are the ways to the next voxel along columns, rows and slices, in mm.
func (v *Volume) Steps() (col, row, slice space.Vec3) {
	return v.col, v.row, v.along.Scale(v.at[v.Slices-1] / float64(v.Slices-1))
}

// Whole reports whether the slices between two patient points are all here, with no
// hole among them: only then is there a distance between them to be measured (N8).
func (v *Volume) Whole(p, q space.Vec3) bool {
	_, _, a := v.index(p)
	_, _, b := v.index(q)
	lo, hi := v.slice(math.Min(a, b)), v.slice(math.Max(a, b))
	if lo < -0.5 || hi > float64(v.Slices)-0.5 {
		return false
	}
	from, to := max(int(lo), 0), min(int(math.Ceil(hi)), v.Slices-1)
	for k := from; k <= to; k++ {
		if !v.have[k] || k < to && !v.joined[k] {
			return false
		}
	}
	return true
}

// index takes a patient point to columns, rows and mm along the stack.
func (v *Volume) index(p space.Vec3) (x, y, mm float64) {
	d := p.Sub(v.origin)
	return v.inverse[0].Dot(d), v.inverse[1].Dot(d), v.inverse[2].Dot(d)
}

// Finest is the smallest distance between neighbouring voxels, mm: the step at
// which a slab is sampled.
func (v *Volume) Finest() float64 {
	step := math.Min(v.col.Len(), v.row.Len())
	return math.Min(step, v.at[v.Slices-1]/float64(v.Slices-1))
}
