package ebcot

import "math/bits"

// The contexts of table D.1 to D.4, numbered as there, and the two of D.3.
const (
	ctxZero    = 0  // 0 to 8: significance
	ctxSign    = 9  // 9 to 13
	ctxRefine  = 14 // 14 to 16
	ctxRun     = 17
	ctxUniform = 18
	contexts   = 19
)

// estimate is one row of table C.2.
type estimate struct {
	qe         uint16
	nmps, nlps uint8
	toggle     bool // the more probable symbol changes with a less probable one (SWITCH)
}

var estimates = [47]estimate{
	{0x5601, 1, 1, true}, {0x3401, 2, 6, false}, {0x1801, 3, 9, false}, {0x0AC1, 4, 12, false},
	{0x0521, 5, 29, false}, {0x0221, 38, 33, false}, {0x5601, 7, 6, true}, {0x5401, 8, 14, false},
	{0x4801, 9, 14, false}, {0x3801, 10, 14, false}, {0x3001, 11, 17, false}, {0x2401, 12, 18, false},
	{0x1C01, 13, 20, false}, {0x1601, 29, 21, false}, {0x5601, 15, 14, true}, {0x5401, 16, 14, false},
	{0x5101, 17, 15, false}, {0x4801, 18, 16, false}, {0x3801, 19, 17, false}, {0x3401, 20, 18, false},
	{0x3001, 21, 19, false}, {0x2801, 22, 19, false}, {0x2401, 23, 20, false}, {0x2201, 24, 21, false},
	{0x1C01, 25, 22, false}, {0x1801, 26, 23, false}, {0x1601, 27, 24, false}, {0x1401, 28, 25, false},
	{0x1201, 29, 26, false}, {0x1101, 30, 27, false}, {0x0AC1, 31, 28, false}, {0x09C1, 32, 29, false},
	{0x08A1, 33, 30, false}, {0x0521, 34, 31, false}, {0x0441, 35, 32, false}, {0x02A1, 36, 33, false},
	{0x0221, 37, 34, false}, {0x0141, 38, 35, false}, {0x0111, 39, 36, false}, {0x0085, 40, 37, false},
	{0x0049, 41, 38, false}, {0x0025, 42, 39, false}, {0x0015, 43, 40, false}, {0x0009, 44, 41, false},
	{0x0005, 45, 42, false}, {0x0001, 45, 43, false}, {0x5601, 46, 46, false},
}

// A state is an estimate and the more probable symbol in one word, so that a decision
// costs one load: Qe in the topmost 16 bits, where the interval register has its own;
// in bits 9 to 12 how far an interval of size Qe is shifted to be renewed. The lowest
// nine bits are the state's place in follow, eight times its row with the symbol in
// bit 2; from there on lie the states after no renewal, after (at 2) the more and (at
// 3) the less probable symbol.
const (
	qeMask   = 0xFFFF << 48
	qeShift  = 9
	mpsShift = 2
)

var follow = func() (t [512]uint64) {
	for i, e := range estimates {
		for mps := range 2 {
			after := mps
			if e.toggle {
				after = 1 - mps
			}
			t[8*i+4*mps] = state(i, mps)
			t[8*i+4*mps+2] = state(int(e.nmps), mps)
			t[8*i+4*mps+3] = state(int(e.nlps), after)
		}
	}
	return t
}()

// state is the word of a row of estimates and a more probable symbol.
func state(row, mps int) uint64 {
	qe := estimates[row].qe
	return uint64(qe)<<48 | uint64(bits.LeadingZeros16(qe))<<qeShift | uint64(8*row+mps<<mpsShift)
}

// ctxStates is one state a context, a few more than there are so that an index
// masked with 31 needs no check.
type ctxStates [32]uint64

// fresh is table D.7: the states at the start of a block.
var fresh = func() (t ctxStates) {
	for i := range t {
		t[i] = state(0, 0)
	}
	t[ctxZero] = state(4, 0)
	t[ctxRun] = state(3, 0)
	t[ctxUniform] = state(46, 0)
	return t
}()
