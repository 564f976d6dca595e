package desk

import (
	"math"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/viewer"
	vt "github.com/nocturne/nocturne/viewer/viewertest"
)

func (r *reader) value(name string, want, tol float64, unit string) {
	r.Helper()
	v, ok := r.mark().Value(name)
	if !ok || math.Abs(v.Number-want) > tol || v.Unit != unit {
		r.Errorf("%s is %+v (%v), want %v %s", name, v, ok, want, unit)
	}
}

// turned are the views a length must not depend on: fit, zoomed, turned, flipped.
var turned = map[string][]viewer.Key{
	"fit": nil, "zoomed": {"+", "+", "+", "+", "+"}, "turned": {"o"}, "turned left": {"O"}, "upside down": {"o", "o"},
	"flipped": {"h"}, "flipped and turned": {"h", "o"}, "flipped over": {"H"}, "all": {"h", "o", "+", "+", "H", "O"},
}

func TestALengthByMouseIsTheSameInEveryView(t *testing.T) {
	for name, keys := range turned {
		r := newReader(t)
		s := vt.Series{Slices: 2, RowMM: 2, ColMM: 0.5, Rows: 24, Cols: 64}
		r.open(vt.Case(1, current()), s.Write(t, t.TempDir()))
		r.press(keys...)
		r.press("r")
		r.click(0, 30.5, 10.5)
		r.click(0, 36.5, 12.5) // 3 mm by 4 mm
		m := r.mark()
		if v, _ := m.Value("length"); math.Abs(v.Number-5) > 1e-6 || v.Uncertainty <= 0 {
			t.Errorf("%s: %+v", name, v)
		}
		if m.Calibration != "Pixel Spacing" || m.Slice != 1 || r.d.State().Selected != m.ID || r.d.State().Last != m.ID {
			t.Errorf("%s: %+v", name, m)
		}
	}
}

func TestALengthByKeysFollowsTheScreenNotTheMatrix(t *testing.T) {
	for name, keys := range turned {
		r := newReader(t)
		s := vt.Series{Slices: 2, RowMM: 2, ColMM: 0.5, Rows: 64, Cols: 64}
		r.open(vt.Case(1, current()), s.Write(t, t.TempDir()))
		r.press(keys...)
		r.press("r", "enter")
		x0, y0 := r.screen(0, r.d.cursor[0], r.d.cursor[1])
		r.press("shift+right", "right", "right")
		x1, y1 := r.screen(0, r.d.cursor[0], r.d.cursor[1])
		if x1 <= x0 || math.Abs(y1-y0) > 1e-6 {
			t.Errorf("%s: right went from %v,%v to %v,%v", name, x0, y0, x1, y1)
		}
		r.press("down", "enter")
		p := r.mark().Points
		want := math.Hypot((p[1][0]-p[0][0])*0.5, (p[1][1]-p[0][1])*2)
		r.value("length", want, 1e-9, "mm")
		steps := math.Abs(p[1][0]-p[0][0]) + math.Abs(p[1][1]-p[0][1])
		if steps != 13 {
			t.Errorf("%s: %v pixels for 13 steps", name, steps)
		}
	}
}

func TestAKeyboardCursorBeginsAtAPixelsCentreOrUnderThePointer(t *testing.T) {
	r := newReader(t)
	r.openCT(1)
	r.press("r")
	if r.d.cursor != [2]float64{16.5, 16.5} {
		t.Errorf("in the middle: %v", r.d.cursor)
	}
	x, y := r.screen(0, 3.25, 4.75)
	r.d.Mouse(MouseMove, NoButton, x, y)
	r.press("esc", "t")
	if c := r.d.cursor; math.Abs(c[0]-3.25) > 1e-9 || math.Abs(c[1]-4.75) > 1e-9 {
		t.Errorf("under the pointer: %v", c)
	}
}

func TestALengthByOneDragHasItsEndsWhereTheDragHad(t *testing.T) {
	r := newReader(t)
	r.openCT(1)
	r.press("r")
	r.drag(0, [2]float64{5, 5}, [2]float64{8, 9})
	r.value("length", 5, 1e-6, "mm")
	if r.d.State().Tool != string(viewer.ToolLength) {
		t.Error("the tool went")
	}
}

