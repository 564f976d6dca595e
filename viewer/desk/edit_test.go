package desk

import (
	"math"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/overlay"
	"github.com/nocturne/nocturne/viewer/picture"
	vt "github.com/nocturne/nocturne/viewer/viewertest"
)

func (r *reader) typeText(text string) {
	for _, c := range text {
		k := viewer.Key(string(c))
		if c == ' ' {
			k = "space"
		}
		r.d.Key(k)
		r.now = r.now.Add(30 * time.Millisecond)
		r.d.KeyUp(k)
	}
	r.wait(100 * time.Millisecond)
}

// ruled draws a ruler by one drag and puts the tool away.
func (r *reader) ruled(tile int, a, b [2]float64) viewer.Mark {
	r.Helper()
	r.press("esc", "esc", "r")
	r.drag(tile, a, b)
	r.press("esc")
	return r.mark()
}

func TestHandlesAreTakenInTurnAndMovedByArrowsInEveryView(t *testing.T) {
	for name, keys := range turned {
		r := newReader(t)
		r.openCT(1)
		r.press(keys...)
		r.ruled(0, [2]float64{13, 16}, [2]float64{19, 16})
		r.press("esc", "n", "enter")
		x0, y0 := r.screen(0, r.marksSeen()[0].Points[0][0], r.marksSeen()[0].Points[0][1])
		r.press("right", "right", "right")
		x1, y1 := r.screen(0, r.marksSeen()[0].Points[0][0], r.marksSeen()[0].Points[0][1])
		if x1 <= x0 || math.Abs(y1-y0) > 1e-6 {
			t.Errorf("%s: the first handle went from %v,%v to %v,%v", name, x0, y0, x1, y1)
		}
		if p := r.marksSeen()[0].Points[1]; math.Hypot(p[0]-19, p[1]-16) > 1e-6 {
			t.Errorf("%s: the other end moved to %v", name, p)
		}
		r.press("enter", "down", "esc")
		m := r.mark()
		want := math.Hypot(m.Points[1][0]-m.Points[0][0], m.Points[1][1]-m.Points[0][1])
		r.value("length", want, 1e-9, "mm")
		if e := r.last(viewer.Edited).Marks[0]; e.Points[1] != m.Points[1] {
			t.Errorf("%s: told %v, is %v", name, e.Points, m.Points)
		}
		r.press("u")
		if p := r.mark().Points; math.Hypot(p[1][0]-19, p[1][1]-16) > 1e-6 || math.Hypot(p[0][0]-13, p[0][1]-16) < 2.9 {
			t.Errorf("%s: one undo takes back one handle: %v", name, p)
		}
		r.press("u")
		if p := r.mark().Points; math.Hypot(p[0][0]-13, p[0][1]-16) > 1e-6 {
			t.Errorf("%s: undone to %v", name, p)
		}
		r.press("U", "U")
		if p := r.mark().Points; p[0] != m.Points[0] || p[1] != m.Points[1] {
			t.Errorf("%s: redone to %v, was %v", name, p, m.Points)
		}
	}
}

// marksSeen are the marks of the first tile as they are drawn.
func (r *reader) marksSeen() []viewer.Mark { return r.d.marksOn(r.d.tiles[0].shown) }

// N7: what is not selected is not edited, and whoever may not mark may not edit.
func TestArrowsEditNothingThatWasNotSelected(t *testing.T) {
	r := newReader(t)
	r.openCT(3)
	before := r.ruled(0, [2]float64{10, 10}, [2]float64{20, 10})
	r.press("esc", "enter")
	if !contains(r.last(viewer.Noticed).Text, "No mark is selected") {
		t.Errorf("%q", r.last(viewer.Noticed).Text)
	}
	r.press("right", "down")
	if m := r.mark(); m.Points[0] != before.Points[0] || m.Points[1] != before.Points[1] || r.tile(0).Slice != 1 {
		t.Errorf("%v on slice %d", m.Points, r.tile(0).Slice)
	}
	r.press("enter")
	if !contains(r.last(viewer.Noticed).Text, "No mark is selected") {
		t.Errorf("%q", r.last(viewer.Noticed).Text)
	}
	r.press("n", "enter", "right", "j") // another slice ends it
	if r.d.handle != nil || r.mark().Points[0][0] != before.Points[0][0]+1 || r.tile(0).Slice != 1 {
		t.Errorf("held %v, %v on slice %d", r.d.handle != nil, r.mark().Points, r.tile(0).Slice)
	}
}

