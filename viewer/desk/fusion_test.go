package desk

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/viewer"
	vt "github.com/nocturne/nocturne/viewer/viewertest"
)

// openPETCT opens a CT of 1 mm pixels and 2 mm slices, 10 HU a column, and a PET of
// 4 mm cubes around the same centre whose SUV is 1 + x/100 mm + z/10 mm of the
// patient, both of one frame of reference unless edited. The CT is in the tile.
func (r *reader) openPETCT(edit func(pet *vt.Series)) (ct, emission vt.Series) {
	r.Helper()
	ct = vt.Series{Slices: 21, Rows: 64, Cols: 64, Head: 20, Number: 2, HU: func(col, _, _ int) int { return 10 * col }}
	base := vt.Series{Slices: 11, Rows: 24, Cols: 24, RowMM: 4, ColMM: 4, Step: 4, Head: 20}
	base.HU = func(col, _, slice int) int {
		x, z := (float64(col)-11.5)*4, 20-float64(slice)*4
		return int(math.Round((1+x/100+z/10+4)*5000/float64(slice+1))) - 1024
	}
	base.Edit = func(d *dicom.Dataset, slice int) { d.SetFloat(dicom.RescaleIntercept, -20000) }
	emission = pet(base)
	if edit != nil {
		edit(&emission)
	}
	dir := r.TempDir()
	r.d.opt.Protocols = nil // one tile
	r.open(vt.Case(1, viewer.Study{UID: "1.2.3", Date: "20260301", Modality: "PT"}), ct.Write(r, dir), emission.Write(r, dir))
	for range r.d.stacks {
		if r.d.at().stack.Modality == "CT" {
			break
		}
		r.press("f")
	}
	r.wait(100 * time.Millisecond)
	return ct, emission
}

func TestPETOverCTIsReadAtTheSamePlaceInThePatient(t *testing.T) {
	r := newReader(t)
	r.openPETCT(nil)
	r.d.slice(r.d.at(), 7) // z = 20 − 14 mm = 6 mm
	r.press("F")
	r.wait(200 * time.Millisecond)
	sc := r.d.Scene()
	im := sc.Tiles[0].Image
	if im.RGB == nil || !hasText(sc, "CT + PET 50 %") || !hasText(sc, "W 400 L 40") || !hasText(sc, "PET W 7 L 3.50 SUV") {
		t.Fatalf("%q; not a fused picture that says so: %v", r.last(viewer.Noticed).Text, texts(sc))
	}
	for _, col := range []float64{10.5, 31.5, 50.5} {
		x := col - 32
		want := 1 + x/100 + 6.0/10
		r.press("esc", "q")
		g, _ := r.d.at().geometry()
		r.d.setCursor(g, col, 20.5)
		r.d.probeAt()
		if v, unit, ok := r.d.at().shown.OverAt(r.d.cursor); !ok || math.Abs(v-want) > 0.002 || unit != "SUVbw" {
			t.Errorf("at x %.0f mm: SUV %v %s, want %.3f", x, v, unit, want)
		}
		v, _, _ := r.d.at().shown.OverAt(r.d.cursor)
		if !strings.HasPrefix(r.d.probe, fmt.Sprintf("%d HU, PET %.2f SUVbw at", 10*int(col), v)) {
			t.Errorf("the probe says %q", r.d.probe)
		}
	}
	r.press("esc", "r")
	r.click(0, 10, 20)
	r.click(0, 40, 20)
	r.value("length", 30, 1e-6, "mm")
	r.press("esc", "B")
	r.click(0, 30, 10)
	r.click(0, 34, 14) // columns 30 … 33
	r.value("mean", 315, 1e-6, "HU")
	r.value("over mean", 1.6, 0.002, "SUVbw") // x from −1.5 to 1.5
	if !hasText(r.d.Scene(), "PET mean 1.60 SUVbw") {
		t.Error("the SUV of the region is not on the image")
	}
	r.press("F")
	if sc := r.d.Scene(); sc.Tiles[0].Image.RGB != nil || hasText(sc, "CT + PET") {
		t.Error("F does not take the PET away")
	}
}

func TestTheColoursAreThoseOfShareAndWindows(t *testing.T) {
	r := newReader(t)
	r.openPETCT(nil)
	r.press("F")
	r.wait(200 * time.Millisecond)
	red := func() int { return int(r.d.Scene().Tiles[0].Image.RGB[3*(20*64+5)]) }
	key := func() string { return r.d.Scene().Tiles[0].Key }
	half, was := red(), key()
	r.press("%", "%", "%", "%", "%")
	full := red()
	r.press("&", "&", "&", "&", "&", "&", "&", "&", "&", "&", "&")
	none := red()
	// 50 HU in W 400 L 40 is grey 134; z 20 mm, x −26.5 mm: SUV 2.735 of 7, step 100 of hot iron: red 200
	if math.Abs(float64(none)-134) > 1 || math.Abs(float64(full)-200) > 3 || math.Abs(float64(half)-167) > 2 {
		t.Errorf("red at 0, 50, 100 %%: %d %d %d", none, half, full)
	}
	if key() == was {
		t.Error("another picture under the same key")
	}
	r.d.Do(viewer.FuseSet(100, 2.735*2)) // half of it: step 128
	if got := red(); got < 253 {
		t.Errorf("in a window of 0 to 5.47: red %d", got)
	}
	r.press("2")
	if got := red(); got < 253 {
		t.Errorf("the CT's window changes the PET's colour: %d", got)
	}
}

