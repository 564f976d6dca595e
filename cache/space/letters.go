package space

import (
	"math"
	"strings"

	"github.com/nocturne/nocturne/cache/dicom"
)

// SecondLetter is how large the second component of a unit vector must be to
// earn a letter of its own: 0.25 is a tilt of about 14.5°. Below it an axial
// head along the orbitomeatal line still reads A, R, P, L; above it, AH.
const SecondLetter = 0.25

// Letters names a direction in the patient: one or two of L R P A H F, the
// larger component first (PS3.3 C.7.6.1.1.1); "" for the zero vector.
func Letters(v Vec3) string {
	v = v.Unit()
	if v == (Vec3{}) {
		return ""
	}
	first := v.axis()
	out := letter(first, v[first])
	rest := v
	rest[first] = 0
	if second := rest.axis(); math.Abs(rest[second]) >= SecondLetter {
		out += letter(second, rest[second])
	}
	return out
}

func letter(axis int, c float64) string {
	if c > 0 {
		return [3]string{"L", "P", "H"}[axis]
	}
	return [3]string{"R", "A", "F"}[axis]
}

// Edges are the letters at the four edges of an image as it is shown.
type Edges struct{ Top, Right, Bottom, Left string }

// Edges are the letters of the plane as stored: neither turned nor flipped.
func (p Plane) Edges() Edges { return edges(p.Row, p.Col) }

func edges(row, col Vec3) Edges {
	return Edges{
		Right: Letters(row), Left: Letters(row.Scale(-1)),
		Bottom: Letters(col), Top: Letters(col.Scale(-1)),
	}
}

// Shown moves the letters as the picture moves: mirrored left to right first,
// then turned clockwise by quarter turns.
func (e Edges) Shown(flipH bool, turn int) Edges {
	if flipH {
		e.Left, e.Right = e.Right, e.Left
	}
	for range ((turn % 4) + 4) % 4 {
		e = Edges{Top: e.Left, Right: e.Top, Bottom: e.Right, Left: e.Bottom}
	}
	return e
}

// Orientation is what stands at the edges of a frame as stored (N5). For
// projections and ultrasound it is Patient Orientation (0020,0020) alone, for
// all others Image Orientation (Patient), and Patient Orientation where that is
// absent. ok false: "orientation unknown"; nothing is guessed.
func Orientation(d *dicom.Dataset, frame int) (e Edges, ok bool) {
	modality := d.Str(dicom.Modality)
	if !projection[modality] && modality != "US" && modality != "IVUS" {
		if row, col, ok := cosines(d, frame); ok {
			return edges(row, col), true
		}
	}
	return patientOrientation(d)
}

// cosines reads the two directions of a frame even where its position or
// spacing is missing.
func cosines(d *dicom.Dataset, frame int) (row, col Vec3, ok bool) {
	v := frameFloats(d, frame, dicom.PlaneOrientationSequence, dicom.ImageOrientationPatient)
	if len(v) != 6 {
		return row, col, false
	}
	p, err := Plane{Row: Vec3(v[:3]), Col: Vec3(v[3:])}.squared()
	return p.Row, p.Col, err == nil
}

// patientOrientation reads the letters of the right and the bottom edge; a
// letter that is none of a human's (PS3.3 C.7.6.1.1.1 has others for animals)
// makes the whole unknown, because its opposite would be a guess.
func patientOrientation(d *dicom.Dataset) (Edges, bool) {
	v := d.Strs(dicom.PatientOrientation)
	if len(v) != 2 {
		return Edges{}, false
	}
	right, bottom := strings.ToUpper(strings.TrimSpace(v[0])), strings.ToUpper(strings.TrimSpace(v[1]))
	left, okL := opposite(right)
	top, okT := opposite(bottom)
	if !okL || !okT {
		return Edges{}, false
	}
	return Edges{Top: top, Right: right, Bottom: bottom, Left: left}, true
}

func opposite(letters string) (string, bool) {
	const pairs = "LRPAHF"
	out := []byte(letters)
	for i, c := range out {
		k := strings.IndexByte(pairs, c)
		if k < 0 {
			return "", false
		}
		out[i] = pairs[k^1]
	}
	return string(out), len(out) > 0 && len(out) <= 3
}

// Position names what is unusual about how the patient lay, from Patient
// Position (0018,5100): "prone", "feet first, decubitus left", …; "" for head
// first supine and where nothing is said (N5).
func Position(d *dicom.Dataset) string {
	v := strings.ToUpper(d.Str(dicom.PatientPosition))
	var words []string
	if strings.HasPrefix(v, "FF") {
		words = append(words, "feet first")
	}
	if len(v) > 2 {
		switch v[2:] {
		case "P":
			words = append(words, "prone")
		case "DR":
			words = append(words, "decubitus right")
		case "DL":
			words = append(words, "decubitus left")
		}
	}
	return strings.Join(words, ", ")
}

// Side tells for a sagittal plane on which side of the midline its centre lies
// and how many mm from it: "R" or "L", "" within half a millimetre. The midline
// is the x given: 0 is the scanner's, a guess at the patient's. ok is false for
// a plane that is not sagittal within 45°.
func (p Plane) Side(midline float64) (side string, mm float64, ok bool) {
	n := p.Normal()
	if n.axis() != 0 || math.Abs(n[0]) < math.Sqrt2/2 {
		return "", 0, false
	}
	x := p.Centre()[0] - midline
	switch {
	case x >= 0.5:
		side = "L"
	case x <= -0.5:
		side = "R"
	}
	return side, math.Abs(x), true
}
