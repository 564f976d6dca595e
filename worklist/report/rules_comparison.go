package report

import (
	"slices"

	"github.com/nocturne/nocturne/worklist/prose"
)

// kinds of imaging by the words that name them, with the modalities that each may be.
var imaging = func() map[string][]string {
	m := map[string][]string{}
	for words, modalities := range map[string][]string{
		"ct cta ctpa ldct hrct": {"CT", "PT"},
		"mri mr mra mrt mrcp":   {"MR", "PT"},
		"radiograph radiographs xr xray film films röntgen plain ray": {"CR", "DX", "RG", "RF"},
		"ultrasound us uss sonography sono sonogram doppler duplex":   {"US"},
		"mammogram mammograms mammography":                            {"MG"},
		"pet":                                                         {"PT", "CT"},
		"scintigraphy":                                                {"NM"},
	} {
		for w := range prose.Set(words) {
			m[w] = modalities
		}
	}
	return m
}()

var (
	notOpened = prose.Set(`opened available file loaded retrieved accessible unavailable elsewhere outside`)
	earlier   = prose.Set(`compared comparison since prior previous previously unchanged earlier vergleich voraufnahme`)
	noneWords = prose.Set(`none nil keine kein no`)
)

// comparisons holds the days and modalities that the text compares with against the
// priors that there are (N17).
func comparisons(r *read) (out []Finding) {
	if f, ok := r.saysNone(); ok {
		return []Finding{f}
	}
	known := slices.Concat(r.facts.Priors, r.facts.Newer)
	if len(known) == 0 && !r.facts.Asked {
		return nil
	}
	for _, s := range []Section{Comparison, Findings, Impression} {
		t := r.text(s)
		for _, d := range t.Dates() {
			from, to := t.Sentence(t.Words[d.Word].Sentence)
			if s != Comparison && !t.Has(from, to, earlier) {
				continue
			}
			if why := r.against(t, d, known, s == Comparison); why != "" {
				out = append(out, r.says(s, d.From, d.To, why, onFile(known)))
			}
		}
	}
	return out
}

// saysNone: the comparison says that there is none, and a prior was opened.
func (r *read) saysNone() (Finding, bool) {
	t := r.text(Comparison)
	if r.What() == Added || len(t.Words) == 0 || !t.Has(0, min(3, len(t.Words)), noneWords) || len(t.Dates()) > 0 {
		return Finding{}, false
	}
	for _, p := range r.facts.Priors {
		if p.Loaded {
			return r.word(Comparison, 0, "the comparison says none, and a prior was opened", p.name()), true
		}
	}
	return Finding{}, false
}

// against is what is wrong with a date that the text names; "" where nothing is.
func (r *read) against(t *prose.Text, d prose.Date, known []Prior, full bool) string {
	if slices.ContainsFunc(d.Readings, func(x [3]int) bool { return prose.Day(x) == r.day().Format("20060102") }) {
		return ""
	}
	var of []Prior
	for _, p := range known {
		if len(p.Date) == 8 && slices.ContainsFunc(d.Readings, func(x [3]int) bool {
			return prose.Day(x) == p.Date || x[2] == 0 && prose.Month(x) == p.Date[:6]
		}) {
			of = append(of, p)
		}
	}
	switch {
	case len(of) == 0 && len(r.facts.Silent) > 0:
		return ""
	case len(of) == 0:
		return "no prior of this date is known"
	case !full:
		return ""
	}
	if named := named(t, d); named != nil && !slices.ContainsFunc(of, func(p Prior) bool { return p.Modality == "" || slices.Contains(named, p.Modality) }) {
		return "the prior of this date is of another modality"
	}
	from, to := t.Sentence(t.Words[d.Word].Sentence)
	if !slices.ContainsFunc(of, func(p Prior) bool { return p.Loaded }) && !t.Has(from, to, notOpened) {
		return "this prior was never opened"
	}
	return ""
}

// named are the modalities of the kind of imaging that stands before a date, or, with
// none there, behind it.
func named(t *prose.Text, d prose.Date) (out []string) {
	from, to := t.Sentence(t.Words[d.Word].Sentence)
	for i := d.Word - 1; i >= from; i-- {
		if m := imaging[t.Words[i].Low]; m != nil {
			return m
		}
		if t.Words[i+1].Before&(prose.Semicolon) != 0 {
			return nil
		}
	}
	for i := d.Stop; i < to; i++ {
		if m := imaging[t.Words[i].Low]; m != nil {
			return m
		}
	}
	return nil
}

func onFile(known []Prior) string {
	if len(known) == 0 {
		return "on file: none"
	}
	s := "on file: "
	for i, p := range known {
		if i == 3 {
			return s + " …"
		}
		if i > 0 {
			s += ", "
		}
		s += p.name()
	}
	return s
}
