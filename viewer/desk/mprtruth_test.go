package desk

import (
	"fmt"
	"math"
	"testing"

	"github.com/nocturne/nocturne/cache/space"
	"github.com/nocturne/nocturne/viewer"
	vt "github.com/nocturne/nocturne/viewer/viewertest"
)

var sin25, cos25 = turn(25)

// stacks that are reformatted: as usual, with flat pixels, by a tilted gantry, prone
// with the feet first, and acquired sagittally.
var reformed = []cut{
	{"normal", point{1, 0, 0}, point{0, 1, 0}, point{0, 0, -2}, 0.9, 0.9, 56, 56, 26},
	{"anisotropic", point{1, 0, 0}, point{0, 1, 0}, point{0, 0, -3}, 1.6, 0.8, 32, 64, 18},
	{"gantry tilt 25°", point{1, 0, 0}, point{0, cos25, -sin25}, point{0, 0, -2}, 1, 1, 56, 52, 30},
	{"prone, feet first", point{1, 0, 0}, point{0, -1, 0}, point{0, 0, 2.5}, 1, 1, 52, 52, 20},
	{"sagittal", point{0, 1, 0}, point{0, 0, -1}, point{-2.4, 0, 0}, 1, 1, 52, 52, 22},
}

// seenBy is how the reader looks at each plane: what is right and down on the screen,
// in the patient (LPS).
var seenBy = [3][2]point{{{1, 0, 0}, {0, 1, 0}}, {{1, 0, 0}, {0, 0, -1}}, {{0, 1, 0}, {0, 0, -1}}}

// On each plane of each stack: beacons lie where the patient has them, left is left,
// lengths and angles by mouse are the patient's within 0.5 mm and 0.5°.
func TestReformatsOfEveryStackMeasureTheTruth(t *testing.T) {
	for _, c := range reformed {
		mid := point{0.37, -0.23, 0.41}.plus(c.step, float64(c.slices-1)/2)
		for plane, facing := range seenBy {
			put := func(x, y float64) point { return mid.plus(facing[0], x).plus(facing[1], y) }
			at := [3]point{put(-9, -7), put(8, 6), put(9, -8)}
			r := newReader(t)
			r.open(vt.Case(1, current()), c.series(lit(at, 2.2)).Write(t, t.TempDir()))
			r.press("m")
			r.wait(400e6)
			r.d.moveCross(space.Vec3(mid))
			r.d.activate(plane)
			r.d.Do(viewer.WindowSet(2000, 0))
			r.wait(50e6)
			view := fmt.Sprintf("%s, plane %d", c.name, plane)
			b := r.seen(plane, 3)
			if !(b[0][0] < b[1][0] && b[0][1] < b[1][1] && b[2][0] > b[0][0] && b[2][1] < b[1][1]) {
				t.Errorf("%s: beacons at %.0f are not as the patient lies", view, b)
			}
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
}

// A field that is a plane in the patient is read on every reformat within 1 HU, at the
// cross that the arrows move.
func TestReformatsOfEveryStackHaveThePatientsValues(t *testing.T) {
	for _, c := range reformed {
		r := newReader(t)
		s := c.series(func(p point, _ int) float64 { return slope(p) })
		r.open(vt.Case(1, current()), s.Write(t, t.TempDir()))
		r.press("m")
		r.wait(400e6)
		for plane := range 3 {
			r.d.activate(plane)
			r.take(viewer.ToolProbe)
			r.press("shift+right", "right", "down", "enter")
			m := r.mark()
			p, _ := r.d.tiles[plane].shownPlane()
			q := p.PixelToPatient(m.Points[0][0], m.Points[0][1])
			if off := math.Abs(q.Dot(r.d.tiles[plane].made().Along()) - r.d.mpr.set.Centre.Dot(r.d.tiles[plane].made().Along())); off > 3 {
				t.Fatalf("%s: plane %d is %.1f mm away", c.name, plane, off)
			}
			r.isTrue(fmt.Sprintf("%s, plane %d", c.name, plane), "value", slope(point(q)), 1, "HU")
			r.take(viewer.ToolRectangle)
			x, y := r.screen(plane, m.Points[0][0]-4, m.Points[0][1]-3)
			x1, y1 := r.screen(plane, m.Points[0][0]+4, m.Points[0][1]+3)
			r.tap([2]float64{x, y})
			r.tap([2]float64{x1, y1})
			r.isTrue(fmt.Sprintf("%s, plane %d, rectangle", c.name, plane), "mean", slope(point(q)), 1, "HU")
		}
	}
}
