package jpegls

// coder codes the lines of one scan. Lines come as samples and are left as what
// a decoder will make of them.
type coder struct {
	writer
	model
}

// line is the reverse of scan.line.
func (s *coder) line(prev, cur []uint16, runIndex *int) {
	n := len(cur) - 2
	prev[n+1], cur[0] = prev[n], prev[1]
	for x := 1; x <= n; {
		ra, rb, rc := int(cur[x-1]), int(prev[x]), int(prev[x-1])
		q := s.joined(ra, rb, rc, int(prev[x+1]))
		if q == 0 {
			x = s.run(prev, cur, x, runIndex)
			continue
		}
		cur[x] = uint16(s.sample(int(cur[x]), q, ra, rb, rc))
		x++
	}
}

// mixed is the reverse of scan.mixed.
func (s *coder) mixed(prev, cur []uint16, comps int, runIndex *int) {
	n := len(cur) - comps
	copy(prev[n:], prev[n-comps:n])
	copy(cur[:comps], prev[comps:])
	var q [maxComponents]int
	for x := comps; x < n; {
		any := 0
		for i := range comps {
			at := x + i
			q[i&3] = s.joined(int(cur[at-comps]), int(prev[at]), int(prev[at-comps]), int(prev[at+comps]))
			any |= q[i&3]
		}
		if any == 0 {
			x = s.mixedRun(prev, cur, x, comps, runIndex)
			continue
		}
		for i := range comps {
			cur[x] = uint16(s.sample(int(cur[x]), q[i&3], int(cur[x-comps]), int(prev[x]), int(prev[x-comps])))
			x++
		}
	}
}

// error quantises what a sample differs from its prediction by, and returns
// that, brought into RANGE, and the sample that a decoder makes of it.
func (c *coding) error(v, px, sign int) (int, int) {
	e := (v - px) * sign
	if c.near > 0 {
		if e > 0 {
			e = (e + c.near) / c.scale
		} else {
			e = -(c.near - e) / c.scale
		}
	}
	rebuilt := clamp(px+sign*e*c.scale, c.maxval)
	if e < 0 {
		e += c.span
	}
	if e >= (c.span+1)/2 {
		e -= c.span
	}
	return e, rebuilt
}

// sample codes one sample in regular mode and returns what it will be.
func (s *coder) sample(v, q, ra, rb, rc int) int {
	sign := q >> 63
	x := &s.ctx[(q^sign)-sign]
	px := clamp(median(ra, rb-rc, rc-ra)+(int(x.c)^sign)-sign, s.maxval)
	e, rebuilt := s.error(v, px, sign|1)
	flipped := e ^ int(x.flip)
	s.code(flipped<<1^flipped>>63, int(x.k), s.limit, s.qbpp)
	x.add(e, s.scale, s.reset, s.lossless())
	return rebuilt
}

// run codes a run of one component and the sample that ends it, if any, and
// returns where the next sample is.
func (s *coder) run(prev, cur []uint16, x int, runIndex *int) int {
	ra, from, n := int(cur[x-1]), x, len(cur)-1
	for x < n && s.kind(ra, int(cur[x])) == 1 {
		cur[x] = uint16(ra)
		x++
	}
	s.length(x-from, x == n, runIndex)
	if x == n {
		return x
	}
	rb := int(prev[x])
	cur[x] = uint16(s.interruption(int(cur[x]), ra, rb, s.kind(ra, rb), *runIndex))
	*runIndex = max(*runIndex-1, 0)
	return x + 1
}

// mixedRun is run for whole pixels.
func (s *coder) mixedRun(prev, cur []uint16, x, comps int, runIndex *int) int {
	from, n := x, len(cur)-comps
	for x < n && s.same(cur[x-comps:x], cur[x:x+comps]) {
		copy(cur[x:x+comps], cur[x-comps:x])
		x += comps
	}
	s.length((x-from)/comps, x == n, runIndex)
	if x == n {
		return x
	}
	for range comps {
		cur[x] = uint16(s.interruption(int(cur[x]), int(cur[x-comps]), int(prev[x]), 0, *runIndex))
		x++
	}
	*runIndex = max(*runIndex-1, 0)
	return x
}

// same reports whether a pixel belongs to the run of the one before it.
func (c *coding) same(a, b []uint16) bool {
	for i := range a {
		if c.kind(int(a[i]), int(b[i])) == 0 {
			return false
		}
	}
	return true
}

// length codes that of a run (T.87 A.7.1); whole: the line ends with it.
func (s *coder) length(n int, whole bool, runIndex *int) {
	for n >= 1<<orders[*runIndex&31] {
		s.put(1, 1)
		n -= 1 << orders[*runIndex&31]
		*runIndex = min(*runIndex+1, 31)
	}
	switch {
	case !whole:
		s.put(uint64(n), int(orders[*runIndex&31])+1)
	case n > 0:
		s.put(1, 1)
	}
}

// interruption codes the sample behind a run (T.87 A.7.2).
func (s *coder) interruption(v, ra, rb, kind, runIndex int) int {
	x := &s.runs[kind]
	px, sign := rb, 1
	if kind == 1 {
		px = ra
	} else if ra > rb {
		sign = -1
	}
	e, rebuilt := s.error(v, px, sign)
	k := x.k(kind)
	often := 2*int(x.nn) >= int(x.n) // negative errors are
	less := 0
	if e > 0 && k == 0 && !often || e < 0 && (k != 0 || often) {
		less = 1
	}
	coded := 2*max(e, -e) - kind - less
	s.code(coded, k, s.limit-int(orders[runIndex&31])-1, s.qbpp)
	x.add(e, coded, kind, s.reset)
	return rebuilt
}
