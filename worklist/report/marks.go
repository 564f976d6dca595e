package report

import (
	"slices"
	"unicode/utf8"
)

// Mark is where a finding stands in a section's text as the draft holds it: runes
// [From, To), tokens and frames as their runes.
type Mark struct {
	From, To int
	Finding  Finding
}

// silent are the checks that say nothing while the report is being written: what is
// unconfirmed is drawn by itself.
var silent = []string{"unconfirmed", "pulled-text", "addendum-reason"}

// Live runs the checks of words alone, for the eye while the reader types; what the
// reader overrode is left out.
func Live(d *Draft, f Facts) []Finding {
	return slices.DeleteFunc(checkText(d, f), func(x Finding) bool { return x.Override != "" || slices.Contains(silent, x.Rule) })
}

// Marks gives the places in a section that findings are about, in the order of the
// text. The findings are those of this very draft.
func Marks(d *Draft, findings []Finding, s Section) (out []Mark) {
	var places []int
	for _, f := range findings {
		if f.Section != s || f.at[1] <= f.at[0] {
			continue
		}
		if places == nil {
			places = d.places(s)
		}
		from, _ := slices.BinarySearch(places, f.at[0]+1)
		to, _ := slices.BinarySearch(places, f.at[1])
		out = append(out, Mark{From: max(0, from-1), To: to, Finding: f})
	}
	slices.SortStableFunc(out, func(a, b Mark) int { return a.From - b.From })
	return out
}

// places is, for each rune of a section, the byte of the plain text where it begins.
func (d *Draft) places(s Section) []int {
	text := []rune(d.Sections[s])
	out, at := make([]int, len(text)), 0
	for i, r := range text {
		out[i] = at
		switch {
		case d.span(r) != nil && i+1 < len(text) && text[i+1] == SpanEnd:
			at += len(d.read(text[i : i+2]))
		case d.own(r):
			at += len(d.read(text[i : i+1]))
		default:
			at += utf8.RuneLen(r)
		}
	}
	return out
}
