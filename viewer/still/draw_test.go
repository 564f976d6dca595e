package still

import (
	"image"
	"image/color"
	"testing"
	"time"

	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/desk"
	"github.com/nocturne/nocturne/viewer/load"
	"github.com/nocturne/nocturne/viewer/overlay"
	"github.com/nocturne/nocturne/viewer/viewertest"
)

// scene is a desk's picture of a series after some actions, by a clock that stands
// still.
func scene(t *testing.T, s viewertest.Series, size image.Point, actions ...viewer.Action) desk.Scene {
	t.Helper()
	now := time.Date(2026, 3, 1, 3, 0, 0, 0, time.UTC)
	d := desk.New(desk.Options{Now: func() time.Time { return now }, Load: load.NewFileLoader(0, 64<<20, nil), NewID: func() string { return "2.25.1" }})
	t.Cleanup(d.Close)
	d.Resize(size.X, size.Y, 1)
	d.Open(viewertest.Case(1, viewer.Study{UID: "1.2.3", Date: "20260301", Modality: "CT"}))
	d.Add(1, s.Write(t, t.TempDir()))
	for range 3 {
		now = now.Add(200 * time.Millisecond)
		d.Tick(now)
	}
	for _, a := range actions {
		d.Do(a)
		d.Tick(now)
	}
	return d.Scene()
}

func checker(col, row, _ int) int { return 400 * ((col + row) % 2) }

func TestPixelsAreThoseOfTheCPUReference(t *testing.T) {
	sc := scene(t, viewertest.Series{HU: checker}, image.Pt(400, 300), viewer.ViewRight, viewer.ViewZoomIn)
	tile := sc.Tiles[0]
	sc.Over = overlay.List{}
	got := Draw(sc)
	want := image.NewRGBA(image.Rectangle{Max: tile.Rect.Size()})
	tile.Image.Render(tile.Window, tile.Invert, want, tile.Place, tile.How)
	for y := range want.Rect.Dy() {
		for x := range want.Rect.Dx() {
			if g, w := got.RGBAAt(tile.Rect.Min.X+x, tile.Rect.Min.Y+y), want.RGBAAt(x, y); g != w {
				t.Fatalf("%d,%d: %v, want %v", x, y, g, w)
			}
		}
	}
	for x := range 400 {
		if c := got.RGBAAt(x, tile.Rect.Min.Y-1); c != (color.RGBA{A: 255}) {
			t.Fatalf("painted above the tile: %v", c)
		}
	}
}

func TestARulerIsPaintedWhereItsPointsAre(t *testing.T) {
	sc := scene(t, viewertest.Series{}, image.Pt(400, 300), viewer.ToolLength, viewer.ToolFinish, viewer.CursorRight10, viewer.ToolFinish, viewer.ToolDrop)
	tile := sc.Tiles[0]
	in, ok := tile.Place.Inverse()
	if !ok {
		t.Fatal("no place")
	}
	m := Draw(sc)
	u, v := in.Apply(float64(tile.Rect.Dx())/2, float64(tile.Rect.Dy())/2)
	u, v = float64(int(u+1e-9))+0.5, float64(int(v+1e-9))+0.5 // the cursor began at this pixel's centre
	for _, col := range []float64{u + 2, u + 5, u + 8} {
		px, py := tile.Place.Apply(col, v)
		c := m.RGBAAt(tile.Rect.Min.X+int(px), tile.Rect.Min.Y+int(py))
		if c.G < 150 || c.R > c.G {
			t.Errorf("%v columns on: %v is no ruler", col-u, c)
		}
	}
	px, py := tile.Place.Apply(u+13, v)
	if c := m.RGBAAt(tile.Rect.Min.X+int(px), tile.Rect.Min.Y+int(py)); c.R != c.G || c.G != c.B {
		t.Errorf("beyond its end: %v", c)
	}
}

func TestLinesAreClippedAndTextStaysInThePicture(t *testing.T) {
	l := overlay.List{
		Lines: []overlay.Line{{X0: -50, Y0: 10, X1: 500, Y1: 10, Width: 3, Color: overlay.Red, Clip: image.Rect(20, 0, 40, 30)}},
		Texts: []overlay.Text{{X: 90, Y: 25, Size: 13, S: "far beyond the edge", Color: overlay.White, Halo: true}, {X: -1e9, Y: 1e9, Size: 13, S: "x"}},
	}
	m := Draw(desk.Scene{W: 100, H: 30, Over: l})
	for x := range 100 {
		c := m.RGBAAt(x, 10)
		if in := x >= 20 && x < 40; in != (c.R > 100) && x < 80 {
			t.Fatalf("column %d: %v", x, c)
		}
	}
}

func TestEveryPictureSaysItIsNotForDiagnosisAtEverySize(t *testing.T) {
	v := New(Options{})
	defer v.Close()
	s := viewertest.Series{HU: func(_, _, _ int) int { return -1000 }}
	open(t, v, s)
	for _, size := range []image.Point{{1, 1}, {40, 12}, {160, 90}, {320, 240}, {1280, 800}} {
		m := v.Paint(size)
		if m.Bounds().Size() != size {
			t.Fatalf("asked for %v, got %v", size, m.Bounds())
		}
		n := 0
		for y := size.Y / 2; y < size.Y; y++ {
			for x := range size.X {
				if r, g, b, _ := m.At(x, y).RGBA(); r > 0x3000 && g > 0x1800 && r > g && g > 2*b {
					n++
				}
			}
		}
		if size.X >= 40 && n < 10 {
			t.Errorf("%v: %d pixels of the words", size, n)
		}
	}
}

func open(t *testing.T, v *Viewer, s viewertest.Series) {
	t.Helper()
	v.Open(t.Context(), viewertest.Case(1, viewer.Study{UID: "1.2.3", Date: "20260301", Modality: "CT"}))
	v.Add(1, s.Write(t, t.TempDir()))
	until(t, v, "the first pixel", func(e viewer.Event) bool { return e.Kind == viewer.Shown })
}

func TestAnIdleViewerDoesNothing(t *testing.T) {
	v := New(Options{})
	defer v.Close()
	open(t, v, viewertest.Series{})
	time.Sleep(300 * time.Millisecond)
	v.Paint(image.Pt(320, 240))
	time.Sleep(300 * time.Millisecond)
	v.mu.Lock()
	_, due := v.desk.Next()
	v.mu.Unlock()
	if due {
		t.Error("something is always due")
	}
}

func TestTextsAreAsWideAsTheyWereLaidOut(t *testing.T) {
	const s = "W 1500 L −600 lung"
	m := Draw(desk.Scene{W: 400, H: 40, Over: overlay.List{Texts: []overlay.Text{{X: 390, Y: 30, Size: 26, Align: overlay.Right, S: s, Color: overlay.White}}}})
	first, last := 400, 0
	for x := range 400 {
		for y := range 40 {
			if m.RGBAAt(x, y).R > 40 {
				first, last = min(first, x), max(last, x)
			}
		}
	}
	width := int(overlay.Width(s, 26))
	if first < 390-width-2 || first > 390-width+4 || last > 391 || last < 386 {
		t.Errorf("from %d to %d, width %d", first, last, width)
	}
}
