package desk

import (
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/pixel"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/load"
	vt "github.com/nocturne/nocturne/viewer/viewertest"
)

// slow is a Loader that has only previews until it is let go.
type slow struct {
	*load.FileLoader
	whole    bool
	previews map[*pixel.Image]*pixel.Image
}

func (l *slow) Image(f load.Frame) (*pixel.Image, error) {
	im, err := l.FileLoader.Image(f)
	if l.whole || im == nil {
		return im, err
	}
	if l.previews[im] == nil {
		p := *im
		p.Rows, p.Cols, p.Stored = im.Rows/4, im.Cols/4, im.Stored[:im.Rows*im.Cols/16]
		p.Preview = &pixel.Preview{Rows: im.Rows, Cols: im.Cols, Levels: 2, ToFrame: pixel.Affine{4, 0, 0, 0, 4, 0}}
		l.previews[im] = &p
	}
	return l.previews[im], nil
}

// A preview lies where the frame will lie, says what it is, and is not measured,
// windowed, marked or counted as viewed (N8).
func TestAPreviewIsSeenAndNothingElse(t *testing.T) {
	r := newReader(t)
	l := &slow{FileLoader: load.NewFileLoader(0, 64<<20, nil), previews: map[*pixel.Image]*pixel.Image{}}
	r.d.opt.Load = l
	r.open(vt.Case(1, current()), vt.Series{Slices: 2, Rows: 64, Cols: 64}.Write(t, t.TempDir()))
	sc := r.d.Scene()
	if len(sc.Tiles) != 1 || sc.Tiles[0].Image.Cols != 16 || !hasText(sc, "preview, still reading") {
		t.Fatalf("%d pictures", len(sc.Tiles))
	}
	rough := sc.Tiles[0]
	if r.d.State().Unseen != 2 {
		t.Errorf("%d unseen", r.d.State().Unseen)
	}
	before := r.tile(0)
	r.press("2")
	if got := r.tile(0); got.Width != before.Width || !strings.Contains(r.last(viewer.Noticed).Text, "preview") {
		t.Errorf("windowed to %v: %q", got.Width, r.last(viewer.Noticed).Text)
	}
	r.press("r")
	r.click(0, 10, 10)
	r.click(0, 30, 10)
	if len(r.marks()) != 0 || !strings.Contains(r.last(viewer.Noticed).Text, "preview") {
		t.Errorf("%d marks: %q", len(r.marks()), r.last(viewer.Noticed).Text)
	}
	r.press("esc", "q")
	r.d.probeAt()
	if r.d.probe != "" && r.d.probe != "a preview" {
		t.Errorf("the probe says %q", r.d.probe)
	}

	l.whole = true
	r.wait(50 * time.Millisecond)
	sc = r.d.Scene()
	full := sc.Tiles[0]
	r.wait(settled + viewer.LongEnough)
	if full.Image.Cols != 64 || full.Key == rough.Key || hasText(sc, "preview") || r.d.State().Unseen != 1 {
		t.Fatalf("%d columns, key %s after %s, %d unseen", full.Image.Cols, full.Key, rough.Key, r.d.State().Unseen)
	}
	for _, p := range [][2]float64{{0, 0}, {16, 16}, {16, 0}} {
		x0, y0 := rough.Place.Apply(p[0], p[1])
		x1, y1 := full.Place.Apply(4*p[0], 4*p[1])
		if x0 != x1 || y0 != y1 {
			t.Errorf("%v of the preview lies at %.2f, %.2f, the frame's at %.2f, %.2f", p, x0, y0, x1, y1)
		}
	}
}
