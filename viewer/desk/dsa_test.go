package desk

import (
	"math"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/viewer"
	vt "github.com/nocturne/nocturne/viewer/viewertest"
)

// angiogram is a run of single frames: 3000 everywhere, from the third frame on half
// of it in the columns 10 to 19.
func angiogram(edit func(d *dicom.Dataset)) vt.Series {
	return vt.Series{Modality: "XA", Slices: 4, HU: func(col, _, slice int) int {
		if slice >= 2 && col >= 10 && col < 20 {
			return 1500 - 1024
		}
		return 3000 - 1024
	}, Edit: func(d *dicom.Dataset, i int) {
		d.Delete(dicom.ImagePositionPatient)
		d.Delete(dicom.PixelSpacing)
		d.SetInt(dicom.InstanceNumber, i+1)
		d.SetStr(dicom.PixelIntensityRelationship, "LIN")
		d.Delete(dicom.RescaleIntercept)
		if edit != nil {
			edit(d)
		}
	}}
}

func TestTheImageOnScreenBecomesTheMaskAndIsNamedOnTheTile(t *testing.T) {
	r := newReader(t)
	r.open(vt.Case(1, current()), angiogram(nil).Write(t, t.TempDir()))
	own := r.d.at().look.window
	r.press("ctrl+k", "down", "down")
	r.slice(2)
	if !hasText(r.d.Scene(), "DSA mask 1") {
		t.Errorf("not labelled: %v", texts(r.d.Scene()))
	}
	im := r.d.Scene().Tiles[0].Image
	for col, want := range map[int]float64{5: 0, 15: -1000 * math.Ln2} {
		if got, _ := im.At(col, 5); math.Abs(got-want) > 1 {
			t.Errorf("column %d: %g, want %g", col, got, want)
		}
	}
	r.press("ctrl+x")
	if r.d.at().look.mask != nil || r.d.at().look.window != own || hasText(r.d.Scene(), "DSA mask 1") {
		t.Error("ctrl+x does not give the image and its window back")
	}
	if got, _ := r.d.Scene().Tiles[0].Image.At(15, 5); got != 1500 {
		t.Errorf("the image came back with %g", got)
	}
}

func TestASubtractedImageHasLengthsButNoValues(t *testing.T) {
	r := newReader(t)
	r.open(vt.Case(1, current()), angiogram(func(d *dicom.Dataset) { d.SetFloat(dicom.ImagerPixelSpacing, 0.5, 0.5) }).Write(t, t.TempDir()))
	r.press("ctrl+k", "down", "down", "r")
	r.drag(0, [2]float64{5, 5}, [2]float64{15, 5})
	r.value("length", 5, 1e-9, "mm")
	r.press("e")
	r.drag(0, [2]float64{4, 8}, [2]float64{14, 18})
	if _, ok := r.mark().Value("mean"); ok || r.mark().Kind != viewer.Ellipse {
		t.Errorf("grey values of a subtracted image: %v", r.mark())
	}
	r.press("q")
	r.click(0, 25, 25)
	if n := len(r.marks()); n != 2 || !contains(r.last(viewer.Noticed).Text, "no values of its own") {
		t.Errorf("%d marks, %q", n, r.last(viewer.Noticed).Text)
	}
}

func TestArrowsMoveTheMaskByHalvesOfAPixel(t *testing.T) {
	r := newReader(t)
	r.open(vt.Case(1, current()), angiogram(nil).Write(t, t.TempDir()))
	r.press("ctrl+t")
	if r.d.tool == viewer.ToolShift {
		t.Error("a mask is moved that is not there")
	}
	r.press("ctrl+k", "end", "ctrl+t", "right", "right", "right", "up")
	if !hasText(r.d.Scene(), "DSA mask 1, shift 1.5, −0.5 px") {
		t.Errorf("%v", texts(r.d.Scene()))
	}
	r.slice(3)
}

func TestACatheterCalibratesItsSeriesAndAllThatWasMeasuredInIt(t *testing.T) {
	r := newReader(t)
	r.open(vt.Case(1, current()), angiogram(nil).Write(t, t.TempDir()))
	r.press("e")
	r.drag(0, [2]float64{2, 2}, [2]float64{12, 22})
	r.press("r")
	r.drag(0, [2]float64{5, 25}, [2]float64{15, 25})
	r.value("length", 10, 1e-9, "px")
	r.d.Do(viewer.Calibrate(6, true)) // 2 mm over 10 px
	r.value("length", 2, 1e-9, "mm")
	if r.mark().Calibration != "manual 6F" {
		t.Errorf("calibration %q", r.mark().Calibration)
	}
	ellipse := r.d.log.Marks()[0]
	if a, _ := ellipse.Value("area"); a.Unit != "mm2" || math.Abs(a.Number-math.Pi*5*10*0.04) > 1e-9 || ellipse.Calibration != "manual 6F" {
		t.Errorf("the ellipse says %v, %s", a, ellipse.Calibration)
	}
	kept := r.d.State()
	r.d.Do(viewer.SliceNext)
	r.wait(20 * time.Millisecond)
	r.drag(0, [2]float64{5, 25}, [2]float64{25, 25})
	r.value("length", 4, 1e-9, "mm")
	if !hasText(r.d.Scene(), "manual 6F") {
		t.Errorf("%v", texts(r.d.Scene()))
	}
	again := newReader(t)
	c := vt.Case(1, current())
	c.State = &kept
	again.open(c, angiogram(nil).Write(t, t.TempDir()))
	again.press("r")
	again.drag(0, [2]float64{5, 25}, [2]float64{25, 25})
	again.value("length", 4, 1e-9, "mm")
}

func TestOnlyProjectionsAreCalibratedByHand(t *testing.T) {
	r := newReader(t)
	r.openCT(3)
	r.press("r")
	r.drag(0, [2]float64{5, 5}, [2]float64{15, 5})
	before := r.mark()
	r.d.Do(viewer.Calibrate(6, true))
	if after := r.mark(); after.Calibration != before.Calibration || !contains(r.last(viewer.Noticed).Text, "Only projection") {
		t.Errorf("%q, %q", after.Calibration, r.last(viewer.Noticed).Text)
	}
}
