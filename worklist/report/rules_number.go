package report

import (
	"math"
	"strconv"
	"strings"

	"github.com/nocturne/nocturne/worklist/prose"
)

// bounds are what sizes a thing has in a living body, in mm; the first that fits is
// taken. Numbers are generous: they catch a wrong unit, not a rare disease.
var bounds = []struct {
	words    map[string]bool
	min, max float64
	within   int // words before or behind the number
}{
	{prose.Set("bpd"), 5, 115, 2},
	{prose.Set("crl"), 0.5, 120, 2},
	{prose.Set("nt"), 0.3, 15, 2},
	{prose.Set("shift"), 0.5, 40, 4},
	{prose.Set("septum septa septation septations"), 0.1, 8, 4},
	{prose.Set("isthmus"), 0.3, 25, 3},
	{prose.Set("wall walls thickness cortex"), 0.1, 15, 3},
	{prose.Set("endometrium endometrial"), 0.5, 40, 3},
	{prose.Set("duct cbd choledochus"), 0.5, 30, 3},
	{prose.Set("appendix"), 2, 40, 4},
	{prose.Set("artery arteries"), 0.5, 90, 3},
	{prose.Set("nodule nodules"), 0.5, 60, 4},
	{prose.Set("node nodes"), 0.5, 100, 6},
	{prose.Set("stone stones calculus calculi"), 0.5, 90, 4},
	{prose.Set("kidney kidneys"), 20, 250, 3},
	{prose.Set("aorta aneurysm"), 3, 150, 3},
	{prose.Set("infarct hemorrhage haemorrhage"), 0.5, 150, 6},
	{prose.Set("tear tendon meniscus"), 0.5, 80, 5},
	{prose.Set("slice slices"), 0.1, 30, 3},
}

// numbers finds quantities that nothing in a body has: a wrong unit, a wrong digit.
func numbers(r *read) (out []Finding) {
	for _, s := range r.about() {
		t := r.text(s)
		qs := r.quantities(s)
		for i, q := range qs {
			why := impossible(t, q)
			if why == "" && i > 0 && qs[i-1].Group == q.Group && lopsided(qs[i-1], q) {
				why = "one side is more than seven times the other"
			}
			if why == "" && i > 0 {
				why = unlikeBefore(t, qs[i-1], q)
			}
			if why == "" {
				why = organ(t, q)
			}
			if why != "" {
				out = append(out, r.says(s, q.From, q.To, "check the number and its unit: "+why))
			}
		}
	}
	return out
}

// unlikeBefore: "5.6 mm, previously 5.3 cm", "24 cm (31 mm)".
func unlikeBefore(t *prose.Text, now, then prose.Quantity) string {
	if !now.Length || !then.Length || now.MM <= 0 || then.MM <= 0 || now.Unit == then.Unit || then.Word-now.Word > 6 ||
		t.Words[then.Word].Before&prose.Bracket == 0 && !t.Any(then.Word-3, then.Word, "previously", "prior", "previous", "was", "formerly", "from") {
		return ""
	}
	if k := now.MM / then.MM; k > 5 || k < 0.2 {
		return "before and now are of another order"
	}
	return ""
}

// organs are the sizes of whole organs, in mm, where the number follows the name.
var organs = map[string][2]float64{
	"liver": {50, 350}, "spleen": {30, 350}, "kidney": {20, 250}, "uterus": {20, 300}, "aaa": {15, 150}, "sac": {2, 150},
	"hc": {50, 420}, "ac": {40, 450}, "fl": {4, 95}, "testis": {5, 80}, "ovary": {5, 250},
}

// withinOrgans are things whose size is said behind the organ they lie in.
var withinOrgans = prose.Set(`calculus calculi stone stones concretion cyst cysts nodule nodules mass lesion lesions focus foci angiomyolipoma aml
	haemangioma hemangioma metastasis metastases laceration tear haematoma hematoma collection scar defect tumour tumor abscess calcification
	fibroid fibroids polyp follicle follicles aneurysm hypodensity adenoma non-obstructing nonobstructing`)

// organ holds the number right behind an organ's name against the organ's size.
func organ(t *prose.Text, q prose.Quantity) string {
	if !q.Length || q.Word == 0 || t.Words[q.Word-1].Sentence != t.Words[q.Word].Sentence || t.Words[q.Word].Before&prose.Comma != 0 {
		return ""
	}
	b, ok := organs[t.Words[q.Word-1].Low]
	if ok && t.Has(q.Word, min(q.Word+5, len(t.Words)), withinOrgans) {
		return "" // "Left kidney: 5 mm calculus"
	}
	if ok && (q.MM < b[0] || q.MM > b[1]) {
		return "not of this size"
	}
	return ""
}

func lopsided(a, b prose.Quantity) bool {
	return a.Length && b.Length && a.MM > 0 && b.MM > 0 && max(a.MM, b.MM)/min(a.MM, b.MM) > 7
}

func impossible(t *prose.Text, q prose.Quantity) string {
	switch {
	case q.Unit == "hu" && (q.Value < -1100 || q.Value > 2000 && !metal(t, q.Word)):
		return "no tissue has it"
	case q.Unit == "%" && q.Value > 100 && (near(t, q.Word, parts, 6) || q.Value > 400):
		return "more than 100 %"
	case q.Unit == "°" && (q.Value > 180 || q.Value > 130 && near(t, q.Word, curves, 5)):
		return "no angle here is so large"
	case !q.Length:
		return ""
	case q.MM == 0:
		return "nothing is 0 " + q.Unit
	case q.MM > 2500:
		return "it is larger than a patient"
	}
	for _, b := range bounds {
		if near(t, q.Word, b.words, b.within) {
			if q.MM < b.min || q.MM > b.max {
				return "not of this size"
			}
			return ""
		}
	}
	return ""
}

