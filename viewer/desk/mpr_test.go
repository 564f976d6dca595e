package desk

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/picture"
	vt "github.com/nocturne/nocturne/viewer/viewertest"
)

// openBlock opens a series of 40 × 40 × slices voxels of 1 × 1 × 2 mm with a rod
// along x: 100 HU at row 20 of slice 12, −1000 elsewhere, and presses m.
func (r *reader) openBlock(slices int, leave ...int) vt.Series {
	r.Helper()
	s := vt.Series{Slices: slices, Rows: 40, Cols: 40, Step: 2, Leave: leave, HU: func(col, row, slice int) int {
		if row == 20 && slice == 12 {
			return 100
		}
		return -1000
	}}
	c := vt.Case(1, current())
	c.Studies[0].Expected = slices
	r.open(c, s.Write(r, r.TempDir()))
	r.press("m")
	r.wait(500 * time.Millisecond)
	return s
}

func TestMPRHangsThreePlanesBesideTheSlicesAndGoesBack(t *testing.T) {
	r := newReader(t)
	s := vt.Series{Slices: 20, Rows: 40, Cols: 40}
	r.open(vt.Case(1, current()), s.Write(t, t.TempDir()))
	r.press("2", "j", "j", "j", "m")
	r.wait(300 * time.Millisecond)
	st := r.d.State()
	var names []string
	for _, tile := range st.Tiles {
		names = append(names, tile.Reformat)
	}
	if got := strings.Join(names, ","); got != "axial,coronal,sagittal," || st.Layout != "2x2" {
		t.Fatalf("%s in %s; %q", got, st.Layout, r.last(viewer.Noticed).Text)
	}
	if st.Tiles[0].Slice != 3 || st.Tiles[3].SOPUID != s.SOP(3) {
		t.Errorf("axial at %d, slices at %s", st.Tiles[0].Slice, st.Tiles[3].SOPUID)
	}
	sc := r.d.Scene()
	if len(sc.Tiles) != 4 || !hasText(sc, "coronal") {
		t.Errorf("%d pictures", len(sc.Tiles))
	}
	for i, tile := range st.Tiles[:3] {
		if tile.Width != 1500 || tile.Center != -600 {
			t.Errorf("tile %d: W %v L %v", i, tile.Width, tile.Center)
		}
	}
	r.press("m")
	if got := r.tile(0); got.SOPUID != s.SOP(3) || r.d.State().Layout != "1x1" || r.d.State().MPR != nil || got.Width != 1500 {
		t.Errorf("back at %+v", got)
	}
}

// The rod is where it is in every plane, and lengths on a reformat are the patient's.
func TestAReformatIsMeasuredInMillimetresAndHU(t *testing.T) {
	r := newReader(t)
	r.openBlock(24)
	r.press("tab") // coronal
	r.press("home")
	for range 20 {
		r.press("j")
	}
	g, _ := r.d.at().geometry()
	if g.Cols != 40 || g.Rows != 47 { // from the first slice's centre to the last one's, 23 × 2 mm, at 1 mm a pixel
		t.Fatalf("the coronal is %d × %d", g.Cols, g.Rows)
	}
	plane, _ := r.d.at().shown.Slot.Instance.Plane(20)
	rod := plane.Origin // slice 12 is 24 mm below the first
	rod[2] = -24
	_, row, off := plane.PatientToPixel(rod)
	if math.Abs(off) > 1e-6 {
		t.Fatalf("the coronal lies %.1f mm beside the rod", off)
	}
	r.press("q")
	r.d.setCursor(g, 10.5, row)
	r.d.probeAt()
	if got := r.d.probe; !strings.HasPrefix(got, "100 HU") {
		t.Errorf("on the rod: %q", got)
	}
	r.press("esc", "r")
	r.click(1, 10.5, row-9)
	r.click(1, 10.5, row+4)
	r.value("length", 13, 0.01, "mm")
	m := r.mark()
	if m.Plane == nil || m.Plane.Name != "coronal" || m.Calibration != "coronal reformat" || m.SOPUID == "" {
		t.Errorf("%+v", m)
	}
	if !hasText(r.d.Scene(), "13.0") {
		t.Error("the length is not on its plane")
	}
	if r.press("j"); hasText(r.d.Scene(), "13.0") {
		t.Error("the length is on another plane")
	}
	r.press("m")
	r.wait(100 * time.Millisecond)
	for i := range r.d.at().stack.Slots {
		r.d.slice(r.d.at(), i)
		if r.wait(20 * time.Millisecond); hasText(r.d.Scene(), "13.0") {
			t.Fatalf("the length of a reformat is on acquired slice %d", i)
		}
	}
	r.press("m")
	r.wait(300 * time.Millisecond)
	if r.press("n"); r.d.active != 1 || !hasText(r.d.Scene(), "13.0") {
		t.Errorf("n does not find the mark: tile %d, %q", r.d.active, r.last(viewer.Noticed).Text)
	}
}

