package stack

import (
	"fmt"
	"math"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/oracle"
	"github.com/nocturne/nocturne/viewer"
	vt "github.com/nocturne/nocturne/viewer/viewertest"
)

// framed makes an enhanced object of n frames; each frame's groups come from of.
func framed(n int, of func(frame int, per *dicom.Dataset), edit func(d *dicom.Dataset)) *Instance {
	d := vt.Series{Modality: "MR", Slices: 1}.Dataset(0)
	for _, t := range []dicom.Tag{dicom.ImagePositionPatient, dicom.ImageOrientationPatient, dicom.PixelSpacing} {
		d.Delete(t)
	}
	d.SetInt(dicom.NumberOfFrames, n)
	shared, measures, facing := &dicom.Dataset{}, &dicom.Dataset{}, &dicom.Dataset{}
	measures.SetFloat(dicom.PixelSpacing, 1, 1)
	facing.SetFloat(dicom.ImageOrientationPatient, 1, 0, 0, 0, 1, 0)
	shared.SetSeq(dicom.PixelMeasuresSequence, measures)
	shared.SetSeq(dicom.PlaneOrientationSequence, facing)
	d.SetSeq(dicom.SharedFunctionalGroupsSequence, shared)
	var per []*dicom.Dataset
	for f := range n {
		per = append(per, &dicom.Dataset{})
		of(f, per[f])
	}
	d.SetSeq(dicom.PerFrameFunctionalGroupsSequence, per...)
	if edit != nil {
		edit(d)
	}
	f := &dicom.File{Dataset: d, Pixel: dicom.PixelData{Tag: 0x7FE00010}}
	return NewInstance(viewer.Object{StudyUID: "1.2.3", SeriesUID: "1.2.3.1", SOPUID: d.Str(dicom.SOPInstanceUID)}, f)
}

// in puts one attribute into a macro of a frame.
func in(per *dicom.Dataset, macro dicom.Tag, set func(*dicom.Dataset)) {
	it := per.Item(macro)
	set(it)
	per.SetSeq(macro, it)
}

func lies(per *dicom.Dataset, z float64) {
	in(per, dicom.PlanePositionSequence, func(d *dicom.Dataset) { d.SetFloat(dicom.ImagePositionPatient, -16, -16, z) })
}

func TestBValuesOfAnEnhancedObjectAreStacksOfTheirOwn(t *testing.T) {
	// 3 b-values of 5 slices, the b-values the inner loop, feet first.
	one := framed(15, func(f int, per *dicom.Dataset) {
		lies(per, float64(f/3)*4)
		in(per, dicom.MRDiffusionSequence, func(d *dicom.Dataset) { d.SetFloat(dicom.DiffusionBValue, []float64{0, 500, 1000}[f%3]) })
	}, nil)
	stacks := Of("1.2.3", "1.2.3.1", []*Instance{one})
	if len(stacks) != 3 {
		t.Fatalf("%d stacks, want 3", len(stacks))
	}
	for k, s := range stacks {
		if len(s.Slots) != 5 || s.Spacing != 4 {
			t.Errorf("%q: %d slices, %g mm apart", s.Part, len(s.Slots), s.Spacing)
		}
		for i, sl := range s.Slots { // head first, whatever the order of the frames
			if want := (4-i)*3 + k; sl.Frame != want {
				t.Errorf("%s slice %d is frame %d, want %d", s.Part, i, sl.Frame, want)
			}
		}
	}
}

