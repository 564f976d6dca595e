package screen

import (
	"image"
	"image/color"
	"math/rand/v2"
	"testing"

	"github.com/nocturne/nocturne/cache/pixel"
	"github.com/nocturne/nocturne/viewer/desk"
)

// What an object's header lays over its pixels is blended by the GPU as by the CPU,
// enlarged, made smaller and in parts.
func TestLayersAreBlendedAsTheReferenceDoes(t *testing.T) {
	needDisplay(t)
	r := rand.New(rand.NewPCG(7, 1))
	const cols, rows = 131, 97
	l := &pixel.Layer{Kind: pixel.Overlay, Rows: rows, Cols: cols, Cells: make([]uint8, rows*cols),
		Inks: []color.RGBA{{}, {240, 240, 240, 255}, {23, 66, 69, 77}}}
	for i := range l.Cells {
		l.Cells[i] = uint8(r.IntN(3))
	}
	b := newBench(t, 256, 256)
	b.painter.textures.side = 2*margin + 40 // several parts
	im := smooth(t, cols, rows, nil)
	for i := range 24 {
		place := anyView(r, cols, rows, 256, i%4 != 3)
		b.draw(t, desk.TileScene{Image: im, Window: pixel.Window{Center: 40, Width: 900}, Place: place, How: pixel.Nearest, Layers: []*pixel.Layer{l}})
		l.Draw(b.want, place)
		_, off, n, _ := b.worst(nil)
		if worst, _, _, at := b.worst(func(x, y int) bool { return nearCell(place, x, y) }); worst > 1 || off > n/20 {
			t.Errorf("%v: %d/255 off at %v, %d of %d off", place, worst, at, off, n)
		}
	}
}

// nearCell: the pixel lies within a thousandth of a border between cells, where
// single and double precision may take different ones.
func nearCell(place pixel.Affine, x, y int) bool {
	in, _ := place.Inverse()
	u, v := in.Apply(float64(x)+0.5, float64(y)+0.5)
	near := func(a float64) bool { f := a - float64(int(a)); return f < 1e-3 || f > 1-1e-3 }
	return near(u) || near(v)
}

// Dithered greys are those of the reference, wherever the tile begins.
func TestDitheringIsThatOfTheReference(t *testing.T) {
	needDisplay(t)
	im := smooth(t, 200, 180, nil)
	for _, corner := range []image.Point{{0, 0}, {20, 30}, {37, 61}} {
		r := image.Rectangle{corner, corner.Add(image.Pt(332, 300))}
		for _, how := range []pixel.Interpolation{pixel.Nearest, pixel.Bilinear, pixel.Area} {
			tile := desk.TileScene{Rect: r, Image: im, Key: "d", How: how | pixel.Dithered, Window: pixel.Window{Center: 0, Width: 30000}, Place: im.Place(pixel.View{Zoom: 1.3}, r.Size())}
			gpu, cpu := twins(t, desk.Scene{Epoch: 1, W: twinW, H: twinH, Tiles: []desk.TileScene{tile}})
			if worst, mean := apart(gpu, cpu, gpu.Rect); worst > 1 || mean > 0.01 {
				t.Errorf("interpolation %d at %v: worst %d, mean %.4f", how, corner, worst, mean)
			}
		}
	}
}
