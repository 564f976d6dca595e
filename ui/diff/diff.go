// Package diff tells two texts apart by words, and draws what differs.
package diff

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// Kind is what became of a piece of text.
type Kind int

// The kinds.
const (
	Same Kind = iota
	Removed
	Added
)

// Piece is a run of text with what became of it.
type Piece struct {
	Kind Kind
	Text string
}

// Words compares two texts word by word, blanks and signs as words of their own. The
// pieces that are not Added make a, those not Removed make b; what is taken out comes
// before what is put in its place.
//
// It is Myers' algorithm (Algorithmica 1, 1986), which finds the fewest changes. Texts
// with more than mostChanges of them are told apart as wholes between what they begin
// and end with in common: (2·mostChanges)² bytes are the most it needs.
func Words(a, b string) []Piece {
	x, y := split(a), split(b)
	head := 0
	for head < len(x) && head < len(y) && x[head] == y[head] {
		head++
	}
	tail := 0
	for tail < len(x)-head && tail < len(y)-head && x[len(x)-1-tail] == y[len(y)-1-tail] {
		tail++
	}
	out := pieces{}
	out.add(Same, x[:head]...)
	for _, s := range script(x[head:len(x)-tail], y[head:len(y)-tail]) {
		out.add(s.Kind, s.Text)
	}
	out.add(Same, x[len(x)-tail:]...)
	return out.grouped()
}

// mostChanges bounds the work.
const mostChanges = 2000

// decimal is a number with its fraction: one word.
var decimal = regexp.MustCompile(`^[0-9]+[.,][0-9]`)

// split cuts text into words, blanks and single signs.
func split(s string) (out []string) {
	kind := func(r rune) int {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			return 1
		case unicode.IsSpace(r) && r != '\n':
			return 2
		}
		return 0
	}
	start, last := 0, -1
	for i, r := range s {
		k := kind(r)
		if (r == '.' || r == ',') && decimal.MatchString(s[start:min(len(s), i+2)]) {
			k = last
		}
		if i > start && (k != last || k == 0) {
			out = append(out, s[start:i])
			start = i
		}
		last = k
	}
	if start < len(s) {
		out = append(out, s[start:])
	}
	return out
}

// script is the shortest way from x to y, a word at a time.
func script(x, y []string) (out []Piece) {
	trace, ok := furthest(x, y)
	if !ok {
		return []Piece{{Removed, strings.Join(x, "")}, {Added, strings.Join(y, "")}}
	}
	i, j := len(x), len(y)
	for d := len(trace) - 1; d >= 0; d-- {
		v, k := trace[d], i-j
		down := k == -d || k != d && at(v, k-1) < at(v, k+1)
		from := k - 1
		if down {
			from = k + 1
		}
		pi := at(v, from)
		pj := pi - from
		for i > pi && j > pj {
			i, j = i-1, j-1
			out = append(out, Piece{Same, x[i]})
		}
		switch {
		case d == 0:
		case down:
			j--
			out = append(out, Piece{Added, y[j]})
		default:
			i--
			out = append(out, Piece{Removed, x[i]})
		}
	}
	slices.Reverse(out)
	return out
}

// at is how far diagonal k has come; the diagonals of d changes stand at [-d, d], two
// apart from each other, after one that is never used.
func at(v []int32, k int) int {
	d := (len(v) - 3) / 2
	return int(v[k+d+1])
}

// furthest notes how far each diagonal gets with each number of changes.
func furthest(x, y []string) (trace [][]int32, ok bool) {
	most := min(len(x)+len(y), mostChanges)
	v := make([]int32, 2*most+3)
	for d := 0; d <= most; d++ {
		kept := make([]int32, 2*d+3)
		copy(kept, v[most-d:most+d+3])
		trace = append(trace, kept)
		for k := -d; k <= d; k += 2 {
			c := k + most + 1
			i := v[c-1] + 1
			if k == -d || k != d && v[c-1] < v[c+1] {
				i = v[c+1]
			}
			j := int(i) - k
			for int(i) < len(x) && j < len(y) && x[i] == y[j] {
				i, j = i+1, j+1
			}
			v[c] = i
			if int(i) >= len(x) && j >= len(y) {
				return trace, true
			}
		}
	}
	return nil, false
}

// pieces gathers words into runs.
type pieces []Piece

func (p *pieces) add(k Kind, words ...string) {
	for _, w := range words {
		if w == "" {
			continue
		}
		if n := len(*p); n > 0 && (*p)[n-1].Kind == k {
			(*p)[n-1].Text += w
		} else {
			*p = append(*p, Piece{k, w})
		}
	}
}

// grouped puts all that was taken out before what was put in its place, blanks between
// changes with them, so that a phrase reads as one.
func (p pieces) grouped() []Piece {
	var out pieces
	for i := 0; i < len(p); {
		if p[i].Kind == Same {
			out.add(Same, p[i].Text)
			i++
			continue
		}
		removed, added := "", ""
		for ; i < len(p); i++ {
			between := p[i].Kind == Same && i+1 < len(p) && strings.Trim(p[i].Text, " ") == "" && removed+added != ""
			if p[i].Kind == Same && !between {
				break
			}
			if p[i].Kind != Added {
				removed += p[i].Text
			}
			if p[i].Kind != Removed {
				added += p[i].Text
			}
		}
		out.add(Removed, removed)
		out.add(Added, added)
	}
	return out
}
