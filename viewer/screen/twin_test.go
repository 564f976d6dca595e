package screen

import (
	"image"
	"image/color"
	"math"
	"testing"

	"github.com/nocturne/nocturne/cache/pixel"
	"github.com/nocturne/nocturne/viewer/desk"
	"github.com/nocturne/nocturne/viewer/overlay"
	"github.com/nocturne/nocturne/viewer/still"
)

const twinW, twinH = 640, 480

// twins paints a scene on the GPU and on the CPU.
func twins(t *testing.T, s desk.Scene) (gpu, cpu *image.RGBA) {
	t.Helper()
	needDisplay(t)
	p, err := newPainter()
	must(t, err)
	dst := unmanaged(s.W, s.H)
	defer dst.Deallocate()
	must(t, p.draw(dst, s))
	gpu = image.NewRGBA(image.Rect(0, 0, s.W, s.H))
	dst.ReadPixels(gpu.Pix)
	cpu = still.Draw(s)
	for _, bgr := range []bool{false, true} {
		c, err := newCanvas()
		must(t, err)
		c.on(nil, s.W, s.H, bgr)
		c.draw(s)
		if worst, mean := apart(&image.RGBA{Pix: c.rgba(), Stride: 4 * s.W, Rect: gpu.Rect}, gpu, gpu.Rect); worst > 8 || mean > 0.2 {
			t.Errorf("the CPU path: worst %d, mean %.3f", worst, mean)
		}
	}
	return gpu, cpu
}

// apart is the worst and the mean difference of two pictures in a rectangle.
func apart(a, b *image.RGBA, r image.Rectangle) (worst int, mean float64) {
	sum, n := 0, 0
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			for c := range 3 {
				i := a.PixOffset(x, y) + c
				d := int(a.Pix[i]) - int(b.Pix[i])
				d = max(d, -d)
				worst, sum, n = max(worst, d), sum+d, n+1
			}
		}
	}
	return worst, float64(sum) / float64(n)
}

func tile(t *testing.T) desk.TileScene {
	r := image.Rect(20, 30, 420, 400)
	im := smooth(t, 200, 180, nil)
	return desk.TileScene{Rect: r, Image: im, Key: "t", How: pixel.Bilinear, Window: pixel.Window{Center: 40, Width: 900},
		Place: im.Place(pixel.View{}, r.Size())}
}

func TestLinesAndFillsAreThoseOfTheTerminal(t *testing.T) {
	clip := image.Rect(50, 60, 400, 380)
	s := desk.Scene{Epoch: 1, W: twinW, H: twinH, Tiles: []desk.TileScene{tile(t)}}
	s.Over.Fills = []overlay.Fill{
		{Rect: image.Rect(0, 0, twinW, 24), Color: overlay.Panel},
		{Rect: image.Rect(100, 100, 200, 160), Color: color.NRGBA{255, 0, 0, 120}},
	}
	for i := range 90 {
		sin, cos := math.Sincos(float64(i) / 90 * 2 * math.Pi)
		l := overlay.Line{X0: 230.3, Y0: 220.7, X1: 230.3 + 250*cos, Y1: 220.7 + 250*sin, Width: 1 + float64(i%5)*0.7, Color: overlay.Green, Clip: clip}
		if i%2 == 1 {
			l.Clip, l.Color = image.Rect(0, 0, twinW, twinH), color.NRGBA{255, 176, 32, 200}
		}
		s.Over.Lines = append(s.Over.Lines, l)
	}
	s.Over.Lines = append(s.Over.Lines, overlay.Line{X0: 500, Y0: 100, X1: 500, Y1: 100, Width: 9, Color: overlay.White, Clip: image.Rect(0, 0, twinW, twinH)})
	gpu, cpu := twins(t, s)
	if worst, mean := apart(gpu, cpu, gpu.Rect); worst > 8 || mean > 0.2 { // many layers, each rounded to 8 bits
		t.Errorf("worst %d, mean %.3f", worst, mean)
	}
	if c := gpu.RGBAAt(500, 100); c != (color.RGBA{240, 240, 240, 255}) {
		t.Errorf("the dot is %v", c)
	}
}

func TestTextStandsWhereTheTerminalHasIt(t *testing.T) {
	s := desk.Scene{Epoch: 1, W: twinW, H: twinH, Tiles: []desk.TileScene{tile(t)}}
	put := func(x, y, size float64, a overlay.Align, halo bool, words string) {
		s.Over.Texts = append(s.Over.Texts, overlay.Text{X: x, Y: y, Size: size, Align: a, Halo: halo, Color: overlay.White, S: words})
	}
	put(26, 60, 14, overlay.Left, true, "W 400 L 40 · Im 12/113 · 62.0 ± 0.4 HU")
	put(414, 90, 17.5, overlay.Right, true, "PRIOR 12 mo — 2025-11-20")
	put(220, 200, 33, overlay.Center, true, "A P R L H F")
	put(500, 300, 13, overlay.Left, false, "Łódź Ωμέγα Жук")
	gpu, cpu := twins(t, s)
	if _, mean := apart(gpu, cpu, gpu.Rect); mean > 0.6 {
		t.Errorf("mean difference %.3f", mean)
	}
	// Where each text stands, light is moved by less than a quarter of a pixel.
	for _, x := range s.Over.Texts {
		w := overlay.Width(x.S, x.Size)
		left := x.X - w*map[overlay.Align]float64{overlay.Left: 0, overlay.Center: 0.5, overlay.Right: 1}[x.Align]
		r := image.Rect(int(left)-3, int(x.Y-x.Size), int(left+w)+3, int(x.Y+x.Size*0.35))
		gx, gy := middle(gpu, r)
		cx, cy := middle(cpu, r)
		if math.Abs(gx-cx) > 0.3 || math.Abs(gy-cy) > 0.6 {
			t.Errorf("%q: the middle of its light is (%.2f, %.2f), on the CPU (%.2f, %.2f)", x.S, gx, gy, cx, cy)
		}
	}
}

// middle is the centre of the light in a rectangle.
func middle(m *image.RGBA, r image.Rectangle) (x, y float64) {
	var sum, sx, sy float64
	for j := r.Min.Y; j < r.Max.Y; j++ {
		for i := r.Min.X; i < r.Max.X; i++ {
			v := float64(m.RGBAAt(i, j).G)
			sum, sx, sy = sum+v, sx+v*float64(i), sy+v*float64(j)
		}
	}
	return sx / max(sum, 1), sy / max(sum, 1)
}

func TestAFullAtlasStartsOver(t *testing.T) {
	needDisplay(t)
	g, err := newGlyphs()
	must(t, err)
	defer g.atlas.Deallocate()
	emptied := 0
	for size := 200; size < 800; size += 4 {
		var b batch
		for _, r := range "ABCDEFGHIJ" {
			if !g.text(&b, overlay.Text{X: 5, Y: 5, Size: float64(size) / 4, S: string(r), Color: overlay.White}) {
				emptied++
			}
		}
	}
	if emptied == 0 {
		t.Error("the atlas never filled up: the test shows nothing")
	}
	if g.pen.Y > atlasSide {
		t.Errorf("the atlas is filled to %v", g.pen)
	}
}
