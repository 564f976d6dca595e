package pixel

import (
	"image"
	"math"
)

// Affine maps a point: x' = a0·x + a1·y + a2, y' = a3·x + a4·y + a5.
type Affine [6]float64

// Apply maps one point.
func (a Affine) Apply(x, y float64) (float64, float64) {
	return a[0]*x + a[1]*y + a[2], a[3]*x + a[4]*y + a[5]
}

// Then is a followed by b.
func (a Affine) Then(b Affine) Affine {
	return Affine{
		b[0]*a[0] + b[1]*a[3], b[0]*a[1] + b[1]*a[4], b[0]*a[2] + b[1]*a[5] + b[2],
		b[3]*a[0] + b[4]*a[3], b[3]*a[1] + b[4]*a[4], b[3]*a[2] + b[4]*a[5] + b[5],
	}
}

// Inverse undoes a; ok is false when a flattens the plane.
func (a Affine) Inverse() (inv Affine, ok bool) {
	det := a[0]*a[4] - a[1]*a[3]
	if det == 0 || math.IsNaN(det) || math.IsInf(det, 0) {
		return Affine{}, false
	}
	inv = Affine{a[4] / det, -a[1] / det, 0, -a[3] / det, a[0] / det, 0}
	inv[2] = -(inv[0]*a[2] + inv[1]*a[5])
	inv[5] = -(inv[3]*a[2] + inv[4]*a[5])
	return inv, true
}

// View says how an image lies in a rectangle of the screen: the same for the
// window, the terminal's image and `render`. The zero value fits it.
type View struct {
	// Zoom is screen pixels per image column; 0 fits the whole image. Rows are
	// larger by the image's Aspect.
	Zoom float64
	// PanX and PanY are image pixels: the image point that lies in the middle of
	// the screen is the image's middle moved by them.
	PanX, PanY float64
	FlipH      bool // mirrored left to right, before it is turned
	Turn       int  // quarter turns clockwise
}

// Place maps image points, whose first pixel's centre is (0.5, 0.5), to points
// of a screen rectangle of the given size, whose first pixel's centre is too. The
// view speaks of the frame: a preview lies where its frame will lie.
func (im *Image) Place(v View, size image.Point) Affine {
	aspect := im.Aspect
	if !(aspect > 0) {
		aspect = 1
	}
	turn := ((v.Turn % 4) + 4) % 4
	zoom := v.Zoom
	if !(zoom > 0) {
		zoom = im.FitZoom(turn, size)
	}
	rows, cols := im.frameSize()
	a := Affine{1, 0, -(float64(cols)/2 + v.PanX), 0, 1, -(float64(rows)/2 + v.PanY)}
	if im.Preview != nil {
		a = im.Preview.ToFrame.Then(a)
	}
	x := zoom
	if v.FlipH {
		x = -x
	}
	a = a.Then(Affine{x, 0, 0, 0, zoom * aspect, 0})
	for range turn {
		a = a.Then(Affine{0, -1, 0, 1, 0, 0}) // clockwise: x' = −y, y' = x, y down
	}
	return a.Then(Affine{1, 0, float64(size.X) / 2, 0, 1, float64(size.Y) / 2})
}

// FitZoom is the Zoom at which the whole image, turned by so many quarters,
// just fits a rectangle of the given size.
func (im *Image) FitZoom(turn int, size image.Point) float64 {
	rows, cols := im.frameSize()
	w, h := float64(cols), float64(rows)*im.Aspect
	if turn%2 != 0 {
		w, h = h, w
	}
	return min(float64(size.X)/w, float64(size.Y)/h)
}

func (im *Image) frameSize() (rows, cols int) {
	if im.Preview != nil {
		return im.Preview.Rows, im.Preview.Cols
	}
	return im.Rows, im.Cols
}
