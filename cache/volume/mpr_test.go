package volume_test

import (
	"math"
	"testing"

	"github.com/nocturne/nocturne/cache/pixel"
	"github.com/nocturne/nocturne/cache/space"
	"github.com/nocturne/nocturne/cache/volume"
)

// axial is an empty volume of cols × rows × slices voxels, head first.
func axial(t testing.TB, cols, rows, slices int, mm, step, tilt float64) *volume.MPR {
	t.Helper()
	var planes []space.Plane
	sin, cos := math.Sincos(tilt * math.Pi / 180)
	for k := range slices {
		planes = append(planes, space.Plane{
			Origin: space.Vec3{-100, -80, 900 - float64(k)*step}, Row: space.Vec3{1, 0, 0}, Col: space.Vec3{0, cos, sin},
			RowMM: mm, ColMM: mm, Rows: rows, Cols: cols, FrameOfReference: "1.2",
		})
	}
	v, err := volume.New(planes, space.Sort(planes))
	if err != nil {
		t.Fatal(err)
	}
	return volume.NewMPR(v)
}

func fill(t testing.TB, s *volume.MPR, f func(p space.Vec3) float64) {
	t.Helper()
	v := s.Volume
	for k := range v.Slices {
		im := &pixel.Image{Rows: v.Rows, Cols: v.Cols, Samples: 1, Bits: 16, Signed: true, Slope: 1, Stored: make([]uint16, v.Rows*v.Cols)}
		for i := range im.Stored {
			im.Stored[i] = uint16(int16(math.Round(f(v.Voxel(i%v.Cols, i/v.Cols, k)))))
		}
		if err := s.Fill(k, im); err != nil {
			t.Fatal(err)
		}
	}
}

func TestOrthogonalPlanesFaceAsReadersSeeThem(t *testing.T) {
	s := axial(t, 40, 30, 20, 0.5, 2, 0)
	for which, want := range map[int]struct {
		name  string
		edges space.Edges
		down  string
	}{
		volume.Axial:    {"axial", space.Edges{Top: "A", Right: "L", Bottom: "P", Left: "R"}, "F"},
		volume.Coronal:  {"coronal", space.Edges{Top: "H", Right: "L", Bottom: "F", Left: "R"}, "P"},
		volume.Sagittal: {"sagittal", space.Edges{Top: "H", Right: "P", Bottom: "F", Left: "A"}, "L"},
	} {
		p := s.Plane(which)
		if got := p.At(0).Edges(); got != want.edges || p.Name() != want.name || space.Letters(p.Along()) != want.down {
			t.Errorf("%s: edges %+v, down %s", p.Name(), got, space.Letters(p.Along()))
		}
	}
	if n := [3]int{s.Plane(0).Slices(), s.Plane(1).Slices(), s.Plane(2).Slices()}; n != [3]int{20, 30, 40} {
		t.Errorf("%v slices", n)
	}
}

// Pixels of an orthogonal plane stand on voxel centres: no value is made up.
func TestAnOrthogonalPlaneShowsVoxels(t *testing.T) {
	s := axial(t, 40, 30, 20, 0.5, 2, 0)
	fill(t, s, func(p space.Vec3) float64 { return 10*p[0] + 100*p[1] + p[2] })
	p := s.Plane(volume.Coronal)
	im := p.Image(7, false)
	plane := p.At(7)
	for row := 3; row < im.Rows-3; row++ { // rows between slices are interpolated
		for col := range im.Cols {
			at := plane.PixelToPatient(float64(col)+0.5, float64(row)+0.5)
			want := 10*at[0] + 100*at[1] + at[2]
			if got, ok := im.At(col, row); !ok || math.Abs(got-want) > 1 {
				t.Fatalf("pixel %d,%d: %v %v, want %.2f", col, row, got, ok, want)
			}
		}
	}
}

