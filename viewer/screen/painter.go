package screen

import (
	"fmt"
	"image"
	"image/color"

	"github.com/hajimehoshi/ebiten/v2"

	"github.com/nocturne/nocturne/cache/pixel"
	"github.com/nocturne/nocturne/viewer/desk"
	"github.com/nocturne/nocturne/viewer/overlay"
	"github.com/nocturne/nocturne/viewer/shader"
)

// painter draws scenes. Owned by the game's goroutine.
type painter struct {
	textures *textures
	glyphs   *glyphs
	shaders  map[shader.Mode]*ebiten.Shader
	lines    *ebiten.Shader
	epoch    uint64
}

func newPainter() (*painter, error) {
	g, err := newGlyphs()
	if err != nil {
		return nil, fmt.Errorf("read the house font: %w", err)
	}
	lines, err := ebiten.NewShader(shader.Line())
	if err != nil {
		return nil, fmt.Errorf("compile the shader of lines: %w", err)
	}
	return &painter{textures: newTextures(), glyphs: g, shaders: map[shader.Mode]*ebiten.Shader{}, lines: lines}, nil
}

// pictureKey is the key of an image's texture.
type pictureKey struct {
	epoch uint64
	key   string
}

// draw paints a whole scene. Nothing of an earlier scene is left on dst, and
// nothing of an earlier case in the GPU's memory (N1).
func (p *painter) draw(dst ebiten.FinalScreen, s desk.Scene) error {
	dst.Fill(color.Black)
	if s.Blank || s.Epoch != p.epoch {
		p.textures.forget()
		p.epoch = s.Epoch
	}
	if s.Blank {
		return nil
	}
	for _, t := range s.Tiles {
		if t.Image == nil || t.Rect.Empty() {
			continue
		}
		if err := p.tile(dst, s.Epoch, t); err != nil {
			return err
		}
	}
	p.ahead(s)
	p.textures.finish()
	p.over(dst, s.Over)
	return nil
}

// ahead uploads one picture that may come next, unless it would push many out.
func (p *painter) ahead(s desk.Scene) {
	for _, t := range s.Soon {
		key := pictureKey{s.Epoch, t.Key}
		if p.textures.held[key] != nil {
			continue
		}
		if 16*t.Image.Rows*t.Image.Cols < p.textures.limit {
			p.textures.get(key, func() *texture { return p.textures.ofImage(t.Image) })
		}
		return
	}
}

// tile paints one image into its rectangle, one quad for each of its textures.
func (p *painter) tile(dst ebiten.FinalScreen, epoch uint64, t desk.TileScene) error {
	in, ok := t.Place.Inverse()
	if !ok {
		return nil
	}
	sampling, step := shader.SamplingOf(t.How, in)
	mode := shader.ModeOf(t.Image, t.Window, t.Invert, sampling)
	mode.Dither = t.How&pixel.Dithered != 0 && !mode.Color
	program, err := p.shader(mode)
	if err != nil {
		return err
	}
	modality, voi := p.textures.tables(mode, t.Image, t.Window)
	texture := p.textures.get(pictureKey{epoch, t.Key}, func() *texture { return p.textures.ofImage(t.Image) })
	corners := quad(t.Rect, in)
	for _, part := range texture.parts {
		place := shader.Placement{Size: [2]int{t.Image.Cols, t.Image.Rows}, Base: part.base, Part: part.paints, Step: step, Corner: [2]int{t.Rect.Min.X, t.Rect.Min.Y}}
		dst.DrawTrianglesShader32(corners, []uint32{0, 1, 2, 1, 2, 3}, program, &ebiten.DrawTrianglesShaderOptions{
			Uniforms: shader.Numbers(mode, t.Image, t.Window, place),
			Images:   [4]*ebiten.Image{part.texels, modality, voi},
			Blend:    ebiten.BlendCopy,
		})
	}
	for _, l := range t.Layers {
		if err := p.layer(dst, t, l); err != nil {
			return err
		}
	}
	return nil
}

// layer blends what an object's header lays over its pixels, as pixel.Layer.Draw does.
func (p *painter) layer(dst ebiten.FinalScreen, t desk.TileScene, l *pixel.Layer) error {
	in, ok := t.FramePlace().Inverse()
	if !ok {
		return nil
	}
	mode := shader.Mode{Color: true, Layer: true}
	var step [2]float64
	if mode.Sampling, step = shader.SamplingOf(pixel.Area, in); mode.Sampling == shader.Bilinear {
		mode.Sampling = shader.Nearest
	}
	program, err := p.shader(mode)
	if err != nil {
		return err
	}
	for _, part := range p.textures.get(l, func() *texture { return p.textures.ofLayer(l) }).parts {
		place := shader.Placement{Size: [2]int{l.Cols, l.Rows}, Base: part.base, Part: part.paints, Step: step}
		dst.DrawTrianglesShader32(quad(t.Rect, in), []uint32{0, 1, 2, 1, 2, 3}, program, &ebiten.DrawTrianglesShaderOptions{
			Uniforms: shader.Numbers(mode, nil, pixel.Window{}, place),
			Images:   [4]*ebiten.Image{part.texels},
			Blend:    ebiten.BlendSourceOver,
		})
	}
	return nil
}

// quad is a rectangle of the screen with the image point of each corner.
func quad(r image.Rectangle, in pixel.Affine) []ebiten.Vertex {
	out := make([]ebiten.Vertex, 4)
	for i := range out {
		x, y := r.Min.X, r.Min.Y
		if i%2 == 1 {
			x = r.Max.X
		}
		if i/2 == 1 {
			y = r.Max.Y
		}
		u, v := in.Apply(float64(x-r.Min.X), float64(y-r.Min.Y))
		out[i] = ebiten.Vertex{DstX: float32(x), DstY: float32(y), Custom0: float32(u), Custom1: float32(v)}
	}
	return out
}

// shader compiles a mode on first use.
func (p *painter) shader(m shader.Mode) (*ebiten.Shader, error) {
	if s := p.shaders[m]; s != nil {
		return s, nil
	}
	s, err := ebiten.NewShader(m.Text())
	if err != nil {
		return nil, fmt.Errorf("compile the shader %s: %w", m, err)
	}
	p.shaders[m] = s
	return s, nil
}

// over paints what is written and drawn over the pixels: fills, lines, texts. When
// the glyph atlas fills up in between, the texts are laid out once more.
func (p *painter) over(dst ebiten.FinalScreen, l overlay.List) {
	var fills batch
	for _, f := range l.Fills {
		fills.fill(f)
	}
	p.glyphs.drawBatch(dst, &fills)
	drawLines(dst, p.lines, l.Lines)
	for range 2 {
		var texts batch
		whole := true
		for _, t := range l.Texts {
			whole = p.glyphs.text(&texts, t) && whole
		}
		if whole {
			p.glyphs.drawBatch(dst, &texts)
			return
		}
	}
}
