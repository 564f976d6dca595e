package pixel_test

import (
	"encoding/binary"
	"image"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/pixel"
)

// picture is an unsigned image of 16 bits, row by row.
func picture(t testing.TB, cols int, set func(d *dicom.Dataset), v ...uint16) *pixel.Image {
	var b []byte
	for _, c := range v {
		b = binary.LittleEndian.AppendUint16(b, c)
	}
	return decode(t, object(len(v)/cols, cols, 16, false, b, set))
}

// identity shows value v as byte v.
var identity = pixel.Window{Center: 128, Width: 256}

func shown(im *pixel.Image, view pixel.Affine, how pixel.Interpolation, w, h int) [][]int {
	dst := image.NewRGBA(image.Rect(0, 0, w, h))
	for i := range dst.Pix {
		dst.Pix[i] = 99 // whatever was there must go
	}
	im.Render(identity, false, dst, view, how)
	out := make([][]int, h)
	for y := range out {
		for x := range w {
			c := dst.RGBAAt(x, y)
			if c.A != 255 || c.R != c.G || c.G != c.B {
				return nil
			}
			out[y] = append(out[y], int(c.R))
		}
	}
	return out
}

func equal(a, b [][]int) bool {
	if len(a) != len(b) {
		return false
	}
	for y := range a {
		for x := range a[y] {
			if len(a[y]) != len(b[y]) || a[y][x] != b[y][x] {
				return false
			}
		}
	}
	return true
}

func TestPicturesTurnAndFlip(t *testing.T) {
	im := picture(t, 3, nil, 1, 2, 3, 4, 5, 6)
	for _, c := range []struct {
		v    pixel.View
		want [][]int
	}{
		{pixel.View{}, [][]int{{1, 2, 3}, {4, 5, 6}}},
		{pixel.View{FlipH: true}, [][]int{{3, 2, 1}, {6, 5, 4}}},
		{pixel.View{Turn: 1}, [][]int{{4, 1}, {5, 2}, {6, 3}}},
		{pixel.View{Turn: 2}, [][]int{{6, 5, 4}, {3, 2, 1}}},
		{pixel.View{Turn: 3}, [][]int{{3, 6}, {2, 5}, {1, 4}}},
		{pixel.View{Turn: -1}, [][]int{{3, 6}, {2, 5}, {1, 4}}},
		{pixel.View{FlipH: true, Turn: 1}, [][]int{{6, 3}, {5, 2}, {4, 1}}}, // flipped first
		{pixel.View{PanX: 1, Zoom: 1}, [][]int{{2, 3, 0}, {5, 6, 0}}},
		{pixel.View{PanY: -1, Zoom: 1}, [][]int{{0, 0, 0}, {1, 2, 3}}},
	} {
		w, h := len(c.want[0]), len(c.want)
		view := im.Place(c.v, image.Pt(w, h))
		for _, how := range []pixel.Interpolation{pixel.Nearest, pixel.Bilinear, pixel.Area} {
			if got := shown(im, view, how, w, h); !equal(got, c.want) {
				t.Errorf("%+v, interpolation %d: %v, want %v", c.v, how, got, c.want)
			}
		}
	}
}

func TestFitKeepsTheShapeOfThePixels(t *testing.T) {
	im := picture(t, 4, func(d *dicom.Dataset) { d.SetFloat(dicom.PixelSpacing, 2, 1) }, make([]uint16, 8)...)
	if im.Aspect != 2 {
		t.Fatalf("rows of 2 mm and columns of 1 mm have an aspect of %v", im.Aspect)
	}
	view := im.Place(pixel.View{}, image.Pt(100, 200)) // 4 mm × 4 mm
	for _, c := range [][4]float64{{0, 0, 0, 50}, {4, 2, 100, 150}, {2, 1, 50, 100}} {
		if x, y := view.Apply(c[0], c[1]); math.Abs(x-c[2])+math.Abs(y-c[3]) > 1e-9 {
			t.Errorf("image point (%v, %v) lies at (%v, %v), want (%v, %v)", c[0], c[1], x, y, c[2], c[3])
		}
	}
	if z := im.FitZoom(1, image.Pt(8, 100)); z != 2 {
		t.Errorf("turned, it fits 8 by 100 at zoom %v, want 2", z)
	}
}

func TestAffineInverseUndoes(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 100 {
		var a pixel.Affine
		for i := range a {
			a[i] = r.NormFloat64() * 10
		}
		inv, ok := a.Inverse()
		x, y := a.Then(inv).Apply(3, -7)
		if !ok || math.Abs(x-3)+math.Abs(y+7) > 1e-6 {
			t.Fatalf("%v leads back to (%v, %v)", a, x, y)
		}
	}
	if _, ok := (pixel.Affine{1, 2, 0, 2, 4, 0}).Inverse(); ok {
		t.Error("a flattened plane was undone")
	}
	if got := shown(picture(t, 1, nil, 200), pixel.Affine{}, pixel.Nearest, 2, 1); !equal(got, [][]int{{0, 0}}) {
		t.Errorf("a flattened picture shows %v", got)
	}
}

