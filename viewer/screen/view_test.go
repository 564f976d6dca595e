package screen

import (
	"image"
	"image/color"
	"testing"
	"time"

	"github.com/hajimehoshi/ebiten/v2"

	"github.com/nocturne/nocturne/cache/pixel"
	"github.com/nocturne/nocturne/viewer/desk"
	"github.com/nocturne/nocturne/viewer/overlay"
	"github.com/nocturne/nocturne/viewer/still"
)

func pathOf(t *testing.T, path string) *view {
	t.Helper()
	v, err := newView(func(key string) string { return map[string]string{PathKey: path}[key] })
	must(t, err)
	t.Cleanup(v.blank)
	return v
}

func TestTheReaderOverrulesThePath(t *testing.T) {
	needDisplay(t)
	if pathOf(t, "gpu").canvas != nil || pathOf(t, "cpu").canvas == nil {
		t.Error("NOCTURNE_WINDOW is not heard")
	}
	if v := pathOf(t, ""); (v.canvas != nil) != (software(func(string) string { return "" }) != "") {
		t.Errorf("by itself the window takes the %s", v.path())
	}
}

// coloured is a scene of grey and colour with words, some in colours of which red and
// blue must not change places.
func coloured(t *testing.T) desk.Scene {
	s := desk.Scene{Epoch: 1, W: twinW, H: twinH, Tiles: []desk.TileScene{tile(t)}}
	l := &pixel.Layer{Kind: pixel.Overlay, Rows: 180, Cols: 200, Cells: make([]uint8, 180*200), Inks: []color.RGBA{{}, {180, 60, 20, 200}}}
	for i := range l.Cells {
		l.Cells[i] = uint8(i / 40 % 2)
	}
	s.Tiles[0].Layers = []*pixel.Layer{l}
	im := &pixel.Image{Rows: 60, Cols: 60, Samples: 3, Bits: 8, Slope: 1, Aspect: 1, RGB: make([]byte, 3*60*60)}
	for i := range im.RGB {
		im.RGB[i] = []byte{200, 100, 20}[i%3]
	}
	r := image.Rect(440, 60, 620, 300)
	s.Tiles = append(s.Tiles, desk.TileScene{Rect: r, Image: im, Key: "c", How: pixel.Bilinear, Place: im.Place(pixel.View{}, r.Size())})
	s.Over.Fills = []overlay.Fill{{Rect: image.Rect(0, 0, twinW, 20), Color: overlay.Amber}}
	s.Over.Texts = []overlay.Text{{X: 30, Y: 60, Size: 14, Color: overlay.Blue, Halo: true, S: "prior"}}
	return s
}

// Whoever draws and whoever presents, the same picture comes on the screen; after the
// lock nothing of it is left.
func TestEachPathDrawsTheSame(t *testing.T) {
	needDisplay(t)
	dst := unmanaged(twinW, twinH)
	defer dst.Deallocate()
	s := coloured(t)
	want := still.Draw(s)
	got := image.NewRGBA(want.Rect)
	for _, path := range []string{"gpu", "cpu"} {
		v := pathOf(t, path)
		for range 2 {
			v.show(s)
			must(t, v.final(dst, dst, ebiten.GeoM{}))
			dst.ReadPixels(got.Pix)
			if _, mean := apart(got, want, got.Rect); mean > 0.3 {
				t.Errorf("%s: mean difference %.3f", path, mean)
			}
		}
		v.blank()
		v.show(desk.Scene{Blank: true, W: twinW, H: twinH})
		must(t, v.final(dst, dst, ebiten.GeoM{}))
		dst.ReadPixels(got.Pix)
		for i, b := range got.Pix {
			if i%4 < 3 && b != 0 {
				t.Fatalf("%s: something is left of the case", path)
			}
		}
	}
}

// A tile in which nothing moved is not drawn again; one of another case is.
func TestPlatesAreOfThisSceneAndCase(t *testing.T) {
	needDisplay(t)
	v := pathOf(t, "cpu")
	s := coloured(t)
	v.show(s)
	kept := v.canvas.plates[0].pix
	kept.Pix[0] = 77
	v.show(s)
	if v.canvas.plates[0].pix.Pix[0] != 77 {
		t.Error("a tile that stands still was drawn again")
	}
	s.Tiles[0].Window.Center++
	if v.show(s); v.canvas.plates[0].pix.Pix[0] == 77 {
		t.Error("a tile with another window was not drawn")
	}
	s.Epoch = 2
	if v.show(s); kept.Pix[4*200*400+4*200] != 0 {
		t.Error("the plate of the case before still holds it")
	}
}

// Pictures that may come next are on the GPU when they come.
func TestWhatMayComeNextIsUploaded(t *testing.T) {
	needDisplay(t)
	v := pathOf(t, "gpu")
	dst := unmanaged(twinW, twinH)
	defer dst.Deallocate()
	s := coloured(t)
	s.Soon = []desk.TileScene{{Image: s.Tiles[0].Image, Key: "next"}, {Image: s.Tiles[0].Image, Key: "after"}}
	for range 2 {
		v.show(s)
		must(t, v.final(dst, dst, ebiten.GeoM{}))
	}
	if !v.uploaded(1, "next") || !v.uploaded(1, "after") || v.uploaded(2, "next") {
		t.Error("the slices to come are not on the GPU")
	}
}

func TestPerfMeasuresWhatItSays(t *testing.T) {
	var p perf
	at := time.Date(2026, 3, 1, 3, 0, 0, 0, time.UTC)
	for i := range 100 {
		p.begin(at, at.Add(-30*time.Millisecond))
		p.drawn(at.Add(8*time.Millisecond), true)
		at = at.Add(20 * time.Millisecond)
		if i == 50 {
			at = at.Add(time.Minute) // the reader rests: that is no slow frame
		}
	}
	for what, got := range map[string][2]time.Duration{
		"between": {p.between.quantile(0.5), 20 * time.Millisecond}, "worst": {p.between.quantile(1), 20 * time.Millisecond},
		"work": {p.work.quantile(0.99), 8 * time.Millisecond}, "latency": {p.latency.quantile(0.5), 38 * time.Millisecond},
	} {
		if got[0] != got[1] {
			t.Errorf("%s: %v, want %v", what, got[0], got[1])
		}
	}
	if p.frames != 100 || p.latency.n != 100 {
		t.Errorf("%d frames, %d latencies", p.frames, p.latency.n)
	}
}
