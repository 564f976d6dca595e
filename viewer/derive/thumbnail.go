package derive

import (
	"image"

	"github.com/nocturne/nocturne/cache/pixel"
)

// Thumbnail is an image as it looks first, fitted into a square of side pixels: 25
// KB at most for a thousand of them to be kept.
func Thumbnail(im *pixel.Image, side int) *pixel.Image {
	dst := image.NewRGBA(image.Rect(0, 0, side, side))
	w := im.DefaultWindow()
	if own := im.Windows(); len(own) > 0 {
		w = own[0]
	}
	view := pixel.View{Zoom: im.FitZoom(0, dst.Rect.Size())}
	im.Render(w, false, dst, im.Place(view, dst.Rect.Size()), pixel.Area)
	out := &pixel.Image{Rows: side, Cols: side, Samples: 3, Bits: 8, Slope: 1, Aspect: 1, Exact: true, Lossy: im.Lossy}
	out.RGB = make([]uint8, 0, 3*side*side)
	for i := 0; i < len(dst.Pix); i += 4 {
		out.RGB = append(out.RGB, dst.Pix[i], dst.Pix[i+1], dst.Pix[i+2])
	}
	return out
}
