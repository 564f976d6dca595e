package outline

import (
	"math"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom/pr"
	"github.com/nocturne/nocturne/cache/dicom/rt"
	"github.com/nocturne/nocturne/cache/space"
)

func TestACurveGoesThroughItsPointsAndARoundOneKeepsItsRadius(t *testing.T) {
	circle := Curve(pr.Graphic{Type: "CIRCLE", Points: [][2]float64{{10, 20}, {13, 24}}})
	for _, q := range circle {
		if r := math.Hypot(q[0]-10, q[1]-20); math.Abs(r-5) > 1e-9 {
			t.Fatalf("%v is %v from the centre", q, r)
		}
	}
	if circle[0] != [2]float64{13, 24} {
		t.Errorf("it begins at %v", circle[0])
	}
	p := [][2]float64{{0, 0}, {4, 1}, {5, 7}, {0, 0}}
	for _, open := range []int{3, 4} {
		line := Curve(pr.Graphic{Type: "INTERPOLATED", Points: p[:open]})
		for i, want := range p[:open] {
			if got := line[8*i]; math.Hypot(got[0]-want[0], got[1]-want[1]) > 1e-9 {
				t.Errorf("point %d of %d: %v, want %v", i, open, got, want)
			}
		}
	}
}

// An axial slice 10 mm below the upper edge of a coronal image of 2 mm pixels cuts it
// in row 5, from edge to edge.
func TestPlanesCrossWhereTheirGeometrySays(t *testing.T) {
	coronal := space.Plane{Origin: space.Vec3{1, 50, -1}, Row: space.Vec3{1, 0, 0}, Col: space.Vec3{0, 0, -1}, RowMM: 2, ColMM: 2, Rows: 40, Cols: 30}
	axial := space.Plane{Origin: space.Vec3{0.5, 0.5, -10}, Row: space.Vec3{1, 0, 0}, Col: space.Vec3{0, 1, 0}, RowMM: 1, ColMM: 1, Rows: 100, Cols: 60}
	a, b, ok := Crossing(coronal, axial)
	if !ok || math.Abs(a[1]-5) > 1e-9 || math.Abs(b[1]-5) > 1e-9 || math.Abs(math.Abs(a[0]-b[0])-30) > 1e-9 {
		t.Errorf("%v to %v, %v", a, b, ok)
	}
	if _, _, ok := Crossing(axial, axial); ok {
		t.Error("a plane crosses itself")
	}
}

func TestAContourIsOnTheSliceItNamesAndInItsFrameOfReferenceOnly(t *testing.T) {
	at := func(z float64) rt.Contour { return rt.Contour{Points: []space.Vec3{{0, 0, z}, {5, 0, z}, {5, 5, z}}} }
	on := Slice{sop: "1.2", Placed: true, half: 1.5, Plane: space.Plane{
		Row: space.Vec3{1, 0, 0}, Col: space.Vec3{0, 1, 0}, RowMM: 1, ColMM: 1, Rows: 9, Cols: 9, FrameOfReference: "1.3"}}
	for z, want := range map[float64]bool{0: true, 1.4: true, -1.4: true, 1.6: false, 30: false} {
		if in, related := on.Has(at(z), "1.3"); in != want || !related {
			t.Errorf("%v mm off: %v, %v", z, in, related)
		}
	}
	if in, related := on.Has(at(0), "1.4"); in || related {
		t.Error("of another frame of reference")
	}
	named := at(30)
	named.Images = append(named.Images, "1.2")
	if in, _ := on.Has(named, "1.4"); !in {
		t.Error("not on the image it names")
	}
}
