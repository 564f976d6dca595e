package wavelet

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

func TestInverse53UndoesForward53ForAllParitiesAndSizes(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var s Scratch
	for w := 0; w <= 40; w++ {
		for h := 0; h <= 40; h++ {
			for origin := range 4 {
				x0, y0 := origin&1, origin>>1
				stride := w + 2
				a := make([]int32, stride*h+1)
				for i := range a {
					a[i] = r.Int32N(1<<17) - 1<<16
				}
				want := append([]int32(nil), a...)
				Forward53(a, stride, x0, y0, x0+w, y0+h, &s)
				Inverse53(a, stride, x0, y0, x0+w, y0+h, &s)
				for i := range a {
					if a[i] != want[i] {
						t.Fatalf("%d × %d at %d,%d: sample %d is %d, was %d", w, h, x0, y0, i, a[i], want[i])
					}
				}
			}
		}
	}
}

// lifted53 is F.3 for one line of bands, word for word and with no thought of speed.
func lifted53(lo, hi []int32, i0 int) []int32 {
	n := len(lo) + len(hi)
	y := interleaved(lo, hi, i0)
	if n == 1 {
		if i0&1 == 1 {
			y[0] /= 2
		}
		return y
	}
	at := func(i int) int32 { return y[reflected(i, n)] }
	for i := i0 & 1; i < n; i += 2 {
		y[i] -= int32(math.Floor(float64(at(i-1)+at(i+1)+2) / 4))
	}
	for i := 1 - i0&1; i < n; i += 2 {
		y[i] += int32(math.Floor(float64(at(i-1)+at(i+1)) / 2))
	}
	return y
}

func interleaved[T any](lo, hi []T, i0 int) (y []T) {
	for i := i0; len(lo)+len(hi) > 0; i++ {
		if i&1 == 0 {
			y, lo = append(y, lo[0]), lo[1:]
		} else {
			y, hi = append(y, hi[0]), hi[1:]
		}
	}
	return y
}

func reflected(i, n int) int {
	for i < 0 || i >= n {
		if i < 0 {
			i = -i
		} else {
			i = 2*(n-1) - i
		}
	}
	return i
}

func TestRowsAndColumns53AreTheLiftingOfTheStandard(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	var s Scratch
	for n := 1; n <= 40; n++ {
		for i0 := range 2 {
			band := make([]int32, n)
			for i := range band {
				band[i] = r.Int32N(2001) - 1000
			}
			sn := lows(i0, i0+n)
			want := lifted53(band[:sn:sn], band[sn:], i0)
			row := append([]int32(nil), band...)
			Rows53(row, n, i0, i0+n, 1, &s)
			column := append([]int32(nil), band...)
			Columns53(column, 1, i0, i0+n, 1, &s)
			for i := range want {
				if row[i] != want[i] || column[i] != want[i] {
					t.Fatalf("%d samples from %d: sample %d is %d as a row and %d as a column, should be %d", n, i0, i, row[i], column[i], want[i])
				}
			}
		}
	}
}

// lifted97 is F.3.8.1 for one line in float64.
func lifted97(lo, hi []float64, i0 int) []float64 {
	n := len(lo) + len(hi)
	y := interleaved(lo, hi, i0)
	if n == 1 {
		if i0&1 == 1 {
			y[0] /= 2
		}
		return y
	}
	for i := range y {
		if (i+i0)&1 == 0 {
			y[i] *= lowScale
		} else {
			y[i] *= highScale
		}
	}
	step := func(odd int, by float64) {
		for i := (odd + i0) & 1; i < n; i += 2 {
			y[i] -= by * (y[reflected(i-1, n)] + y[reflected(i+1, n)])
		}
	}
	step(0, delta)
	step(1, gamma)
	step(0, beta)
	step(1, alpha)
	return y
}

func TestInverse97IsWithinRoundingOfFloat64(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	var s Scratch
	for n := 1; n <= 70; n++ {
		for i0 := range 2 {
			for _, across := range []int{1, 3, maxStrip, maxStrip + 5} {
				rows, columns := make([]float32, n*across), make([]float32, n*across)
				var want [][]float64
				for k := range across {
					line := make([]float64, n)
					for i := range line {
						v := float32(r.NormFloat64() * 1000)
						line[i], rows[k*n+i], columns[i*across+k] = float64(v), v, v
					}
					sn := lows(i0, i0+n)
					want = append(want, lifted97(line[:sn:sn], line[sn:], i0))
				}
				Rows97(rows, n, i0, i0+n, across, &s)
				Columns97(columns, across, i0, i0+n, across, &s)
				for k := range want {
					for i, v := range want[k] {
						if math.Abs(float64(rows[k*n+i])-v) > 0.01 || rows[k*n+i] != columns[i*across+k] {
							t.Fatalf("%d samples from %d, line %d of %d: sample %d is %v in a row and %v in a column, should be %v",
								n, i0, k, across, i, rows[k*n+i], columns[i*across+k], v)
						}
					}
				}
			}
		}
	}
}

func TestLinesShareALevel(t *testing.T) {
	const w, h = 37, 29
	r := rand.New(rand.NewPCG(7, 8))
	a := make([]float32, w*h)
	for i := range a {
		a[i] = float32(r.NormFloat64())
	}
	b := append([]float32(nil), a...)
	var s, q Scratch
	Inverse97(a, w, 1, 0, 1+w, h, &s)
	for _, part := range [][2]int{{0, 11}, {11, h}} {
		Rows97(b[part[0]*w:], w, 1, 1+w, part[1]-part[0], &q)
	}
	for _, part := range [][2]int{{0, 5}, {5, w}} {
		Columns97(b[part[0]:], w, 0, h, part[1]-part[0], &q)
	}
	for i := range a {
		if a[i] != b[i] {
			t.Fatalf("sample %d is %v in parts and %v at once", i, b[i], a[i])
		}
	}
}

var sizes = [][2]int{{512, 512}, {4096, 3328}}

func BenchmarkInverse53(b *testing.B) {
	for _, z := range sizes {
		b.Run(fmt.Sprintf("%dx%d", z[0], z[1]), func(b *testing.B) {
			a := make([]int32, z[0]*z[1])
			var s Scratch
			b.SetBytes(int64(len(a) * 2))
			for b.Loop() {
				Inverse53(a, z[0], 0, 0, z[0], z[1], &s)
			}
		})
	}
}

func BenchmarkInverse97(b *testing.B) {
	for _, z := range sizes {
		b.Run(fmt.Sprintf("%dx%d", z[0], z[1]), func(b *testing.B) {
			a := make([]float32, z[0]*z[1])
			var s Scratch
			b.SetBytes(int64(len(a) * 2))
			for b.Loop() {
				Inverse97(a, z[0], 0, 0, z[0], z[1], &s)
			}
		})
	}
}

func BenchmarkForward53(b *testing.B) {
	a := make([]int32, 512*512)
	var s Scratch
	b.SetBytes(int64(len(a) * 2))
	for b.Loop() {
		Forward53(a, 512, 0, 0, 512, 512, &s)
	}
}
