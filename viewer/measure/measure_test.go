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

func TestCobbDoesNotDependOnHowTheLinesWereDrawn(t *testing.T) {
	// Endplates at 0° and at atan(2·1/(0.5·4)) = 45° in mm.
	a, b, d, e := [2]float64{0, 0}, [2]float64{8, 0}, [2]float64{0, 10}, [2]float64{4, 11}
	for _, lines := range [][4][2]float64{{a, b, d, e}, {b, a, d, e}, {a, b, e, d}, {d, e, b, a}} {
		n, ok := Cobb(anisotropic, lines[0], lines[1], lines[2], lines[3])
		if !ok {
			t.Fatal("no angle")
		}
		near(t, "Cobb", n.Value, 45, 1e-9)
	}
	if _, ok := Cobb(anisotropic, a, a, d, e); ok {
		t.Error("a point is no line")
	}
}

func TestTheShortAxisIsSquareInMillimetres(t *testing.T) {
	a, b, d := [2]float64{0, 0}, [2]float64{8, 1}, [2]float64{3, 5}
	e := Square(anisotropic, a, b, d, [2]float64{6, 9})
	u, w := vector(anisotropic, a, b), vector(anisotropic, d, e)
	near(t, "scalar product", u.x*w.x+u.y*w.y, 0, 1e-9)
	if w.len() == 0 {
		t.Error("the axis is gone")
	}
}

func TestPolygonAreaIsTheShoelaces(t *testing.T) {
	// 4 × 3 pixels with a corner cut off: 12 − ½·2·1 = 11 px², 11 mm² at 0.5 × 2 mm.
	p := [][2]float64{{0, 0}, {4, 0}, {4, 2}, {2, 3}, {0, 3}}
	near(t, "px", PolygonArea(space.InPixels, p).Value, 11, 1e-12)
	near(t, "mm", PolygonArea(anisotropic, p).Value, 11, 1e-12)
	// A square of side 10 px: each corner moves the area by half a diagonal along each
	// axis: √(4·(10² + 10²))/2 · 1/√12 = 4.0825.
	square := [][2]float64{{0, 0}, {10, 0}, {10, 10}, {0, 10}}
	near(t, "uncertainty", PolygonArea(space.InPixels, square).Uncertainty, 4.082483, 1e-6)
	near(t, "rectangle", RectangleArea(anisotropic, [2]float64{1, 1}, [2]float64{5, 4}).Value, 4*0.5*3*2, 1e-12)
}

// Every shape counts exactly the pixels whose centres it holds: against a test of
// every pixel by winding number.
func TestShapesCountTheCentresTheyHold(t *testing.T) {
	value := func(col, row int) (float64, bool) { return float64(7*col*col - 3*row + col*row), (col+row)%11 != 0 }
	p := [][2]float64{{3.2, 2.1}, {17.9, 4.4}, {12.6, 9.4}, {18.1, 17.7}, {9, 12.2}, {2.6, 18.4}}
	got := Polygon(value, 20, 20, p)
	want := brute(value, func(x, y float64) bool { return winding(p, x, y) != 0 })
	if got.N != want.N || got.Padding != want.Padding || got.Min != want.Min || got.Max != want.Max {
		t.Errorf("polygon %+v, want %+v", got, want)
	}
	near(t, "mean", got.Mean, want.Mean, 1e-9)
	near(t, "sd", got.SD, want.SD, 1e-9)
	a, b := [2]float64{15.5, 3}, [2]float64{4.2, 9.5}
	got = Rectangle(value, 20, 20, a, b)
	want = brute(value, func(x, y float64) bool { return x >= 4.2 && x <= 15.5 && y >= 3 && y <= 9.5 })
	if got.N != want.N || got.Padding != want.Padding || got.Min != want.Min || got.Max != want.Max {
		t.Errorf("rectangle %+v, want %+v", got, want)
	}
	if n := Rectangle(value, 20, 20, a, a).N; n != 0 {
		t.Errorf("a point holds %d pixels", n)
	}
	if n := Polygon(value, 20, 20, [][2]float64{{-50, -50}, {90, -50}, {90, 90}, {-50, 90}}); n.N+n.Padding != 400 {
		t.Errorf("a shape around the image holds %d of 400 pixels", n.N+n.Padding)
	}
}

func brute(value Source, holds func(x, y float64) bool) (s Statistics) {
	var in []float64
	for row := range 20 {
		for col := range 20 {
			if !holds(float64(col)+0.5, float64(row)+0.5) {
				continue
			}
			if v, ok := value(col, row); ok {
				in = append(in, v)
			} else {
				s.Padding++
			}
		}
	}
	s.N, s.Min, s.Max = len(in), math.Inf(1), math.Inf(-1)
	for _, v := range in {
		s.Mean += v / float64(len(in))
		s.Min, s.Max = math.Min(s.Min, v), math.Max(s.Max, v)
	}
	for _, v := range in {
		s.SD += (v - s.Mean) * (v - s.Mean) / float64(len(in))
	}
	s.SD = math.Sqrt(s.SD)
	return s
}

// winding is how often a closed line goes round a point, by the angles.
func winding(p [][2]float64, x, y float64) int {
	sum := 0.0
	for i, a := range p {
		b := p[(i+1)%len(p)]
		u, v := [2]float64{a[0] - x, a[1] - y}, [2]float64{b[0] - x, b[1] - y}
		sum += math.Atan2(u[0]*v[1]-u[1]*v[0], u[0]*v[0]+u[1]*v[1])
	}
	return int(math.Round(sum / (2 * math.Pi)))
}
