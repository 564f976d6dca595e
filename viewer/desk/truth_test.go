package desk

import (
	"fmt"
	"image"
	"math"
	"sort"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/overlay"
	"github.com/nocturne/nocturne/viewer/picture"
	vt "github.com/nocturne/nocturne/viewer/viewertest"
)

// The truth of these tests is in the patient: beacons, soft bright balls at known
// millimetres, painted into the pixels by PS3.3 C.7.6.2's equation as written here.
// They are found again in the picture as it is drawn, and the pointer or the
// keyboard's cross is brought to where they are seen: nothing of the way back from
// the screen to the millimetres is the desk's own.

type point [3]float64

func (p point) plus(q point, k float64) point {
	return point{p[0] + k*q[0], p[1] + k*q[1], p[2] + k*q[2]}
}
func (p point) dot(q point) float64      { return p[0]*q[0] + p[1]*q[1] + p[2]*q[2] }
func (p point) to(q point) point         { return q.plus(p, -1) }
func (p point) length() float64          { return math.Sqrt(p.dot(p)) }
func (p point) distance(q point) float64 { return p.to(q).length() }

// cut is how a series lies in the patient.
type cut struct {
	name         string
	row, col     point // cosines
	step         point // from slice to slice
	rowMM, colMM float64
	rows, cols   int
	slices       int
}

func turn(deg float64) (s, c float64) { return math.Sincos(deg * math.Pi / 180) }

var (
	sin20, cos20 = turn(20)
	sin35, cos35 = turn(35)
)

// cuts: axial with flat pixels, a tilted gantry (the table moves along the patient,
// not along the normal), a double oblique with tall pixels, a sagittal.
var cuts = []cut{
	{"anisotropic", point{1, 0, 0}, point{0, 1, 0}, point{0, 0, -3}, 1.25, 0.5, 40, 64, 3},
	{"gantry tilt", point{1, 0, 0}, point{0, cos20, -sin20}, point{0, 0, -3}, 0.8, 0.8, 48, 48, 3},
	{"double oblique", point{cos35, sin35, 0}, point{-sin35 * cos20, cos35 * cos20, -sin20}, point{-sin35 * sin20, cos35 * sin20, cos20}, 0.6, 1.1, 56, 40, 3},
	{"sagittal", point{0, 1, 0}, point{0, 0, -1}, point{-4, 0, 0}, 0.7, 1, 48, 44, 3},
}

// origin of slice k: slice 0 has the patient's origin in the middle.
func (c cut) origin(k int) point {
	o := point{}.plus(c.row, -float64(c.cols-1)/2*c.colMM).plus(c.col, -float64(c.rows-1)/2*c.rowMM)
	return o.plus(c.step, float64(k))
}

// at is PS3.3 equation C.7.6.2.1-1.
func (c cut) at(col, row float64, k int) point {
	return c.origin(k).plus(c.row, col*c.colMM).plus(c.col, row*c.rowMM)
}

func (c cut) series(hu func(p point, slice int) float64) vt.Series {
	return vt.Series{
		Slices: c.slices, Rows: c.rows, Cols: c.cols, RowMM: c.rowMM, ColMM: c.colMM,
		HU: func(col, row, k int) int { return int(math.Round(hu(c.at(float64(col), float64(row), k), k))) },
		Edit: func(d *dicom.Dataset, k int) {
			o := c.origin(k)
			d.SetFloat(dicom.ImageOrientationPatient, c.row[0], c.row[1], c.row[2], c.col[0], c.col[1], c.col[2])
			d.SetFloat(dicom.ImagePositionPatient, o[0], o[1], o[2])
		},
	}
}

// beacons shine less one after the other, so that they can be told apart.
var shine = [3]float64{1000, 650, 300}

func lit(at [3]point, mm float64) func(point, int) float64 {
	return func(p point, slice int) float64 {
		v := -1000.0
		for i, b := range at {
			d := p.distance(b)
			v += (shine[i] + 1000) * math.Exp(-d*d/(2*mm*mm))
		}
		return v
	}
}

// slope is a field whose mean over anything symmetric is its value in the middle.
func slope(p point) float64 { return 60 + 0.5*p[0] - 0.4*p[1] + 0.3*p[2] }

