package report

import (
	"slices"
	"strings"

	"github.com/nocturne/nocturne/worklist/prose"
)

// values are the categories that each system has.
var values = map[string]string{
	"bi-rads": "0 1 2 3 4 5 6", "lung-rads": "0 1 2 3 4 4a 4b 4x", "pi-rads": "1 2 3 4 5", "ti-rads": "1 2 3 4 5", "o-rads": "0 1 2 3 4 5",
	"li-rads": "1 2 3 4 5 m nc tiv", "cad-rads": "0 1 2 3 4 4a 4b 5 n", "bosniak": "1 2 2f 3 4",
}

// unknownCategory: a system has no such category; "" where it has.
func unknownCategory(c category) string {
	v := strings.TrimSuffix(c.value, "s")
	if known := values[c.system]; known == "" || slices.Contains(strings.Fields(known), v) {
		return ""
	}
	return "there is no category " + strings.ToUpper(c.value)
}

// unlike is why a category does not go with what the report describes; "" where it does,
// or where that cannot be told.
func (r *read) unlike(c category) string {
	t := r.text(c.section)
	from, to := t.Sentence(t.Words[c.at].Sentence)
	benign := t.Any(from, to, "benign") && !t.Any(from, to, "probably", "not")
	suspicious := t.Any(from, to, "suspicious", "malignant", "malignancy") && !t.Any(from, to, "no", "not", "without", "low")
	high := c.value >= "4"
	switch c.system {
	case "bi-rads":
		switch {
		case benign && (high || c.value == "0"), suspicious && (c.value == "1" || c.value == "2"):
			return "the words beside it say otherwise"
		case c.value == "1" && r.affirms("mass", "nodule", "distortion"):
			return "1 has nothing to describe"
		}
	case "cad-rads":
		return r.coronary(c.value)
	case "pi-rads":
		if !high && r.score("dwi") >= 4 && !r.several("pi-rads") {
			return "diffusion is given 4 or 5"
		}
	case "li-rads":
		if (c.value == "1" || c.value == "2") && r.washes() && !r.several("li-rads") {
			return "arterial enhancement with washout is described"
		}
	case "lung-rads", "o-rads":
	}
	return ""
}

// affirms: the findings affirm one of these things, not called benign or stable.
func (r *read) affirms(names ...string) bool {
	t := r.text(Findings)
	for _, c := range r.claims(Findings) {
		from, to := t.Sentence(t.Words[c.At].Sentence)
		if c.State == prose.Affirmed && !c.Old && !c.Steady && slices.Contains(names, c.Term.Name) && !t.Any(from, to, "benign", "node", "nodes") {
			return true
		}
	}
	return false
}

// several: the report has more than one category of a system: which lesion has which is
// not told apart.
func (r *read) several(system string) bool {
	n := 0
	for _, m := range append(r.mentions(Findings), r.mentions(Impression)...) {
		if m.system == system {
			n++
		}
	}
	return n > 1
}

// score is the largest number right behind a word of the findings: "DWI 4", "DWI score: 5".
func (r *read) score(word string) (most int) {
	t := r.text(Findings)
	for i, w := range t.Words {
		if w.Low != word {
			continue
		}
		k := i + 1
		for k < len(t.Words) && (t.Words[k].Low == "score" || t.Words[k].Low == "adc") {
			k++
		}
		if k < len(t.Words) && len(t.Words[k].Low) == 1 && t.Words[k].Sentence == w.Sentence {
			if n, ok := smallNumber(t.Words[k].Low); ok && n <= 5 {
				most = max(most, n)
			}
		}
	}
	return most
}

// washes: a sentence of the findings affirms arterial hyperenhancement and washout.
func (r *read) washes() bool {
	t := r.text(Findings)
	for n := range t.Sentences() {
		from, to := t.Sentence(n)
		if t.Any(from, to, "washout") && t.Any(from, to, "hyperenhancement", "hyperenhancing", "aphe") && !t.Any(from, to, "no", "without", "not", "neither", "nor") {
			return true
		}
	}
	return false
}

// coronary holds CAD-RADS against the largest narrowing that the findings give in per
// cent: 1 to 24, 25 to 49, 50 to 69, 70 to 99, 100.
func (r *read) coronary(v string) string {
	t := r.text(Findings)
	most := -1.0
	for _, q := range r.quantities(Findings) {
		if q.Unit != "%" || !near(t, q.Word, parts, 8) || near(t, q.Word, prose.Set("fraction ef"), 6) {
			continue
		}
		if q.From > 0 && (t.Raw[q.From-1] == '<' || t.Raw[q.From-1] == ' ' && q.From > 1 && t.Raw[q.From-2] == '<') || t.Any(q.Word-2, q.Word, "than") {
			q.Value--
		}
		most = max(most, q.Value)
	}
	if most <= 0 || most > 100 {
		return ""
	}
	want := "1"
	for _, step := range []struct {
		from  float64
		value string
	}{{25, "2"}, {50, "3"}, {70, "4"}, {100, "5"}} {
		if most >= step.from {
			want = step.value
		}
	}
	if v == "n" || v[:1] == want {
		return ""
	}
	return "the largest stenosis described belongs to " + want
}
