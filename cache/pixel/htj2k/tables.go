package htj2k

// A quad is what the look-ups hold of a codeword and what is kept of each quad for
// MagSgn and the refinement passes. What the next look-up waits for lies lowest.
//
//	 0…5   in a look-up: length of the codeword; in what is kept: u
//	 6…9   ρ, which samples are significant
//	10…13  ε_k, which samples lack their highest magnitude bit in MagSgn
//	14…17  ε_1, what that bit is
//	18     γ, more than one sample is significant
//	19     u follows
//	20, 21 the bottom samples of ρ once more, left and right
//	23…25  what the quad adds to the context of the one to its right
type quad = uint32

const (
	quadLow     = 63 // length or u
	quadRho     = 6
	quadKnown   = 10
	quadHighest = 14
	quadGamma   = 18
	quadKeep    = 0x7FFC0 // ρ to γ
	quadOffset  = 19
	quadLeft    = 20
	quadRight   = 21
	quadContext = 16    // a shift by this puts it in place:
	contextMask = 0x380 // a context is kept as the upper three bits of a look-up's index
	contextUnit = 0x80
)

// vlcTable finds the quad of context·128 + the next 7 bits. Bits that are no
// codeword of the context find 0, a quad of length 0 without samples.
type vlcTable [1024]quad

var initialVLC, otherVLC = newVLC(&initialCodes, initialContext), newVLC(&otherCodes, otherContext)

func newVLC(codes *[8]string, context func(rho uint32) uint32) *vlcTable {
	t := new(vlcTable)
	for c := range codes {
		for _, e := range parseCodes(codes[c]) {
			q := uint32(e.n) | e.rho<<quadRho | e.ek<<quadKnown | e.e1<<quadHighest
			q |= (e.rho>>1&1)<<quadLeft | (e.rho>>3)<<quadRight | context(e.rho)<<(quadContext+7)
			if e.rho&(e.rho-1) != 0 {
				q |= 1 << quadGamma
			}
			if e.offset {
				q |= 1 << quadOffset
			}
			for i := e.word; i < 128; i += 1 << e.n {
				t[c<<7|i] = q
			}
		}
	}
	return t
}

// initialContext is what a quad in the first row gives its right neighbour, T.814
// equation 1; otherContext is that of the other rows, equation 2, to which the
// quads above add.
func initialContext(rho uint32) uint32 { return (rho|rho>>1)&1 | rho>>2<<1 }

func otherContext(rho uint32) uint32 { return (rho>>2 | rho>>3) & 1 << 1 }

// code is one entry of Annex C.
type code struct {
	rho, ek, e1 uint32
	offset      bool
	word, n     int // the codeword, first bit lowest, and its bits
}

func parseCodes(s string) (list []code) {
	for i := 0; i < len(s); {
		if c := s[i]; c == ' ' || c == '\n' || c == '\t' {
			i++
			continue
		}
		e := code{rho: hexDigit(s[i])}
		if e.offset = s[i+1] != '-'; e.offset {
			e.ek, e.e1 = hexDigit(s[i+1]), hexDigit(s[i+2])
		}
		for i += 3; i < len(s) && (s[i] == '0' || s[i] == '1'); i++ {
			e.word |= int(s[i]-'0') << e.n
			e.n++
		}
		list = append(list, e)
	}
	return list
}

func hexDigit(c byte) uint32 {
	if c >= 'A' {
		return uint32(c-'A') + 10
	}
	return uint32(c - '0')
}

// The U-VLC look-up gives a pair of quads their u at once (T.814 7.3.6, Table 3):
// prefixes from the next six bits, the lengths of the suffixes after them.
//
//	 0…5   bits of all
//	 6…8   bits of both prefixes
//	 9…11  bits of the first quad's suffix
//	12…14  bits of the second's
//	15…17  the first's u without suffix
//	18…20  the second's
//
// A suffix of 28 and more would have an extension of four bits; u is then over 32,
// which no block of 30 planes has, so that it is not read.
const (
	bothOffsets   = 3 // offsets of the first quad | of the second · 2, outside of the first row
	initialShort  = 4 // both, first row, MEL event 0: after a prefix of 3 bits u of the second is 1 or 2
	initialLong   = 5 // both, first row, MEL event 1: both u are 2 greater
	uvlcModes     = 8
	uvlcTotal     = 63
	uvlcPrefix    = 6
	uvlcFirst     = 9
	uvlcSecond    = 12
	uvlcFirstU    = 15
	uvlcSecondU   = 18
	uvlcLongBonus = 2
)

var uvlc = newUVLC()

func newUVLC() *[uvlcModes << 6]uint32 {
	t := new([uvlcModes << 6]uint32)
	for i := range t {
		mode, bits := i>>6, uint32(i&63)
		var a, b prefix
		switch mode {
		case 1:
			a = readPrefix(bits)
		case 2:
			b = readPrefix(bits)
		case bothOffsets, initialShort, initialLong:
			a = readPrefix(bits)
			b = readPrefix(bits >> a.n)
			if mode == initialShort && a.n == 3 {
				b = prefix{n: 1, u: bits>>3&1 + 1}
			}
		}
		if mode == initialLong {
			a.u, b.u = a.u+uvlcLongBonus, b.u+uvlcLongBonus
		}
		t[i] = a.n + b.n + a.suffix + b.suffix | (a.n+b.n)<<uvlcPrefix |
			a.suffix<<uvlcFirst | b.suffix<<uvlcSecond | a.u<<uvlcFirstU | b.u<<uvlcSecondU
	}
	return t
}

// prefix is that of one u: its bits, those of the suffix, and u where that is 0.
type prefix struct{ n, suffix, u uint32 }

func readPrefix(bits uint32) prefix {
	switch {
	case bits&1 != 0:
		return prefix{1, 0, 1}
	case bits&2 != 0:
		return prefix{2, 0, 2}
	case bits&4 != 0:
		return prefix{3, 1, 3}
	}
	return prefix{3, 5, 5}
}
