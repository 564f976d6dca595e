package pixel_test

import (
	"math"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/pixel"
)

// A presentation LUT of 256 entries that squares light: what comes out is the square
// of what the window's formula gives, within the steps of the table.
func TestAPresentationLUTFollowsTheWindow(t *testing.T) {
	entries := make([]int, 256)
	for i := range entries {
		entries[i] = int(float64(i*i)/65025*4095 + 0.5)
	}
	im := picture(t, 2, func(d *dicom.Dataset) {
		d.SetSeq(dicom.PresentationLUTSequence, lutItem(0, 12, entries...))
		d.SetFloat(dicom.RescaleSlope, 0.37)
		d.SetFloat(dicom.RescaleIntercept, -100)
	}, 0, 1)
	for _, w := range []pixel.Window{{Center: 40, Width: 400}, {Center: -20.5, Width: 0.6, Function: pixel.LinearExact},
		{Center: 300, Width: 900, Function: pixel.Sigmoid}} {
		form := closedForms[w.Function]
		if w.Function == "" {
			form = closedForms[pixel.Linear]
		}
		if first, again := im.Presented(w), im.Presented(w); first != again {
			t.Errorf("%s: the same window gives another table", w.Function)
		}
		voi := im.Presented(w).VOI()
		worst, sum, n := 0.0, 0.0, 0.0
		for x := -2000.25; x < 4000; x += 0.37 {
			y := form(x, w.Center, w.Width) / 255
			index := math.Floor(y*255 + 0.5)
			want := math.Floor(index*index/65025*4095+0.5) / 4095
			off := math.Abs(voi.At(x) - want)
			worst, sum, n = max(worst, off), sum+off, n+1
		}
		if worst > 2.0/255 || sum/n > 1e-4 { // where the entry changes, the one beside it
			t.Errorf("%s: %v of full light off, %v in the mean", w.Function, worst, sum/n)
		}
	}
	if w := (pixel.Window{Center: 1, Width: 2}); decode(t, object(1, 1, 8, false, []byte{0}, nil)).Presented(w) != w {
		t.Error("an image without one has another window")
	}
}

func TestAVOITableMayBeginBelowNothing(t *testing.T) {
	first := -1000 & 0xFFFF // written as US
	im := picture(t, 2, func(d *dicom.Dataset) {
		d.SetFloat(dicom.RescaleSlope, 1)
		d.SetFloat(dicom.RescaleIntercept, -1024)
		d.SetSeq(dicom.VOILUTSequence, lutItem(first, 8, 0, 51, 255))
	}, 24, 25)
	voi := im.DefaultWindow().VOI()
	for x, want := range map[float64]float64{-1001: 0, -1000: 0, -999: 0.2, -998: 1, 5000: 1} {
		if got := voi.At(x); math.Abs(got-want) > 1e-9 {
			t.Errorf("%v is %v, want %v", x, got, want)
		}
	}
}
