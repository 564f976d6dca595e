package space_test

import (
	"math"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/space"
)

func TestLettersOfDirections(t *testing.T) {
	tilted := func(deg float64) space.Vec3 {
		s, c := math.Sincos(deg * math.Pi / 180)
		return space.Vec3{0, c, -s}
	}
	for _, c := range []struct {
		v    space.Vec3
		want string
	}{
		{space.Vec3{1, 0, 0}, "L"}, {space.Vec3{-1, 0, 0}, "R"},
		{space.Vec3{0, 1, 0}, "P"}, {space.Vec3{0, -1, 0}, "A"},
		{space.Vec3{0, 0, 1}, "H"}, {space.Vec3{0, 0, -1}, "F"},
		{space.Vec3{0, 0, -20}, "F"}, // length does not matter
		{tilted(14), "P"}, {tilted(15), "PF"}, {tilted(44), "PF"}, {tilted(46), "FP"}, {tilted(76), "F"},
		{space.Vec3{0.6, -0.5, 0.62}, "HL"}, // two letters at most
		{space.Vec3{}, ""},
	} {
		if got := space.Letters(c.v); got != c.want {
			t.Errorf("%v is %q, want %q", c.v, got, c.want)
		}
	}
}

func TestEdgesOfTheUsualPlanes(t *testing.T) {
	for name, c := range map[string]struct {
		iop  []float64
		want space.Edges
	}{
		"axial":    {axial, space.Edges{Top: "A", Right: "L", Bottom: "P", Left: "R"}},
		"coronal":  {[]float64{1, 0, 0, 0, 0, -1}, space.Edges{Top: "H", Right: "L", Bottom: "F", Left: "R"}},
		"sagittal": {[]float64{0, 1, 0, 0, 0, -1}, space.Edges{Top: "H", Right: "P", Bottom: "F", Left: "A"}},
		"prone":    {[]float64{-1, 0, 0, 0, -1, 0}, space.Edges{Top: "P", Right: "R", Bottom: "A", Left: "L"}},
	} {
		d := image(nil, c.iop, nil) // letters need neither position nor spacing
		d.SetStr(dicom.PatientOrientation, "H", "H")
		if got, ok := space.Orientation(d, 0); !ok || got != c.want {
			t.Errorf("%s: %+v %v, want %+v", name, got, ok, c.want)
		}
	}
}

func TestLettersMoveWithThePicture(t *testing.T) {
	e := space.Edges{Top: "A", Right: "L", Bottom: "P", Left: "R"}
	for _, c := range []struct {
		flip bool
		turn int
		want space.Edges
	}{
		{false, 0, e},
		{true, 0, space.Edges{Top: "A", Right: "R", Bottom: "P", Left: "L"}},
		{false, 1, space.Edges{Top: "R", Right: "A", Bottom: "L", Left: "P"}},
		{false, 2, space.Edges{Top: "P", Right: "R", Bottom: "A", Left: "L"}},
		{false, 3, space.Edges{Top: "L", Right: "P", Bottom: "R", Left: "A"}},
		{true, 1, space.Edges{Top: "L", Right: "A", Bottom: "R", Left: "P"}},
		{false, -1, space.Edges{Top: "L", Right: "P", Bottom: "R", Left: "A"}},
		{true, 2, space.Edges{Top: "P", Right: "L", Bottom: "A", Left: "R"}}, // a vertical flip
	} {
		if got := e.Shown(c.flip, c.turn); got != c.want {
			t.Errorf("flip %v, %d quarter turns: %+v, want %+v", c.flip, c.turn, got, c.want)
		}
	}
}

func TestProjectionsTakePatientOrientationOrNothing(t *testing.T) {
	for _, modality := range []string{"CR", "DX", "MG", "US", "XA"} {
		d := image([]float64{0, 0, 0}, axial, []float64{1, 1})
		d.SetStr(dicom.Modality, modality)
		if e, ok := space.Orientation(d, 0); ok {
			t.Errorf("%s without Patient Orientation guessed %+v", modality, e)
		}
		d.SetStr(dicom.PatientOrientation, "A", "FR")
		want := space.Edges{Top: "HL", Right: "A", Bottom: "FR", Left: "P"}
		if e, ok := space.Orientation(d, 0); !ok || e != want {
			t.Errorf("%s: %+v %v, want %+v", modality, e, ok, want)
		}
	}
}

func TestPatientOrientationIsNeverGuessed(t *testing.T) {
	for _, v := range [][]string{nil, {"L"}, {"L", ""}, {"", "F"}, {"CR", "D"}, {"L", "X"}, {"L", "F", "H"}} {
		d := image(nil, nil, nil)
		d.SetStr(dicom.Modality, "CR")
		d.SetStr(dicom.PatientOrientation, v...)
		if e, ok := space.Orientation(d, 0); ok {
			t.Errorf("%q became %+v", v, e)
		}
	}
}

func TestUnusualPositionsAreNamed(t *testing.T) {
	for v, want := range map[string]string{"HFS": "", "": "", "HFP": "prone", "FFS": "feet first",
		"FFDL": "feet first, decubitus left", "HFDR": "decubitus right", "ffp": "feet first, prone"} {
		d := &dicom.Dataset{}
		d.SetStr(dicom.PatientPosition, v)
		if got := space.Position(d); got != want {
			t.Errorf("%q is %q, want %q", v, got, want)
		}
	}
}

func TestSagittalSlicesKnowTheirSide(t *testing.T) {
	sagittal := func(x float64) space.Plane {
		return space.Plane{Origin: space.Vec3{x, -100, 100}, Row: space.Vec3{0, 1, 0}, Col: space.Vec3{0, 0, -1},
			RowMM: 1, ColMM: 1, Rows: 256, Cols: 256}
	}
	for _, c := range []struct {
		x, midline float64
		side       string
		mm         float64
	}{{-12, 0, "R", 12}, {8, 0, "L", 8}, {0.4, 0, "", 0.4}, {8, 10, "R", 2}} {
		side, mm, ok := sagittal(c.x).Side(c.midline)
		if !ok || side != c.side || math.Abs(mm-c.mm) > 1e-9 {
			t.Errorf("x %v, midline %v: %q %v mm %v, want %q %v mm", c.x, c.midline, side, mm, ok, c.side, c.mm)
		}
	}
	if _, _, ok := (space.Plane{Row: space.Vec3{1, 0, 0}, Col: space.Vec3{0, 1, 0}}).Side(0); ok {
		t.Error("an axial slice was given a side")
	}
}