func TestSeriesOfTwoFramesOfReferenceAreFusedOnlyOnRequestAndMarked(t *testing.T) {
	r := newReader(t)
	r.openPETCT(func(p *vt.Series) { p.FrameOfReference = "9.9" })
	r.press("F")
	if sc := r.d.Scene(); sc.Tiles[0].Image.RGB != nil || !strings.Contains(r.last(viewer.Noticed).Text, "no frame of reference") {
		t.Errorf("fused, or %q", r.last(viewer.Noticed).Text)
	}
	r.press("F")
	r.wait(200 * time.Millisecond)
	if sc := r.d.Scene(); sc.Tiles[0].Image.RGB == nil || !hasText(sc, "NOT REGISTERED") {
		t.Errorf("%v", texts(sc))
	}
	r = newReader(t)
	r.openCT(3)
	if r.press("F"); !strings.Contains(r.last(viewer.Noticed).Text, "no PET") {
		t.Errorf("%q", r.last(viewer.Noticed).Text)
	}
}

func TestOutsideThePETAndInItsGapsTheCTIsAlone(t *testing.T) {
	r := newReader(t)
	r.openPETCT(func(p *vt.Series) { p.Leave = []int{5, 6} })
	r.press("F")
	r.wait(300 * time.Millisecond)
	r.d.slice(r.d.at(), 11) // z −2 mm: between what would be slices 5 and 6
	r.wait(50 * time.Millisecond)
	im := r.d.Scene().Tiles[0].Image
	for i := 0; i < len(im.RGB); i += 3 {
		if im.RGB[i] != im.RGB[i+1] || im.RGB[i] != im.RGB[i+2] {
			t.Fatalf("colour at pixel %d in a hole of the PET", i/3)
		}
	}
	if _, _, ok := r.d.at().shown.OverAt([2]float64{20, 20}); ok {
		t.Error("a SUV in a hole of the PET")
	}
}

func TestAFusionIsInTheReformatsAndComesBackAfterARestart(t *testing.T) {
	r := newReader(t)
	ct, emission := r.openPETCT(nil)
	r.press("F", "%", "m")
	r.wait(500 * time.Millisecond)
	sc := r.d.Scene()
	if len(sc.Tiles) != 4 || !hasText(sc, "coronal, CT + PET 60 %") {
		t.Fatalf("%v", texts(sc))
	}
	for i, tile := range sc.Tiles {
		if tile.Image.RGB == nil {
			t.Errorf("tile %d is not fused", i)
		}
	}
	p := r.d.tiles[1].shown
	plane, _ := p.Slot.Instance.Plane(p.Slot.Frame)
	q := plane.PixelToPatient(40.5, 10.5)
	if v, _, ok := p.OverAt([2]float64{40.5, 10.5}); !ok || math.Abs(v-(1+q[0]/100+q[2]/10)) > 0.003 {
		t.Errorf("SUV %v at %v", v, q)
	}
	state := r.d.State()
	again := newReader(t)
	c := vt.Case(2, viewer.Study{UID: "1.2.3", Date: "20260301", Modality: "PT"})
	c.State = &state
	dir := t.TempDir()
	again.open(c, ct.Write(t, dir), emission.Write(t, dir))
	again.wait(500 * time.Millisecond)
	if sc := again.d.Scene(); len(sc.Tiles) != 4 || !hasText(sc, "coronal, CT + PET 60 %") || sc.Tiles[1].Image.RGB == nil {
		t.Errorf("after a restart: %v", texts(sc))
	}
}

func TestFOnThePETPutsTheCTBelowItAtItsLevel(t *testing.T) {
	r := newReader(t)
	r.openPETCT(nil)
	for r.d.at().stack.Modality != "PT" {
		r.press("f")
	}
	r.d.slice(r.d.at(), 3) // z = 8 mm
	r.press("F")
	r.wait(200 * time.Millisecond)
	if got := r.d.at(); got.stack.Modality != "CT" || got.look.slice != 6 || r.d.Scene().Tiles[0].Image.RGB == nil {
		t.Errorf("%s, slice %d: %q", got.stack.Modality, got.look.slice, r.last(viewer.Noticed).Text)
	}
}

// On a CT of flat pixels the PET lies where the patient has it, down the rows too.
func TestPETOverFlatPixelsLiesAtItsPlace(t *testing.T) {
	r := newReader(t)
	ct := vt.Series{Slices: 5, Rows: 30, Cols: 64, RowMM: 2.1, ColMM: 1, Head: 4, Number: 2}
	s := pet(vt.Series{Slices: 5, Rows: 24, Cols: 24, RowMM: 4, ColMM: 4, Step: 4, Head: 8, HU: func(_, row, slice int) int {
		return int(math.Round((3+(float64(row)-11.5)*4/50)*5000/float64(slice+1))) - 1024
	}})
	dir := t.TempDir()
	r.open(vt.Case(1, petStudy()), ct.Write(t, dir), s.Write(t, dir))
	for range r.d.stacks {
		if r.d.at().stack.Modality == "CT" {
			break
		}
		r.press("f")
	}
	r.press("F")
	r.wait(200 * time.Millisecond)
	for _, row := range []float64{4.5, 15.5, 26.5} {
		y := (row - 15) * 2.1
		if v, _, ok := r.d.at().shown.OverAt([2]float64{20.5, row}); !ok || math.Abs(v-(3+y/50)) > 0.003 {
			t.Errorf("at y %.1f mm: SUV %v, want %.3f", y, v, 3+y/50)
		}
	}
}
