package raster

import (
	"image"
	"image/color"
)

// Fit is img made small or large enough for a box, its sides in proportion, in the
// middle of black. Each pixel is the mean of what it covers, so that print stays
// legible.
func Fit(img image.Image, box image.Point) *image.RGBA {
	out := image.NewRGBA(image.Rectangle{Max: box})
	for i := 3; i < len(out.Pix); i += 4 {
		out.Pix[i] = 255
	}
	b := img.Bounds()
	if b.Empty() || box.X < 1 || box.Y < 1 {
		return out
	}
	w, h := box.X, b.Dy()*box.X/b.Dx()
	if h > box.Y {
		w, h = b.Dx()*box.Y/b.Dy(), box.Y
	}
	w, h = max(1, w), max(1, h)
	left, top := (box.X-w)/2, (box.Y-h)/2
	for y := range h {
		for x := range w {
			x0, y0 := b.Min.X+x*b.Dx()/w, b.Min.Y+y*b.Dy()/h
			x1, y1 := b.Min.X+(x+1)*b.Dx()/w, b.Min.Y+(y+1)*b.Dy()/h
			out.SetRGBA(left+x, top+y, mean(img, image.Rect(x0, y0, max(x1, x0+1), max(y1, y0+1))))
		}
	}
	return out
}

func mean(img image.Image, r image.Rectangle) color.RGBA {
	var sum [3]uint64
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			red, green, blue, _ := img.At(x, y).RGBA()
			sum[0], sum[1], sum[2] = sum[0]+uint64(red), sum[1]+uint64(green), sum[2]+uint64(blue)
		}
	}
	n := uint64(r.Dx()*r.Dy()) * 257
	return color.RGBA{uint8((sum[0] + n/2) / n), uint8((sum[1] + n/2) / n), uint8((sum[2] + n/2) / n), 255}
}
