package pixel

import (
	"math"
	"path/filepath"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/oracle"
)

// The map is a formula here; the standard's own table says the same.
func TestHotIronIsTheStandardsPalette(t *testing.T) {
	f, err := dicom.ReadFile(filepath.Join(oracle.Data(t, "palettes"), "hotiron.dcm"))
	if err != nil {
		t.Fatal(err)
	}
	m := HotIron()
	for c, tags := range channels {
		lut, err := paletteLUT(f.Dataset, tags, false)
		if err != nil {
			t.Fatal(err)
		}
		for i := range m {
			if want := uint8(lut.At(i) >> paletteShift(lut)); m[i][c] != want {
				t.Errorf("colour %d, channel %d: %d, the table has %d", i, c, m[i][c], want)
			}
		}
	}
}

func TestAFusedPictureIsTheTwoLayersByTheirShares(t *testing.T) {
	base := &Image{Rows: 1, Cols: 4, Samples: 1, Bits: 16, Slope: 1, Intercept: -1000, Stored: []uint16{0, 1000, 1500, 2000}, Aspect: 2, Lossy: true}
	over := Resampled([]int16{0, 40, 70, -32768}, 4, 1, Scale{Slope: 0.1, Unit: "SUVbw", Inverse: true, Outside: -32768})
	w, by := Window{Center: 0, Width: 1000, Function: LinearExact}, Window{Center: 3.5, Width: 7, Function: LinearExact}
	for _, share := range []float64{0, 0.25, 0.5, 1} {
		for _, invert := range []bool{false, true} {
			im := Fuse(Lit{base, w, invert}, Lit{over, by, false}, HotIron(), share)
			if im.Aspect != 2 || !im.Lossy || im.Stored != nil {
				t.Fatalf("%+v", im)
			}
			for x, light := range []float64{0, 0.5, 1, 1} { // −1000, 0, 500, 1000 HU in W 1000 L 0
				if invert {
					light = 1 - light
				}
				grey := math.Floor(255*light + 0.5)
				colour := HotIron()[int(math.Floor(255*[]float64{0, 4.0 / 7, 1, 0}[x]+0.5))]
				for c := range 3 {
					want := grey
					if x < 3 {
						want = (1-share)*grey + share*float64(colour[c])
					}
					if got := float64(im.RGB[3*x+c]); math.Abs(got-want) > 1 {
						t.Errorf("share %v, invert %v, pixel %d, channel %d: %v, want %.1f", share, invert, x, c, got, want)
					}
				}
			}
		}
	}
}