func TestAnAngleIsMeasuredAtItsMiddlePoint(t *testing.T) {
	r := newReader(t)
	r.openCT(1)
	r.press("t")
	for _, p := range [][2]float64{{20, 10}, {10, 10}, {10, 20}} {
		r.click(0, p[0], p[1])
	}
	r.value("angle", 90, 1e-6, "deg")
	for range 3 {
		r.click(0, 15, 15)
	}
	if len(r.marks()) != 1 || !contains(r.last(viewer.Noticed).Text, "three different points") {
		t.Errorf("%d marks, %q", len(r.marks()), r.last(viewer.Noticed).Text)
	}
}

func TestAnEllipseCountsCentresInHU(t *testing.T) {
	r := newReader(t)
	s := vt.Series{Slices: 1, HU: func(col, row, _ int) int { return 10*row + col - 200 }}
	r.open(vt.Case(1, current()), s.Write(t, t.TempDir()))
	r.press("e")
	r.click(0, 8, 8)
	r.click(0, 12, 12) // 12 pixels about 9.5, 9.5: see package measure
	r.value("n", 12, 0, "")
	r.value("mean", 10*9.5+9.5-200, 1e-9, "HU")
	r.value("sd", math.Sqrt(1111./12), 1e-9, "HU")
	r.value("min", 10*8+9-200, 0, "HU")
	r.value("max", 10*11+10-200, 0, "HU")
	r.value("area", 4*math.Pi, 1e-6, "mm2")
}

func TestTheProbeReadsThePixelUnderItAndIsHeld(t *testing.T) {
	r := newReader(t)
	s := vt.Series{Slices: 1, HU: func(col, row, _ int) int { return 100*row + col }}
	r.open(vt.Case(1, current()), s.Write(t, t.TempDir()))
	x, y := r.screen(0, 7.9, 3.1)
	r.d.Mouse(MouseMove, NoButton, x, y)
	r.d.Key("q")
	r.wait(300 * time.Millisecond)
	r.d.Mouse(MouseMove, NoButton, x+0.1, y)
	if p := r.d.State().Probe; p != "307 HU at 7, 3" {
		t.Errorf("%q", p)
	}
	r.d.KeyUp("q")
	r.wait(20 * time.Millisecond)
	if s := r.d.State(); s.Probe != "" || s.Tool != "" {
		t.Errorf("after release: %q, tool %q", s.Probe, s.Tool)
	}
	r.press("q")
	r.click(0, 7.5, 3.5)
	r.value("value", 307, 0, "HU")
	if r.press("q"); r.d.State().Tool != "" {
		t.Error("a second press does not end it")
	}
}

func TestATextMarkTakesLettersAsText(t *testing.T) {
	r := newReader(t)
	r.openCT(3)
	r.press("'")
	r.click(0, 5, 5)
	for _, k := range []viewer.Key{"r", "i", "b", "space", "7", "x", "backspace"} {
		r.d.Key(k)
	}
	r.d.Paste(" left")
	r.d.Wheel(400, 300, 1) // the mark stays where it was begun
	r.press("enter")
	m := r.mark()
	if m.Kind != viewer.Text || m.Label != "rib 7 left" || m.Slice != 1 || r.tile(0).Slice != 1 || r.tile(0).Invert {
		t.Errorf("%+v", m)
	}
	r.press("enter", "a", "b", "esc")
	if len(r.marks()) != 1 {
		t.Error("Esc made a mark")
	}
}

func TestAnArrowPointsWithItsFirstPoint(t *testing.T) {
	r := newReader(t)
	r.openCT(1)
	r.press("P")
	r.drag(0, [2]float64{5, 5}, [2]float64{15, 15})
	if m := r.mark(); m.Kind != viewer.Arrow || math.Abs(m.Points[0][0]-5) > 1e-9 || len(m.Values) != 0 {
		t.Errorf("%+v", m)
	}
}

