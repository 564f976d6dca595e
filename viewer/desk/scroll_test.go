package desk

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/space"
	"github.com/nocturne/nocturne/viewer"
	vt "github.com/nocturne/nocturne/viewer/viewertest"
)

// N9: scrolling back and forth is how one searches.
func Test120NotchesWithReversalsEndOnTheRightSliceAndEachIsDrawn(t *testing.T) {
	for seed := range uint64(5) {
		r := newReader(t)
		s := r.openCT(130)
		rnd := rand.New(rand.NewPCG(seed, 9))
		r.d.Do(viewer.SliceSet(65))
		want := 64
		for range 120 {
			step := 1
			if rnd.IntN(3) == 0 {
				step = -1
			}
			r.d.Wheel(400, 300, step)
			want = max(0, min(129, want+step))
			r.now = r.now.Add(time.Second / 30)
			if r.d.Tick(r.now); r.d.Scene().Tiles[0].Key != s.SOP(want)+"/0" {
				t.Fatalf("seed %d: drawn is %s, want slice %d", seed, r.d.Scene().Tiles[0].Key, want)
			}
		}
		r.slice(want)
	}
}

func TestNotchesFasterThanPicturesAreAllCounted(t *testing.T) {
	r := newReader(t)
	r.openCT(130)
	for range 40 {
		r.d.Wheel(400, 300, 3)
		r.d.Wheel(400, 300, -1)
	}
	r.wait(20 * time.Millisecond)
	r.slice(80)
}

func TestAHeldArrowScrolls30ASecondAfter250ms(t *testing.T) {
	r := newReader(t)
	r.openCT(130)
	r.d.Key("down")
	r.wait(10 * time.Millisecond)
	r.slice(1)
	r.wait(230 * time.Millisecond)
	r.slice(1)
	r.wait(1010 * time.Millisecond)
	r.d.KeyUp("down")
	if got := r.tile(0).Slice; got < 31 || got > 32 {
		t.Errorf("slice %d after a second of repeat", got)
	}
	at := r.tile(0).Slice
	r.wait(time.Second)
	r.slice(at)
}

func TestLosingTheKeysEndsWhatIsHeld(t *testing.T) {
	r := newReader(t)
	r.openCT(130)
	r.d.Key("down")
	r.wait(300 * time.Millisecond)
	r.d.Focused(false)
	at := r.tile(0).Slice
	r.wait(time.Second)
	r.slice(at)
}

func TestTheKeysBelongToTheReportOnlyWhileTheTerminalTypes(t *testing.T) {
	r := newReader(t)
	r.openCT(2)
	for _, c := range []struct {
		focused, typing bool
		want            string
	}{{true, false, "images"}, {false, false, "images"}, {false, true, "text"}, {true, true, "images"}} {
		r.d.Focused(c.focused)
		r.d.Update(1, viewer.SiteLine{Typing: c.typing}, nil)
		if got := r.d.State().Owner; got != c.want {
			t.Errorf("focused %v, typing %v: %q", c.focused, c.typing, got)
		}
	}
}

func TestPagesAndEndsClamp(t *testing.T) {
	r := newReader(t)
	r.openCT(25)
	for _, step := range []struct {
		key  viewer.Key
		want int
	}{{"pgdown", 10}, {"pgdown", 20}, {"pgdown", 24}, {"down", 24}, {"pgup", 14}, {"home", 0}, {"up", 0}, {"end", 24}} {
		r.press(step.key)
		if got := r.tile(0).Slice; got != step.want {
			t.Errorf("%s: slice %d, want %d", step.key, got, step.want)
		}
	}
}

func TestCineRunsAtTheRateOfTheImageAndLoops(t *testing.T) {
	r := newReader(t)
	s := vt.Series{Slices: 7, Edit: func(d *dicom.Dataset, _ int) { d.SetInt(dicom.RecommendedDisplayFrameRate, 10) }}
	r.open(vt.Case(1, current()), s.Write(t, t.TempDir()))
	r.press("c")
	at := r.tile(0).Slice
	if !r.tile(0).Cine {
		t.Fatal("no cine")
	}
	r.wait(1 * time.Second)
	if got, want := r.tile(0).Slice, (at+10)%7; got != want {
		t.Errorf("slice %d after a second at 10/s, want %d", got, want)
	}
	r.press("c")
	at = r.tile(0).Slice
	r.wait(time.Second)
	r.slice(at)
}