func TestTimePartsStacksButNotACineInOnePlace(t *testing.T) {
	times := func(n int, z func(f int) float64, at func(f int) int) *Instance {
		return framed(n, func(f int, per *dicom.Dataset) {
			lies(per, z(f))
			in(per, dicom.FrameContentSequence, func(d *dicom.Dataset) { d.SetInt(dicom.TemporalPositionIndex, at(f)) })
		}, nil)
	}
	dynamic := Of("1.2.3", "1", []*Instance{times(12, func(f int) float64 { return float64(f % 4) }, func(f int) int { return 1 + f/4 })})
	if len(dynamic) != 3 || len(dynamic[0].Slots) != 4 || dynamic[1].Part != "time 2 of 3" {
		t.Errorf("4 slices at 3 times became %d stacks", len(dynamic))
	}
	cine := Of("1.2.3", "1", []*Instance{times(12, func(int) float64 { return 0 }, func(f int) int { return 1 + f })})
	if len(cine) != 1 || len(cine[0].Slots) != 12 || !cine[0].Timed() {
		t.Errorf("a cine in one place became %d stacks", len(cine))
	}
	// Each slice at its own time: one stack, not twelve.
	slow := Of("1.2.3", "1", []*Instance{times(12, func(f int) float64 { return float64(f) }, func(f int) int { return 1 + f })})
	if len(slow) != 1 || len(slow[0].Slots) != 12 {
		t.Errorf("slices taken one after the other became %d stacks", len(slow))
	}
}

func TestFramesInOnePlaceArePartedByTheObjectsOwnDimensions(t *testing.T) {
	const velocity = 0x00189090 // Velocity Encoding Direction: no trait of ours
	one := framed(8, func(f int, per *dicom.Dataset) {
		lies(per, float64(f/2))
		in(per, dicom.FrameContentSequence, func(d *dicom.Dataset) { d.SetInt(dicom.DimensionIndexValues, 1+f/2, 1+f%2) })
	}, func(d *dicom.Dataset) {
		at, v := &dicom.Dataset{}, &dicom.Dataset{}
		at.SetInt(dicom.DimensionIndexPointer, int(dicom.InStackPositionNumber))
		v.SetInt(dicom.DimensionIndexPointer, velocity)
		d.SetSeq(dicom.DimensionIndexSequence, at, v)
	})
	stacks := Of("1.2.3", "1", []*Instance{one})
	if len(stacks) != 2 || len(stacks[0].Slots) != 4 || stacks[1].Part != "part 2 of 2" {
		t.Fatalf("%d stacks, %q", len(stacks), stacks[len(stacks)-1].Part)
	}
}

func TestStacksOfOneObjectFaceTheirOwnWay(t *testing.T) {
	one := framed(9, func(f int, per *dicom.Dataset) {
		lies(per, float64(f))
		in(per, dicom.FrameContentSequence, func(d *dicom.Dataset) { d.SetStr(dicom.StackID, fmt.Sprint(1+f/3)) })
		in(per, dicom.PlaneOrientationSequence, func(d *dicom.Dataset) {
			d.SetFloat(dicom.ImageOrientationPatient, [][]float64{{1, 0, 0, 0, 1, 0}, {1, 0, 0, 0, 0, -1}, {0, 1, 0, 0, 0, -1}}[f/3]...)
		})
	}, nil)
	stacks := Of("1.2.3", "1", []*Instance{one})
	if len(stacks) != 3 {
		t.Fatalf("%d stacks, want 3", len(stacks))
	}
}

func TestAFrameWithoutAGroupIsStillShown(t *testing.T) {
	one := framed(4, func(f int, per *dicom.Dataset) { lies(per, float64(f)) }, func(d *dicom.Dataset) { d.SetInt(dicom.NumberOfFrames, 6) })
	if stacks := Of("1.2.3", "1", []*Instance{one}); len(stacks) != 1 || len(stacks[0].Slots) != 6 {
		t.Errorf("%d stacks", len(stacks))
	}
}

func TestARealFieldMapStandsApartFromItsMagnitude(t *testing.T) {
	f, err := dicom.ReadHeader(oracle.Data(t, "modalities", "enhanced-mr", "IM_0027_fMAP.dcm"))
	if err != nil {
		t.Fatal(err)
	}
	stacks := Of("1", "1", []*Instance{NewInstance(viewer.Object{SOPUID: "1"}, f)})
	if len(stacks) != 2 || len(stacks[0].Slots) != 32 || math.Abs(stacks[0].Spacing-4) > 1e-3 || stacks[1].Part == stacks[0].Part {
		t.Errorf("%d stacks, want the magnitude and the field map, 32 slices 4 mm apart each", len(stacks))
	}
}