func TestUndoHasNoLimitAndIsExact(t *testing.T) {
	r := newReader(t)
	r.openCT(1)
	r.press("r")
	for i := range 30 {
		r.click(0, float64(i), 3)
		r.click(0, float64(i), 9)
	}
	full := append([]viewer.Mark(nil), r.marks()...)
	for range 30 {
		r.press("u")
	}
	if len(r.marks()) != 0 {
		t.Fatalf("%d marks left", len(r.marks()))
	}
	if r.press("u"); !contains(r.last(viewer.Noticed).Text, "Nothing to undo") {
		t.Errorf("%q", r.last(viewer.Noticed).Text)
	}
	for range 30 {
		r.press("ctrl+y")
	}
	for i, m := range r.marks() {
		if m.ID != full[i].ID || m.Points[0] != full[i].Points[0] || !m.Changed.Equal(full[i].Changed) {
			t.Fatalf("mark %d came back as %+v", i, m)
		}
	}
}

func TestDeletingIsUndoneAndLastFollows(t *testing.T) {
	r := newReader(t)
	r.openCT(1)
	r.press("r")
	r.drag(0, [2]float64{5, 5}, [2]float64{15, 5})
	first := r.mark().ID
	r.drag(0, [2]float64{5, 20}, [2]float64{15, 20})
	second := r.mark().ID
	r.press("delete")
	e := r.last(viewer.Edited)
	if len(e.Deleted) != 1 || e.Deleted[0] != second || r.d.State().Last != first {
		t.Errorf("%+v last %s", e, r.d.State().Last)
	}
	if r.press("u"); r.d.State().Last != second || r.last(viewer.Edited).Marks[0].ID != second {
		t.Errorf("after undo: last %s", r.d.State().Last)
	}
	if r.press("esc", "esc", "delete"); len(r.marks()) != 2 {
		t.Error("Delete without a selection deleted")
	}
}

// N7: a caliper is edited only after it was selected.
func TestAMarkMovesOnlyWhenItWasSelectedFirst(t *testing.T) {
	r := newReader(t)
	r.openCT(1)
	r.press("r")
	r.drag(0, [2]float64{5, 10}, [2]float64{15, 10})
	r.press("esc", "esc", "esc")
	if r.d.State().Selected != "" {
		t.Fatal("still selected")
	}
	r.drag(0, [2]float64{15, 10}, [2]float64{25, 10}) // windows, does not edit
	r.value("length", 10, 1e-6, "mm")
	if r.tile(0).Width == 400 {
		t.Error("the drag did nothing at all")
	}
	r.click(0, 10, 10)
	if r.d.State().Selected == "" {
		t.Fatal("a click did not select")
	}
	edits := r.count(viewer.Edited)
	r.drag(0, [2]float64{15, 10}, [2]float64{25, 10})
	r.value("length", 20, 1e-6, "mm")
	if n := r.count(viewer.Edited) - edits; n < 2 || n > 5 {
		t.Errorf("%d edits told during a drag of 100 ms", n)
	}
	if m := r.last(viewer.Edited).Marks[0]; math.Abs(m.Points[1][0]-25) > 1e-6 {
		t.Errorf("the last edit told is %v", m.Points)
	}
	r.drag(0, [2]float64{10, 10}, [2]float64{10, 20}) // the line: the whole mark
	if m := r.mark(); math.Abs(m.Points[0][1]-20) > 1e-6 || math.Abs(m.Points[1][1]-20) > 1e-6 {
		t.Errorf("%v", m.Points)
	}
	r.press("u", "u")
	r.value("length", 10, 1e-6, "mm")
	if r.mark().Points[0][1] != 10 && math.Abs(r.mark().Points[0][1]-10) > 1e-6 {
		t.Errorf("undone to %v", r.mark().Points)
	}
}

// N6: a measurement of a prior is the prior's, and is never the last of the
// current study.
func TestAMarkOnAPriorIsThePriors(t *testing.T) {
	r := newReader(t)
	priorCase(t, r, vt.Series{Slices: 5}, vt.Series{Slices: 5})
	r.press("r")
	r.drag(0, [2]float64{5, 10}, [2]float64{15, 10})
	own := r.mark().ID
	r.press("p")
	r.click(1, 3, 3) // makes the tile active
	r.drag(1, [2]float64{5, 10}, [2]float64{11, 10})
	m := r.mark()
	if !m.Prior || m.StudyUID != "7.7.7" || m.StudyDate != "20250301" || len(m.Points) != 2 {
		t.Fatalf("%+v", m)
	}
	if s := r.d.State(); s.Last != own || s.Selected != m.ID {
		t.Errorf("last %s selected %s", s.Last, s.Selected)
	}
	if r.marks()[0].Prior {
		t.Error("the current mark is a prior's")
	}
}

