package htj2k

import "math/rand/v2"

// Layered is one block's codestream with its passes spread over layers after sets of
// placeholder passes, and the coefficients halved that Decode gives.
func Layered(seed uint64, w, h int, layers []int, sets int, causal bool) (stream []byte, want []int32, err error) {
	passes := 0
	for _, n := range layers {
		passes += n
	}
	v := grain(rand.New(rand.NewPCG(seed, 1)), w, h, 40, 3000)
	b := block(v, w, h, 14, uint(min(passes, 2)), passes, causal)
	want = make([]int32, w*h)
	err = new(Decoder).DecodeReversible(want, w, b)
	return codestream(b, laid{layers, sets}), want, err
}
