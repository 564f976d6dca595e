package wavelet

// The lifting parameters of table F.4 and the scales of F.3.8.1. The high-pass scale
// is libopenjp2's 2/K halved, which differs from 1/K in the fifth digit.
const (
	alpha = -1.586134342
	beta  = -0.052980118
	gamma = 0.882911075
	delta = 0.443506852

	lowScale  = 1.230174105
	highScale = 1.625732422 / 2
)

// extended is a line of n samples with what F.3.7 adds at its ends so that no step of
// the lifting meets an end. Counted so that even places are low-pass, the line is at
// places odd … odd+n−1; the low-pass samples taken are those at −2 … end, the
// high-pass ones those at −3 … end+1.
type extended struct {
	n, odd, sn int
	lows       int // low-pass samples taken; one more high-pass
}

func extend(i0, i1 int) extended {
	n, odd := i1-i0, i0&1
	end := (n+odd)&^1 + 2
	return extended{n: n, odd: odd, sn: lows(i0, i1), lows: end/2 + 2}
}

// low is the place within the low-pass band of the j-th sample taken; high likewise.
func (e extended) low(j int) int  { return (e.mirrored(2*j-2-e.odd)+e.odd)/2 - e.odd }
func (e extended) high(j int) int { return (e.mirrored(2*j-3-e.odd) + e.odd) / 2 }

// mirrored brings place i into 0 … n−1 by whole-sample symmetric extension.
func (e extended) mirrored(i int) int {
	period := 2 * (e.n - 1)
	if i %= period; i < 0 {
		i += period
	}
	return min(i, period-i)
}

// Rows97 and Columns97 are to Inverse97 what Rows53 and Columns53 are to Inverse53.
func Rows97(a []float32, stride, x0, x1, rows int, s *Scratch) {
	if x1-x0 <= 1 {
		if x1-x0 == 1 && x0&1 == 1 {
			halve97(a, stride, rows)
		}
		return
	}
	e := extend(x0, x1)
	tmp := s.float32s(2*e.lows + 1)
	lo, hi := tmp[:e.lows], tmp[e.lows:]
	for y := range rows {
		row := a[y*stride:][:e.n]
		e.fill(lo, hi, row[:e.sn], row[e.sn:])
		row97(row, lo, hi, e.odd)
	}
}

func halve97(a []float32, stride, n int) {
	for i := range n {
		a[i*stride] /= 2
	}
}

// fill copies the bands of a row to lo and hi and mirrors their ends.
func (e extended) fill(lo, hi, low, high []float32) {
	copy(lo[1+e.odd:], low)
	copy(hi[2:], high)
	for j := range min(1+e.odd, len(lo)) {
		lo[j] = low[e.low(j)]
	}
	for j := 1 + e.odd + len(low); j < len(lo); j++ {
		lo[j] = low[e.low(j)]
	}
	hi[0], hi[1] = high[e.high(0)], high[e.high(1)]
	for j := 2 + len(high); j < len(hi); j++ {
		hi[j] = high[e.high(j)]
	}
}

// row97 runs the four lifting steps of F.3.8.1 over an extended row in one sweep:
// each low-pass sample read completes a sample of each step before.
func row97(row, lo, hi []float32, odd int) {
	hi = hi[:len(lo)+1]
	h0, h1 := float32(hi[0]*highScale), float32(hi[1]*highScale)
	d := float32(lo[0]*lowScale) - float32((h0+h1)*delta)
	h := float32(hi[2] * highScale)
	next := float32(lo[1]*lowScale) - float32((h1+h)*delta)
	g := h1 - float32((d+next)*gamma)
	d, h1 = next, h
	h = float32(hi[3] * highScale)
	next = float32(lo[2]*lowScale) - float32((h1+h)*delta)
	step := h1 - float32((d+next)*gamma)
	b := d - float32((g+step)*beta)
	if odd == 0 {
		row[0] = b
		row = row[1:]
	}
	d, h1, g = next, h, step
	lo, hi = lo[3:], hi[4:]
	for x := 0; x < len(row)-1; x += 2 {
		h := float32(hi[x>>1] * highScale)
		next := float32(lo[x>>1]*lowScale) - float32((h1+h)*delta)
		step := h1 - float32((d+next)*gamma)
		low := d - float32((g+step)*beta)
		row[x], row[x+1] = g-float32((b+low)*alpha), low
		d, h1, g, b = next, h, step, low
	}
	if x := len(row) - 1; x&1 == 0 {
		next := float32(lo[x>>1]*lowScale) - float32((h1+float32(hi[x>>1]*highScale))*delta)
		step := h1 - float32((d+next)*gamma)
		low := d - float32((g+step)*beta)
		row[x] = g - float32((b+low)*alpha)
	}
}

// Columns97 : see Rows97.
func Columns97(a []float32, stride, y0, y1, columns int, s *Scratch) {
	if y1-y0 <= 1 {
		if y1-y0 == 1 && y0&1 == 1 {
			halve97(a, 1, columns)
		}
		return
	}
	e := extend(y0, y1)
	for x := 0; x < columns; x += strip(e.n) {
		w := min(strip(e.n), columns-x)
		e.columns(a[x:], stride, w, s.float32s(e.n*w))
	}
}

// columns lifts w columns of a, whose bands it first takes to tmp row by row.
func (e extended) columns(a []float32, stride, w int, tmp []float32) {
	for y := range e.n {
		copy(tmp[y*w:][:w], a[y*stride:])
	}
	var c columns97
	row := func(y int) []float32 {
		if y < 0 || y >= e.n {
			return c.beyond[:w] // the first lifts lack what comes before them, and are of no row
		}
		return a[y*stride:][:w]
	}
	before := c.beyond[:w]
	for j := range e.lows {
		y := 2*(j-2) - e.odd
		low, h1, h2 := row(y), (e.sn+e.high(j))*w, (e.sn+e.high(j+1))*w
		c.lift(row(y-1), low, before, tmp[e.low(j)*w:], tmp[h1:], tmp[h2:])
		before = low
	}
}

// columns97 holds of each column what row97 holds of its row.
type columns97 struct {
	d      [maxStrip]float32 // the last low-pass sample after the first step
	g      [maxStrip]float32 // the last high-pass sample after the second
	beyond [maxStrip]float32
}

// lift takes the next row of each band, l and h2, through the four steps, as far as
// they come; before is the low-pass row that was the last to be done, h1 what was h2.
func (c *columns97) lift(high, low, before, l, h1, h2 []float32) {
	low, before, l = low[:len(high)], before[:len(high)], l[:len(high)]
	h1, h2, cd, cg := h1[:len(high)], h2[:len(high)], c.d[:len(high)], c.g[:len(high)]
	for x := range high {
		h, d, g := float32(h1[x]*highScale), cd[x], cg[x]
		next := float32(l[x]*lowScale) - float32((h+float32(h2[x]*highScale))*delta)
		step := h - float32((d+next)*gamma)
		b := d - float32((g+step)*beta)
		high[x] = g - float32((before[x]+b)*alpha)
		low[x] = b
		cd[x], cg[x] = next, step
	}
}