func TestBilinearFollowsARampAndClampsAtTheBorder(t *testing.T) {
	im := picture(t, 4, nil, 10, 50, 90, 130, 20, 60, 100, 140)
	view := im.Place(pixel.View{Zoom: 4}, image.Pt(16, 8))
	got := shown(im, view, pixel.Bilinear, 16, 8)
	for y := range 8 {
		for x := range 16 {
			u := min(max((float64(x)+0.5)/4, 0.5), 3.5) - 0.5 // clamped to the outermost centres
			v := min(max((float64(y)+0.5)/4, 0.5), 1.5) - 0.5
			if want := int(10 + 40*u + 10*v + 0.5); got[y][x] != want {
				t.Errorf("(%d, %d) is %d, want %d", x, y, got[y][x], want)
			}
		}
	}
}

func TestInterpolationHappensBeforeTheWindow(t *testing.T) {
	im := picture(t, 2, nil, 0, 1000)
	dst := image.NewRGBA(image.Rect(0, 0, 20, 1))
	narrow := pixel.Window{Center: 500, Width: 1, Function: pixel.LinearExact}
	im.Render(narrow, false, dst, im.Place(pixel.View{Zoom: 10}, image.Pt(20, 1)), pixel.Bilinear)
	for x := range 20 { // a step stays a step: no grey between
		want := uint8(0)
		if x >= 10 {
			want = 255
		}
		if got := dst.RGBAAt(x, 0).R; got != want {
			t.Errorf("column %d is %d, want %d", x, got, want)
		}
	}
}

func TestModalityTablesApplyBeforeInterpolation(t *testing.T) {
	im := picture(t, 2, func(d *dicom.Dataset) {
		d.SetSeq(dicom.ModalityLUTSequence, lutItem(0, 16, 0, 250, 100))
	}, 0, 2)
	// Half way between 0 and 2 lies 50, the mean of 0 and 100; not 250, the table at 1.
	got := shown(im, im.Place(pixel.View{Zoom: 3}, image.Pt(3, 1)), pixel.Bilinear, 3, 1)
	if got[0][1] != 50 {
		t.Errorf("half way is %v, want 50", got)
	}
}

func TestPaddingStaysBlackAndBleedsNowhere(t *testing.T) {
	im := picture(t, 3, func(d *dicom.Dataset) { d.SetInt(dicom.PixelPaddingValue, 60000) }, 100, 60000, 200)
	got := shown(im, im.Place(pixel.View{Zoom: 4}, image.Pt(12, 1)), pixel.Bilinear, 12, 1)
	want := [][]int{{100, 100, 100, 100, 0, 0, 0, 0, 200, 200, 200, 200}}
	if !equal(got, want) {
		t.Errorf("bilinear %v, want %v", got, want)
	}
	inverted := image.NewRGBA(image.Rect(0, 0, 3, 1))
	for _, how := range []pixel.Interpolation{pixel.Nearest, pixel.Bilinear, pixel.Area} {
		im.Render(identity, true, inverted, im.Place(pixel.View{}, image.Pt(3, 1)), how)
		if inverted.RGBAAt(1, 0).R != 0 || inverted.RGBAAt(0, 0).R != 155 {
			t.Errorf("inverted, interpolation %d: %v", how, inverted.Pix)
		}
	}
	wide := picture(t, 4, func(d *dicom.Dataset) { d.SetInt(dicom.PixelPaddingValue, 60000) },
		100, 60000, 60000, 60000)
	if got := shown(wide, pixel.Affine{0.5, 0, 0, 0, 1, 0}, pixel.Area, 2, 1); !equal(got, [][]int{{0, 0}}) {
		t.Errorf("half padding is %v, want black", got)
	}
	more := picture(t, 4, func(d *dicom.Dataset) { d.SetInt(dicom.PixelPaddingValue, 60000) },
		100, 60000, 50, 30)
	if got := shown(more, pixel.Affine{0.25, 0, 0, 0, 1, 0}, pixel.Area, 1, 1); !equal(got, [][]int{{60}}) {
		t.Errorf("a quarter padding is %v, want the mean of the rest, 60", got)
	}
}

