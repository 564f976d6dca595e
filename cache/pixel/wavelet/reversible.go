package wavelet

// Rows53 and Columns53 are the two halves of Inverse53, rows first, for callers that
// share a level among goroutines: a begins with the first of the given rows or
// columns, and calls that touch different rows (columns) may run at once with a
// Scratch each.
func Rows53(a []int32, stride, x0, x1, rows int, s *Scratch) {
	n := x1 - x0
	if n <= 1 {
		if n == 1 && x0&1 == 1 {
			halve(a, stride, rows)
		}
		return
	}
	out := s.int32s(n)
	sn := lows(x0, x1)
	for y := range rows {
		row := a[y*stride:][:n]
		if x0&1 == 0 {
			evenRow53(out, row[:sn], row[sn:])
		} else {
			oddRow53(out, row[:sn], row[sn:])
		}
		copy(row, out)
	}
}

// halve halves n samples stride apart towards zero, as libopenjp2 does.
func halve(a []int32, stride, n int) {
	for i := range n {
		a[i*stride] /= 2
	}
}

// evenRow53 lifts a row that begins with a low-pass sample (F.3.8.2): even samples
// from lo less the quarter of their neighbours, odd ones from hi and the half of
// theirs. There are as many lo as hi or one more, and at least one hi.
func evenRow53(out, lo, hi []int32) {
	h := hi[0]
	e := lo[0] - (h+h+2)>>2
	rest := out[:2*len(hi)]
	lo = lo[1:]
	for _, g := range hi[1:] {
		if len(lo) == 0 || len(rest) < 2 {
			break // never: lo has len(hi)−1 left or more
		}
		next := lo[0] - (h+g+2)>>2
		rest[0], rest[1] = e, h+(e+next)>>1
		h, e = g, next
		lo, rest = lo[1:], rest[2:]
	}
	next := e
	if len(lo) > 0 {
		next = lo[0] - (h+h+2)>>2
		out[len(out)-1] = next
	}
	rest[0], rest[1] = e, h+(e+next)>>1
}

// oddRow53 lifts a row that begins with a high-pass sample. There are as many hi as lo
// or one more, and at least one lo.
func oddRow53(out, lo, hi []int32) {
	g := hi[0]
	var e int32 // the low-pass sample before
	rest := out[:2*len(lo)]
	for i, l := range lo {
		h := g // mirrored where no high-pass sample follows
		if i+1 < len(hi) {
			h = hi[i+1]
		}
		next := l - (g+h+2)>>2
		if i == 0 {
			e = next
		}
		if len(rest) < 2 {
			break // never
		}
		rest[0], rest[1] = g+(e+next)>>1, next
		g, e, rest = h, next, rest[2:]
	}
	if len(hi) > len(lo) {
		out[len(out)-1] = g + e
	}
}

// Columns53 : see Rows53.
func Columns53(a []int32, stride, y0, y1, columns int, s *Scratch) {
	n := y1 - y0
	if n <= 1 {
		if n == 1 && y0&1 == 1 {
			halve(a, 1, columns)
		}
		return
	}
	for x := 0; x < columns; x += strip {
		w := min(strip, columns-x)
		tmp := s.int32s(n * w)
		columns53(tmp, a[x:], stride, w, lows(y0, y1), n, y0&1)
		for y := range n {
			copy(a[y*stride+x:][:w], tmp[y*w:])
		}
	}
}

// columns53 lifts w columns of n samples from a into tmp, row by row. sn of them are
// low-pass; odd is 1 where the first is high-pass. Rows that a neighbour would lie
// beyond are mirrored.
func columns53(tmp, a []int32, stride, w, sn, n, odd int) {
	dn := n - sn
	low := func(j int) []int32 { return a[j*stride:][:w] }
	high := func(j int) []int32 { return a[(sn+max(0, min(j, dn-1)))*stride:][:w] }
	even := func(j int) []int32 { return tmp[(2*max(0, min(j, sn-1))+odd)*w:][:w] }
	for j := range sn {
		quarter53(even(j), low(j), high(j-1+odd), high(j+odd))
		if k := j - 1 + odd; k >= 0 {
			half53(tmp[(2*k+1-odd)*w:][:w], high(k), even(k-odd), even(k+1-odd))
		}
	}
	if k := sn - 1 + odd; k < dn {
		half53(tmp[(2*k+1-odd)*w:][:w], high(k), even(k-odd), even(k+1-odd))
	}
}

// quarter53 is F-5 for a row of columns, half53 F-6.
func quarter53(out, lo, before, after []int32) {
	lo, before, after = lo[:len(out)], before[:len(out)], after[:len(out)]
	for i := range out {
		out[i] = lo[i] - (before[i]+after[i]+2)>>2
	}
}

func half53(out, hi, before, after []int32) {
	hi, before, after = hi[:len(out)], before[:len(out)], after[:len(out)]
	for i := range out {
		out[i] = hi[i] + (before[i]+after[i])>>1
	}
}
