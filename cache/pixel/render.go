package pixel

import (
	"image"
	"math"
	"runtime"
	"sync"
)

// Interpolation is how a screen pixel between image pixels gets its value.
type Interpolation uint8

const (
	// Nearest takes the pixel the point lies in.
	Nearest Interpolation = iota
	// Bilinear weighs the four pixels around the point, in modality values.
	// Beyond the outermost centres the outermost pixel counts.
	Bilinear
	// Area averages all that a screen pixel covers, in modality values, so that
	// nothing is skipped where the image is made smaller. Where the image is
	// enlarged, or turned by other than quarters, it is Bilinear.
	Area
	// Bicubic weighs the sixteen pixels around the point by Catmull-Rom's cubic, in
	// modality values: sharper than Bilinear, with some overshoot at edges.
	Bicubic
	// Dithered, beside one of the others, rounds grey to bytes by the ordered pattern of
	// Threshold in place of a half, so that slow ramps do not band. Every byte stays
	// within one of 255·y.
	Dithered Interpolation = 0x80
)

// Render draws the image into all of dst: view maps image points to points of
// dst counted from its upper left corner (see Place). invert is the reader's
// inversion, on top of Inverse. Colour takes no window. What no image pixel
// covers is black, and so is padding: a screen pixel is padding where the image
// pixel it lies in is (Area: where half of what it covers is); elsewhere padding
// beside it counts as that image pixel (Area: not at all).
func (im *Image) Render(w Window, invert bool, dst *image.RGBA, view Affine, how Interpolation) {
	inv, ok := view.Inverse()
	dither := how&Dithered != 0
	how &^= Dithered
	if how == Area && (inv.enlarges() || !inv.square()) {
		how = Bilinear
	}
	p := painter{im: im, dst: dst, inv: inv, invert: invert != im.Inverse, voi: w.VOI(), dither: dither}
	row := p.nearestRow
	switch {
	case !ok:
		row = p.blackRow
	case im.RGB != nil:
		row = p.colourRow(how)
	case how == Bilinear:
		row = p.bilinearRow
	case how == Area:
		row = p.areaRow
	case how == Bicubic:
		row = p.bicubicRow
	case dither:
		row = p.ditheredRow
	default:
		lut := im.BuildLUT(w, invert)
		p.lut = &lut
	}
	bands(dst.Bounds().Dy(), dst.Bounds().Dx(), row)
}

// bands paints rows in parallel and returns when all are done.
func bands(rows, cols int, row func(y int)) {
	n := min(runtime.GOMAXPROCS(0), 1+rows*cols/(64<<10), max(rows, 1))
	var wg sync.WaitGroup
	for k := range n {
		wg.Go(func() {
			for y := k * rows / n; y < (k+1)*rows/n; y++ {
				row(y)
			}
		})
	}
	wg.Wait()
}

// enlarges: a screen pixel covers no more than one image pixel either way.
func (a Affine) enlarges() bool {
	return math.Hypot(a[0], a[3]) <= 1 && math.Hypot(a[1], a[4]) <= 1
}

// square: the axes stay axes.
func (a Affine) square() bool { return a[1] == 0 && a[3] == 0 || a[0] == 0 && a[4] == 0 }

// BuildLUT is the byte of each stored value by a window: what Render with
// Nearest gives, and what a shader may look up. Padding is 0.
func (im *Image) BuildLUT(w Window, invert bool) (lut [1 << 16]uint8) {
	voi := w.VOI()
	for s := range lut {
		if stored := uint16(s); !im.IsPadding(stored) {
			lut[s] = light(voi.At(im.Modality(stored)), invert != im.Inverse)
		}
	}
	return lut
}

func light(y float64, invert bool) uint8 {
	if invert {
		y = 1 - y
	}
	return Level(y)
}

type painter struct {
	im     *Image
	dst    *image.RGBA
	inv    Affine // screen to image
	invert bool
	voi    *VOI
	lut    *[1 << 16]uint8
	dither bool
}

// line is the pixels of one row of dst.
func (p *painter) line(y int) []uint8 {
	from := y * p.dst.Stride
	return p.dst.Pix[from : from+4*p.dst.Bounds().Dx()]
}

func (p *painter) blackRow(y int) {
	line := p.line(y)
	for i := 0; i < len(line); i += 4 {
		line[i], line[i+1], line[i+2], line[i+3] = 0, 0, 0, 255
	}
}

// point is the image point of a screen pixel's centre; in is whether it lies in
// the image.
func (p *painter) point(x, y int) (u, v float64, in bool) {
	u, v = p.inv.Apply(float64(x)+0.5, float64(y)+0.5)
	return u, v, u >= 0 && v >= 0 && u < float64(p.im.Cols) && v < float64(p.im.Rows)
}

func (p *painter) nearestRow(y int) {
	line := p.line(y)
	for x := 0; 4*x < len(line); x++ {
		var g uint8
		if u, v, in := p.point(x, y); in {
			g = p.lut[p.im.Stored[int(v)*p.im.Cols+int(u)]]
		}
		set(line[4*x:], g)
	}
}

func set(px []uint8, g uint8) {
	_ = px[3]
	px[0], px[1], px[2], px[3] = g, g, g, 255
}

func (p *painter) bilinearRow(y int) {
	line := p.line(y)
	for x := 0; 4*x < len(line); x++ {
		var g uint8
		if u, v, in := p.point(x, y); in {
			g = p.bilinear(u, v, p.round(x, y))
		}
		set(line[4*x:], g)
	}
}

// taps are the four pixels around a point, clamped to the image, and how far
// the point is from the upper left one.
type taps struct {
	x0, x1, y0, y1 int
	fx, fy         float64
}

func (im *Image) taps(u, v float64) taps {
	u, v = u-0.5, v-0.5
	x, y := math.Floor(u), math.Floor(v)
	return taps{
		x0: max(int(x), 0), x1: min(int(x)+1, im.Cols-1),
		y0: max(int(y), 0), y1: min(int(y)+1, im.Rows-1),
		fx: u - x, fy: v - y,
	}
}

// mix weighs upper left, upper right, lower left, lower right.
func (t taps) mix(a, b, c, d float64) float64 {
	return (a*(1-t.fx)+b*t.fx)*(1-t.fy) + (c*(1-t.fx)+d*t.fx)*t.fy
}

func (p *painter) bilinear(u, v, round float64) uint8 {
	im := p.im
	t := im.taps(u, v)
	s := [4]uint16{im.Stored[t.y0*im.Cols+t.x0], im.Stored[t.y0*im.Cols+t.x1],
		im.Stored[t.y1*im.Cols+t.x0], im.Stored[t.y1*im.Cols+t.x1]}
	if im.padding.ok {
		here := im.Stored[int(v)*im.Cols+int(u)]
		if im.IsPadding(here) {
			return 0
		}
		for i := range s {
			if im.IsPadding(s[i]) {
				s[i] = here
			}
		}
	}
	x := t.mix(im.Modality(s[0]), im.Modality(s[1]), im.Modality(s[2]), im.Modality(s[3]))
	return p.level(x, round)
}