func TestAreaAveragesAllThatAPixelCovers(t *testing.T) {
	im := picture(t, 6, nil,
		0, 200, 0, 200, 0, 200,
		200, 0, 200, 0, 200, 0)
	if got := shown(im, pixel.Affine{0.5, 0, 0, 0, 0.5, 0}, pixel.Area, 3, 1); !equal(got, [][]int{{100, 100, 100}}) {
		t.Errorf("a chessboard at half size is %v", got)
	}
	row := picture(t, 3, nil, 30, 60, 120)
	// Two screen pixels of 1.5 columns each: (30 + 60/2)/1.5 and (60/2 + 120)/1.5.
	if got := shown(row, pixel.Affine{2.0 / 3, 0, 0, 0, 1, 0}, pixel.Area, 2, 1); !equal(got, [][]int{{40, 100}}) {
		t.Errorf("parts of pixels give %v, want 40 and 100", got)
	}
	if got := shown(row, pixel.Affine{0.5, 0, 0, 0, 0.5, 0}, pixel.Area, 2, 1); !equal(got, [][]int{{45, 120}}) {
		t.Errorf("beyond the border only the image counts: %v, want 45 and 120", got)
	}
}

func TestAreaKeepsTheMeanOfRealSizes(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	v := make([]uint16, 100*70)
	var sum float64
	for i := range v {
		v[i] = uint16(r.IntN(256))
		sum += float64(v[i])
	}
	im := picture(t, 100, nil, v...)
	got := shown(im, im.Place(pixel.View{}, image.Pt(30, 21)), pixel.Area, 30, 21)
	var small float64
	for _, line := range got {
		for _, g := range line {
			small += float64(g)
		}
	}
	if a, b := sum/7000, small/630; math.Abs(a-b) > 0.1 {
		t.Errorf("the mean went from %v to %v", a, b)
	}
}

func TestColourIsInterpolatedAndInverted(t *testing.T) {
	im := decode(t, object(1, 2, 8, false, []byte{0, 100, 200, 100, 0, 201}, func(d *dicom.Dataset) { colourHeader(d, "RGB", 8) }))
	view := im.Place(pixel.View{Zoom: 3}, image.Pt(6, 1))
	for how, want := range map[pixel.Interpolation][3]uint8{pixel.Nearest: {0, 100, 200}, pixel.Bilinear: {33, 67, 200}, pixel.Area: {33, 67, 200}} {
		dst := image.NewRGBA(image.Rect(0, 0, 6, 1))
		im.Render(pixel.Window{Center: 1, Width: 1}, false, dst, view, how)
		if c := dst.RGBAAt(2, 0); [3]uint8{c.R, c.G, c.B} != want || c.A != 255 {
			t.Errorf("interpolation %d: %v, want %v", how, c, want)
		}
		im.Render(identity, true, dst, view, how)
		if c := dst.RGBAAt(2, 0); c.R != 255-want[0] {
			t.Errorf("inverted, interpolation %d: %v", how, c)
		}
	}
	half := image.NewRGBA(image.Rect(0, 0, 2, 1))
	im.Render(identity, false, half, pixel.Affine{0.5, 0, 0, 0, 1, 0}, pixel.Area)
	if c := half.RGBAAt(0, 0); c.R != 50 || c.G != 50 || c.B != 201 || half.RGBAAt(1, 0).R != 0 {
		t.Errorf("averaged: %v", half.Pix)
	}
}

func TestSubimagesAreDrawnInPlace(t *testing.T) {
	im := picture(t, 1, nil, 77)
	whole := image.NewRGBA(image.Rect(0, 0, 4, 4))
	part := whole.SubImage(image.Rect(1, 2, 3, 3)).(*image.RGBA)
	im.Render(identity, false, part, im.Place(pixel.View{Zoom: 2}, image.Pt(2, 1)), pixel.Nearest)
	for y := range 4 {
		for x := range 4 {
			want := uint8(0)
			if y == 2 && (x == 1 || x == 2) {
				want = 77
			}
			if got := whole.RGBAAt(x, y).R; got != want {
				t.Errorf("(%d, %d) is %d, want %d", x, y, got, want)
			}
		}
	}
}

func benchmark(b *testing.B, rows, cols int, size image.Point, how pixel.Interpolation) {
	v := make([]uint16, rows*cols)
	for i := range v {
		v[i] = uint16(i * 7919)
	}
	im := picture(b, cols, nil, v...)
	dst := image.NewRGBA(image.Rectangle{Max: size})
	view := im.Place(pixel.View{}, size)
	w := pixel.Window{Center: 1000, Width: 4000}
	b.ResetTimer()
	for b.Loop() {
		im.Render(w, false, dst, view, how)
	}
}

func BenchmarkRender512to1024Nearest(b *testing.B) {
	benchmark(b, 512, 512, image.Pt(1024, 1024), pixel.Nearest)
}

func BenchmarkRender512to1024Bilinear(b *testing.B) {
	benchmark(b, 512, 512, image.Pt(1024, 1024), pixel.Bilinear)
}

func BenchmarkRender4096x3328to800x650Area(b *testing.B) {
	benchmark(b, 3328, 4096, image.Pt(800, 650), pixel.Area)
}

func BenchmarkBuildLUT65536(b *testing.B) {
	im := picture(b, 1, nil, 0)
	for b.Loop() {
		im.BuildLUT(pixel.Window{Center: 1000, Width: 4000}, false)
	}
}
