package reading

import (
	"slices"
	"strings"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/dicom/sr"
)

// heldReport is one report of a study with the moment from which it counts.
type heldReport struct {
	doc  sr.Document
	text string
	at   time.Time
}

// PriorReport is the text of the report held of a study that prevails, empty when there
// is none.
func (r *Room) PriorReport(study string) string {
	var parts []string
	for _, h := range r.prevailing(study) {
		parts = append(parts, h.text)
	}
	return strings.Join(parts, "\n")
}

// prevailing is the report that counts: of those that no other replaces or adds to the
// one verified last, else, where nobody verified any, the newest. Measurements without
// sections of a report are none, unless there is nothing else. Behind an addendum that
// does not repeat its report comes that.
func (r *Room) prevailing(study string) []heldReport {
	all := r.reportsOf(study)
	if told := slices.DeleteFunc(slices.Clone(all), func(h heldReport) bool { return len(h.doc.Sections) == 0 }); len(told) > 0 {
		all = told
	}
	var best *heldReport
	for i, h := range all {
		followed := slices.ContainsFunc(all, func(o heldReport) bool { return o.doc.Predecessor != nil && o.doc.Predecessor.Instance == h.doc.SOPUID })
		if !followed && (best == nil || prevails(h, *best)) {
			best = &all[i]
		}
	}
	if best == nil {
		return nil
	}
	out := []heldReport{*best}
	if p := best.doc.Predecessor; p != nil && best.doc.PredecessorPurpose.Is(sr.Addended) && best.doc.Section("findings")+best.doc.Section("impression") == "" {
		for _, h := range all {
			if h.doc.SOPUID == p.Instance {
				out = append(out, h)
			}
		}
	}
	return out
}

// prevails: a verified final report before all others, then the later one.
func prevails(a, b heldReport) bool {
	final := func(h heldReport) bool { return h.doc.Verified && !h.doc.Preliminary }
	if final(a) != final(b) {
		return final(a)
	}
	return !a.at.Before(b.at)
}

func (r *Room) reportsOf(study string) (out []heldReport) {
	for _, o := range r.Objects(study) {
		file, err := dicom.ReadHeader(o.Path)
		if err != nil || file.Dataset.Str(dicom.Modality) != "SR" {
			continue
		}
		doc, err := sr.Read(file.Dataset)
		if err != nil {
			continue
		}
		h := heldReport{doc: doc, text: sr.Text(file.Dataset), at: doc.Content}
		for _, at := range []time.Time{doc.AttestedAt, doc.VerifiedAt} {
			if !at.IsZero() {
				h.at = at
			}
		}
		out = append(out, h)
	}
	return out
}
