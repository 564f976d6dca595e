package htj2k

// A quad's context is made of the samples that the table weighs to its left, the
// bottom ones of the quads above its left half (1) and above its right half (4),
// T.814 equations 1 and 2. d.above holds the latter two ready at each boundary
// between quads: contextUnit where the bottom sample on either side is significant.

// readRow reads the quads of a row from VLC and MEL, with u in place of the
// codeword's length (T.814 7.3.4 … 7.3.6). They come in pairs: the codewords, then
// both u. In the first row, where table is initialVLC, nothing is above, and an
// event tells more of two u.
func (d *Decoder) readRow(row []quad, table *vlcTable, first bool) {
	pos, above := d.pos, d.above[:len(row)+2]
	context, right := uint32(0), uint32(0)
	for j := 0; j < len(row); j += 2 {
		w := d.vlc.at(pos)
		c := context | uint32(above[j]) | uint32(above[j+1])<<2
		q0, q1 := table[(c|uint32(w)&127)&1023], quad(0)
		if c == 0 {
			q0 &= d.mel.event()
		}
		context = q0 >> quadLength & contextMask
		above[j] = uint8(right | q0>>(quadLeft-7)&contextUnit)
		right = q0 >> (quadRight - 7) & contextUnit
		w >>= q0 >> quadLength & 7
		if j+1 < len(row) {
			c = context | uint32(above[j+1]) | uint32(above[j+2])<<2
			q1 = table[(c|uint32(w)&127)&1023]
			if c == 0 {
				q1 &= d.mel.event()
			}
			context = q1 >> quadLength & contextMask
			above[j+1] = uint8(right | q1>>(quadLeft-7)&contextUnit)
			right = q1 >> (quadRight - 7) & contextUnit
			w >>= q1 >> quadLength & 7
		}
		pos += int(q0>>quadLength&7 + q1>>quadLength&7)
		mode := q0>>quadOffset&1 | q1>>quadOffset&1<<1
		q0, q1 = q0&quadKeep, q1&quadKeep
		if mode != 0 {
			if first && mode == bothOffsets {
				mode = initialShort + d.mel.event()&1
			}
			u := uvlc[(mode<<6|uint32(w)&63)&511]
			pos += int(u >> uvlcTotal & 31)
			w >>= u & 7
			n := u >> uvlcFirst & 7
			q0 |= (u>>uvlcFirstU&7 + uint32(w)&(1<<n-1)) << quadLength
			q1 |= (u>>uvlcSecondU&7 + uint32(w>>n)&(1<<(u>>uvlcSecond&7)-1)) << quadLength
		}
		row[j] = q0
		if j+1 < len(row) {
			row[j+1] = q1
		}
	}
	above[len(row)] = uint8(right)
	d.pos = pos
}