func TestWithoutACalibrationLengthsAreInPixels(t *testing.T) {
	r := newReader(t)
	s := vt.Series{Slices: 1, Modality: "OT", Edit: func(d *dicom.Dataset, _ int) { d.Delete(dicom.PixelSpacing) }}
	r.open(vt.Case(1, current()), s.Write(t, t.TempDir()))
	r.press("r")
	r.drag(0, [2]float64{5, 5}, [2]float64{8, 9})
	r.value("length", 5, 1e-6, "px")
	if r.mark().Calibration != "px" {
		t.Errorf("calibration %q", r.mark().Calibration)
	}
}

func TestTheDetectorPlaneIsNamedAndMagnificationTakenOut(t *testing.T) {
	r := newReader(t)
	s := vt.Series{Slices: 1, Modality: "CR", Edit: func(d *dicom.Dataset, _ int) {
		d.Delete(dicom.PixelSpacing)
		d.SetFloat(dicom.ImagerPixelSpacing, 0.23, 0.23)
		d.SetFloat(dicom.EstimatedRadiographicMagnificationFactor, 1.15)
	}}
	r.open(vt.Case(1, current()), s.Write(t, t.TempDir()))
	r.press("r")
	r.drag(0, [2]float64{5, 5}, [2]float64{15, 5})
	r.value("length", 2, 1e-6, "mm")
	if r.mark().Calibration != "detector plane" || !hasText(r.d.Scene(), "detector plane") {
		t.Errorf("calibration %q, %v", r.mark().Calibration, texts(r.d.Scene()))
	}
}

func region(x0, y0, x1, y1, unit int, delta float64) *dicom.Dataset {
	d := &dicom.Dataset{}
	for t, v := range map[dicom.Tag]int{
		dicom.RegionLocationMinX0: x0, dicom.RegionLocationMinY0: y0, dicom.RegionLocationMaxX1: x1, dicom.RegionLocationMaxY1: y1,
		dicom.PhysicalUnitsXDirection: unit, dicom.PhysicalUnitsYDirection: 3, dicom.RegionSpatialFormat: 1, dicom.RegionFlags: 0,
	} {
		d.SetInt(t, v)
	}
	d.SetFloat(dicom.PhysicalDeltaX, delta)
	d.SetFloat(dicom.PhysicalDeltaY, delta)
	return d
}

func TestUltrasoundIsMeasuredWithinOneRegionOnly(t *testing.T) {
	r := newReader(t)
	s := vt.Series{Slices: 1, Modality: "US", Rows: 40, Cols: 40, Edit: func(d *dicom.Dataset, _ int) {
		d.Delete(dicom.PixelSpacing)
		d.SetSeq(dicom.SequenceOfUltrasoundRegions, region(0, 0, 39, 14, 3, 0.1), region(0, 15, 39, 24, 4, 0.01), region(0, 25, 39, 34, 3, 0.05))
	}}
	r.open(vt.Case(1, current()), s.Write(t, t.TempDir()))
	r.press("r")
	r.drag(0, [2]float64{5, 5}, [2]float64{15, 5}) // ten pixels of 1 mm
	r.value("length", 10, 1e-6, "mm")
	if r.mark().Calibration != "US region" {
		t.Errorf("calibration %q", r.mark().Calibration)
	}
	r.drag(0, [2]float64{5, 5}, [2]float64{5, 30})
	if len(r.marks()) != 1 || !contains(r.last(viewer.Noticed).Text, "within one calibrated region") {
		t.Errorf("across regions: %d marks, %q", len(r.marks()), r.last(viewer.Noticed).Text)
	}
	r.drag(0, [2]float64{5, 18}, [2]float64{15, 20}) // M-mode: ten pixels of 10 ms, two of 0.1 mm
	r.value("time", 0.1, 1e-9, "s")
	r.value("distance", 0.02, 1e-9, "cm")
	r.value("slope", 0.2, 1e-9, "cm/s")
	r.value("rate", 600, 1e-6, "/min")
	r.press("t")
	for _, p := range [][2]float64{{25, 17}, {35, 17}, {35, 23}} {
		r.click(0, p[0], p[1])
	}
	if len(r.marks()) != 2 || !contains(r.last(viewer.Noticed).Text, "not in centimetres both ways") {
		t.Errorf("an angle in seconds: %d marks, %q", len(r.marks()), r.last(viewer.Noticed).Text)
	}
	r.press("r")
	r.drag(0, [2]float64{5, 36}, [2]float64{5, 39})
	r.value("length", 3, 1e-6, "px")
}

