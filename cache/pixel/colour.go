package pixel

import "encoding/binary"

// colour turns a frame of three samples into RGB of 8 bits each. This is the one
// place where colour is converted: decoders leave it as the codestream has it.
//
//	RGB                              as it is
//	YBR_RCT, YBR_ICT                 as it is: see asTheyAre
//	YBR_FULL, YBR_FULL_422           matrix of PS3.3 C.7.6.3.1.2, full range
//	YBR_PARTIAL_422                  the same of 219 and 224 steps
//	native 4:2:2 of odd columns      not valid (PS3.3 table C.7-11c, Columns)
//	native YBR_PARTIAL_420, others   *dicom.UnsupportedError
//
// Order: chroma is spread over its pixels, the matrix is applied at the samples'
// own depth and rounded to the nearest, what leaves the range is clamped, and
// only then are the lower bits dropped, since a screen shows no more. own says
// that b may be changed and kept.
func colour(b []byte, h Header, own bool) ([]uint8, error) {
	m, known := matrices[h.Photometric]
	switch {
	case h.Float || h.Allocated == 64:
		return nil, unsupported("colour of %d bits allocated", h.Allocated)
	case !known && !asTheyAre[h.Photometric]:
		return nil, unsupported("photometric interpretation %s of three samples", term(h.Photometric))
	case h.subsampled():
		if h.Cols%2 != 0 {
			return nil, invalid("native 4:2:2 of an odd number of columns")
		}
		b, own = spread422(b, h.Allocated/8), true
	case h.Planar:
		b, own = interleaved(b, h.Allocated/8), true
	}
	n := 3 * h.Rows * h.Cols
	if h.Allocated != 8 || h.Stored != 8 || h.HighBit != 7 {
		return deep(b[:n*h.Allocated/8], h, m), nil
	}
	out := b[:n:n]
	if !own {
		out = append(make([]uint8, 0, n), out...)
	}
	if m != nil {
		t := m.tables()
		bands(h.Rows, h.Cols, func(y int) { t.convert(out[3*y*h.Cols : 3*(y+1)*h.Cols]) })
	}
	return out, nil
}

// asTheyAre are the photometric interpretations whose samples are red, green and
// blue by now. The reversible and irreversible component transforms of JPEG 2000
// are undone by its decoder, wherever the codestream says that it used one, and
// the decoder then says RGB. YBR_RCT and YBR_ICT come here when it used none, or
// on native pixels, in whose cells the transforms do not fit: there the samples
// never were transformed, and the label is what was wrong.
var asTheyAre = map[string]bool{"RGB": true, "": true, "YBR_RCT": true, "YBR_ICT": true}

// term is a photometric interpretation fit for an error: those the standard
// defines, or ever did, by name.
func term(s string) string {
	switch s {
	case "MONOCHROME1", "MONOCHROME2", "PALETTE COLOR", "YBR_PARTIAL_420", "XYB", "HSV", "ARGB", "CMYK":
		return s
	}
	return "of no defined term"
}

// matrix turns luminance and two colour differences, in 1/65,536, into red, green
// and blue. Black is Y = black and differences of half the range, of 8 bits.
type matrix struct{ y, black, redCr, greenCb, greenCr, blueCb int }

// matrices are the inverses of those of PS3.3 C.7.6.3.1.2. The full one is that
// of JFIF, with the constants and the rounding that libjpeg has.
var matrices = map[string]*matrix{
	"YBR_FULL":        {65536, 0, 91881, -22554, -46802, 116130},
	"YBR_FULL_422":    {65536, 0, 91881, -22554, -46802, 116130},
	"YBR_PARTIAL_422": {76309, 16, 104597, -25675, -53279, 132201},
	ybrPartial:        {76309, 16, 104597, -25675, -53279, 132201},
}

