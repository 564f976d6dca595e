package desk

import (
	"testing"
	"time"

	"github.com/nocturne/nocturne/viewer"
	vt "github.com/nocturne/nocturne/viewer/viewertest"
)

// openMany is a case of many short series.
func (r *reader) openMany(n int) {
	r.Helper()
	dir := r.TempDir()
	var all [][]viewer.Object
	for i := range n {
		all = append(all, vt.Series{Number: i + 1, Slices: 3}.Write(r, dir))
	}
	r.open(vt.Case(1, current()), all...)
}

func TestTheLayoutKeyShowsMoreSeriesUpToTwenty(t *testing.T) {
	r := newReader(t)
	r.openMany(21)
	for _, want := range []struct {
		layout string
		tiles  int
	}{{"1x2", 2}, {"2x2", 4}, {"2x3", 6}, {"2x4", 8}, {"3x3", 9}, {"3x4", 12}, {"4x5", 20}} {
		r.press("l")
		r.wait(50 * time.Millisecond)
		seen := map[string]bool{}
		for _, tile := range r.d.State().Tiles {
			seen[tile.SeriesUID] = true
		}
		if s := r.d.State(); s.Layout != want.layout || len(s.Tiles) != want.tiles || len(seen) != want.tiles || len(r.d.Scene().Tiles) != want.tiles {
			t.Errorf("%s: %d tiles, %d series, %d pictures", s.Layout, len(s.Tiles), len(seen), len(r.d.Scene().Tiles))
		}
	}
	if r.press("l"); r.d.State().Layout != "1x1" {
		t.Errorf("after the largest comes %s", r.d.State().Layout)
	}
	if r.press("L"); r.d.State().Layout != "4x5" {
		t.Errorf("before 1x1 comes %s", r.d.State().Layout)
	}
}

func TestTilesOfAGridFillTheWindowAndDoNotOverlap(t *testing.T) {
	r := newReader(t)
	r.openMany(2)
	for rows := 1; rows <= 4; rows++ {
		for cols := 1; cols <= 5; cols++ {
			r.d.Do(viewer.GridSet(rows, cols))
			r.d.arrange()
			area, covered := r.d.area(), 0
			for i, a := range r.d.visible() {
				covered += (a.rect.Dx() + 2) * (a.rect.Dy() + 2)
				if !a.rect.In(area) {
					t.Errorf("%dx%d: tile %d is %v of %v", rows, cols, i, a.rect, area)
				}
				for _, b := range r.d.visible()[:i] {
					if a.rect.Overlaps(b.rect) {
						t.Errorf("%dx%d: %v over %v", rows, cols, a.rect, b.rect)
					}
				}
			}
			if whole := (area.Dx() + 2) * (area.Dy() + 2); covered != whole || len(r.d.visible()) != rows*cols {
				t.Errorf("%dx%d: %d of %d pixels", rows, cols, covered, whole)
			}
		}
	}
	was := r.d.State().Layout
	for _, a := range []viewer.Action{viewer.GridSet(5, 1), viewer.GridSet(1, 6), viewer.GridSet(0, 1), viewer.GridSet(-1, 1), viewer.GridSetName + ":2"} {
		if r.d.Do(a); r.d.State().Layout != was || r.last(viewer.Noticed).Text != "A layout is rows x columns, at most 4x5: 2x3." {
			t.Errorf("%s: %s, %q", a, r.d.State().Layout, r.last(viewer.Noticed).Text)
		}
	}
}

// A crash in a large grid, one tile up: the next window stands the same.
func TestALargeGridIsTakenUpAsItWasLeft(t *testing.T) {
	r := newReader(t)
	dir := t.TempDir()
	var all [][]viewer.Object
	for i := range 12 {
		all = append(all, vt.Series{Number: i + 1, Slices: 5}.Write(t, dir))
	}
	c := vt.Case(1, current())
	r.open(c, all...)
	r.d.Do(viewer.GridSet(3, 3))
	for range 7 {
		r.press("tab")
	}
	r.press("j", "j", "f", "space")
	was := r.d.State()
	again := newReader(t)
	c.State = &was
	again.open(c, all...)
	got := again.d.State()
	if got.Layout != "3x3" || got.Active != 7 || !got.OneUp || len(got.Tiles) != 9 {
		t.Fatalf("%s, tile %d, one-up %v, %d tiles", got.Layout, got.Active, got.OneUp, len(got.Tiles))
	}
	for i := range got.Tiles {
		if got.Tiles[i].SOPUID != was.Tiles[i].SOPUID || got.Tiles[i].SeriesUID == "" {
			t.Errorf("tile %d: %+v, was %+v", i, got.Tiles[i], was.Tiles[i])
		}
	}
	if again.press("space"); len(again.d.Scene().Tiles) != 9 {
		t.Errorf("%d pictures", len(again.d.Scene().Tiles))
	}
}
