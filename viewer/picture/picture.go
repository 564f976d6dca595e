// Package picture is what a tile has on screen: an image of a slot, where it is placed,
// in which window, and what is measured in it. It knows no other tile and no keys.
package picture

import (
	"math"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/pixel"
	"github.com/nocturne/nocturne/cache/space"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/overlay"
	"github.com/nocturne/nocturne/viewer/stack"
)

// Picture is what a tile has on screen.
type Picture struct {
	Slot     stack.Slot
	Index    int // of the slot in its stack
	Image    *pixel.Image
	Geometry stack.Geometry
	Key      string       // of a reformat: equal keys are equal pixels
	Over     *pixel.Image // what lies over it, at its pixels
	Made     string       // how it was made of others, and is not to be measured for its values: "DSA mask 1"
	Rough    bool         // a slab in motion, at half its resolution: not to be measured (N8)
}

// FrameSize is the size of the frame that an image is, or is a preview of.
func FrameSize(im *pixel.Image) (rows, cols int) {
	if im.Preview != nil {
		return im.Preview.Rows, im.Preview.Cols
	}
	return im.Rows, im.Cols
}

// Preview reports whether the frame itself is still being decoded. Nothing is measured,
// windowed, marked or counted as viewed until it is here (N8).
func (p Picture) Preview() bool { return p.Image != nil && p.Image.Preview != nil }

// Value is the pixel of a picture that holds an image point, as words for the
// probe: "62.0 HU"; why not where there is none.
func (p Picture) Value(at [2]float64) (v float64, unit, refused string) {
	im := p.Image
	if im == nil {
		return 0, "", "no image"
	}
	if p.Preview() {
		return 0, "", "a preview"
	}
	if p.Made != "" {
		return 0, "", "a subtracted image has no values of its own"
	}
	if at[0] < 0 || at[1] < 0 {
		return 0, "", "outside the image"
	}
	v, ok := im.At(int(at[0]), int(at[1]))
	switch {
	case ok:
		return v, im.Unit(), ""
	case im.Stored == nil:
		return 0, "", "a colour image has no values"
	case int(at[0]) >= im.Cols || int(at[1]) >= im.Rows:
		return 0, "", "outside the image"
	}
	return 0, "", "padding"
}

// reformatWords name the reformat a value was taken from: "coronal reformat, MIP
// 10 mm"; "" on what was acquired (N21).
func (p Picture) reformatWords() string {
	made := p.Slot.Instance.Made
	if made == nil {
		return ""
	}
	return overlay.Join(", ", made.Name()+" reformat", made.Words())
}

// PlaneOf is the plane of a mark that was put on a reformat.
func PlaneOf(p *viewer.Plane) space.Plane {
	return space.Plane{
		Origin: p.Origin, Row: p.Row, Col: p.Col, RowMM: p.MM, ColMM: p.MM, Rows: p.Rows, Cols: p.Cols,
		FrameOfReference: dicom.UID(p.FrameOfReference),
	}
}

// Lies reports whether a mark lies on a picture, and gives it with its points there:
// one of a reformat is seen on every plane that is its own within half a slice.
func (p Picture) Lies(m viewer.Mark) (viewer.Mark, bool) {
	if p.Image == nil {
		return m, false
	}
	made := p.Slot.Instance.Made
	if m.Plane == nil || made == nil {
		return m, (m.Plane == nil) == (made == nil) && m.SOPUID == p.Slot.SOP() && m.Frame == p.Slot.Frame
	}
	at, own := made.At(p.Slot.Frame), PlaneOf(m.Plane)
	if m.SeriesUID != p.Slot.Instance.Object.SeriesUID || math.Abs(at.Normal().Dot(own.Normal())) < 1-1e-6 {
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

// OverAt is the value of what lies over an image point; ok is false where nothing does.
func (p Picture) OverAt(at [2]float64) (v float64, unit string, ok bool) {
	if p.Over == nil {
		return 0, "", false
	}
	v, ok = p.Over.At(int(math.Floor(at[0])), int(math.Floor(at[1])))
	return v, p.Over.Unit(), ok
}