func TestTheWholeMarkIsTheLastHandle(t *testing.T) {
	r := newReader(t)
	r.openCT(1)
	r.ruled(0, [2]float64{10, 10}, [2]float64{20, 10})
	r.press("enter", "enter", "enter", "shift+down")
	m := r.marksSeen()[0]
	if math.Abs(m.Points[0][1]-20) > 1e-6 || math.Abs(m.Points[1][1]-20) > 1e-6 {
		t.Errorf("%v", m.Points)
	}
}

func TestCornersOfAShapeAreAddedAndTakenOut(t *testing.T) {
	r := newReader(t)
	r.openCT(1)
	r.press("E")
	for _, p := range [][2]float64{{4, 4}, {20, 4}, {20, 20}, {4, 4}} {
		r.click(0, p[0], p[1])
	}
	r.press("esc")
	r.value("area", 128, 1e-6, "mm2")
	r.press("enter", "enter", "enter", "insert", "left", "shift+left", "shift+down", "esc") // between the third and the first
	if n := len(r.mark().Points); n != 4 {
		t.Fatalf("%d corners", n)
	}
	r.press("n", "enter", "enter", "enter", "enter", "backspace", "esc")
	r.value("area", 128, 1e-6, "mm2")
	r.press("enter", "backspace")
	if !contains(r.last(viewer.Noticed).Text, "three corners at least") {
		t.Errorf("%q", r.last(viewer.Noticed).Text)
	}
}

func TestBackspaceTakesBackThePointSetLast(t *testing.T) {
	r := newReader(t)
	r.openCT(1)
	r.press("r")
	r.click(0, 3, 3)
	r.press("backspace")
	r.click(0, 10, 10)
	r.click(0, 20, 10)
	r.value("length", 10, 1e-6, "mm")
}

func TestAMarkIsNamedAndTheNameIsUndone(t *testing.T) {
	r := newReader(t)
	r.openCT(1)
	r.ruled(0, [2]float64{10, 10}, [2]float64{20, 10})
	r.press("\"")
	if !hasText(r.d.Scene(), "name of the mark") {
		t.Errorf("%v", texts(r.d.Scene()))
	}
	r.typeText("target 1")
	r.press("enter")
	if m := r.mark(); m.Label != "target 1" || r.last(viewer.Edited).Marks[0].Label != "target 1" || !hasText(r.d.Scene(), "target 1") {
		t.Errorf("%+v", m)
	}
	if r.press("u"); r.mark().Label != "" {
		t.Error("the name stays")
	}
	if r.press("U"); r.mark().Label != "target 1" {
		t.Error("the name does not come back")
	}
}

func TestACopyOnTheNextSliceIsMeasuredThere(t *testing.T) {
	r := newReader(t)
	s := vt.Series{Slices: 3, HU: func(_, _, slice int) int { return 100 * slice }}
	r.open(vt.Case(1, current()), s.Write(t, t.TempDir()))
	r.press("e")
	r.drag(0, [2]float64{8, 8}, [2]float64{16, 16})
	r.press("esc", "C")
	r.wait(50 * time.Millisecond)
	m := r.mark()
	if len(r.marks()) != 2 || m.SOPUID != s.SOP(1) || r.d.State().Selected != m.ID {
		t.Fatalf("%d marks, %+v", len(r.marks()), m)
	}
	r.value("mean", 100, 0, "HU")
	r.press("C")
	r.wait(50 * time.Millisecond)
	if r.press("C"); len(r.marks()) != 3 || !contains(r.last(viewer.Noticed).Text, "last slice") {
		t.Errorf("%d marks, %q", len(r.marks()), r.last(viewer.Noticed).Text)
	}
}

