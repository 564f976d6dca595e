package htj2k

import "github.com/nocturne/nocturne/cache/dicom"

// slack is how many bits of MagSgn a block may take after its end. T.814 gives one
// byte FF there (7.1.2); writers that leave out more are read.
const slack = 64

// cleanup decodes the HT cleanup pass: first what is significant, which needs
// nothing of MagSgn, then the samples.
func (d *Decoder) cleanup(out []int32, stride int, b *Block) error {
	if err := d.open(b.Cleanup); err != nil {
		return err
	}
	if err := d.readQuads(b); err != nil {
		return err
	}
	d.maxU, d.shift = uint32(b.Zero)+2, uint(b.Planes-1)
	n, full := (b.Width+1)/2, b.Width/2
	d.pos = 0
	clear(d.reach[:n+1])
	for y := 0; y < b.Height; y += 2 {
		row := d.quads[y/2*n:][:n]
		top, bottom := out[y*stride:][:b.Width], d.spare[:]
		if y+1 < b.Height {
			bottom = out[(y+1)*stride:][:b.Width]
		}
		d.right = 0
		ok := d.readSamples(top, bottom, row[:full], d.reach[:])
		if ok && full < n {
			var edge [2][2]int32
			ok = d.readSamples(edge[0][:], edge[1][:], row[full:], d.reach[full:])
			top[b.Width-1], bottom[b.Width-1] = edge[0][0], edge[1][0]
		}
		if !ok {
			return dicom.Invalidf("an HT code-block with more magnitude bits than its %d bit-planes", b.Zero+1)
		}
		if d.pos > d.bits.end+slack {
			return dicom.Invalidf("an HT code-block whose MagSgn ends early")
		}
		d.reach[n] = d.right
	}
	return nil
}

// readQuads fills d.quads, rows of (Width+1)/2.
func (d *Decoder) readQuads(b *Block) error {
	n, rows := (b.Width+1)/2, (b.Height+1)/2
	clear(d.above[:n+2])
	d.pos = 0
	for r := range rows {
		row := d.quads[r*n:][:n]
		if r == 0 {
			d.readRow(row, initialVLC, true)
		} else {
			d.readRow(row, otherVLC, false)
		}
		if d.pos > d.vlc.end {
			return dicom.Invalidf("an HT code-block whose VLC ends early")
		}
	}
	var beyond quad // significant samples in the column and the row after the last
	if b.Width&1 != 0 {
		for r := range rows {
			beyond |= d.quads[(r+1)*n-1] & 12
		}
	}
	if b.Height&1 != 0 {
		for _, q := range d.quads[(rows-1)*n:][:n] {
			beyond |= q & 10
		}
	}
	if beyond != 0 {
		return dicom.Invalidf("an HT code-block with samples outside of its %d × %d", b.Width, b.Height)
	}
	return nil
}
