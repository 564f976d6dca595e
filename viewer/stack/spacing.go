package stack

import (
	"fmt"

	"github.com/nocturne/nocturne/cache/space"
)

// Lie is what a reader must know of how a stack's slices lie.
type Lie struct {
	missing int     // places in its holes
	twice   int     // places with more than one slice
	uneven  float64 // mm, the largest departure of a distance from the usual; 0 within 1 %
	tilt    float64 // degrees of the gantry; 0 below half a degree
}

func spacingOf(sp space.Stack) (s Lie) {
	s.missing, s.twice = sp.Expected()-len(sp.Order), len(sp.Duplicates)
	if sp.Uneven > 0.01*sp.Spacing {
		s.uneven = sp.Uneven
	}
	if sp.Tilt >= 0.5 {
		s.tilt = sp.Tilt
	}
	return s
}

// Words are on every tile of the stack, and on its reformats; "" where all is as it
// should be.
func (s Lie) Words() string {
	var out []string
	count := func(n int, one, many string) {
		if n == 1 {
			out = append(out, "1 "+one)
		} else if n > 1 {
			out = append(out, fmt.Sprintf("%d %s", n, many))
		}
	}
	count(s.missing, "slice missing", "slices missing")
	count(s.twice, "position twice", "positions twice")
	if s.uneven > 0 {
		out = append(out, fmt.Sprintf("spacing uneven by %.1f mm", max(s.uneven, 0.1)))
	}
	if s.tilt > 0 {
		out = append(out, fmt.Sprintf("gantry tilt %.0f°", s.tilt))
	}
	return join(" · ", out...)
}

// once leaves one slice in each place, the first in the order of their numbers, and
// says how many it leaves out.
func once(planes []space.Plane, sorted space.Stack) (index []int, out int) {
	double := map[int]bool{}
	for _, d := range sorted.Duplicates {
		double[d[1]] = true
	}
	for k, i := range sorted.Order {
		if !double[k] {
			index = append(index, i)
		}
	}
	return index, len(double)
}
