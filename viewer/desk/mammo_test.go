package desk

import (
	"math"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/viewer"
	vt "github.com/nocturne/nocturne/viewer/viewertest"
)

// mammogram is one view; R images have the chest wall at the right edge.
func mammogram(number int, side, view string, rows, cols int) vt.Series {
	return vt.Series{Number: number, Modality: "MG", Slices: 1, Rows: rows, Cols: cols, Edit: func(d *dicom.Dataset, _ int) {
		d.Delete(dicom.ImagePositionPatient)
		d.Delete(dicom.ImageOrientationPatient)
		d.SetStr(dicom.ImageLaterality, side)
		d.SetStr(dicom.ViewPosition, view)
		if side == "R" {
			d.SetStr(dicom.PatientOrientation, "P", "F")
		} else {
			d.SetStr(dicom.PatientOrientation, "A", "F")
		}
	}}
}

// Scenario 10: MG opens with its bar, four views back to back, equal mm per pixel.
func TestMammogramsOpenBackToBackAtOneScaleWithTheirBar(t *testing.T) {
	r := newReader(t)
	dir := t.TempDir()
	var all [][]viewer.Object
	for i, v := range []struct {
		side, view string
		rows, cols int
	}{{"L", "MLO", 60, 40}, {"R", "CC", 48, 30}, {"L", "CC", 48, 30}, {"R", "MLO", 80, 44}} {
		all = append(all, mammogram(i+1, v.side, v.view, v.rows, v.cols).Write(t, dir))
	}
	r.open(vt.Case(1, current()), all...)
	s := r.d.State()
	if s.Layout != "2x2" {
		t.Fatalf("%+v", s)
	}
	for i, want := range []string{"1.2.3.2", "1.2.3.3", "1.2.3.4", "1.2.3.1"} {
		if s.Tiles[i].SeriesUID != want {
			t.Errorf("tile %d: %s", i, s.Tiles[i].SeriesUID)
		}
	}
	sc := r.d.Scene()
	if !hasText(sc, "NOT FOR PRIMARY MAMMOGRAPHY") {
		t.Error("no bar")
	}
	first := scaleOf(sc.Tiles[0])
	for i, tile := range sc.Tiles {
		if got := scaleOf(tile); math.Abs(got-first) > 1e-9 {
			t.Errorf("tile %d has %v pixels per mm, tile 0 %v", i, got, first)
		}
		edge, at := 0.0, 0.0 // the chest wall's edge of the image, and of the tile
		if i%2 == 0 {
			edge, at = float64(tile.Image.Cols), float64(tile.Rect.Dx())
		}
		if x, _ := tile.Place.Apply(edge, 0); math.Abs(x-at) > 1e-6 {
			t.Errorf("tile %d: chest wall at %v of %d", i, x, tile.Rect.Dx())
		}
	}
}

// Views that come one by one grow into the four, until the reader has done
// something.
func TestMammogramsThatComeOneByOneHangTogether(t *testing.T) {
	for _, acted := range []bool{false, true} {
		r := newReader(t)
		dir := t.TempDir()
		r.open(vt.Case(1, current()), mammogram(1, "R", "CC", 48, 30).Write(t, dir))
		if acted {
			r.press("i")
			r.wait(gather)
		}
		for i, v := range [][2]string{{"L", "CC"}, {"R", "MLO"}, {"L", "MLO"}} {
			r.d.Add(1, mammogram(i+2, v[0], v[1], 48, 30).Write(t, dir))
			r.wait(gather)
		}
		if got := r.d.State().Layout; (got == "2x2") == acted {
			t.Errorf("acted %v: layout %s", acted, got)
		}
	}
}

func scaleOf(t TileScene) float64 { return math.Hypot(t.Place[0], t.Place[3]) }

func TestOrientationLettersMoveWithTheImageAndAreBadged(t *testing.T) {
	r := newReader(t)
	r.openCT(1)
	letters := func() [4]string {
		w := r.d.words(0, r.d.tiles[0])
		return [4]string{w.Edges.Top, w.Edges.Right, w.Edges.Bottom, w.Edges.Left}
	}
	if l := letters(); l != [4]string{"A", "L", "P", "R"} {
		t.Errorf("as stored: %v", l)
	}
	r.press("h")
	if l := letters(); l != [4]string{"A", "R", "P", "L"} || !hasText(r.d.Scene(), "flipped") {
		t.Errorf("flipped: %v", l)
	}
	r.press("o")
	if l := letters(); l != [4]string{"L", "A", "R", "P"} || !hasText(r.d.Scene(), "turned 90°") {
		t.Errorf("and turned: %v", l)
	}
	r.press("H") // what is seen, top to bottom
	if l := letters(); l != [4]string{"R", "A", "L", "P"} {
		t.Errorf("and over: %v", l)
	}
}