func TestTheFramesOfAMultiFrameImageAreAStack(t *testing.T) {
	r := newReader(t)
	s := vt.Series{Slices: 1, Modality: "US", Edit: func(d *dicom.Dataset, _ int) {
		d.SetInt(dicom.NumberOfFrames, 6)
		d.Delete(dicom.ImagePositionPatient)
	}}
	r.open(vt.Case(1, current()), s.Write(t, t.TempDir()))
	r.press("end")
	if got := r.tile(0); got.Slices != 6 || got.Frame != 5 || len(r.d.Scene().Tiles) != 1 {
		t.Errorf("%+v", got)
	}
}

func TestALocaliserAndOtherDirectionsStandApart(t *testing.T) {
	r := newReader(t)
	dir := t.TempDir()
	scout := vt.Series{Number: 1, Slices: 2, Edit: func(d *dicom.Dataset, _ int) {
		d.SetStr(dicom.ImageType, "ORIGINAL", "PRIMARY", "LOCALIZER")
	}}
	mixed := vt.Series{Number: 2, Slices: 6, Edit: func(d *dicom.Dataset, i int) {
		if i >= 4 {
			d.SetFloat(dicom.ImageOrientationPatient, 1, 0, 0, 0, 0, -1)
		}
	}}
	r.open(vt.Case(1, current()), scout.Write(t, dir), mixed.Write(t, dir))
	if got := r.tile(0); got.SeriesUID != "1.2.3.2" || got.Slices != 4 {
		t.Errorf("first: %+v", got)
	}
	r.press("f")
	if got := r.tile(0); got.SeriesUID != "1.2.3.2" || got.Slices != 2 {
		t.Errorf("the other direction: %+v", got)
	}
	r.press("f")
	if got := r.tile(0); got.SeriesUID != "1.2.3.1" {
		t.Errorf("the localiser: %+v", got)
	}
	r.press("f")
	if got := r.tile(0); got.Slices != 4 {
		t.Errorf("round again: %+v", got)
	}
}

func TestASeriesComesBackAsItWasLeft(t *testing.T) {
	r := newReader(t)
	dir := t.TempDir()
	r.open(vt.Case(1, current()), vt.Series{Number: 1, Slices: 5}.Write(t, dir), vt.Series{Number: 2, Slices: 5}.Write(t, dir))
	r.press("j", "j", "3", "i")
	left := r.tile(0)
	r.press("f", "a")
	if got := r.tile(0); got != left {
		t.Errorf("left %+v, came back %+v", left, got)
	}
}

func priorCase(t *testing.T, r *reader, prior vt.Series, now vt.Series) {
	t.Helper()
	dir := t.TempDir()
	prior.StudyUID, prior.Date = "7.7.7", "20250301"
	r.open(vt.Case(1, current(), study("7.7.7", "20250301", true)), now.Write(t, dir), prior.Write(t, dir))
}

// Scenario 3: the prior comes up at the same level, with its band and age.
func TestThePriorComesAtTheSameLevelWithItsBand(t *testing.T) {
	r := newReader(t)
	// The prior has 5 mm slices from 20 mm higher: z = 20 − 5i against −2i.
	priorCase(t, r, vt.Series{Slices: 30, Step: 5, Head: 20}, vt.Series{Slices: 60, Step: 2})
	r.d.Do(viewer.SliceSet(31)) // z = −60
	r.press("p")
	s := r.d.State()
	if s.Layout != "1x2" || len(s.Tiles) != 2 || s.Tiles[1].StudyUID != "7.7.7" || s.Tiles[1].Slice != 16 {
		t.Fatalf("%s %+v", s.Layout, s.Tiles)
	}
	if sc := r.d.Scene(); !hasText(sc, "PRIOR 12 mo · 2025-03-01") {
		t.Errorf("no band: %v", texts(sc))
	}
	r.press("pgdown") // z = −80: i = 20
	if got := r.tile(1).Slice; got != 20 {
		t.Errorf("linked: slice %d, want 20", got)
	}
	r.press("tab", "up") // prior to z = −75: current slice 37 or 38
	if got := r.tile(0).Slice; got != 37 && got != 38 {
		t.Errorf("led by the prior: slice %d", got)
	}
	r.press("p")
	if s := r.d.State(); s.Layout != "1x1" || len(s.Tiles) != 1 || s.Tiles[0].StudyUID != "1.2.3" {
		t.Errorf("after p again: %s %+v", s.Layout, s.Tiles)
	}
}

