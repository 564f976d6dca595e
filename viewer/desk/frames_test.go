package desk

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/oracle"
	"github.com/nocturne/nocturne/viewer"
	vt "github.com/nocturne/nocturne/viewer/viewertest"
)

// framed makes an enhanced object of n frames; each frame's groups come from of.
func framed(n int, of func(frame int, per *dicom.Dataset), edit func(d *dicom.Dataset)) *instance {
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
	return newInstance(viewer.Object{StudyUID: "1.2.3", SeriesUID: "1.2.3.1", SOPUID: d.Str(dicom.SOPInstanceUID)}, f)
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
	stacks := stacksOf("1.2.3", "1.2.3.1", []*instance{one})
	if len(stacks) != 3 {
		t.Fatalf("%d stacks, want 3", len(stacks))
	}
	for k, s := range stacks {
		if len(s.slots) != 5 || s.spacing != 4 {
			t.Errorf("%q: %d slices, %g mm apart", s.part, len(s.slots), s.spacing)
		}
		for i, sl := range s.slots { // head first, whatever the order of the frames
			if want := (4-i)*3 + k; sl.frame != want {
				t.Errorf("%s slice %d is frame %d, want %d", s.part, i, sl.frame, want)
			}
		}
	}
}

func TestTimePartsStacksButNotACineInOnePlace(t *testing.T) {
	times := func(n int, z func(f int) float64, at func(f int) int) *instance {
		return framed(n, func(f int, per *dicom.Dataset) {
			lies(per, z(f))
			in(per, dicom.FrameContentSequence, func(d *dicom.Dataset) { d.SetInt(dicom.TemporalPositionIndex, at(f)) })
		}, nil)
	}
	dynamic := stacksOf("1.2.3", "1", []*instance{times(12, func(f int) float64 { return float64(f % 4) }, func(f int) int { return 1 + f/4 })})
	if len(dynamic) != 3 || len(dynamic[0].slots) != 4 || dynamic[1].part != "time 2 of 3" {
		t.Errorf("4 slices at 3 times became %d stacks", len(dynamic))
	}
	cine := stacksOf("1.2.3", "1", []*instance{times(12, func(int) float64 { return 0 }, func(f int) int { return 1 + f })})
	if len(cine) != 1 || len(cine[0].slots) != 12 || !cine[0].timed() {
		t.Errorf("a cine in one place became %d stacks", len(cine))
	}
	// Each slice at its own time: one stack, not twelve.
	slow := stacksOf("1.2.3", "1", []*instance{times(12, func(f int) float64 { return float64(f) }, func(f int) int { return 1 + f })})
	if len(slow) != 1 || len(slow[0].slots) != 12 {
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
	stacks := stacksOf("1.2.3", "1", []*instance{one})
	if len(stacks) != 2 || len(stacks[0].slots) != 4 || stacks[1].part != "part 2 of 2" {
		t.Fatalf("%d stacks, %q", len(stacks), stacks[len(stacks)-1].part)
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
	stacks := stacksOf("1.2.3", "1", []*instance{one})
	if len(stacks) != 3 {
		t.Fatalf("%d stacks, want 3", len(stacks))
	}
}

func TestAFrameWithoutAGroupIsStillShown(t *testing.T) {
	one := framed(4, func(f int, per *dicom.Dataset) { lies(per, float64(f)) }, func(d *dicom.Dataset) { d.SetInt(dicom.NumberOfFrames, 6) })
	if stacks := stacksOf("1.2.3", "1", []*instance{one}); len(stacks) != 1 || len(stacks[0].slots) != 6 {
		t.Errorf("%d stacks", len(stacks))
	}
}

// cineOf is an object of n frames without positions.
func cineOf(n int, edit func(d *dicom.Dataset)) vt.Series {
	return vt.Series{Modality: "US", Slices: 1, Edit: func(d *dicom.Dataset, _ int) {
		d.Delete(dicom.ImagePositionPatient)
		d.SetInt(dicom.NumberOfFrames, n)
		edit(d)
	}}
}

func TestAFrameTimeVectorSaysWhenAndHowLong(t *testing.T) {
	r := newReader(t)
	s := cineOf(4, func(d *dicom.Dataset) {
		d.SetFloat(dicom.FrameTimeVector, 0, 100, 300, 50)
		d.SetInt(dicom.FrameIncrementPointer, int(dicom.FrameTimeVector))
	})
	r.open(vt.Case(1, viewer.Study{UID: "1.2.3", Modality: "US"}), s.Write(t, t.TempDir()))
	tl := r.d.at()
	for f, want := range []struct{ at, hold float64 }{{0, 0.1}, {0.1, 0.3}, {0.4, 0.05}, {0.45, 0.05}} {
		sl := tl.stack.slots[f]
		at, ok := sl.inst.moment(f)
		if !ok || math.Abs(at-want.at) > 1e-9 || math.Abs(tl.hold(sl).Seconds()-want.hold) > 1e-6 {
			t.Errorf("frame %d at %v for %v, want %v for %v", f, at, tl.hold(sl), want.at, want.hold)
		}
	}
	r.press("c")
	r.wait(350 * time.Millisecond)
	r.slice(1) // the second frame stands 0.3 s
}

func TestTheReaderSetsTheSpeedOfACine(t *testing.T) {
	r := newReader(t)
	s := cineOf(100, func(d *dicom.Dataset) { d.SetFloat(dicom.FrameTime, 1000); d.SetInt(dicom.CineRate, 1) })
	r.open(vt.Case(1, viewer.Study{UID: "1.2.3", Modality: "US"}), s.Write(t, t.TempDir()))
	r.d.Do(viewer.CineToggle)
	r.wait(1100 * time.Millisecond)
	r.slice(1)
	r.d.Do(viewer.RateSet(25))
	before := r.tile(0).Slice
	r.wait(time.Second)
	if n := r.tile(0).Slice - before; n < 24 || n > 26 {
		t.Errorf("%d images in a second at 25/s", n)
	}
	r.d.Do(viewer.RateSet(1000))
	if r.count(viewer.Noticed) == 0 || r.d.at().look.fps != 25 {
		t.Error("a rate that no screen shows was taken")
	}
}

func TestASweepingCineRunsToAndFro(t *testing.T) {
	r := newReader(t)
	s := cineOf(4, func(d *dicom.Dataset) { d.SetInt(dicom.CineRate, 20); d.SetInt(dicom.PreferredPlaybackSequencing, 1) })
	r.open(vt.Case(1, viewer.Study{UID: "1.2.3", Modality: "US"}), s.Write(t, t.TempDir()))
	r.d.Do(viewer.CineToggle)
	var seen []int
	for last := 0; len(seen) < 8; r.wait(10 * time.Millisecond) {
		if now := r.tile(0).Slice; now != last {
			seen, last = append(seen, now), now
		}
	}
	if fmt.Sprint(seen) != "[1 2 3 2 1 0 1 2]" {
		t.Errorf("%v", seen)
	}
}

func TestARealFieldMapStandsApartFromItsMagnitude(t *testing.T) {
	f, err := dicom.ReadHeader(oracle.Data(t, "modalities", "enhanced-mr", "IM_0027_fMAP.dcm"))
	if err != nil {
		t.Fatal(err)
	}
	stacks := stacksOf("1", "1", []*instance{newInstance(viewer.Object{SOPUID: "1"}, f)})
	if len(stacks) != 2 || len(stacks[0].slots) != 32 || math.Abs(stacks[0].spacing-4) > 1e-3 || stacks[1].part == stacks[0].part {
		t.Errorf("%d stacks, want the magnitude and the field map, 32 slices 4 mm apart each", len(stacks))
	}
}
