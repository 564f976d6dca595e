package desk

import (
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/viewer"
	vt "github.com/nocturne/nocturne/viewer/viewertest"
)

func (r *reader) window(width, level float64) {
	r.Helper()
	if s := r.tile(0); s.Width != width || s.Center != level {
		r.Errorf("W %v L %v, want W %v L %v", s.Width, s.Center, width, level)
	}
}

func TestDigitsArePresetsInHU(t *testing.T) {
	r := newReader(t)
	r.openCT(2)
	for _, p := range []struct {
		key          viewer.Key
		width, level float64
	}{
		{"1", 400, 40}, {"2", 1500, -600}, {"3", 2000, 400}, {"4", 80, 40}, {"5", 40, 40},
		{"6", 200, 75}, {"7", 350, 50}, {"8", 150, 90}, {"9", 700, 200},
	} {
		r.press(p.key)
		r.window(p.width, p.level)
		if w := r.d.Scene().Tiles[0].Window; w.Width != p.width || w.Center != p.level {
			t.Errorf("%s draws %+v", p.key, w)
		}
	}
	if !hasText(r.d.Scene(), "W 700 L 200 CTA") {
		t.Errorf("%v", texts(r.d.Scene()))
	}
}

func TestZeroGoesThroughTheImagesOwnWindows(t *testing.T) {
	r := newReader(t)
	r.openCT(2)
	r.window(400, 40)
	r.press("3", "0")
	r.window(400, 40)
	r.press("0")
	r.window(1500, -600)
	r.press("0")
	r.window(400, 40)
}

// N21: presets in HU only where the values are HU, else it says why.
func TestPresetsAreRefusedWhereThereAreNoHU(t *testing.T) {
	r := newReader(t)
	cr := vt.Series{Modality: "CR", Slices: 1, Edit: func(d *dicom.Dataset, _ int) { d.SetStr(dicom.RescaleType, "US") }}
	r.open(vt.Case(1, current()), cr.Write(t, t.TempDir()))
	r.press("2")
	r.window(400, 40)
	if n := r.last(viewer.Noticed).Text; !contains(n, "Hounsfield") || !contains(n, "stored values") {
		t.Errorf("%q", n)
	}
}

func TestInMRDigitsMeanAutomaticWiderNarrower(t *testing.T) {
	r := newReader(t)
	mr := vt.Series{Modality: "MR", Slices: 2, HU: func(col, row, _ int) int { return col * 10 }}
	r.open(vt.Case(1, current()), mr.Write(t, t.TempDir()))
	r.press("1")
	auto := r.tile(0)
	if auto.Preset != "automatic" || auto.Width < 280 || auto.Width > 310 || auto.Center < 150 || auto.Center > 160 {
		t.Fatalf("%+v", auto)
	}
	r.press("2")
	if w := r.tile(0).Width; w <= auto.Width {
		t.Errorf("wider: %v", w)
	}
	r.press("3", "3")
	if w := r.tile(0).Width; w >= auto.Width {
		t.Errorf("narrower: %v", w)
	}
	if r.press("7"); !contains(r.last(viewer.Noticed).Text, "In MR") {
		t.Errorf("%q", r.last(viewer.Noticed).Text)
	}
}

func TestASeriesWithoutAWindowGetsOneForAllItsSlices(t *testing.T) {
	r := newReader(t)
	s := vt.Series{Modality: "MR", Slices: 3, HU: func(col, _, slice int) int { return col*10 + 1000*slice }, Edit: func(d *dicom.Dataset, _ int) {
		d.Delete(dicom.WindowCenter)
		d.Delete(dicom.WindowWidth)
	}}
	r.open(vt.Case(1, current()), s.Write(t, t.TempDir()))
	first := r.tile(0)
	r.press("j")
	if got := r.tile(0); first.Width == 0 || got.Width != first.Width || got.Center != first.Center {
		t.Errorf("%+v then %+v", first, got)
	}
}

func TestDraggingChangesTheWindowAndNothingElse(t *testing.T) {
	r := newReader(t)
	r.openCT(2)
	r.drag(0, [2]float64{10, 16}, [2]float64{20, 16})
	wide := r.tile(0)
	if wide.Width <= 400 || wide.Center != 40 || wide.Zoom != 0 || wide.PanX != 0 {
		t.Errorf("to the right: %+v", wide)
	}
	r.drag(0, [2]float64{16, 20}, [2]float64{16, 10})
	if up := r.tile(0); up.Center <= wide.Center || up.Width != wide.Width {
		t.Errorf("upwards: %+v", up)
	}
}

func TestArrowsChangeTheWindowWhileItIsTheTool(t *testing.T) {
	r := newReader(t)
	r.openCT(5)
	r.press("w", "up")
	r.window(400, 60)
	r.press("down", "right")
	if s := r.tile(0); s.Slice != 0 || s.Width <= 400 || s.Center != 40 {
		t.Errorf("%+v", s)
	}
	r.press("j") // letters still scroll
	r.slice(1)
	r.press("esc", "down")
	r.slice(2)
}

func TestTypedWindowsAreWidthThenLevel(t *testing.T) {
	r := newReader(t)
	r.openCT(1)
	r.d.Do(viewer.WindowSet(700, 100))
	r.window(700, 100)
	r.d.Do(viewer.WindowSet(0, 100))
	r.d.Do("window.set:a,b")
	r.d.Do("window.set:5")
	r.window(700, 100)
	if r.count(viewer.Noticed) != 3 {
		t.Errorf("%d notices", r.count(viewer.Noticed))
	}
}

func TestResetIsTheImageAsItCame(t *testing.T) {
	r := newReader(t)
	r.openCT(2)
	before := r.tile(0)
	r.press("3", "i", "h", "o", "H", "+", "A", "R")
	if got := r.tile(0); got != before {
		t.Errorf("%+v, want %+v", got, before)
	}
}
