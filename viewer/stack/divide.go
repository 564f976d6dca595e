package stack

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/nocturne/nocturne/cache/space"
)

// portion is a part of the slices of one direction: a stack of its own.
type portion struct {
	told  []told
	index []int
}

// told is what told a portion from the others: the mark of a tell, and its value.
type told struct{ mark, value string }

func (c portion) mark() (s string) {
	for _, t := range c.told {
		s += "|" + t.mark + "=" + t.value
	}
	return s
}

func (c portion) with(mark, value string, index ...int) portion {
	return portion{told: append(slices.Clip(c.told), told{mark, value}), index: index}
}

// divide cuts slices of one direction, in viewing order, that lie in the same places
// several times: phases, passes, images of several kinds. What lies in one place only
// is one stack, in the order of its numbers. Slices that nothing tells apart stay
// together, each of them.
func divide(slots []Slot, at []float64) []portion {
	all := make([]int, len(slots))
	for i := range all {
		all[i] = i
	}
	if places(at, all) < 2 {
		return []portion{{index: all}}
	}
	out := byTells(slots, at, portion{index: all}, tells)
	if len(out) == 1 {
		return byRuns(slots, at, out[0])
	}
	return out
}

func byTells(slots []Slot, at []float64, c portion, left []tell) []portion {
	for n, t := range left {
		parts := groupsOf(slots, c, t)
		if len(parts) < 2 || 2*len(parts) > len(c.index) || t.mark != "t" && !explains(at, c, parts) {
			continue
		}
		var out []portion
		for _, p := range parts {
			out = append(out, byTells(slots, at, p, left[n+1:])...)
		}
		return out
	}
	return []portion{c}
}

// explains reports whether parts have far fewer slices in one place than the whole: at
// least half of what lies beside the largest part lies where others lie.
func explains(at []float64, c portion, parts []portion) bool {
	before, after, largest := len(c.index)-places(at, c.index), 0, 0
	for _, p := range parts {
		if places(at, p.index) < 2 {
			return false
		}
		after += len(p.index) - places(at, p.index)
		largest = max(largest, len(p.index))
	}
	return before > after && 2*(before-after) >= len(c.index)-largest
}

// groupsOf are the slices by what t says of them, by number, else by word.
func groupsOf(slots []Slot, c portion, t tell) []portion {
	by := map[string]int{}
	var out []portion
	var values []string
	for _, i := range c.index {
		v := t.of(slots[i])
		k, ok := by[v]
		if !ok {
			k = len(out)
			by[v] = k
			out, values = append(out, c.with(t.mark, v)), append(values, v)
		}
		out[k].index = append(out[k].index, i)
	}
	order := make([]int, len(out))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return inOrder(values[a], values[b]) })
	return pick(out, order)
}

func inOrder(a, b string) int {
	x, errX := strconv.ParseFloat(a, 64)
	y, errY := strconv.ParseFloat(b, 64)
	switch {
	case errX != nil || errY != nil:
		return strings.Compare(a, b)
	case x < y:
		return -1
	case x > y:
		return 1
	}
	return 0
}

// samePlace is how near two slices are in one place, mm.
const samePlace = 1e-3

// places is how many different places slices lie in; at ascends.
func places(at []float64, index []int) (n int) {
	last := math.Inf(-1)
	for _, i := range index {
		if at[i]-last > samePlace {
			n++
		}
		last = at[i]
	}
	return n
}

// byRuns cuts slices that nothing tells apart but their numbers: where runs of equal
// length follow each other and each lies once in every place.
func byRuns(slots []Slot, at []float64, c portion) []portion {
	n := places(at, c.index)
	if n < 2 || len(c.index)%n != 0 || len(c.index) == n {
		return []portion{c}
	}
	order := slices.Clone(c.index)
	slices.SortStableFunc(order, func(a, b int) int {
		x, y := slots[a], slots[b]
		return (x.Instance.Number()-y.Instance.Number())<<16 + x.Frame - y.Frame
	})
	var out []portion
	for run := range len(order) / n {
		part := slices.Clone(order[run*n : (run+1)*n])
		slices.Sort(part)
		if places(at, part) != n {
			return []portion{c}
		}
		out = append(out, c.with("n", strconv.Itoa(run+1), part...))
	}
	return out
}

// radial reports whether planes turn about a line, so that no two of them are a stack:
// they are scrolled in the order of their numbers.
func radial(planes []space.Plane) bool {
	if len(planes) < 6 || len(planes) > maxDirections {
		return false
	}
	for i, p := range planes {
		if slices.ContainsFunc(planes[:i], p.Parallel) {
			return false
		}
	}
	return true
}
