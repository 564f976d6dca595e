package reading

import (
	"slices"
	"strings"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/dicom/sr"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/worklist/report"
)

// heldReport is one report of a study with the moment from which it counts. Its
// document's Study is the whole data set.
type heldReport struct {
	doc sr.Document
	at  time.Time
}

// heldIn reads a report; ok is false for what is none.
func heldIn(d *dicom.Dataset) (h heldReport, ok bool) {
	doc, err := sr.Read(d)
	if err != nil {
		return heldReport{}, false
	}
	h = heldReport{doc: doc, at: doc.Content}
	for _, at := range []time.Time{doc.AttestedAt, doc.VerifiedAt} {
		if !at.IsZero() {
			h.at = at
		}
	}
	return h, true
}

// reportsIn reads the reports in objects; one that cannot be read is none.
func reportsIn(objects []viewer.Object) (out []heldReport) {
	for _, o := range objects {
		if f, err := o.Header(); err == nil {
			if h, ok := heldIn(f.Dataset); ok {
				out = append(out, h)
			}
		}
	}
	return out
}

// reportObjects are the study's reports on disk.
func (r *Room) reportObjects(study string) (out []viewer.Object) {
	for _, o := range r.Objects(study) {
		if f, err := o.Header(); err == nil && f.Dataset.Str(dicom.Modality) == "SR" {
			out = append(out, o)
		}
	}
	return out
}

// PriorReport is the text of the report held of a study that prevails, empty when there
// is none.
func (r *Room) PriorReport(study string) string {
	var parts []string
	for _, h := range r.prevailing(study) {
		parts = append(parts, sr.Text(h.doc.Study))
	}
	return strings.Join(parts, "\n")
}

// prevailing is the report held of a study that counts. Behind an addendum that does not
// repeat its report comes that.
func (r *Room) prevailing(study string) []heldReport {
	all := reportsIn(r.reportObjects(study))
	best, ok := prevailingOf(all)
	if !ok {
		return nil
	}
	out := []heldReport{best}
	if p := best.doc.Predecessor; p != nil && best.doc.PredecessorPurpose.Is(sr.Addended) && best.doc.Section("findings")+best.doc.Section("impression") == "" {
		for _, h := range all {
			if h.doc.SOPUID == p.Instance {
				out = append(out, h)
			}
		}
	}
	return out
}

// prevailingOf is the report that counts: of those that no other replaces or adds to the
// one verified last, else, where nobody verified any, the newest. Measurements without
// sections of a report are none, unless there is nothing else.
func prevailingOf(all []heldReport) (best heldReport, ok bool) {
	if told := slices.DeleteFunc(slices.Clone(all), func(h heldReport) bool { return len(h.doc.Sections) == 0 }); len(told) > 0 {
		all = told
	}
	for _, h := range all {
		followed := slices.ContainsFunc(all, func(o heldReport) bool { return o.doc.Predecessor != nil && o.doc.Predecessor.Instance == h.doc.SOPUID })
		if !followed && (!ok || prevails(h, best)) {
			best, ok = h, true
		}
	}
	return best, ok
}

// prevails: a verified final report before all others, then the later one.
func prevails(a, b heldReport) bool {
	final := func(h heldReport) bool { return h.doc.Verified && !h.doc.Preliminary }
	if final(a) != final(b) {
		return final(a)
	}
	return !a.at.Before(b.at)
}

// earlier is the report that counts, as the draft that comes after it needs it; ok is
// false where there is none that says something.
func earlier(all []heldReport) (e report.Earlier, ok bool) {
	h, ok := prevailingOf(all)
	if !ok {
		return report.Earlier{}, false
	}
	e = report.Earlier{Document: documentOf(h.doc.Study), Preliminary: h.doc.Preliminary || !h.doc.Verified, At: h.at,
		By: report.Reader{Name: h.doc.Observer.Name, ID: h.doc.Observer.ID, Organization: h.doc.Observer.Organization}, Sections: map[report.Section]string{}}
	for _, s := range report.Order {
		if text := h.doc.Section(string(s)); text != "" {
			e.Sections[s] = text
		}
	}
	return e, len(e.Sections) > 0
}
