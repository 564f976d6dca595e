package report

import "github.com/nocturne/nocturne/worklist/prose"

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

// criticalUntold: something critical is affirmed and new, there is no record of a call
// and the text tells of none.
func criticalUntold(r *read) []Finding {
	if len(r.facts.Critical) > 0 {
		return nil
	}
	for _, s := range Order {
		t := r.text(s)
		if t.Has(0, len(t.Words), wasTold) || t.Says(0, len(t.Words), "spoken", "to") || t.Says(0, len(t.Words), "by", "phone") ||
			t.Says(0, len(t.Words), "by", "telephone") || s == Critical && len(t.Words) > 0 {
			return nil
		}
	}
	for _, s := range []Section{Impression, Findings, Addendum} {
		if s == Addendum && r.What() != Added || s != Addendum && r.What() == Added {
			continue
		}
		for _, c := range r.text(s).Claims(prose.Critical) {
			if c.State == prose.Affirmed && !c.Old && !c.Steady {
				return []Finding{r.claimed(s, c, "critical, and no record of who was told (F7)")}
			}
		}
	}
	return nil
}
