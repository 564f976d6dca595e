package report

import (
	"slices"
	"strings"

	"github.com/nocturne/nocturne/worklist/prose"
)

// category is one mention of a reporting system's category.
type category struct {
	system, value string
	section       Section
	at, to        int // words
}

// systems are those that write "X-RADS n"; the calculators have the same names.
var systems = map[string]string{"bi": "bi-rads", "lung": "lung-rads", "li": "li-rads", "ti": "ti-rads", "pi": "pi-rads", "cad": "cad-rads", "o": "o-rads"}

var filler = prose.Set(`category assessment kategorie score lesion class v2022 v2018 v2 final`)

// categories finds categories that findings and impression, or a calculation and the
// text, give differently, and those that do not go with what is recommended. Only the
// systems' numbers are used, none of their prose.
func categories(r *read) (out []Finding) {
	found, said := r.mentions(Findings), append(r.mentions(Impression), r.mentions(Recommendation)...)
	for _, c := range said {
		if other := slices.IndexFunc(found, func(o category) bool { return o.system == c.system }); other >= 0 &&
			!slices.ContainsFunc(found, func(o category) bool { return o.system == c.system && o.value == c.value }) {
			out = append(out, r.spot(c, "findings and impression give different categories", r.quote(found[other])))
		}
	}
	for _, c := range append(found, said...) {
		if f, ok := r.calculatedOther(c); ok {
			out = append(out, f)
		}
	}
	if len(said) == 0 {
		said = found
	}
	for i, c := range said {
		if i > 0 && said[i-1].system == c.system && said[i-1].value == c.value && whole[c.system] {
			continue
		}
		why := unknownCategory(c)
		if why == "" {
			why = r.unlike(c)
		}
		if why == "" && len(said) > 0 {
			why = r.unfit(c, said)
		}
		if why != "" {
			out = append(out, r.spot(c, "the category and the recommendation do not go together: "+why))
		}
	}
	return out
}

// whole systems have one category for the report; the others one for each lesion.
var whole = map[string]bool{"bi-rads": true, "lung-rads": true, "pi-rads": true, "cad-rads": true}

func (r *read) spot(c category, hint string, against ...string) Finding {
	t := r.text(c.section)
	return r.says(c.section, t.Words[c.at].From, t.Words[c.to-1].To, hint, against...)
}

func (r *read) quote(c category) string {
	t := r.text(c.section)
	return string(c.section) + ": " + quote(t.Raw, t.Words[c.at].From, t.Words[c.to-1].To)
}

// calculatedOther: the report's own calculation of this system came to another category.
func (r *read) calculatedOther(c category) (Finding, bool) {
	any := ""
	for _, k := range r.Calculated {
		if k.ID != c.system || k.Category == "" {
			continue
		}
		if any = k.Rule + ": " + k.Category; sameCategory(k.Category, c.value) {
			return Finding{}, false
		}
	}
	if any == "" {
		return Finding{}, false
	}
	return r.spot(c, "the category is not the one that was calculated", any), true
}

func sameCategory(calculated, written string) bool {
	c := strings.ToLower(calculated)
	for _, prefix := range []string{"lr-", "tr", "lung-rads ", "bi-rads ", "pi-rads ", "cad-rads ", "ti-rads ", "bosniak "} {
		c = strings.TrimPrefix(c, prefix)
	}
	c = bare(c)
	return strings.EqualFold(strings.TrimSpace(c), written) || strings.HasPrefix(c, written) && len(written) == 1 && len(c) == 2 && c != "2f" // II is not IIF
}

var ofBefore = prose.Set(`previous previously prior had was vorher round outside`)

// mentions finds the categories of a section, but not those of an earlier report.
func (r *read) mentions(s Section) (out []category) {
	t := r.text(s)
	for i, w := range t.Words {
		system, next := systemAt(t, i)
		if system == "" || versioned.MatchString(t.Raw[w.From:]) {
			continue
		}
		for next < len(t.Words) && filler[t.Words[next].Low] {
			next++
		}
		value, to, ok := valueAt(t, system, next, w.Low)
		if !ok || to > len(t.Words) || t.Words[to-1].Sentence != w.Sentence {
			continue
		}
		if from, _ := t.Clause(i); t.Has(max(from, i-8), i, ofBefore) {
			continue
		}
		if n := len(out); n > 0 && out[n-1].system == system && out[n-1].to >= i {
			continue // "TI-RADS TR4"
		}
		out = append(out, category{system, value, s, i, to})
	}
	return out
}

