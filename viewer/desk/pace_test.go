package desk

import (
	"testing"
	"time"

	"github.com/nocturne/nocturne/viewer"
)

// paced is a reader at a window that draws one step at a time.
func paced(t *testing.T, slices int) *reader {
	r := newReader(t)
	r.d.opt.Paced = true
	r.openCT(slices)
	return r
}

// drawn lets the window draw frames of 20 ms and lists the slices they show.
func (r *reader) drawn(frames int) (out []int) {
	for range frames {
		r.now = r.now.Add(20 * time.Millisecond)
		if r.d.Tick(r.now) {
			r.d.Scene()
			out = append(out, r.d.tiles[0].shown.Index)
		}
	}
	return out
}

func equalInts(a, b []int) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// N9: notches that come faster than frames are drawn one by one, in order.
func TestEveryNotchIsDrawn(t *testing.T) {
	r := paced(t, 30)
	for _, by := range []int{1, 1, 1, -1, 1, 1, 1} {
		r.d.Wheel(400, 300, by)
	}
	if got := r.drawn(12); !equalInts(got, []int{1, 2, 3, 2, 3, 4, 5}) {
		t.Errorf("drawn %v", got)
	}
}

// A slice that is still being decoded is waited for, but not for ever.
func TestANotchWaitsForItsPixels(t *testing.T) {
	r := paced(t, 30)
	slow := &slowLoader{Loader: r.d.opt.Load}
	r.d.opt.Load = slow
	slow.stop = true
	for range 3 {
		r.d.Wheel(400, 300, 1)
	}
	r.drawn(5)
	if at := r.d.tiles[0].look.slice; at != 1 {
		t.Errorf("after 100 ms at slice %d", at)
	}
	slow.stop = false
	if got := r.drawn(6); !equalInts(got, []int{1, 2, 3}) {
		t.Errorf("drawn %v when they came", got)
	}
	slow.stop = true
	for range 3 {
		r.d.Wheel(400, 300, 1)
	}
	r.drawn(50)
	if at := r.d.tiles[0].look.slice; at != 6 {
		t.Errorf("a second later at slice %d: an unreadable slice stops the reader", at)
	}
}

// Window and zoom act at once while slices wait; what is meant for the last slice
// finds it.
func TestOnlyWhatDependsOnTheSliceWaitsForIt(t *testing.T) {
	r := paced(t, 30)
	for range 5 {
		r.d.Wheel(400, 300, 1)
	}
	r.drawn(1)
	r.d.Do(viewer.WindowLung)
	r.d.Do(viewer.ViewZoomIn)
	if s := r.tile(0); s.Slice != 1 || s.Width != 1500 || s.Zoom == 0 {
		t.Errorf("slice %d, W %v, zoom %v", s.Slice, s.Width, s.Zoom)
	}
	r.d.Do(viewer.KeyImage)
	if s := r.tile(0); s.Slice != 5 {
		t.Errorf("the key image would be slice %d", s.Slice)
	}
	for range 3 {
		r.d.Wheel(400, 300, 1)
	}
	r.d.Do(viewer.ToolLength) // all within one frame of a slow machine
	r.d.Do(viewer.ToolFinish)
	r.d.Do(viewer.CursorRight10)
	r.d.Do(viewer.ToolFinish)
	if m := r.d.log.Marks(); len(m) != 2 || m[1].Kind != viewer.Length || m[1].Slice != 9 { // the first is the key image
		t.Errorf("the ruler: %+v", m)
	}
	r.d.Do(viewer.ToolDrop)
	r.d.Do(viewer.SliceSet(6))
	r.drawn(2)
	r.d.Wheel(400, 300, 1)
	r.d.Mouse(MouseDown, LeftButton, 400, 300)
	if s := r.tile(0); s.Slice != 6 {
		t.Errorf("the button went down on slice %d", s.Slice)
	}
}

// A held key draws every slice and stops where it comes up, however slow the machine.
func TestAHeldKeySkipsNothingAndDoesNotRunOn(t *testing.T) {
	r := paced(t, 60)
	r.d.Key("down")
	var seen []int
	for range 20 { // 100 ms a frame: three repeats each
		r.now = r.now.Add(100 * time.Millisecond)
		if r.d.Tick(r.now) {
			r.d.Scene()
			seen = append(seen, r.d.tiles[0].shown.Index)
		}
	}
	r.d.KeyUp("down")
	at := r.d.tiles[0].look.slice
	r.drawn(20)
	if now := r.d.tiles[0].look.slice; now > at+1 {
		t.Errorf("it ran on from %d to %d", at, now)
	}
	last := 0
	for _, s := range seen {
		if s != last && s != last+1 {
			t.Fatalf("skipped from %d to %d", last, s)
		}
		last = s
	}
	if last < 15 {
		t.Errorf("only %d slices in 20 frames", last)
	}
}

// A Scene says which input it is the first to show.
func TestASceneKnowsItsInput(t *testing.T) {
	r := paced(t, 30)
	r.drawn(2)
	asked := r.now
	r.d.Wheel(400, 300, 1)
	r.d.Wheel(400, 300, 1)
	for i := range 2 {
		r.now = r.now.Add(20 * time.Millisecond)
		r.d.Tick(r.now)
		if s := r.d.Scene(); !s.Input.Equal(asked) {
			t.Errorf("scene %d shows the input of %v, it was of %v", i, s.Input, asked)
		}
	}
	if s := r.d.Scene(); !s.Input.IsZero() {
		t.Error("a scene of no input claims one")
	}
}
