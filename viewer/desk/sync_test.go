package desk

import (
	"math"
	"testing"

	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/picture"
	vt "github.com/nocturne/nocturne/viewer/viewertest"
)

// openPair puts a prior of pixels twice as large beside the current study.
func openPair(t *testing.T, edit vt.Series) *reader {
	r := newReader(t)
	dir := t.TempDir()
	edit.StudyUID, edit.RowMM, edit.ColMM, edit.Slices = "4.5.6", 2, 2, 5
	r.open(vt.Case(1, current(), study("4.5.6", "20250301", true)), vt.Series{Slices: 5}.Write(t, dir), edit.Write(t, dir))
	r.press("p")
	return r
}

// Linked tiles follow zoom and pan in millimetres, and the window where it was the
// same; what is not linked follows nothing.
func TestLinkedTilesFollowZoomPanAndWindow(t *testing.T) {
	r := openPair(t, vt.Series{})
	r.press("+", "+", "3")
	x, y := r.screen(0, 16, 16)
	r.d.Mouse(MouseDown, MiddleButton, x, y)
	r.d.Mouse(MouseMove, NoButton, x+30, y+12)
	r.d.Mouse(MouseUp, MiddleButton, x+30, y+12)
	r.wait(everyState)
	a, b := r.tile(0), r.tile(1)
	if math.Abs(b.Zoom-2*a.Zoom) > 1e-9 || math.Abs(a.PanX-2*b.PanX) > 1e-9 || a.PanX == 0 || b.Width != 2000 {
		t.Errorf("1 mm pixels: %+v\n2 mm pixels: %+v", a, b)
	}
	if r.press("R"); r.tile(1).Zoom != 0 || r.tile(1).Width != 400 {
		t.Errorf("reset: %+v", r.tile(1))
	}
	if r.press("X", "+", "2"); r.tile(1).Zoom != 0 || r.tile(1).Width != 400 {
		t.Errorf("followed without a link: %+v", r.tile(1))
	}
}

// Windows that differ on purpose stay different: brain beside bone.
func TestLinkedTilesOfOtherWindowsKeepThem(t *testing.T) {
	r := openPair(t, vt.Series{})
	r.press("tab", "X", "3", "X", "tab", "2") // the prior in bone, then linked
	if a, b := r.tile(0), r.tile(1); a.Width != 1500 || b.Width != 2000 || !b.Linked {
		t.Errorf("%+v %+v", a, b)
	}
}

// A right click opens what the keys do, a click performs it, Esc and any key close.
func TestTheMenuDoesWhatTheKeysDo(t *testing.T) {
	r := newReader(t)
	r.openCT(5)
	open := func() {
		x, y := r.screen(0, 16, 16)
		r.d.Mouse(MouseMove, NoButton, x, y)
		r.d.Mouse(MouseDown, RightButton, x, y)
		r.d.Mouse(MouseUp, RightButton, x, y)
		r.wait(everyState)
	}
	open()
	for _, b := range r.d.opt.Keymap.Bindings(viewer.InImages) {
		if _, mine := r.d.deeds[b.Action]; mine && b.Action != viewer.ToolDrop && !hasText(r.d.Scene(), b.Help[:min(len(b.Help), 12)]) {
			t.Errorf("%q is not in the menu", b.Help)
		}
	}
	for i, a := range r.d.menu.actions {
		if a == viewer.WindowLung {
			c := r.d.menu.cells[i]
			x, y := picture.Middle(c)
			r.d.Mouse(MouseDown, LeftButton, x, y)
			r.d.Mouse(MouseUp, LeftButton, x, y)
			break
		}
	}
	if s := r.tile(0); s.Width != 1500 || r.d.menu != nil {
		t.Errorf("the lung window was not chosen: %+v", s)
	}
	open()
	r.press("esc")
	if r.d.menu != nil || r.tile(0).Width != 1500 {
		t.Error("Esc does not close it, or did more")
	}
	open()
	if r.press("j"); r.d.menu != nil || r.tile(0).Slice != 1 {
		t.Error("a key under the menu is lost")
	}
}
