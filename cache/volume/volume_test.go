package volume_test

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/pixel"
	"github.com/nocturne/nocturne/cache/space"
	"github.com/nocturne/nocturne/cache/volume"
)

// stack is planes of a made-up series.
type stack struct {
	cols, rows int
	colMM      float64
	rowMM      float64
	at         []float64  // mm along the normal
	shear      float64    // mm down the rows for each mm along: a gantry's tilt
	row, col   space.Vec3 // zero: axial
}

func (s stack) planes() (out []space.Plane) {
	if s.row == (space.Vec3{}) {
		s.row, s.col = space.Vec3{1, 0, 0}, space.Vec3{0, 1, 0}
	}
	for _, at := range s.at {
		origin := space.Vec3{-10, 20, 300}.Add(s.row.Cross(s.col).Scale(at)).Add(s.col.Scale(s.shear * at))
		out = append(out, space.Plane{Origin: origin, Row: s.row, Col: s.col, RowMM: s.rowMM, ColMM: s.colMM, Rows: s.rows, Cols: s.cols})
	}
	return out
}

func every(mm float64, n int) (at []float64) {
	for i := range n {
		at = append(at, float64(i)*mm)
	}
	return at
}

// grey is a signed frame of values by function of column and row.
func grey(cols, rows int, f func(col, row int) int16) *pixel.Image {
	im := &pixel.Image{Rows: rows, Cols: cols, Samples: 1, Bits: 16, Signed: true, Slope: 1, Stored: make([]uint16, cols*rows)}
	for i := range im.Stored {
		im.Stored[i] = uint16(f(i%cols, i/cols))
	}
	return im
}

// built is a volume of the stack, filled with f of voxels in viewing order.
func built(t testing.TB, s stack, f func(col, row, slice int) int16) *volume.Volume {
	t.Helper()
	planes := s.planes()
	v, err := volume.New(planes, space.Sort(planes))
	if err != nil {
		t.Fatal(err)
	}
	for k := range v.Slices {
		if err := v.Set(k, grey(s.cols, s.rows, func(c, r int) int16 { return f(c, r, k) })); err != nil {
			t.Fatal(err)
		}
	}
	return v
}

func noise(seed uint64) func(c, r, k int) int16 {
	rng := rand.New(rand.NewPCG(seed, 1))
	return func(int, int, int) int16 { return int16(rng.IntN(4000) - 1000) }
}

func TestACutAlongTheSlicesIsTheSlices(t *testing.T) {
	s := stack{cols: 17, rows: 13, colMM: 0.7, rowMM: 0.7, at: every(2.5, 9)}
	values := map[[3]int]int16{}
	next := noise(1)
	v := built(t, s, func(c, r, k int) int16 {
		values[[3]int{c, r, k}] = next(c, r, k)
		return values[[3]int{c, r, k}]
	})
	for k := range v.Slices {
		middle := v.Voxel(8, 6, k)
		got := v.Resample(nil, volume.Cut{Centre: middle, Right: space.Vec3{1, 0, 0}, Down: space.Vec3{0, 1, 0}, MM: 0.7, Cols: 17, Rows: 13})
		for i, x := range got {
			if want := values[[3]int{i % 17, i / 17, k}]; x != want {
				t.Fatalf("slice %d, pixel %d,%d: %d, stored %d", k, i%17, i/17, x, want)
			}
		}
	}
}

// reference is the trilinear value in real numbers, from voxel centres in the
// patient alone.
func reference(v *volume.Volume, p space.Vec3, value func(c, r, k int) float64) (float64, bool) {
	o := v.Voxel(0, 0, 0)
	x, y, z := v.Voxel(1, 0, 0).Sub(o), v.Voxel(0, 1, 0).Sub(o), v.Voxel(0, 0, 1).Sub(o)
	d, det := p.Sub(o), x.Dot(y.Cross(z))
	at := [3]float64{d.Dot(y.Cross(z)) / det, d.Dot(z.Cross(x)) / det, d.Dot(x.Cross(y)) / det}
	var i [3]int
	var f [3]float64
	for a, n := range [3]int{v.Cols, v.Rows, v.Slices} {
		if at[a] < 0 || at[a] > float64(n-1) {
			return 0, false
		}
		i[a] = min(int(at[a]), n-2)
		f[a] = at[a] - float64(i[a])
	}
	sum := 0.0
	for n := range 8 {
		w, c := 1.0, i
		for a := range 3 {
			if n>>a&1 == 1 {
				w *= f[a]
				c[a]++
			} else {
				w *= 1 - f[a]
			}
		}
		sum += w * value(c[0], c[1], c[2])
	}
	return sum, true
}

