package htj2k

import "github.com/nocturne/nocturne/cache/dicom"

// Decode writes the block's Width × Height coefficients into out, rows stride
// apart: 0, or ±(magnitude·2 + 1) at the last bit-plane decoded of the sample,
// shifted up to plane 0. A reversible path takes v/2 toward 0, an irreversible one
// v·step/2, which reconstructs in the middle of the interval.
//
// Errors are *dicom.InvalidError and *dicom.UnsupportedError; out is then
// undefined. Refinement passes of plane −1 or without bytes are left out, as
// other decoders do. The work is bounded by the block's size and Lcup.
func (d *Decoder) Decode(out []int32, stride int, b *Block) error {
	if err := b.check(out, stride); err != nil {
		return err
	}
	if b.Passes == 0 {
		for y := range b.Height {
			clear(out[y*stride:][:b.Width])
		}
		return nil
	}
	if err := d.cleanup(out, stride, b); err != nil {
		return err
	}
	if b.Passes == 1 || b.Planes < 2 || len(b.Refinement) == 0 {
		return nil
	}
	d.collect(b)
	d.propagate(out, stride, b)
	if b.Passes == 3 {
		d.refine(out, stride, b)
	}
	return nil
}

const (
	maxSide    = 1024
	maxSamples = 4096
	maxPlanes  = 30
	minLcup    = 2
	maxLcup    = 65534 // T.814 B.3
	maxLref    = 2046
	maxScup    = 4079
)

func (b *Block) check(out []int32, stride int) error {
	switch {
	case b.Width < 1 || b.Height < 1 || b.Width > maxSide || b.Height > maxSide || b.Width*b.Height > maxSamples:
		return dicom.Invalidf("an HT code-block of %d × %d", b.Width, b.Height)
	case stride < b.Width || len(out) < (b.Height-1)*stride+b.Width:
		return dicom.Invalidf("an HT code-block of %d × %d in %d samples", b.Width, b.Height, len(out))
	case b.Passes < 0 || b.Passes > 3:
		return dicom.Unsupportedf("%d coding passes in an HT set", b.Passes)
	case b.Passes == 0:
		return nil
	case b.Planes < 1 || b.Zero < 0:
		return dicom.Invalidf("an HT code-block with %d zero bit-planes of %d", b.Zero, b.Planes+b.Zero)
	case b.Planes+b.Zero > maxPlanes:
		return dicom.Unsupportedf("an HT code-block of %d bit-planes", b.Planes+b.Zero)
	case len(b.Cleanup) < minLcup || len(b.Cleanup) > maxLcup || b.Passes > 1 && len(b.Refinement) > maxLref:
		return dicom.Invalidf("HT segments of %d and %d bytes", len(b.Cleanup), len(b.Refinement))
	}
	return nil
}

// open splits the cleanup segment (T.814 7.1.1): MagSgn grows from its start, MEL
// from Scup bytes before its end, VLC from its end backward, past Scup itself in
// the last twelve bits.
func (d *Decoder) open(segment []byte) error {
	n := len(segment)
	scup := int(segment[n-1])<<4 | int(segment[n-2]&15)
	if scup < 2 || scup > min(n, maxScup) {
		return dicom.Invalidf("MEL and VLC of %d bytes in an HT cleanup segment of %d", scup, n)
	}
	d.bits.forward(segment[:n-scup], everyBit)
	d.mel.open(segment[n-scup : n-1])
	last := segment[n-2] | 15
	first, size := uint64(last>>4), uint(4)
	if last&0x7F == 0x7F {
		first, size = 7, 3
	}
	d.vlc.backward(segment[n-scup:n-2], first, size, last)
	return nil
}

const everyBit = ^uint64(0)