// seen finds the beacons in a tile as it is drawn, brightest first, in points of the
// scene.
func (r *reader) seen(tile, n int) [][2]float64 {
	r.Helper()
	sc := r.d.Scene()
	t := sc.Tiles[tile]
	px := image.NewRGBA(image.Rect(0, 0, t.Rect.Dx(), t.Rect.Dy()))
	t.Image.Render(t.Window, t.Invert, px, t.Place, t.How)
	blobs := patches(px)
	if len(blobs) < n {
		r.Fatalf("%d of %d beacons are on the screen", len(blobs), n)
	}
	out := make([][2]float64, n)
	for i := range out {
		out[i] = [2]float64{blobs[i].x + float64(t.Rect.Min.X), blobs[i].y + float64(t.Rect.Min.Y)}
	}
	return out
}

type patch struct{ x, y, peak float64 }

// patches are the centroids of what is brighter than a third, brightest first.
func patches(px *image.RGBA) []patch {
	const dark = 80
	w, h := px.Rect.Dx(), px.Rect.Dy()
	done := make([]bool, w*h)
	grey := func(i int) float64 { return float64(px.Pix[4*i]) }
	var out []patch
	for i := range done {
		if done[i] || grey(i) <= dark {
			continue
		}
		var b patch
		var weight float64
		done[i] = true
		for todo := []int{i}; len(todo) > 0; {
			k := todo[len(todo)-1]
			todo = todo[:len(todo)-1]
			x, y, g := k%w, k/w, grey(k)-dark
			b.x, b.y, weight, b.peak = b.x+g*(float64(x)+0.5), b.y+g*(float64(y)+0.5), weight+g, math.Max(b.peak, g)
			for _, q := range [4][2]int{{x - 1, y}, {x + 1, y}, {x, y - 1}, {x, y + 1}} {
				if j := q[1]*w + q[0]; q[0] >= 0 && q[1] >= 0 && q[0] < w && q[1] < h && !done[j] && grey(j) > dark {
					done[j] = true
					todo = append(todo, j)
				}
			}
		}
		b.x, b.y = b.x/weight, b.y/weight
		out = append(out, b)
	}
	sort.Slice(out, func(a, b int) bool { return out[a].peak > out[b].peak })
	return out
}

// take drops what is selected and takes a tool: a selected mark's handles would be
// dragged.
func (r *reader) take(a viewer.Action) {
	for range 2 {
		r.d.Do(viewer.ToolDrop)
	}
	r.d.Do(a)
}

// tap clicks a point of the scene.
func (r *reader) tap(p [2]float64) {
	r.d.Mouse(MouseMove, NoButton, p[0], p[1])
	r.d.Mouse(MouseDown, LeftButton, p[0], p[1])
	r.d.Mouse(MouseUp, LeftButton, p[0], p[1])
	r.d.Tick(r.now)
}

// cross is where the keyboard's cross is drawn: four arms of one length.
func (r *reader) cross() (at [2]float64) {
	r.Helper()
	n := 0.0
	for _, l := range r.d.Scene().Over.Lines {
		if l.Color == overlay.Green && math.Abs(math.Hypot(l.X1-l.X0, l.Y1-l.Y0)-10) < 1e-6 {
			at[0], at[1], n = at[0]+(l.X0+l.X1)/2, at[1]+(l.Y0+l.Y1)/2, n+1
		}
	}
	if n != 4 {
		r.Fatalf("the cross has %v arms", n)
	}
	return [2]float64{at[0] / 4, at[1] / 4}
}

// walk brings the cross to a point with the arrows, as near as it comes.
func (r *reader) walk(to [2]float64) {
	r.Helper()
	for _, axis := range []struct {
		k          int
		more, less viewer.Key
	}{{0, "right", "left"}, {1, "down", "up"}} {
		gap := func() float64 { return to[axis.k] - r.cross()[axis.k] }
		for steps := 0; steps < 200; steps++ {
			was := gap()
			key, back := axis.more, axis.less
			if was < 0 {
				key, back = back, key
			}
			r.press(key)
			if math.Abs(gap()) >= math.Abs(was) {
				r.press(back)
				break
			}
		}
	}
}

