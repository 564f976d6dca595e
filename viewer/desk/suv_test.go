package desk

import (
	"math"
	"strings"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/viewer"
	vt "github.com/nocturne/nocturne/viewer/viewertest"
)

// pet is a PET of 70 kg and 350 MBq by Decay Correction ADMIN: SUVbw is Bq/ml
// divided by 5,000. Slice k has a rescale slope of k+1; stored values are HU+1024.
func pet(s vt.Series) vt.Series {
	s.Modality, s.Number, s.Description = "PT", 7, "PET AC"
	edit := s.Edit
	s.Edit = func(d *dicom.Dataset, slice int) {
		d.SetStr(dicom.SOPClassUID, string(dicom.PETImageStorage))
		d.SetStr(dicom.Units, "BQML")
		d.SetStr(dicom.CorrectedImage, "ATTN", "DECY")
		d.SetStr(dicom.DecayCorrection, "ADMIN")
		d.SetFloat(dicom.PatientWeight, 70)
		agent := &dicom.Dataset{}
		agent.SetFloat(dicom.RadionuclideTotalDose, 350e6)
		d.SetSeq(dicom.RadiopharmaceuticalInformationSequence, agent)
		d.SetFloat(dicom.RescaleIntercept, 0)
		d.SetFloat(dicom.RescaleSlope, float64(slice+1))
		d.SetFloat(dicom.WindowCenter, 10000)
		d.SetFloat(dicom.WindowWidth, 20001)
		if edit != nil {
			edit(d, slice)
		}
	}
	return s
}

func petStudy() viewer.Study { return viewer.Study{UID: "1.2.3", Date: "20260301", Modality: "PT"} }

func TestPETIsReadInSUVWithTheSlopeOfItsSlice(t *testing.T) {
	r := newReader(t)
	s := pet(vt.Series{Slices: 4, HU: func(col, row, _ int) int { return 10000*(row/16) + 100*col - 1024 }})
	r.open(vt.Case(1, petStudy()), s.Write(t, t.TempDir()))
	sc := r.d.Scene()
	if !hasText(sc, "W 7 L 3.50 SUV 0–7") || !sc.Tiles[0].Image.Inverse {
		t.Errorf("not SUV 0 to 7 dark on white: %+v", sc.Over.Texts)
	}
	r.press("j", "j", "q")
	g, _ := r.d.at().geometry()
	r.d.setCursor(g, 10.5, 20.5)
	r.d.probeAt()
	// 11,000 stored by 3 on slice 3 are 33,000 Bq/ml; by 5,000 a SUV of 6.6
	if got := r.d.probe; got != "6.60 SUVbw (33000 Bq/ml) at 10, 20" {
		t.Errorf("the probe says %q", got)
	}
	r.press("esc", "B")
	r.click(0, 4, 20)
	r.click(0, 8, 24)
	// columns 4 to 7 of 10,400 … 10,700 stored by 3 by 5,000
	r.value("mean", 10550.0*3/5000, 1e-6, "SUVbw")
	r.value("max", 10700.0*3/5000, 1e-6, "SUVbw")
	r.value("n", 16, 0, "")
	if !hasText(r.d.Scene(), "6.33 SUVbw") {
		t.Error("the mean is not on the image")
	}
}

func TestWindowsOfPETAreInSUV(t *testing.T) {
	r := newReader(t)
	r.open(vt.Case(1, petStudy()), pet(vt.Series{Slices: 2}).Write(t, t.TempDir()))
	if r.press("1"); !strings.Contains(r.last(viewer.Noticed).Text, "this image is in SUVbw") {
		t.Errorf("a preset in HU says %q", r.last(viewer.Noticed).Text)
	}
	r.press("0") // Bq/ml 10000 ± 10000, moved by half a value and one narrower than it says
	if got := r.tile(0); math.Abs(got.Width-4) > 1e-9 || math.Abs(got.Center-9999.5/5000) > 1e-9 {
		t.Errorf("its own window is W %v L %v", got.Width, got.Center)
	}
	r.d.Do(viewer.WindowSet(5, 2.5))
	r.drag(0, [2]float64{10, 10}, [2]float64{12, 10})
	if got := r.tile(0); got.Width <= 5 || got.Width > 9 || got.Center != 2.5 {
		t.Errorf("a small drag makes W %v L %v of W 5 L 2.5", got.Width, got.Center)
	}
}

func TestPETWithoutASUVSaysWhyAndKeepsItsUnit(t *testing.T) {
	r := newReader(t)
	s := pet(vt.Series{Slices: 2, Edit: func(d *dicom.Dataset, _ int) { d.Delete(dicom.PatientWeight) }})
	r.open(vt.Case(1, petStudy()), s.Write(t, t.TempDir()))
	r.press("q")
	r.d.probeAt()
	if sc := r.d.Scene(); !hasText(sc, "no SUV: the patient's weight is missing") || !strings.Contains(r.d.probe, "Bq/ml at") {
		t.Errorf("%q; %+v", r.d.probe, sc.Over.Texts)
	}
}
