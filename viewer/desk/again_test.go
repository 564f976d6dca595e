package desk

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/keymap"
	vt "github.com/nocturne/nocturne/viewer/viewertest"
)

func (r *reader) keys(name string) {
	r.Helper()
	f, err := keymap.Load(nil, name)
	if err != nil {
		r.Fatal(err)
	}
	r.d.Keys(f.Map())
}

func TestEveryActionOfTheImagesIsInTheCatalogue(t *testing.T) {
	for a := range deeds() {
		if _, ok := viewer.Known(a); !ok {
			t.Errorf("%s can be done but not bound: viewer/catalogue.go lists what no key has", a)
		}
	}
	for a := range spoken {
		if _, ok := viewer.Known(a.WithText("a")); !ok {
			t.Errorf("%s:a can be done but not bound", a)
		}
	}
}

func TestCountsAreOfTheVimMapAlone(t *testing.T) {
	r := newReader(t)
	r.openCT(60)
	r.press("1", "j")
	r.slice(1)
	if r.tile(0).Width != 400 {
		t.Error("1 is no preset")
	}
	r.keys("vim")
	r.press("g", "1", "0")
	if !hasText(r.d.Scene(), "10 ×") {
		t.Error("the count is not shown")
	}
	r.press("j")
	r.slice(10)
	r.press("3", "k")
	r.slice(7)
	r.press("j")
	r.slice(8)
	r.press("4", "0", "G")
	r.slice(39)
	r.press("=", "2")
	if w := r.tile(0); w.Width != 1500 || w.Center != -600 {
		t.Errorf("W %v L %v", w.Width, w.Center)
	}
}

func TestASliceIsRememberedByItsLetterWithinTheCase(t *testing.T) {
	r := newReader(t)
	r.openCT(30)
	r.keys("vim")
	r.press("1", "2", "j", "m", "a")
	if !contains(r.last(viewer.Noticed).Text, "Slice 13 is remembered as a") {
		t.Errorf("%q", r.last(viewer.Noticed).Text)
	}
	r.press("g", "'", "a")
	r.slice(12)
	r.d.Do(viewer.PlaceSet.WithText("b"))
	r.press("g")
	r.d.Do(viewer.PlaceGo.WithText("b"))
	r.slice(12)
	if r.press("'", "c"); !contains(r.last(viewer.Noticed).Text, "Nothing is remembered as c") {
		t.Errorf("%q", r.last(viewer.Noticed).Text)
	}
	s := vt.Series{Slices: 30}
	r.open(vt.Case(2, current()), s.Write(t, t.TempDir()))
	if r.press("'", "a"); !contains(r.last(viewer.Noticed).Text, "Nothing is remembered as a") {
		t.Error("a place went into another case")
	}
}

func TestTheLastActionIsRepeatedScrollingLeftAside(t *testing.T) {
	r := newReader(t)
	r.openCT(9)
	r.press("o", "j", "j", "J")
	if got := r.tile(0); got.Turn != 2 || got.Slice != 2 {
		t.Errorf("turned %d on slice %d", got.Turn, got.Slice)
	}
}

func TestAMacroPlaysWhatWasRecordedOneStepAPicture(t *testing.T) {
	r := newReader(t)
	r.openCT(20)
	r.d.Do(viewer.MacroRecord.WithText("a"))
	if !hasText(r.d.Scene(), "RECORDING macro a") {
		t.Error("it is not said that a macro is being recorded")
	}
	r.press("2", "pgdown", "h")
	r.d.Do(viewer.MacroRecord)
	r.press("home", "R")
	r.press("Q", "a")
	r.wait(200 * time.Millisecond)
	if got := r.tile(0); got.Slice != 10 || got.Width != 1500 || !got.FlipH {
		t.Errorf("%+v", got)
	}
}

