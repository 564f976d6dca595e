package still

import (
	"image"
	"image/color"
	"image/draw"
	"math"

	"github.com/nocturne/nocturne/viewer/desk"
	"github.com/nocturne/nocturne/viewer/overlay"
)

// Draw paints a Scene on the CPU: the twin of what the window draws.
func Draw(s desk.Scene) *image.RGBA {
	dst := image.NewRGBA(image.Rect(0, 0, s.W, s.H))
	draw.Draw(dst, dst.Bounds(), image.Black, image.Point{}, draw.Src)
	if s.Blank {
		return dst
	}
	for _, t := range s.Tiles {
		if part, ok := dst.SubImage(t.Rect).(*image.RGBA); ok && part.Rect == t.Rect && !t.Rect.Empty() {
			t.Image.Render(t.Window, t.Invert, part, t.Place, t.How)
			for _, l := range t.Layers {
				l.Draw(part, t.FramePlace())
			}
		}
	}
	drawList(dst, s.Over)
	return dst
}

func drawList(dst *image.RGBA, l overlay.List) {
	for _, f := range l.Fills {
		draw.Draw(dst, f.Rect, image.NewUniform(f.Color), image.Point{}, draw.Over)
	}
	for _, n := range l.Lines {
		drawLine(dst, n)
	}
	for _, t := range l.Texts {
		drawText(dst, t)
	}
}

// drawLine covers each pixel by its centre's distance from the segment: full to
// half a pixel inside the edge, none from half a pixel outside.
func drawLine(dst *image.RGBA, l overlay.Line) {
	half := l.Width / 2
	reach := half + 1
	box := image.Rect(
		floor(min(l.X0, l.X1)-reach), floor(min(l.Y0, l.Y1)-reach),
		floor(max(l.X0, l.X1)+reach)+1, floor(max(l.Y0, l.Y1)+reach)+1,
	).Intersect(l.Clip).Intersect(dst.Bounds())
	for y := box.Min.Y; y < box.Max.Y; y++ {
		for x := box.Min.X; x < box.Max.X; x++ {
			d := distance(l, float64(x)+0.5, float64(y)+0.5)
			if cover := math.Min(1, half+0.5-d); cover > 0 {
				blend(dst, x, y, l.Color, cover)
			}
		}
	}
}

func floor(v float64) int { return int(math.Floor(max(-1e6, min(1e6, v)))) }

func distance(l overlay.Line, x, y float64) float64 {
	dx, dy := l.X1-l.X0, l.Y1-l.Y0
	t := 0.0
	if n := dx*dx + dy*dy; n > 0 {
		t = max(0, min(1, ((x-l.X0)*dx+(y-l.Y0)*dy)/n))
	}
	return math.Hypot(l.X0+t*dx-x, l.Y0+t*dy-y)
}

func blend(dst *image.RGBA, x, y int, c color.NRGBA, cover float64) {
	px := dst.Pix[dst.PixOffset(x, y):]
	a := cover * float64(c.A) / 255
	for k, v := range [3]uint8{c.R, c.G, c.B} {
		px[k] = uint8(float64(px[k])*(1-a) + float64(v)*a + 0.5)
	}
}