func systemAt(t *prose.Text, i int) (system string, next int) {
	w := t.Words[i].Low
	switch {
	case systems[w] != "" && t.At(i+1, "rads"):
		return systems[w], i + 2
	case strings.HasSuffix(w, "rads") && systems[strings.TrimSuffix(w, "rads")] != "":
		return systems[strings.TrimSuffix(w, "rads")], i + 1
	case w == "lr" && i+1 < len(t.Words):
		return "li-rads", i + 1
	case len(w) == 3 && w[:2] == "tr" && w[2] >= '1' && w[2] <= '5':
		return "ti-rads", i
	case w == "bosniak":
		return "bosniak", i + 1
	}
	return "", 0
}

func valueAt(t *prose.Text, system string, i int, first string) (value string, to int, ok bool) {
	if i >= len(t.Words) {
		return "", 0, false
	}
	w := t.Words[i].Low
	switch system {
	case "bosniak":
		roman := map[string]string{"i": "1", "ii": "2", "iif": "2f", "iii": "3", "iv": "4", "1": "1", "2": "2", "2f": "2f", "3": "3", "4": "4"}
		return roman[w], i + 1, roman[w] != ""
	case "ti-rads":
		w = strings.TrimPrefix(w, "tr")
	case "li-rads":
		if w == "lr" {
			return "", 0, false
		}
		if w == "m" || w == "tiv" || w == "nc" {
			return w, i + 1, true
		}
	}
	if len(w) == 0 || len(w) > 2 || w[0] < '0' || w[0] > '9' || len(w) == 2 && (w[1] < 'a' || w[1] > 'x') {
		return "", 0, false
	}
	if system == "bi-rads" {
		w = w[:1] // 4A, 4B and 4C are all of 4
	}
	return w, i + 1, true
}

// advice is what the report recommends.
type advice struct {
	biopsy, noBiopsy, surgery, routine, short, none, benign, cancer, pet bool
	months                                                               []int
}

// adviceOf reads the words [from, to) of a section into a.
func (a *advice) read(t *prose.Text, from, to int) {
	for i := from; i < to; i++ {
		denied := t.Any(max(from, i-3), i, "no", "not", "without", "never")
		switch w := t.Words[i].Low; {
		case w == "biopsy" || w == "fna" || w == "sampling" || w == "aspiration":
			a.biopsy, a.noBiopsy = a.biopsy || !denied, a.noBiopsy || denied
		case (w == "nephrectomy" || w == "resection" || w == "surgery" || w == "ablation") && !denied:
			a.surgery = true
		case w == "pet" && !denied:
			a.pet = true
		case w == "routine" || w == "annual" || w == "yearly" || w == "biennial":
			a.routine = a.routine || !denied
		case w == "short":
			a.short = true
		case (w == "follow" || w == "imaging" || w == "fna") && denied:
			a.none = true
		case w == "benign" && !denied && !t.At(i-1, "probably"):
			a.benign = true
		case (w == "hcc" || t.At(i, "hepatocellular", "carcinoma")) && !denied:
			a.cancer = true
		}
		if m := monthsAt(t, i); m > 0 {
			a.months = append(a.months, m)
		}
	}
}

var counted = map[string]int{"one": 1, "two": 2, "three": 3, "four": 4, "six": 6, "nine": 9, "twelve": 12, "1": 1, "2": 2, "3": 3, "4": 4, "6": 6, "9": 9, "12": 12, "18": 18, "24": 24}

func monthsAt(t *prose.Text, i int) int {
	n := counted[t.Words[i].Low]
	switch {
	case n == 0:
		return 0
	case t.At(i+1, "months"), t.At(i+1, "month"), t.At(i+1, "mo"):
		return n
	case t.At(i+1, "year"), t.At(i+1, "years"):
		return 12 * n
	}
	return 0
}

