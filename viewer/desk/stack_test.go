package desk

import (
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/viewer"
	vt "github.com/nocturne/nocturne/viewer/viewertest"
)

// stacked makes the stacks of a series as its files would.
func stacked(s vt.Series) []*stack {
	var in []*instance
	for i := range s.Slices {
		d := s.Dataset(i)
		f := &dicom.File{Dataset: d, Pixel: dicom.PixelData{Tag: 0x7FE00010}}
		in = append(in, newInstance(viewer.Object{StudyUID: "1.2.3", SeriesUID: "1.2.3.1", SOPUID: d.Str(dicom.SOPInstanceUID)}, f))
	}
	return stacksOf("1.2.3", "1.2.3.1", in)
}

func TestWildPositionsMakeNoEndlessStack(t *testing.T) {
	for _, z := range []string{"1e300", "-1e300", "1e9", "123456"} {
		s := vt.Series{Slices: 5, Edit: func(d *dicom.Dataset, i int) {
			if i == 2 {
				d.SetStr(dicom.ImagePositionPatient, "0", "0", z)
			}
		}}
		stacks := stacked(s)
		if len(stacks) != 1 || len(stacks[0].slots) > 5+maxMissing {
			t.Errorf("z %s: %d stacks, %d slots", z, len(stacks), len(stacks[0].slots))
		}
	}
}

func TestDifferentDirectionsWithoutEndAreOneLastStack(t *testing.T) {
	s := vt.Series{Slices: 200, Edit: func(d *dicom.Dataset, i int) {
		a := float64(i) / 100
		d.SetFloat(dicom.ImageOrientationPatient, 1, 0, 0, 0, 1-a*a/4/(1+a*a/4)*2, a/(1+a*a/4))
	}}
	if n := len(stacked(s)); n < 2 || n > maxDirections+1 {
		t.Errorf("%d stacks", n)
	}
}

func TestEchoesAndBValuesAreStacksOfTheirOwn(t *testing.T) {
	s := vt.Series{Modality: "MR", Slices: 12, Edit: func(d *dicom.Dataset, i int) {
		d.SetInt(dicom.EchoNumbers, 1+i%2)
		d.SetFloat(dicom.DiffusionBValue, float64(1000*(i/6)))
	}}
	stacks := stacked(s)
	if len(stacks) != 4 {
		t.Fatalf("%d stacks", len(stacks))
	}
	keys := map[string]bool{}
	for _, st := range stacks {
		keys[st.key()] = true
		if len(st.slots) != 3 {
			t.Errorf("%s has %d slices", st.key(), len(st.slots))
		}
	}
	if len(keys) != 4 {
		t.Error("two stacks have one key")
	}
}

func TestDuplicatePositionsAreBothKept(t *testing.T) {
	s := vt.Series{Slices: 6, Edit: func(d *dicom.Dataset, i int) {
		d.SetFloat(dicom.ImagePositionPatient, 0, 0, -float64(i/2))
	}}
	stacks := stacked(s)
	if len(stacks) != 1 || len(stacks[0].slots) != 6 {
		t.Fatalf("%d stacks", len(stacks))
	}
	for i := 1; i < 6; i++ {
		if stacks[0].slots[i].pos < stacks[0].slots[i-1].pos {
			t.Error("not in order")
		}
	}
}

func TestOnlyWhatIsNeededOfAHeaderIsKept(t *testing.T) {
	s := vt.Series{Slices: 1, Edit: func(d *dicom.Dataset, _ int) {
		d.SetStr(dicom.PatientComments, "a long story")
		d.Set(dicom.Element{Tag: 0x00091010, VR: "OB", Bytes: make([]byte, 1<<20)})
	}}
	in := stacked(s)[0].first
	if in.d.Has(dicom.PatientComments) || in.d.Has(0x00091010) || !in.d.Has(dicom.PixelSpacing) {
		t.Error("kept too much or too little")
	}
}

func TestTheFirstHangWaitsForMoreThanALocaliser(t *testing.T) {
	r := newReader(t)
	dir := t.TempDir()
	scout := vt.Series{Number: 1, Slices: 1, Edit: func(d *dicom.Dataset, _ int) { d.SetStr(dicom.ImageType, "ORIGINAL", "PRIMARY", "LOCALIZER") }}
	r.open(vt.Case(1, current()), scout.Write(t, dir))
	if len(r.d.Scene().Tiles) != 0 {
		t.Fatal("the localiser was hung at once")
	}
	r.d.Add(1, vt.Series{Number: 2, Slices: 3}.Write(t, dir))
	r.wait(50 * 1e6)
	if got := r.tile(0).SeriesUID; got != "1.2.3.2" {
		t.Errorf("hung %q", got)
	}
	late := newReader(t)
	late.open(vt.Case(1, current()), scout.Write(t, t.TempDir()))
	late.wait(lastHope)
	if len(late.d.Scene().Tiles) != 1 {
		t.Error("a study of a localiser alone is never shown")
	}
}

func TestNothingMovesByItselfOnceItHangs(t *testing.T) {
	r := newReader(t)
	dir := t.TempDir()
	r.open(vt.Case(1, current()), vt.Series{Number: 5, Slices: 3}.Write(t, dir))
	r.d.Add(1, vt.Series{Number: 1, Slices: 3}.Write(t, dir))
	r.wait(500 * 1e6)
	if got := r.tile(0).SeriesUID; got != "1.2.3.5" {
		t.Errorf("a series that came later took the tile: %s", got)
	}
}
