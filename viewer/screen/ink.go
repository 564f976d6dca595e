package screen

import (
	"image"
	"image/color"
	"math"

	"github.com/nocturne/nocturne/viewer/overlay"
)

// ink draws what stands over the pixels on the CPU: fills, lines, texts, as the
// GPU's batches do. Glyphs are kept, up to maxStencils.
type ink struct {
	pens
	found map[glyphKey]stencil
}

// stencil is a glyph and where it stands from the pen.
type stencil struct {
	mask    *image.Alpha
	at      image.Point
	advance float64
}

const maxStencils = 8192

func newInk() (*ink, error) {
	p, err := newPens()
	return &ink{pens: p, found: map[glyphKey]stencil{}}, err
}

// over draws a whole list.
func (k *ink) over(dst *image.RGBA, l overlay.List, bgr bool) {
	tint := func(c color.NRGBA) color.NRGBA {
		if bgr {
			c.R, c.B = c.B, c.R
		}
		return c
	}
	for _, f := range l.Fills {
		fill(dst, f.Rect.Intersect(dst.Rect), tint(f.Color))
	}
	for _, n := range l.Lines {
		segment(dst, n, tint(n.Color))
	}
	for _, t := range l.Texts {
		t.Color = tint(t.Color)
		typeset(t, func(g glyphKey, x, y int, c color.NRGBA) (float64, bool) {
			s := k.of(g)
			s.print(dst, s.at.Add(image.Pt(x, y)), c)
			return s.advance, true
		})
	}
}

func (k *ink) of(g glyphKey) stencil {
	s, ok := k.found[g]
	if !ok {
		if len(k.found) >= maxStencils {
			clear(k.found)
		}
		s.mask, s.at, s.advance = k.draw(g)
		k.found[g] = s
	}
	return s
}

// print blends a colour through the mask.
func (s stencil) print(dst *image.RGBA, at image.Point, c color.NRGBA) {
	r := s.mask.Rect.Add(at).Intersect(dst.Rect)
	for y := r.Min.Y; y < r.Max.Y; y++ {
		mask := s.mask.Pix[(y-at.Y)*s.mask.Stride+r.Min.X-at.X:]
		px := dst.Pix[dst.PixOffset(r.Min.X, y):]
		for x := range r.Dx() {
			if a := uint32(mask[x]); a > 0 {
				blend(px[4*x:4*x+4], c, a*uint32(c.A)/255)
			}
		}
	}
}

// blend puts a colour over a pixel; alpha is of 255.
func blend(px []uint8, c color.NRGBA, alpha uint32) {
	rest := 255 - alpha
	px[0] = uint8((uint32(px[0])*rest + uint32(c.R)*alpha + 127) / 255)
	px[1] = uint8((uint32(px[1])*rest + uint32(c.G)*alpha + 127) / 255)
	px[2] = uint8((uint32(px[2])*rest + uint32(c.B)*alpha + 127) / 255)
}

func fill(dst *image.RGBA, r image.Rectangle, c color.NRGBA) {
	for y := r.Min.Y; y < r.Max.Y; y++ {
		px := dst.Pix[dst.PixOffset(r.Min.X, y):][:4*r.Dx()]
		for i := 0; i < len(px); i += 4 {
			blend(px[i:i+4], c, uint32(c.A))
		}
	}
}

// segment covers each pixel by its centre's distance from the segment, as the line
// shader does. Of each row only the pixels near the line are looked at.
func segment(dst *image.RGBA, l overlay.Line, c color.NRGBA) {
	dx, dy := l.X1-l.X0, l.Y1-l.Y0
	length := math.Hypot(dx, dy)
	ux, uy := 1.0, 0.0
	if length > 0 {
		ux, uy = dx/length, dy/length
	}
	half := l.Width / 2
	reach := half + 1
	clip := l.Clip.Intersect(dst.Rect)
	top, bottom := within(min(l.Y0, l.Y1)-reach, max(l.Y0, l.Y1)+reach, clip.Min.Y, clip.Max.Y)
	for y := top; y < bottom; y++ {
		py := float64(y) + 0.5 - l.Y0
		from, to := min(l.X0, l.X1)-reach, max(l.X0, l.X1)+reach
		if math.Abs(uy) > 1e-3 { // where the line passes this row, and as far beside as it is wide
			x, w := l.X0+py*ux/uy, reach/math.Abs(uy)
			from, to = max(from, x-w), min(to, x+w)
		}
		left, right := within(from, to, clip.Min.X, clip.Max.X)
		for x := left; x < right; x++ {
			px := float64(x) + 0.5 - l.X0
			along, across := px*ux+py*uy, py*ux-px*uy
			d := math.Hypot(max(-along, along-length, 0), across)
			if cover := min(half+0.5-d, 1); cover > 0 {
				i := dst.PixOffset(x, y)
				blend(dst.Pix[i:i+4], c, uint32(cover*float64(c.A)+0.5))
			}
		}
	}
}

// within are the pixels from low to high that lie in [first, end).
func within(low, high float64, first, end int) (from, to int) {
	low, high = max(low, float64(first)), min(high+1, float64(end))
	if !(low < high) {
		return 0, 0
	}
	return int(math.Floor(low)), int(math.Ceil(high))
}