// A ball of 62 HU with a soft edge at 8 mm: held, the key puts both ends on the
// edge; let go, a point is where the pointer is (N7).
func TestSnapWorksOnlyWhileItsKeyIsHeld(t *testing.T) {
	r := newReader(t)
	s := vt.Series{Slices: 1, Rows: 64, Cols: 64, RowMM: 0.5, ColMM: 0.5, HU: func(col, row, _ int) int {
		d := math.Hypot(float64(col)-32, float64(row)-32) * 0.5
		return int(math.Round(-400 - 462*math.Tanh((d-8)/0.6)))
	}}
	r.open(vt.Case(1, current()), s.Write(t, t.TempDir()))
	measureBall := func() {
		r.click(0, 32.5-15, 33.5) // 7.5 mm left of the middle
		r.click(0, 32.5+17, 32)   // 8.5 mm right
	}
	r.press("r")
	measureBall()
	r.value("length", math.Hypot(16, 0.75), 1e-6, "mm")
	r.press("esc", "esc", "r")
	r.d.Key("S")
	r.wait(100 * time.Millisecond)
	if !hasText(r.d.Scene(), "snap to edge") {
		t.Error("it is not said")
	}
	measureBall()
	r.value("length", 16, 0.1, "mm")
	r.d.KeyUp("S")
	r.wait(20 * time.Millisecond)
	if hasText(r.d.Scene(), "snap to edge") {
		t.Error("still said")
	}
	r.press("esc", "esc", "r")
	measureBall()
	r.value("length", math.Hypot(16, 0.75), 1e-6, "mm")
}

// axialAndSagittal are two series of one Frame of Reference: axials at z = 0, −4 …,
// and one sagittal at x = 0 of 1 mm pixels whose rows go from head to feet.
func axialAndSagittal(r *reader) (axial, sagittal vt.Series) {
	axial = vt.Series{Number: 1, Slices: 15, Step: 4, Rows: 48, Cols: 48, FrameOfReference: "9.9"}
	sagittal = vt.Series{Number: 2, Slices: 1, Rows: 60, Cols: 48, FrameOfReference: "9.9", Description: "sagittal", Edit: func(d *dicom.Dataset, _ int) {
		d.SetFloat(dicom.ImageOrientationPatient, 0, 1, 0, 0, 0, -1)
		d.SetFloat(dicom.ImagePositionPatient, 0, -23.5, 0)
	}}
	dir := r.TempDir()
	r.open(vt.Case(1, current()), axial.Write(r, dir), sagittal.Write(r, dir))
	r.d.Do(viewer.GridSet(1, 2))
	r.wait(50 * time.Millisecond)
	for _, i := range []int{0, 1} {
		r.d.activate(i)
		for _, s := range r.d.stacks {
			if (s.First.Object.SeriesUID == axial.Dataset(0).Str(dicom.SeriesInstanceUID)) == (i == 0) {
				r.d.hang(r.d.at(), s)
			}
		}
	}
	r.wait(50 * time.Millisecond)
	return axial, sagittal
}

// Labels once on the sagittal, bottom up: L5, L4, L3, 16 mm apart; the axials say
// their level and where the count comes from.
func TestSpineLabelsAreSetOnceAndShownOnAxials(t *testing.T) {
	r := newReader(t)
	axialAndSagittal(r)
	r.press("V")
	r.click(1, 24, 48.5) // z = −48
	r.press("backspace", "backspace")
	r.typeText("l5")
	r.press("enter")
	r.click(1, 24, 32.5)
	r.click(1, 24, 16.5)
	var names []string
	for _, m := range r.marks() {
		names = append(names, m.Label+" "+m.Calibration)
	}
	if got := overlay.Join(", ", names...); got != "L5 assumed L5, L4 assumed L5, L3 assumed L5" {
		t.Fatalf("%s; %q", got, r.last(viewer.Noticed).Text)
	}
	r.press("esc")
	r.d.activate(0)
	for slice, want := range map[int]string{12: "L5", 8: "L4", 9: "L4", 10: "L4/L5", 4: "L3", 6: "L3/L4"} {
		r.d.slice(r.d.at(), slice)
		r.wait(50 * time.Millisecond)
		words, at, ok := r.d.levels(r.d.at())
		if !ok || words[0] != want || words[1] != "assumed L5" || math.Abs(at[1]-24) > 0.51 {
			t.Errorf("slice %d: %v at %v, want %s", slice, words, at, want)
		}
		if !hasText(r.d.Scene(), want) {
			t.Errorf("slice %d: %s is not on the tile", slice, want)
		}
	}
	r.press("u") // L3 goes
	if r.d.slice(r.d.at(), 0); len(r.marks()) != 2 {
		t.Error("a label is not undone")
	}
	r.wait(50 * time.Millisecond)
	if words, _, ok := r.d.levels(r.d.at()); ok {
		t.Errorf("32 mm above L4 is called %v", words)
	}
}

func TestSpineLabelsCountDownFromTheDens(t *testing.T) {
	r := newReader(t)
	axialAndSagittal(r)
	r.press("V")
	r.click(1, 24, 5)
	r.press("enter") // C2 is offered
	for _, row := range []float64{12, 20, 28, 36, 44, 52} {
		r.click(1, 24, row)
	}
	if m := r.mark(); m.Label != "T1" || m.Calibration != "from C2" || m.Kind != viewer.Vertebra {
		t.Errorf("%+v", m)
	}
}

