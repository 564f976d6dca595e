package space_test

import (
	"math"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/oracle"
	"github.com/nocturne/nocturne/cache/space"
)

// slices lays axial planes at the given heights; shear moves each by so many mm
// to the back per mm of height.
func slices(shear float64, z ...float64) []space.Plane {
	var out []space.Plane
	for _, h := range z {
		out = append(out, space.Plane{Origin: space.Vec3{0, shear * h, h}, Row: space.Vec3{1, 0, 0},
			Col: space.Vec3{0, 1, 0}, RowMM: 1, ColMM: 1})
	}
	return out
}

func TestWheelDownIsCaudalLeftOrPosterior(t *testing.T) {
	for name, c := range map[string]struct {
		row, col, step space.Vec3
	}{
		"axial":    {space.Vec3{1, 0, 0}, space.Vec3{0, 1, 0}, space.Vec3{0, 0, -3}},
		"prone":    {space.Vec3{-1, 0, 0}, space.Vec3{0, 1, 0}, space.Vec3{0, 0, -3}}, // normal to the feet
		"sagittal": {space.Vec3{0, 1, 0}, space.Vec3{0, 0, -1}, space.Vec3{3, 0, 0}},
		"coronal":  {space.Vec3{1, 0, 0}, space.Vec3{0, 0, -1}, space.Vec3{0, 3, 0}},
	} {
		for _, order := range [][]int{{0, 1, 2, 3}, {3, 2, 1, 0}, {2, 0, 3, 1}} {
			var planes []space.Plane
			for _, k := range order {
				planes = append(planes, space.Plane{Origin: c.step.Scale(float64(k)), Row: c.row, Col: c.col})
			}
			s := space.Sort(planes)
			for i, at := range s.Order {
				if order[at] != i {
					t.Errorf("%s acquired as %v is viewed as %v", name, order, s.Order)
					break
				}
			}
			if math.Abs(s.Spacing-3) > 1e-9 || !s.Even() || s.Tilted() {
				t.Errorf("%s: spacing %v even %v tilt %v", name, s.Spacing, s.Even(), s.Tilt)
			}
		}
	}
}

func TestGapsDuplicatesAndUnevenStacksAreReported(t *testing.T) {
	s := space.Sort(slices(0, 0, -5, -10, -25, -30, -30, -35))
	if want := []space.Gap{{After: 2, MM: 15, Missing: 2}}; !reflect.DeepEqual(s.Gaps, want) {
		t.Errorf("gaps %+v, want %+v", s.Gaps, want)
	}
	if want := [][2]int{{4, 5}}; !reflect.DeepEqual(s.Duplicates, want) {
		t.Errorf("duplicates %v, want %v", s.Duplicates, want)
	}
	if s.Order[4] != 4 || s.Order[5] != 5 {
		t.Errorf("duplicates changed places: %v", s.Order)
	}
	if s.Spacing != 5 || s.Even() || s.Expected() != 9 {
		t.Errorf("spacing %v, even %v, expected %d", s.Spacing, s.Even(), s.Expected())
	}
	uneven := space.Sort(slices(0, 0, -5, -10.2, -15, -20))
	if math.Abs(uneven.Uneven-0.2) > 1e-9 || uneven.Even() || len(uneven.Gaps) != 0 {
		t.Errorf("uneven by %v, even %v, gaps %v", uneven.Uneven, uneven.Even(), uneven.Gaps)
	}
	if rounded := space.Sort(slices(0, 0, -5, -10.02, -15, -20)); !rounded.Even() {
		t.Errorf("0.4 %% of the spacing counted as uneven (%v)", rounded.Uneven)
	}
}

