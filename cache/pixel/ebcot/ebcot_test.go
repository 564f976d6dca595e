package ebcot

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// coefficients are w × h values of which about one in sparse is not 0, laid out with
// rows stride apart, magnitudes falling off as those of a wavelet band do.
func coefficients(r *rand.Rand, w, h, stride, planes, sparse int) []int32 {
	a := make([]int32, stride*h)
	for y := range h {
		for x := range w {
			if r.IntN(sparse) != 0 {
				continue
			}
			m := int32(r.Uint32() >> 1 >> (31 - planes) >> min(r.IntN(planes+1), 30))
			if r.IntN(2) == 0 {
				m = -m
			}
			a[y*stride+x] = m
		}
	}
	return a
}

func TestWhatIsEncodedIsDecodedExactly(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	sizes := [][2]int{{1, 1}, {1, 2}, {2, 1}, {3, 3}, {4, 4}, {5, 5}, {15, 7}, {16, 8}, {17, 9}, {33, 31}, {64, 64}, {63, 61},
		{1024, 4}, {1024, 1}, {4, 1024}, {1, 1024}, {3, 1023}, {128, 32}, {819, 5}, {240, 17}, {17, 240}}
	var e Encoder
	var d Decoder
	for _, size := range sizes {
		w, h := size[0], size[1]
		for orient := LL; orient <= HH; orient++ {
			for _, planes := range []int{1, 2, 5, 12, 30} {
				for _, sparse := range []int{1, 7, 200} {
					stride := w + 3
					in := coefficients(r, w, h, stride, planes, sparse)
					data, passes, n := e.Encode(in, stride, w, h, orient)
					b := Block{Width: w, Height: h, Orient: orient, Planes: n, Segments: []Segment{{data, passes}}}
					out := make([]int32, stride*h)
					if err := d.DecodeReversible(out, stride, &b); err != nil {
						t.Fatal(err)
					}
					for i := range in {
						if in[i] != out[i] {
							t.Fatalf("%d × %d, band %d, %d planes, one in %d: %d at %d,%d where %d was encoded", w, h, orient, n, sparse, out[i], i%stride, i/stride, in[i])
						}
					}
				}
			}
		}
	}
}

func BenchmarkDecodeBlock(b *testing.B) {
	for _, planes := range []int{3, 6, 9, 12} {
		b.Run(fmt.Sprintf("noise%dbit_64x64", planes), func(b *testing.B) {
			r := rand.New(rand.NewPCG(1, 2))
			in := make([]int32, 64*64)
			for i := range in {
				in[i] = int32(r.NormFloat64() * float64(int(1)<<planes) / 4)
			}
			var e Encoder
			data, passes, n := e.Encode(in, 64, 64, 64, HL)
			blk := Block{Width: 64, Height: 64, Orient: HL, Planes: n, Segments: []Segment{{data, passes}}}
			out := make([]int32, 64*64)
			var d Decoder
			b.SetBytes(2 * 64 * 64)
			b.ReportMetric(float64(len(data)*8)/4096, "bits/sample")
			for b.Loop() {
				d.DecodeReversible(out, 64, &blk)
			}
		})
	}
}