// The letters and the pixels must never part: whatever is done to the view, the
// corner that was upper left is where its letters say.
func TestLettersAndPixelsTurnTogether(t *testing.T) {
	r := newReader(t)
	r.openCT(1)
	for _, k := range []viewer.Key{"h", "o", "H", "O", "h", "o", "o", "H", "O", "O", "h"} {
		r.press(k)
		w := r.d.words(0, r.d.tiles[0])
		tile := r.d.Scene().Tiles[0]
		x0, y0 := tile.Place.Apply(16, 16)
		x1, y1 := tile.Place.Apply(20, 16) // four columns on: towards the patient's left
		seen := w.Edges.Right
		switch {
		case x1 < x0-1:
			seen = w.Edges.Left
		case y1 > y0+1:
			seen = w.Edges.Bottom
		case y1 < y0-1:
			seen = w.Edges.Top
		}
		if seen != "L" {
			t.Errorf("after %s the left of the patient is at an edge that says %q", k, seen)
		}
	}
}

func TestAProjectionWithoutPatientOrientationSaysUnknown(t *testing.T) {
	r := newReader(t)
	s := vt.Series{Slices: 1, Modality: "CR", Edit: func(d *dicom.Dataset, _ int) { d.Delete(dicom.PatientOrientation) }}
	r.open(vt.Case(1, current()), s.Write(t, t.TempDir()))
	if sc := r.d.Scene(); !hasText(sc, "orientation unknown") {
		t.Errorf("%v", texts(sc))
	}
}

func TestALateralityThatDisagreesWithTheOrderIsShown(t *testing.T) {
	r := newReader(t)
	s := vt.Series{Slices: 1, Modality: "CR", Edit: func(d *dicom.Dataset, _ int) { d.SetStr(dicom.ImageLaterality, "L") }}
	c := vt.Case(1, current())
	c.Order.Laterality = "R"
	r.open(c, s.Write(t, t.TempDir()))
	if sc := r.d.Scene(); !hasText(sc, "LATERALITY: image L, order R") {
		t.Errorf("%v", texts(sc))
	}
	c.Epoch, c.Order.Laterality = 2, "L"
	r.open(c, s.Write(t, t.TempDir()))
	if sc := r.d.Scene(); hasText(sc, "LATERALITY") || !hasText(sc, "LEFT") {
		t.Errorf("%v", texts(sc))
	}
}

func TestAnisotropicPixelsKeepTheirShape(t *testing.T) {
	r := newReader(t)
	s := vt.Series{Slices: 1, RowMM: 2, ColMM: 1, Rows: 16, Cols: 32}
	r.open(vt.Case(1, current()), s.Write(t, t.TempDir()))
	p := r.d.Scene().Tiles[0].Place
	if math.Abs(p[4]/p[0]-2) > 1e-9 {
		t.Errorf("a row is %v columns high", p[4]/p[0])
	}
	if w := float64(32) * p[0]; math.Abs(w-float64(r.d.tiles[0].rect.Dy())) > 1e-6 { // 32 mm square: the height bounds it
		t.Errorf("fitted to %v of %d", w, r.d.tiles[0].rect.Dy())
	}
}

func TestZoomKeepsThePointUnderThePointer(t *testing.T) {
	r := newReader(t)
	r.openCT(1)
	x, y := r.screen(0, 20, 12)
	r.d.Mouse(MouseDown, RightButton, x, y)
	for i := 1; i <= 20; i++ {
		r.d.Mouse(MouseMove, NoButton, x, y-float64(5*i))
	}
	r.d.Mouse(MouseUp, RightButton, x, y-100)
	if z := r.tile(0).Zoom; z <= 0 {
		t.Fatalf("zoom %v", z)
	}
	if x1, y1 := r.screen(0, 20, 12); math.Hypot(x1-x, y1-y) > 1e-6 {
		t.Errorf("moved from %v,%v to %v,%v", x, y, x1, y1)
	}
}

func TestPanningMovesThePictureByWhatThePointerMoved(t *testing.T) {
	for name, keys := range turned {
		r := newReader(t)
		r.openCT(1)
		r.press(keys...)
		x, y := r.screen(0, 16, 16)
		r.d.Mouse(MouseDown, MiddleButton, x, y)
		r.d.Mouse(MouseMove, NoButton, x+20, y-30)
		r.d.Mouse(MouseUp, MiddleButton, x+20, y-30)
		if x1, y1 := r.screen(0, 16, 16); math.Abs(x1-x-20) > 1e-6 || math.Abs(y1-y+30) > 1e-6 {
			t.Errorf("%s: moved by %v, %v", name, x1-x, y1-y)
		}
	}
}
