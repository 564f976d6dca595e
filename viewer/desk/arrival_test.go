package desk

import (
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/pixel"
	"github.com/nocturne/nocturne/viewer/load"
	"github.com/nocturne/nocturne/viewer/picture"
	vt "github.com/nocturne/nocturne/viewer/viewertest"
)

// lateLoader gives headers only when it is asked a second time within one Tick, as
// a busy reader may, and never a pixel.
type lateLoader struct {
	*load.FileLoader
	asked int
}

func (l *lateLoader) Arrived() ([]load.Header, bool) {
	if l.asked++; l.asked%2 == 1 {
		return nil, false
	}
	return l.FileLoader.Arrived()
}

func (l *lateLoader) Image(load.Frame) (*pixel.Image, error) { return nil, nil }

func TestHeadersThatComeWhilePixelsAreAskedForAreNotLost(t *testing.T) {
	r := newReader(t)
	all := vt.Series{Slices: 6}.Write(t, t.TempDir())
	r.open(vt.Case(1, current()), all[:2])
	late := &lateLoader{FileLoader: load.NewFileLoader(0, 64<<20, nil)}
	r.d.opt.Load = late
	r.d.Add(1, all[2:])
	for range 20 {
		for _, tile := range r.d.tiles {
			tile.late, tile.shown = r.now, picture.Picture{} // pixels are waited for, so that the loader is asked twice
		}
		late.asked = 0
		r.wait(10e6)
	}
	if have := r.d.State().Counts[0].Have; have != 6 {
		t.Errorf("%d of 6 images arrived", have)
	}
}

func TestTheFirstHangWaitsForMoreThanALocaliser(t *testing.T) {
	r := newReader(t)
	dir := t.TempDir()
	scout := vt.Series{Number: 1, Slices: 1, Edit: func(d *dicom.Dataset, _ int) { d.SetStr(dicom.ImageType, "ORIGINAL", "PRIMARY", "LOCALIZER") }}
	r.open(vt.Case(1, current()), scout.Write(t, dir))
	if len(r.d.Scene().Tiles) != 0 {
		t.Fatal("the localiser was hung at once")
	}
	r.d.Add(1, vt.Series{Number: 2, Slices: 3}.Write(t, dir))
	r.wait(50 * 1e6)
	if got := r.tile(0).SeriesUID; got != "1.2.3.2" {
		t.Errorf("hung %q", got)
	}
	late := newReader(t)
	late.open(vt.Case(1, current()), scout.Write(t, t.TempDir()))
	late.wait(lastHope)
	if len(late.d.Scene().Tiles) != 1 {
		t.Error("a study of a localiser alone is never shown")
	}
}

func TestNothingMovesByItselfOnceItHangs(t *testing.T) {
	r := newReader(t)
	dir := t.TempDir()
	r.open(vt.Case(1, current()), vt.Series{Number: 5, Slices: 3}.Write(t, dir))
	r.d.Add(1, vt.Series{Number: 1, Slices: 3}.Write(t, dir))
	r.wait(500 * 1e6)
	if got := r.tile(0).SeriesUID; got != "1.2.3.5" {
		t.Errorf("a series that came later took the tile: %s", got)
	}
}
