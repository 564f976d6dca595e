package report

import (
	"slices"

	"github.com/nocturne/nocturne/worklist/prose"
)

// contradictions finds what the findings affirm and the impression denies, or the
// reverse.
func contradictions(r *read) (out []Finding) {
	findings, impression := first(r.claims(Findings)), first(r.claims(Impression))
	told := map[string]bool{}
	add := func(f, i prose.Claim) {
		if told[f.Term.Name] {
			return
		}
		told[f.Term.Name] = true
		x := r.claimed(Impression, i, "findings and impression contradict each other")
		x.Evidence = append([]string{"findings: " + r.quoted(Findings, f)}, x.Evidence...)
		out = append(out, x)
	}
	for _, p := range within1(findings, r.text(Findings)) {
		told[p[0].Term.Name] = true
		x := r.claimed(Findings, p[1], "the findings deny what they describe: a line of the template may be left over")
		x.Evidence = append(x.Evidence, "findings: "+r.quoted(Findings, p[0]))
		out = append(out, x)
	}
	for _, f := range findings {
		for _, i := range impression {
			switch {
			case prose.Contradicts(f, i):
				add(f, i)
			case prose.Contradicts(i, f) && !r.affirmedIn(findings, i):
				add(f, i)
			}
		}
	}
	return out
}

// within1 pairs what a text affirms with what it denies elsewhere, once for a thing: a
// line of the template that was left beside what the reader said.
func within1(claims []prose.Claim, t *prose.Text) (out [][2]prose.Claim) {
	for k, no := range claims {
		if no.State != prose.Denied || slices.ContainsFunc(out, func(p [2]prose.Claim) bool { return p[0].Term.Name == no.Term.Name }) {
			continue
		}
		for i, yes := range claims {
			if i == k || t.Words[yes.At].Sentence == t.Words[no.At].Sentence || !prose.Contradicts(yes, no) ||
				no.Narrow != "" && yes.Narrow != no.Narrow || scoped(t, yes, no) || numbered(t, yes) {
				continue
			}
			out = append(out, [2]prose.Claim{yes, no})
			break
		}
	}
	return out
}

// numbered: a heading or a reference: "Nodule 1:".
func numbered(t *prose.Text, c prose.Claim) bool {
	if c.To >= len(t.Words) {
		return false
	}
	w := t.Words[c.To].Low
	return len(w) == 1 && (w >= "0" && w <= "9") && t.Raw[t.Words[c.To].From-1] == ' ' && !t.Any(c.To+1, c.To+2, "mm", "cm", "x")
}

// scoped: what is denied stands below a heading that names a place of its own ("Isthmus:
// no nodule"), and what is affirmed does not.
func scoped(t *prose.Text, yes, no prose.Claim) bool {
	l := t.Words[no.At].Label
	if there := t.Words[yes.At].Label; l >= 0 && there >= 0 && there != l && no.Term.Sited && !aboutAll(t, l, no.At) && (no.Term.Name == "fracture" || !aboutAll(t, there, yes.At)) {
		return true // "C-spine: no fracture. Pelvis: fracture of the sacrum"
	}
	if l < 0 || l == t.Words[yes.At].Label || !no.Term.Sited || no.Label != 0 {
		return false
	}
	return !aboutAll(t, l, no.At)
}

// aboutAll: the heading that begins at a word is about all of the body part.
func aboutAll(t *prose.Text, label, to int) bool {
	for i := label; i < to && (i == label || t.Words[i].Before&prose.Colon == 0); i++ {
		if general[t.Words[i].Low] {
			return true
		}
	}
	return false
}

// general are words of headings that are about all of the body part.
var general = prose.Set(`bones bone osseous skeleton skeletal musculoskeletal brain parenchyma parenchymal axial chest abdomen pelvis head other
	findings general calvarium skull knochen lungs lung airspaces fractures bony structures extremity joint joints spaces white grey gray matter vessels
	vascular arteries veins`)

// first keeps comparisons of everything with everything short, however much was pasted.
func first[T any](all []T) []T { return all[:min(len(all), 300)] }

// affirmedIn: the findings say elsewhere what the impression says.
func (r *read) affirmedIn(findings []prose.Claim, i prose.Claim) bool {
	for _, f := range findings {
		if f.Term == i.Term && f.State == prose.Affirmed && (i.Sides == 0 || f.Sides == 0 || f.Sides&i.Sides != 0) &&
			(!i.Term.Sited || i.Sites == 0 || f.Sites|f.Label == 0 || (f.Sites|f.Label)&i.Sites != 0) {
			return true
		}
	}
	return false
}

func (r *read) claimed(s Section, c prose.Claim, hint string) Finding {
	t := r.text(s)
	return r.says(s, t.Words[c.At].From, t.Words[c.To-1].To, hint)
}

func (r *read) quoted(s Section, c prose.Claim) string {
	t := r.text(s)
	return quote(t.Raw, t.Words[c.At].From, t.Words[c.To-1].To)
}

var wasTold = prose.Set(`communicated discussed telephoned phoned called informed notified relayed conveyed paged verbally alerted told
	mitgeteilt telefonisch benachrichtigt informiert besprochen`)

// harmless are what a perforation may be of, and nobody is called for it.
var harmless = prose.Set(`tfcc septal septum tympanic membrane drum disc triangular fibrocartilage plate`)

// criticalUntold: something critical is affirmed and new, there is no record of a call
// and the text tells of none.
func criticalUntold(r *read) []Finding {
	if len(r.facts.Critical) > 0 {
		return nil
	}
	for _, s := range Order {
		t := r.text(s)
		if t.Has(0, len(t.Words), wasTold) || t.Says(0, len(t.Words), "spoken", "to") || t.Says(0, len(t.Words), "by", "phone") ||
			t.Says(0, len(t.Words), "by", "telephone") ||
			t.Says(0, len(t.Words), "d", "w") || s == Critical && len(t.Words) > 0 {
			return nil
		}
	}
	for _, s := range []Section{Impression, Findings, Addendum} {
		if s == Addendum && r.What() != Added || s != Addendum && r.What() == Added {
			continue
		}
		for _, c := range r.claims(s) {
			if c.Term.Name == "infarct" && c.Acute && c.State == prose.Affirmed && !c.Old && !c.Steady {
				return []Finding{r.claimed(s, c, "critical, and no record of who was told (F7)")}
			}
		}
		for _, c := range r.text(s).Claims(prose.Critical) {
			t := r.text(s)
			if from, to := t.Sentence(t.Words[c.At].Sentence); c.Term.Name == "perforation" && t.Has(from, to, harmless) {
				continue
			}
			if c.State == prose.Affirmed && !c.Old && !c.Steady {
				return []Finding{r.claimed(s, c, "critical, and no record of who was told (F7)")}
			}
		}
	}
	return nil
}
