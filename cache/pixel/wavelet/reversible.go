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
	sn := lows(x0, x1)
	lo := s.int32s(sn)
	for y := range rows {
		row := a[y*stride:][:n]
		copy(lo, row)
		if x0&1 == 0 {
			evenRow53(row, lo, row[sn:])
		} else {
			oddRow53(row, lo, row[sn:])
		}
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
// theirs. There are as many lo as hi or one more, and at least one hi, which may lie
// at the end of out: each is read before its place is written.
func evenRow53(out, lo, hi []int32) {
	h, m := hi[0], len(hi)-1
	e := lo[0] - (h+h+2)>>2
	pairs, lows, highs := out[:2*m], lo[1:m+1], hi[1:]
	for x := 0; x < len(pairs)-1; x += 2 {
		g := highs[x>>1]
		next := lows[x>>1] - (h+g+2)>>2
		pairs[x], pairs[x+1] = e, h+(e+next)>>1
		h, e = g, next
	}
	next := e
	if len(lo) > m+1 {
		next = lo[m+1] - (h+h+2)>>2
		out[len(out)-1] = next
	}
	out[2*m], out[2*m+1] = e, h+(e+next)>>1
}

// oddRow53 lifts a row that begins with a high-pass sample. There are as many hi as lo
// or one more, and at least one lo.
func oddRow53(out, lo, hi []int32) {
	g, m := hi[0], len(hi)-1
	e := lo[0] - (g+hi[min(1, m)]+2)>>2 // mirrored: the low-pass sample before is the one after
	pairs, lows, highs := out[:2*m], lo[:m], hi[1:]
	for x := 0; x < len(pairs)-1; x += 2 {
		h := highs[x>>1]
		next := lows[x>>1] - (g+h+2)>>2
		pairs[x], pairs[x+1] = g+(e+next)>>1, next
		g, e = h, next
	}
	next := e
	if len(lo) > m {
		next = lo[m] - (g+g+2)>>2
		if m == 0 {
			e = next
		}
		out[2*m+1] = next
	}
	out[2*m] = g + (e+next)>>1
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
	for x := 0; x < columns; x += strip(n) {
		w := min(strip(n), columns-x)
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
