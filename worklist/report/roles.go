package report

import (
	"slices"
	"strings"
	"time"
)

// WhatBy is the kind of document that this reader's signature makes of the draft: a
// trainee's is preliminary, whole, and held against every rule.
func (d *Draft) WhatBy(r Reader) Kind {
	if k := d.What(); k != Final || !r.Trainee {
		return k
	}
	return Preliminary
}

// attendingOnly: what follows a signed report is an attending's to sign.
func attendingOnly(d *Draft, f Facts) []Finding {
	if k := d.WhatBy(f.Reader); f.Reader.Trainee && k != Preliminary {
		return []Finding{{Hint: "only an attending signs an addendum, a correction or a withdrawal: ask one to open the case"}}
	}
	return nil
}

// SitePolicy is the rule of what a site allows the reader to sign.
const SitePolicy = "site-policy"

// barredByPolicy: what the site does not allow this reader to sign, they do not sign.
func barredByPolicy(d *Draft, f Facts) []Finding {
	if why := f.Barred[d.WhatBy(f.Reader)]; why != "" {
		return []Finding{{Hint: why}}
	}
	return nil
}

// Coauthor names somebody who wrote the report besides the reader who signs it, once.
// It tells whether the name is new.
func (d *Draft) Coauthor(who Reader, now time.Time) bool {
	who.Name = oneLine(who.Name)
	if who.Name == "" || slices.ContainsFunc(d.Authors, who.is) {
		return false
	}
	d.Authors = append(d.Authors, who)
	d.Changed = now.UTC()
	return true
}

func (r Reader) is(o Reader) bool {
	return r.Name == o.Name && (r.ID == o.ID || r.ID == "" || o.ID == "")
}

// others are the authors besides the reader who signs.
func (d *Draft) others(signs Reader) []Reader {
	return slices.DeleteFunc(slices.Clone(d.Authors), signs.is)
}

// repeats reports whether the draft has a whole report's findings or impression.
func (d *Draft) repeats(e *Earlier) bool {
	return len(e.Sections) > 1 && slices.ContainsFunc([]Section{Findings, Impression}, func(s Section) bool {
		said := strings.TrimSpace(e.Sections[s])
		return said != "" && said == strings.TrimSpace(d.Said(s))
	})
}