// rgb converts one pixel of samples in 0…top.
func (m *matrix) rgb(y, cb, cr, black, half, top int) (r, g, b int) {
	y = (y-black)*m.y + 1<<15
	cb, cr = cb-half, cr-half
	r = (y + m.redCr*cr) >> 16
	g = (y + m.greenCb*cb + m.greenCr*cr) >> 16
	b = (y + m.blueCb*cb) >> 16
	return min(max(r, 0), top), min(max(g, 0), top), min(max(b, 0), top)
}

// tables are what rgb adds up for samples of 8 bits.
type tables struct{ y, redCr, greenCb, greenCr, blueCb [256]int32 }

func (m *matrix) tables() *tables {
	t := new(tables)
	for i := range 256 {
		t.y[i] = int32((i-m.black)*m.y + 1<<15)
		t.redCr[i], t.blueCb[i] = int32((i-128)*m.redCr), int32((i-128)*m.blueCb)
		t.greenCb[i], t.greenCr[i] = int32((i-128)*m.greenCb), int32((i-128)*m.greenCr)
	}
	return t
}

func (t *tables) convert(px []uint8) {
	for len(px) >= 3 {
		y, cb, cr := t.y[px[0]], px[1], px[2]
		px[0], px[1], px[2] = clamped(y+t.redCr[cr]), clamped(y+t.greenCb[cb]+t.greenCr[cr]), clamped(y+t.blueCb[cb])
		px = px[3:]
	}
}

// clamped is a value in 1/65,536 as a byte.
func clamped(v int32) uint8 {
	if v >>= 16; uint32(v) > 255 {
		v = ^(v >> 31) // 0 or 255
	}
	return uint8(v)
}

// deep converts samples that are not 8 bits of 8; m is nil for none.
func deep(b []byte, h Header, m *matrix) []uint8 {
	cell := cellOf(h)
	bits := min(h.Stored, 16)
	top := 1<<bits - 1
	out := make([]uint8, 0, 3*h.Rows*h.Cols)
	size := h.Allocated / 8
	for ; len(b) >= 3*size; b = b[3*size:] {
		x, y, z := cell(b), cell(b[size:]), cell(b[2*size:])
		if m != nil {
			x, y, z = m.rgb(x, y, z, m.black<<bits>>8, 1<<bits>>1, top)
		}
		out = append(out, eight(x, bits), eight(y, bits), eight(z, bits))
	}
	return out
}

// cellOf reads the value of a cell; of more than 16 bits the upper 16.
func cellOf(h Header) func(b []byte) int {
	shift, top := h.HighBit+1-h.Stored, 1<<min(h.Stored, 16)-1
	switch h.Allocated {
	case 8:
		return func(b []byte) int { return int(b[0]) >> shift & top }
	case 16:
		return func(b []byte) int { return int(binary.LittleEndian.Uint16(b)) >> shift & top }
	}
	shift += max(h.Stored-16, 0)
	return func(b []byte) int { return int(binary.LittleEndian.Uint32(b)) >> shift & top }
}

// eight is a value of so many bits as a byte: its upper 8 bits, or the nearest
// share of 255 where it has fewer.
func eight(v, bits int) uint8 {
	if bits >= 8 {
		return uint8(v >> (bits - 8))
	}
	top := 1<<bits - 1
	return uint8((v*255 + top/2) / top)
}

// spread422 gives both pixels of each Y Y Cb Cr a chroma of their own (PS3.3
// C.7.6.3.1.2); size is the bytes of a cell.
func spread422(b []byte, size int) []byte {
	out := make([]byte, len(b)/2*3)
	for to := out; len(b) >= 4*size && len(to) >= 6*size; b, to = b[4*size:], to[6*size:] {
		if size == 1 {
			y, z, cb, cr := b[0], b[1], b[2], b[3]
			to[0], to[1], to[2], to[3], to[4], to[5] = y, cb, cr, z, cb, cr
			continue
		}
		copy(to, b[:size])
		copy(to[size:], b[2*size:4*size])
		copy(to[3*size:], b[size:2*size])
		copy(to[4*size:], b[2*size:4*size])
	}
	return out
}
