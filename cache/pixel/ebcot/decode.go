package ebcot

// Decoder decodes blocks. Its zero value is ready; it keeps scratch memory of about
// 64 KB, so that a block costs no allocation, and serves one goroutine at a time.
type Decoder struct{}

// Decode writes the Width × Height coefficients of b into out, rows stride apart.
// Each is twice the magnitude with the middle of what is left uncertain added (D.7
// with r = ½), signed: 2m+1 where all planes were read, 0 where nothing became
// significant. v/2, cut towards zero, is the value for the reversible path.
func (d *Decoder) Decode(out []int32, stride int, b *Block) error { return nil }

// DecodeReversible writes v/2 of what Decode writes.
func (d *Decoder) DecodeReversible(out []int32, stride int, b *Block) error { return nil }

// DecodeIrreversible writes float32(v) × half of what Decode writes; half is half
// the quantisation step of the band (E.1).
func (d *Decoder) DecodeIrreversible(out []float32, stride int, half float32, b *Block) error {
	return nil
}

// Encoder encodes blocks. Its zero value is ready and serves one goroutine at a time.
type Encoder struct{}

// Encode codes the w × h coefficients of in, rows stride apart, without loss in one
// codeword segment and no style bits. data is the encoder's own until the next call;
// passes is 0 where all coefficients are 0, else 3·planes−2. Magnitudes must be less
// than 2³¹.
func (e *Encoder) Encode(in []int32, stride, w, h, orient int) (data []byte, passes, planes int) {
	return nil, 0, 0
}