func oblique(a, b float64) (right, down space.Vec3) {
	right = space.Vec3{math.Cos(a), math.Sin(a) * math.Cos(b), math.Sin(a) * math.Sin(b)}.Unit()
	down = right.Cross(space.Vec3{0.3, -0.2, 1}.Unit()).Unit()
	return right, down
}

func TestAnyCutEqualsTrilinearReference(t *testing.T) {
	for name, s := range map[string]stack{
		"isotropic":   {cols: 24, rows: 20, colMM: 1, rowMM: 1, at: every(1, 22)},
		"anisotropic": {cols: 24, rows: 20, colMM: 0.5, rowMM: 1.3, at: every(3, 12)},
		"tilted":      {cols: 24, rows: 20, colMM: 0.6, rowMM: 0.6, at: every(2, 16), shear: math.Tan(15 * math.Pi / 180)},
		"sagittal":    {cols: 24, rows: 20, colMM: 0.8, rowMM: 0.8, at: every(2, 16), row: space.Vec3{0, 1, 0}, col: space.Vec3{0, 0, -1}},
	} {
		t.Run(name, func(t *testing.T) {
			values := make([]int16, s.cols*s.rows*len(s.at))
			next := noise(7)
			index := func(c, r, k int) int { return (k*s.rows+r)*s.cols + c }
			v := built(t, s, func(c, r, k int) int16 {
				values[index(c, r, k)] = next(c, r, k)
				return values[index(c, r, k)]
			})
			inside := 0
			for n := range 40 {
				right, down := oblique(float64(n)*0.37, float64(n)*0.91)
				c := volume.Cut{Centre: v.Centre(), Right: right, Down: down, MM: 0.41, Cols: 60, Rows: 50}
				for i, got := range v.Resample(nil, c) {
					want, ok := reference(v, c.At(i%c.Cols, i/c.Cols), func(c, r, k int) float64 { return float64(values[index(c, r, k)]) })
					if !ok {
						continue
					}
					inside++
					if math.Abs(float64(got)-want) > 1 {
						t.Fatalf("cut %d, pixel %d,%d: %d, reference %.2f", n, i%c.Cols, i/c.Cols, got, want)
					}
				}
			}
			if inside < 10000 {
				t.Fatalf("only %d samples lay inside", inside)
			}
		})
	}
}

func TestASlabIsWhatItsLayersAre(t *testing.T) {
	v := built(t, stack{cols: 30, rows: 30, colMM: 1, rowMM: 1, at: every(1, 30)}, noise(3))
	right, down := oblique(0.4, 0.8)
	c := volume.Cut{Centre: v.Centre(), Right: right, Down: down, MM: 0.5, Cols: 40, Rows: 40, Thickness: 6}
	var layers [][]int16
	for k := range 7 {
		one := c
		one.Mode, one.Thickness = volume.Single, 0
		one.Centre = c.Centre.Add(c.Normal().Scale(float64(k) - 3))
		layers = append(layers, v.Resample(nil, one))
	}
	for _, mode := range []volume.Mode{volume.MIP, volume.MinIP, volume.Mean} {
		c.Mode = mode
		got := v.Resample(nil, c)
		for i := range got {
			lo, hi, sum := int16(math.MaxInt16), int16(math.MinInt16), 0.0
			for _, l := range layers {
				lo, hi, sum = min(lo, l[i]), max(hi, l[i]), sum+float64(l[i])
			}
			want := map[volume.Mode]float64{volume.MIP: float64(hi), volume.MinIP: float64(lo), volume.Mean: sum / 7}[mode]
			if math.Abs(float64(got[i])-want) > 1 {
				t.Fatalf("%v, pixel %d: %d, want %.1f", mode, i, got[i], want)
			}
		}
	}
}

