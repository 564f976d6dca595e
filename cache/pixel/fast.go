package pixel

import (
	"image"
	"math"
	"runtime"
	"sync"
)

// Renderer draws images as Image.Render does, each channel within 1/255, about ten
// times as fast: points of a row and of a column are worked out once, samples are
// interpolated along rows first and then between them, in whole numbers of 2^-14 of
// a stored value, and a window is a multiplication or a table. What it has no short
// way for (a view that is turned by other than quarters) Image.Render draws.
// Where an image is drawn again in the same place its samples are kept: another window
// then costs a fraction of another image.
//
// It is for one goroutine at a time and uses all cores while it draws. It keeps
// tables of the last window and scratch space of the size of dst.
type Renderer struct {
	tone   tone
	turned *image.RGBA
	bytes  byteTable
	kept   kept
}

// Fixed point: a sample is its stored value, moved to be unsigned, times 2^fixBits.
const (
	fixBits    = 14
	weightBits = 24
	black      = math.MinInt32 // in place of a sample: nothing of the image is there, or padding
)

// Render is Image.Render.
func (r *Renderer) Render(im *Image, w Window, invert bool, dst *image.RGBA, view Affine, how Interpolation) {
	inv, ok := view.Inverse()
	size := dst.Bounds().Size()
	if !ok || !inv.square() || how > Bicubic || how == Bicubic && im.RGB != nil || im.Stored == nil && im.RGB == nil || size.X <= 0 || size.Y <= 0 {
		im.Render(w, invert, dst, view, how)
		return
	}
	if how == Area && inv.enlarges() {
		how = Bilinear
	}
	if im.ModalityLUT != nil && im.RGB == nil && how != Nearest && im.padding.ok {
		im.Render(w, invert, dst, view, how)
		return
	}
	if inv[1] == 0 && inv[3] == 0 {
		r.straight(im, w, invert, dst, inv, how)
		return
	}
	r.turned = sized(r.turned, image.Pt(size.Y, size.X))
	r.straight(im, w, invert, r.turned, Affine{inv[1], 0, inv[2], 0, inv[3], inv[5]}, how)
	transpose(dst, r.turned)
}

// mapped is an image without padding whose stored values are what the modality LUT
// makes of them.
func (im *Image) mapped() *Image {
	out := *im
	out.Stored = make([]uint16, len(im.Stored))
	out.ModalityLUT, out.Signed, out.Slope, out.Intercept = nil, false, 1, 0
	var table [1 << 16]uint16
	for s := range table {
		table[s] = im.ModalityLUT.At(im.integer(uint16(s)))
	}
	for i, s := range im.Stored {
		out.Stored[i] = table[s]
	}
	return &out
}

// sized is a picture of a size, the one there is where it fits.
func sized(have *image.RGBA, size image.Point) *image.RGBA {
	if have != nil && have.Rect.Size() == size {
		return have
	}
	return image.NewRGBA(image.Rectangle{Max: size})
}

// straight draws where screen rows are image rows.
func (r *Renderer) straight(im *Image, w Window, invert bool, dst *image.RGBA, inv Affine, how Interpolation) {
	j := &job{im: im, dst: dst, how: how, size: dst.Bounds().Size(), invert: invert}
	if im.RGB == nil && how != Nearest && r.asKept(j, w, inv) {
		return
	}
	im = j.im
	if im.Signed {
		j.flip = 0x8000
	}
	j.pad = im.padding.flipped(im.Signed)
	if how == Area {
		j.wide, j.high = spans(inv[0], inv[2], j.size.X, im.Cols), spans(inv[4], inv[5], j.size.Y, im.Rows)
	} else {
		j.cols, j.rows = axisOf(inv[0], inv[2], j.size.X, im.Cols), axisOf(inv[4], inv[5], j.size.Y, im.Rows)
	}
	if how == Bicubic {
		j.over, j.down = cubicAxisOf(j.cols, inv[0], inv[2], im.Cols), cubicAxisOf(j.rows, inv[4], inv[5], im.Rows)
	}
	if im.RGB == nil && how == Nearest {
		j.lut = r.bytes.of(im, w, invert)
	}
	split(j.size, j.band)
}

