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
	h0, h1 := hi[0]*highScale, hi[1]*highScale
	d := float32(lo[0]*lowScale) - float32((h0+h1)*delta)
	h := hi[2] * highScale
	next := float32(lo[1]*lowScale) - float32((h1+h)*delta)
	g := h1 - float32((d+next)*gamma)
	d, h1 = next, h
	h = hi[3] * highScale
	next = float32(lo[2]*lowScale) - float32((h1+h)*delta)
	step := h1 - float32((d+next)*gamma)
	b := d - float32((g+step)*beta)
	if odd == 0 {
		row[0] = b
		row = row[1:]
	}
	d, h1, g = next, h, step
	lo, hi = lo[3:], hi[4:]
	for j, l := range lo {
		if j >= len(hi) {
			break // never
		}
		h := hi[j] * highScale
		next := float32(l*lowScale) - float32((h1+h)*delta)
		step := h1 - float32((d+next)*gamma)
		low := d - float32((g+step)*beta)
		high := g - float32((b+low)*alpha)
		if len(row) < 2 {
			if len(row) == 1 {
				row[0] = high
			}
			break
		}
		row[0], row[1] = high, low
		row = row[2:]
		d, h1, g, b = next, h, step, low
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
	for x := 0; x < columns; x += strip {
		w := min(strip, columns-x)
		tmp := s.float32s((2*e.lows + 1) * w)
		e.columns(a[x:], stride, w, tmp[:e.lows*w], tmp[e.lows*w:])
	}
}

// columns lifts w columns of a, taken to lo and hi row by row.
func (e extended) columns(a []float32, stride, w int, lo, hi []float32) {
	for j := range e.lows {
		scaled97(lo[j*w:][:w], a[e.low(j)*stride:], lowScale)
	}
	for j := range e.lows + 1 {
		scaled97(hi[j*w:][:w], a[(e.sn+e.high(j))*stride:], highScale)
	}
	for j := range e.lows {
		lift97(lo[j*w:][:w], hi[j*w:], hi[(j+1)*w:], delta)
		if j > 0 {
			lift97(hi[j*w:][:w], lo[(j-1)*w:], lo[j*w:], gamma)
		}
		if j > 1 {
			lift97(lo[(j-1)*w:][:w], hi[(j-1)*w:], hi[j*w:], beta)
			if y := 2*(j-2) - e.odd; y >= 0 && y < e.n {
				copy(a[y*stride:], lo[(j-1)*w:][:w])
			}
		}
		if j > 2 {
			lift97(hi[(j-1)*w:][:w], lo[(j-2)*w:], lo[(j-1)*w:], alpha)
			if y := 2*(j-2) - 1 - e.odd; y >= 0 && y < e.n {
				copy(a[y*stride:], hi[(j-1)*w:][:w])
			}
		}
	}
}

func scaled97(out, in []float32, scale float32) {
	in = in[:len(out)]
	for i, v := range in {
		out[i] = v * scale
	}
}

// lift97 is one lifting step for a row of columns.
func lift97(out, before, after []float32, by float32) {
	before, after = before[:len(out)], after[:len(out)]
	for i := range out {
		out[i] -= float32((before[i] + after[i]) * by)
	}
}
