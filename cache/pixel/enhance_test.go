package pixel_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/pixel"
)

var enhancements = []pixel.Enhancement{pixel.Sharpened, pixel.Denoised, pixel.Equalised}

var wide = pixel.Window{Center: 2000, Width: 4000, Function: pixel.LinearExact}

// noisyStep is a step from 1000 to 1400 in column 32 of 64, with Gaussian noise.
func noisyStep(t *testing.T, sd float64, set func(d *dicom.Dataset)) *pixel.Image {
	r := rand.New(rand.NewPCG(5, 5))
	v := make([]uint16, 64*64)
	for i := range v {
		x := 1000.0
		if i%64 >= 32 {
			x = 1400
		}
		v[i] = uint16(x + sd*r.NormFloat64() + 0.5)
	}
	return picture(t, 64, set, v...)
}

func TestUnsharpMaskingIsItsFormula(t *testing.T) {
	im := noisyStep(t, 30, nil)
	got := im.Enhanced(pixel.Sharpened, wide)
	for y := 0; y < 64; y += 7 {
		for x := range 64 {
			var sum, n float64
			for k := max(y-4, 0); k <= min(y+4, 63); k++ {
				for l := max(x-4, 0); l <= min(x+4, 63); l++ {
					w := math.Exp(-(float64((k-y)*(k-y) + (l-x)*(l-x))) / 4.5)
					sum, n = sum+w*float64(im.Stored[k*64+l]), n+w
				}
			}
			v := float64(im.Stored[y*64+x])
			if want := v + 0.8*(v-sum/n); math.Abs(float64(got.Stored[y*64+x])-want) > 0.51 {
				t.Fatalf("(%d, %d) is %d, want %.2f", x, y, got.Stored[y*64+x], want)
			}
		}
	}
}

func TestDenoisingLeavesEdges(t *testing.T) {
	im := noisyStep(t, 20, nil)
	got := im.Enhanced(pixel.Denoised, wide)
	spread := func(im *pixel.Image, from, to int) (mean, sd float64) {
		n := 0.0
		for y := range 64 {
			for x := from; x < to; x++ {
				v := float64(im.Stored[y*64+x])
				mean, sd, n = mean+v, sd+v*v, n+1
			}
		}
		mean /= n
		return mean, math.Sqrt(sd/n - mean*mean)
	}
	_, before := spread(im, 4, 28)
	if _, after := spread(got, 4, 28); after > before/2 {
		t.Errorf("noise went from %.1f to %.1f", before, after)
	}
	left, _ := spread(got, 31, 32)
	if right, _ := spread(got, 32, 33); math.Abs(right-left-400) > 12 {
		t.Errorf("the step of 400 is %.1f high", right-left)
	}
}

func TestEqualisingKeepsOrderSlopeAndWhatTheWindowCutsOff(t *testing.T) {
	v := make([]uint16, 64*64)
	for i := range v { // the same distribution in each field of 8 × 8: a dense and a sparse half
		k := i%8 + i/64%8*8
		v[i] = uint16(1000 + k)
		if k >= 32 {
			v[i] = uint16(1400 + 28*k)
		}
	}
	v[0], v[70] = 10, 4000 // beyond the window's ends
	im := picture(t, 64, nil, v...)
	w := pixel.Window{Center: 2000, Width: 2400, Function: pixel.LinearExact} // 800 … 3200
	got := im.Enhanced(pixel.Equalised, w)
	if got.Stored[0] != 10 || got.Stored[70] != 4000 {
		t.Errorf("beyond the window %d and %d", got.Stored[0], got.Stored[70])
	}
	at := func(k int) float64 { return float64(got.Stored[(24+k/8)*64+24+k%8]) } // field 3, 3
	for k := 1; k < 64; k++ {
		if at(k) < at(k-1) {
			t.Errorf("value %d became less than value %d", k, k-1)
		}
	}
	if rise := at(31) - at(0); rise < 2*31 || rise > 4*31+8 { // stretched, but by no more than 4; levels are 4.7 wide
		t.Errorf("31 values of the dense half span %v", rise)
	}
	for k := range 64 {
		if at(k) < 800 || at(k) > 3200 {
			t.Errorf("value %d left the window: %v", k, at(k))
		}
	}
}

func TestEnhancementInventsNothing(t *testing.T) {
	flat := make([]uint16, 40*40)
	for i := range flat {
		flat[i] = 1234
	}
	for _, e := range enhancements[:2] {
		for i, s := range picture(t, 40, nil, flat...).Enhanced(e, wide).Stored {
			if s != 1234 {
				t.Fatalf("enhancement %d of a flat image: pixel %d is %d", e, i, s)
			}
		}
	}
	im := noisyStep(t, 100, func(d *dicom.Dataset) {
		d.SetInt(dicom.PixelPaddingValue, 1000)
		d.SetInt(dicom.PixelPaddingRangeLimit, 1050)
		d.SetInt(dicom.BitsStored, 11)
		d.SetInt(dicom.HighBit, 10)
	})
	before := append([]uint16(nil), im.Stored...)
	for _, e := range enhancements {
		got := im.Enhanced(e, wide)
		for i, s := range got.Stored {
			if was := im.Stored[i]; im.IsPadding(was) != got.IsPadding(s) || im.IsPadding(was) && s != was || s > 2047 {
				t.Fatalf("enhancement %d: pixel %d went from %d to %d", e, i, was, s)
			}
		}
		if got.Unit() != im.Unit() || got.Slope != im.Slope {
			t.Errorf("enhancement %d changed what values mean", e)
		}
	}
	for i, s := range im.Stored {
		if s != before[i] {
			t.Fatal("the frame itself was changed")
		}
	}
}
