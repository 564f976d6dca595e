package jpegls

import "math/bits"

// context holds the statistics of one of the 365 classes of gradients (T.87
// A.2.2), and what follows from them for the next error coded in it: those are
// found when the context is left, not when the next sample waits for them.
// 16 bytes: four to a cache line, 6 kB in all.
type context struct {
	a    uint32 // sum of the errors' magnitudes; at most 65535 for each of n, and 1024
	b    int32  // sum of the errors, −n < b ≤ 0
	n    uint16 // uses, halved at RESET
	c    int16  // correction of the prediction, −128 to 127
	k    uint8  // Golomb parameter, at most 17
	flip int8   // −1: errors are coded as −1 − error (T.87 A.5.2); else 0
}

// contexts are indexed by the magnitude of the joined gradients.
type contexts [365]context

func (t *contexts) reset(c *coding) {
	fresh := context{a: c.start, n: 1}
	fresh.k = uint8(golomb(int(fresh.a), 1))
	for i := range t {
		t[i] = fresh
	}
}

// golomb is the smallest k with n·2^k ≥ a (T.87 A.5.1). n is at least 1.
func golomb(a, n int) int {
	k := max(bits.Len32(uint32(a))-bits.Len32(uint32(n)), 0)
	return k - (n<<(k&63)-a)>>63
}

// biased is T.87 A.6.2.
func biased(b, n, c int) (int, int) {
	low, high := (b+n-1)>>63, -b>>63 // −1 where b ≤ −n, where b > 0
	return min(max(b+(n&low)-(n&high), 1-n), 0), min(max(c+low-high, -128), 127)
}

// flip is −1 where T.87 A.5.2 codes errors the other way round, without loss.
func flip(b, n, k int) int { return ((2*b + n - 1) >> 63 & (k - 1)) >> 63 }

// add is T.87 A.6: it enters a quantised error, which stands for scale steps,
// and makes k and flip anew. lossless is −1, or 0 where NEAR is not: nothing is
// flipped then. The loops over samples have it written out.
func (x *context) add(err, scale, reset, lossless int) {
	sign := err >> 63
	a, b, n := int(x.a)+(err^sign)-sign, int(x.b)+err*scale, int(x.n)
	if n == reset {
		a, b, n = a>>1, b>>1, n>>1
	}
	n++
	b, c := biased(b, n, int(x.c))
	k := golomb(a, n)
	x.a, x.b, x.n, x.c, x.k, x.flip = uint32(a), int32(b), uint16(n), int16(c), uint8(k), int8(flip(b, n, k)&lossless)
}

// run is one of the two contexts of samples that end a run (T.87 A.7.2).
type run struct {
	a  uint32
	n  uint16
	nn uint16 // negative errors
}

// k is the Golomb parameter; kind is RItype, the run's own index.
func (x *run) k(kind int) int { return golomb(int(x.a)+int(x.n>>1)*kind, int(x.n)) }

// add enters an error and what it was coded as.
func (x *run) add(err, coded, kind, reset int) {
	if err < 0 {
		x.nn++
	}
	x.a += uint32(coded+1-kind) >> 1
	if int(x.n) == reset {
		x.a, x.n, x.nn = x.a>>1, x.n>>1, x.nn>>1
	}
	x.n++
}

// orders is J of T.87 A.2.1: runs are counted in units of 2^orders[RUNindex].
var orders = [32]uint8{0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 9, 10, 11, 12, 13, 14, 15}

// model is what a scan is coded with: its constants, and what it has learned.
type model struct {
	coding
	g    gradients
	ctx  contexts
	runs [2]run
}

// set is for the scan whose head has been read.
func (m *model) set(h *scanHead) {
	m.coding = codingOf(h.preset, h.near)
	m.g.make(h.preset, h.near)
}

// restart is the state at the start of a scan or restart interval (T.87 A.2.1).
func (m *model) restart() {
	m.ctx.reset(&m.coding)
	fresh := run{a: m.start, n: 1}
	m.runs = [2]run{fresh, fresh}
}

// joined is the three quantised gradients as one number, whose sign is theirs.
func (m *model) joined(ra, rb, rc, rd int) int {
	q := &m.g.q
	return 81*int(q[uint32(rd-rb)%differences]) + 9*int(q[uint32(rb-rc)%differences]) + int(q[uint32(rc-ra)%differences]) - flat3
}
