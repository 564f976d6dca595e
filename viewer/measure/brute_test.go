package measure

import (
	"math"
	"math/big"
	"math/rand"
	"testing"
)

// counted is what a reading of the definition gives: every pixel of the image is
// asked whether its centre lies inside, and the values are summed without rounding.
type counted struct {
	values   []float64
	padding  int
	mean, sd float64
}

// exactly sums in 400 bits: the mean is rounded once, the deviation from squares of
// exact differences.
func exactly(values []float64) (mean, sd float64) {
	if len(values) == 0 {
		return 0, 0
	}
	wide := func(f float64) *big.Float { return new(big.Float).SetPrec(400).SetFloat64(f) }
	sum, n := wide(0), wide(float64(len(values)))
	for _, v := range values {
		sum.Add(sum, wide(v))
	}
	m := new(big.Float).SetPrec(400).Quo(sum, n)
	squares := wide(0)
	for _, v := range values {
		d := wide(v)
		d.Sub(d, m)
		squares.Add(squares, d.Mul(d, d))
	}
	squares.Quo(squares, n)
	mean, _ = m.Float64()
	sd, _ = squares.Sqrt(squares).Float64()
	return mean, sd
}

func byDefinition(values Source, cols, rows int, in func(x, y float64) bool) counted {
	var c counted
	for row := range rows {
		for col := range cols {
			if !in(float64(col)+0.5, float64(row)+0.5) {
				continue
			}
			if v, ok := values(col, row); ok {
				c.values = append(c.values, v)
			} else {
				c.padding++
			}
		}
	}
	c.mean, c.sd = exactly(c.values)
	return c
}

func (c counted) equals(t *testing.T, what string, s Statistics, ulps float64) {
	t.Helper()
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, v := range c.values {
		lo, hi = math.Min(lo, v), math.Max(hi, v)
	}
	if s.N != len(c.values) || s.Padding != c.padding {
		t.Fatalf("%s: n %d padding %d, want %d and %d", what, s.N, s.Padding, len(c.values), c.padding)
	}
	if s.N == 0 {
		return
	}
	if s.Min != lo || s.Max != hi {
		t.Errorf("%s: %v…%v, want %v…%v", what, s.Min, s.Max, lo, hi)
	}
	if ulp := math.Nextafter(math.Abs(c.mean), math.Inf(1)) - math.Abs(c.mean); math.Abs(s.Mean-c.mean) > ulps*ulp {
		t.Errorf("%s: mean %v, want %v", what, s.Mean, c.mean)
	}
	if math.Abs(s.SD-c.sd) > 1e-9*math.Max(c.sd, 1) {
		t.Errorf("%s: SD %v, want %v", what, s.SD, c.sd)
	}
}

// winding counts how often a closed line goes round a point: an inside test that
// shares nothing with the ray of Polygon, for lines that do not cross themselves.
func encircled(p [][2]float64, x, y float64) bool {
	turns := 0.0
	for i, a := range p {
		b := p[(i+1)%len(p)]
		ax, ay, bx, by := a[0]-x, a[1]-y, b[0]-x, b[1]-y
		turns += math.Atan2(ax*by-ay*bx, ax*bx+ay*by)
	}
	return math.Abs(turns) > math.Pi
}

// star is a simple polygon about a centre, at irrational angles so that no side
// meets a pixel's centre.
func star(r *rand.Rand, cx, cy, size float64) [][2]float64 {
	var out [][2]float64
	n := 3 + r.Intn(12)
	for i := range n {
		s, c := math.Sincos(2*math.Pi*float64(i)/float64(n) + 0.1234567)
		k := size * (0.3 + 0.7*r.Float64())
		out = append(out, [2]float64{cx + k*c, cy + k*s})
	}
	return out
}

// The same pixels, the same numbers: on whole values (HU) the mean is equal to the
// last bit, on rescaled ones within two units in the last place.
func TestRegionStatisticsEqualBruteForceExactly(t *testing.T) {
	const cols, rows = 53, 41
	for seed := range 60 {
		r := rand.New(rand.NewSource(int64(seed)))
		slope, ulps := 1.0, 0.0
		if seed%3 == 2 {
			slope, ulps = 0.0123456789, 2 // a PET's slope
		}
		px := make([]float64, cols*rows)
		for i := range px {
			px[i] = float64(r.Intn(65536)-32768) * slope
		}
		values := func(col, row int) (float64, bool) { return px[row*cols+col], (row*cols+col)%11 != 3 }
		a := [2]float64{r.Float64()*70 - 10, r.Float64()*60 - 10}
		b := [2]float64{r.Float64()*70 - 10, r.Float64()*60 - 10}
		if seed%4 == 0 { // on pixel borders and centres, where rounding would tell
			for k := range 2 {
				a[k], b[k] = math.Round(2*a[k])/2, math.Round(2*b[k])/2
			}
		}
		cx, cy, rx, ry := (a[0]+b[0])/2, (a[1]+b[1])/2, math.Abs(b[0]-a[0])/2, math.Abs(b[1]-a[1])/2
		byDefinition(values, cols, rows, func(x, y float64) bool {
			return rx > 0 && ry > 0 && (x-cx)*(x-cx)/(rx*rx)+(y-cy)*(y-cy)/(ry*ry) <= 1+1e-9
		}).equals(t, "ellipse", Ellipse(values, cols, rows, a, b), ulps)
		byDefinition(values, cols, rows, func(x, y float64) bool {
			return rx > 0 && ry > 0 && math.Abs(x-cx) <= rx && math.Abs(y-cy) <= ry
		}).equals(t, "rectangle", Rectangle(values, cols, rows, a, b), ulps)
		p := star(r, r.Float64()*cols, r.Float64()*rows, 4+r.Float64()*25)
		byDefinition(values, cols, rows, func(x, y float64) bool { return encircled(p, x, y) }).
			equals(t, "polygon", Polygon(values, cols, rows, p), ulps)
	}
}

func TestAStandardDeviationSurvivesALargeOffset(t *testing.T) {
	// 1e9 and 1e9+2 in turn: SD 1 exactly, where a plain sum of squares gives noise.
	v := func(col, row int) (float64, bool) { return 1e9 + 2*float64((col+row)%2), true }
	if s := Rectangle(v, 10, 10, [2]float64{0, 0}, [2]float64{10, 10}); s.SD != 1 || s.Mean != 1e9+1 {
		t.Errorf("%+v", s)
	}
}