func TestMarksAreGoneThroughWhereverTheyAre(t *testing.T) {
	r := newReader(t)
	r.openCT(9)
	r.press("r")
	for _, slice := range []int{2, 5, 8} {
		r.d.Do(viewer.SliceSet(slice))
		r.wait(10 * time.Millisecond)
		r.drag(0, [2]float64{5, 5}, [2]float64{15, 5})
	}
	r.press("esc", "esc", "home")
	for _, want := range []int{1, 4, 7, 1} {
		r.press("n")
		r.slice(want)
	}
	r.press("N")
	r.slice(7)
}

func TestAMarkIsDrawnOnItsSliceOnlyWithItsUncertainty(t *testing.T) {
	r := newReader(t)
	r.openCT(3)
	r.press("r")
	r.drag(0, [2]float64{5, 5}, [2]float64{15, 5})
	if sc := r.d.Scene(); !hasText(sc, "10.0 ± 0.4 mm") {
		t.Errorf("%v", texts(sc))
	}
	r.press("j")
	if sc := r.d.Scene(); hasText(sc, "10.0") {
		t.Error("drawn on another slice")
	}
}

func TestAnUnfinishedMarkDoesNotFollowToAnotherSlice(t *testing.T) {
	r := newReader(t)
	r.openCT(3)
	r.press("r")
	r.click(0, 5, 5)
	r.press("j")
	r.click(0, 15, 5)
	if len(r.marks()) != 0 || !contains(r.last(viewer.Noticed).Text, "dropped") {
		t.Errorf("%d marks, %q", len(r.marks()), r.last(viewer.Noticed).Text)
	}
}

func TestNothingIsMeasuredWhereNoSliceIs(t *testing.T) {
	r := newReader(t)
	r.open(vt.Case(1, current()), vt.Series{Slices: 5, Leave: []int{2}}.Write(t, t.TempDir()))
	r.press("j", "j", "r", "enter", "enter")
	if len(r.marks()) != 0 || !contains(r.last(viewer.Noticed).Text, "not on screen") {
		t.Errorf("%d marks, %q", len(r.marks()), r.last(viewer.Noticed).Text)
	}
}

// N21: on lossy images the value says so.
func TestValuesOfALossyImageSaySo(t *testing.T) {
	r := newReader(t)
	s := vt.Series{Slices: 1, Edit: func(d *dicom.Dataset, _ int) { d.SetStr(dicom.LossyImageCompression, "01") }}
	r.open(vt.Case(1, current()), s.Write(t, t.TempDir()))
	r.press("q")
	r.click(0, 7.5, 3.5)
	if m := r.mark(); m.Calibration != "lossy image" || !contains(r.d.State().Probe, "(lossy)") {
		t.Errorf("probe: %q, %q", m.Calibration, r.d.State().Probe)
	}
	r.press("e")
	r.drag(0, [2]float64{5, 10}, [2]float64{15, 20})
	if m := r.mark(); m.Calibration != "Pixel Spacing, lossy image" || !hasText(r.d.Scene(), "lossy image") {
		t.Errorf("ellipse: %q", m.Calibration)
	}
	r.press("r")
	r.drag(0, [2]float64{5, 25}, [2]float64{15, 25})
	if m := r.mark(); m.Calibration != "Pixel Spacing" {
		t.Errorf("ruler: %q", m.Calibration)
	}
}
