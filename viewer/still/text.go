package still

import (
	"image"
	"image/color"
	"math"
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"

	"github.com/nocturne/nocturne/viewer/overlay"
)

// faces are the house font at the sizes in use. A Face is not safe for concurrent
// use: mu is held while one draws.
var faces = struct {
	sync.Mutex
	font *opentype.Font
	of   map[float64]font.Face
}{of: map[float64]font.Face{}}

// face is the house font at an em; nil when it cannot be made. The caller holds
// faces.
func face(size float64) font.Face {
	if f := faces.of[size]; f != nil {
		return f
	}
	if faces.font == nil {
		f, err := opentype.Parse(overlay.FontTTF())
		if err != nil {
			return nil
		}
		faces.font = f
	}
	f, err := opentype.NewFace(faces.font, &opentype.FaceOptions{Size: size, DPI: 72, Hinting: font.HintingNone})
	if err != nil {
		return nil
	}
	faces.of[size] = f
	return f
}

func drawText(dst *image.RGBA, t overlay.Text) {
	x := t.X
	switch t.Align {
	case overlay.Center:
		x -= overlay.Width(t.S, t.Size) / 2
	case overlay.Right:
		x -= overlay.Width(t.S, t.Size)
	}
	faces.Lock()
	defer faces.Unlock()
	f := face(t.Size)
	if f == nil {
		return
	}
	if t.Halo {
		for _, d := range [][2]float64{{-1, 0}, {1, 0}, {0, -1}, {0, 1}} {
			write(dst, f, t.S, x+d[0], t.Y+d[1], overlay.Outline)
		}
	}
	write(dst, f, t.S, x, t.Y, t.Color)
}

func write(dst *image.RGBA, f font.Face, s string, x, y float64, c color.NRGBA) {
	d := font.Drawer{Dst: dst, Src: image.NewUniform(c), Face: f, Dot: fixed.Point26_6{
		X: fixed.Int26_6(math.Round(x * 64)), Y: fixed.Int26_6(math.Round(y * 64)),
	}}
	for _, r := range s { // without kerning, as it was laid out
		d.DrawString(string(r))
	}
}

// stamp marks a picture as one that must not be read from: it stands across its
// middle, as large as the width allows.
func stamp(dst *image.RGBA) {
	const words = "NOT FOR DIAGNOSIS"
	b := dst.Bounds()
	size := max(6, math.Round(0.5*float64(b.Dx())/overlay.Width(words, 1)))
	if 3*size > float64(b.Dy()) {
		size = max(5, float64(b.Dy())/3)
	}
	drawText(dst, overlay.Text{
		X: float64(b.Dx()) / 2, Y: float64(b.Dy())*0.8 + size/3, Size: size, Align: overlay.Center,
		Color: color.NRGBA{255, 176, 32, 150}, Halo: true, S: words,
	})
}