func TestNothingIsMeasuredAcrossAGapOfAReformat(t *testing.T) {
	r := newReader(t)
	r.openBlock(24, 10, 11)
	r.press("tab", "r")
	r.click(1, 10.5, 15.5) // slice 7
	r.click(1, 10.5, 33.5) // slice 16
	if n := len(r.marks()); n != 0 || !strings.Contains(r.last(viewer.Noticed).Text, "across a gap") {
		t.Errorf("%d marks, %q", n, r.last(viewer.Noticed).Text)
	}
	r.click(1, 10.5, 5.5)
	r.click(1, 10.5, 15.5)
	r.value("length", 10, 0.01, "mm")
	im := r.d.tiles[1].shown.Image
	if _, ok := im.At(10, 22); ok {
		t.Error("the gap has values")
	}
	if _, ok := im.At(10, 5); !ok {
		t.Error("beside the gap there are none")
	}
}

func TestASlabSaysWhatItIsAndIsFullAtRest(t *testing.T) {
	r := newReader(t)
	r.openBlock(24)
	r.press("tab", "M", ")", "j")
	r.wait(10 * time.Millisecond)
	if !r.d.tiles[1].shown.Rough {
		t.Error("a moving slab is not rough")
	}
	r.wait(rest + 20*time.Millisecond)
	if r.d.tiles[1].shown.Rough {
		t.Error("a slab at rest is rough")
	}
	if !hasText(r.d.Scene(), "MIP 12 mm") {
		t.Error("the picture does not say that it is a slab")
	}
	r.press("r")
	r.click(1, 10.5, 15.5)
	r.click(1, 20.5, 15.5)
	if m := r.mark(); m.Calibration != "coronal reformat, MIP 12 mm" || m.Plane.Name != "coronal, MIP 12 mm" {
		t.Errorf("%q, %q", m.Calibration, m.Plane.Name)
	}
	r.press("esc", "M", "M", "M")
	if words := r.d.mpr.set.Words(); words != "" {
		t.Errorf("off is %q", words)
	}
}

func TestPlanesTurnAboutTheActiveOneAndReset(t *testing.T) {
	r := newReader(t)
	r.openBlock(24)
	before := r.d.mpr.set.Centre
	r.press(">", ">")
	if got := [3]string{r.tile(0).Reformat, r.tile(1).Reformat, r.tile(2).Reformat}; got != [3]string{"axial", "coronal oblique", "sagittal oblique"} {
		t.Errorf("%v", got)
	}
	if d := r.d.mpr.set.Centre.Sub(before).Len(); d > 1e-9 {
		t.Errorf("the crossing moved by %.2f mm", d)
	}
	if n := len(r.d.axesOf(r.d.tiles[0], r.d.tiles[0].rect)); n != 2 {
		t.Errorf("%d lines on the axial plane", n)
	}
	if r.press("W"); len(r.d.referenceLines(r.d.tiles[0], r.d.tiles[0].rect).Lines) != 0 {
		t.Error("W does not take them away")
	}
	r.press("R")
	if r.tile(1).Reformat != "coronal" {
		t.Errorf("after R: %s", r.tile(1).Reformat)
	}
}

func TestReformatsComeBackAfterARestart(t *testing.T) {
	r := newReader(t)
	s := r.openBlock(24)
	r.press("M", "M", ")", "tab", ">", "j", "j", "+", "i")
	r.wait(300 * time.Millisecond)
	want := r.d.State()

	again := newReader(t)
	c := vt.Case(2, current())
	c.State = &want
	again.open(c, s.Write(t, t.TempDir()))
	again.wait(500 * time.Millisecond)
	got := again.d.State()
	if got.MPR == nil {
		t.Fatalf("no reformats: %q", again.last(viewer.Noticed).Text)
	}
	if m, w := got.MPR, want.MPR; m.Facing != w.Facing || m.Centre != w.Centre || m.Mode != 2 || m.Slab != 12 {
		t.Errorf("%+v\nwas %+v", m, w)
	}
	for i := range want.Tiles {
		if got.Tiles[i] != want.Tiles[i] {
			t.Errorf("tile %d: %+v\nwas %+v", i, got.Tiles[i], want.Tiles[i])
		}
	}
	if again.press("m"); again.d.State().Layout != "1x1" {
		t.Error("m does not lead back to what was before")
	}
}

