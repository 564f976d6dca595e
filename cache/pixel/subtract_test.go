package pixel

import (
	"math"
	"testing"
)

func film(values ...uint16) *Image {
	return &Image{Rows: 1, Cols: len(values), Samples: 1, Bits: 12, Stored: values, Slope: 1, Aspect: 1}
}

func TestSubtractionIsOfLogarithmsWhereValuesFollowTheXRays(t *testing.T) {
	mask, frame := film(2000, 1000, 500), film(1000, 1000, 1000)
	d, err := Subtract(frame, Mask{Frames: []*Image{mask}, Log: true})
	if err != nil {
		t.Fatal(err)
	}
	for x, want := range []float64{-1000 * math.Ln2, 0, 1000 * math.Ln2} {
		if got, ok := d.At(x, 0); !ok || math.Abs(got-want) > 0.5 {
			t.Errorf("pixel %d: %g, want %g", x, got, want)
		}
	}
}

func TestALinearSubtractionAveragesItsMasksAndKeepsFractions(t *testing.T) {
	d, err := Subtract(film(100, 100, 4095), Mask{Frames: []*Image{film(100, 101, 0), film(101, 104, 0)}})
	if err != nil {
		t.Fatal(err)
	}
	for x, want := range []float64{-0.5, -2.5, 4095} {
		if got, _ := d.At(x, 0); math.Abs(got-want) > 0.126 {
			t.Errorf("pixel %d: %g, want %g", x, got, want)
		}
	}
}

func TestAMaskIsMovedToTheRightByPartsOfAPixel(t *testing.T) {
	d, err := Subtract(film(10, 10, 10, 10), Mask{Frames: []*Image{film(0, 20, 40, 60)}, DX: 0.5})
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := d.At(0, 0); ok {
		t.Error("a value where the moved mask does not reach")
	}
	for x, want := range map[int]float64{1: 0, 2: -20, 3: -40} { // the mask's value half a pixel to the left
		if got, _ := d.At(x, 0); got != want {
			t.Errorf("pixel %d: %g, want %g", x, got, want)
		}
	}
}

func TestAMaskOfAnotherSizeIsRefused(t *testing.T) {
	if _, err := Subtract(film(1, 2), Mask{Frames: []*Image{film(1)}}); err == nil {
		t.Error("subtracted")
	}
	if _, err := Subtract(film(1), Mask{}); err == nil {
		t.Error("subtracted nothing")
	}
}

// The run of the phantom, and a large one: a frame less the mean of two.
func BenchmarkSubtract1024x1024By2Masks(b *testing.B) {
	const n = 1024 * 1024
	of := func(v uint16) *Image {
		im := &Image{Rows: 1024, Cols: 1024, Samples: 1, Bits: 12, Stored: make([]uint16, n), Slope: 1, Aspect: 1}
		for i := range im.Stored {
			im.Stored[i] = v + uint16(i%97)
		}
		return im
	}
	m, im := Mask{Frames: []*Image{of(2000), of(1990)}, DX: 0.5, Log: true}, of(1500)
	for b.Loop() {
		if _, err := Subtract(im, m); err != nil {
			b.Fatal(err)
		}
	}
}
