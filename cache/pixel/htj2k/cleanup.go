package htj2k

import "github.com/nocturne/nocturne/cache/dicom"

// slack is how many bits of MagSgn a block may take after its end. T.814 gives one
// byte FF there (7.1.2); writers that leave out more are read.
const slack = 64

// cleanup decodes the HT cleanup pass: first what is significant, which needs
// nothing of MagSgn, then the samples, of which it leaves rows y and y+1 in d.line
// before it calls emit(y).
func (d *Decoder) cleanup(b *Block, emit func(y int)) error {
	if err := d.open(b.Cleanup); err != nil {
		return err
	}
	if err := d.readQuads(b); err != nil {
		return err
	}
	n := (b.Width + 1) / 2
	d.maxU, d.shift, d.pos = uint32(b.Zero)+2, uint(b.Planes-1), 0
	clear(d.reach[:n+1])
	for y := 0; y < b.Height; y += 2 {
		if !d.readSamples(d.quads[y/2*n:][:n]) {
			return dicom.Invalidf("an HT code-block with more magnitude bits than its %d bit-planes", b.Zero+1)
		}
		if d.pos > d.bits.end+slack {
			return dicom.Invalidf("an HT code-block whose MagSgn ends early")
		}
		emit(y)
	}
	return nil
}

// readQuads fills d.quads, rows of (Width+1)/2.
func (d *Decoder) readQuads(b *Block) error {
	n, rows := (b.Width+1)/2, (b.Height+1)/2
	clear(d.above[:n+2])
	d.codes = bitReader{}
	for r := range rows {
		row := d.quads[r*n:][:n]
		if r == 0 {
			d.readRow(row, initialVLC, true)
		} else {
			d.readRow(row, otherVLC, false)
		}
		if d.codes.taken() > d.vlc.end {
			return dicom.Invalidf("an HT code-block whose VLC ends early")
		}
	}
	var beyond quad // significant samples in the column and the row after the last
	if b.Width&1 != 0 {
		for r := range rows {
			beyond |= d.quads[(r+1)*n-1] & (12 << quadRho)
		}
	}
	if b.Height&1 != 0 {
		for _, q := range d.quads[(rows-1)*n:][:n] {
			beyond |= q & (10 << quadRho)
		}
	}
	if beyond != 0 {
		return dicom.Invalidf("an HT code-block with samples outside of its %d × %d", b.Width, b.Height)
	}
	return nil
}
