package pixel_test

import (
	"image"
	"math"
	"testing"

	"github.com/nocturne/nocturne/cache/pixel"
)

func TestThresholdsAreBayersPattern(t *testing.T) {
	first := [][]float64{{0, 32, 8, 40, 2, 34, 10, 42}, {48, 16, 56, 24, 50, 18, 58, 26}} // two rows as printed
	for y, row := range first {
		for x, n := range row {
			if got := pixel.Threshold(x+8, y+16)*64 - 0.5; got != n {
				t.Errorf("(%d, %d) is %v, want %v", x, y, got, n)
			}
		}
	}
	seen := map[float64]bool{}
	for i := range 64 {
		seen[pixel.Threshold(i%8, i/8)] = true
	}
	if len(seen) != 64 {
		t.Errorf("%d different thresholds", len(seen))
	}
}

// A ramp of 16 bits over a fifth of the window: dithered, no byte is a step off and
// each square of 8 × 8 has the mean of the exact light; undithered it is off.
func TestDitheringKeepsTheMeanOfARampWithinOneStep(t *testing.T) {
	const n = 64
	v := make([]uint16, n*n)
	for i := range v {
		v[i] = uint16(20000 + 3*(i%n) + i/n)
	}
	im := picture(t, n, nil, v...)
	w := pixel.Window{Center: 32768, Width: 65536, Function: pixel.LinearExact}
	for _, how := range []pixel.Interpolation{pixel.Nearest, pixel.Bilinear, pixel.Bicubic, pixel.Area} {
		off := [2]float64{}
		for i, flag := range []pixel.Interpolation{0, pixel.Dithered} {
			dst := image.NewRGBA(image.Rect(0, 0, n, n))
			im.Render(w, false, dst, pixel.Affine{1, 0, 0, 0, 1, 0}, how|flag)
			for by := 0; by < n; by += 8 {
				for bx := 0; bx < n; bx += 8 {
					got, want := 0.0, 0.0
					for k := range 64 {
						x, y := bx+k%8, by+k/8
						exact := 255 * closedForms[pixel.LinearExact](float64(v[y*n+x]), w.Center, w.Width) / 255
						g := float64(dst.RGBAAt(x, y).R)
						if math.Abs(g-exact) >= 1 {
							t.Fatalf("interpolation %d: (%d, %d) is %v, exactly %v", how, x, y, g, exact)
						}
						got, want = got+g, want+exact
					}
					off[i] = math.Max(off[i], math.Abs(got-want)/64)
				}
			}
		}
		if off[1] > 0.05 || off[0] < 0.2 {
			t.Errorf("interpolation %d: the mean of a square is %.3f off dithered, %.3f not", how, off[1], off[0])
		}
	}
}
