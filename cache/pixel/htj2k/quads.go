package htj2k

// A quad's context is made of the samples that the table weighs to its left, the
// bottom ones of the quads above its left half (1) and above its right half (4),
// T.814 equations 1 and 2. d.above holds the latter two ready at each boundary
// between quads: contextUnit where the bottom sample on either side is significant.

// readRow reads the quads of a row from VLC and MEL, with u in place of the
// codeword's length (T.814 7.3.4 … 7.3.6). They come in pairs: the codewords, then
// both u. In the first row, where table is initialVLC, nothing is above, and an
// event tells more of two u.
//
// w has the next bits, of which at least 56 count where a pair begins: it takes 30
// at most. Bytes are loaded a pair before they are asked for.
func (d *Decoder) readRow(row []quad, table *vlcTable, first bool) {
	w, have, next, above := d.codes.w, d.codes.n, d.codes.next, d.above[:len(row)+2]
	context, right := uint32(0), uint32(0)
	for j := 0; j < len(row); j += 2 {
		w |= d.vlc.word(next) << (have & 63)
		next, have = next+(63-have)>>3, have|56
		c := context | uint32(above[j]) | uint32(above[j+1])<<2
		q0, q1 := table[(c|uint32(w)&127)&1023], quad(0)
		if c == 0 {
			q0 &= d.mel.event()
		}
		context = q0 >> quadContext & contextMask
		above[j] = uint8(right | q0>>(quadLeft-7)&contextUnit)
		right = q0 >> (quadRight - 7) & contextUnit
		w, have = w>>(q0&quadLow), have-uint(q0&quadLow)
		if j+1 < len(row) {
			c = context | uint32(above[j+1]) | uint32(above[j+2])<<2
			q1 = table[(c|uint32(w)&127)&1023]
			if c == 0 {
				q1 &= d.mel.event()
			}
			context = q1 >> quadContext & contextMask
			above[j+1] = uint8(right | q1>>(quadLeft-7)&contextUnit)
			right = q1 >> (quadRight - 7) & contextUnit
			w, have = w>>(q1&quadLow), have-uint(q1&quadLow)
		}
		mode := q0>>quadOffset&1 | q1>>quadOffset&1<<1
		q0, q1 = q0&quadKeep, q1&quadKeep
		if mode != 0 {
			if first && mode == bothOffsets {
				mode = initialShort + d.mel.event()&1
			}
			u := uvlc[(mode<<6|uint32(w)&63)&511]
			suffixes := uint32(w >> (u >> uvlcPrefix & 7))
			n := u >> uvlcFirst & 7
			q0 |= u>>uvlcFirstU&7 + suffixes&(1<<n-1)
			q1 |= u>>uvlcSecondU&7 + suffixes>>n&(1<<(u>>uvlcSecond&7)-1)
			w, have = w>>(u&uvlcTotal), have-uint(u&uvlcTotal)
		}
		row[j] = q0
		if j+1 < len(row) {
			row[j+1] = q1
		}
	}
	above[len(row)] = uint8(right)
	d.codes = bitReader{w, have, next}
}