// A ball of 10 mm lies where it lies in the patient, whatever the stack: its
// diameter in a coronal cut is 10 mm in both directions within a pixel.
func TestACutKeepsMillimetres(t *testing.T) {
	centre := space.Vec3{-10 + 15, 20 + 15, 300}
	for name, s := range map[string]stack{
		"thin":   {cols: 60, rows: 60, colMM: 0.5, rowMM: 0.5, at: every(-0.5, 60)},
		"tilted": {cols: 60, rows: 60, colMM: 0.5, rowMM: 0.5, at: every(-0.5, 60), shear: 0.27},
		"thick":  {cols: 60, rows: 30, colMM: 0.5, rowMM: 1, at: every(-2, 15)},
	} {
		planes := s.planes()
		v, err := volume.New(planes, space.Sort(planes))
		if err != nil {
			t.Fatal(err)
		}
		centre[2] = v.Centre()[2]
		centre[1] = v.Centre()[1]
		for k := range v.Slices {
			im := grey(s.cols, s.rows, func(c, r int) int16 {
				return int16(min(max(5-v.Voxel(c, r, k).Sub(centre).Len(), -1), 1) * 1000) // half a millimetre of partial volume
			})
			if err := v.Set(k, im); err != nil {
				t.Fatal(err)
			}
		}
		c := volume.Cut{Centre: centre, Right: space.Vec3{1, 0, 0}, Down: space.Vec3{0, 0, -1}, MM: 0.1, Cols: 201, Rows: 201}
		got := v.Resample(nil, c)
		wide, high := 0, 0
		for i := range 201 {
			if x := got[100*201+i]; x != volume.Outside && x > 0 {
				wide++
			}
			if x := got[i*201+100]; x != volume.Outside && x > 0 {
				high++
			}
		}
		if w, h := float64(wide)*0.1, float64(high)*0.1; math.Abs(w-10) > 0.3 || math.Abs(h-10) > 0.5 {
			t.Errorf("%s: the ball of 10 mm is %.1f mm wide and %.1f mm high", name, w, h)
		}
		if x, ok := v.Value(centre); !ok || x != 1000 {
			t.Errorf("%s: the middle of the ball is %v %v", name, x, ok)
		}
	}
}

func TestAHoleIsNeverBridged(t *testing.T) {
	s := stack{cols: 8, rows: 8, colMM: 1, rowMM: 1, at: []float64{0, 1, 2, 3, 4, 7, 8, 9}}
	v := built(t, s, func(_, _, k int) int16 { return int16(k * 10) })
	planes := s.planes()
	for _, c := range []struct {
		mm   float64
		want float64
		ok   bool
	}{{3.5, 35, true}, {4, 40, true}, {4.4, 0, false}, {5.5, 0, false}, {6.9, 0, false}, {7, 50, true}, {8.5, 65, true}} {
		// the viewing order may run against the order made: take the distance from the end it started at
		p := planes[0].Origin.Add(space.Vec3{3, 3, 0}).Add(space.Vec3{0, 0, 1}.Scale(c.mm))
		want := c.want
		if space.Sort(planes).Order[0] != 0 {
			want = 70 - want
		}
		got, ok := v.Value(p)
		if ok != c.ok || ok && math.Abs(got-want) > 1e-6 {
			t.Errorf("%.1f mm: %v %v, want %v %v", c.mm, got, ok, want, c.ok)
		}
		cut := volume.Cut{Centre: p, Right: space.Vec3{1, 0, 0}, Down: space.Vec3{0, 1, 0}, MM: 1, Cols: 1, Rows: 1}
		if x := v.Resample(nil, cut)[0]; (x != volume.Outside) != c.ok {
			t.Errorf("%.1f mm: the cut shows %d", c.mm, x)
		}
	}
}

