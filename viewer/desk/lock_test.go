package desk

import (
	"testing"
	"time"

	"github.com/nocturne/nocturne/viewer"
)

// The key that locks darkens the window in the same moment, whatever else would take keys
// there, and is told once each time, also from a window that shows no case.
func TestTheKeyThatLocksDarkensTheWindowWhateverItShows(t *testing.T) {
	for name, begin := range map[string]func(r *reader){
		"images":           func(*reader) {},
		"letters waiting":  func(r *reader) { r.d.Key("r") },
		"a command line":   func(r *reader) { r.press(":"); r.press("w") },
		"the test pattern": func(r *reader) { r.d.Do(viewer.PatternToggle) },
		"the series strip": func(r *reader) { r.d.Do(viewer.SeriesFind) },
		"no case":          func(r *reader) { r.d.Blank() },
	} {
		r := newReader(t)
		r.openCT(3)
		begin(r)
		told := r.count(viewer.Acted)
		r.d.Key("ctrl+l")
		if sc := r.d.Scene(); !sc.Blank || len(sc.Tiles) != 0 || len(sc.Over.Texts) != 0 {
			t.Errorf("%s: the frame after the key is %+v", name, sc)
		}
		if got := r.last(viewer.Acted); r.count(viewer.Acted) != told+1 || got.Action != viewer.SessionLock {
			t.Errorf("%s: told %d times, last %+v", name, r.count(viewer.Acted)-told, got)
		}
		r.wait(time.Second)
		if r.openCT(3); r.tile(0).Slices != 3 || r.d.Scene().Blank {
			t.Errorf("%s: the case does not come back", name)
		}
	}
}

// A mark whose words are half typed when the screen goes dark keeps them.
func TestWordsOfAMarkSurviveTheLock(t *testing.T) {
	r := newReader(t)
	r.openCT(3)
	r.press("'", "enter", "n", "o", "d")
	r.d.Blank()
	got := r.last(viewer.Edited)
	if len(got.Marks) != 1 || got.Marks[0].Label != "nod" || got.Epoch == 0 {
		t.Errorf("%+v", got)
	}
}

// Whatever the reader does in the window is told, seldom enough to cost nothing; what comes
// by itself is not (N19).
func TestDoingAnythingIsToldEveryFewSeconds(t *testing.T) {
	r := newReader(t)
	r.openCT(3)
	r.wait(time.Minute)
	if n := r.count(viewer.Touched); n != 0 {
		t.Fatalf("nobody did anything, and it was told %d times", n)
	}
	for i, do := range []func(){
		func() { r.d.Wheel(400, 300, 1) }, func() { r.d.Mouse(MouseMove, 0, 10, 10) }, func() { r.drag(0, [2]float64{4, 4}, [2]float64{9, 9}) },
		func() { r.press("j") }, func() { r.d.Press("+") },
	} {
		do()
		do()
		if got := r.count(viewer.Touched); got != i+1 {
			t.Errorf("doing %d was told %d times", i, got-i)
		}
		r.wait(everyTouch)
	}
	r.d.Mouse(MouseMove, 0, r.d.pointer.x, r.d.pointer.y)
	if got := r.count(viewer.Touched); got != 5 {
		t.Error("a pointer that lies still counts")
	}
}
