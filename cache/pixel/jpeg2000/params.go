package jpeg2000

import "math"

// size is the SIZ marker segment: the image and its tiles on the reference grid
// (15444-1 A.5.1, B.2, B.3). Components are not subsampled here.
type size struct {
	x0, y0, x1, y1     int // the image
	tx0, ty0, tw, th   int // the first tile and the size of all
	tilesWide, tilesHi int
	comps              []component
}

type component struct {
	precision int // bits, 1 to 38
	signed    bool
}

const (
	maxComponents = 255
	maxTiles      = 65535
	maxPrecision  = 32
)

func readSIZ(body []byte) (size, error) {
	s := segment{b: body}
	s.u16() // Rsiz: the capabilities needed show by themselves
	z := size{x1: s.u32(), y1: s.u32(), x0: s.u32(), y0: s.u32()}
	z.tw, z.th, z.tx0, z.ty0 = s.u32(), s.u32(), s.u32(), s.u32()
	n := s.u16()
	switch {
	case s.short || len(s.b) < 3*n || n == 0:
		return z, invalid("the image and tile size is cut off")
	case n > maxComponents:
		return z, unsupported("%d components", n)
	case z.x1 > math.MaxInt32 || z.y1 > math.MaxInt32:
		return z, unsupported("a reference grid of %d × %d", z.x1, z.y1)
	case z.x0 >= z.x1 || z.y0 >= z.y1:
		return z, invalid("an image without pixels")
	case z.tw == 0 || z.th == 0 || z.tx0 > z.x0 || z.ty0 > z.y0 || z.tx0+z.tw <= z.x0 || z.ty0+z.th <= z.y0:
		return z, invalid("the first tile holds nothing of the image")
	}
	for range n {
		c, dx, dy := s.u8(), s.u8(), s.u8()
		k := component{precision: c&0x7F + 1, signed: c&0x80 != 0}
		switch {
		case dx == 0 || dy == 0 || k.precision > 38:
			return z, invalid("a component of %d bits every %d × %d points", k.precision, dx, dy)
		case dx != 1 || dy != 1:
			return z, unsupported("components subsampled by %d × %d", dx, dy)
		case k.precision > maxPrecision:
			return z, unsupported("%d bits a sample", k.precision)
		}
		z.comps = append(z.comps, k)
	}
	z.tilesWide, z.tilesHi = ceilDiv(z.x1-z.tx0, z.tw), ceilDiv(z.y1-z.ty0, z.th)
	if z.tilesWide > maxTiles || z.tilesHi > maxTiles || z.tilesWide*z.tilesHi > maxTiles {
		return z, invalid("more than %d tiles", maxTiles)
	}
	return z, nil
}

// tile is where tile i lies, cut by the image.
func (z *size) tile(i int) rect {
	p, q := i%z.tilesWide, i/z.tilesWide
	x, y := z.tx0+p*z.tw, z.ty0+q*z.th
	return rect{max(x, z.x0), max(y, z.y0), min(x+z.tw, z.x1), min(y+z.th, z.y1)}
}

// Code-block style bits of SPcod (table A.19; HT 15444-15 table A.4).
const (
	styleBypass   = 1
	styleTermAll  = 4
	styleVCausal  = 8
	styleHT       = 0x40
	styleHTMixed  = 0x80
	maxLevels     = 32
	maxBlockBits  = 10
	maxBlockTotal = 12
)

// style is how a component is transformed and cut into code-blocks: the part
// that COD and COC share (A.6.1). It is never changed once read.
type style struct {
	levels     int // of decomposition, NL
	bw, bh     int // log2 of the nominal code-block size
	block      int // style bits
	reversible bool
	precincts  [maxLevels + 1]uint8 // log2 of height and width by resolution
}

// coding is what COD alone says, of all components together.
type coding struct {
	sop, eph bool
	order    int
	layers   int
	mct      bool
}

func readCOD(body []byte) (c coding, st *style, err error) {
	s := segment{b: body}
	scod := s.u8()
	c = coding{sop: scod&2 != 0, eph: scod&4 != 0, order: s.u8(), layers: s.u16()}
	mct := s.u8()
	if st, err = readStyle(&s, scod&1 != 0); err != nil {
		return c, nil, err
	}
	switch {
	case mct > 1:
		return c, nil, unsupported("a multiple component transformation of part 2")
	case c.layers == 0 || c.order > orderCPRL:
		return c, nil, invalid("%d layers in progression order %d", c.layers, c.order)
	}
	c.mct = mct == 1
	return c, st, nil
}

func readStyle(s *segment, precincts bool) (*style, error) {
	st := &style{levels: s.u8(), bw: s.u8() + 2, bh: s.u8() + 2, block: s.u8()}
	filter := s.u8()
	switch {
	case s.short:
		return nil, invalid("a coding style is cut off")
	case st.levels > maxLevels:
		return nil, invalid("%d levels of decomposition", st.levels)
	case st.bw > maxBlockBits || st.bh > maxBlockBits || st.bw+st.bh > maxBlockTotal:
		return nil, invalid("code-blocks of 2^%d × 2^%d", st.bw, st.bh)
	case st.block&styleHTMixed != 0:
		return nil, unsupported("HT and other code-blocks in one component")
	case filter > 1:
		return nil, unsupported("wavelet %d of part 2", filter)
	}
	st.reversible = filter == 1
	for r := range st.levels + 1 {
		st.precincts[r] = 0xFF
		if precincts {
			st.precincts[r] = uint8(s.u8())
		}
		if r > 0 && (st.precincts[r]&0x0F == 0 || st.precincts[r]&0xF0 == 0) {
			return nil, invalid("precincts of one sample")
		}
	}
	if s.short {
		return nil, invalid("a coding style is cut off")
	}
	return st, nil
}

// quant is the quantisation of a component (A.6.4, E.1). Never changed once read.
type quant struct {
	guard    int
	exponent [3*maxLevels + 1]uint8
	mantissa [3*maxLevels + 1]uint16
	steps    int // how many are given
	derived  bool
}

func readQuant(s *segment) (*quant, error) {
	sq := s.u8()
	q := &quant{guard: sq >> 5}
	switch sq & 0x1F {
	case 0:
		for q.steps < len(q.exponent) && len(s.b) > 0 {
			q.exponent[q.steps] = uint8(s.u8() >> 3)
			q.steps++
		}
	case 1, 2:
		q.derived = sq&0x1F == 1
		for q.steps < len(q.exponent) && len(s.b) > 1 {
			v := s.u16()
			q.exponent[q.steps], q.mantissa[q.steps] = uint8(v>>11), uint16(v&0x7FF)
			q.steps++
		}
	default:
		return nil, invalid("quantisation style %d", sq&0x1F)
	}
	if s.short || q.steps == 0 {
		return nil, invalid("a quantisation is cut off")
	}
	return q, nil
}

// band is exponent and mantissa of sub-band i of st, 0 the LL one, then HL, LH, HH
// from the coarsest resolution up.
func (q *quant) band(i int) (exponent, mantissa int, err error) {
	if q.derived { // equation E.5
		e := int(q.exponent[0])
		if i > 0 {
			e -= (i - 1) / 3
		}
		return max(e, 0), int(q.mantissa[0]), nil
	}
	if i >= q.steps {
		return 0, 0, invalid("no quantisation for sub-band %d", i)
	}
	return int(q.exponent[i]), int(q.mantissa[i]), nil
}
