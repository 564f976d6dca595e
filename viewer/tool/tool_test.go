package tool

import (
	"math"
	"slices"
	"testing"

	"github.com/nocturne/nocturne/viewer"
)

func mark(id string, x float64) viewer.Mark {
	return viewer.Mark{ID: id, Kind: viewer.Length, Points: [][2]float64{{x, 0}, {x, 9}}, Values: []viewer.Value{{Name: "length", Number: 9}}}
}

func ids(l *Log) (out []string) {
	for _, m := range l.Marks() {
		out = append(out, m.ID)
	}
	return out
}

func TestUndoTakesBackEveryStepExactlyAndRedoDoesItAgain(t *testing.T) {
	var l Log
	l.Load([]viewer.Mark{mark("old", 0)})
	l.Add(mark("a", 1))
	l.Change(mark("a", 5))
	l.Delete("old")
	l.Add(mark("b", 2))
	if got := ids(&l); !slices.Equal(got, []string{"a", "b"}) {
		t.Fatalf("%v", got)
	}
	for i, want := range []struct {
		id string
		x  float64 // of the mark after the step; −1: it is gone
	}{{"b", -1}, {"old", 0}, {"a", 1}, {"a", -1}} {
		e, ok := l.Undo()
		switch {
		case !ok:
			t.Fatalf("undo %d: nothing", i)
		case want.x < 0 && (e.After != nil || e.Before.ID != want.id):
			t.Errorf("undo %d: %+v", i, e)
		case want.x >= 0 && (e.After == nil || e.After.ID != want.id || e.After.Points[0][0] != want.x):
			t.Errorf("undo %d: %+v", i, e)
		}
	}
	if _, ok := l.Undo(); ok || !slices.Equal(ids(&l), []string{"old"}) {
		t.Errorf("undone beyond the beginning: %v", ids(&l))
	}
	for range 4 {
		l.Redo()
	}
	if _, ok := l.Redo(); ok || !slices.Equal(ids(&l), []string{"a", "b"}) {
		t.Errorf("redone: %v", ids(&l))
	}
	if m, _ := l.Find("a"); m.Points[0][0] != 5 {
		t.Errorf("%+v", m)
	}
}

func TestANewStepEndsWhatCouldBeRedone(t *testing.T) {
	var l Log
	l.Add(mark("a", 1))
	l.Undo()
	l.Add(mark("b", 1))
	if _, ok := l.Redo(); ok {
		t.Error("redone into another past")
	}
}

func TestTheLogSharesNothingWithItsCallers(t *testing.T) {
	var l Log
	m := mark("a", 1)
	l.Add(m)
	m.Points[0][0] = 77
	l.Change(mark("a", 2))
	l.Undo()
	if got, _ := l.Find("a"); got.Points[0][0] != 1 {
		t.Errorf("%+v", got)
	}
	l.Change(mark("nobody", 1))
	if _, ok := l.Delete("nobody"); ok || len(l.Marks()) != 1 {
		t.Error("a mark that is not there was changed")
	}
}

func TestADraftIsDoneWithItsLastPoint(t *testing.T) {
	for kind, n := range map[viewer.MarkKind]int{viewer.Length: 2, viewer.Angle: 3, viewer.Ellipse: 2, viewer.Probe: 1, viewer.Arrow: 2, viewer.Text: 1} {
		d := Draft{Kind: kind}
		for i := 1; i <= n; i++ {
			points, done := d.Put([2]float64{float64(i), 0})
			if done != (i == n) || done && len(points) != n {
				t.Errorf("%s: after %d of %d: %v %v", kind, i, n, points, done)
			}
		}
		if d.Begun() {
			t.Errorf("%s does not start afresh", kind)
		}
	}
}

func TestEveryMeasuringToolHasANameAndAMark(t *testing.T) {
	for a, k := range kinds {
		if Name(a) == "" || Points(k) == 0 {
			t.Errorf("%s", a)
		}
	}
	if _, ok := Kind(viewer.ToolWindow); ok {
		t.Error("window/level measures")
	}
}

func TestAnEllipsesOutlineLiesOnTheEllipse(t *testing.T) {
	line := Outline(viewer.Ellipse, [][2]float64{{10, 20}, {30, 60}})[0]
	if line[0] != line[len(line)-1] && math.Hypot(line[0][0]-line[len(line)-1][0], line[0][1]-line[len(line)-1][1]) > 1e-9 {
		t.Error("not closed")
	}
	for _, p := range line {
		if r := math.Hypot((p[0]-20)/10, (p[1]-40)/20); math.Abs(r-1) > 1e-12 {
			t.Fatalf("%v is off by %v", p, r-1)
		}
	}
}

func TestTheNearestHandleWithinReachIsTaken(t *testing.T) {
	points := [][2]float64{{0, 0}, {10, 0}, {10, 0}}
	for _, c := range []struct {
		at   [2]float64
		want int
	}{{[2]float64{1, 1}, 0}, {[2]float64{9, 0}, 2}, {[2]float64{5, 8}, -1}, {[2]float64{6, 0}, 2}} {
		if got := Nearest(points, c.at, 6); got != c.want {
			t.Errorf("%v: %d, want %d", c.at, got, c.want)
		}
	}
}

func TestTouchingALineIsMeasuredToTheSegmentNotTheLineBeyond(t *testing.T) {
	line := [][2]float64{{0, 0}, {10, 0}}
	for at, want := range map[[2]float64]bool{{5, 3}: true, {5, 5}: false, {13, 0}: true, {15, 0}: false} {
		if Touches(line, at, 4) != want {
			t.Errorf("%v: %v", at, !want)
		}
	}
	if !Touches([][2]float64{{1, 1}}, [2]float64{2, 2}, 4) {
		t.Error("a lone point is not touched")
	}
}

func TestDraggingRightWidensAndUpRaises(t *testing.T) {
	c, w := WindowDrag(40, 400, 30, -30, 1)
	if w != 440 || c != 80 {
		t.Errorf("centre %v width %v", c, w)
	}
	if _, w := WindowDrag(40, 400, -5000, 0, 1); w != 1 {
		t.Errorf("narrowest %v", w)
	}
	c2, w2 := WindowDrag(40, 400, 60, -60, 2)
	if c2 != c || w2 != w {
		t.Error("a finer monitor drags differently")
	}
	if z := ZoomDrag(-200, 1); z != 2 {
		t.Errorf("200 pixels up zoom by %v", z)
	}
}

func TestSteppingWiderAndBackIsWhereItWas(t *testing.T) {
	c, w := WindowStep(40, 400, 1, 0)
	if c != 60 || w != 400 {
		t.Errorf("%v %v", c, w)
	}
	_, w = WindowStep(40, 400, 0, 3)
	if _, w = WindowStep(40, w, 0, -3); math.Abs(w-400) > 1e-9 {
		t.Errorf("width %v", w)
	}
}