func TestLateSlicesComeIntoTheReformats(t *testing.T) {
	r := newReader(t)
	s := vt.Series{Slices: 12, Rows: 20, Cols: 20}
	var early, late []viewer.Object
	for _, o := range s.Write(t, t.TempDir()) {
		if o.SOPUID == s.SOP(5) {
			late = append(late, o)
		} else {
			early = append(early, o)
		}
	}
	r.open(vt.Case(1, current()), early)
	r.press("m", "tab")
	r.wait(300 * time.Millisecond)
	middle := func() bool { _, ok := r.d.tiles[1].shown.Image.At(10, 11); return ok }
	if middle() {
		t.Fatal("a missing slice has values")
	}
	r.d.Add(1, late)
	r.wait(500 * time.Millisecond)
	if r.d.mpr == nil || !middle() || r.tile(1).Reformat != "coronal" || r.d.active != 1 {
		t.Error("the late slice did not come into the reformat")
	}
}

// A reader who asks for MPR while the series still comes keeps the planes as they
// were turned, through every batch.
func TestReformatsGrowWithTheirSeries(t *testing.T) {
	r := newReader(t)
	s := vt.Series{Slices: 30, Rows: 20, Cols: 20}
	byslice := map[string]viewer.Object{}
	for _, o := range s.Write(t, t.TempDir()) {
		byslice[o.SOPUID] = o
	}
	batch := func(from, to int) (out []viewer.Object) {
		for i := from; i < to; i++ {
			out = append(out, byslice[s.SOP(i)])
		}
		return out
	}
	r.open(vt.Case(1, current()), batch(0, 8))
	r.press("m", "tab", ">")
	for n := 8; n < 30; n += 2 {
		r.d.Add(1, batch(n, n+2))
		r.wait(50 * time.Millisecond)
	}
	r.wait(300 * time.Millisecond)
	if r.d.mpr == nil || r.tile(0).Reformat != "axial oblique" || r.tile(1).Reformat != "coronal" || r.d.active != 1 {
		t.Fatalf("%q: tiles %s, %s; %d active", r.last(viewer.Noticed).Text, r.tile(0).Reformat, r.tile(1).Reformat, r.d.active)
	}
	if n := r.d.mpr.set.Volume.Have(); n != 30 || len(r.d.mpr.missing) != 0 {
		t.Errorf("%d slices in the volume, %d missing", n, len(r.d.mpr.missing))
	}
}

func TestWhatCannotBeReformattedSaysWhy(t *testing.T) {
	r := newReader(t)
	r.open(vt.Case(1, current()), vt.Series{Slices: 1}.Write(t, t.TempDir()))
	if r.press("m"); !strings.Contains(r.last(viewer.Noticed).Text, "fewer than two parallel slices") || r.d.State().Layout != "1x1" {
		t.Errorf("%q", r.last(viewer.Noticed).Text)
	}
	r.open(vt.Case(2, current()), vt.Series{Slices: 3, Edit: func(d *dicom.Dataset, _ int) { d.Delete(dicom.ImagePositionPatient) }}.Write(t, t.TempDir()))
	if r.press("m"); !strings.Contains(r.last(viewer.Noticed).Text, "no position in the patient") {
		t.Errorf("%q", r.last(viewer.Noticed).Text)
	}
	if r.press("M"); !strings.Contains(r.last(viewer.Noticed).Text, "m makes one") {
		t.Errorf("%q", r.last(viewer.Noticed).Text)
	}
}

// MPR asked for before the pixels are here does not fix a window of nothing.
func TestAReformatTakesItsWindowFromAFullVolume(t *testing.T) {
	r := newReader(t)
	s := vt.Series{Slices: 60, Rows: 20, Cols: 20, Modality: "MR", HU: func(col, _, _ int) int { return 40 * col }, Edit: func(d *dicom.Dataset, _ int) {
		d.Delete(dicom.WindowCenter)
		d.Delete(dicom.WindowWidth)
	}}
	r.d.Open(vt.Case(1, current()))
	r.d.Add(1, s.Write(t, t.TempDir()))
	for range 40 { // headers come, the case hangs; m is pressed before the first pixel
		r.now = r.now.Add(10 * time.Millisecond)
		r.d.Tick(r.now)
		if r.d.at().stack != nil && r.d.at().stack.Spatial && r.d.mpr == nil {
			r.d.tiles[0].darken()
			r.d.tiles[0].look.window = picture.Choice{}
			r.d.Do(viewer.MPRToggle)
			break
		}
	}
	r.wait(20 * time.Millisecond)
	r.wait(500 * time.Millisecond)
	if r.d.mpr == nil || r.d.mpr.set.Volume.Have() != 60 {
		t.Fatal("no full volume")
	}
	if got := r.tile(1); got.Width < 500 {
		t.Errorf("a window of W %v L %v for values from 0 to 760", got.Width, got.Center)
	}
}
