package stack

import (
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/viewer"
	vt "github.com/nocturne/nocturne/viewer/viewertest"
)

// stacked makes the stacks of a series as its files would.
func stacked(s vt.Series) []*Stack {
	var in []*Instance
	for i := range s.Slices {
		d := s.Dataset(i)
		f := &dicom.File{Dataset: d, Pixel: dicom.PixelData{Tag: 0x7FE00010}}
		in = append(in, NewInstance(viewer.Object{StudyUID: "1.2.3", SeriesUID: "1.2.3.1", SOPUID: d.Str(dicom.SOPInstanceUID)}, f))
	}
	return Of("1.2.3", "1.2.3.1", in)
}

func TestWildPositionsMakeNoEndlessStack(t *testing.T) {
	for _, z := range []string{"1e300", "-1e300", "1e9", "123456"} {
		s := vt.Series{Slices: 5, Edit: func(d *dicom.Dataset, i int) {
			if i == 2 {
				d.SetStr(dicom.ImagePositionPatient, "0", "0", z)
			}
		}}
		stacks := stacked(s)
		if len(stacks) != 1 || len(stacks[0].Slots) > 5+maxMissing {
			t.Errorf("z %s: %d stacks, %d slots", z, len(stacks), len(stacks[0].Slots))
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
		keys[st.Key()] = true
		if len(st.Slots) != 3 {
			t.Errorf("%s has %d slices", st.Key(), len(st.Slots))
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
	if len(stacks) != 1 || len(stacks[0].Slots) != 6 {
		t.Fatalf("%d stacks", len(stacks))
	}
	for i := 1; i < 6; i++ {
		if stacks[0].Slots[i].Position < stacks[0].Slots[i-1].Position {
			t.Error("not in order")
		}
	}
}

func TestOnlyWhatIsNeededOfAHeaderIsKept(t *testing.T) {
	s := vt.Series{Slices: 1, Edit: func(d *dicom.Dataset, _ int) {
		d.SetStr(dicom.PatientComments, "a long story")
		d.Set(dicom.Element{Tag: 0x00091010, VR: "OB", Bytes: make([]byte, 1<<20)})
	}}
	in := stacked(s)[0].First
	if in.Header.Has(dicom.PatientComments) || in.Header.Has(0x00091010) || !in.Header.Has(dicom.PixelSpacing) {
		t.Error("kept too much or too little")
	}
}