// 30 × 20 × 10 mm: π/6 · 6000 mm³ = 3.1416 ml.
func TestAVolumeTakesItsThirdAxisFromAnotherPlaneAndFollowsEdits(t *testing.T) {
	r := newReader(t)
	axialAndSagittal(r)
	r.press("b")
	for _, p := range [][2]float64{{9, 24}, {39, 24}, {24, 14}, {24, 34}} {
		r.click(0, p[0], p[1])
	}
	r.press("esc")
	long := r.mark()
	r.press("v")
	if !contains(r.last(viewer.Noticed).Text, "three axes") {
		t.Errorf("%q", r.last(viewer.Noticed).Text)
	}
	same := r.ruled(0, [2]float64{5, 5}, [2]float64{15, 5})
	r.press("v")
	if !contains(r.last(viewer.Noticed).Text, "another plane") {
		t.Errorf("%q", r.last(viewer.Noticed).Text)
	}
	if r.press("delete"); len(r.marks()) != 1 || same.ID == long.ID {
		t.Fatal("not deleted")
	}
	r.click(1, 2, 2)
	third := r.ruled(1, [2]float64{24, 10}, [2]float64{24, 20})
	r.press("v")
	m := r.mark()
	if m.Kind != viewer.Volume || m.SOPUID != long.SOPUID {
		t.Fatalf("%+v; %q", m, r.last(viewer.Noticed).Text)
	}
	r.value("volume", math.Pi, 1e-6, "ml")
	// each length to √2/√12 = 0.408 mm: √((0.408/30)² + (0.408/20)² + (0.408/10)²) = 4.76 %.
	if v, _ := m.Value("volume"); math.Abs(v.Uncertainty-math.Pi*0.04761) > 0.002 {
		t.Errorf("± %v ml", v.Uncertainty)
	}
	r.d.chosen = third.ID
	r.d.goToMark(third)
	r.wait(50 * time.Millisecond)
	r.press("enter", "enter", "shift+down", "esc")
	r.value("volume", 2*math.Pi, 1e-6, "ml")
	if r.press("u"); !contains(r.mark().Calibration, "Pixel Spacing") {
		t.Errorf("%q", r.mark().Calibration)
	}
	r.value("volume", math.Pi, 1e-6, "ml")
	r.d.chosen = third.ID
	r.press("delete")
	if c := r.mark().Calibration; c != "an axis was deleted" {
		t.Errorf("%q", c)
	}
}

// Labels set on a sagittal reformat are shown on the axial slices they were made of,
// and a mark of a reformat is edited on the plane that shows it.
func TestLabelsAndEditsWorkOnReformats(t *testing.T) {
	r := newReader(t)
	r.openBlock(24) // 2 mm apart, 1 mm pixels; slices from z = 0 down
	r.press("tab", "tab")
	if got := r.tile(2).Reformat; got != "sagittal" || r.d.active != 2 {
		t.Fatalf("tile %d is %q", r.d.active, got)
	}
	r.press("V")
	r.click(2, 20, 8.5)
	r.press("enter")
	r.click(2, 20, 24.5)
	r.press("esc")
	if m := r.mark(); m.Label != "C3" || m.Plane == nil {
		t.Fatalf("%+v", m)
	}
	for slice, want := range map[int]string{4: "C2", 12: "C3", 8: "C2/C3"} {
		r.d.slice(r.d.tiles[3], slice)
		r.wait(50 * time.Millisecond)
		if words, _, ok := r.d.levels(r.d.tiles[3]); !ok || words[0] != want {
			t.Errorf("slice %d is %v, want %s", slice, words, want)
		}
	}
	r.d.activate(2)
	r.ruled(2, [2]float64{10, 10}, [2]float64{20, 10})
	r.press("enter", "enter", "right", "right", "esc")
	m := r.mark()
	r.value("length", 12, 1e-6, "mm")
	own := picture.PlaneOf(m.Plane)
	if d := own.PixelToPatient(m.Points[0][0], m.Points[0][1]).Sub(own.PixelToPatient(m.Points[1][0], m.Points[1][1])).Len(); math.Abs(d-12) > 1e-6 {
		t.Errorf("in the patient it is %v mm long", d)
	}
}
