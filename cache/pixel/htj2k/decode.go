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
	if err := b.check(len(out), stride); err != nil {
		return err
	}
	if b.Passes == 0 {
		blank(out, stride, b)
		return nil
	}
	err := d.cleanup(b, func(y int) { d.emitDoubled(rows(out, &d.spare, stride, y, b)) })
	if err == nil && b.refined() {
		d.refinements(out, stride, b)
	}
	return err
}

// DecodeReversible is Decode with v/2, toward 0, for the reversible path.
func (d *Decoder) DecodeReversible(out []int32, stride int, b *Block) error {
	if b.Passes == 1 && b.Planes == 1 {
		if err := b.check(len(out), stride); err != nil {
			return err
		}
		return d.cleanup(b, func(y int) { d.emitWhole(rows(out, &d.spare, stride, y, b)) })
	}
	if err := d.Decode(out, stride, b); err != nil {
		return err
	}
	for y := range b.Height {
		row := out[y*stride:][:b.Width]
		for x, v := range row {
			row[x] = v / 2
		}
	}
	return nil
}

// DecodeIrreversible is Decode with float32(v)·half, for the irreversible path:
// half is half of the sub-band's step.
func (d *Decoder) DecodeIrreversible(out []float32, stride int, half float32, b *Block) error {
	if err := b.check(len(out), stride); err != nil {
		return err
	}
	if b.Passes == 0 {
		blank(out, stride, b)
		return nil
	}
	if !b.refined() {
		unit := half * float32(uint32(1)<<(b.Planes-1)) // a power of two: as exact
		return d.cleanup(b, func(y int) { d.emitScaled(rows(out, &d.spareFloat, stride, y, b), unit) })
	}
	if d.block == nil {
		d.block = make([]int32, maxSamples)
	}
	if err := d.Decode(d.block, b.Width, b); err != nil {
		return err
	}
	for y := range b.Height {
		row := out[y*stride:][:b.Width]
		for x, v := range d.block[y*b.Width:][:b.Width] {
			row[x] = float32(v) * half
		}
	}
	return nil
}

// refined tells whether there are refinement passes that can be decoded.
func (b *Block) refined() bool { return b.Passes > 1 && b.Planes > 1 && len(b.Refinement) > 0 }

func blank[T int32 | float32](out []T, stride int, b *Block) {
	for y := range b.Height {
		clear(out[y*stride:][:b.Width])
	}
}

// rowPair is two rows of the output.
type rowPair[T int32 | float32] struct{ top, bottom []T }

// rows are row y and the next, which is spare below the last.
func rows[T int32 | float32](out []T, spare *[maxSide]T, stride, y int, b *Block) rowPair[T] {
	p := rowPair[T]{out[y*stride:][:b.Width], spare[:b.Width]}
	if y+1 < b.Height {
		p.bottom = out[(y+1)*stride:][:b.Width]
	}
	return p
}

const (
	maxSide    = 1024
	maxStride  = 1 << 30 // the product with a row's number is an int
	maxSamples = 4096
	maxPlanes  = 30
	minLcup    = 2
	maxLcup    = 65534 // T.814 B.3
	maxLref    = 2046
	maxScup    = 4079
)

func (b *Block) check(room, stride int) error {
	switch {
	case b.Width < 1 || b.Height < 1 || b.Width > maxSide || b.Height > maxSide || b.Width*b.Height > maxSamples:
		return dicom.Invalidf("an HT code-block of %d × %d", b.Width, b.Height)
	case stride < b.Width || stride > maxStride || room < (b.Height-1)*stride+b.Width:
		return dicom.Invalidf("an HT code-block of %d × %d in %d samples", b.Width, b.Height, room)
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
