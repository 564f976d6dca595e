package desk

import (
	"math"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/viewer"
	vt "github.com/nocturne/nocturne/viewer/viewertest"
)

// While slices still come, linked tiles stand at one level, or the one that cannot says
// how far it is off.
func TestLinkedTilesStandAtOneLevelWhileSlicesCome(t *testing.T) {
	r := newReader(t)
	kernel := func(k string) func(d *dicom.Dataset, _ int) {
		return func(d *dicom.Dataset, _ int) { d.SetStr(dicom.ConvolutionKernel, k) }
	}
	brain := vt.Series{Number: 2, Slices: 40, Edit: kernel("H30s"), FrameOfReference: "1.2.3.9"}
	bone := vt.Series{Number: 3, Slices: 40, Edit: kernel("H60s"), FrameOfReference: "1.2.3.9"}
	c := vt.Case(1, current())
	c.Order.Exam = "CT head"
	r.d.Open(c)
	first, second := brain.Write(t, t.TempDir()), bone.Write(t, t.TempDir())
	low := func(all []viewer.Object, s vt.Series, from int) (out, rest []viewer.Object) {
		for _, o := range all {
			in := false
			for i := from; i < s.Slices; i++ {
				in = in || o.SOPUID == s.SOP(i)
			}
			if in {
				out = append(out, o)
			} else {
				rest = append(rest, o)
			}
		}
		return out, rest
	}
	some, rest := low(second, bone, 28) // of the bone only what lies 56 mm and more below the top
	r.d.Add(1, first)
	r.d.Add(1, some)
	r.wait(time.Second)
	if r.d.State().Layout != "1x2" || r.tile(1).SeriesUID != "1.2.3.3" {
		t.Fatalf("%s", r.shown())
	}
	if !hasText(r.d.Scene(), "56 mm off the level") {
		t.Errorf("bone at another level does not say so: %v", texts(r.d.Scene()))
	}
	r.d.Add(1, rest)
	r.wait(time.Second)
	a, b := r.tile(0), r.tile(1)
	if a.SOPUID != brain.SOP(0) || b.SOPUID != bone.SOP(0) || hasText(r.d.Scene(), "56 mm off the level") {
		t.Errorf("when all is here: %s beside %s", a.SOPUID, b.SOPUID)
	}
}

// What came above a slice that the reader went to moves both tiles by as much.
func TestLateSlicesKeepLinkedTilesAtTheReadersLevel(t *testing.T) {
	r := newReader(t)
	brain, bone, _ := r.openHead("brain", "bone")
	r.press("j", "j", "j", "j")
	more := vt.Series{UID: brain.UID, Number: 2, Slices: 3, Head: 6, Description: "Brain", Edit: func(d *dicom.Dataset, i int) {
		brain.Edit(d, i)
		d.SetStr(dicom.SOPInstanceUID, brain.UID+".9"+string(rune('0'+i)))
	}}
	r.d.Add(1, more.Write(t, t.TempDir()))
	r.wait(100 * time.Millisecond)
	if a, b := r.tile(0), r.tile(1); a.SOPUID != brain.SOP(4) || a.Slice != 7 || b.SOPUID != bone.SOP(4) {
		t.Errorf("%s (slice %d) beside %s", a.SOPUID, a.Slice, b.SOPUID)
	}
}

func TestTwoPatientsOnScreenAreNamedByARedBar(t *testing.T) {
	for name, c := range map[string]struct {
		edit func(d *dicom.Dataset)
		want string
	}{
		"other ID":   {func(d *dicom.Dataset) { d.SetStr(dicom.PatientID, "T-2") }, "TWO PATIENTS ON SCREEN: tile 2 is not of tile 1's patient: patient ID"},
		"other name": {func(d *dicom.Dataset) { d.SetStr(dicom.PatientName, "OTHER^ONE") }, "TWO PATIENTS ON SCREEN: tile 2 is not of tile 1's patient: patient name"},
		"same":       {func(d *dicom.Dataset) { d.SetStr(dicom.PatientName, "phantom^test^^") }, ""},
	} {
		r := newReader(t)
		prior := vt.Series{StudyUID: "9.8", Date: "20250301", Slices: 3, Edit: func(d *dicom.Dataset, _ int) { c.edit(d) }}
		r.open(vt.Case(1, current(), study("9.8", "20250301", true)), vt.Series{Slices: 3}.Write(t, t.TempDir()), prior.Write(t, t.TempDir()))
		if said := r.d.head().Patients; said != "" {
			t.Errorf("%s: one tile, but %q", name, said)
		}
		r.press("p")
		r.wait(50 * time.Millisecond)
		if said := r.d.head().Patients; said != c.want {
			t.Errorf("%s: %q", name, said)
		}
		if c.want != "" && !hasText(r.d.Scene(), "TWO PATIENTS ON SCREEN") {
			t.Errorf("%s: no bar", name)
		}
	}
}

func TestEveryTileOfAComparisonNamesItsStudyAndDate(t *testing.T) {
	r := newReader(t)
	r.openHead("brain", "bone", "prior")
	if hasText(r.d.Scene(), "CURRENT") {
		t.Error("a current study alone has a band")
	}
	r.press("p")
	r.wait(50 * time.Millisecond)
	sc := r.d.Scene()
	if !hasText(sc, "CURRENT · 2026-03-01") || !hasText(sc, "PRIOR 12 mo · 2025-03-01") {
		t.Errorf("%v", texts(sc))
	}
}

// Zoom goes with the prior's film of the same view, until it is asked to be each tile's
// own.
func TestFilmsOfOneViewZoomTogetherUnlessToldNotTo(t *testing.T) {
	film := func(number int, mm float64, position string) vt.Series {
		s := still(number, 1)
		s.Modality, s.RowMM, s.ColMM = "DX", mm, mm
		was := s.Edit
		s.Edit = func(d *dicom.Dataset, i int) { was(d, i); d.SetStr(dicom.ViewPosition, position) }
		return s
	}
	r := newReader(t)
	r.openAs("DX", "Chest PA", true, film(1, 1, "PA"), ofPrior(film(1, 0.5, "PA")))
	r.wait(50 * time.Millisecond)
	r.press("+")
	r.wait(20 * time.Millisecond)
	if a, b := r.tile(0), r.tile(1); a.Zoom == 0 || math.Abs(b.Zoom-a.Zoom/2) > 1e-9 {
		t.Errorf("1 mm pixels at %v, 0.5 mm pixels at %v", a.Zoom, b.Zoom)
	}
	r.press("!")
	was := r.tile(1).Zoom
	r.press("+", "+")
	r.wait(20 * time.Millisecond)
	if r.tile(1).Zoom != was || r.last(viewer.Noticed).Text != "Zoom, pan and window are each tile's own." {
		t.Errorf("apart, but %v: %q", r.tile(1).Zoom, r.last(viewer.Noticed).Text)
	}
	r.d.Open(vt.Case(2, current()))
	if r.d.apart {
		t.Error("it carries over to another case")
	}
}
