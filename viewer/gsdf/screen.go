package gsdf

import (
	"image"
	"image/color"
	"image/draw"
)

// Screen is a test pattern for the eye, one pixel of it one of the monitor, of our own
// drawing after the idea of TG18-QC (AAPM TG-18): 18 steps of drive with a fainter
// and a darker square in each, 5 % in black and 95 % in white, letters of a few steps'
// contrast on dark, middle and bright ground, lines of one pixel in the corners and
// the middle, a frame at the very edge.
func Screen(w, h int) *image.Gray {
	im := image.NewGray(image.Rect(0, 0, w, h))
	fill(im, im.Rect, 51) // a fifth of full drive
	unit := min(w, h) / 24
	if unit < 4 {
		return im
	}
	frame(im, im.Rect, 1, 255)
	frame(im, im.Rect.Inset(unit/2), 1, 128)
	steps(im, unit)
	extremes(im, unit)
	words(im, unit)
	for _, at := range []image.Point{{unit, unit}, {w - 3*unit, unit}, {unit, h - 3*unit}, {w - 3*unit, h - 3*unit}, {w/2 - unit, h/2 + 2*unit}} {
		lines(im, image.Rect(0, 0, 2*unit, 2*unit).Add(at))
	}
	return im
}

func fill(im *image.Gray, r image.Rectangle, level uint8) {
	draw.Draw(im, r, image.NewUniform(color.Gray{level}), image.Point{}, draw.Src)
}

func frame(im *image.Gray, r image.Rectangle, n int, level uint8) {
	for _, side := range []image.Rectangle{
		{r.Min, image.Pt(r.Max.X, r.Min.Y+n)}, {image.Pt(r.Min.X, r.Max.Y-n), r.Max},
		{r.Min, image.Pt(r.Min.X+n, r.Max.Y)}, {image.Pt(r.Max.X-n, r.Min.Y), r.Max},
	} {
		fill(im, side, level)
	}
}

// steps are 18 squares of 0, 15 … 255 in three rows of six; inside each a square
// four levels up and one four down.
func steps(im *image.Gray, unit int) {
	side := 3 * unit
	left, top := im.Rect.Dx()/2-3*side, 3*unit
	for k := range 18 {
		level := 15 * k
		r := image.Rect(0, 0, side, side).Add(image.Pt(left+k%6*side, top+k/6*side))
		fill(im, r, uint8(level))
		small := image.Rect(0, 0, unit/2, unit/2)
		fill(im, small.Add(r.Min.Add(image.Pt(unit/2, unit/2))), uint8(min(level+4, 255)))
		fill(im, small.Add(r.Max.Sub(image.Pt(unit, unit))), uint8(max(level-4, 0)))
	}
}

// extremes are 5 % of drive in 0 % and 95 % in 100 %.
func extremes(im *image.Gray, unit int) {
	at := image.Pt(im.Rect.Dx()/2-6*unit, im.Rect.Dy()/2+2*unit)
	for i, levels := range [][2]uint8{{0, 13}, {255, 242}} {
		r := image.Rect(0, 0, 3*unit, 2*unit).Add(at.Add(image.Pt(9*i*unit, 0)))
		fill(im, r, levels[0])
		fill(im, r.Inset(unit/2), levels[1])
	}
}

// words are NOCTURNE on dark, middle and bright ground, each letter fainter: 14, 10,
// 7, 5, 4, 3, 2, 1 levels from its ground.
func words(im *image.Gray, unit int) {
	width := 16 * unit
	left, top := im.Rect.Dx()/2-width/2, im.Rect.Dy()/2+9*unit/2
	for row, ground := range []int{8, 128, 240} {
		r := image.Rect(left, top+2*row*unit, left+width, top+2*(row+1)*unit)
		fill(im, r, uint8(ground))
		for i, faint := range []int{14, 10, 7, 5, 4, 3, 2, 1} {
			letter(im, "NOCTURNE"[i], r.Min.Add(image.Pt(i*2*unit+unit/2, unit/3)), max(unit/5, 1), uint8(ground+faint))
		}
	}
}

// glyphs are letters of 5 by 7 cells, the leftmost the highest bit.
var glyphs = map[byte][7]byte{
	'N': {17, 25, 21, 21, 19, 17, 17}, 'O': {14, 17, 17, 17, 17, 17, 14}, 'C': {14, 17, 16, 16, 16, 17, 14},
	'T': {31, 4, 4, 4, 4, 4, 4}, 'U': {17, 17, 17, 17, 17, 17, 14}, 'R': {30, 17, 17, 30, 20, 18, 17}, 'E': {31, 16, 16, 30, 16, 16, 31},
}

func letter(im *image.Gray, c byte, at image.Point, cell int, level uint8) {
	for y, row := range glyphs[c] {
		for x := range 5 {
			if row>>(4-x)&1 == 1 {
				fill(im, image.Rect(0, 0, cell, cell).Add(at.Add(image.Pt(x*cell, y*cell))), level)
			}
		}
	}
}

// lines are black and white ones of one pixel: upright in the left half, level in the
// right.
func lines(im *image.Gray, r image.Rectangle) {
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			n := x
			if x >= (r.Min.X+r.Max.X)/2 {
				n = y
			}
			im.SetGray(x, y, color.Gray{uint8(255 * (n & 1))})
		}
	}
}
