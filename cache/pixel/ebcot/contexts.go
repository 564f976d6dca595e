package ebcot

// A window holds what is known of the neighbours of a column of four samples: three
// columns of six rows, from the row above to the row below. Bit 3·(r+1)+c says that
// the sample in row r (−1 to 4) and column c (0 left, 1 own, 2 right) is significant;
// the bit 32 above it that it is negative, too. Shifted by 3·r, the lowest nine bits
// are the 3 × 3 neighbours of row r:
//
//	0 1 2
//	3 4 5
//	6 7 8
const (
	aroundMask = 0x1FF
	crossMask  = 0xAA // the four that share an edge: above 1, left 3, right 5, below 7
)

// zeroTables is table D.1: the context of a sample's significance by orientation and
// neighbours; bit 4, the sample itself, is not looked at.
var zeroTables = func() (t [4][512]uint8) {
	for i := range 512 {
		bit := func(n int) int { return i >> n & 1 }
		h, v := bit(3)+bit(5), bit(1)+bit(7)
		d := bit(0) + bit(2) + bit(6) + bit(8)
		t[LL][i] = besideContext(h, v, d)
		t[LH][i] = t[LL][i]
		t[HL][i] = besideContext(v, h, d)
		t[HH][i] = diagonalContext(h+v, d)
	}
	return t
}()

// besideContext is the column of LL and LH in table D.1; HL has h and v changed over.
func besideContext(h, v, d int) uint8 {
	switch {
	case h == 2:
		return 8
	case h == 1 && v >= 1:
		return 7
	case h == 1 && d >= 1:
		return 6
	case h == 1:
		return 5
	case v == 2:
		return 4
	case v == 1:
		return 3
	}
	return uint8(min(d, 2))
}

// diagonalContext is the column of HH in table D.1.
func diagonalContext(hv, d int) uint8 {
	switch {
	case d >= 3:
		return 8
	case d == 2:
		return uint8(6 + min(hv, 1))
	case d == 1:
		return uint8(3 + min(hv, 2))
	}
	return uint8(min(hv, 2))
}

// signTable is tables D.2 and D.3: the context of a sign, its lowest bit what the
// decision is to be changed by, by the four neighbours in crossMask: significance at
// its own bits, negative one bit below each.
var signTable = func() (t [256]uint8) {
	for i := range 256 {
		of := func(n int) int { return (i >> n & 1) * (1 - 2*(i>>(n-1)&1)) }
		h := max(-1, min(1, of(3)+of(5)))
		v := max(-1, min(1, of(1)+of(7)))
		t[i] = signContext(h, v)
	}
	return t
}()

func signContext(h, v int) uint8 {
	change := uint8(0)
	if h < 0 || h == 0 && v < 0 {
		h, v, change = -h, -v, 1
	}
	return uint8(ctxSign+3*h+v)<<1 | change
}
