package report

import (
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/prose"
)

// read is a draft as the rules that read its words see it: each section is split once
// and shared by all of them.
type read struct {
	*Draft
	facts    Facts
	sections map[Section]*prose.Text
	things   map[Section][]prose.Claim
	sizes    map[Section][]prose.Quantity
}

func reading(d *Draft, f Facts) *read {
	return &read{Draft: d, facts: f, sections: map[Section]*prose.Text{}, things: map[Section][]prose.Claim{}, sizes: map[Section][]prose.Quantity{}}
}

// text is a section as it is read.
func (r *read) text(s Section) *prose.Text {
	t, ok := r.sections[s]
	if !ok {
		t = prose.Parse(r.Plain(s))
		r.sections[s] = t
	}
	return t
}

func (r *read) claims(s Section) []prose.Claim {
	c, ok := r.things[s]
	if !ok {
		c = r.text(s).Claims(prose.Things)
		r.things[s] = c
	}
	return c
}

func (r *read) quantities(s Section) []prose.Quantity {
	q, ok := r.sizes[s]
	if !ok {
		q = r.text(s).Quantities()
		r.sizes[s] = q
	}
	return q
}

// says is a finding about words of a section, which are quoted first.
func (r *read) says(s Section, from, to int, hint string, against ...string) Finding {
	f := Finding{Section: s, Hint: hint, at: [2]int{from, to}}
	f.Evidence = append([]string{string(s) + ": " + quote(r.text(s).Raw, from, to)}, against...)
	return f
}

// word is says of one word.
func (r *read) word(s Section, i int, hint string, against ...string) Finding {
	w := r.text(s).Words[i]
	return r.says(s, w.From, w.To, hint, against...)
}

// about are the sections that speak of the patient of now.
func (r *read) about() []Section {
	if r.What() == Added {
		return []Section{Addendum}
	}
	return []Section{Findings, Impression, Recommendation}
}

// day is when the study was made, as far as it is known: the study's date, else when
// the report was begun.
func (r *read) day() time.Time {
	if r.facts.Study != nil {
		if t, ok := dicom.ParseDA(r.facts.Study.Str(dicom.StudyDate)); ok {
			return t
		}
	}
	return r.Started
}

// age is in whole years at the study; ok is false where the birth date is not known.
func (r *read) age() (years int, ok bool) {
	born, ok := dicom.ParseDA(r.facts.Patient.Birth)
	if !ok {
		return 0, false
	}
	day := r.day()
	years = day.Year() - born.Year()
	if day.YearDay() < born.YearDay() && (day.Month() < born.Month() || day.Month() == born.Month() && day.Day() < born.Day()) {
		years--
	}
	return years, years >= 0 && years < 130
}