func TestGantryTiltIsMeasured(t *testing.T) {
	for _, deg := range []float64{0, 0.05, 5, 20} {
		s := space.Sort(slices(math.Tan(deg*math.Pi/180), 0, -5, -10, -15))
		if math.Abs(s.Tilt-deg) > 1e-6 || s.Tilted() != (deg > 0.1) {
			t.Errorf("tilt of %v° measured as %v°, tilted %v", deg, s.Tilt, s.Tilted())
		}
		if s.Spacing != 5 || !s.Even() {
			t.Errorf("a tilt of %v° changed the spacing to %v", deg, s.Spacing)
		}
	}
}

func TestPlanesThatFaceAnotherWayStandApart(t *testing.T) {
	planes := slices(0, 0, -5)
	localiser := space.Plane{Row: space.Vec3{0, 1, 0}, Col: space.Vec3{0, 0, -1}}
	elsewhere := planes[1]
	elsewhere.FrameOfReference = "1.2.3"
	mirrored := planes[1]
	mirrored.Row = mirrored.Row.Scale(-1)
	s := space.Sort(append(planes, localiser, elsewhere, mirrored))
	if !reflect.DeepEqual(s.Apart, []int{2, 3, 4}) || !reflect.DeepEqual(s.Order, []int{0, 1}) {
		t.Errorf("apart %v, order %v", s.Apart, s.Order)
	}
}

func TestNearestSlice(t *testing.T) {
	s := space.Sort(slices(0.2, -10, 0, -5, -15))
	for _, c := range []struct {
		z    float64
		want int
		mm   float64
	}{{100, 0, 100}, {0, 0, 0}, {-2.5, 0, 2.5}, {-2.6, 1, 2.4}, {-5, 1, 0}, {-14, 3, 1}, {-90, 3, 75}} {
		i, mm := s.Nearest(space.Vec3{40, -30, c.z})
		if i != c.want || math.Abs(mm-c.mm) > 1e-9 {
			t.Errorf("z %v is nearest to slice %d at %v mm, want %d at %v", c.z, i, mm, c.want, c.mm)
		}
	}
	if i, _ := (space.Stack{}).Nearest(space.Vec3{}); i != -1 {
		t.Errorf("an empty stack has a nearest slice %d", i)
	}
	twice := space.Sort(slices(0, 0, -5, -5, -10))
	if i, _ := twice.Nearest(space.Vec3{0, 0, -5}); i != 1 {
		t.Errorf("of two slices in one place the nearest is %d", i)
	}
}

func TestOneSliceIsAStack(t *testing.T) {
	s := space.Sort(slices(0, 7))
	if len(s.Order) != 1 || s.Spacing != 0 || s.Tilt != 0 || len(s.Duplicates)+len(s.Gaps) != 0 {
		t.Errorf("%+v", s)
	}
	if got := space.Sort(nil); len(got.Order) != 0 {
		t.Errorf("no slices: %+v", got)
	}
}

func TestRealChestAbdomenPelvisIsOneEvenStack(t *testing.T) {
	files, _ := filepath.Glob(filepath.Join(oracle.Data(t), "studies/ct-chest-abdomen-pelvis/*.dcm"))
	var planes []space.Plane
	for _, f := range files {
		h, err := dicom.ReadHeader(f)
		if err != nil {
			t.Fatal(err)
		}
		planes = append(planes, plane(t, h.Dataset, 0))
	}
	s := space.Sort(planes)
	t.Logf("%d slices, spacing %v mm, uneven by %v, gaps %v, tilt %v°", len(s.Order), s.Spacing, s.Uneven, s.Gaps, s.Tilt)
	if len(s.Order) != len(files) || len(files) == 0 || len(s.Apart) > 0 || len(s.Duplicates) > 0 || s.Tilted() {
		t.Errorf("%d of %d slices, apart %v, duplicates %v, tilt %v", len(s.Order), len(files), s.Apart, s.Duplicates, s.Tilt)
	}
	for i := 1; i < len(s.Order); i++ {
		if planes[s.Order[i]].Origin[2] >= planes[s.Order[i-1]].Origin[2] {
			t.Fatalf("slice %d is not caudal of the one before", i)
		}
	}
}
