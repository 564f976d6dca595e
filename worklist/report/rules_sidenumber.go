package report

import (
	"math"
	"strings"

	"github.com/nocturne/nocturne/worklist/prose"
)

// numbersOnOtherSide: a size or a percentage that the impression gives to one side stands
// in the findings, and only on the other.
func numbersOnOtherSide(r *read) []Finding {
	said := first(sidedNumbers(r.text(Impression), r.quantities(Impression)))
	if len(said) == 0 {
		return nil
	}
	found := first(sidedNumbers(r.text(Findings), r.quantities(Findings)))
	for _, n := range said {
		if n.side == both || n.side == "" {
			continue
		}
		t := r.text(Impression)
		from, to := t.Clause(n.q.Word)
		if t.Has(from, to, notNews) || n.q.Value == 0 {
			continue
		}
		other, same := -1, false
		for _, f := range found {
			if !sameSize(n.q, f.q) {
				continue
			}
			if f.side == n.side.other() {
				other = f.q.From
			} else {
				same = true
			}
		}
		if other >= 0 && !same {
			x := r.says(Impression, n.q.From, n.q.To, otherSideHint)
			x.Evidence = append([]string{"findings: " + quote(r.text(Findings).Raw, other, other+1)}, x.Evidence...)
			return []Finding{x}
		}
	}
	return nil
}

func sameSize(a, b prose.Quantity) bool {
	if a.Length && b.Length {
		return math.Abs(a.MM-b.MM) < 0.05
	}
	return a.Unit == b.Unit && a.Value == b.Value
}

// sidedNumber is a quantity with the one side of its clause, else of its sentence or of
// its line's label; "" where none is named, both where two are.
type sidedNumber struct {
	q    prose.Quantity
	side side
}

func sidedNumbers(t *prose.Text, qs []prose.Quantity) (out []sidedNumber) {
	if len(qs) == 0 {
		return nil
	}
	hits := sidesIn(t)
	within := func(from, to int) (s side) {
		for _, h := range hits {
			switch {
			case h.at < from || h.at >= to:
			case s == "":
				s = h.side
			case s != h.side:
				s = both
			}
		}
		return s
	}
	label, last := side(""), side("")
	line, read := -2, 0
	for _, q := range first(qs) {
		if !q.Length && q.Unit != "%" {
			continue
		}
		w := t.Words[q.Word]
		s := within(t.Clause(q.Word))
		if s == "" {
			s = within(t.Sentence(w.Sentence))
		}
		if s == "" && w.Label >= 0 {
			if w.Label != line {
				line, label = w.Label, within(w.Label, w.Label+4)
			}
			s = label
		}
		if s == "" && !strings.Contains(t.Raw[t.Words[read].From:w.From], "\n") {
			s = last // "Right lobe 5 cm. Lower pole: 31 mm nodule."
		}
		last, read = s, q.Word
		out = append(out, sidedNumber{q, s})
	}
	return out
}

// thingsOnOtherSide: a thing that the impression affirms of one side, the findings affirm
// of the other only.
func thingsOnOtherSide(r *read) []Finding {
	findings := first(r.claims(Findings))
	for _, i := range first(r.claims(Impression)) {
		if i.State != prose.Affirmed || i.Sides != prose.Right && i.Sides != prose.Left {
			continue
		}
		other, same := -1, false
		for k, f := range findings {
			if f.State == prose.Affirmed && f.Sides&i.Sides != 0 {
				same = true // it may be called by another name
			}
			if f.Term.Name != i.Term.Name && f.Term.Of != i.Term.Name && i.Term.Of != f.Term.Name || f.State == prose.Denied {
				continue
			}
			if f.Sides != 0 && f.Sides&i.Sides == 0 {
				other = k
			} else {
				same = true
			}
		}
		if other >= 0 && !same {
			x := r.claimed(Impression, i, otherSideHint)
			x.Evidence = append([]string{"findings: " + r.quoted(Findings, findings[other])}, x.Evidence...)
			return []Finding{x}
		}
	}
	return nil
}
