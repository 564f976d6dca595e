package screen

import (
	"fmt"
	"image"
	"testing"

	"github.com/hajimehoshi/ebiten/v2"

	"github.com/nocturne/nocturne/cache/pixel"
	"github.com/nocturne/nocturne/viewer/desk"
	"github.com/nocturne/nocturne/viewer/overlay"
)

// flush waits until what was drawn is drawn.
func flush(dst *ebiten.Image) {
	dst.SubImage(image.Rect(0, 0, 1, 1)).(*ebiten.Image).ReadPixels(make([]byte, 4))
}

func stack(cols, rows, n int) []*pixel.Image {
	out := make([]*pixel.Image, n)
	for k := range out {
		im := &pixel.Image{Rows: rows, Cols: cols, Samples: 1, Bits: 16, Signed: true, Slope: 1, Intercept: -1024, Aspect: 1, Stored: make([]uint16, cols*rows)}
		for i := range im.Stored {
			im.Stored[i] = uint16(i*7+k*13) & 4095
		}
		out[k] = im
	}
	return out
}

// BenchmarkScroll is one frame of a scrolled stack, upload included, with a
// picture's worth of text and lines over it.
func BenchmarkScroll(b *testing.B) {
	needDisplay(b)
	for _, c := range []struct {
		name       string
		cols, rows int
		side       int
		how        pixel.Interpolation
		again      bool
	}{
		{"CT to 1024, nearest", 512, 512, 1024, pixel.Nearest, false},
		{"CT to 1024", 512, 512, 1024, pixel.Area, false},
		{"CT to 1024, window only", 512, 512, 1024, pixel.Area, true},
		{"MG 4096x3328 to 1024", 3328, 4096, 1024, pixel.Area, false},
		{"MG 4096x3328 to 1024, window only", 3328, 4096, 1024, pixel.Area, true},
	} {
		b.Run(c.name, func(b *testing.B) {
			p, err := newPainter()
			if err != nil {
				b.Fatal(err)
			}
			defer p.textures.forget()
			dst := unmanaged(c.side, c.side)
			defer dst.Deallocate()
			images := stack(c.cols, c.rows, 4)
			s := desk.Scene{Epoch: 1, W: c.side, H: c.side, Over: busy(c.side)}
			i := 0
			for b.Loop() {
				im := images[i%len(images)]
				key := fmt.Sprint(i)
				if c.again {
					key = "one"
				}
				r := image.Rect(0, 0, c.side, c.side)
				s.Tiles = []desk.TileScene{{Rect: r, Image: im, Key: key, How: c.how, Place: im.Place(pixel.View{}, r.Size()),
					Window: pixel.Window{Center: 40 + float64(i), Width: 400}}}
				if err := p.draw(dst, s); err != nil {
					b.Fatal(err)
				}
				flush(dst)
				i++
			}
		})
	}
}

// busy is what stands over a picture: 40 texts and 200 lines.
func busy(side int) overlay.List {
	var l overlay.List
	for i := range 40 {
		l.Texts = append(l.Texts, overlay.Text{X: float64(i%4) * 250, Y: 20 + float64(i)*20, Size: 14, Halo: true, Color: overlay.White, S: "W 400 L 40 · Im 12/113"})
	}
	for i := range 200 {
		l.Lines = append(l.Lines, overlay.Line{X0: float64(i * 5), Y0: 10, X1: float64(side - i*5), Y1: float64(side), Width: 1.5, Color: overlay.Green, Clip: image.Rect(0, 0, side, side)})
	}
	return l
}

// BenchmarkFirstUse is what a mode costs when it is drawn for the first time.
func BenchmarkFirstUse(b *testing.B) {
	needDisplay(b)
	im := stack(64, 64, 1)[0]
	dst := unmanaged(64, 64)
	defer dst.Deallocate()
	for b.Loop() {
		p, err := newPainter()
		if err != nil {
			b.Fatal(err)
		}
		s := desk.Scene{Epoch: 1, W: 64, H: 64, Tiles: []desk.TileScene{{Rect: image.Rect(0, 0, 64, 64), Image: im, Key: "k", How: pixel.Bilinear,
			Place: pixel.Affine{1, 0, 0, 0, 1, 0}, Window: pixel.Window{Center: 40, Width: 400}}}}
		if err := p.draw(dst, s); err != nil {
			b.Fatal(err)
		}
		flush(dst)
		p.textures.forget()
	}
}
