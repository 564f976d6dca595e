package overlay

import (
	"fmt"
	"image"
	"image/color"
)

// Loupe frames a magnified part of an image and says so.
func (s Style) Loupe(r image.Rectangle, times int) List {
	var l List
	s.frame(&l, r, Green)
	l.text(float64(r.Min.X)+0.5*s.em(), float64(r.Max.Y)-0.5*s.em(), s.em(), Left, Green, fmt.Sprintf("magnifier ×%d", times))
	return l
}

// Histogram draws how often values occur as bars, the title above and the ends of the
// scale below.
func (s Style) Histogram(r image.Rectangle, counts []int, title, low, high string) List {
	var l List
	most := 0
	for _, n := range counts {
		most = max(most, n)
	}
	if most == 0 || r.Dx() < 2*len(counts) {
		return l
	}
	l.fill(r, color.NRGBA{12, 12, 14, 215})
	in := image.Rect(r.Min.X+s.px(4), r.Min.Y+int(1.4*s.line()), r.Max.X-s.px(4), r.Max.Y-int(1.3*s.line()))
	for i, n := range counts {
		x0, x1 := in.Min.X+i*in.Dx()/len(counts), in.Min.X+(i+1)*in.Dx()/len(counts)
		l.fill(image.Rect(x0, in.Max.Y-n*in.Dy()/most, max(x0+1, x1-1), in.Max.Y), Yellow)
	}
	l.text(float64(in.Min.X), float64(r.Min.Y)+s.em(), 0.9*s.em(), Left, White, Fit(title, 0.9*s.em(), float64(in.Dx())))
	l.text(float64(in.Min.X), float64(r.Max.Y)-0.4*s.em(), 0.9*s.em(), Left, Grey, low)
	l.text(float64(in.Max.X), float64(r.Max.Y)-0.4*s.em(), 0.9*s.em(), Right, Grey, high)
	return l
}
