package report

import (
	"slices"
	"strings"
	"time"
)

// What is the kind of document that signing this draft makes.
func (d *Draft) What() Kind {
	switch {
	case d.Kind != "":
		return d.Kind
	case d.Before != nil && d.BeforeKind != Preliminary:
		return Added // a draft of an older program
	}
	return Final
}

// next begins the draft that follows a signed report, whose text it remembers as it
// was signed, numbers included.
func (d *Draft) next(k Kind, signed Document, why string, now time.Time) *Draft {
	n := New(d.StudyUID, d.Accession, d.Site, now)
	n.Kind, n.Before, n.BeforeKind, n.Reason = k, &signed, d.What(), oneLine(why)
	n.Was = map[Section]string{}
	for s := range d.Sections {
		n.Was[s] = d.Plain(s)
	}
	return n
}

// Addend begins an addendum to the signed report: its text is kept as it was
// signed, numbers included, and the addendum's section is empty.
func (d *Draft) Addend(signed Document, why string, now time.Time) *Draft {
	a := d.next(Added, signed, why, now)
	for s, text := range a.Was {
		if s != Addendum {
			a.Sections[s] = text
		}
	}
	return a
}

// Correct begins a report that takes the place of the signed one (PS3.16 CID 7009,
// 121360): all its text, to be changed, and why.
func (d *Draft) Correct(signed Document, why string, now time.Time) *Draft {
	c := d.next(Corrected, signed, why, now)
	for s, text := range c.Was {
		c.Sections[s] = text
	}
	return c
}

// Withdraw begins the document that takes the signed report back (N13): it quotes
// nothing of it.
func (d *Draft) Withdraw(signed Document, why string, now time.Time) *Draft {
	w := d.next(Withdrawn, signed, why, now)
	w.Sections[Impression] = "REPORT WITHDRAWN. It must not be used. Reason: " + w.Reason
	return w
}

// WetRead is a preliminary report of one line about the draft's study, to be sent
// while the report is still being written.
func (d *Draft) WetRead(line string, now time.Time) *Draft {
	w := New(d.StudyUID, d.Accession, d.Site, now)
	w.Kind, w.Started = Preliminary, now.UTC()
	if d.What() == Final && d.Before != nil { // a second line replaces the first
		w.Before, w.BeforeKind = d.Before, Preliminary
	}
	w.Set(Impression, line, now)
	return w
}

// Follows notes that a preliminary report of this study went out, which the one being
// written replaces. What it said is kept for the comparison (L5).
func (d *Draft) Follows(signed Document, said map[Section]string, now time.Time) {
	if d.What() != Final {
		return
	}
	d.Before, d.BeforeKind, d.Was = &signed, Preliminary, said
	d.Changed = now.UTC()
}

// Changes are the sections whose text is not that of the report before.
func (d *Draft) Changes() (out []Section) {
	for _, s := range Order {
		if d.Was != nil && strings.TrimSpace(d.Was[s]) != strings.TrimSpace(d.Plain(s)) {
			out = append(out, s)
		}
	}
	return out
}

// ruledBy are the rules that a kind of document is held against; nil: all of them.
var ruledBy = map[Kind][]string{
	Preliminary: {"no-reader", "impression-empty", "wrong-patient-instance", "wrong-patient-text", "side-conflict", "time-order", "reader-assumed"},
	Withdrawn:   {"no-reader", "impression-empty", "reason-missing", "call-required", "time-order", "reader-assumed"},
}

func (r rule) holds(k Kind) bool {
	only := ruledBy[k]
	return only == nil || slices.Contains(only, r.id)
}

// reasonMissing: whoever reads a correction or a withdrawal is told why.
func reasonMissing(d *Draft, _ Facts) []Finding {
	if k := d.What(); k != Corrected && k != Withdrawn || d.Reason != "" {
		return nil
	}
	return []Finding{{Hint: "it says nowhere why the report is changed: :correct WHY or :withdraw WHY"}}
}

// callRequired: who acted on a report that is withdrawn, or whose impression is
// another now, is called; the record is made with F7 (N13).
func callRequired(d *Draft, f Facts) []Finding {
	k := d.What()
	if k != Withdrawn && !(k == Corrected && slices.Contains(d.Changes(), Impression)) {
		return nil
	}
	for _, c := range f.Critical {
		if !c.Identified.Before(d.Started.Truncate(time.Second)) {
			return nil
		}
	}
	what := "the impression was changed"
	if k == Withdrawn {
		what = "the report is withdrawn"
	}
	return []Finding{{Evidence: []string{what}, Hint: "who was told the old report must be called: F7 records it"}}
}