// N1, N2: neither signing nor another case can be in a macro, and none goes on in the
// next case.
func TestAMacroNeverLeavesTheCase(t *testing.T) {
	r := newReader(t)
	r.openCT(20)
	r.d.Do(viewer.MacroRecord.WithText("a"))
	r.press("j", "f12", "f6", "f5", "j")
	r.d.Do(viewer.MacroRecord)
	if got := r.d.macros["a"]; len(got) != 2 || got[0] != viewer.SliceNext || got[1] != viewer.SliceNext {
		t.Fatalf("recorded %v", got)
	}
	r.d.Keys(viewer.DefaultKeymap().As("mine", false, map[string][]viewer.Action{"x": {viewer.ReportSign, viewer.CaseNext, viewer.SliceLast}}))
	acted := r.count(viewer.Acted)
	r.d.Do(viewer.MacroPlay.WithText("x"))
	r.wait(200 * time.Millisecond)
	if r.count(viewer.Acted) != acted || r.tile(0).Slice != 19 {
		t.Errorf("%d actions for the terminal, on slice %d", r.count(viewer.Acted)-acted, r.tile(0).Slice)
	}
	r.press("home")
	r.d.Do(viewer.MacroRecord.WithText("b"))
	r.d.Do(viewer.MacroPlay.WithText("a"))
	r.d.Do(viewer.MacroRecord)
	r.d.memory.playing = []viewer.Action{viewer.ViewFlipH, viewer.ViewRight, viewer.ViewInvert}
	r.d.Do(viewer.MacroRecord.WithText("c"))
	s := vt.Series{Slices: 4}
	r.open(vt.Case(2, current()), s.Write(t, t.TempDir()))
	if got := r.tile(0); got.FlipH || got.Turn != 0 || got.Invert || r.d.memory.recording != "" {
		t.Errorf("the macro went on in the next case: %+v", got)
	}
	if r.press("j"); len(r.d.macros["c"]) != 0 {
		t.Error("the recording went on in the next case")
	}
}

func TestAnyKeyStopsAMacro(t *testing.T) {
	r := newReader(t)
	r.openCT(20)
	r.d.memory.playing = []viewer.Action{viewer.SliceNext, viewer.SliceNext}
	r.d.Press("down")
	r.wait(100 * time.Millisecond)
	r.slice(1)
	if !contains(r.last(viewer.Noticed).Text, "macro stopped") {
		t.Errorf("%q", r.last(viewer.Noticed).Text)
	}
}

// Hold-to-use: of every letter that takes a tool, over 200 ms held the tool goes with
// it, shorter it stays (night.md, Default keys).
func TestEveryToolLetterIsHoldToUse(t *testing.T) {
	tools := 0
	for _, b := range viewer.DefaultImages() {
		if !strings.HasPrefix(string(b.Action), "tool.") || b.Action == viewer.ToolDrop || b.Action == viewer.ToolSnap || b.Action == viewer.ToolLoupe {
			continue
		}
		tools++
		r := newReader(t)
		r.openCT(1)
		r.press("r")
		r.d.Key(b.Keys[0])
		r.wait(100 * time.Millisecond)
		if got := r.d.State().Tool; got != string(b.Action) {
			t.Errorf("%s down: %s", b.Keys[0], got)
		}
		r.wait(200 * time.Millisecond)
		r.d.KeyUp(b.Keys[0])
		r.wait(20 * time.Millisecond)
		if got := r.d.State().Tool; got != string(viewer.ToolLength) {
			t.Errorf("%s held: %s stays", b.Keys[0], got)
		}
	}
	if tools < 12 {
		t.Errorf("%d tools", tools)
	}
}

func TestTheWindowsOwnLineIsForTheTerminalToUnderstand(t *testing.T) {
	r := newReader(t)
	r.openCT(3)
	r.press(":")
	r.typeText("wl 400 40")
	if !hasText(r.d.Scene(), ":wl 400 40|") {
		t.Errorf("%v", texts(r.d.Scene()))
	}
	r.wait(100 * time.Millisecond)
	r.press("enter")
	if e := r.last(viewer.Acted); e.Action != "command.line:wl 400 40" || e.Epoch != 1 {
		t.Errorf("%+v", e)
	}
	r.press(":", "esc")
	if r.d.label != nil {
		t.Error("Esc does not drop the line")
	}
}

// N2: a phrase dictated into the line, its line break included, executes nothing.
func TestDictationIntoTheLineExecutesNothing(t *testing.T) {
	r := newReader(t)
	r.openCT(3)
	r.press(":")
	for _, k := range []viewer.Key{"s", "i", "g", "n", "enter"} {
		r.d.Key(k)
		r.now = r.now.Add(5 * time.Millisecond)
	}
	r.wait(100 * time.Millisecond)
	if r.count(viewer.Acted) != 0 || r.d.label == nil {
		t.Errorf("%d actions", r.count(viewer.Acted))
	}
}

func TestTheHelpInTheWindowIsOfTheMapInEffect(t *testing.T) {
	r := newReader(t)
	r.d.Resize(1400, 1000, 1)
	r.openCT(3)
	r.press("?")
	if !hasText(r.d.Scene(), "Keys (default)") || !hasText(r.d.Scene(), "ruler") {
		t.Errorf("%v", texts(r.d.Scene()))
	}
	if r.press("esc"); r.d.panel != nil {
		t.Fatal("Esc does not close it")
	}
	r.keys("vim")
	r.press("?")
	shown := map[string]bool{}
	for r.d.panel != nil {
		for _, s := range texts(r.d.Scene()) {
			shown[s] = true
		}
		r.press("space")
	}
	for _, row := range helpRows(r.d.opt.Keymap) {
		if !shown[row.Words] {
			t.Errorf("%q is on no page", row.Words)
		}
	}
}