// asKept readies the tone of a grey picture and draws it where its samples are here.
func (r *Renderer) asKept(j *job, w Window, inv Affine) bool {
	here, keep := r.kept.again(sampled{j.im, inv, j.how, j.size})
	im := j.im
	if im.ModalityLUT != nil {
		if im = (&Image{Slope: 1, Inverse: im.Inverse}); !here {
			j.im = j.im.mapped()
		}
	}
	r.tone.set(im, w, j.invert)
	j.tone, j.keep = &r.tone, keep
	if here {
		j.toned(r.kept.samples)
	}
	return here
}

// job is one picture being drawn; bands of it share it and do not change it.
type job struct {
	im         *Image
	dst        *image.RGBA
	size       image.Point
	how        Interpolation
	invert     bool
	flip       uint16 // makes stored values of two's complement rise from 0
	pad        padRange
	cols, rows axis // Nearest, Bilinear
	over, down cubicAxis
	wide, high []span // Area; an empty one covers nothing
	tone       *tone
	lut        *[1 << 16]uint8
	keep       []int32 // gets the samples of the whole picture; nil for none
}

func (j *job) band(from, to int) {
	switch {
	case j.im.RGB != nil && j.how == Area:
		j.colourAreas(from, to)
	case j.im.RGB != nil:
		j.colours(from, to)
	case j.how == Nearest:
		j.nearest(from, to)
	case j.how == Area:
		j.areas(from, to)
	case j.how == Bicubic:
		j.bicubic(from, to)
	default:
		j.bilinear(from, to)
	}
}

// split draws rows in parallel, in bands that end where another begins.
func split(size image.Point, band func(from, to int)) {
	n := min(runtime.GOMAXPROCS(0), 1+size.X*size.Y/(32<<10), size.Y)
	var wg sync.WaitGroup
	for k := 1; k < n; k++ {
		wg.Go(func() { band(k*size.Y/n, (k+1)*size.Y/n) })
	}
	band(0, size.Y/n)
	wg.Wait()
}

// axis is where screen pixels lie along one axis of the image: between pixels at
// and next, whose weight is in 2^-24, and in pixel here. Those before from and from
// to on lie beside the image.
type axis struct {
	from, to       int
	at, next, here []int32
	weight         []int64
}

func axisOf(scale, start float64, n, size int) axis {
	a := axis{from: n, at: make([]int32, n), next: make([]int32, n), here: make([]int32, n), weight: make([]int64, n)}
	for i := range n {
		u := scale*(float64(i)+0.5) + start
		if !(u >= 0 && u < float64(size)) {
			continue
		}
		a.from, a.to = min(a.from, i), i+1
		low := math.Floor(u - 0.5)
		a.at[i], a.next[i], a.here[i] = int32(max(int(low), 0)), int32(min(int(low)+1, size-1)), int32(u)
		a.weight[i] = int64((u-0.5-low)*(1<<weightBits) + 0.5)
	}
	a.from = min(a.from, a.to)
	return a
}

// spans are what each screen pixel covers of one axis.
func spans(scale, start float64, n, size int) []span {
	out := make([]span, n)
	for i := range out {
		if s, ok := spanOf(scale*float64(i)+start, scale*float64(i+1)+start, size); ok {
			out[i] = s
		}
	}
	return out
}

// padRange is padding in values that rise from 0.
type padRange struct {
	low, span uint16
	ok        bool
}

func (p padding) flipped(signed bool) padRange {
	lo, hi := p.lo, p.hi
	if signed {
		lo, hi = lo+1<<15, hi+1<<15
	}
	if !p.ok || hi < 0 || lo > 0xFFFF {
		return padRange{}
	}
	lo, hi = max(lo, 0), min(hi, 0xFFFF)
	return padRange{low: uint16(lo), span: uint16(hi - lo), ok: hi >= lo}
}

func (p padRange) has(v uint16) bool { return p.ok && v-p.low <= p.span }

// transpose writes src with rows and columns exchanged, in squares that stay in the
// processor's cache.
func transpose(dst, src *image.RGBA) {
	const side = 16
	size := dst.Bounds().Size()
	split(size, func(from, to int) {
		for y0 := from; y0 < to; y0 += side {
			for x0 := 0; x0 < size.X; x0 += side {
				for y := y0; y < min(y0+side, to); y++ {
					line := dst.Pix[y*dst.Stride:]
					for x := x0; x < min(x0+side, size.X); x++ {
						copy(line[4*x:4*x+4], src.Pix[x*src.Stride+4*y:])
					}
				}
			}
		}
	})
}