var (
	parts       = prose.Set(`stenosis narrowing occlusion occluded fraction loss washout hemithorax`)
	curves      = prose.Set(`cobb angle curve`)
	denseThings = prose.Set(`metal metallic clip clips contrast enamel tooth dense bone calcification calcified stone stones calculus`)
)

func metal(t *prose.Text, i int) bool {
	return near(t, i, denseThings, 8)
}

// near: one of the words stands in the number's clause, at most n words from it.
func near(t *prose.Text, i int, words map[string]bool, n int) bool {
	const stop = prose.Comma | prose.Semicolon | prose.Bracket | prose.Dash
	from, to, s := i, i+1, t.Words[i].Sentence
	for from > 0 && i-from < n && t.Words[from].Before&stop == 0 && t.Words[from-1].Sentence == s {
		from--
	}
	for to < len(t.Words) && to < i+n+2 && t.Words[to].Before&stop == 0 && t.Words[to].Sentence == s {
		to++
	}
	return t.Has(from, to, words)
}

// numbersDiffer holds the impression's sizes against the findings', and both against
// what was measured: the same digits with another unit, ten times as much, or two
// digits swapped.
func numbersDiffer(r *read) (out []Finding) {
	found := first(lengths(r.quantities(Findings)))
	measured := r.measured()
	for _, s := range []Section{Findings, Impression} {
		known := measured
		if s == Impression {
			known = append(append([]float64(nil), measured...), found...)
		}
		for _, q := range r.quantities(s) {
			if !q.Length || q.MM == 0 || s == Findings && len(measured) == 0 {
				continue
			}
			if like, ok := mistaken(q, known); ok && !hasLength(found, q.MM, s == Findings) {
				out = append(out, r.says(s, q.From, q.To, "the number is not the one found: "+like))
			}
		}
	}
	return out
}

// measured are the lengths of the measurements that were put into the report, in mm.
func (r *read) measured() (out []float64) {
	for _, t := range r.Tokens {
		for _, q := range prose.Parse(t.Text).Quantities() {
			if q.Length {
				out = append(out, q.MM)
			}
		}
	}
	return out
}

func lengths(qs []prose.Quantity) (out []float64) {
	for _, q := range qs {
		if q.Length {
			out = append(out, q.MM)
		}
	}
	return out
}

// hasLength: the findings have the length themselves; in the findings a number is not
// held against itself.
func hasLength(found []float64, mm float64, itself bool) bool {
	n := 0
	for _, f := range found {
		if math.Abs(f-mm) <= 0.06*mm+0.5 {
			n++
		}
	}
	return n > 1 || n == 1 && !itself
}

// mistaken tells which of the known lengths q may have been meant to be.
func mistaken(q prose.Quantity, known []float64) (string, bool) {
	for _, k := range known {
		if math.Abs(k-q.MM) <= 0.06*k+0.5 {
			return "", false
		}
	}
	for _, k := range known {
		for _, factor := range []float64{10, 0.1, 100, 0.01} {
			if math.Abs(k*factor-q.MM) <= 0.02*q.MM {
				return decimal(k, 1) + " mm", true
			}
		}
		if swapped(q.Value, k) || swapped(q.Value*10, k*10) && q.Unit == "cm" {
			return decimal(k, 1) + " mm", true
		}
	}
	return "", false
}

// swapped: two whole numbers of two digits with the digits exchanged.
func swapped(a, b float64) bool {
	x, y := strconv.Itoa(int(math.Round(a))), strconv.Itoa(int(math.Round(b)))
	return len(x) == 2 && len(y) == 2 && x[0] == y[1] && x[1] == y[0] && x[0] != x[1]
}

var (
	grows   = prose.Set(`increased increase enlarged grown growing larger bigger growth increasing`)
	shrinks = prose.Set(`decreased decrease smaller reduced shrunk shrinking regressed decreasing`)
	before  = prose.Set(`previously previous prior formerly was`)
	noTrend = prose.Set(`not no without or unchanged attenuation density signal uptake`)
)

// trends finds "decreased to 14 mm, previously 9 mm".
func trends(r *read) (out []Finding) {
	for _, s := range r.about() {
		t := r.text(s)
		for n := range t.Sentences() {
			from, to := t.Sentence(n)
			up, down := t.Has(from, to, grows), t.Has(from, to, shrinks)
			if up == down || t.Has(from, to, noTrend) || !t.Has(from, to, before) {
				continue
			}
			now, then, at, ok := nowAndThen(t, r.quantities(s), from, to)
			if ok && (up && now < 0.99*then || down && now > 1.01*then) {
				out = append(out, r.says(s, at.From, at.To, "the numbers go the other way than the words"))
			}
		}
	}
	return out
}

// nowAndThen are the largest lengths of a sentence with two of them, one of which is
// said to be of before.
func nowAndThen(t *prose.Text, qs []prose.Quantity, from, to int) (now, then float64, at prose.Quantity, ok bool) {
	groups := map[bool]map[int]bool{true: {}, false: {}}
	for _, q := range qs {
		if q.Word < from || q.Word >= to || !q.Length {
			continue
		}
		past := t.Has(max(from, q.Word-3), q.Word, before) || strings.HasPrefix(strings.TrimSpace(t.Raw[q.To:]), "previously")
		if !past && len(groups[true]) > 0 && groups[true][q.Group] {
			past = true
		}
		groups[past][q.Group] = true
		if past {
			then = max(then, q.MM)
		} else {
			now, at = max(now, q.MM), q
		}
	}
	return now, then, at, len(groups[true]) == 1 && len(groups[false]) == 1 && now > 0 && then > 0
}
