package screen

import (
	"fmt"
	"image"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/hajimehoshi/ebiten/v2"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/pixel"
	"github.com/nocturne/nocturne/viewer/desk"
)

// bench draws one image on the GPU, by the reference and by the window's CPU path.
type bench struct {
	painter *painter
	canvas  *canvas
	dst     *ebiten.Image
	got     []byte
	want    *image.RGBA
	n       int
}

func newBench(t testing.TB, w, h int) *bench {
	t.Helper()
	p, err := newPainter()
	if err != nil {
		t.Fatal(err)
	}
	c, err := newCanvas()
	if err != nil {
		t.Fatal(err)
	}
	c.on(nil, w, h, false)
	b := &bench{painter: p, canvas: c, dst: unmanaged(w, h), got: make([]byte, 4*w*h), want: image.NewRGBA(image.Rect(0, 0, w, h))}
	t.Cleanup(func() { p.textures.forget(); b.dst.Deallocate() })
	return b
}

// draw fills got and want.
func (b *bench) draw(t testing.TB, s desk.TileScene) {
	t.Helper()
	b.n++
	s.Rect = b.want.Rect
	if s.Key == "" {
		s.Key = fmt.Sprint(b.n)
	}
	if err := b.painter.draw(b.dst, desk.Scene{Epoch: 1, Tiles: []desk.TileScene{s}}); err != nil {
		t.Fatal(err)
	}
	b.dst.ReadPixels(b.got)
	s.Image.Render(s.Window, s.Invert, b.want, s.Place, s.How)
	s.Layers = nil // want has none yet
	b.canvas.draw(desk.Scene{Epoch: 1, Tiles: []desk.TileScene{s}})
	b.onCPU(t, s)
}

// onCPU holds the CPU path against the reference: nothing is unclear there, but where
// single values are told apart and the reference itself rounds.
func (b *bench) onCPU(t testing.TB, s desk.TileScene) {
	t.Helper()
	for i, v := range b.canvas.pix.Pix {
		if d := int(v) - int(b.want.Pix[i]); d > 1 || d < -1 {
			t.Errorf("CPU path, %+v: %d/255 off at %v", s.Window, d, image.Pt(i/4%b.want.Rect.Dx(), i/4/b.want.Rect.Dx()))
			return
		}
	}
}

// worst compares all channels that skip does not exclude.
func (b *bench) worst(skip func(x, y int) bool) (worst, off, n int, at image.Point) {
	for y := range b.want.Rect.Dy() {
		for x := range b.want.Rect.Dx() {
			if skip != nil && skip(x, y) {
				continue
			}
			for c := range 4 {
				i := b.want.PixOffset(x, y) + c
				d := int(b.got[i]) - int(b.want.Pix[i])
				if d = max(d, -d); d > 0 {
					off++
				}
				if d > worst {
					worst, at = d, image.Pt(x, y)
				}
				n++
			}
		}
	}
	return worst, off, n, at
}

// everyValue is an image of 256 by 256 pixels that holds each 16-bit value once.
func everyValue() []uint16 {
	v := make([]uint16, 1<<16)
	for i := range v {
		v[i] = uint16(i)
	}
	return v
}

// windows are common, narrow, wide and odd ones of every function.
func windows() []pixel.Window {
	var out []pixel.Window
	for _, f := range []string{pixel.Linear, pixel.LinearExact, pixel.Sigmoid} {
		for _, cw := range [][2]float64{{40, 400}, {-600, 1500}, {32768, 65536}, {1000.5, 1}, {60000, 2}, {-31000.25, 3.5}, {12345, 0.25}, {0, 20000}} {
			if f == pixel.Linear && cw[1] < 1 {
				continue
			}
			out = append(out, pixel.Window{Center: cw[0], Width: cw[1], Function: f})
		}
	}
	curve := &pixel.LUT{First: -1000, Bits: 16, Values: make([]uint16, 5000)}
	for i := range curve.Values {
		x := float64(i) / float64(len(curve.Values)-1)
		curve.Values[i] = uint16(65535 * x * x * (3 - 2*x))
	}
	full := &pixel.LUT{First: 0, Bits: 12, Values: make([]uint16, 1<<16)}
	for i := range full.Values {
		full.Values[i] = uint16(4095 - i>>4)
	}
	return append(out, pixel.Window{Function: pixel.VOILUT, LUT: curve}, pixel.Window{Function: pixel.VOILUT, LUT: full})
}

