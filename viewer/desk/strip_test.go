package desk

import (
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/picture"
	vt "github.com/nocturne/nocturne/viewer/viewertest"
)

// openThree opens two series of today and one of a prior.
func openThree(t *testing.T) *reader {
	r := newReader(t)
	grey := func(v int) func(_, _, _ int) int { return func(_, _, slice int) int { return v + slice } }
	dir := t.TempDir()
	r.open(vt.Case(1, current(), study("4.5.6", "20250301", true)),
		vt.Series{Slices: 5, HU: grey(0), Description: "thin"}.Write(t, dir),
		vt.Series{Slices: 3, Number: 2, HU: grey(100), Description: "coronal"}.Write(t, dir),
		vt.Series{StudyUID: "4.5.6", Slices: 7, HU: grey(200), Description: "thin before"}.Write(t, dir))
	return r
}

func thumbnailKeys(s Scene) (out []string) {
	for _, t := range s.Tiles {
		if key, ok := strings.CutSuffix(t.Key, "#thumbnail"); ok {
			out = append(out, key)
		}
	}
	return out
}

// Every display set of the case has its thumbnail, its middle image, with what it
// is beside it; the tile stays in sight and nothing counts as seen.
func TestTheStripShowsTheMiddleImageOfEverySeries(t *testing.T) {
	r := openThree(t)
	unseen := r.d.State().Unseen
	r.press("/")
	r.wait(200 * time.Millisecond)
	s := r.d.Scene()
	keys := thumbnailKeys(s)
	want := []string{vt.Series{}.SOP(2) + "/0", vt.Series{Number: 2}.SOP(1) + "/0", vt.Series{StudyUID: "4.5.6"}.SOP(3) + "/0"}
	if strings.Join(keys, " ") != strings.Join(want, " ") {
		t.Fatalf("thumbnails of %v, want %v", keys, want)
	}
	for _, words := range []string{"Se 1: thin", "5 images", "Se 2: coronal", "3 images", "PRIOR 2025-03-01", "7 images"} {
		if !hasText(s, words) {
			t.Errorf("the strip does not say %q: %v", words, texts(s))
		}
	}
	if len(s.Tiles) != 4 || r.d.State().Unseen != unseen {
		t.Errorf("%d tiles, %d unseen, before %d", len(s.Tiles), r.d.State().Unseen, unseen)
	}
	if s.Tiles[0].Rect.Overlaps(s.Tiles[1].Rect) {
		t.Errorf("the strip %v covers the image %v", s.Tiles[1].Rect, s.Tiles[0].Rect)
	}
}

// Arrows, a number, words or a click choose; Enter puts the series into the active
// tile; Esc leaves all as it was.
func TestASeriesIsChosenFromTheStrip(t *testing.T) {
	coronal, before := vt.Series{Number: 2}.SOP(0), vt.Series{StudyUID: "4.5.6"}.SOP(0)
	for _, one := range []struct {
		keys []viewer.Key
		want string
	}{
		{[]viewer.Key{"/", "down", "enter"}, coronal},
		{[]viewer.Key{"/", "2", "enter"}, coronal},
		{[]viewer.Key{"/", "end", "enter"}, before},
		{[]viewer.Key{"/", "b", "e", "f", "enter"}, before},
		{[]viewer.Key{"/", "x", "backspace", "down", "enter"}, coronal},
		{[]viewer.Key{"/", "down", "esc"}, vt.Series{}.SOP(0)},
	} {
		r := openThree(t)
		r.press(one.keys...)
		if got := r.tile(0); got.SOPUID != one.want || r.d.strip != nil {
			t.Errorf("%v: shows %s, want %s", one.keys, got.SOPUID, one.want)
		}
		if got := r.tile(0); got.Preset != ownPreset {
			t.Errorf("%v changed the window: %+v", one.keys, got)
		}
	}
	r := openThree(t)
	r.press("/")
	cells, _ := r.d.stripCells()
	x, y := picture.Middle(cells[1].Rect)
	r.d.Mouse(MouseDown, LeftButton, x, y)
	if got := r.tile(0).SOPUID; got != coronal {
		t.Errorf("a click chose %s", got)
	}
	if r.press("/", "z", "z", "enter"); r.tile(0).SOPUID != coronal || !contains(r.last(viewer.Noticed).Text, "No series is called so") {
		t.Error("words that fit no series changed the tile or said nothing")
	}
}
