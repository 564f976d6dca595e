package report

import (
	"slices"

	"github.com/nocturne/nocturne/worklist/prose"
)

// sideConflict: the order, or all images, are of one side, and the impression
// names the other (scenario 4). Both are quoted.
func sideConflict(r *read) []Finding {
	want, ok := r.facts.orderSide()
	if !ok {
		if want, ok = r.facts.imageSide(); !ok {
			return nil
		}
	}
	return against(r, want, "the report names another side than the order", besideComparison, Impression, Addendum)
}

// sideElsewhere is the same for the sections in which the other side may well be
// spoken of, for comparison.
func sideElsewhere(r *read) []Finding {
	want, ok := r.facts.orderSide()
	if !ok || prose.Parse(r.facts.Exam).Any(0, 40, "pelvis", "hips", "both", "bilateral", "whole", "chest", "abdomen", "spine") {
		return nil
	}
	return against(r, want, "the other side than the order's is mentioned", inComparison, Technique, Findings, Recommendation)
}

func against(r *read, want statedSide, hint string, spared func(*prose.Text, int) bool, sections ...Section) (out []Finding) {
	for _, s := range sections {
		t := r.text(s)
		for _, h := range sidesIn(t) {
			if h.side == want.side.other() && !spared(t, h.at) {
				f := r.word(s, h.at, hint)
				f.Evidence = append([]string{want.words}, f.Evidence...)
				out = append(out, f)
				break
			}
		}
	}
	return out
}

var comparing = prose.Set(`compared comparison contralateral opposite vergleich gegenseite`)

// besideComparison: the side is named as the one that is compared with, right there:
// "compared with the left", "contralateral left", or as not examined.
func besideComparison(t *prose.Text, at int) bool {
	from, to := t.Sentence(t.Words[at].Sentence)
	for i := max(from, at-3); i < at; i++ {
		if comparing[t.Words[i].Low] {
			return true
		}
	}
	return notExamined(t, at, to)
}

func notExamined(t *prose.Text, from, to int) bool {
	if t.Any(from-1, from, "no") && t.Any(from+1, min(to, from+4), "imaging", "images", "views", "radiograph", "radiographs", "examination") {
		return true
	}
	for i := from; i < to; i++ {
		if t.Words[i].Low == "not" && t.Any(i+1, min(to, i+3), "examined", "imaged", "assessed", "included", "performed") {
			return true
		}
	}
	return false
}

// inComparison: the whole sentence compares.
func inComparison(t *prose.Text, at int) bool {
	from, to := t.Sentence(t.Words[at].Sentence)
	return t.Has(from, to, comparing) || notExamined(t, at, to)
}

// sideOfImages: order and images disagree (N5).
func sideOfImages(_ *Draft, f Facts) []Finding {
	order, ok := f.orderSide()
	images, iok := f.imageSide()
	if !ok || !iok || order.side == images.side {
		return nil
	}
	return []Finding{{Evidence: []string{order.words, images.words}, Hint: "order and images name different sides"}}
}

// sideWithinReport: the impression gives something a side that the findings give
// only to the other.
func sideWithinReport(r *read) (out []Finding) {
	out = nounsOnOtherSide(r)
	if len(out) == 0 {
		out = sentencesOnOtherSide(r)
	}
	if len(out) == 0 {
		out = numbersOnOtherSide(r)
	}
	if len(out) == 0 {
		out = thingsOnOtherSide(r)
	}
	if len(out) == 0 {
		out = sideNeverFound(r)
	}
	return out
}

const otherSideHint = "findings and impression name different sides"

func nounsOnOtherSide(r *read) (out []Finding) {
	findings, impression := r.text(Findings), r.text(Impression)
	found, said := first(sidedNouns(findings)), first(sidedNouns(impression))
	for i, n := range said {
		if n.side == both || n.idle || n.normal || slices.ContainsFunc(said[:i], func(o sidedNoun) bool { return o.from == n.from }) {
			continue
		}
		var other *sidedNoun
		same := false
		for k, f := range found {
			if !f.partOf(n) {
				continue
			}
			same = same || (f.side == n.side || f.side == both) && !f.normal
			if other == nil && f.side == n.side.other() && !f.normal {
				other = &found[k]
			}
		}
		if other == nil || same {
			continue
		}
		f := r.says(Impression, n.from, n.to, otherSideHint)
		f.Evidence = append([]string{"findings: " + quote(findings.Raw, other.from, other.to)}, f.Evidence...)
		out = append(out, f)
	}
	return out
}

// sided is a sentence with the one side that it, or its line's label, names.
type sided struct {
	side     side // "" without one, both with two
	from, to int  // words
	at       int  // of the side
}

