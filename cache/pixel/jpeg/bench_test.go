package jpeg_test

import (
	"bytes"
	"fmt"
	stdjpeg "image/jpeg"
	"math"
	"testing"

	"github.com/nocturne/nocturne/cache/pixel/jpeg"
)

// soft is a smooth picture with some noise, of so many bits.
func soft(bits, noise int) func(c, x, y int) int {
	top := float64(int(1)<<bits - 1)
	return func(c, x, y int) int {
		v := 0.5 + 0.3*math.Sin(float64(x)/37)*math.Cos(float64(y)/53) + 0.15*math.Sin(float64(x*y)/9000+float64(c))
		return int(min(max(v*top+float64(noise)*grain(c, x, y), 0), top))
	}
}

// grain is noise of −0.5 to 0.5 that hangs on the place alone.
func grain(c, x, y int) float64 {
	h := uint32(c)*0x9E3779B1 ^ uint32(x)*0x85EBCA6B ^ uint32(y)*0xC2B2AE35
	h = (h ^ h>>15) * 0x2C1B3C6D
	h = (h ^ h>>12) * 0x297A2D39
	return float64(h^h>>15)/(1<<32) - 0.5
}

// streams are of frames about as large as those in the wards, little and much
// compressed.
func streams() map[string][]byte {
	out := map[string][]byte{}
	for name, c := range map[string]struct {
		picture
		noise int
		step  uint16
	}{
		"grey8-1760x1760-fine":     {picture{width: 1760, height: 1760, bits: 8, sampling: [][2]int{{1, 1}}}, 12, 3},
		"grey8-1760x1760-coarse":   {picture{width: 1760, height: 1760, bits: 8, sampling: [][2]int{{1, 1}}}, 4, 12},
		"grey12-1760x1760-fine":    {picture{width: 1760, height: 1760, bits: 12, sampling: [][2]int{{1, 1}}}, 60, 12},
		"grey12-1760x1760-coarse":  {picture{width: 1760, height: 1760, bits: 12, sampling: [][2]int{{1, 1}}}, 16, 40},
		"colour8-640x480-444":      {picture{width: 640, height: 480, bits: 8, sampling: [][2]int{{1, 1}, {1, 1}, {1, 1}}}, 12, 8},
		"colour8-640x480-422":      {picture{width: 640, height: 480, bits: 8, sampling: [][2]int{{2, 1}, {1, 1}, {1, 1}}}, 12, 8},
		"colour8-640x480-420":      {picture{width: 640, height: 480, bits: 8, sampling: [][2]int{{2, 2}, {1, 1}, {1, 1}}}, 12, 8},
		"colour8-640x480-separate": {picture{width: 640, height: 480, bits: 8, sampling: [][2]int{{1, 1}, {1, 1}, {1, 1}}, separate: true}, 12, 8},
	} {
		for k := range c.quant {
			c.quant[k] = c.step + c.step*uint16(k)/24
		}
		out[name] = c.encode(c.transformed(soft(c.bits, c.noise)))
	}
	return out
}

func BenchmarkDecode(b *testing.B) {
	for name, src := range streams() {
		b.Run(fmt.Sprintf("%s-%dKB", name, len(src)>>10), func(b *testing.B) {
			var dst []byte
			var err error
			for b.Loop() {
				if dst, _, err = jpeg.Decode(dst, src, 0); err != nil {
					b.Fatal(err)
				}
				b.SetBytes(int64(len(dst)))
			}
		})
	}
}

// BenchmarkStandardLibrary decodes the same 8-bit streams with image/jpeg.
func BenchmarkStandardLibrary(b *testing.B) {
	for name, src := range streams() {
		h, _ := jpeg.ReadHead(src)
		if h.Precision != 8 {
			continue
		}
		b.Run(fmt.Sprintf("%s-%dKB", name, len(src)>>10), func(b *testing.B) {
			b.SetBytes(h.Size())
			for b.Loop() {
				if _, err := stdjpeg.Decode(bytes.NewReader(src)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