// A point planted in the patient is at the same place in all planes of a tilted
// stack, turned or not.
func TestAPointStaysWhereItIsInEveryPlane(t *testing.T) {
	for _, tilt := range []float64{0, 15} {
		s := axial(t, 64, 64, 60, 0.8, 1, tilt)
		spot := s.Volume.Voxel(40, 25, 33)
		fill(t, s, func(p space.Vec3) float64 { return 1000 * math.Exp(-p.Sub(spot).Dot(p.Sub(spot))/8) })
		for turn := range 3 {
			for which := range 3 {
				p := s.Plane(which)
				k := p.Nearest(spot)
				im, plane := p.Image(k, false), p.At(k)
				best, col, row := 0.0, 0, 0
				for i := range im.Stored {
					if v, ok := im.At(i%im.Cols, i/im.Cols); ok && v > best {
						best, col, row = v, i%im.Cols, i/im.Cols
					}
				}
				found := plane.PixelToPatient(float64(col)+0.5, float64(row)+0.5)
				if d := found.Sub(spot).Len(); d > 1 || best < 900 {
					t.Errorf("tilt %v, %d turns, %s: found %.2f mm away, %.0f high", tilt, turn, p.Name(), d, best)
				}
			}
			s.Turn(turn, 20)
		}
	}
}

func TestTurningAndResetting(t *testing.T) {
	s := axial(t, 40, 40, 40, 1, 1, 0)
	s.Turn(volume.Axial, 30)
	if got := s.Plane(volume.Axial).Name(); got != "axial" {
		t.Errorf("the plane that was turned about is %s", got)
	}
	if got := s.Plane(volume.Coronal).Name(); got != "coronal oblique" {
		t.Errorf("the turned plane is %s", got)
	}
	right, down := s.Basis(volume.Coronal)
	again := axial(t, 40, 40, 40, 1, 1, 0)
	if !again.Face(volume.Coronal, right, down) || again.Plane(volume.Coronal).At(3) != s.Plane(volume.Coronal).At(3) {
		t.Error("a plane cannot be taken up again as it was")
	}
	if again.Face(volume.Coronal, right, right) {
		t.Error("a plane without a second direction was taken")
	}
	s.Reset()
	if got := s.Plane(volume.Coronal).Name(); got != "coronal" {
		t.Errorf("after a reset it is %s", got)
	}
}

// A coarse slab shows the same things at the same places.
func TestACoarseSlabLiesWhereTheFullOneDoes(t *testing.T) {
	s := axial(t, 65, 63, 61, 1, 1, 0)
	fill(t, s, func(p space.Vec3) float64 { return 10 * (p[0] + p[2]) })
	s.NextMode()
	s.Thicken(8)
	if s.Words() != "MIP 8 mm" {
		t.Errorf("words %q", s.Words())
	}
	p := s.Plane(volume.Coronal)
	full, coarse := p.Image(30, false), p.Image(30, true)
	if full.Cols != coarse.Cols || full.Rows != coarse.Rows || p.Key(30, true) == p.Key(30, false) {
		t.Fatalf("full %d × %d, coarse %d × %d", full.Cols, full.Rows, coarse.Cols, coarse.Rows)
	}
	for row := 2; row < full.Rows-2; row++ {
		for col := 2; col < full.Cols-2; col++ {
			a, _ := full.At(col, row)
			if b, ok := coarse.At(col, row); !ok || math.Abs(a-b) > 11 { // half a pixel each way, 10 a mm
				t.Fatalf("pixel %d,%d: %v, coarse %v", col, row, a, b)
			}
		}
	}
}

func TestAPictureIsMadeOnceAndAgainWhenSlicesCome(t *testing.T) {
	s := axial(t, 16, 16, 16, 1, 1, 0)
	p := s.Plane(volume.Coronal)
	before, key := p.Image(5, false), p.Key(5, false)
	if p.Image(5, false) != before {
		t.Error("an unchanged picture was made again")
	}
	if _, ok := before.At(8, 8); ok {
		t.Error("an empty volume shows a value")
	}
	fill(t, s, func(space.Vec3) float64 { return 3 })
	if v, ok := p.Image(5, false).At(8, 8); !ok || v != 3 || p.Key(5, false) == key {
		t.Errorf("filled: %v %v", v, ok)
	}
}
