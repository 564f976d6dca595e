package space_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/space"
)

// image is a CT slice with the given geometry.
func image(ipp, iop, spacing []float64) *dicom.Dataset {
	d := &dicom.Dataset{}
	d.SetStr(dicom.Modality, "CT")
	d.SetInt(dicom.Rows, 512)
	d.SetInt(dicom.Columns, 256)
	if ipp != nil {
		d.SetFloat(dicom.ImagePositionPatient, ipp...)
	}
	if iop != nil {
		d.SetFloat(dicom.ImageOrientationPatient, iop...)
	}
	if spacing != nil {
		d.SetFloat(dicom.PixelSpacing, spacing...)
	}
	return d
}

var axial = []float64{1, 0, 0, 0, 1, 0}

func plane(t *testing.T, d *dicom.Dataset, frame int) space.Plane {
	t.Helper()
	p, err := space.PlaneOf(d, frame)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func near(a, b space.Vec3) bool { return a.Sub(b).Len() < 1e-9 }

func TestCentreOfFirstPixelIsImagePosition(t *testing.T) {
	p := plane(t, image([]float64{-100, -200, 50}, axial, []float64{2, 3}), 0)
	for _, c := range []struct {
		col, row float64
		want     space.Vec3
	}{
		{0.5, 0.5, space.Vec3{-100, -200, 50}},
		{0, 0, space.Vec3{-101.5, -201, 50}},   // half a column is 1.5 mm, half a row 1 mm
		{1.5, 0.5, space.Vec3{-97, -200, 50}},  // next column: spacing's second value
		{0.5, 1.5, space.Vec3{-100, -198, 50}}, // next row: spacing's first value
		{256, 512, space.Vec3{666.5, 823, 50}}, // outer corner of the last pixel
		{128, 256, space.Vec3{282.5, 311, 50}}, // Centre
		{10.25, 20.75, space.Vec3{-70.75, -159.5, 50}},
	} {
		if got := p.PixelToPatient(c.col, c.row); !near(got, c.want) {
			t.Errorf("image point (%v, %v) lies at %v, want %v", c.col, c.row, got, c.want)
		}
	}
	if !near(p.Centre(), space.Vec3{282.5, 311, 50}) {
		t.Errorf("centre is %v", p.Centre())
	}
}

func TestPatientPointsComeBackFromAnyPlane(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		row := space.Vec3{r.NormFloat64(), r.NormFloat64(), r.NormFloat64()}.Unit()
		help := space.Vec3{r.NormFloat64(), r.NormFloat64(), r.NormFloat64()}
		col := row.Cross(help).Unit()
		p := space.Plane{Origin: help.Scale(100), Row: row, Col: col, RowMM: 0.3 + r.Float64(), ColMM: 0.3 + r.Float64()}
		u, v, w := 512*r.Float64(), 512*r.Float64(), 100*r.Float64()-50
		q := p.PixelToPatient(u, v).Add(p.Normal().Scale(w))
		gu, gv, gw := p.PatientToPixel(q)
		if math.Abs(gu-u)+math.Abs(gv-v)+math.Abs(gw-w) > 1e-8 {
			t.Fatalf("(%v %v) at %v mm came back as (%v %v) at %v mm", u, v, w, gu, gv, gw)
		}
	}
}

func TestEnhancedFramesHaveTheirOwnPlanes(t *testing.T) {
	d := image([]float64{9, 9, 9}, nil, nil)
	shared, per := &dicom.Dataset{}, []*dicom.Dataset{}
	orient, measures := &dicom.Dataset{}, &dicom.Dataset{}
	orient.SetFloat(dicom.ImageOrientationPatient, axial...)
	measures.SetFloat(dicom.PixelSpacing, 0.5, 0.75)
	shared.SetSeq(dicom.PlaneOrientationSequence, orient)
	shared.SetSeq(dicom.PixelMeasuresSequence, measures)
	for i := range 3 {
		pos, g := &dicom.Dataset{}, &dicom.Dataset{}
		pos.SetFloat(dicom.ImagePositionPatient, 0, 0, float64(10*i))
		g.SetSeq(dicom.PlanePositionSequence, pos)
		per = append(per, g)
	}
	d.SetSeq(dicom.SharedFunctionalGroupsSequence, shared)
	d.SetSeq(dicom.PerFrameFunctionalGroupsSequence, per...)
	for i := range 3 {
		p := plane(t, d, i)
		if p.Origin != (space.Vec3{0, 0, float64(10 * i)}) || p.RowMM != 0.5 || p.ColMM != 0.75 {
			t.Errorf("frame %d lies at %v with %v by %v mm", i, p.Origin, p.RowMM, p.ColMM)
		}
	}
}

func TestImagesWithoutAPlaneSaySo(t *testing.T) {
	us := image([]float64{0, 0, 0}, axial, []float64{1, 1})
	us.SetStr(dicom.Modality, "US")
	for name, d := range map[string]*dicom.Dataset{
		"no position":    image(nil, axial, []float64{1, 1}),
		"no orientation": image([]float64{0, 0, 0}, nil, []float64{1, 1}),
		"no spacing":     image([]float64{0, 0, 0}, axial, nil),
		"half a vector":  image([]float64{0, 0}, axial, []float64{1, 1}),
		"ultrasound":     us,
	} {
		if _, err := space.PlaneOf(d, 0); !errors.Is(err, space.ErrNoPlane) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestCrookedCosinesAreRefusedAndRoundedOnesMadeSquare(t *testing.T) {
	for name, iop := range map[string][]float64{
		"long":       {1.01, 0, 0, 0, 1, 0},
		"oblique":    {1, 0, 0, 0.1, 0.995, 0},
		"zero":       {0, 0, 0, 0, 0, 0},
		"same twice": {1, 0, 0, 1, 0, 0},
	} {
		var bad *dicom.InvalidError
		if _, err := space.PlaneOf(image([]float64{0, 0, 0}, iop, []float64{1, 1}), 0); !errors.As(err, &bad) {
			t.Errorf("%s: %v", name, err)
		}
	}
	p := plane(t, image([]float64{0, 0, 0}, []float64{0.9999, 0.0003, 0, 0.0003, 0.9999, 0}, []float64{1, 1}), 0)
	if math.Abs(p.Row.Len()-1)+math.Abs(p.Col.Len()-1)+math.Abs(p.Row.Dot(p.Col)) > 1e-12 {
		t.Errorf("rounded cosines stayed crooked: %v %v", p.Row, p.Col)
	}
}

func TestADoseGridsFramesLieAtTheirOffsets(t *testing.T) {
	d := &dicom.Dataset{}
	d.SetInt(dicom.NumberOfFrames, 3)
	d.SetInt(dicom.Rows, 10)
	d.SetInt(dicom.Columns, 10)
	d.SetStr(dicom.Modality, "RTDOSE")
	d.SetFloat(dicom.ImagePositionPatient, 1, 2, 30)
	d.SetFloat(dicom.ImageOrientationPatient, 1, 0, 0, 0, 1, 0)
	d.SetFloat(dicom.PixelSpacing, 2, 2)
	if p, err := space.PlaneOf(d, 2); err == nil {
		t.Errorf("three frames without offsets all lie at %v", p.Origin)
	}
	for _, grid := range [][]float64{{0, 5, 12}, {30, 35, 42}} { // relative, and patient coordinates
		d.SetFloat(dicom.GridFrameOffsetVector, grid...)
		if p, err := space.PlaneOf(d, 2); err != nil || p.Origin != (space.Vec3{1, 2, 42}) {
			t.Errorf("%v: frame 3 at %v, %v", grid, p.Origin, err)
		}
	}
}
