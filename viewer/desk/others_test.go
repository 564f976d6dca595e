package desk

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/dicom/pr"
	"github.com/nocturne/nocturne/cache/dicom/sr"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/evidence"
	vt "github.com/nocturne/nocturne/viewer/viewertest"
)

// ct is a series of five slices whose values grow by 10 a column.
var ct = vt.Series{Slices: 5, HU: func(col, _, _ int) int { return 10 * col }}

func images() evidence.Images {
	out := evidence.Images{}
	for i := range 5 {
		h := ct.Dataset(i)
		h.SetStr(dicom.StudyInstanceUID, "1.2.3")
		out[ct.SOP(i)] = h
	}
	return out
}

var stranger = evidence.Author{Observer: sr.Observer{Name: "OTHER^READER"}, Now: time.Date(2025, 11, 20, 3, 0, 0, 0, time.UTC)}

// object writes a data set as an object of the case.
func object(t *testing.T, d *dicom.Dataset) viewer.Object {
	t.Helper()
	var w bytes.Buffer
	if err := dicom.Write(&w, d, nil); err != nil {
		t.Fatal(err)
	}
	sop := d.Str(dicom.SOPInstanceUID)
	path := filepath.Join(t.TempDir(), "object")
	if err := os.WriteFile(path, w.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return viewer.Object{StudyUID: "1.2.3", SeriesUID: d.Str(dicom.SeriesInstanceUID), SOPUID: sop, Path: path}
}

// foreignLength is 5 mm on slice 2 (from 0).
func foreignLength() viewer.Mark {
	return viewer.Mark{ID: "2.25.900", Kind: viewer.Length, StudyUID: "1.2.3", SeriesUID: "1.2.3.1", SOPUID: ct.SOP(2),
		Points: [][2]float64{{5, 5}, {8, 9}}, Label: "their nodule", Values: []viewer.Value{{Name: "length", Number: 5, Unit: "mm"}}}
}

func (r *reader) do(a viewer.Action) {
	r.d.Do(a)
	r.wait(30 * time.Millisecond)
}

// said reports whether words stand on the scene.
func (r *reader) written(words string) bool {
	for _, x := range r.d.Scene().Over.Texts {
		if strings.Contains(x.S, words) {
			return true
		}
	}
	return false
}

func openWithObjects(t *testing.T, objects ...viewer.Object) *reader {
	r := newReader(t)
	r.d.Resize(1600, 1000, 1)
	r.open(vt.Case(1, current()), ct.Write(t, t.TempDir()), objects)
	return r
}

func report(t *testing.T, marks ...viewer.Mark) viewer.Object {
	t.Helper()
	d, _, err := evidence.Report("1.2.3", marks, images(), stranger)
	if err != nil {
		t.Fatal(err)
	}
	return object(t, d)
}

func TestAnothersMeasurementIsSeenWithItsSourceAndIsNobodysToEdit(t *testing.T) {
	r := openWithObjects(t, report(t, foreignLength()))
	if !strings.Contains(r.last(viewer.Noticed).Text, "1 measurement of others (:others)") {
		t.Errorf("offered with %q", r.last(viewer.Noticed).Text)
	}
	if r.written("their nodule") {
		t.Error("it is on another slice")
	}
	r.press("down", "down")
	for _, words := range []string{"5.0 mm", "their nodule", "Nocturne, OTHER, READER, 2025-11-20"} {
		if !r.written(words) {
			t.Errorf("not on the tile: %q", words)
		}
	}
	r.press("n", "delete")
	if s := r.d.State(); s.Selected != "" || s.Last != "" || r.count(viewer.Edited) != 0 || len(r.d.log.Marks()) != 0 {
		t.Errorf("it became the reader's: %+v", s)
	}
	r.do(viewer.OthersToggle)
	if r.written("their nodule") {
		t.Error("still drawn")
	}
	r.do(viewer.OthersToggle)
	if !r.written("their nodule") {
		t.Error("not drawn again")
	}
}

func TestTheReadersOwnMarkIsNotDrawnTwiceAsAnothers(t *testing.T) {
	r := newReader(t)
	r.d.Resize(1600, 1000, 1)
	c := vt.Case(1, current())
	c.Marks = []viewer.Mark{foreignLength()}
	r.open(c, ct.Write(t, t.TempDir()), []viewer.Object{report(t, foreignLength())})
	if r.d.remark(); r.d.others.count != 0 {
		t.Error("drawn twice")
	}
}

func state(t *testing.T) viewer.Object {
	t.Helper()
	look := &viewer.State{Tiles: []viewer.Tile{{SeriesUID: "1.2.3.1", Center: 150, Width: 100, FlipH: true, Turn: 1, Invert: true}}}
	all, err := evidence.States("1.2.3", []viewer.Mark{foreignLength()}, images(), look, stranger)
	if err != nil || len(all) != 1 {
		t.Fatal(err, len(all))
	}
	d := all[0]
	d.Item(dicom.DisplayedAreaSelectionSequence).SetInt(dicom.DisplayedAreaTopLeftHandCorner, 3, 1)
	d.Item(dicom.DisplayedAreaSelectionSequence).SetInt(dicom.DisplayedAreaBottomRightHandCorner, 18, 16)
	return object(t, d)
}

func TestAPresentationStateIsOfferedAppliedAndTakenOff(t *testing.T) {
	r := openWithObjects(t, state(t))
	r.do(viewer.StateNext)
	if !strings.Contains(r.last(viewer.Noticed).Text, "No presentation state is about this image; 1") {
		t.Errorf("%q", r.last(viewer.Noticed).Text)
	}
	r.press("down", "down")
	if !r.written(":pr shows 1 presentation state") {
		t.Error("not offered on the tile")
	}
	before := r.tile(0)
	r.do(viewer.StateNext)
	s := r.d.Scene()
	tl := s.Tiles[0]
	if tl.Window.Center != 150 || tl.Window.Width != 100 || !tl.Image.Inverse || tl.Invert || !strings.Contains(tl.Key, "#under ") {
		t.Errorf("window %+v, inverse %v, key %q", tl.Window, tl.Image.Inverse, tl.Key)
	}
	got := r.tile(0)
	if !got.FlipH || got.Turn != 1 {
		t.Errorf("flip %v, turn %v", got.FlipH, got.Turn)
	}
	// 16 columns and rows are to fill the tile's height
	if x, y := r.screen(0, 10, 8); x < 780 || x > 820 || y < 400 || y > 600 || got.Zoom < 50 {
		t.Errorf("the area's middle is at %v, %v, zoom %v", x, y, got.Zoom)
	}
	for _, words := range []string{"presentation state: MEASUREMENTS", "W 100 L 150", "their nodule", "flipped, turned 90°"} {
		if !r.written(words) {
			t.Errorf("not on the tile: %q", words)
		}
	}
	if v, unit, _ := r.d.tiles[0].shown.Value([2]float64{12.5, 5.5}); v != 120 || unit != "HU" {
		t.Errorf("measured %v %s under the state", v, unit)
	}
	r.press("up")
	if r.written("presentation state: MEASUREMENTS") || strings.Contains(r.d.Scene().Tiles[0].Key, "under") {
		t.Error("shown on a slice that it is not about")
	}
	r.press("down")
	r.do(viewer.StateNext)
	after := r.tile(0)
	if after.FlipH || after.Turn != 0 || after.Zoom != before.Zoom || after.Center != before.Center || after.Slice != 2 || r.written("presentation state: M") {
		t.Errorf("taken off: %+v, was %+v", after, before)
	}
}

func TestAWindowSetByTheReaderHoldsUnderAState(t *testing.T) {
	r := openWithObjects(t, state(t))
	r.press("down", "down")
	r.do(viewer.StateNext)
	r.do(viewer.WindowSet(400, 40))
	if w := r.d.Scene().Tiles[0].Window; w.Center != 40 || w.Width != 400 {
		t.Errorf("%+v", w)
	}
}

func TestTextsOfTheDisplayedAreaStandInItAsItIsTurned(t *testing.T) {
	r := openWithObjects(t)
	r.d.arrange()
	tl := r.d.tiles[0]
	s := &pr.State{Images: nil, Areas: []pr.Area{{TopLeft: [2]int{1, 1}, BottomRight: [2]int{32, 32}, Mode: "SCALE TO FIT"}}}
	for _, keys := range [][]viewer.Key{nil, {"o"}, {"h"}} {
		r.press(keys...)
		at := tl.units(s, "", 0)([][2]float64{{0, 0}, {1, 1}}, pr.Display)
		x0, y0 := r.screen(0, 0, 0)
		x1, y1 := r.screen(0, 32, 32)
		if at[0] != [2]float64{min(x0, x1), min(y0, y1)} || at[1] != [2]float64{max(x0, x1), max(y0, y1)} {
			t.Errorf("%v: %v", keys, at)
		}
	}
}

func TestKeyImagesAreJumpedThroughTheirsAndTheReaders(t *testing.T) {
	key := foreignLength()
	key.Kind, key.Points, key.Values, key.Label = viewer.KeyImageMark, nil, nil, "for the conference"
	d, err := evidence.Selection("1.2.3", []viewer.Mark{key}, images(), stranger)
	if err != nil {
		t.Fatal(err)
	}
	r := openWithObjects(t, object(t, d))
	r.press("g") // slice 0
	e := r.last(viewer.Edited)
	if len(e.Marks) != 1 || e.Marks[0].Kind != viewer.KeyImageMark || e.Marks[0].SOPUID != ct.SOP(0) || r.d.State().Last != "" {
		t.Errorf("%+v", e)
	}
	if !r.written("key image (yours)") {
		t.Error("not on the tile")
	}
	r.do(viewer.KeyNext)
	r.slice(2)
	if !strings.Contains(r.last(viewer.Noticed).Text, "Key image 1 of 2: Of Interest, for the conference") {
		t.Errorf("%q", r.last(viewer.Noticed).Text)
	}
	r.do(viewer.KeyNext)
	r.slice(0)
	r.press("g")
	if got := r.last(viewer.Edited).Deleted; len(got) != 1 || r.written("key image") {
		t.Errorf("%v", got)
	}
}

func TestAHostileObjectLeavesTheImagesAlone(t *testing.T) {
	d := images()[ct.SOP(0)]
	var objects []viewer.Object
	for i, modality := range []string{"SR", "PR", "KO"} {
		h := d.Clone()
		h.SetStr(dicom.Modality, modality)
		h.SetStr(dicom.SOPInstanceUID, "1.2.3.9."+string(rune('1'+i)))
		h.SetStr(dicom.ValueType, "CONTAINER")
		objects = append(objects, object(t, h))
	}
	r := openWithObjects(t, objects...)
	if s := r.d.Scene(); len(s.Tiles) != 1 || r.d.others.count != 0 {
		t.Errorf("%d tiles", len(s.Tiles))
	}
}
