package measure

import (
	"math"
	"testing"

	"github.com/nocturne/nocturne/cache/space"
)

// tall pixels: 0.5 mm between columns, 2 mm between rows.
var anisotropic = space.Calibration{RowMM: 2, ColMM: 0.5, Source: space.PixelSpacing, ERMF: 1}

func near(t *testing.T, what string, got, want, tol float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tol) {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

func TestLengthIsInMillimetresOfEachAxis(t *testing.T) {
	// 6 columns × 0.5 = 3 mm, 2 rows × 2 = 4 mm: 5 mm by Pythagoras.
	n := Length(anisotropic, [2]float64{1, 1}, [2]float64{7, 3})
	near(t, "length", n.Value, 5, 1e-12)
	// along the line (0.6, 0.8): √2/√12 · √((0.6·0.5)² + (0.8·2)²) = 0.408248 · 1.627882
	near(t, "uncertainty", n.Uncertainty, 0.664580, 1e-6)
	near(t, "pixels", Length(space.InPixels, [2]float64{0, 0}, [2]float64{3, 4}).Value, 5, 1e-12)
	near(t, "nothing", Length(anisotropic, [2]float64{2, 2}, [2]float64{2, 2}).Value, 0, 0)
}

func TestAngleIsTakenInMillimetresNotPixels(t *testing.T) {
	// In pixels the arms (4,0) and (4,1) make 14°; in mm (2,0) and (2,2) make 45°.
	n, ok := Angle(anisotropic, [2]float64{4, 0}, [2]float64{0, 0}, [2]float64{4, 1})
	if !ok {
		t.Fatal("no angle")
	}
	near(t, "angle", n.Value, 45, 1e-9)
	n, _ = Angle(space.InPixels, [2]float64{-10, 0}, [2]float64{0, 0}, [2]float64{10, 0})
	near(t, "straight", n.Value, 180, 1e-9)
}

func TestAngleOfCollinearArmsIsANumber(t *testing.T) {
	// 0.1·3 and its like push the cosine past 1 without the clamp.
	for _, d := range [][2]float64{{0.1, 0.3}, {1e-3, 3e-3}, {1. / 3, 1. / 7}, {1e8, 1e-8}} {
		a, b := [2]float64{d[0], d[1]}, [2]float64{3 * d[0], 3 * d[1]}
		n, ok := Angle(anisotropic, a, [2]float64{}, b)
		if !ok || math.IsNaN(n.Value) || n.Value > 1e-5 {
			t.Errorf("arms %v: %v %v", d, n, ok)
		}
	}
	if _, ok := Angle(anisotropic, [2]float64{1, 1}, [2]float64{1, 1}, [2]float64{2, 2}); ok {
		t.Error("an arm without length has an angle")
	}
}

func TestEllipseCountsPixelsByTheirCentres(t *testing.T) {
	// Box 0,0–4,4: radius 2 about 2,2. Centres at ±0.5, ±1.5: (1.5,1.5) is 2.12
	// away and out, (1.5,0.5) is 1.58 away and in: 16 − 4 corners = 12 pixels.
	ramp := func(col, row int) (float64, bool) { return float64(10*row + col), true }
	s := Ellipse(ramp, 8, 8, [2]float64{0, 0}, [2]float64{4, 4})
	if s.N != 12 || s.Min != 1 || s.Max != 32 {
		t.Errorf("n %d min %v max %v, want 12, 1, 32", s.N, s.Min, s.Max)
	}
	// Symmetric about (1.5,1.5): mean 16.5. Σ(dcol²)=Σ(drow²)=8·0.25+4·2.25=11,
	// the cross term vanishes: SD = √((100·11+11)/12).
	near(t, "mean", s.Mean, 16.5, 1e-12)
	near(t, "sd", s.SD, math.Sqrt(1111./12), 1e-12)
}

func TestEllipseShiftedByHalfAPixelTakesOtherPixels(t *testing.T) {
	// A box of one pixel around the corner 2,2 holds no centre but touches four;
	// around the centre 2.5,2.5 it holds exactly that one.
	one := func(col, row int) (float64, bool) { return float64(10*row + col), true }
	if s := Ellipse(one, 5, 5, [2]float64{1.6, 1.6}, [2]float64{2.4, 2.4}); s.N != 0 {
		t.Errorf("around a corner: %d pixels", s.N)
	}
	if s := Ellipse(one, 5, 5, [2]float64{2.9, 2.1}, [2]float64{2.1, 2.9}); s.N != 1 || s.Mean != 22 {
		t.Errorf("around a centre: %+v", s)
	}
}

func TestEllipseLeavesPaddingOutAndSaysSo(t *testing.T) {
	v := func(col, row int) (float64, bool) { return 7, col != 1 }
	s := Ellipse(v, 4, 4, [2]float64{0, 0}, [2]float64{4, 4})
	if s.N != 8 || s.Padding != 4 || s.SD != 0 {
		t.Errorf("%+v", s)
	}
}

func TestEllipseBeyondTheImageCountsWhatIsThere(t *testing.T) {
	v := func(col, row int) (float64, bool) {
		if col < 0 || row < 0 || col > 3 || row > 3 {
			t.Errorf("asked for %d,%d", col, row)
		}
		return 1, true
	}
	if s := Ellipse(v, 4, 4, [2]float64{-100, -100}, [2]float64{100, 100}); s.N != 16 {
		t.Errorf("n %d", s.N)
	}
	if s := Ellipse(v, 4, 4, [2]float64{10, 10}, [2]float64{12, 12}); s.N != 0 || s.Mean != 0 {
		t.Errorf("outside: %+v", s)
	}
}

func TestEllipseAreaIsTheShapes(t *testing.T) {
	// 8 columns × 0.5 = 4 mm, 3 rows × 2 = 6 mm: π·2·3.
	near(t, "area", EllipseArea(anisotropic, [2]float64{0, 3}, [2]float64{8, 0}).Value, 6*math.Pi, 1e-12)
}

func TestAPointBelongsToThePixelThatHoldsIt(t *testing.T) {
	col, row, ok := PixelAt([2]float64{0.5, 3.999}, 4, 4)
	if !ok || col != 0 || row != 3 {
		t.Errorf("%d,%d %v", col, row, ok)
	}
	for _, p := range [][2]float64{{-0.1, 1}, {4, 1}, {1, 4}, {math.NaN(), 1}} {
		if _, _, ok := PixelAt(p, 4, 4); ok {
			t.Errorf("%v is inside", p)
		}
	}
}