func sidedSentences(t *prose.Text) []sided {
	out := make([]sided, t.Sentences())
	for n := range out {
		out[n].from, out[n].to = t.Sentence(n)
	}
	named := make([]side, len(t.Words))
	for _, h := range sidesIn(t) {
		named[h.at] = h.side
		s := &out[t.Words[h.at].Sentence]
		if s.side == "" {
			s.side, s.at = h.side, h.at
		} else if s.side != h.side {
			s.side = both
		}
	}
	for n := range out {
		if l := t.Words[out[n].from].Label; out[n].side == "" && l >= 0 && named[l] != "" {
			out[n].side, out[n].at = named[l], l
		}
	}
	return out
}

// sentencesOnOtherSide: what the impression says of one side, in the findings a sentence
// of the other side says, with the same words and numbers.
func sentencesOnOtherSide(r *read) []Finding {
	findings, impression := r.text(Findings), r.text(Impression)
	var sentences []sided
	for _, s := range first(sidedSentences(impression)) {
		if s.side == "" || s.side == both || impression.Has(s.from, s.to, notNews) || inComparison(impression, s.at) {
			continue
		}
		if sentences == nil {
			sentences = first(sidedSentences(findings))
		}
		same, other, there := 0, 0, -1
		for _, f := range sentences {
			switch n := shared(impression, s, findings, f); {
			case f.side == s.side.other() && n > other:
				other, there = n, f.at
			case f.side != s.side.other() && f.side != "":
				same = max(same, n)
			}
		}
		if other >= 3 && other >= same+2 || other == 2 && same == 0 {
			f := r.word(Impression, s.at, otherSideHint)
			w := findings.Words[there]
			f.Evidence = append([]string{"findings: " + quote(findings.Raw, w.From, w.To)}, f.Evidence...)
			return []Finding{f}
		}
	}
	return nil
}

// shared weighs the words that two sentences have in common: a number counts double.
func shared(a *prose.Text, s sided, b *prose.Text, o sided) (n int) {
	for i := s.from; i < s.to; i++ {
		w := a.Words[i].Low
		number := w[0] >= '0' && w[0] <= '9'
		if len(w) < 5 && !(number && (len(w) > 1 || a.Any(i+1, i+2, "mm", "cm"))) || sideWords[w] != "" || common[w] {
			continue
		}
		for k := o.from; k < o.to; k++ {
			if b.Words[k].Low == w {
				n++
				if number && len(w) > 1 {
					n++
				}
				break
			}
		}
	}
	return n
}

var common = prose.Set(`small large with which measuring measures about there previously unchanged stable posterior anterior lower upper normal mildly moderate slightly`)

// sideNeverFound: the impression affirms something of a side that the findings never
// name, while they name the other.
func sideNeverFound(r *read) []Finding {
	hits := sidesIn(r.text(Impression))
	if len(hits) == 0 {
		return nil
	}
	named := map[side]bool{}
	for _, h := range sidesIn(r.text(Findings)) {
		if !named[h.side] && !inComparison(r.text(Findings), h.at) && !r.allWell(h.at) {
			named[h.side] = true
		}
	}
	if named[right] && named[left] || named[both] || len(sidedNouns(r.text(Findings))) == 0 {
		return nil
	}
	t := r.text(Impression)
	for _, h := range hits {
		from, to := t.Sentence(t.Words[h.at].Sentence)
		if h.side == both || named[h.side] || named[both] || !named[h.side.other()] || t.Has(from, to, notNews) || inComparison(t, h.at) {
			continue
		}
		if a, b := t.Clause(h.at); t.Has(a, b, plainlyWell) {
			continue
		}
		f := r.word(Impression, h.at, "the findings name only the other side")
		return []Finding{f}
	}
	return nil
}

// allWell: the sentence only says that this side is normal.
func (r *read) allWell(at int) bool {
	t := r.text(Findings)
	a, b := t.Clause(at)
	if !t.Has(max(a, at-3), min(b, at+8), plainlyWell) {
		return false
	}
	from, to := t.Sentence(t.Words[at].Sentence)
	for _, q := range r.quantities(Findings) {
		if q.Word >= from && q.Word < to {
			return false
		}
	}
	for _, c := range r.claims(Findings) {
		if c.At >= from && c.At < to && c.State != prose.Denied {
			return false
		}
	}
	return true
}

var plainlyWell = prose.Set(`normal unremarkable clear patent intact regelrecht unauffällig`)

var notNews = prose.Set(`no not normal unremarkable without clear known previous previously old shift displaced kein keine nicht history status post`)
