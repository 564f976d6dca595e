package htj2k

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// BenchmarkDecode is of 64 × 64 blocks as sub-bands have them: scale is about the
// spread of the coefficients.
func BenchmarkDecode(b *testing.B) {
	for _, scale := range []float64{0.3, 2, 12, 80, 5000} {
		for passes := 1; passes <= 3; passes += 2 {
			b.Run(fmt.Sprintf("64x64/scale%v/passes%d", scale, passes), func(b *testing.B) {
				r := rand.New(rand.NewPCG(3, 3))
				var blocks []*Block
				for range 16 {
					blocks = append(blocks, block(grain(r, 64, 64, scale, 1<<20), 64, 64, 24, uint(passes/2), passes, false))
				}
				d, out := new(Decoder), make([]int32, 4096)
				b.SetBytes(64 * 64 * 2)
				for i := 0; b.Loop(); i++ {
					if err := d.Decode(out, 64, blocks[i%len(blocks)]); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
