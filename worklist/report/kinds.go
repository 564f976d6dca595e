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
	n.Together = d.together()
	n.Was = map[Section]string{}
	for s := range d.Sections {
		n.Was[s] = d.Said(s)
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
	w.Kind, w.Wet = Preliminary, true
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

// Earlier is a report of the study as it was found: in the archive or the outbox.
type Earlier struct {
	Document
	Preliminary bool
	By          Reader
	At          time.Time
	Sections    map[Section]string
}

// Adopt makes the draft follow a preliminary report of its study. Where nothing was
// written yet it begins with that one's text and names who wrote it. It tells whether
// anything changed.
func (d *Draft) Adopt(e *Earlier, now time.Time) bool {
	if e == nil || d.What() != Final || d.Before != nil && d.Before.SOPUID == e.SOPUID {
		return false
	}
	fresh := d.Untouched()
	d.Follows(e.Document, e.Sections, now)
	if d.repeats(e) {
		d.Coauthor(e.By, now)
	}
	if !fresh || len(e.Sections) == 1 { // a wet read is no report to go on from
		return true
	}
	for s, text := range e.Sections {
		d.Set(s, text, now)
	}
	d.Coauthor(e.By, now)
	return true
}

// Untouched reports whether the reader wrote nothing yet.
func (d *Draft) Untouched() bool {
	for s, text := range d.Sections {
		if text != "" && text != d.Filled[s] {
			return false
		}
	}
	return true
}

// Changes are the sections whose text is not that of the report before.
func (d *Draft) Changes() (out []Section) {
	for _, s := range Order {
		if d.Was != nil && strings.TrimSpace(d.Was[s]) != strings.TrimSpace(d.Said(s)) {
			out = append(out, s)
		}
	}
	return out
}

// ruledBy are the rules that documents are held against that are no whole reports: a
// wet read is one line, and a withdrawal none of the images.
var ruledBy = map[Kind][]string{
	Preliminary: {"no-reader", "site-policy", "impression-empty", "wrong-patient-instance", "wrong-patient-text", "side-conflict", "unfilled-field", "time-order", "reader-assumed"},
	Withdrawn:   {"no-reader", "attending-only", "site-policy", "signed-together", "impression-empty", "reason-missing", "call-required", "time-order", "reader-assumed"},
}

func (r rule) holds(d *Draft) bool {
	k := d.What()
	if d.LinkedTo != "" {
		return slices.Contains(linkedRules, r.id)
	}
	if k == Withdrawn || k == Preliminary && d.Wet {
		return slices.Contains(ruledBy[k], r.id)
	}
	return k != Added || !slices.Contains(ofImages, r.id)
}

// ofImages are the rules about what was read, which an addendum is not.
var ofImages = []string{"missing-images", "late-images", "series-unseen", "unseen-images"}

// reasonMissing: whoever reads a correction or a withdrawal is told why.
func reasonMissing(d *Draft, _ Facts) []Finding {
	if k := d.What(); k != Corrected && k != Withdrawn || d.Reason != "" {
		return nil
	}
	return []Finding{{Hint: "it says nowhere why the report is changed: :correct WHY or :withdraw WHY"}}
}

// signedText: an addendum stands beside the report, whose text is not touched.
func signedText(d *Draft, _ Facts) (out []Finding) {
	if d.What() != Added || d.Was == nil {
		return nil
	}
	for _, s := range d.Changes() {
		if s != Addendum && s != Critical {
			out = append(out, Finding{Section: s, Hint: "an addendum changes nothing of the signed text; :correct does"})
		}
	}
	return out
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
