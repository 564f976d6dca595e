package desk

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/viewer"
	vt "github.com/nocturne/nocturne/viewer/viewertest"
)

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
		sl := tl.stack.Slots[f]
		at, ok := sl.Instance.Moment(f)
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
