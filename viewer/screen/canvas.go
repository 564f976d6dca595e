package screen

import (
	"fmt"
	"image"
	"reflect"
	"slices"

	"github.com/nocturne/nocturne/cache/pixel"
	"github.com/nocturne/nocturne/viewer/desk"
)

// canvas draws scenes on the CPU: the way to the screen where the GPU is one in name
// only. Owned by the game's goroutine.
//
// Tiles are drawn by pixel.Renderer, within 1/255 of what the shaders draw, each into
// a plate of its own, so that a tile in which nothing moved is only copied; texts and
// lines go over them. A window of 1024² takes 4 MiB, and its plates as much again.
type canvas struct {
	pix    *image.RGBA
	bgr    bool // bytes are blue, green, red: as X servers have them
	ink    *ink
	plates []*plate
	epoch  uint64
}

// plate is one tile as it was drawn last.
type plate struct {
	of     desk.TileScene
	pix    *image.RGBA
	render pixel.Renderer
}

func newCanvas() (*canvas, error) {
	ink, err := newInk()
	if err != nil {
		return nil, fmt.Errorf("read the house font: %w", err)
	}
	return &canvas{pix: &image.RGBA{}, ink: ink}, nil
}

// on makes memory of the screen what the canvas draws on: w by h pixels of four bytes;
// nil is memory of its own.
func (c *canvas) on(mem []byte, w, h int, bgr bool) {
	c.bgr = bgr
	if mem == nil && c.pix.Rect.Dx() == w && c.pix.Rect.Dy() == h {
		return
	}
	if mem == nil {
		mem = make([]byte, 4*w*h)
	}
	c.pix = &image.RGBA{Pix: mem, Stride: 4 * w, Rect: image.Rect(0, 0, w, h)}
}

// rgba are the canvas's bytes in the engine's order.
func (c *canvas) rgba() []byte {
	if !c.bgr {
		return c.pix.Pix
	}
	out := slices.Clone(c.pix.Pix)
	for i := 0; i+2 < len(out); i += 4 {
		out[i], out[i+2] = out[i+2], out[i]
	}
	return out
}

// bytes is the memory it takes.
func (c *canvas) bytes() int64 {
	n := len(c.pix.Pix)
	for _, p := range c.plates {
		n += len(p.pix.Pix)
	}
	return int64(n)
}

// draw paints a whole scene. Nothing of an earlier scene is left on it, nor of an
// earlier case in its plates (N1).
func (c *canvas) draw(s desk.Scene) {
	if s.Blank || s.Epoch != c.epoch {
		c.forget()
		c.epoch = s.Epoch
	}
	clear32(c.pix.Pix)
	if s.Blank {
		return
	}
	n := 0
	for _, t := range s.Tiles {
		if t.Image == nil || t.Rect.Empty() || !t.Rect.In(c.pix.Rect) {
			continue
		}
		if n == len(c.plates) {
			c.plates = append(c.plates, &plate{})
		}
		c.copy(c.plates[n].drawn(t), t)
		n++
	}
	for _, p := range c.plates[n:] {
		p.wipe()
	}
	c.plates = c.plates[:n]
	c.ink.over(c.pix, s.Over, c.bgr)
}

// forget overwrites what is left of a case.
func (c *canvas) forget() {
	for _, p := range c.plates {
		p.wipe()
	}
	c.plates = nil
	clear32(c.pix.Pix)
}

func (p *plate) wipe() {
	if p.pix != nil {
		clear(p.pix.Pix)
	}
	*p = plate{}
}

// drawn is the tile's picture, drawn if it is not the one of last time.
func (p *plate) drawn(t desk.TileScene) *image.RGBA {
	if p.pix != nil && p.of.Image == t.Image && p.of.Key == t.Key && reflect.DeepEqual(p.of, t) {
		return p.pix
	}
	if p.pix == nil || p.pix.Rect.Size() != t.Rect.Size() {
		p.pix = image.NewRGBA(image.Rectangle{Max: t.Rect.Size()})
	}
	p.of = t
	p.render.Render(t.Image, t.Window, t.Invert, p.pix, t.Place, t.How)
	for _, l := range t.Layers {
		l.Draw(p.pix, t.FramePlace())
	}
	return p.pix
}

// copy puts a plate into its tile's place.
func (c *canvas) copy(from *image.RGBA, t desk.TileScene) {
	n := 4 * t.Rect.Dx()
	for y := range t.Rect.Dy() {
		to := c.pix.Pix[c.pix.PixOffset(t.Rect.Min.X, t.Rect.Min.Y+y):][:n]
		copy(to, from.Pix[y*from.Stride:][:n])
		if c.bgr && (t.Image.RGB != nil || len(t.Layers) > 0) {
			for i := 0; i+2 < len(to); i += 4 {
				to[i], to[i+2] = to[i+2], to[i]
			}
		}
	}
}

// clear32 makes all pixels black and whole.
func clear32(px []byte) {
	const line = 4 << 10
	for i := 0; i < min(line, len(px)); i += 4 {
		px[i], px[i+1], px[i+2], px[i+3] = 0, 0, 0, 255
	}
	for n := line; n < len(px); n *= 2 {
		copy(px[n:], px[:n])
	}
}
