package jpegls

import "math/bits"

// Preset are the coding parameters of an LSE segment (T.87 C.2.4.1.1). A zero
// stands for the default.
type Preset struct {
	MaxVal     int // largest sample value; 2^Precision − 1
	T1, T2, T3 int // thresholds of the gradients
	Reset      int // uses of a context after which its counts are halved; 64
}

// filled returns p with the defaults of T.87 C.2.4.1.1.1 where it is zero.
func (p Preset) filled(precision, near int) Preset {
	if p.MaxVal == 0 {
		p.MaxVal = 1<<precision - 1
	}
	t1, t2, t3 := 3, 7, 21
	if p.MaxVal >= 128 {
		f := (min(p.MaxVal, 4095) + 128) / 256
		t1, t2, t3 = f*(t1-2)+2+3*near, f*(t2-3)+3+5*near, f*(t3-4)+4+7*near
	} else {
		f := 256 / (p.MaxVal + 1)
		t1, t2, t3 = max(2, t1/f+3*near), max(3, t2/f+5*near), max(4, t3/f+7*near)
	}
	p.T1 = threshold(p.T1, t1, near+1, p.MaxVal)
	p.T2 = threshold(p.T2, t2, p.T1, p.MaxVal)
	p.T3 = threshold(p.T3, t3, p.T2, p.MaxVal)
	if p.Reset == 0 {
		p.Reset = 64
	}
	return p
}

// threshold is what was declared, or else the default brought into range by
// the standard's CLAMP.
func threshold(declared, byDefault, low, high int) int {
	switch {
	case declared != 0:
		return declared
	case byDefault < low || byDefault > high:
		return low
	}
	return byDefault
}

// valid reports whether filled parameters keep to T.87 table C.2.
func (p Preset) valid(precision, near int) bool {
	return p.MaxVal >= 1 && p.MaxVal < 1<<precision &&
		near >= 0 && near <= min(255, p.MaxVal/2) &&
		near < p.T1 && p.T1 <= p.T2 && p.T2 <= p.T3 && p.T3 <= p.MaxVal &&
		p.Reset >= 3 && p.Reset <= max(255, p.MaxVal)
}

// coding are the constants that a scan is coded with (T.87 A.2.1).
type coding struct {
	maxval, near int
	scale        int // 2·NEAR + 1, the width of a quantised error
	span         int // RANGE
	reset        int
	qbpp         int
	limit        int    // LIMIT
	escape       int    // zeros in front of a sample that is coded with qbpp bits
	long         uint64 // what the next 64 bits are below where a code is not a short one
	start        uint32 // A of a fresh context
}

// shortest is the most zeros in front of a code that the fast loops take: with
// the one and the at most 17 bits behind them it fits in the 57 they look at.
const shortest = 32

func codingOf(p Preset, near int) coding {
	c := coding{maxval: p.MaxVal, near: near, scale: 2*near + 1, reset: p.Reset}
	c.span = (p.MaxVal+2*near)/c.scale + 1
	c.qbpp = bits.Len(uint(c.span - 1))
	bpp := max(2, bits.Len(uint(p.MaxVal)))
	c.limit = 2 * (bpp + max(8, bpp))
	c.escape = c.limit - c.qbpp - 1
	c.long = 1 << (64 - min(c.escape, shortest))
	c.start = uint32(max(2, (c.span+32)/64))
	return c
}

// exact reports whether samples are all values of some number of bits and
// nothing is lost: adding an error is then arithmetic modulo a power of two.
func (c *coding) exact() bool { return c.near == 0 && c.maxval&(c.maxval+1) == 0 }

// lossless is −1, or 0 where NEAR is not.
func (c *coding) lossless() int { return (c.near - 1) >> 63 }

// gradients is the quantisation of a local gradient (T.87 A.3.3) by the
// difference of two samples, modulo its size: 0 to 8 stand for −4 to 4.
type gradients struct {
	q    [differences]uint8
	made Preset // what q was made for
	near int
}

const (
	differences = 1 << 17
	flat3       = 81*4 + 9*4 + 4 // three gradients of 0, joined
)

// make sets q for differences to ±p.MaxVal. It costs nothing when q is so already.
func (g *gradients) make(p Preset, near int) {
	p.Reset = 0
	if g.made == p && g.near == near {
		return
	}
	g.made, g.near = p, near
	at := -p.MaxVal
	for i, end := range []int{-p.T3, -p.T2, -p.T1, -near - 1, near, p.T1 - 1, p.T2 - 1, p.T3 - 1, p.MaxVal} {
		for ; at <= end; at++ {
			g.q[uint32(at)%differences] = uint8(i)
		}
	}
}
