package raster

import (
	"image"
	"image/color"
	"testing"
)

// TestFitKeepsProportionsAndMeansWhatItCovers: a square of vertical white and black
// lines, a pixel each, in a wide box half its height, is the mean grey in the middle.
func TestFitKeepsProportionsAndMeansWhatItCovers(t *testing.T) {
	lines := image.NewGray(image.Rect(10, 20, 110, 120))
	for y := 20; y < 120; y++ {
		for x := 10; x < 110; x += 2 {
			lines.SetGray(x, y, color.Gray{Y: 255})
		}
	}
	got := Fit(lines, image.Pt(200, 50))
	if got.Bounds() != image.Rect(0, 0, 200, 50) {
		t.Fatalf("%v", got.Bounds())
	}
	for x := range 200 {
		want := color.RGBA{0, 0, 0, 255}
		if x >= 75 && x < 125 {
			want = color.RGBA{128, 128, 128, 255} // 127.5
		}
		if c := got.RGBAAt(x, 25); c != want {
			t.Fatalf("at %d: %v, want %v", x, c, want)
		}
	}
	if tall := Fit(lines, image.Pt(20, 60)); tall.RGBAAt(5, 19).R != 0 || tall.RGBAAt(5, 20).R == 0 || tall.RGBAAt(5, 39).R == 0 || tall.RGBAAt(5, 40).R != 0 {
		t.Error("a square in a tall box is not in its middle")
	}
	Fit(image.NewGray(image.Rect(0, 0, 0, 0)), image.Pt(3, 3)) // nothing to show
	Fit(lines, image.Pt(0, 0))
}
