package pixel_test

import (
	"image"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/pixel"
)

// noisy are images of every kind, full of values that have nothing to do with their
// neighbours.
func noisy(t testing.TB, r *rand.Rand) map[string]*pixel.Image {
	values := func(mask int) []uint16 {
		v := make([]uint16, 61*47)
		for i := range v {
			v[i] = uint16(r.IntN(1<<16) & mask)
		}
		return v
	}
	signed := func(d *dicom.Dataset) { d.SetInt(dicom.PixelRepresentation, 1) }
	out := map[string]*pixel.Image{
		"unsigned": picture(t, 61, nil, values(0xFFFF)...),
		"signed":   picture(t, 61, signed, values(0xFFFF)...),
		"CT": picture(t, 61, func(d *dicom.Dataset) {
			d.SetFloat(dicom.RescaleSlope, 1)
			d.SetFloat(dicom.RescaleIntercept, -1024)
		}, values(0xFFF)...),
		"falling": picture(t, 61, func(d *dicom.Dataset) {
			d.SetFloat(dicom.RescaleSlope, -0.37)
			d.SetFloat(dicom.RescaleIntercept, 900)
		}, values(0xFFF)...),
		"MONOCHROME1": picture(t, 61, func(d *dicom.Dataset) { d.SetStr(dicom.PhotometricInterpretation, "MONOCHROME1") }, values(0xFFF)...),
	}
	padded := values(0xFFF)
	for i := range padded {
		if i%61 < 20 || r.IntN(9) == 0 {
			padded[i] = uint16(0xF000) // −4096
		}
	}
	out["padded"] = picture(t, 61, func(d *dicom.Dataset) { signed(d); d.SetInt(dicom.PixelPaddingValue, -4096) }, padded...)
	round := values(0xFFF)
	for i := range round {
		if x, y := i%61-33, i/61-20; x*x+y*y > 380 {
			round[i] = uint16(0xF000)
		}
	}
	out["round"] = picture(t, 61, func(d *dicom.Dataset) { signed(d); d.SetInt(dicom.PixelPaddingValue, -4096) }, round...)
	lut := &pixel.LUT{First: -500, Bits: 16, Values: make([]uint16, 3000)}
	for i := range lut.Values {
		lut.Values[i] = uint16(i * i / 200)
	}
	for _, of := range []string{"signed", "padded"} {
		m := *out[of]
		m.ModalityLUT = lut
		out[of+" by a modality LUT"] = &m
	}
	c := &pixel.Image{Rows: 47, Cols: 61, Samples: 3, Bits: 8, Slope: 1, Aspect: 1, RGB: make([]byte, 3*61*47)}
	for i := range c.RGB {
		c.RGB[i] = uint8(r.IntN(256))
	}
	out["colour"] = c
	return out
}

func fastWindows() []pixel.Window {
	curve := &pixel.LUT{First: -1000, Bits: 12, Values: make([]uint16, 5000)}
	for i := range curve.Values {
		x := float64(i) / 4999
		curve.Values[i] = uint16(4095 * x * x * (3 - 2*x))
	}
	return []pixel.Window{
		{Center: 40, Width: 400}, {Center: 32768, Width: 65536}, {Center: 1000.5, Width: 2}, {Center: 300, Width: 0.5, Function: pixel.LinearExact},
		{Center: 500, Width: 900, Function: pixel.Sigmoid}, {Center: 2000, Width: 30, Function: pixel.Sigmoid}, {Center: 1e7, Width: 1e9},
		{Function: pixel.VOILUT, LUT: curve},
	}
}

// straightView is a random zoom, pan, flip and quarter turn.
func straightView(r *rand.Rand, im *pixel.Image, size image.Point) pixel.Affine {
	return im.Place(pixel.View{
		Zoom: math.Exp(r.Float64()*4.5 - 2.5), PanX: 40 * (r.Float64() - 0.5), PanY: 40 * (r.Float64() - 0.5), FlipH: r.IntN(2) == 1, Turn: r.IntN(4),
	}, size)
}

// worstOf is the largest difference of two pictures.
func worstOf(a, b *image.RGBA) (worst, off int, at image.Point) {
	for y := range a.Rect.Dy() {
		for x := range a.Rect.Dx() {
			for c := range 4 {
				d := int(a.Pix[y*a.Stride+4*x+c]) - int(b.Pix[y*b.Stride+4*x+c])
				if d = max(d, -d); d > 0 {
					off++
				}
				if d > worst {
					worst, at = d, image.Pt(x, y)
				}
			}
		}
	}
	return worst, off, at
}

