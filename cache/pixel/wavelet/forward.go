package wavelet

// Forward53 is one level of the reversible transform (F.4.2): samples in, bands out.
// Inverse53 gives the samples back exactly.
func Forward53(a []int32, stride, x0, y0, x1, y1 int, s *Scratch) {
	w, h := x1-x0, y1-y0
	if w == 0 || h == 0 {
		return
	}
	for x := 0; x < w; x += strip(h) {
		forwardColumns53(a[x:], stride, y0, y1, min(strip(h), w-x), s)
	}
	tmp := s.int32s(w)
	for y := range h {
		forwardRow53(a[y*stride:][:w], tmp, x0)
	}
}

// forwardColumns53 lifts w columns, a row of them at a time: high-pass rows first
// (F-9), then low-pass ones (F-10).
func forwardColumns53(a []int32, stride, y0, y1, w int, s *Scratch) {
	n, odd := y1-y0, y0&1
	if n == 1 && odd == 1 {
		double(a[:w])
	}
	if n <= 1 {
		return
	}
	row := func(i int) []int32 { return a[mirrored(i, n)*stride:][:w] }
	for i := 1 - odd; i < n; i += 2 {
		out, before, after := row(i), row(i-1), row(i+1)
		for x := range out {
			out[x] -= (before[x] + after[x]) >> 1
		}
	}
	for i := odd; i < n; i += 2 {
		out, before, after := row(i), row(i-1), row(i+1)
		for x := range out {
			out[x] += (before[x] + after[x] + 2) >> 2
		}
	}
	tmp, sn := s.int32s(n*w), lows(y0, y1)
	for i := range n {
		copy(tmp[place(i, odd, sn)*w:][:w], row(i))
	}
	for i := range n {
		copy(row(i), tmp[i*w:][:w])
	}
}

// place is where sample i of a line goes whose first is low-pass unless odd is 1.
func place(i, odd, sn int) int {
	if (i+odd)&1 == 0 {
		return i / 2
	}
	return sn + i/2
}

func double(a []int32) {
	for i := range a {
		a[i] *= 2
	}
}

func forwardRow53(a, tmp []int32, x0 int) {
	n, odd := len(a), x0&1
	if n == 1 && odd == 1 {
		a[0] *= 2
	}
	if n <= 1 {
		return
	}
	copy(tmp, a)
	for i := 1 - odd; i < n; i += 2 {
		tmp[i] -= (tmp[mirrored(i-1, n)] + tmp[mirrored(i+1, n)]) >> 1
	}
	sn := lows(x0, x0+n)
	for i := odd; i < n; i += 2 {
		tmp[i] += (tmp[mirrored(i-1, n)] + tmp[mirrored(i+1, n)] + 2) >> 2
	}
	for i := range tmp {
		a[place(i, odd, sn)] = tmp[i]
	}
}

// mirrored is place i, −1 to n, brought into 0 … n−1 (F.4.7).
func mirrored(i, n int) int {
	switch {
	case i < 0:
		return 1
	case i == n:
		return n - 2
	}
	return i
}