// orientations are the eight ways a picture can lie, as keys.
var orientations = [][]viewer.Key{nil, {"o"}, {"o", "o"}, {"O"}, {"h"}, {"h", "o"}, {"H"}, {"h", "O"}}

// views are the eight orientations, each fitted, at two zooms and panned.
func (r *reader) views(do func(name string)) {
	for _, keys := range orientations {
		for _, zoom := range []float64{0, 3.3, 11} {
			r.press("R")
			r.press(keys...)
			r.d.Do(viewer.ZoomSet(zoom))
			if zoom > 0 {
				x, y := picture.Middle(r.d.at().rect)
				r.d.Mouse(MouseDown, MiddleButton, x, y)
				r.d.Mouse(MouseMove, NoButton, x+31, y-17)
				r.d.Mouse(MouseUp, MiddleButton, x+31, y-17)
				r.d.Mouse(MouseLeave, NoButton, 0, 0)
			}
			r.d.Do(viewer.WindowSet(2000, 0))
			r.d.Tick(r.now)
			do(fmt.Sprintf("%v at %v", keys, zoom))
		}
	}
}

func (r *reader) isTrue(view, name string, want, tol float64, unit string) {
	r.Helper()
	v, ok := r.mark().Value(name)
	if !ok || !(math.Abs(v.Number-want) <= tol) || v.Unit != unit {
		r.Errorf("%s: %s is %v %s, the truth is %.3f ± %v %s", view, name, v.Number, v.Unit, want, tol, unit)
	}
}

func angleAt(a, vertex, b point) float64 {
	u, w := vertex.to(a), vertex.to(b)
	return math.Acos(u.dot(w)/(u.length()*w.length())) * 180 / math.Pi
}

// place puts beacons on slice 0, apart enough to be told and near enough to the
// middle to stay on screen at every zoom.
func (c cut) beacons(off float64) [3]point {
	put := func(x, y float64) point {
		col := math.Round(float64(c.cols)/2 + x/c.colMM)
		row := math.Round(float64(c.rows)/2 + y/c.rowMM)
		return c.at(col+off, row-0.7*off, 0)
	}
	return [3]point{put(-9, -4), put(6, 6), put(8, -6)}
}

func TestWhatIsSeenIsWhatTheMouseMeasures(t *testing.T) {
	for _, c := range cuts {
		t.Run(c.name, func(t *testing.T) {
			r := newReader(t)
			at := c.beacons(0.37)
			hu := lit(at, 1.4)
			s := c.series(func(p point, k int) float64 {
				if k == 0 {
					return hu(p, k)
				}
				return slope(p)
			})
			r.open(vt.Case(1, current()), s.Write(t, t.TempDir()))
			first := r.sliceOf(s.SOP(0))
			r.views(func(view string) {
				r.d.Do(viewer.SliceSet(first))
				r.d.Tick(r.now)
				b := r.seen(0, 3)
				r.take(viewer.ToolLength)
				r.tap(b[0])
				r.tap(b[1])
				r.isTrue(view, "length", at[0].distance(at[1]), 0.5, "mm")
				r.take(viewer.ToolAngle)
				r.tap(b[0])
				r.tap(b[1])
				r.tap(b[2])
				r.isTrue(view, "angle", angleAt(at[0], at[1], at[2]), 0.5, "deg")
				r.d.Do(viewer.SliceSet(r.sliceOf(s.SOP(1))))
				r.d.Tick(r.now)
				mid := at[0].plus(at[0].to(at[1]), 0.5).plus(c.step, 1)
				for _, tool := range []viewer.Action{viewer.ToolEllipse, viewer.ToolRectangle} {
					r.take(tool)
					r.tap(b[0])
					r.tap(b[1])
					r.isTrue(view, "mean", slope(mid), 1, "HU")
				}
				r.take(viewer.ToolProbe)
				r.tap(b[2])
				r.isTrue(view, "value", slope(at[2].plus(c.step, 1)), 1, "HU")
			})
		})
	}
}

// sliceOf is where an instance is in the stack, from 1.
func (r *reader) sliceOf(sop string) int {
	r.Helper()
	i := r.d.at().stack.Find(sop, 0)
	if i < 0 {
		r.Fatal("the slice is not in the stack")
	}
	return i + 1
}

