package picture

import (
	"image"
	"math"

	"github.com/nocturne/nocturne/cache/pixel"
	"github.com/nocturne/nocturne/viewer/stack"
)

// View is how a tile looks at an image.
type View struct {
	pixel.View
	Anchor int     // −1, +1: a fitted image keeps to the left, right edge of its tile
	FitMM  float64 // screen pixels per mm that a group of tiles shares when fitted; 0: none
}

// Scale is the zoom in effect: screen pixels per image column.
func (v View) Scale(g *stack.Geometry, r image.Rectangle) float64 {
	switch {
	case v.Zoom > 0:
		return v.Zoom
	case v.FitMM > 0 && g.MM > 0:
		return v.FitMM * g.MM
	}
	return g.FitZoom(v.Turn, r.Size())
}

// Place maps image points to points of the tile, counted from its corner.
func (v View) Place(g *stack.Geometry, r image.Rectangle) pixel.Affine {
	p := v.View
	p.Zoom = v.Scale(g, r)
	a := g.Place(p, r.Size())
	if v.anchored() {
		w := float64(g.Cols)
		if v.Turn%2 != 0 {
			w = float64(g.Rows) * g.Aspect
		}
		a[2] += float64(v.Anchor) * (float64(r.Dx()) - w*p.Zoom) / 2
	}
	if math.Abs(p.Zoom-1) < 1e-9 && g.Aspect == 1 { // 1:1: pixel on pixel, not between two
		a[2], a[5] = math.Round(a[2]), math.Round(a[5])
	}
	return a
}

func (v View) anchored() bool {
	return v.Anchor != 0 && v.Zoom == 0 && v.PanX == 0 && v.PanY == 0
}

// ToScene maps image points to points of the scene.
func (v View) ToScene(g *stack.Geometry, r image.Rectangle) pixel.Affine {
	return v.Place(g, r).Then(pixel.Affine{1, 0, float64(r.Min.X), 0, 1, float64(r.Min.Y)})
}

// ToImage maps points of the scene to image points.
func (v View) ToImage(g *stack.Geometry, r image.Rectangle) pixel.Affine {
	a, _ := v.ToScene(g, r).Inverse()
	return a
}

// Mirror flips what is seen left to right, or top to bottom, on top of whatever
// turn it has: M·R(k)·F = R(−k)·M·F, and top to bottom is that turned by two.
func (v *View) Mirror(vertical bool) {
	v.FlipH = !v.FlipH
	v.Turn = (4 - v.Turn) % 4
	if vertical {
		v.Turn = (v.Turn + 2) % 4
	}
}

// Rotate turns what is seen clockwise by quarters.
func (v *View) Rotate(quarters int) { v.Turn = ((v.Turn+quarters)%4 + 4) % 4 }

// zoom bounds: a 4096 mammogram in a thumbnail, a pixel as large as a finger.
const minZoom, maxZoom = 0.02, 64

// ZoomAt scales by f and keeps the image point under a scene point where it is.
func (v *View) ZoomAt(f float64, g *stack.Geometry, r image.Rectangle, x, y float64) {
	px, py := v.ToImage(g, r).Apply(x, y)
	v.Zoom = math.Max(minZoom, math.Min(maxZoom, v.Scale(g, r)*f))
	qx, qy := v.ToImage(g, r).Apply(x, y)
	v.PanX += px - qx
	v.PanY += py - qy
	v.Clamp(g)
}

// Pin turns a fit that keeps to an edge into the plain zoom and pan that look the
// same, so that a drag begins where the picture is.
func (v *View) Pin(g *stack.Geometry, r image.Rectangle) {
	if !v.anchored() {
		return
	}
	x, y := v.ToImage(g, r).Apply(Middle(r))
	v.Zoom = v.Scale(g, r)
	v.PanX, v.PanY = x-float64(g.Cols)/2, y-float64(g.Rows)/2
}

// Drag pans by scene pixels.
func (v *View) Drag(dx, dy float64, g *stack.Geometry, r image.Rectangle) {
	v.Pin(g, r)
	in := v.ToImage(g, r)
	v.PanX -= in[0]*dx + in[1]*dy
	v.PanY -= in[3]*dx + in[4]*dy
	v.Clamp(g)
}

// Clamp keeps the middle of the tile on the image, so that it cannot be lost.
func (v *View) Clamp(g *stack.Geometry) {
	w, h := float64(g.Cols)/2, float64(g.Rows)/2
	v.PanX = math.Max(-w, math.Min(w, v.PanX))
	v.PanY = math.Max(-h, math.Min(h, v.PanY))
}

// Middle is the middle of a rectangle.
func Middle(r image.Rectangle) (x, y float64) {
	return float64(r.Min.X+r.Max.X) / 2, float64(r.Min.Y+r.Max.Y) / 2
}

// Follow takes over a zoom and a pan that changed; per is how many pixels of this
// image make one of the other's.
func (v *View) Follow(now, was View, per float64) {
	if now.Zoom == was.Zoom && now.PanX == was.PanX && now.PanY == was.PanY {
		return
	}
	v.Zoom, v.PanX, v.PanY = now.Zoom/per, now.PanX*per, now.PanY*per
	if now.FlipH != v.FlipH || now.Turn != v.Turn { // the same shift means another place
		v.PanX, v.PanY = 0, 0
	}
}