// kinds are the images that hold every value.
func kinds(t *testing.T) map[string]*pixel.Image {
	signed := func(d *dicom.Dataset) { d.SetInt(dicom.PixelRepresentation, 1) }
	hu := func(d *dicom.Dataset) {
		d.SetFloat(dicom.RescaleSlope, 1)
		d.SetFloat(dicom.RescaleIntercept, -1024)
	}
	out := map[string]*pixel.Image{
		"unsigned": picture(t, 256, everyValue(), nil),
		"signed":   picture(t, 256, everyValue(), signed),
		"CT":       picture(t, 256, everyValue(), hu),
		"PET": picture(t, 256, everyValue(), func(d *dicom.Dataset) {
			d.SetFloat(dicom.RescaleSlope, 0.3712)
			d.SetFloat(dicom.RescaleIntercept, 0)
		}),
		"falling": picture(t, 256, everyValue(), func(d *dicom.Dataset) {
			d.SetFloat(dicom.RescaleSlope, -2)
			d.SetFloat(dicom.RescaleIntercept, 4095)
		}),
		"MONOCHROME1": picture(t, 256, everyValue(), func(d *dicom.Dataset) {
			d.SetStr(dicom.PhotometricInterpretation, "MONOCHROME1")
		}),
		"padded": picture(t, 256, everyValue(), func(d *dicom.Dataset) {
			signed(d)
			d.SetInt(dicom.PixelPaddingValue, -2000)
			d.SetInt(dicom.PixelPaddingRangeLimit, -1990)
		}),
	}
	lut := &pixel.LUT{First: -500, Bits: 16, Values: make([]uint16, 3000)}
	for i := range lut.Values {
		lut.Values[i] = uint16(i * i / 200)
	}
	m := *out["signed"]
	m.ModalityLUT = lut
	out["modality LUT"] = &m
	return out
}

// Must show: the shader equals the CPU within 1/255 over all 65,536 values, signed
// and unsigned, every VOI function, inverted or not.
func TestEveryStoredValueLooksAsTheReferenceSays(t *testing.T) {
	needDisplay(t)
	b := newBench(t, 256, 256)
	off, n := 0, 0
	for kind, im := range kinds(t) {
		for _, w := range windows() {
			for _, invert := range []bool{false, true} {
				b.draw(t, desk.TileScene{Image: im, Window: w, Invert: invert, Place: pixel.Affine{1, 0, 0, 0, 1, 0}})
				worst, o, k, at := b.worst(nil)
				if worst > 1 {
					t.Errorf("%s, %s %v/%v, invert %v: %d/255 off at stored value %d", kind, w.Function, w.Center, w.Width, invert, worst, at.Y*256+at.X)
				}
				off, n = off+o, n+k
			}
		}
	}
	t.Logf("%d of %d channels are off by one", off, n)
	if off > n/1000 { // ties of rounding
		t.Errorf("%d of %d channels are off by one", off, n)
	}
}

// smooth is an image like a CT slice: soft shapes, no noise.
func smooth(t *testing.T, cols, rows int, set func(*dicom.Dataset)) *pixel.Image {
	v := make([]uint16, cols*rows)
	for y := range rows {
		for x := range cols {
			r := math.Hypot(float64(x-cols/2), float64(y-rows/2))
			v[y*cols+x] = uint16(int16(60*math.Sin(float64(x)/9) + 50*math.Cos(float64(y)/7) + 1200/(1+math.Exp((r-float64(cols)/3)/6)) - 1000))
		}
	}
	return picture(t, cols, v, func(d *dicom.Dataset) {
		d.SetInt(dicom.PixelRepresentation, 1)
		if set != nil {
			set(d)
		}
	})
}

// anyView is a random affine map of an image into a square of size pixels.
func anyView(r *rand.Rand, cols, rows, size int, straight bool) pixel.Affine {
	zoom := math.Exp(r.Float64()*5 - 2.5)
	turn := r.Float64() * 2 * math.Pi
	if straight {
		turn = float64(r.IntN(4)) * math.Pi / 2
	}
	s, c := math.Sincos(turn)
	if straight {
		s, c = math.Round(s), math.Round(c)
	}
	flip := float64(1 - 2*r.IntN(2))
	a := pixel.Affine{c * zoom * flip, -s * zoom, 0, s * zoom * flip, c * zoom, 0}
	x, y := a.Apply(float64(cols)*r.Float64(), float64(rows)*r.Float64())
	a[2], a[5] = float64(size)/2-x, float64(size)/2-y
	return a
}

// unclear tells the screen pixels where a rounding error decides which image pixel,
// or whether any, is meant: near an image pixel's edge for nearest, near the
// image's border for all.
func unclear(s desk.TileScene) func(x, y int) bool {
	in, _ := s.Place.Inverse()
	const near = 2e-3
	return func(x, y int) bool {
		u, v := in.Apply(float64(x)+0.5, float64(y)+0.5)
		border := func(c float64, n int, half float64) bool {
			return math.Abs(c+half) < near || math.Abs(c-half) < near || math.Abs(c-float64(n)+half) < near || math.Abs(c-float64(n)-half) < near
		}
		hu, hv := 0.0, 0.0
		if s.How == pixel.Area {
			hu, hv = math.Abs(in[0]+in[1])/2, math.Abs(in[3]+in[4])/2
		}
		if border(u, s.Image.Cols, 0) || border(v, s.Image.Rows, 0) || border(u, s.Image.Cols, hu) || border(v, s.Image.Rows, hv) {
			return true
		}
		_, _, padded := s.Image.Padding()
		edge := func(c float64) bool { return math.Abs(c-math.Round(c)) < near }
		return (s.How == pixel.Nearest || padded) && (edge(u) || edge(v))
	}
}

