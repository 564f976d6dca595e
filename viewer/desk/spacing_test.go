package desk

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/viewer"
	vt "github.com/nocturne/nocturne/viewer/viewertest"
)

// position moves a slice along z, and along y for a tilt.
func position(y, z func(slice int) float64) func(*dicom.Dataset, int) {
	return func(d *dicom.Dataset, slice int) {
		o := d.Floats(dicom.ImagePositionPatient)
		d.SetFloat(dicom.ImagePositionPatient, o[0], o[1]+y(slice), z(slice))
	}
}

func TestHowSlicesLieIsOnTheTileAndOnItsReformats(t *testing.T) {
	none := func(int) float64 { return 0 }
	even := func(k int) float64 { return -2 * float64(k) }
	for want, s := range map[string]vt.Series{
		"2 slices missing":         {Leave: []int{7, 8}},
		"1 position twice":         {Edit: position(none, func(k int) float64 { return even(k - k/19) })},
		"spacing uneven by 0.6 mm": {Edit: position(none, func(k int) float64 { return even(k) - 0.6*float64(k/10) })},
		"gantry tilt 15°": {Edit: func(d *dicom.Dataset, k int) {
			sin, cos := math.Sincos(15 * math.Pi / 180)
			d.SetFloat(dicom.ImageOrientationPatient, 1, 0, 0, 0, cos, -sin)
		}},
		"": {},
	} {
		r := newReader(t)
		s.Slices, s.Rows, s.Cols = 20, 24, 24
		r.open(vt.Case(1, current()), s.Write(t, t.TempDir()))
		sc := r.d.Scene()
		said := 0
		for _, w := range []string{"missing", "twice", "uneven", "tilt"} {
			if hasText(sc, w) {
				said++
			}
		}
		if want != "" && (!hasText(sc, want) || said != 1) || want == "" && said > 0 {
			t.Errorf("%q: %v", want, texts(sc))
		}
		r.press("m")
		r.wait(300 * time.Millisecond)
		if r.d.mpr == nil {
			t.Fatalf("%q: %s", want, r.last(viewer.Noticed).Text)
		}
		n := 0
		for _, text := range texts(r.d.Scene()) {
			if want != "" && strings.Contains(text, want) {
				n++
			}
		}
		if want != "" && n != 4 {
			t.Errorf("%q is on %d of 4 tiles", want, n)
		}
	}
}

// Of two slices in one place the first by number is in the reformat, the other
// nowhere; a place more does not make the volume longer.
func TestASliceThatIsThereTwiceIsReformattedOnce(t *testing.T) {
	r := newReader(t)
	s := vt.Series{Slices: 21, Rows: 24, Cols: 24, HU: func(_, _, k int) int { return 10 * k }}
	s.Edit = position(func(int) float64 { return 0 }, func(k int) float64 {
		if k == 20 {
			return -10 // where slice 5 is; its number is lower
		}
		return -2 * float64(k)
	})
	r.open(vt.Case(1, current()), s.Write(t, t.TempDir()))
	r.press("m")
	r.wait(300 * time.Millisecond)
	if r.d.mpr == nil {
		t.Fatal(r.last(viewer.Noticed).Text)
	}
	v := r.d.mpr.set.Volume
	if v.Slices != 20 || v.Have() != 20 || len(r.d.mpr.missing) != 0 {
		t.Errorf("%d slices, %d here, %d missing", v.Slices, v.Have(), len(r.d.mpr.missing))
	}
	for k, want := range map[int]float64{4: 40, 5: 200, 6: 60} {
		if got, ok := v.Value(v.Voxel(12, 12, k)); !ok || got != want {
			t.Errorf("slice %d: %v, want %v", k, got, want)
		}
	}
	r.d.Add(1, nil)
	r.wait(50 * time.Millisecond)
	if r.d.mpr == nil {
		t.Error("the reformats went away")
	}
}
