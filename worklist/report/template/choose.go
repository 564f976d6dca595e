package template

import (
	"cmp"
	"slices"
	"strings"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/report"
)

// Ranked is a template that fits, and why: `CT + "head" in the exam's words`.
type Ranked struct {
	*Template
	Reason string
	score  int
}

// exam is what is chosen by.
type exam struct {
	words, asked []string // of the exam, and of the indication
	part         []string // Body Part Examined
	modality     string   // the main one
	modalities   []string
	code         string // SCHEME:VALUE of the procedure
	about        circumstances
}

func examOf(f report.Facts) exam {
	e := exam{words: words(f.Exam), asked: words(f.Indication), about: about(f), modality: f.Modality}
	if f.Study != nil {
		e.part = words(f.Study.Str(dicom.BodyPartExamined))
	}
	if c := f.Request.Procedure; c.Value != "" {
		e.code = c.Scheme + ":" + c.Value
	}
	for _, s := range f.Series {
		if s.Modality == "PT" { // its CT is only for attenuation and place
			e.modality = "PT"
		}
		e.modalities = append(e.modalities, s.Modality)
	}
	if e.modality != "" {
		e.modalities = append(e.modalities, e.modality)
	}
	return e
}

// Choose ranks the templates that fit the case, best first: for an addendum those for
// addenda, for a report the others. A reader's own stand before the program's, a
// procedure code before words, words before Body Part Examined. Modules are not among
// them. The first is the default.
func (s *Set) Choose(d *report.Draft, f report.Facts) (out []Ranked) {
	e := examOf(f)
	for _, t := range s.All() {
		if t.Scope.Module || t.Scope.Addendum != (d.What() == report.Added) || d.What() == report.Withdrawn {
			continue
		}
		if score, why, ok := t.Scope.fits(e); ok {
			if t.Own {
				score, why = score+50, append(why, "your own")
			}
			out = append(out, Ranked{t, strings.Join(why, " + "), score})
		}
	}
	slices.SortStableFunc(out, func(a, b Ranked) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.Title, b.Title))
	})
	return out
}

// fits tells how well, and why, a template of this scope fits.
func (s Scope) fits(e exam) (score int, why []string, ok bool) {
	if s.Sex != "" && !strings.Contains(s.Sex, e.about.sex) || !s.Age.holds(e.about.days) {
		return 0, nil, false
	}
	for _, w := range s.Not {
		if has(e.words, w) {
			return 0, nil, false
		}
	}
	if slices.ContainsFunc(s.Codes, func(c string) bool { return c == e.code && c != "" || strings.HasSuffix(e.code, ":"+c) }) {
		return 1000, []string{"procedure code " + e.code}, true
	}
	for _, test := range []func(exam) (int, string, bool){s.fitsModality, s.fitsPart, s.fitsWords} {
		n, reason, ok := test(e)
		if !ok {
			return 0, nil, false
		}
		if score += n; reason != "" {
			why = append(why, reason)
		}
	}
	if s.Sex != "" {
		score, why = score+1, append(why, map[string]string{"F": "female", "M": "male"}[e.about.sex])
	}
	if s.Age != (Ages{}) {
		score, why = score+8, append(why, "age "+cmp.Or(e.about.facts.text("age"), "not known"))
	}
	if len(why) == 0 && s.Addendum {
		why = []string{"for an addendum"}
	} else if len(why) == 0 {
		why = []string{"fits any examination"}
	}
	return score, why, true
}

func (s Scope) fitsModality(e exam) (int, string, bool) {
	if len(s.Modalities) == 0 {
		return 0, "", true
	}
	if slices.Contains(s.Modalities, e.modality) {
		return 20, e.modality, true
	}
	for _, m := range s.Modalities {
		if slices.Contains(e.modalities, m) {
			return 5, m + " among the series", true
		}
		if len(e.modalities) == 0 && has(e.words, m) {
			return 15, quoted(m) + " in the exam's words", true
		}
	}
	return 0, "", false
}

// fitsPart counts every part that is named, so that "chest abdomen" goes before
// "chest".
func (s Scope) fitsPart(e exam) (int, string, bool) {
	if len(s.Parts) == 0 {
		return 0, "", true
	}
	if named := in(s.Parts, e.words); len(named) > 0 {
		longest := 0
		for _, p := range named {
			longest = max(longest, len(strings.Fields(p)))
		}
		return 20 + 4*longest, quoted(named[0]) + " in the exam's words", true
	}
	if named := in(s.Parts, e.part); len(named) > 0 {
		return 10, "body part " + strings.ToUpper(strings.Join(e.part, " ")), true
	}
	return 0, "", false
}

// fitsWords: what makes a template special must be said; in the indication only, it
// makes it a second choice.
func (s Scope) fitsWords(e exam) (int, string, bool) {
	if len(s.Words) == 0 {
		return 2, "", true
	}
	if named := in(s.Words, e.words); len(named) > 0 {
		return 10 + min(len(named), 3), quoted(named[0]) + " in the exam's words", true
	}
	if named := in(s.Words, e.asked); len(named) > 0 {
		return 0, quoted(named[0]) + " in the indication", true
	}
	return 0, "", false
}

func in(phrases, words []string) (out []string) {
	for _, p := range phrases {
		if i := index(words, p); i >= 0 {
			out = append(out, strings.Join(words[i:i+len(strings.Fields(p))], " "))
		}
	}
	return out
}

func quoted(s string) string { return `"` + s + `"` }