// unfit is why a category does not go with what is recommended; "" where it does.
func (r *read) unfit(c category, said []category) string {
	var a advice
	t := r.text(c.section)
	if whole[c.system] || c.system == "bosniak" {
		for _, s := range []Section{Impression, Recommendation} {
			x := r.text(s)
			a.read(x, 0, len(x.Words))
		}
		if slices.ContainsFunc(said, func(o category) bool { return o.system == c.system && o.value > c.value }) {
			return "" // the advice is about the higher one
		}
	} else {
		from, to := t.Sentence(t.Words[c.at].Sentence)
		a.read(t, from, to)
	}
	switch c.system {
	case "bi-rads":
		return a.breast(c.value)
	case "lung-rads":
		return a.lung(c.value)
	case "ti-rads":
		return a.thyroid(c.value, r.largest(c))
	}
	return a.other(c.system, c.value)
}

// largest is the largest length in the sentence of a category, in mm; 0 without.
func (r *read) largest(c category) (mm float64) {
	from, to := r.text(c.section).Sentence(r.text(c.section).Words[c.at].Sentence)
	for _, q := range r.quantities(c.section) {
		if q.Length && q.Word >= from && q.Word < to {
			mm = max(mm, q.MM)
		}
	}
	return mm
}

func (a advice) soon() bool {
	return a.short || slices.ContainsFunc(a.months, func(m int) bool { return m <= 6 })
}

func (a advice) breast(v string) string {
	switch v {
	case "1", "2":
		if a.biopsy || a.soon() {
			return "after 1 and 2 comes routine screening"
		}
	case "3":
		if a.biopsy && !a.soon() || a.routine && !a.soon() {
			return "after 3 comes a short interval"
		}
	case "4", "5":
		if !a.biopsy && (a.routine || a.soon() || len(a.months) > 0 || a.none) {
			return "after 4 and 5 comes tissue"
		}
	case "0":
		if a.routine && !a.soon() {
			return "0 is not finished"
		}
	}
	return ""
}

func (a advice) lung(v string) string {
	interval := map[string]int{"1": 12, "2": 12, "3": 6, "4a": 3}[v]
	switch {
	case (v == "1" || v == "2") && (a.biopsy || a.pet):
		return "after 1 and 2 comes the annual examination"
	case interval > 0 && len(a.months) > 0 && !slices.Contains(a.months, interval) || v == "4a" && a.routine && len(a.months) == 0 || v == "3" && a.routine && len(a.months) == 0:
		return "another interval belongs to " + strings.ToUpper(v)
	case (v == "4b" || v == "4x") && !a.biopsy && !a.pet && (a.routine || len(a.months) > 0 && slices.Min(a.months) > 3):
		return "4B and 4X are not left to the next examination"
	}
	return ""
}

// thyroid knows the sizes from which a sample is taken: 25, 15 and 10 mm.
func (a advice) thyroid(v string, mm float64) string {
	from := map[string]float64{"3": 25, "4": 15, "5": 10}[v]
	switch {
	case (v == "1" || v == "2") && a.biopsy:
		return "1 and 2 are not sampled"
	case from > 0 && a.biopsy && mm > 0 && mm < from:
		return "it is smaller than those that are sampled"
	case v == "5" && a.none && mm >= 10:
		return "5 of this size is not left alone"
	}
	return ""
}

func (a advice) other(system, v string) string {
	switch {
	case system == "pi-rads" && (v == "1" || v == "2") && a.biopsy:
		return "1 and 2 are not targets"
	case system == "pi-rads" && (v == "4" || v == "5") && (a.noBiopsy || a.benign) && !a.biopsy:
		return "4 and 5 are sampled"
	case system == "bosniak" && (v == "1" || v == "2") && a.surgery:
		return "I and II are benign"
	case system == "bosniak" && (v == "3" || v == "4") && (a.none || a.benign):
		return "III and IV are not left alone"
	case system == "li-rads" && (v == "1" || v == "2") && (a.cancer || a.biopsy):
		return "1 and 2 are not cancer"
	case system == "li-rads" && v == "5" && a.benign:
		return "5 is not benign"
	}
	return ""
}
