package screen

import (
	"image"
	"math"

	"github.com/hajimehoshi/ebiten/v2"

	"github.com/nocturne/nocturne/viewer/overlay"
)

// drawLines paints all lines, one call for each clip in the order of the list. A
// line is a rectangle around its segment; the shader does the round caps and the
// smooth edge.
func drawLines(dst ebiten.FinalScreen, shader *ebiten.Shader, lines []overlay.Line) {
	var b batch
	var clip image.Rectangle
	flush := func() {
		if len(b.indices) > 0 {
			dst.DrawTrianglesShader32(b.vertices, b.indices, shader, &ebiten.DrawTrianglesShaderOptions{
				Uniforms: map[string]any{"Clip": []float32{float32(clip.Min.X), float32(clip.Min.Y), float32(clip.Max.X), float32(clip.Max.Y)}}})
			b = batch{}
		}
	}
	for _, l := range lines {
		if l.Clip != clip {
			flush()
			clip = l.Clip
		}
		b.line(l)
	}
	flush()
}

// line adds the rectangle of a segment. Custom holds, in pixels: along the segment
// from its start, across from its axis, its length and half its width.
func (b *batch) line(l overlay.Line) {
	dx, dy := l.X1-l.X0, l.Y1-l.Y0
	length := math.Hypot(dx, dy)
	ux, uy := 1.0, 0.0
	if length > 0 {
		ux, uy = dx/length, dy/length
	}
	half := l.Width / 2
	reach := half + 1
	n := uint32(len(b.vertices))
	a := float32(l.Color.A) / 255
	for i := range 4 {
		along, across := -reach, -reach
		if i%2 == 1 {
			along = length + reach
		}
		if i/2 == 1 {
			across = reach
		}
		b.vertices = append(b.vertices, ebiten.Vertex{
			DstX: float32(l.X0 + ux*along - uy*across), DstY: float32(l.Y0 + uy*along + ux*across),
			ColorR: float32(l.Color.R) / 255 * a, ColorG: float32(l.Color.G) / 255 * a, ColorB: float32(l.Color.B) / 255 * a, ColorA: a,
			Custom0: float32(along), Custom1: float32(across), Custom2: float32(length), Custom3: float32(half),
		})
	}
	b.indices = append(b.indices, n, n+1, n+2, n+1, n+2, n+3)
}
