package ebcot

import (
	"github.com/nocturne/nocturne/cache/dicom"
)

// Decoder decodes blocks. Its zero value is ready; it keeps scratch memory of about
// 120 KB, so that a block costs no allocation, and serves one goroutine at a time.
type Decoder struct {
	field
	reader
	raw  raw
	zero *[512]uint8 // of the orientation
	one  uint32      // what a sample that becomes significant is set to; a refined bit

	spare       [1024]int32 // rows that are none
	spareFloats [1024]float32
}

// Decode writes the Width × Height coefficients of b into out, rows stride apart.
// Each is twice the magnitude with the middle of what is left uncertain added (D.7
// with r = ½), signed: 2m+1 where all planes were read, 0 where nothing became
// significant. v/2, cut towards zero, is the value for the reversible path.
//
// A block of impossible size is a *dicom.InvalidError, one of more than MaxPlanes a
// *dicom.UnsupportedError; nothing is written then. Whatever the segments hold gives
// some coefficients.
func (d *Decoder) Decode(out []int32, stride int, b *Block) error {
	if err := d.run(b); err != nil {
		return err
	}
	for s := range d.stripes {
		d.doubled(s, out, stride)
	}
	return nil
}

// DecodeReversible writes v/2 of what Decode writes.
func (d *Decoder) DecodeReversible(out []int32, stride int, b *Block) error {
	if err := d.run(b); err != nil {
		return err
	}
	for s := range d.stripes {
		d.halved(s, out, stride)
	}
	return nil
}

// DecodeIrreversible writes float32(v) × half of what Decode writes; half is half
// the quantisation step of the band (E.1).
func (d *Decoder) DecodeIrreversible(out []float32, stride int, half float32, b *Block) error {
	if err := d.run(b); err != nil {
		return err
	}
	for s := range d.stripes {
		d.scaled(s, out, stride, half)
	}
	return nil
}

// run decodes the passes of b into the field.
func (d *Decoder) run(b *Block) error {
	if err := b.check(); err != nil {
		return err
	}
	d.field.reset(b.Width, b.Height, b.Style&VCausal != 0)
	d.zero = &zeroTables[b.Orient]
	d.cx = fresh
	plane, kind := b.Planes, 2
	for i := range b.Segments {
		plane, kind = d.segment(b, &b.Segments[i], plane, kind)
	}
	return nil
}

func (b *Block) check() error {
	switch {
	case b.Width < 1 || b.Height < 1 || b.Width > 1024 || b.Height > 1024 || b.Width*b.Height > 4096:
		return dicom.Invalidf("a JPEG 2000 code-block of %d × %d", b.Width, b.Height)
	case b.Orient < LL || b.Orient > HH || b.Planes < 0:
		return dicom.Invalidf("a JPEG 2000 code-block of band %d, %d planes", b.Orient, b.Planes)
	case b.Planes > MaxPlanes:
		return dicom.Unsupportedf("a JPEG 2000 code-block of %d bit-planes", b.Planes)
	}
	return nil
}

// segment decodes the passes of one segment from that of the given plane and kind
// (0 significance, 1 refinement, 2 clean-up) and returns those of the next.
func (d *Decoder) segment(b *Block, s *Segment, plane, kind int) (int, int) {
	bypass := b.Style&Bypass != 0 && plane <= b.Planes-4 && kind < 2
	if bypass {
		d.raw.open(s.Data)
	} else {
		d.open(s.Data)
	}
	for n := 0; n < s.Passes && plane > 0; n++ {
		d.pass(b.Style, plane, kind, bypass)
		if kind++; kind == 3 {
			plane, kind = plane-1, 0
		}
	}
	return plane, kind
}

func (d *Decoder) pass(style, plane, kind int, bypass bool) {
	switch {
	case kind == 2:
		d.cleanup(plane)
		if style&SegSym != 0 {
			for range 4 {
				d.decide(ctxUniform)
			}
		}
	case kind == 0 && bypass:
		d.rawSignificance(plane)
	case kind == 0:
		d.significance(plane)
	case bypass:
		d.rawRefinement(plane)
	default:
		d.refinement(plane)
	}
	if style&Reset != 0 && !bypass {
		d.cx = fresh
	}
}
