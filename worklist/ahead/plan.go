package ahead

import (
	"slices"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/feed"
	"github.com/nocturne/nocturne/worklist/pacs"
)

// Mode is what is fetched before it is asked for.
type Mode string

// Modes. Claimed is for a line that is slow or paid by the byte.
const (
	All     Mode = "on"      // every case that can be read, and priors
	Claimed Mode = "claimed" // what the reader holds, and STAT; and priors
	Off     Mode = "off"
)

// class is how pressing a study is. One of a lower class makes way at once for one of
// a higher that comes later.
type class int

const (
	stat class = iota
	mine
	assigned
	other
)

// wanted is one study of a plan.
type wanted struct {
	site, kind     string // kind: its modalities
	study          dicom.UID
	class          class
	of             string // of a prior: the case's study
	why            string // of a prior: why it is one, and why it stands here
	have, expected int
}

// classOf is a row's class; ok is false where nothing of it is fetched: it is read,
// somebody else reads it, or it has no images yet.
func classOf(r feed.Row, m Mode) (c class, ok bool) {
	switch {
	case m == Off, r.Finished(), r.StudyUID == "", r.ClaimedBy != nil && !r.Mine, r.State == feed.Ordered, r.State == feed.OnMedium:
		return 0, false
	case r.Priority == pacs.Stat:
		return stat, true
	case r.Mine:
		return mine, true
	case r.State == feed.Assigned:
		c = assigned
	default:
		c = other
	}
	return c, m == All
}

// plan says in which order studies are to be fetched: STAT, then what the reader holds,
// then what is assigned, then the rest, each in the order of the list; after every case
// its priors, the most relevant first. A study stands once, where it comes first.
// priors are those found, by the case's study.
func plan(rows []feed.Row, priors map[string][]feed.Study, m Mode) (out []wanted) {
	type caseOf struct {
		row feed.Row
		class
	}
	var cases []caseOf
	for _, r := range rows {
		if c, ok := classOf(r, m); ok {
			cases = append(cases, caseOf{r, c})
		}
	}
	slices.SortStableFunc(cases, func(a, b caseOf) int { return int(a.class) - int(b.class) })
	seen := map[dicom.UID]bool{}
	add := func(w wanted) {
		if !seen[w.study] {
			seen[w.study] = true
			out = append(out, w)
		}
	}
	own := map[dicom.UID]caseOf{}
	for _, c := range cases {
		own[dicom.UID(c.row.StudyUID)] = c
	}
	for _, c := range cases {
		r := c.row
		add(wanted{site: r.Site, kind: r.Modality, study: dicom.UID(r.StudyUID), class: c.class, have: r.Cached, expected: r.Expected})
		for _, p := range priors[r.StudyUID] {
			w := wanted{site: p.Site, kind: p.Modality, study: p.UID, class: c.class, of: r.StudyUID, why: p.Reason, expected: p.Expected}
			if o, ok := own[p.UID]; ok { // a case of the list itself
				w.have, w.expected = o.row.Cached, o.row.Expected
			}
			add(w)
		}
	}
	return out
}
