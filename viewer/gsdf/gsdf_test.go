package gsdf

import (
	"math"
	"strings"
	"testing"
)

// Vectors of PS3.14 and of display.md D3.
func TestTheFunctionAndItsInverse(t *testing.T) {
	for j, want := range map[float64]float64{1: 0.04998, 32.54: 0.30481, 453.85: 84.3606, 1023: 3993.33} {
		if got := Luminance(j); math.Abs(got-want) > 1e-4*want {
			t.Errorf("L(%v) = %v, want %v", j, got, want)
		}
	}
	for l, want := range map[float64]float64{1: 71.498, 250: 604.11, 350: 653.12, 420: 680.02} {
		if got := JND(l); math.Abs(got-want) > 0.01 {
			t.Errorf("J(%v) = %v, want %v", l, got, want)
		}
	}
	for j := 1.0; j <= Last; j++ {
		if got := JND(Luminance(j)); math.Abs(got-j) > 0.6 {
			t.Errorf("J(L(%v)) = %v", j, got)
		}
	}
}

// ladder is a monitor that follows f from 0 to 1.
func ladder(f func(x float64) float64) (out []Reading) {
	for i := range 18 {
		x := float64(i) / 17
		out = append(out, Reading{Level: 15 * float64(i), Luminance: f(x)})
	}
	return out
}

func TestACalibratedMonitorPassesAndAGammaOneDoesNot(t *testing.T) {
	low, high := JND(1), JND(420)
	good, err := Check(ladder(func(x float64) float64 { return Luminance(low + x*(high-low)) }))
	if err != nil || good.Deviation > 0.01 || math.Abs(good.Max-420) > 1 || math.Abs(good.Ratio-420) > 2 {
		t.Errorf("%+v %v", good, err)
	}
	for _, f := range Floors {
		if why := f.Fails(Result{Min: 1.1, Max: 430, Ratio: 390, Deviation: good.Deviation}); len(why) != 0 {
			t.Errorf("%s: %v", f.Use, why)
		}
	}
	gamma, err := Check(ladder(func(x float64) float64 { return 0.5 + 249.5*math.Pow(x, 2.2) }))
	if err != nil || gamma.Deviation < 0.2 {
		t.Errorf("gamma 2.2: %+v %v", gamma, err)
	}
	if why := strings.Join(Floors[2].Fails(gamma), "; "); !strings.Contains(why, "darkest 0.50") || !strings.Contains(why, "brightest 250") || !strings.Contains(why, "contrast departs") {
		t.Error(why)
	}
}

func TestReadingsThatAreNoneAreRefused(t *testing.T) {
	right := ladder(func(x float64) float64 { return 1 + 400*x })
	for name, edit := range map[string]func(r []Reading) []Reading{
		"few":        func(r []Reading) []Reading { return r[:17] },
		"falling":    func(r []Reading) []Reading { r[5].Luminance = r[4].Luminance; return r },
		"same level": func(r []Reading) []Reading { r[5].Level = r[4].Level; return r },
		"negative":   func(r []Reading) []Reading { r[0].Luminance = -1; return r },
		"NaN":        func(r []Reading) []Reading { r[7].Luminance = math.NaN(); return r },
	} {
		if _, err := Check(edit(append([]Reading(nil), right...))); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}
