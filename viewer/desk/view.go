package desk

import (
	"image"
	"math"

	"github.com/nocturne/nocturne/cache/pixel"
	"github.com/nocturne/nocturne/viewer/stack"
)

// view is how a tile looks at an image.
type view struct {
	pixel.View
	anchor int     // −1, +1: a fitted image keeps to the left, right edge of its tile
	fitMM  float64 // screen pixels per mm that a group of tiles shares when fitted; 0: none
}

// scale is the zoom in effect: screen pixels per image column.
func (v view) scale(g *stack.Geometry, r image.Rectangle) float64 {
	switch {
	case v.Zoom > 0:
		return v.Zoom
	case v.fitMM > 0 && g.MM > 0:
		return v.fitMM * g.MM
	}
	return g.FitZoom(v.Turn, r.Size())
}

// place maps image points to points of the tile, counted from its corner.
func (v view) place(g *stack.Geometry, r image.Rectangle) pixel.Affine {
	p := v.View
	p.Zoom = v.scale(g, r)
	a := g.Place(p, r.Size())
	if v.anchored() {
		w := float64(g.Cols)
		if v.Turn%2 != 0 {
			w = float64(g.Rows) * g.Aspect
		}
		a[2] += float64(v.anchor) * (float64(r.Dx()) - w*p.Zoom) / 2
	}
	if math.Abs(p.Zoom-1) < 1e-9 && g.Aspect == 1 { // 1:1: pixel on pixel, not between two
		a[2], a[5] = math.Round(a[2]), math.Round(a[5])
	}
	return a
}

func (v view) anchored() bool {
	return v.anchor != 0 && v.Zoom == 0 && v.PanX == 0 && v.PanY == 0
}

// toScene maps image points to points of the scene.
func (v view) toScene(g *stack.Geometry, r image.Rectangle) pixel.Affine {
	return v.place(g, r).Then(pixel.Affine{1, 0, float64(r.Min.X), 0, 1, float64(r.Min.Y)})
}

// toImage maps points of the scene to image points.
func (v view) toImage(g *stack.Geometry, r image.Rectangle) pixel.Affine {
	a, _ := v.toScene(g, r).Inverse()
	return a
}

// mirror flips what is seen left to right, or top to bottom, on top of whatever
// turn it has: M·R(k)·F = R(−k)·M·F, and top to bottom is that turned by two.
func (v *view) mirror(vertical bool) {
	v.FlipH = !v.FlipH
	v.Turn = (4 - v.Turn) % 4
	if vertical {
		v.Turn = (v.Turn + 2) % 4
	}
}

func (v *view) rotate(quarters int) { v.Turn = ((v.Turn+quarters)%4 + 4) % 4 }

// zoom bounds: a 4096 mammogram in a thumbnail, a pixel as large as a finger.
const minZoom, maxZoom = 0.02, 64

// zoomAt scales by f and keeps the image point under a scene point where it is.
func (v *view) zoomAt(f float64, g *stack.Geometry, r image.Rectangle, x, y float64) {
	px, py := v.toImage(g, r).Apply(x, y)
	v.Zoom = math.Max(minZoom, math.Min(maxZoom, v.scale(g, r)*f))
	qx, qy := v.toImage(g, r).Apply(x, y)
	v.PanX += px - qx
	v.PanY += py - qy
	v.clamp(g)
}

// pin turns a fit that keeps to an edge into the plain zoom and pan that look the
// same, so that a drag begins where the picture is.
func (v *view) pin(g *stack.Geometry, r image.Rectangle) {
	if !v.anchored() {
		return
	}
	x, y := v.toImage(g, r).Apply(middle(r))
	v.Zoom = v.scale(g, r)
	v.PanX, v.PanY = x-float64(g.Cols)/2, y-float64(g.Rows)/2
}

// drag pans by scene pixels.
func (v *view) drag(dx, dy float64, g *stack.Geometry, r image.Rectangle) {
	v.pin(g, r)
	in := v.toImage(g, r)
	v.PanX -= in[0]*dx + in[1]*dy
	v.PanY -= in[3]*dx + in[4]*dy
	v.clamp(g)
}

// clamp keeps the middle of the tile on the image, so that it cannot be lost.
func (v *view) clamp(g *stack.Geometry) {
	w, h := float64(g.Cols)/2, float64(g.Rows)/2
	v.PanX = math.Max(-w, math.Min(w, v.PanX))
	v.PanY = math.Max(-h, math.Min(h, v.PanY))
}

func middle(r image.Rectangle) (x, y float64) {
	return float64(r.Min.X+r.Max.X) / 2, float64(r.Min.Y+r.Max.Y) / 2
}