// Must show: what the window draws on the CPU is within 1/255 of the reference, for
// every kind of image and window in every view, noise included.
func TestTheFastPictureIsTheReferences(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	size := image.Pt(83, 71)
	var fast pixel.Renderer
	off, n := 0, 0
	for kind, im := range noisy(t, r) {
		for _, w := range fastWindows() {
			for i := range 12 {
				how := pixel.Interpolation(i % 4)
				view, invert := straightView(r, im, size), r.IntN(2) == 1
				got, want := image.NewRGBA(image.Rectangle{Max: size}), image.NewRGBA(image.Rectangle{Max: size})
				for range i % 3 { // by another window first, so that samples are kept
					fast.Render(im, pixel.Window{Center: 1, Width: 7}, !invert, got, view, how)
				}
				fast.Render(im, w, invert, got, view, how)
				im.Render(w, invert, want, view, how)
				worst, o, at := worstOf(got, want)
				if worst > 1 {
					t.Errorf("%s, window %+v, invert %v, interpolation %d, view %v: %d/255 off at %v", kind, w, invert, how, view, worst, at)
				}
				off, n = off+o, n+4*size.X*size.Y
			}
		}
	}
	t.Logf("%d of %d channels are off by one", off, n)
	if off > n/500 {
		t.Errorf("%d of %d channels are off by one", off, n)
	}
}

// A view that has no short way is drawn all the same, and so is one of nothing.
func TestTheFastPictureHasNoHoles(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	im := noisy(t, r)["CT"]
	var fast pixel.Renderer
	for _, view := range []pixel.Affine{{1, 0.5, 3, -0.5, 1, 20}, {}, {1, 0, 500, 0, 1, 0}, {1, 0, 0, 0, 1, -500}, {0.01, 0, 0, 0, 0.01, 0}} {
		for how := range pixel.Interpolation(4) {
			got, want := image.NewRGBA(image.Rect(0, 0, 40, 50)), image.NewRGBA(image.Rect(0, 0, 40, 50))
			for i := range got.Pix {
				got.Pix[i], want.Pix[i] = 77, 77
			}
			fast.Render(im, pixel.Window{Center: 900, Width: 3000}, false, got, view, how)
			im.Render(pixel.Window{Center: 900, Width: 3000}, false, want, view, how)
			if worst, _, at := worstOf(got, want); worst > 1 {
				t.Errorf("view %v, interpolation %d: %d/255 off at %v", view, how, worst, at)
			}
		}
	}
}

// A part of a larger picture is drawn and nothing beside it.
func TestTheFastPictureStaysInItsRectangle(t *testing.T) {
	im := noisy(t, rand.New(rand.NewPCG(6, 6)))["CT"]
	var fast pixel.Renderer
	for turn := range 4 {
		whole := image.NewRGBA(image.Rect(0, 0, 90, 90))
		part := image.Rect(11, 7, 61, 70)
		fast.Render(im, pixel.Window{Center: 900, Width: 3000}, false, whole.SubImage(part).(*image.RGBA), im.Place(pixel.View{Turn: turn}, part.Size()), pixel.Bilinear)
		for y := range 90 {
			for x := range 90 {
				if painted := whole.RGBAAt(x, y).A == 255; painted != image.Pt(x, y).In(part) {
					t.Fatalf("turn %d: painted %v at %d, %d", turn, painted, x, y)
				}
			}
		}
	}
}

func BenchmarkFast(b *testing.B) {
	for _, c := range []struct {
		name       string
		rows, cols int
		size       image.Point
		how        pixel.Interpolation
		turn       int
		padded     bool
	}{
		{"512x512 to 1024x1024, nearest", 512, 512, image.Pt(1024, 1024), pixel.Nearest, 0, false},
		{"512x512 to 1024x1024", 512, 512, image.Pt(1024, 1024), pixel.Bilinear, 0, false},
		{"512x512 to 1024x1024, bicubic", 512, 512, image.Pt(1024, 1024), pixel.Bicubic, 0, false},
		{"512x512 to 1024x1024, padded", 512, 512, image.Pt(1024, 1024), pixel.Bilinear, 0, true},
		{"512x512 to 1024x1024, turned", 512, 512, image.Pt(1024, 1024), pixel.Bilinear, 1, false},
		{"1024x1024 to 1024x1024", 1024, 1024, image.Pt(1024, 1024), pixel.Bilinear, 0, false},
		{"512x512 to 1920x1080", 512, 512, image.Pt(1920, 1080), pixel.Bilinear, 0, false},
		{"4096x3328 to 800x650", 4096, 3328, image.Pt(800, 650), pixel.Area, 0, false},
		{"4096x3328 to 800x650, padded", 4096, 3328, image.Pt(800, 650), pixel.Area, 0, true},
	} {
		b.Run(c.name, func(b *testing.B) {
			values := make([]uint16, c.rows*c.cols)
			for i := range values {
				x, y := i%c.cols-c.cols/2, i/c.cols-c.rows/2
				values[i] = uint16(i*7) & 4095
				if c.padded && x*x+y*y > c.cols*c.cols/4 {
					values[i] = 63536 // −2000
				}
			}
			im := picture(b, c.cols, func(d *dicom.Dataset) {
				if c.padded {
					d.SetInt(dicom.PixelRepresentation, 1)
					d.SetInt(dicom.PixelPaddingValue, -2000)
				}
			}, values...)
			dst := image.NewRGBA(image.Rectangle{Max: c.size})
			view := im.Place(pixel.View{Turn: c.turn}, c.size)
			other := *im // so that no samples are kept
			var fast pixel.Renderer
			i := 0
			for b.Loop() {
				fast.Render([]*pixel.Image{im, &other}[i%2], pixel.Window{Center: 2000 + float64(i%7), Width: 3000}, false, dst, view, c.how)
				i++
			}
		})
	}
}
