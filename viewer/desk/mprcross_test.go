package desk

import (
	"math"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/space"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/overlay"
	vt "github.com/nocturne/nocturne/viewer/viewertest"
)

// pull drags with the left button from one scene point to another.
func (r *reader) pull(x0, y0, x1, y1 float64) {
	r.d.Mouse(MouseMove, NoButton, x0, y0)
	r.d.Mouse(MouseDown, LeftButton, x0, y0)
	for i := 1; i <= 10; i++ {
		f := float64(i) / 10
		r.d.Mouse(MouseMove, NoButton, x0+(x1-x0)*f, y0+(y1-y0)*f)
		r.wait(10 * time.Millisecond)
	}
	r.d.Mouse(MouseUp, LeftButton, x1, y1)
	r.wait(20 * time.Millisecond)
}

// onTile is where a patient point is on a tile's screen.
func (r *reader) onTile(tile int, q space.Vec3) (x, y float64) {
	r.Helper()
	p, ok := r.d.tiles[tile].shownPlane()
	if !ok {
		r.Fatal("no plane in the tile")
	}
	col, row, _ := p.PatientToPixel(q)
	return r.screen(tile, col, row)
}

// crossesAt: the planes cross at a patient point, and each lies at it within half a step.
func (r *reader) crossesAt(q space.Vec3) {
	r.Helper()
	if d := r.d.mpr.set.Centre.Sub(q).Len(); d > 0.01 {
		r.Errorf("the planes cross at %.2v, want %.2v", r.d.mpr.set.Centre, q)
	}
	for i := range 3 {
		t := r.d.tiles[i]
		p, _ := t.plane()
		if _, _, off := p.PatientToPixel(q); math.Abs(off) > t.made().Spacing()/2+1e-9 {
			r.Errorf("plane %d lies %.2f mm beside the crossing", i, off)
		}
	}
}

func TestTheCrosshairIsDraggedAndMovedByKeys(t *testing.T) {
	r := newReader(t)
	r.openBlock(24)
	c := r.d.mpr.set.Centre
	for pane, move := range []space.Vec3{{5, -7, 0}, {-9, 0, 8}, {0, 6, -10}} {
		from := r.d.mpr.set.Centre
		to := from.Add(move)
		x0, y0 := r.onTile(pane, from)
		x1, y1 := r.onTile(pane, to)
		r.pull(x0, y0, x1, y1)
		r.crossesAt(to)
	}
	width := r.tile(1).Width
	r.press("tab") // coronal: right is the patient's left, down the feet
	if r.d.active != 0 {
		for r.d.active != 1 {
			r.press("tab")
		}
	}
	from := r.d.mpr.set.Centre
	r.press("shift+right", "shift+right", "shift+down")
	r.crossesAt(from.Add(space.Vec3{2, 0, -1}))
	r.press("h", "shift+right") // flipped: to the patient's right
	r.crossesAt(from.Add(space.Vec3{1, 0, -1}))
	if r.tile(1).Width != width {
		t.Error("dragging the crosshair changed the window")
	}
	for range 60 {
		r.press("shift+up")
	}
	if got := r.d.mpr.set.Centre; got[2] > 0.01 {
		t.Errorf("the crossing left the volume: %v", got)
	}
	_ = c
}

func TestALineDragsItsPlaneAndAGripTurns(t *testing.T) {
	r := newReader(t)
	r.openBlock(24)
	from := r.d.mpr.set.Centre
	// The sagittal plane's line in the coronal pane is upright: taken 8 mm above the
	// crossing and pulled 6 mm to the patient's left, and 3 mm down for nothing.
	x0, y0 := r.onTile(1, from.Add(space.Vec3{0, 0, 8}))
	x1, y1 := r.onTile(1, from.Add(space.Vec3{6, 0, 5}))
	r.pull(x0, y0, x1, y1)
	r.crossesAt(from.Add(space.Vec3{6, 0, 0}))

	for _, flip := range []bool{false, true} {
		r.press("R")
		if r.d.activate(0); flip {
			r.press("h")
		}
		r.wait(20 * time.Millisecond)
		at, _ := r.d.crossAt(r.d.tiles[0])
		grip := r.d.axesOf(r.d.tiles[0], r.d.tiles[0].rect)[0].Grips[0]
		dx, dy := grip[0]-at[0], grip[1]-at[1]
		sin, cos := math.Sincos(30 * math.Pi / 180)
		r.pull(grip[0], grip[1], at[0]+dx*cos-dy*sin, at[1]+dx*sin+dy*cos)
		turned, _ := r.d.tiles[1].plane()
		if got := math.Acos(math.Abs(turned.Normal()[1])) * 180 / math.Pi; math.Abs(got-30) > 0.5 {
			t.Errorf("flipped %v: the coronal plane is turned by %.1f°, want 30", flip, got)
		}
		again := r.d.axesOf(r.d.tiles[0], r.d.tiles[0].rect)[0].Grips
		near := math.Inf(1)
		for _, g := range again {
			near = math.Min(near, math.Hypot(g[0]-r.d.pointer.x, g[1]-r.d.pointer.y))
		}
		if near > 4 {
			t.Errorf("flipped %v: the grip is %.0f px away from the pointer that pulled it", flip, near)
		}
		if axial, _ := r.d.tiles[0].plane(); math.Abs(axial.Normal()[2]) < 1-1e-9 {
			t.Error("the pane itself turned")
		}
		r.press("h")
	}
}

