package space_test

import (
	"math"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/space"
)

func TestCalibrationSources(t *testing.T) {
	type in struct {
		modality        string
		spacing, imager []float64
		kind            string
		ermf            float64
	}
	for name, c := range map[string]struct {
		in     in
		source string
		row    float64
	}{
		"ct":                        {in{"CT", []float64{0.7, 0.8}, nil, "", 0}, space.PixelSpacing, 0.7},
		"mr ignores imager spacing": {in{"MR", []float64{0.7, 0.8}, []float64{0.1, 0.1}, "", 0}, space.PixelSpacing, 0.7},
		"cr detector only":          {in{"CR", nil, []float64{0.2, 0.2}, "", 0}, space.DetectorPlane, 0.2},
		"cr with ermf 1.15":         {in{"CR", nil, []float64{0.23, 0.23}, "", 1.15}, space.DetectorPlane, 0.2},
		"dx both the same":          {in{"DX", []float64{0.15, 0.15}, []float64{0.15, 0.15}, "", 0}, space.DetectorPlane, 0.15},
		"dx the same, magnified":    {in{"DX", []float64{0.15, 0.15}, []float64{0.15, 0.15}, "", 1.5}, space.DetectorPlane, 0.1},
		"dx they differ":            {in{"DX", []float64{0.13, 0.13}, []float64{0.15, 0.15}, "", 1.5}, space.Calibrated, 0.13},
		"dx says fiducial":          {in{"DX", []float64{0.15, 0.15}, []float64{0.15, 0.15}, "FIDUCIAL", 1.5}, space.Calibrated, 0.15},
		"cr pixel spacing only":     {in{"CR", []float64{0.2, 0.2}, nil, "", 0}, space.PixelSpacing, 0.2},
		"nothing":                   {in{"CR", nil, nil, "", 1.1}, "", 1},
		"zero spacing":              {in{"CT", []float64{0, 0.8}, nil, "", 0}, "", 1},
		"negative":                  {in{"CT", []float64{-1, 0.8}, nil, "", 0}, "", 1},
		"one value":                 {in{"CT", []float64{0.8}, nil, "", 0}, "", 1},
		"ermf zero is none":         {in{"MG", nil, []float64{0.1, 0.1}, "", 0}, space.DetectorPlane, 0.1},
		"us has regions only":       {in{"US", []float64{0.3, 0.3}, nil, "", 0}, "", 1},
	} {
		d := image(nil, nil, c.in.spacing)
		d.SetStr(dicom.Modality, c.in.modality)
		if c.in.imager != nil {
			d.SetFloat(dicom.ImagerPixelSpacing, c.in.imager...)
		}
		if c.in.kind != "" {
			d.SetStr(dicom.PixelSpacingCalibrationType, c.in.kind)
		}
		d.SetFloat(dicom.EstimatedRadiographicMagnificationFactor, c.in.ermf)
		got := space.CalibrationOf(d, 0)
		if got.Source != c.source || math.Abs(got.RowMM-c.row) > 1e-12 {
			t.Errorf("%s: %+v, want %q %v", name, got, c.source, c.row)
		}
	}
}

func TestLengthTakesRowsAndColumnsApart(t *testing.T) {
	c := space.Calibration{RowMM: 2, ColMM: 0.5, Source: space.PixelSpacing}
	if got := c.Length([2]float64{1, 1}, [2]float64{9, 2.5}); math.Abs(got-5) > 1e-12 {
		t.Errorf("8 columns of 0.5 mm and 1.5 rows of 2 mm are %v mm", got)
	}
}

func usRegion(box [4]int, unitX, unitY int, dx, dy float64, flags int) *dicom.Dataset {
	it := &dicom.Dataset{}
	it.SetInt(dicom.RegionLocationMinX0, box[0])
	it.SetInt(dicom.RegionLocationMinY0, box[1])
	it.SetInt(dicom.RegionLocationMaxX1, box[2])
	it.SetInt(dicom.RegionLocationMaxY1, box[3])
	it.SetInt(dicom.PhysicalUnitsXDirection, unitX)
	it.SetInt(dicom.PhysicalUnitsYDirection, unitY)
	it.SetFloat(dicom.PhysicalDeltaX, dx)
	it.SetFloat(dicom.PhysicalDeltaY, dy)
	it.SetInt(dicom.RegionFlags, flags)
	return it
}

func TestUltrasoundLengthsStayInOneRegion(t *testing.T) {
	d := &dicom.Dataset{}
	d.SetStr(dicom.Modality, "US")
	d.SetSeq(dicom.SequenceOfUltrasoundRegions,
		usRegion([4]int{0, 0, 99, 99}, 3, 3, 0.05, -0.04, 1),   // 2D, low priority, y upwards
		usRegion([4]int{0, 100, 99, 199}, 4, 7, 0.01, 2, 0),    // spectral: seconds, cm/s
		usRegion([4]int{50, 50, 99, 99}, 3, 3, 0.05, 0.04, 0),  // colour box of the same scale
		usRegion([4]int{100, 0, 199, 99}, 3, 3, 0.02, 0.02, 0), // a second image
		usRegion([4]int{150, 0, 199, 99}, 3, 3, 0.03, 0.03, 0)) // overlapping it, another scale
	for name, c := range map[string]struct {
		a, b   [2]float64
		source string
		mm     float64
	}{
		"2d":                            {[2]float64{10, 10}, [2]float64{40, 10}, space.USRegion, 15},
		"2d down":                       {[2]float64{10, 10}, [2]float64{10, 40}, space.USRegion, 12},
		"2d into colour":                {[2]float64{10, 10}, [2]float64{70, 70}, space.USRegion, math.Hypot(30, 24)},
		"last pixel belongs":            {[2]float64{0, 0}, [2]float64{99.9, 0}, space.USRegion, 49.95},
		"next pixel does not":           {[2]float64{0, 0}, [2]float64{100, 0}, "", 100},
		"spectral":                      {[2]float64{10, 110}, [2]float64{20, 110}, "", 10},
		"across regions":                {[2]float64{10, 10}, [2]float64{120, 10}, "", 110},
		"outside":                       {[2]float64{300, 10}, [2]float64{310, 10}, "", 10},
		"two scales, nobody knows":      {[2]float64{160, 10}, [2]float64{170, 10}, "", 10},
		"one point outside the overlap": {[2]float64{120, 10}, [2]float64{170, 10}, space.USRegion, 10},
	} {
		got := space.CalibrationAt(d, 0, c.a, c.b)
		if mm := got.Length(c.a, c.b); got.Source != c.source || math.Abs(mm-c.mm) > 1e-9 {
			t.Errorf("%s: %q %v, want %q %v", name, got.Source, mm, c.source, c.mm)
		}
	}
}

func TestHighPriorityRegionWins(t *testing.T) {
	d := &dicom.Dataset{}
	d.SetStr(dicom.Modality, "US")
	d.SetSeq(dicom.SequenceOfUltrasoundRegions,
		usRegion([4]int{0, 0, 99, 99}, 3, 3, 0.05, 0.05, 1),
		usRegion([4]int{0, 0, 99, 99}, 3, 3, 0.02, 0.02, 0),
		usRegion([4]int{0, 0, 99, 99}, 3, 3, 0.07, 0.07, 1))
	if c := space.CalibrationAt(d, 0, [2]float64{1, 1}); c.Source != space.USRegion || math.Abs(c.ColMM-0.2) > 1e-12 {
		t.Errorf("%+v", c)
	}
}
