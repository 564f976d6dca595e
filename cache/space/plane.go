package space

import (
	"errors"
	"fmt"
	"math"

	"github.com/nocturne/nocturne/cache/dicom"
)

// ErrNoPlane says that an image does not tell where in the patient it lies.
var ErrNoPlane = errors.New("image has no position in the patient")

// Plane is where one frame lies in the patient (PS3.3 C.7.6.2).
type Plane struct {
	Origin           Vec3      // centre of the first voxel, mm: Image Position (Patient)
	Row              Vec3      // unit; the way the column index grows: to the right edge
	Col              Vec3      // unit; the way the row index grows: to the bottom edge
	RowMM, ColMM     float64   // distance between rows and between columns: Pixel Spacing's two values
	Rows, Cols       int       // size in pixels
	FrameOfReference dicom.UID // "" when unknown: then comparable with no other
}

// squareness is how far the cosines may be from unit length and a right angle
// (display.md D4); real devices round them to five or six digits.
const squareness = 1e-3

// PlaneOf reads the plane of one frame, from the functional groups of an
// enhanced object where there are any. ErrNoPlane: there is no position or
// orientation. *dicom.InvalidError: there is, but it spans no plane. Cosines
// within 0.001 of square are made exactly square.
func PlaneOf(d *dicom.Dataset, frame int) (Plane, error) {
	ipp := frameFloats(d, frame, dicom.PlanePositionSequence, dicom.ImagePositionPatient)
	iop := frameFloats(d, frame, dicom.PlaneOrientationSequence, dicom.ImageOrientationPatient)
	offset, ok := offsetOf(d, frame)
	if len(ipp) != 3 || len(iop) != 6 || !ok {
		return Plane{}, ErrNoPlane
	}
	p := Plane{
		Origin: Vec3(ipp), Row: Vec3(iop[:3]), Col: Vec3(iop[3:]),
		Rows: d.IntOr(dicom.Rows, 0), Cols: d.IntOr(dicom.Columns, 0),
		FrameOfReference: dicom.UID(d.Str(dicom.FrameOfReferenceUID)),
	}
	c := CalibrationOf(d, frame)
	if c.Source == "" || c.Source == DetectorPlane {
		return Plane{}, ErrNoPlane
	}
	p.RowMM, p.ColMM = c.RowMM, c.ColMM
	p, err := p.squared()
	p.Origin = p.Origin.Add(p.Normal().Scale(offset))
	return p, err
}

// offsetOf is how far from the position of the object a frame lies along the normal,
// mm: of a dose grid, by its offsets (PS3.3 C.8.8.3.2, relative ones as the others
// less the first). ok is false for any other object of several frames that gives
// them one position: they cannot all lie there.
func offsetOf(d *dicom.Dataset, frame int) (mm float64, ok bool) {
	if d.IntOr(dicom.NumberOfFrames, 1) < 2 || d.FrameGroup(frame, dicom.PlanePositionSequence).Has(dicom.ImagePositionPatient) {
		return 0, true
	}
	grid := d.Floats(dicom.GridFrameOffsetVector)
	if frame < 0 || frame >= len(grid) {
		return 0, false
	}
	return grid[frame] - grid[0], true
}

// frameFloats reads numbers from a macro of the frame, else from the top level.
func frameFloats(d *dicom.Dataset, frame int, macro, t dicom.Tag) []float64 {
	if v := d.FrameGroup(frame, macro).Floats(t); v != nil {
		return v
	}
	return d.Floats(t)
}

func (p Plane) squared() (Plane, error) {
	if !p.Origin.finite() || !p.Row.finite() || !p.Col.finite() {
		return Plane{}, invalid("image position or orientation is not a number")
	}
	if math.Abs(p.Row.Len()-1) > squareness || math.Abs(p.Col.Len()-1) > squareness {
		return Plane{}, invalid("direction cosines are not of unit length")
	}
	if math.Abs(p.Row.Dot(p.Col)) > squareness {
		return Plane{}, invalid("direction cosines are not at a right angle")
	}
	p.Row = p.Row.Unit()
	p.Col = p.Col.Sub(p.Row.Scale(p.Row.Dot(p.Col))).Unit()
	return p, nil
}

func invalid(format string, a ...any) error {
	return &dicom.InvalidError{Offset: -1, Reason: fmt.Sprintf(format, a...)}
}

// Normal is Row × Col, unit.
func (p Plane) Normal() Vec3 { return p.Row.Cross(p.Col) }

// PixelToPatient is where an image point lies in the patient. (0.5, 0.5) is
// Origin (PS3.3 equation C.7.6.2.1-1, moved by half a pixel).
func (p Plane) PixelToPatient(col, row float64) Vec3 {
	return p.Origin.Add(p.Row.Scale((col - 0.5) * p.ColMM)).Add(p.Col.Scale((row - 0.5) * p.RowMM))
}

// PatientToPixel drops a perpendicular from q onto the plane: the image point
// of its foot, and the signed distance along Normal in mm. The point may lie
// outside the image.
func (p Plane) PatientToPixel(q Vec3) (col, row, distance float64) {
	d := q.Sub(p.Origin)
	return d.Dot(p.Row)/p.ColMM + 0.5, d.Dot(p.Col)/p.RowMM + 0.5, d.Dot(p.Normal())
}

// Centre is the patient point in the middle of the image.
func (p Plane) Centre() Vec3 {
	return p.PixelToPatient(float64(p.Cols)/2, float64(p.Rows)/2)
}

// Parallel reports whether two planes face the same way (within 0.001 of the
// cosine's perpendicular part, about 0.06°) in the same frame of reference, so
// that they can stand in one stack.
func (p Plane) Parallel(q Plane) bool {
	n := p.Normal()
	return p.FrameOfReference == q.FrameOfReference && n.Dot(q.Normal()) > 0 &&
		n.Cross(q.Normal()).Len() <= squareness && p.Row.Cross(q.Row).Len() <= squareness
}