func TestTheListOfMarksGoesToOne(t *testing.T) {
	r := newReader(t)
	r.openCT(9)
	r.ruled(0, [2]float64{5, 5}, [2]float64{15, 5})
	r.press("end")
	r.ruled(0, [2]float64{5, 5}, [2]float64{5, 25})
	r.press("D")
	if sc := r.d.Scene(); !hasText(sc, "length · 10.0 ± 0.4 mm · Im 1") || !hasText(sc, "length · 20.0 ± 0.4 mm · Im 9") {
		t.Errorf("%v", texts(sc))
	}
	r.press("home", "enter")
	r.slice(0)
	if r.d.State().Selected != r.marks()[0].ID || r.d.panel != nil {
		t.Error("not gone to")
	}
}

func TestTheMagnifierShowsTheSamePixelsTwiceAsLargeWhileHeld(t *testing.T) {
	r := newReader(t)
	r.openCT(1)
	x, y := r.screen(0, 10, 20)
	r.d.Mouse(MouseMove, NoButton, x, y)
	before := r.d.Scene()
	r.d.Key("G")
	r.wait(300 * time.Millisecond)
	sc := r.d.Scene()
	if len(sc.Tiles) != 2 || !hasText(sc, "magnifier ×2") {
		t.Fatalf("%d pictures", len(sc.Tiles))
	}
	whole, part := sc.Tiles[0], sc.Tiles[1]
	if part.Key != whole.Key || part.Window != whole.Window || !part.Rect.In(whole.Rect) {
		t.Errorf("%+v", part)
	}
	u, v := part.Place.Apply(10, 20)
	cx, cy := float64(part.Rect.Dx())/2, float64(part.Rect.Dy())/2
	if math.Abs(u-cx) > 1 || math.Abs(v-cy) > 1 || math.Abs(part.Place[0]-2*whole.Place[0]) > 1e-9 {
		t.Errorf("10,20 is at %v,%v of %v, scale %v of %v", u, v, part.Rect, part.Place[0], whole.Place[0])
	}
	r.d.KeyUp("G")
	r.wait(20 * time.Millisecond)
	if sc := r.d.Scene(); len(sc.Tiles) != len(before.Tiles) {
		t.Error("it stays")
	}
}

// A box over values 0 … 99 and 1000: the window reaches from the 1st to the 99th
// percentile of what is inside.
func TestABoxGivesTheWindowOfItsValues(t *testing.T) {
	r := newReader(t)
	s := vt.Series{Slices: 1, HU: func(col, row, _ int) int {
		if col < 5 || col >= 15 || row < 5 || row >= 15 {
			return 1000
		}
		return (col - 5) + 10*(row-5)
	}}
	r.open(vt.Case(1, current()), s.Write(t, t.TempDir()))
	r.press("I")
	r.drag(0, [2]float64{5, 5}, [2]float64{15, 15})
	if w := r.tile(0); w.Center != 49.5 || w.Width != 97 || w.Preset != "box" || len(r.marks()) != 0 {
		t.Errorf("W %v L %v %q, %d marks", w.Width, w.Center, w.Preset, len(r.marks()))
	}
}

func TestAHistogramCountsTheSelectedRegion(t *testing.T) {
	r := newReader(t)
	r.openCT(1)
	r.press("B")
	r.drag(0, [2]float64{5, 5}, [2]float64{15, 15})
	r.press("K")
	if !hasText(r.d.Scene(), "100 values HU") {
		t.Errorf("%v", texts(r.d.Scene()))
	}
	if r.press("K"); hasText(r.d.Scene(), "100 values HU") {
		t.Error("it stays")
	}
}

// A quick hand: letters 25 ms apart, the first of them while the colon still waits to
// be told from dictation.
func TestNoLetterOvertakesAnotherIntoTheLine(t *testing.T) {
	r := newReader(t)
	r.openCT(3)
	for _, k := range []viewer.Key{":", "k", "e", "y", "m", "a", "p"} {
		r.d.Key(k)
		r.wait(12 * time.Millisecond)
		r.d.KeyUp(k)
		r.wait(13 * time.Millisecond)
	}
	r.wait(100 * time.Millisecond)
	if r.d.label == nil || string(r.d.label.text) != "keymap" {
		t.Errorf("%+v; held %q", r.d.label, r.last(viewer.Held).Text)
	}
}
