package pixel_test

import (
	"image"
	"math"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/pixel"
)

// keys is the kernel of Keys (1981) with a = −½, as it is printed.
func keys(x float64) float64 {
	const a = -0.5
	switch x = math.Abs(x); {
	case x <= 1:
		return (a+2)*x*x*x - (a+3)*x*x + 1
	case x < 2:
		return a*x*x*x - 5*a*x*x + 8*a*x - 4*a
	}
	return 0
}

func TestBicubicIsTheConvolutionWithKeysKernel(t *testing.T) {
	const cols, rows, zoom = 7, 5, 6
	v := make([]uint16, cols*rows)
	for i := range v {
		v[i] = uint16(60 + i*i*37%130)
	}
	im := picture(t, cols, nil, v...)
	got := shown(im, im.Place(pixel.View{Zoom: zoom}, image.Pt(cols*zoom, rows*zoom)), pixel.Bicubic, cols*zoom, rows*zoom)
	for y := range rows * zoom {
		for x := range cols * zoom {
			cu, cv, sum := (float64(x)+0.5)/zoom-0.5, (float64(y)+0.5)/zoom-0.5, 0.0
			for j := -3; j < rows+3; j++ {
				for i := -3; i < cols+3; i++ { // beyond the border the outermost pixel counts
					sum += keys(cu-float64(i)) * keys(cv-float64(j)) * float64(v[min(max(j, 0), rows-1)*cols+min(max(i, 0), cols-1)])
				}
			}
			if want := math.Floor(math.Max(0, math.Min(255, sum)) + 0.5); math.Abs(float64(got[y][x])-want) > 0 {
				t.Fatalf("(%d, %d) is %d, want %v (%v)", x, y, got[y][x], want, sum)
			}
		}
	}
}

func TestBicubicPassesThroughThePixelsAndFollowsARamp(t *testing.T) {
	im := picture(t, 6, nil, 10, 40, 70, 100, 130, 160)
	got := shown(im, im.Place(pixel.View{Zoom: 3}, image.Pt(18, 1)), pixel.Bicubic, 18, 1)
	for x := 4; x < 14; x++ { // away from the borders: 10 a screen pixel
		if want := 10*x - 0; got[0][x] != want {
			t.Errorf("column %d is %d, want %d", x, got[0][x], want)
		}
	}
}

func TestBicubicKeepsPaddingBlackAndColourInRange(t *testing.T) {
	im := picture(t, 3, func(d *dicom.Dataset) { d.SetInt(dicom.PixelPaddingValue, 60000) }, 100, 60000, 200)
	got := shown(im, im.Place(pixel.View{Zoom: 2}, image.Pt(6, 1)), pixel.Bicubic, 6, 1)
	// A quarter from its centre the pixel beyond the padding weighs ¾²·(−½ + ½·¾)·¼/¾ = −3/128.
	if !equal(got, [][]int{{100, 98, 0, 0, 202, 200}}) {
		t.Errorf("%v", got)
	}
	c := decode(t, object(1, 4, 8, false, []byte{0, 0, 0, 0, 0, 0, 255, 255, 255, 255, 255, 255}, func(d *dicom.Dataset) { colourHeader(d, "RGB", 8) }))
	dst := image.NewRGBA(image.Rect(0, 0, 12, 1))
	c.Render(identity, false, dst, c.Place(pixel.View{Zoom: 3}, image.Pt(12, 1)), pixel.Bicubic)
	if a, b := dst.RGBAAt(4, 0).R, dst.RGBAAt(7, 0).R; a != 0 || b != 255 { // undershoot and overshoot
		t.Errorf("%v", dst.Pix)
	}
}
