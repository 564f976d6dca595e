package desk

import (
	"testing"
	"time"

	"github.com/nocturne/nocturne/viewer"
	vt "github.com/nocturne/nocturne/viewer/viewertest"
)

// Scenario 10.
func TestEightyCharactersIntoTheWindowDoNothingAndAreOffered(t *testing.T) {
	r := newReader(t)
	r.openCT(30)
	before := r.d.State()
	said := ""
	for i := range 80 {
		k := string("jrihoq2345lLxXcnNuUp"[i%20])
		said += k
		r.d.Key(viewer.Key(k))
		r.now = r.now.Add(3 * time.Millisecond)
		r.d.KeyUp(viewer.Key(k))
		r.wait(2 * time.Millisecond)
	}
	r.wait(time.Second)
	after := r.d.State()
	if after.Layout != before.Layout || after.Tool != "" || after.Tiles[0] != before.Tiles[0] {
		t.Errorf("executed: %+v", after)
	}
	if e := r.last(viewer.Held); e.Text != said || r.count(viewer.Held) != 1 {
		t.Errorf("offered %q", e.Text)
	}
}

func TestPastedTextIsOfferedNeverExecuted(t *testing.T) {
	r := newReader(t)
	r.openCT(3)
	r.d.Paste("j")
	r.wait(time.Second)
	r.slice(0)
	if r.last(viewer.Held).Text != "j" {
		t.Errorf("%q", r.last(viewer.Held).Text)
	}
}

func TestALetterHeldOver200msIsHeldToUse(t *testing.T) {
	r := newReader(t)
	r.openCT(3)
	r.press("w")
	r.d.Key("r")
	r.wait(150 * time.Millisecond)
	if r.d.State().Tool != string(viewer.ToolLength) {
		t.Fatal("the tool did not come")
	}
	r.d.KeyUp("r")
	r.wait(20 * time.Millisecond)
	if r.d.State().Tool != string(viewer.ToolLength) {
		t.Error("a tap did not keep it")
	}
	r.d.Key("e")
	r.wait(350 * time.Millisecond)
	r.d.KeyUp("e")
	r.wait(20 * time.Millisecond)
	if got := r.d.State().Tool; got != string(viewer.ToolLength) {
		t.Errorf("after holding e the tool is %q", got)
	}
}

func TestATerminalWhichCannotHoldToggles(t *testing.T) {
	r := newReader(t)
	r.openCT(3)
	for _, want := range []viewer.Action{viewer.ToolProbe, "", viewer.ToolProbe} {
		r.d.Press("q")
		r.wait(time.Second)
		if got := r.d.State().Tool; got != string(want) {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestKeysOfTheTerminalComeBackByNameAfterTheState(t *testing.T) {
	r := newReader(t)
	r.openCT(3)
	for k, want := range map[viewer.Key]viewer.Action{
		"f3": viewer.FocusSwap, "f4": viewer.ReportInsert, "f5": viewer.CaseAside, "f6": viewer.CaseNext,
		"f12": viewer.ReportSign, "ctrl+p": viewer.Palette,
	} {
		r.press("down")
		r.press(k)
		e := r.last(viewer.Acted)
		if e.Action != want || e.Epoch != 1 || e.StudyUID != "1.2.3" {
			t.Errorf("%s: %+v", k, e)
		}
	}
}

func TestFunctionKeysActWhileALabelIsTyped(t *testing.T) {
	r := newReader(t)
	r.openCT(3)
	r.press("'", "enter", "a")
	r.press("f6", "tab", "ctrl+z")
	if e := r.last(viewer.Acted); e.Action != viewer.CaseNext || r.count(viewer.Acted) != 1 {
		t.Errorf("%+v", e)
	}
}

func TestEscNeverLeavesTheCase(t *testing.T) {
	r := newReader(t)
	r.openCT(3)
	r.press("r", "enter", "esc", "esc", "esc", "esc")
	if r.count(viewer.Acted) != 0 || r.d.State().Tool != "" || !r.d.open {
		t.Error("Esc did more than drop the tool")
	}
}

func TestAReadersOwnKeysAreUsed(t *testing.T) {
	r := newReader(t)
	r.d.opt.Keymap = viewer.NewKeymap(viewer.DefaultImages(), []viewer.Binding{{Keys: []viewer.Key{"j"}, Place: viewer.InImages, Action: viewer.SliceLast}})
	r.openCT(9)
	r.press("j")
	r.slice(8)
}

// N19, scenario 7: the same slice, window and marks after a crash.
func TestACaseIsTakenUpAtTheSamePixel(t *testing.T) {
	r := newReader(t)
	priorCase(t, r, vt.Series{Slices: 20}, vt.Series{Slices: 20})
	r.press("j", "j", "j", "p", "tab", "2", "o", "+", "i", "r")
	r.drag(1, [2]float64{5, 10}, [2]float64{15, 10})
	left, marks := r.d.State(), append([]viewer.Mark(nil), r.marks()...)

	again := newReader(t)
	dir := t.TempDir()
	c := vt.Case(9, current(), study("7.7.7", "20250301", true))
	c.State, c.Marks = &left, marks
	again.open(c, vt.Series{Slices: 20}.Write(t, dir), vt.Series{StudyUID: "7.7.7", Date: "20250301", Slices: 20}.Write(t, dir))
	got := again.d.State()
	for i := range left.Tiles {
		if got.Tiles[i] != left.Tiles[i] {
			t.Errorf("tile %d: %+v, left as %+v", i, got.Tiles[i], left.Tiles[i])
		}
	}
	if got.Active != 1 || got.Tool != left.Tool || got.Selected != left.Selected || got.Layout != "1x2" {
		t.Errorf("%+v", got)
	}
	if again.press("down"); again.d.State().Tool == "" || again.tile(1).Slice != left.Tiles[1].Slice {
		t.Error("with the ruler active an arrow scrolled")
	}
	if again.press("p"); again.d.State().Layout != "1x1" {
		t.Errorf("p does not end the comparison: %+v", again.d.State())
	}
}

func TestALabelThatIsTypedDoesNotSurviveTheCase(t *testing.T) {
	r := newReader(t)
	r.openCT(3)
	r.press("'", "enter", "a", "b")
	r.open(vt.Case(2, current()), vt.Series{}.Write(t, t.TempDir()))
	r.press("j", "enter")
	if len(r.marks()) != 0 || r.tile(0).Slice != 1 {
		t.Errorf("%d marks, slice %d", len(r.marks()), r.tile(0).Slice)
	}
}
