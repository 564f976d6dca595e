package screen

import (
	"image"
	"image/color"

	"github.com/hajimehoshi/ebiten/v2"

	"github.com/nocturne/nocturne/viewer/overlay"
)

// Atlas of drawn glyphs: white on transparent, each once for every size and
// quarter of a pixel it stands at, with its dark rim beside it. Texts and filled
// rectangles of a picture are one draw call. 2048² of RGBA are 16 MiB; when it is
// full it starts afresh, which costs the glyphs of one picture.
const (
	atlasSide = 2048
	quarters  = 4 // horizontal positions within a pixel
)

// glyphKey is one glyph at one size and position within its pixel.
type glyphKey struct {
	r    rune
	size int // em in quarter pixels
	frac int // quarters
	rim  bool
}

// glyph is where a glyph stands in the atlas and from where it is drawn.
type glyph struct {
	at      image.Rectangle
	dx, dy  int // from the pen to the upper left corner
	advance float64
}

// glyphs draws and keeps glyphs. Owned by the game's goroutine.
type glyphs struct {
	pens
	found map[glyphKey]glyph
	atlas *ebiten.Image
	pen   image.Point // next free place
	row   int         // height of the row being filled
}

func newGlyphs() (*glyphs, error) {
	p, err := newPens()
	if err != nil {
		return nil, err
	}
	g := &glyphs{pens: p}
	g.clear()
	return g, nil
}

// clear empties the atlas, but for one white pixel in its corner.
func (g *glyphs) clear() {
	if g.atlas == nil {
		g.atlas = ebiten.NewImageWithOptions(image.Rect(0, 0, atlasSide, atlasSide), &ebiten.NewImageOptions{Unmanaged: true})
	}
	g.found = map[glyphKey]glyph{}
	g.pen, g.row = image.Pt(4, 0), 4
	white := make([]byte, 4*3*3)
	for i := range white {
		white[i] = 255
	}
	g.atlas.SubImage(image.Rect(0, 0, 3, 3)).(*ebiten.Image).WritePixels(white)
}

// of gives a glyph, drawing it first if need be; false means that the atlas was
// full and has been emptied: whoever is laying out a picture starts over.
func (g *glyphs) of(k glyphKey) (glyph, bool) {
	if known, ok := g.found[k]; ok {
		return known, true
	}
	mask, at, advance := g.draw(k)
	out := glyph{advance: advance}
	if !mask.Rect.Empty() {
		place, ok := g.place(mask.Rect.Size())
		if !ok {
			g.clear()
			return glyph{}, false
		}
		out.at, out.dx, out.dy = place, at.X, at.Y
		g.atlas.SubImage(place).(*ebiten.Image).WritePixels(premultiplied(mask))
	}
	g.found[k] = out
	return out, true
}

// place finds room for a mask, a pixel apart from its neighbours.
func (g *glyphs) place(size image.Point) (image.Rectangle, bool) {
	if g.pen.X+size.X > atlasSide {
		g.pen, g.row = image.Pt(0, g.pen.Y+g.row), 0
	}
	if g.pen.Y+size.Y > atlasSide || size.X > atlasSide {
		return image.Rectangle{}, false
	}
	r := image.Rectangle{Min: g.pen, Max: g.pen.Add(size)}
	g.pen.X += size.X + 1
	g.row = max(g.row, size.Y+1)
	return r, true
}

func premultiplied(m *image.Alpha) []byte {
	out := make([]byte, 4*len(m.Pix))
	for i, a := range m.Pix {
		out[4*i], out[4*i+1], out[4*i+2], out[4*i+3] = a, a, a, a
	}
	return out
}

// batch is one picture's rectangles and glyphs on their way to one draw call.
type batch struct {
	vertices []ebiten.Vertex
	indices  []uint32
}

// quad adds a rectangle of the atlas at a place of the screen.
func (b *batch) quad(dst, src image.Rectangle, c color.NRGBA) {
	n := uint32(len(b.vertices))
	for i := range 4 {
		v := ebiten.Vertex{DstX: float32(dst.Min.X), DstY: float32(dst.Min.Y), SrcX: float32(src.Min.X), SrcY: float32(src.Min.Y),
			ColorR: float32(c.R) / 255, ColorG: float32(c.G) / 255, ColorB: float32(c.B) / 255, ColorA: float32(c.A) / 255}
		if i%2 == 1 {
			v.DstX, v.SrcX = float32(dst.Max.X), float32(src.Max.X)
		}
		if i/2 == 1 {
			v.DstY, v.SrcY = float32(dst.Max.Y), float32(src.Max.Y)
		}
		b.vertices = append(b.vertices, v)
	}
	b.indices = append(b.indices, n, n+1, n+2, n+1, n+2, n+3)
}

// fill adds a filled rectangle.
func (b *batch) fill(f overlay.Fill) { b.quad(f.Rect, image.Rect(1, 1, 2, 2), f.Color) }

// text adds one line of text: its rim first, then its letters. False means that
// the atlas was emptied meanwhile.
func (g *glyphs) text(b *batch, t overlay.Text) bool {
	return typeset(t, func(k glyphKey, x, y int, c color.NRGBA) (float64, bool) {
		found, ok := g.of(k)
		if !ok {
			return 0, false
		}
		if !found.at.Empty() {
			p := image.Pt(x+found.dx, y+found.dy)
			b.quad(image.Rectangle{Min: p, Max: p.Add(found.at.Size())}, found.at, c)
		}
		return found.advance, true
	})
}

// drawBatch paints a batch.
func (g *glyphs) drawBatch(dst ebiten.FinalScreen, b *batch) {
	if len(b.indices) > 0 {
		dst.DrawTriangles32(b.vertices, b.indices, g.atlas, &ebiten.DrawTrianglesOptions{})
	}
}
