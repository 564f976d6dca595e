package measure

import "math"

// sums add values up without losing the small differences of large ones: they are
// taken from the first value, and what each addition rounds away is kept
// (Neumaier's compensated sum). Whole numbers are summed exactly.
type sums struct {
	n        int
	first    float64
	one, two total // Σ(v−first), Σ(v−first)²
	whole    total // Σv
	min, max float64
}

func (s *sums) add(v float64) {
	if s.n++; s.n == 1 {
		s.first, s.min, s.max = v, v, v
	}
	s.min, s.max = math.Min(s.min, v), math.Max(s.max, v)
	d := v - s.first
	s.whole.add(v)
	s.one.add(d)
	s.two.add(d * d)
}

func (s *sums) mean() float64 {
	if s.n == 0 {
		return 0
	}
	return s.whole.value() / float64(s.n)
}

func (s *sums) sd() float64 {
	if s.n == 0 {
		return 0
	}
	n := float64(s.n)
	one := s.one.value()
	return math.Sqrt(math.Max(0, (s.two.value()-one*one/n)/n))
}

// total is a compensated sum.
type total struct{ sum, lost float64 }

func (t *total) add(v float64) {
	next := t.sum + v
	if math.Abs(t.sum) >= math.Abs(v) {
		t.lost += (t.sum - next) + v
	} else {
		t.lost += (v - next) + t.sum
	}
	t.sum = next
}

func (t total) value() float64 { return t.sum + t.lost }