func TestWhatIsSeenIsWhatTheKeyboardMeasures(t *testing.T) {
	for _, c := range cuts[:3] {
		t.Run(c.name, func(t *testing.T) {
			r := newReader(t)
			at := c.beacons(0)
			s := c.series(lit(at, 1.4))
			r.open(vt.Case(1, current()), s.Write(t, t.TempDir()))
			r.d.Do(viewer.SliceSet(r.sliceOf(s.SOP(0))))
			r.d.Tick(r.now)
			for i, keys := range orientations {
				r.press("R")
				r.press(keys...)
				r.d.Do(viewer.ZoomSet([]float64{0, 3.3, 7}[i%3]))
				r.d.Do(viewer.WindowSet(2000, 0))
				view := fmt.Sprint(keys)
				b := r.seen(0, 3)
				r.press("t")
				for _, p := range b {
					r.walk(p)
					r.press("enter")
				}
				r.isTrue(view, "angle", angleAt(at[0], at[1], at[2]), 0.5, "deg")
				r.press("esc", "esc", "r")
				for _, p := range b[:2] {
					r.walk(p)
					r.press("enter")
				}
				r.isTrue(view, "length", at[0].distance(at[1]), 0.5, "mm")
				r.press("esc", "esc")
			}
		})
	}
}

// The reformats of a tilted, anisotropic stack: beacons in one coronal plane, found
// on the coronal reformat and measured there; the same on one turned by 15°.
func TestWhatIsSeenOnAReformatIsWhatTheMouseMeasures(t *testing.T) {
	t.Run("orthogonal", func(t *testing.T) { measureReformat(t, 0, "coronal") })
	t.Run("oblique", func(t *testing.T) { measureReformat(t, 3, "coronal oblique") })
}

// measureReformat turns the coronal about the axial's normal by 5° a turn.
func measureReformat(t *testing.T, turns int, name string) {
	tilted := cut{"tilted", point{1, 0, 0}, point{0, cos20, -sin20}, point{0, 0, -2}, 1, 0.8, 48, 56, 24}
	middle := tilted.origin(12).plus(tilted.row, 27.5*0.8).plus(tilted.col, 23.5)
	put := func(x, down float64) point { // in the patient's coronal plane, whatever the tilt
		s, c := turn(5 * float64(turns))
		return middle.plus(point{c, s, 0}, x).plus(point{0, 0, -1}, down)
	}
	at := [3]point{put(-10, -8), put(7, 7), put(11, -9)}
	r := newReader(t)
	s := tilted.series(lit(at, 2.2))
	r.open(vt.Case(1, current()), s.Write(t, t.TempDir()))
	r.press("m")
	r.wait(500e6)
	for range turns {
		r.press(">")
	}
	r.press("tab", "home")
	if got := r.tile(1).Reformat; got != name {
		t.Fatalf("the tile shows %q", got)
	}
	r.d.Do(viewer.WindowSet(2000, 0))
	best, peak := 0, 0.0
	for i := range r.d.at().stack.Slots {
		r.d.Do(viewer.SliceSet(i + 1))
		r.wait(30e6)
		t := r.d.Scene().Tiles[1]
		px := image.NewRGBA(image.Rect(0, 0, t.Rect.Dx(), t.Rect.Dy()))
		t.Image.Render(t.Window, t.Invert, px, t.Place, t.How)
		if b := patches(px); len(b) == 3 && b[0].peak > peak {
			best, peak = i+1, b[0].peak
		}
	}
	if best == 0 {
		t.Fatal("the beacons are on no coronal plane")
	}
	for i := range 8 { // all ways it can lie; R would straighten the planes
		if r.press("o"); i == 4 {
			r.press("h")
		}
		r.d.Do(viewer.SliceSet(best))
		r.d.Do(viewer.WindowSet(2000, 0))
		r.wait(400e6)
		b, view := r.seen(1, 3), fmt.Sprint(name, " ", i)
		r.take(viewer.ToolLength)
		r.tap(b[0])
		r.tap(b[1])
		r.isTrue(view, "length", at[0].distance(at[1]), 0.5, "mm")
		r.take(viewer.ToolAngle)
		r.tap(b[0])
		r.tap(b[1])
		r.tap(b[2])
		r.isTrue(view, "angle", angleAt(at[0], at[1], at[2]), 0.5, "deg")
	}
}
