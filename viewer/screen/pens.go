package screen

import (
	"image"
	"image/color"
	"image/draw"
	"math"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"

	"github.com/nocturne/nocturne/viewer/overlay"
)

// pens rasterise the house font, for the GPU's atlas and for the CPU's canvas alike.
type pens struct {
	font  *opentype.Font
	faces map[int]font.Face
}

func newPens() (pens, error) {
	f, err := opentype.Parse(overlay.FontTTF())
	return pens{font: f, faces: map[int]font.Face{}}, err
}

// draw rasterises a glyph and says where it stands relative to the pen.
func (g *pens) draw(k glyphKey) (mask *image.Alpha, at image.Point, advance float64) {
	face, ok := g.faces[k.size]
	if !ok {
		var err error
		face, err = opentype.NewFace(g.font, &opentype.FaceOptions{Size: float64(k.size) / quarters, DPI: 72, Hinting: font.HintingNone})
		if err != nil {
			return &image.Alpha{}, at, 0
		}
		g.faces[k.size] = face
	}
	dot := fixed.Point26_6{X: fixed.Int26_6(k.frac * 64 / quarters)}
	box, source, from, adv, ok := face.Glyph(dot, k.r)
	if !ok || box.Empty() {
		return &image.Alpha{}, at, float64(adv) / 64
	}
	mask = image.NewAlpha(image.Rect(0, 0, box.Dx()+2, box.Dy()+2))
	draw.Draw(mask, image.Rect(1, 1, 1+box.Dx(), 1+box.Dy()), source, from, draw.Src)
	if k.rim {
		mask = spread(mask)
	}
	return mask, box.Min.Sub(image.Pt(1, 1)), float64(adv) / 64
}

// spread widens a mask by one pixel in all directions, corners a little less.
func spread(m *image.Alpha) *image.Alpha {
	out := image.NewAlpha(m.Rect)
	for y := range m.Rect.Dy() {
		for x := range m.Rect.Dx() {
			best := 0
			for dy := -1; dy <= 1; dy++ {
				for dx := -1; dx <= 1; dx++ {
					a := int(m.AlphaAt(x+dx, y+dy).A)
					if dx != 0 && dy != 0 {
						a = a * 3 / 4
					}
					best = max(best, a)
				}
			}
			out.SetAlpha(x, y, color.Alpha{A: uint8(best)})
		}
	}
	return out
}

// rimColor is the dark rim of a text over pixels.
var rimColor = color.NRGBA{0, 0, 0, 220}

// typeset places the glyphs of a text: its rim first, then its letters. place draws
// one with its pen at a whole pixel and gives its advance; where it gives false
// typeset ends, and gives false too.
func typeset(t overlay.Text, place func(k glyphKey, x, y int, c color.NRGBA) (advance float64, ok bool)) bool {
	size := int(math.Round(t.Size * quarters))
	x := t.X
	switch t.Align {
	case overlay.Center:
		x -= overlay.Width(t.S, t.Size) / 2
	case overlay.Right:
		x -= overlay.Width(t.S, t.Size)
	}
	run := func(rim bool, c color.NRGBA) bool {
		pen, base := x, int(math.Round(t.Y))
		for _, r := range t.S {
			at := int(math.Round(pen * quarters))
			frac := ((at % quarters) + quarters) % quarters
			advance, ok := place(glyphKey{r: r, size: size, frac: frac, rim: rim}, (at-frac)/quarters, base, c)
			if !ok {
				return false
			}
			pen += advance
		}
		return true
	}
	return (!t.Halo || run(true, rimColor)) && run(false, t.Color)
}