// Must show: no channel of a smooth image is worse than 1/255 in any view.
func TestEveryViewLooksAsTheReferenceSays(t *testing.T) {
	needDisplay(t)
	r := rand.New(rand.NewPCG(7, 7))
	const size = 400
	b := newBench(t, size, size)
	padding := func(d *dicom.Dataset) { d.SetInt(dicom.PixelPaddingValue, -995) }
	images := []*pixel.Image{smooth(t, 256, 200, nil), smooth(t, 131, 173, nil), smooth(t, 200, 200, padding)}
	total, off := 0, 0
	for i := range 45 {
		im := images[i%len(images)]
		for _, how := range []pixel.Interpolation{pixel.Nearest, pixel.Bilinear, pixel.Bicubic, pixel.Area} {
			s := desk.TileScene{Image: im, Key: fmt.Sprint(i % len(images)), How: how, Invert: r.IntN(2) == 1, Place: anyView(r, im.Cols, im.Rows, size, how == pixel.Area),
				Window: []pixel.Window{{Center: 40, Width: 400}, {Center: -300, Width: 1600, Function: pixel.Sigmoid}, {Center: 0, Width: 2500, Function: pixel.LinearExact}}[r.IntN(3)]}
			b.draw(t, s)
			worst, o, n, at := b.worst(unclear(s))
			if worst > 1 {
				t.Errorf("view %d, interpolation %d, place %v, window %+v: %d/255 off at %v", i, how, s.Place, s.Window, worst, at)
			}
			off, total = off+o, total+n
		}
	}
	t.Logf("%d of %d channels are off by one", off, total)
}

func TestColorLooksAsTheReferenceSays(t *testing.T) {
	needDisplay(t)
	r := rand.New(rand.NewPCG(8, 8))
	im := &pixel.Image{Rows: 90, Cols: 111, Samples: 3, Bits: 8, Slope: 1, Aspect: 1, RGB: make([]byte, 3*90*111)}
	for i := range im.RGB {
		im.RGB[i] = uint8(128 + 100*math.Sin(float64(i)/50))
	}
	b := newBench(t, 300, 300)
	for i := range 30 {
		how := pixel.Interpolation(i % 4)
		s := desk.TileScene{Image: im, Key: "c", How: how, Invert: i%2 == 1, Place: anyView(r, im.Cols, im.Rows, 300, how == pixel.Area)}
		b.draw(t, s)
		if worst, _, _, at := b.worst(unclear(s)); worst > 1 {
			t.Errorf("view %d, interpolation %d: %d/255 off at %v", i, how, worst, at)
		}
	}
}

// Pictures larger than a texture are drawn in parts without a seam.
func TestLargePicturesHaveNoSeam(t *testing.T) {
	needDisplay(t)
	r := rand.New(rand.NewPCG(9, 9))
	im := smooth(t, 301, 257, nil)
	b := newBench(t, 300, 300)
	b.painter.textures.side = 96 // in place of 8192
	for i := range 30 {
		how := pixel.Interpolation(i % 4)
		s := desk.TileScene{Image: im, Key: "large", How: how, Window: pixel.Window{Center: 40, Width: 400}, Place: anyView(r, im.Cols, im.Rows, 300, how == pixel.Area)}
		b.draw(t, s)
		if worst, _, _, at := b.worst(unclear(s)); worst > 1 {
			t.Errorf("view %d, interpolation %d, place %v: %d/255 off at %v", i, how, s.Place, worst, at)
		}
	}
	if n := len(b.painter.textures.held[pictureKey{1, "large"}].parts); n < 10 {
		t.Errorf("only %d parts", n)
	}
}

func TestTexturesStayWithinTheirBytesAndDieWithTheCase(t *testing.T) {
	needDisplay(t)
	im := smooth(t, 64, 64, nil)
	b := newBench(t, 64, 64)
	b.painter.textures.limit = 5 * 64 * 64 * 2
	for i := range 20 {
		b.draw(t, desk.TileScene{Image: im, Key: fmt.Sprint(i), Place: pixel.Affine{1, 0, 0, 0, 1, 0}})
	}
	if n := b.painter.textures.bytes; n > b.painter.textures.limit || n == 0 {
		t.Errorf("%d bytes of textures held, %d allowed", n, b.painter.textures.limit)
	}
	if err := b.painter.draw(b.dst, desk.Scene{Epoch: 2}); err != nil {
		t.Fatal(err)
	}
	if n := len(b.painter.textures.held); n != 0 {
		t.Errorf("%d textures of the case before are held", n)
	}
	b.dst.ReadPixels(b.got)
	for i, v := range b.got {
		if i%4 < 3 && v != 0 {
			t.Fatalf("a pixel of the case before is left at %d", i/4)
		}
	}
}