func TestASliceThatIsNotHereIsOutside(t *testing.T) {
	planes := stack{cols: 8, rows: 8, colMM: 1, rowMM: 1, at: every(1, 5)}.planes()
	v, err := volume.New(planes, space.Sort(planes))
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range []int{0, 1, 3, 4} {
		if err := v.Set(k, grey(8, 8, func(int, int) int16 { return 7 })); err != nil {
			t.Fatal(err)
		}
	}
	for k := range 5 {
		if _, ok := v.Value(v.Voxel(4, 4, k)); ok != (k != 2) {
			t.Errorf("slice %d: %v", k, ok)
		}
	}
	if v.Have() != 4 {
		t.Errorf("%d slices here", v.Have())
	}
}

func TestUnsignedValuesAndSlopesOfSlicesKeepTheirValue(t *testing.T) {
	planes := stack{cols: 2, rows: 2, colMM: 1, rowMM: 1, at: every(1, 3)}.planes()
	v, err := volume.New(planes, space.Sort(planes))
	if err != nil {
		t.Fatal(err)
	}
	slopes := []float64{0.5, 2, 1}
	for k, slope := range slopes {
		im := &pixel.Image{Rows: 2, Cols: 2, Samples: 1, Bits: 16, Slope: slope, Intercept: -10, Stored: []uint16{0, 1, 30000, 65534}}
		if err := v.Set(k, im); err != nil {
			t.Fatal(err)
		}
	}
	for k, slope := range slopes {
		for i, stored := range []float64{0, 1, 30000, 65534} {
			want := slope*stored - 10
			got, ok := v.Value(v.Voxel(i%2, i/2, k))
			if !ok || math.Abs(got-want) > 1.01 { // half of the largest slope, twice rounded
				t.Errorf("slice %d value %d: %v %v, want %v", k, i, got, ok, want)
			}
		}
	}
}

func TestWhatMakesNoVolumeIsSaid(t *testing.T) {
	bent := stack{cols: 4, rows: 4, colMM: 1, rowMM: 1, at: every(1, 5)}.planes()
	bent[2].Origin[0] += 2
	sized := stack{cols: 4, rows: 4, colMM: 1, rowMM: 1, at: every(1, 5)}.planes()
	sized[1].Cols = 5
	for name, planes := range map[string][]space.Plane{
		"one":        stack{cols: 4, rows: 4, colMM: 1, rowMM: 1, at: every(1, 1)}.planes(),
		"duplicates": stack{cols: 4, rows: 4, colMM: 1, rowMM: 1, at: []float64{0, 1, 1, 2}}.planes(),
		"bent":       bent,
		"sizes":      sized,
		"huge":       stack{cols: 60000, rows: 60000, colMM: 1, rowMM: 1, at: every(1, 2)}.planes(),
	} {
		var unsupported *dicom.UnsupportedError
		if _, err := volume.New(planes, space.Sort(planes)); !errors.As(err, &unsupported) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func BenchmarkResample(b *testing.B) {
	v := built(b, stack{cols: 512, rows: 512, colMM: 0.7, rowMM: 0.7, at: every(1, 300)}, func(c, r, k int) int16 { return int16(c ^ r ^ k) })
	right, down := oblique(0.4, 0.8)
	cuts := map[string]volume.Cut{
		"coronal_512x512":      {Right: space.Vec3{1, 0, 0}, Down: space.Vec3{0, 0, -1}},
		"oblique_512x512":      {Right: right, Down: down},
		"MIP20mm_512x512":      {Right: right, Down: down, Mode: volume.MIP, Thickness: 20},
		"MIP20mm_256x256":      {Right: right, Down: down, Mode: volume.MIP, Thickness: 20},
		"mean10mm_512x512":     {Right: right, Down: down, Mode: volume.Mean, Thickness: 10},
		"MIP20mm_axes_512x512": {Right: space.Vec3{1, 0, 0}, Down: space.Vec3{0, 0, -1}, Mode: volume.MIP, Thickness: 20},
	}
	for name, c := range cuts {
		c.Centre, c.MM, c.Cols, c.Rows = v.Centre(), 0.7, 512, 512
		if name == "MIP20mm_256x256" {
			c.MM, c.Cols, c.Rows = 1.4, 256, 256
		}
		b.Run(fmt.Sprintf("512x512x300/%s", name), func(b *testing.B) {
			var dst []int16
			for b.Loop() {
				dst = v.Resample(dst, c)
			}
		})
	}
}