func TestAnOffsetSetByHandIsKept(t *testing.T) {
	r := newReader(t)
	priorCase(t, r, vt.Series{Slices: 40}, vt.Series{Slices: 40})
	r.press("p", "X") // unlink
	r.press("tab", "j", "j", "j", "tab")
	r.press("X") // link as they stand: the prior 3 slices, 6 mm, lower
	if off := r.tile(1).Offset; off != 6 {
		t.Fatalf("offset %v", off)
	}
	r.press("pgdown")
	if a, b := r.tile(0).Slice, r.tile(1).Slice; a != 10 || b != 13 {
		t.Errorf("slices %d and %d", a, b)
	}
}

func TestStudiesThatDoNotOverlapScrollByTheirShare(t *testing.T) {
	r := newReader(t)
	priorCase(t, r, vt.Series{Slices: 21, Head: 5000}, vt.Series{Slices: 41})
	r.d.Do(viewer.SliceSet(21)) // half way
	r.press("p")
	if got := r.tile(1).Slice; got != 10 {
		t.Errorf("slice %d", got)
	}
}

func TestWithoutAPriorItSaysWhich(t *testing.T) {
	r := newReader(t)
	r.openCT(3)
	r.press("p")
	if !contains(r.last(viewer.Noticed).Text, "No prior study is known") {
		t.Errorf("%q", r.last(viewer.Noticed).Text)
	}
	r.open(vt.Case(2, current(), study("7.7.7", "20250301", true)), vt.Series{}.Write(t, t.TempDir()))
	r.press("p")
	if !contains(r.last(viewer.Noticed).Text, "not here yet") {
		t.Errorf("%q", r.last(viewer.Noticed).Text)
	}
}

func TestTheSamePointIsFoundInAnotherDirection(t *testing.T) {
	r := newReader(t)
	dir := t.TempDir()
	axial := vt.Series{Number: 1, Slices: 20, FrameOfReference: "9"}
	coronal := vt.Series{Number: 2, Slices: 32, FrameOfReference: "9", Edit: func(d *dicom.Dataset, i int) {
		d.SetFloat(dicom.ImageOrientationPatient, 1, 0, 0, 0, 0, -1)
		d.SetFloat(dicom.ImagePositionPatient, -15.5, -15.5+float64(i), 5)
	}}
	r.open(vt.Case(1, current()), axial.Write(t, dir), coronal.Write(t, dir))
	r.press("l") // two tiles
	r.d.Do(viewer.SliceSet(8))
	x, y := r.screen(0, 20.5, 10.5)
	r.d.Mouse(MouseMove, NoButton, x, y)
	r.press("x")
	if got := r.tile(1).Slice; got != 10 { // row 10 is y = −5.5: coronal slice 10
		t.Fatalf("slice %d", got)
	}
	p, _ := r.d.tiles[1].plane()
	col, row, _ := p.PatientToPixel(*r.d.tiles[1].cross)
	if want := (space.Vec3{4.5, -5.5, -14}); r.d.tiles[1].cross.Sub(want).Len() > 1e-9 || col != 20.5 || row != 19.5 {
		t.Errorf("cross at %v: %v, %v", *r.d.tiles[1].cross, col, row)
	}
}

func TestLayoutsTakeTheNextSeriesAndOneUpComesBack(t *testing.T) {
	r := newReader(t)
	dir := t.TempDir()
	var all [][]viewer.Object
	for n := 1; n <= 3; n++ {
		all = append(all, vt.Series{Number: n}.Write(t, dir))
	}
	r.open(vt.Case(1, current()), all...)
	r.press("l")
	if s := r.d.State(); s.Layout != "1x2" || s.Tiles[0].SeriesUID != "1.2.3.1" || s.Tiles[1].SeriesUID != "1.2.3.2" {
		t.Fatalf("%+v", s)
	}
	r.press("l")
	s := r.d.State()
	if s.Layout != "2x2" || s.Tiles[2].SeriesUID != "1.2.3.3" || s.Tiles[3].SeriesUID != "" {
		t.Fatalf("%+v", s)
	}
	r.press("tab", "space")
	if s := r.d.State(); !s.OneUp || s.Active != 1 || len(r.d.Scene().Tiles) != 1 {
		t.Errorf("one up: %+v", s)
	}
	r.press("space")
	if len(r.d.Scene().Tiles) != 3 {
		t.Error("one-up did not come back")
	}
	r.press("L", "L")
	if s := r.d.State(); s.Layout != "1x1" || s.Active != 0 {
		t.Errorf("%+v", s)
	}
}
