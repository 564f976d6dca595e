// Package gsdf is the Grayscale Standard Display Function (PS3.14): which luminance
// belongs to which just-noticeable difference, and whether a monitor follows it.
package gsdf

import (
	"fmt"
	"math"
)

// Coefficients of PS3.14 7.1 and of its inverse.
var (
	numerator   = []float64{-1.3011877, 8.0242636e-2, 1.3646699e-1, -2.5468404e-2, 1.3635334e-3}
	denominator = []float64{1, -2.5840191e-2, -1.0320229e-1, 2.8745620e-2, -3.1978977e-3, 1.2992634e-4}
	inverse     = []float64{71.498068, 94.593053, 41.912053, 9.8247004, 0.28175407, -1.1878455, -0.18014349, 0.14710899, -0.017046845}
)

// First and Last are the JND indices the function is defined for.
const First, Last = 1, 1023

// polynomial is Σ cₙ·xⁿ.
func polynomial(c []float64, x float64) float64 {
	sum := 0.0
	for i := len(c) - 1; i >= 0; i-- {
		sum = sum*x + c[i]
	}
	return sum
}

// Luminance is the luminance of a JND index, cd/m² (PS3.14 equation 1).
func Luminance(j float64) float64 {
	x := math.Log(j)
	return math.Pow(10, polynomial(numerator, x)/polynomial(denominator, x))
}

// JND is the index of a luminance in cd/m² (PS3.14 equation 2).
func JND(luminance float64) float64 { return polynomial(inverse, math.Log10(luminance)) }

// Reading is a luminance that a photometer read from a patch of one digital driving
// level, in the room's light.
type Reading struct {
	Level     float64 // digital driving level
	Luminance float64 // cd/m²
}

// Result is what a check found.
type Result struct {
	Min, Max  float64 // luminance of the darkest and the brightest patch, cd/m²
	Ratio     float64
	Deviation float64 // largest departure of contrast from the function, as a share: 0.1 is 10 %
	At        float64 // driving level where that is
	Readings  int
}

// minReadings is the pattern of 18 patches (AAPM TG18-LN, DICOM PS3.14 annex C).
const minReadings = 18

// Check compares the contrast between neighbouring patches with that of the function
// between the same ends: each step of driving levels should be the same number of
// JNDs. Readings come in ascending levels, at least 18 of them.
func Check(readings []Reading) (Result, error) {
	n := len(readings)
	if n < minReadings {
		return Result{}, fmt.Errorf("a display check needs %d readings, these are %d", minReadings, n)
	}
	for i, r := range readings {
		if !(r.Luminance > 0) || math.IsInf(r.Luminance, 0) || r.Luminance > Luminance(Last) {
			return Result{}, fmt.Errorf("reading %d is no luminance between 0 and %.0f cd/m²", i+1, Luminance(Last))
		}
		if i > 0 && (r.Level <= readings[i-1].Level || r.Luminance <= readings[i-1].Luminance) {
			return Result{}, fmt.Errorf("reading %d is not above the one before, in level and in luminance", i+1)
		}
	}
	first, last := readings[0], readings[n-1]
	out := Result{Min: first.Luminance, Max: last.Luminance, Ratio: last.Luminance / first.Luminance, Readings: n}
	perLevel := (JND(last.Luminance) - JND(first.Luminance)) / (last.Level - first.Level)
	for i := 1; i < n; i++ {
		a, b := readings[i-1], readings[i]
		want := JND(first.Luminance) + perLevel*(a.Level-first.Level)
		wantContrast := contrast(Luminance(want), Luminance(want+perLevel*(b.Level-a.Level)))
		if d := math.Abs(contrast(a.Luminance, b.Luminance)/wantContrast - 1); d > out.Deviation {
			out.Deviation, out.At = d, b.Level
		}
	}
	return out, nil
}

// contrast is ΔL over the mean luminance (AAPM TG18 4.3.2).
func contrast(a, b float64) float64 { return 2 * (b - a) / (a + b) }

// Floor is what a display for primary reading must reach (display.md D3, ACR and AAPM
// TG-270).
type Floor struct {
	Use            string
	Min, Max       float64 // cd/m²
	Ratio          float64
	Deviation      float64
	MegapixelsLess float64 // fewer is too few
}

// Floors of the uses that are told apart.
var Floors = []Floor{
	{Use: "CT, MR", Min: 1, Max: 350, Ratio: 250, Deviation: 0.1, MegapixelsLess: 2},
	{Use: "radiographs", Min: 1, Max: 350, Ratio: 250, Deviation: 0.1, MegapixelsLess: 3},
	{Use: "mammography", Min: 1, Max: 420, Ratio: 250, Deviation: 0.1, MegapixelsLess: 5},
}

// Fails lists what of a floor a result does not reach, in words with figures.
func (f Floor) Fails(r Result) (out []string) {
	if r.Min < f.Min {
		out = append(out, fmt.Sprintf("darkest %.2f cd/m², at least %g", r.Min, f.Min))
	}
	if r.Max < f.Max {
		out = append(out, fmt.Sprintf("brightest %.0f cd/m², at least %g", r.Max, f.Max))
	}
	if r.Ratio < f.Ratio {
		out = append(out, fmt.Sprintf("ratio %.0f, at least %g", r.Ratio, f.Ratio))
	}
	if r.Deviation > f.Deviation {
		out = append(out, fmt.Sprintf("contrast departs by %.0f %% at level %g, at most %g %%", 100*r.Deviation, r.At, 100*f.Deviation))
	}
	return out
}