func TestEachPlaneHasItsColourAndASlabItsFaces(t *testing.T) {
	r := newReader(t)
	r.openBlock(24)
	tile := r.d.tiles[1]
	axes := r.d.axesOf(tile, tile.rect)
	if len(axes) != 2 || axes[0].Color != overlay.Planes[0] || axes[1].Color != overlay.Planes[2] || len(axes[0].Slab) != 0 {
		t.Fatalf("%+v", axes)
	}
	bar := false
	for _, f := range r.d.Scene().Over.Fills {
		bar = bar || f.Color == overlay.Planes[1] && f.Rect.Min.X == tile.rect.Min.X
	}
	if !bar {
		t.Error("the coronal pane does not show its own colour")
	}
	r.d.Do(viewer.SlabSet(12))
	r.wait(300 * time.Millisecond)
	axes = r.d.axesOf(tile, tile.rect)
	faces := axes[0].Slab
	if len(faces) != 2 {
		t.Fatalf("%d faces", len(faces))
	}
	g, _ := tile.geometry()
	mm := tile.look.view.Scale(g, tile.rect) / g.MM // screen pixels
	if got := math.Abs(faces[1][0][1]-faces[0][0][1]) / mm; math.Abs(got-12) > 0.01 {
		t.Errorf("the faces of a slab of 12 mm are %.2f mm apart", got)
	}
}

func TestTheSamePointIsFoundBetweenReformatsAndSlices(t *testing.T) {
	r := newReader(t)
	r.openBlock(24)
	q := space.Vec3{7.5, -4.5, -24}
	r.d.activate(3)
	r.d.slice(r.d.tiles[3], 12)
	r.wait(50 * time.Millisecond)
	x, y := r.onTile(3, q)
	r.d.Mouse(MouseMove, NoButton, x, y)
	r.press("x")
	r.wait(50 * time.Millisecond)
	for i := range 3 {
		p, _ := r.d.tiles[i].plane()
		if _, _, off := p.PatientToPixel(q); math.Abs(off) > r.d.tiles[i].made().Spacing()/2+1e-9 {
			t.Errorf("plane %d is %.2f mm away from the point of the slice", i, off)
		}
	}
	if d := r.d.mpr.set.Centre.Sub(q).Len(); d > 1.5 {
		t.Errorf("the planes cross %.2f mm beside it", d)
	}
	q = space.Vec3{-3.5, -4.5, -38} // in the coronal plane, at slice 19
	r.d.activate(1)
	x, y = r.onTile(1, q)
	r.d.Mouse(MouseMove, NoButton, x, y)
	r.press("x")
	if got := r.tile(3).Slice; got != 19 {
		t.Errorf("the slices stand at %d, the point is on 19", got)
	}
}

// Both turns, one after the other, make a double oblique: lengths on it are still the
// patient's.
func TestADoubleObliqueIsMeasuredInTruth(t *testing.T) {
	r := newReader(t)
	// two beads, 24 mm apart on a line that lies in no plane of the patient
	a, b := space.Vec3{-8, -6, -20}, space.Vec3{4, 6.5, -36.5}
	s := vt.Series{Slices: 30, Rows: 48, Cols: 48, Step: 2}
	s.HU = func(col, row, slice int) int {
		at := space.Vec3{float64(col) - 23.5, float64(row) - 23.5, -2 * float64(slice)}
		return int(900*math.Exp(-at.Sub(a).Dot(at.Sub(a))/8) + 900*math.Exp(-at.Sub(b).Dot(at.Sub(b))/8))
	}
	r.open(vt.Case(1, current()), s.Write(t, t.TempDir()))
	r.press("m")
	r.wait(500 * time.Millisecond)
	r.d.moveCross(a.Add(b).Scale(0.5))
	d := b.Sub(a)
	// turn about the head axis until the coronal holds the line's direction seen from
	// above, then about the axial's new row until it lies in the plane.
	r.d.activate(0)
	r.d.turnPlanes(math.Atan2(d[1], d[0]) * 180 / math.Pi)
	r.wait(50 * time.Millisecond)
	p, _ := r.d.tiles[1].plane()
	if off := math.Abs(d.Unit().Dot(p.Normal())); off > 1e-6 {
		t.Fatalf("the line leaves the coronal oblique: %v", off)
	}
	r.d.activate(1)
	r.d.turnPlanes(17)
	r.wait(50 * time.Millisecond)
	for _, tile := range []int{1} {
		p, _ = r.d.tiles[tile].plane()
		ca, ra, offA := p.PatientToPixel(a)
		cb, rb, offB := p.PatientToPixel(b)
		if math.Abs(offA) > 0.5 || math.Abs(offB) > 0.5 {
			t.Fatalf("the beads are %.2f and %.2f mm off", offA, offB)
		}
		im := r.d.tiles[tile].shown.Image
		for _, c := range [][2]float64{{ca, ra}, {cb, rb}} {
			if v, ok := im.At(int(c[0]), int(c[1])); !ok || v < 700 {
				t.Errorf("no bead at %.1v: %v HU", c, v)
			}
		}
		r.press("r")
		r.click(tile, ca, ra)
		r.click(tile, cb, rb)
		r.value("length", d.Len(), 0.5, "mm")
	}
}

func TestAPlanesPositionHasTheLetterOfItsSide(t *testing.T) {
	r := newReader(t)
	r.openBlock(24)
	r.d.moveCross(space.Vec3{-7.5, 9.5, -12})
	r.wait(50 * time.Millisecond)
	for _, want := range []string{"−12.0 mm", "P 9.5 mm", "R 7.5 mm"} {
		if !hasText(r.d.Scene(), want) {
			t.Errorf("no %q: %v", want, texts(r.d.Scene()))
		}
	}
}
