package shader

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"github.com/nocturne/nocturne/cache/pixel"
)

// shown is what the text of a ramp or a sigmoid does, in single precision.
func shown(f Function, n map[string]any, v float32) float32 {
	level, gain := n["Level"].([]float32), n["Gain"].([]float32)
	x := ((v - level[0]) - level[1]) * gain[0]
	if f == Sigmoid {
		return float32(1 / (1 + math.Exp(float64(min(max(x, -80), 80)))))
	}
	return min(max(x+gain[1], 0), 1)
}

// In single precision the numbers give the reference's byte within one, for every
// stored value and every window; needs no display.
func TestNumbersHoldInSinglePrecision(t *testing.T) {
	for _, scale := range [][2]float64{{1, 0}, {1, -1024}, {0.3712, 0}, {-2, 4095}, {1e-4, 5}} {
		for _, signed := range []bool{false, true} {
			im := &pixel.Image{Slope: scale[0], Intercept: scale[1], Signed: signed, Stored: []uint16{}}
			for _, f := range []string{pixel.Linear, pixel.LinearExact, pixel.Sigmoid} {
				for _, cw := range [][2]float64{{40, 400}, {-600, 1500}, {30000, 1}, {2000.5, 2}, {100, 65536}, {5.1, 0.3}} {
					w := pixel.Window{Center: cw[0], Width: cw[1], Function: f}
					m := ModeOf(im, w, false, Nearest)
					n, voi := Numbers(m, im, w, Placement{}), w.VOI()
					for s := range 1 << 16 {
						v := float64(s)
						if signed {
							v = float64(int16(s))
						}
						got := float64(shown(m.Function, n, float32(v))) * 255
						want := voi.At(scale[0]*v+scale[1]) * 255
						if math.Abs(got-want) > 0.51 {
							t.Fatalf("%s %v, slope %v: stored %v gives %.3f, want %.3f", f, cw, scale, v, got, want)
						}
					}
				}
			}
		}
	}
}

func TestSamplingFollowsTheReference(t *testing.T) {
	at := func(zoom, degrees float64) pixel.Affine {
		s, c := math.Sincos(degrees * math.Pi / 180)
		if math.Mod(degrees, 90) == 0 {
			s, c = math.Round(s), math.Round(c)
		}
		return pixel.Affine{c / zoom, -s / zoom, 0, s / zoom, c / zoom, 0}
	}
	for _, c := range []struct {
		how  pixel.Interpolation
		in   pixel.Affine
		want Sampling
	}{
		{pixel.Nearest, at(0.2, 0), Nearest},
		{pixel.Bilinear, at(0.2, 0), Bilinear},
		{pixel.Bicubic, at(3, 30), Bicubic},
		{pixel.Area, at(1, 0), Bilinear},
		{pixel.Area, at(3, 90), Bilinear},
		{pixel.Area, at(0.5, 30), Bilinear},
		{pixel.Area, at(0.9, 0), Area3},
		{pixel.Area, at(0.5, 90), Area3},
		{pixel.Area, at(0.4, 180), Area5},
		{pixel.Area, at(0.2, 270), Area9},
		{pixel.Area, at(0.1, 0), Area17},
		{pixel.Area, at(0.01, 0), Area17},
	} {
		got, step := SamplingOf(c.how, c.in)
		if got != c.want {
			t.Errorf("interpolation %d at %v is sampled by %d, want %d", c.how, c.in, got, c.want)
		}
		if got > Bicubic && (step[0] <= 0 || math.Ceil(step[0])+1 > float64(got) || math.Ceil(step[1])+1 > float64(got)) {
			t.Errorf("%v columns and rows do not fit into %d taps", step, got)
		}
	}
}

func TestEachModeHasItsOwnText(t *testing.T) {
	seen, names := map[string]Mode{}, map[string]bool{}
	for _, m := range Modes() {
		text := string(m.Text())
		if other, ok := seen[text]; ok {
			t.Errorf("%s and %s have one text", m, other)
		}
		if names[m.String()] {
			t.Errorf("two modes are called %s", m)
		}
		seen[text], names[m.String()] = m, true
		if !strings.HasPrefix(text, "//kage:unit pixels\n") {
			t.Errorf("%s is not in pixels", m)
		}
	}
}

func TestTablesAreIndexedByStoredBits(t *testing.T) {
	im := &pixel.Image{Signed: true, ModalityLUT: &pixel.LUT{First: -1, Bits: 16, Values: []uint16{0x1234, 7}}}
	b := ModalityTexels(im)
	for n, want := range map[int][]byte{0xFFFF: {0x34, 0x12, 0, 255}, 0x8000: {0x34, 0x12, 0, 255}, 0: {7, 0, 0, 255}, 0x7FFF: {7, 0, 0, 255}} {
		if got := b[4*n : 4*n+4]; !bytes.Equal(got, want) {
			t.Errorf("stored bits %04x: % x, want % x", n, got, want)
		}
	}
	if got := VOITexels(im.ModalityLUT); !bytes.Equal(got[:12], []byte{0x34, 0x12, 0, 255, 7, 0, 0, 255, 7, 0, 0, 255}) {
		t.Errorf("% x", got[:12])
	}
}
