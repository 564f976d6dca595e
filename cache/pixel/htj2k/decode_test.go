package htj2k

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// grain is a block of coefficients whose magnitudes fall off as those of a
// sub-band do: mostly below scale, a few far above.
func grain(r *rand.Rand, w, h int, scale float64, limit int32) []int32 {
	v := make([]int32, w*h)
	for i := range v {
		v[i] = min(max(int32(r.NormFloat64()*r.ExpFloat64()*scale), -limit), limit)
	}
	return v
}

// block is v written with its cleanup pass in plane and as many passes, of mb
// bit-planes.
func block(v []int32, w, h, mb int, plane uint, passes int, vcausal bool) *Block {
	e := newWriter(v, w, h, plane)
	e.vcausal = vcausal
	b := &Block{Width: w, Height: h, Planes: int(plane) + 1, Zero: mb - 1 - int(plane), Passes: passes, VCausal: vcausal}
	b.Cleanup = e.cleanup()
	if passes > 1 {
		b.Refinement = e.refinement(passes)
	}
	return b
}

// expected is what Decode makes of v: the planes that the passes have, and half of
// one more.
func expected(v []int32, w, h int, plane uint, passes int, vcausal bool) []int32 {
	e := newWriter(v, w, h, plane)
	out := make([]int32, len(v))
	found := map[int]bool{}
	if passes > 1 {
		found = e.propagated(vcausal)
	}
	for i := range v {
		last := plane
		switch {
		case e.mag[i]>>plane == 0 && !found[i]:
			continue
		case e.mag[i]>>plane == 0 || passes == 3:
			last = plane - 1
		}
		out[i] = int32((e.mag[i]>>last*2 + 1) << last)
		if e.neg[i] {
			out[i] = -out[i]
		}
	}
	return out
}

// propagated are the samples that SigProp finds.
func (e *writer) propagated(vcausal bool) map[int]bool {
	found := map[int]bool{}
	for y := 0; y < e.h; y += 4 {
		for x := range e.w {
			for j := y; j < min(y+4, e.h); j++ {
				k := j*e.w + x
				if e.sig(x, j) == 1 || e.mag[k]>>(e.plane-1) == 0 {
					continue
				}
				for n := range 9 {
					i, l := x+n%3-1, j+n/3-1
					if i < 0 || l < 0 || i >= e.w || l >= e.h || vcausal && l >= y+4 {
						continue
					}
					if e.sig(i, l) == 1 || found[l*e.w+i] {
						found[k] = true
					}
				}
			}
		}
	}
	return found
}

var sizes = [][2]int{{64, 64}, {4, 4}, {1, 1}, {1, 1024}, {1024, 4}, {4, 1024}, {2, 2}, {3, 5}, {5, 819}, {819, 5}, {33, 17}, {31, 64}, {7, 7}, {13, 6}, {128, 32}}

func TestWhatTheWriterWritesIsReadBack(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	d := new(Decoder)
	for _, size := range sizes {
		for _, scale := range []float64{0.1, 0.7, 3, 40, 900, 30000, 2e8} {
			for passes := 1; passes <= 3; passes++ {
				for _, plane := range []uint{0, 1, 3, 9} {
					if passes > 1 && plane == 0 {
						continue
					}
					for _, causal := range []bool{false, true} {
						name := fmt.Sprintf("%v scale %v passes %d plane %d causal %v", size, scale, passes, plane, causal)
						w, h := size[0], size[1]
						v := grain(r, w, h, scale, 1<<29-1)
						b := block(v, w, h, 29, plane, passes, causal)
						want := expected(v, w, h, plane, passes, causal)
						check(t, d, name, b, want)
					}
				}
			}
		}
	}
}

func check(t *testing.T, d *Decoder, name string, b *Block, want []int32) {
	t.Helper()
	const more = 3
	out := make([]int32, (b.Width+more)*b.Height)
	for i := range out {
		out[i] = 77
	}
	if err := d.Decode(out, b.Width+more, b); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	for i, got := range out {
		x, y := i%(b.Width+more), i/(b.Width+more)
		if x >= b.Width {
			if got != 77 {
				t.Fatalf("%s: (%d,%d) beside the block was written", name, x, y)
			}
		} else if got != want[y*b.Width+x] {
			t.Fatalf("%s: (%d,%d) is %d, not %d", name, x, y, got, want[y*b.Width+x])
		}
	}
}
