package jpegls

import "math/bits"

// median is the prediction of T.87 A.4.1, from Ra and the differences Rb − Rc and
// Rc − Ra. It and clamp are made of signs, for min, max and if become jumps here,
// which no processor foresees.
func median(ra, d2, d3 int) int {
	less := (d2 + d3) >> 63
	return ra + d2&^((less^d2)>>63) + d3&((less^d3)>>63)
}

// clamp brings v into 0 to top.
func clamp(v, top int) int {
	rest := top - v&^(v>>63)
	return top - rest&^(rest>>63)
}

// rebuilt is the sample that a quantised error stands for (T.87 A.4.5).
func (c *coding) rebuilt(px, err int) int {
	v := px + err*c.scale
	switch wrap := c.span * c.scale; {
	case v < -c.near:
		v += wrap
	case v > c.maxval+c.near:
		v -= wrap
	}
	return clamp(v, c.maxval)
}

// sample decodes one sample in regular mode.
func (s *scan) sample(q, ra, rb, rc int) (int, error) {
	sign := q >> 63
	x := &s.ctx[(q^sign)-sign]
	coded, err := s.code(int(x.k), s.limit, s.qbpp)
	if err != nil {
		return 0, err
	}
	if coded > maxCoded {
		return 0, errCode
	}
	px := clamp(median(ra, rb-rc, rc-ra)+(int(x.c)^sign)-sign, s.maxval)
	e := coded>>1 ^ -(coded & 1) ^ int(x.flip)
	x.add(e, s.scale, s.reset, s.lossless())
	return s.rebuilt(px, (e^sign)-sign), nil
}

// length decodes how many of the left samples, or pixels, of a line the run
// that begins here has (T.87 A.7.1), and whether the line ends with it.
func (s *scan) length(left int, runIndex *int) (int, bool, error) {
	for n := 0; ; {
		v, err := s.peek()
		if err != nil {
			return 0, false, err
		}
		ones := min(bits.LeadingZeros64(^v), 32)
		for i := 1; i <= ones; i++ {
			if n += 1 << orders[*runIndex&31]; n <= left {
				*runIndex = min(*runIndex+1, 31)
			}
			if n >= left {
				s.at += i
				return left, true, nil
			}
		}
		s.at += ones
		if ones == 32 {
			continue
		}
		order := orders[*runIndex&31] // at most 15: the bits of the rest are in v
		s.at += 1 + int(order)
		if n += int(v << (ones + 1) >> 1 >> (63 - order)); n > left {
			return 0, false, errRun
		}
		return n, n == left, nil
	}
}

// run decodes a run of one component and the sample that ends it, if the line
// does not. It returns where the next sample is.
func (s *scan) run(prev, cur []uint16, x int, runIndex *int) (int, error) {
	n, whole, err := s.length(len(cur)-1-x, runIndex)
	if err != nil {
		return x, err
	}
	ra := cur[x-1]
	fill(cur[x:x+n], ra)
	x += n
	if whole {
		return x, nil
	}
	v, err := s.interruption(int(ra), int(prev[x]), s.kind(int(ra), int(prev[x])), *runIndex)
	cur[x] = uint16(v)
	*runIndex = max(*runIndex-1, 0)
	return x + 1, err
}

// fill is a loop over cells that are nearly always few or all zero.
func fill(cells []uint16, v uint16) {
	if v == 0 {
		clear(cells)
		return
	}
	for i := range cells {
		cells[i] = v
	}
}

// kind is RItype of T.87 A.7.2: 1 where the sample above belongs to the run.
func (c *coding) kind(ra, rb int) int {
	if d := ra - rb; d > c.near || d < -c.near {
		return 0
	}
	return 1
}

// interruption decodes the sample behind a run (T.87 A.7.2).
func (s *scan) interruption(ra, rb, kind, runIndex int) (int, error) {
	x := &s.runs[kind]
	k := x.k(kind)
	coded, err := s.code(k, s.limit-int(orders[runIndex&31])-1, s.qbpp)
	if err != nil {
		return 0, err
	}
	if coded > maxCoded {
		return 0, errCode
	}
	e := (coded + kind + 1) >> 1
	if odd := (coded+kind)&1 != 0; odd == (k != 0 || 2*int(x.nn) >= int(x.n)) {
		e = -e
	}
	x.add(e, coded, kind, s.reset)
	switch {
	case kind == 1:
		return s.rebuilt(ra, e), nil
	case ra > rb:
		e = -e
	}
	return s.rebuilt(rb, e), nil
}

// mixed decodes a line whose components alternate sample by sample (T.87 annex
// B.3). prev and cur hold the samples of a pixel side by side, and a pixel more
// on either side. Runs are of whole pixels, and there is one run index.
func (s *scan) mixed(prev, cur []uint16, comps int, runIndex *int) error {
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
			var err error
			if x, err = s.mixedRun(prev, cur, x, comps, runIndex); err != nil {
				return err
			}
			continue
		}
		for i := range comps {
			v, err := s.sample(q[i&3], int(cur[x-comps]), int(prev[x]), int(prev[x-comps]))
			if err != nil {
				return err
			}
			cur[x] = uint16(v)
			x++
		}
	}
	return nil
}

// mixedRun is run for whole pixels: samples that end one are all of RItype 0.
func (s *scan) mixedRun(prev, cur []uint16, x, comps int, runIndex *int) (int, error) {
	n, whole, err := s.length((len(cur)-comps-x)/comps, runIndex)
	if err != nil {
		return x, err
	}
	for to := x + n*comps; x < to; x++ {
		cur[x] = cur[x-comps]
	}
	if whole {
		return x, nil
	}
	for range comps {
		v, err := s.interruption(int(cur[x-comps]), int(prev[x]), 0, *runIndex)
		if err != nil {
			return x, err
		}
		cur[x] = uint16(v)
		x++
	}
	*runIndex = max(*runIndex-1, 0)
	return x, nil
}
