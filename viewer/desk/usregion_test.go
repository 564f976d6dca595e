package desk

import (
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	vt "github.com/nocturne/nocturne/viewer/viewertest"
)

// spectrum is a Doppler region of 40 × 20 pixels below a 2D one: 5 ms a column, 2 cm/s
// a row upwards, the baseline in row 15 of the region where −4 cm/s is written.
func spectrum(d *dicom.Dataset, _ int) {
	d.Delete(dicom.PixelSpacing)
	r := region(0, 20, 39, 39, 4, 0.005)
	r.SetInt(dicom.PhysicalUnitsYDirection, 7)
	r.SetFloat(dicom.PhysicalDeltaY, -2)
	r.SetInt(dicom.RegionSpatialFormat, 3)
	r.SetInt(dicom.ReferencePixelX0, 0)
	r.SetInt(dicom.ReferencePixelY0, 15)
	r.SetFloat(dicom.ReferencePixelPhysicalValueY, -4)
	r.SetFloat(dicom.ReferencePixelPhysicalValueX, 1)
	whole := region(0, 0, 39, 39, 0, 1) // as some scanners write around all
	whole.SetInt(dicom.PhysicalUnitsYDirection, 0)
	d.SetSeq(dicom.SequenceOfUltrasoundRegions, whole, region(0, 0, 39, 19, 3, 0.05), r)
}

func TestASpectrumIsMeasuredInVelocityAndTime(t *testing.T) {
	r := newReader(t)
	s := vt.Series{Slices: 1, Modality: "US", Rows: 40, Cols: 40, Edit: spectrum}
	r.open(vt.Case(1, current()), s.Write(t, t.TempDir()))
	r.press("r")
	for _, words := range []string{"2D: cm", "spectrum: s × cm/s"} {
		if !hasText(r.d.Scene(), words) {
			t.Errorf("%q is not on screen while measuring: %v", words, texts(r.d.Scene()))
		}
	}
	r.drag(0, [2]float64{10.5, 35.5}, [2]float64{30.5, 25.5}) // 20 columns, 10 rows
	r.value("velocity", 20, 1e-9, "cm/s")
	r.value("time", 0.1, 1e-9, "s")
	r.value("slope", 200, 1e-9, "cm/s2")
	r.value("rate", 600, 1e-6, "/min")
	if r.mark().Calibration != "US region" {
		t.Errorf("calibration %q", r.mark().Calibration)
	}
	r.drag(0, [2]float64{10.5, 10.5}, [2]float64{10.5, 35.5})
	if len(r.marks()) != 1 || !contains(r.last("notice").Text, "within one calibrated region") {
		t.Errorf("from the picture into the spectrum: %d marks, %q", len(r.marks()), r.last("notice").Text)
	}
	// Row 35 is the baseline; row 25 is ten rows of 2 cm/s above it, column 20 0.1 s on.
	r.press("q")
	r.click(0, 20.5, 25.5)
	if v, _ := r.mark().Value("velocity"); v.Number != 16 || v.Unit != "cm/s" {
		t.Errorf("the probe reads %v", v)
	}
	if v, _ := r.mark().Value("time"); v.Number != 1.1 || v.Unit != "s" {
		t.Errorf("the probe reads %v", v)
	}
}
